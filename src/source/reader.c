/* reader: the table of readers. A format is added here, with a file of its own and a folder of fixtures. */
#include "source/readers.h"

const struct sl_reader sl_readers[] = {
    {"sql", "SQL files and the migrations of SQL tools, up parts only", sl_sql_claims, sl_sql_read},
    {"ruby", "schema.rb, Rails migrations, ActiveRecord and SQL in Ruby", sl_ruby_claims, sl_ruby_read},
    {"code", "SQL in string literals of Python, JavaScript, TypeScript, Go, Java, PHP and Elixir; Eloquent; Django",
     sl_code_claims, sl_code_read},
    {0},
};
