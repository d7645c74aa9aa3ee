/*
 * log_cases: logs made to hurt: head, n times part, tail. "%u" in a part is its number.
 *
 * test_logs.c asserts that each is read to its end and that what was not understood is counted; bench/bench_growth.c
 * compares the time of n with that of 2n.
 */
#ifndef SL_TESTS_LOG_CASES_H
#define SL_TESTS_LOG_CASES_H

#include "base/buf.h"

/* What must be counted of the case, besides its entries. */
enum log_count {
    COUNT_NOTHING,
    COUNT_SKIPPED = 1 << 0,   /* skipped_bytes */
    COUNT_UNKNOWN = 1 << 1,   /* unknown_lines */
    COUNT_TRUNCATED = 1 << 2, /* statements that were cut */
    COUNT_REFUSED = 1 << 3,   /* nothing is recognised: an error */
};

struct log_case {
    const char *name, *format;
    const char *head, *part, *tail;
    unsigned n;            /* for the test; the benchmark multiplies it */
    unsigned n_statements; /* at least */
    unsigned counts;
};

#define SLOW_ENTRY                                                                                                     \
    "# Time: 2026-11-22T03:00:00.000000Z\n# User@Host: a[a] @  [10.0.0.1]  Id:     8\n"                                \
    "# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\nSET timestamp=1;\n"
#define PG_STAMP "2026-11-22 03:00:00.000 UTC"
#define PG_LINE PG_STAMP " [7] a@b LOG:  duration: 1.000 ms  statement: "
#define CSV_HEAD                                                                                                       \
    PG_STAMP ",\"a\",\"b\",7,\"[local]\",5.7,1,\"SELECT\"," PG_STAMP ",3/1,0,LOG,00000,\"duration: 1 ms  statement: "
#define CSV_TAIL "\",,,,,,,,,\"psql\",\"client backend\",,0\n"
#define JSON_HEAD                                                                                                      \
    "{\"timestamp\":\"" PG_STAMP "\",\"pid\":7,\"error_severity\":\"LOG\",\"message\":\"duration: 1 ms  statement: "
#define JSON_TAIL "\"}\n"
#define DIGEST_HEADER "SCHEMA_NAME,DIGEST,DIGEST_TEXT,COUNT_STAR,SUM_TIMER_WAIT\n"
#define PGSS_HEADER "userid,dbid,queryid,query,calls,total_exec_time,rows\n"

static const struct log_case log_cases[] = {
    {"slow: tiny entries", "mysql-slow", "", SLOW_ENTRY "SELECT 1;\n", "", 2000, 2000, 0},
    {"slow: an open quote", "mysql-slow", SLOW_ENTRY "SELECT '", "a;\nb\n", "", 100000, 1, 0},
    {"slow: one giant line", "mysql-slow", SLOW_ENTRY "INSERT INTO t VALUES (1", ",1", ");\n" SLOW_ENTRY "SELECT 2;\n",
     5000000, 2, COUNT_TRUNCATED},
    {"slow: a giant statement of lines", "mysql-slow", SLOW_ENTRY "SELECT 1\n", ",1\n", ";\n" SLOW_ENTRY "SELECT 2;\n",
     3000000, 2, COUNT_TRUNCATED | COUNT_SKIPPED},
    {"slow: forged headers", "mysql-slow", SLOW_ENTRY "SELECT '\n", "# Time: 2026-11-22T03:00:00.000000Z\n", "';\n",
     20000, 1, 0},
    {"slow: headers only", "mysql-slow", "", "# User@Host: a[a] @  [10.0.0.1]  Id:     8\n;\n", "", 100000, 0,
     COUNT_UNKNOWN},
    {"slow: a line without end", "mysql-slow", "", "a", "", 8000000, 0, COUNT_UNKNOWN | COUNT_REFUSED},
    {"slow: open comments", "mysql-slow", SLOW_ENTRY "SELECT ", "/* ", "", 300000, 1, 0},
    {"slow: open parentheses", "mysql-slow", SLOW_ENTRY "SELECT 1 IN ", "(", "", 300000, 1, 0},
    {"slow: IN lists that are none", "mysql-slow", SLOW_ENTRY "SELECT 1", " IN (1,2,a", "", 60000, 1, 0},
    {"slow: VALUES rows that are open", "mysql-slow", SLOW_ENTRY "INSERT INTO t VALUES (1)", ",(f(1)", "", 60000, 1, 0},
    {"slow: escapes", "mysql-slow", SLOW_ENTRY "SELECT '", "\\", "", 1000000, 1, 0},
    {"slow: statements in a packet", "mysql-slow", SLOW_ENTRY, "a;", "\n", 500000, 1, 0},
    {"general: tiny entries", "mysql-general", "", "2026-11-22T03:00:00.000000Z\t    8 Query\tSELECT 1\n", "", 50000,
     50000, 0},
    {"general: a packet of statements", "mysql-general", "2026-11-22T03:00:00.000000Z\t    8 Query\t", "SELECT %u;\n",
     "", 100000, 100000, 0},
    {"general: routines in a packet", "mysql-general", "2026-11-22T03:00:00.000000Z\t    8 Query\t",
     "create procedure p() a;", "\n", 40000, 1, 0},
    {"general: connections", "mysql-general", "", "2026-11-22T03:00:00.000000Z\t%u Query\tSELECT 1\n", "", 50000, 50000,
     0},
    {"binlog: nothing but events", "mysql-binlog", "", "# at %u\n#261122  3:00:00 server id 1  end_log_pos 9\n", "",
     50000, 0, COUNT_SKIPPED},
    {"binlog: a row without end", "mysql-binlog",
     "# at 4\n#261122  3:00:00 server id 1  end_log_pos 9 \tTable_map\n### UPDATE `a`.`b`\n### SET\n", "###   @1=1\n",
     "", 300000, 0, 0},
    {"audit: tiny entries", "mysql-audit", "", "20261122 03:00:00,h,u,h,8,1,QUERY,d,'SELECT 1',0\n", "", 50000, 50000,
     0},
    {"audit: an open quote", "mysql-audit", "", "20261122 03:00:00,h,u,h,8,1,QUERY,d,'SELECT 1\n", "", 50000, 0, 0},
    {"table: an open quote", "pg-stat-statements", PGSS_HEADER "1,1,1,\"SELECT ", "a\n", "", 3000000, 0, COUNT_SKIPPED},
    {"table: open quotes", "pg-stat-statements", PGSS_HEADER, "1,1,1,\"SELECT\n", "", 300000, 0, 0},
    {"table: a row for each line", "pg-stat-statements", PGSS_HEADER, "1,1,%u,SELECT,1,1,1\n", "", 100000, 100000, 0},
    {"table: lines with too few columns", "mysql-digest", "SCHEMA_NAME\tDIGEST\tDIGEST_TEXT\tCOUNT_STAR\n", "a\n", "",
     300000, 0, 0},
    {"table: a vertical row without end", "mysql-digest",
     "*************************** 1. row ***************************\nDIGEST_TEXT: SELECT\nCOUNT_STAR: 1\n", "a\n", "",
     1000000, 0, 0},
    {"table: an aligned cell without end", "pg-stat-statements", " query | calls \n-------+-------\n",
     " a    +|       \n", "", 100000, 0, 0},
    {"table: JSON in JSON", "mysql-digest", "[{\"DIGEST_TEXT\":\"SELECT\",\"COUNT_STAR\":1},", "{\"a\":", "", 300000, 0,
     0},
    {"table: cut JSON objects", "mysql-digest", "[{\"DIGEST_TEXT\":\"SELECT\",\"COUNT_STAR\":1},\n", "{\"a\":\n", "",
     200000, 0, 0},
    {"table: XML rows without end", "mysql-digest",
     "<resultset>\n<row><field name=\"DIGEST_TEXT\">SELECT</field></row>\n", "<row><field name=\"DIGEST_TEXT\">\n", "",
     100000, 0, 0},
    {"stderr: tiny entries", "pg-stderr", "", PG_LINE "SELECT 1\n", "", 50000, 50000, 0},
    {"stderr: a statement of lines", "pg-stderr", PG_LINE "SELECT 1\n", "\t,1\n", PG_LINE "SELECT 2\n", 2000000, 2,
     COUNT_TRUNCATED | COUNT_SKIPPED},
    {"stderr: interleaved lines", "pg-stderr", "", PG_LINE "SEL" PG_LINE "SELECT 1\n\tECT 1\n", "", 30000, 30000, 0},
    {"stderr: severities in one line", "pg-stderr", PG_LINE, "LOG:  ", "\n", 300000, 1, 0},
    {"stderr: unknown lines", "pg-stderr", PG_STAMP " [7] LOG:  checkpoint\n", "a\n", "", 300000, 0, 0},
    {"csvlog: tiny entries", "pg-csvlog", "", CSV_HEAD "SELECT 1" CSV_TAIL, "", 20000, 20000, 0},
    {"csvlog: open quotes", "pg-csvlog", CSV_HEAD "SELECT 1" CSV_TAIL, CSV_HEAD "SELECT 2\n", "", 30000, 1,
     COUNT_UNKNOWN},
    {"csvlog: an open quote", "pg-csvlog", CSV_HEAD "SELECT 1" CSV_TAIL CSV_HEAD, "a\n", "", 3000000, 1, COUNT_SKIPPED},
    {"csvlog: commas", "pg-csvlog", CSV_HEAD "SELECT 1" CSV_TAIL, ",", "\n", 3000000, 1, 0},
    {"csvlog: a giant field", "pg-csvlog", CSV_HEAD "SELECT 1", ",\"\"a\"\"", CSV_TAIL CSV_HEAD "SELECT 2" CSV_TAIL,
     1500000, 2, COUNT_TRUNCATED},
    {"jsonlog: tiny entries", "pg-jsonlog", "", JSON_HEAD "SELECT 1" JSON_TAIL, "", 20000, 20000, 0},
    {"jsonlog: nesting", "pg-jsonlog", JSON_HEAD "SELECT 1" JSON_TAIL, "{\"a\":[", "\n", 300000, 1, COUNT_UNKNOWN},
    {"jsonlog: cut lines", "pg-jsonlog", JSON_HEAD "SELECT 1" JSON_TAIL, JSON_HEAD "SELECT\n", "", 30000, 1,
     COUNT_UNKNOWN},
    {"jsonlog: escapes", "pg-jsonlog", JSON_HEAD "SELECT '", "\\\\", "'" JSON_TAIL, 1000000, 1, 0},
    {"jsonlog: keys", "pg-jsonlog", JSON_HEAD "SELECT 1\"", ",\"a\":1", "}\n", 300000, 1, 0},
    {"docker: cut lines", "",
     "{\"log\":\""
     "# Time: 2026-11-22T03:00:00.000000Z\\n\",\"stream\":\"stdout\"}\n"
     "{\"log\":\"# User@Host: a[a] @  [10.0.0.1]  Id:     8\\n\",\"stream\":\"stdout\"}\n"
     "{\"log\":\"# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: "
     "0\\n\",\"stream\":\"stdout\"}\n"
     "{\"log\":\"SELECT 1;\\n\",\"stream\":\"stdout\"}\n",
     "{\"log\":\"\n", "", 200000, 1, COUNT_SKIPPED},
    {"docker: a line in pieces", "",
     "{\"log\":\""
     "# Time: 2026-11-22T03:00:00.000000Z\\n\",\"stream\":\"stdout\"}\n"
     "{\"log\":\"# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: "
     "0\\n\",\"stream\":\"stdout\"}\n"
     "{\"log\":\"SELECT \",\"stream\":\"stdout\"}\n",
     "{\"log\":\"1,\",\"stream\":\"stdout\"}\n", "", 100000, 1, 0},
    {"cri: pieces without end", "", "2026-11-22T03:00:00.0Z stderr F " PG_LINE "SELECT 1\n",
     "2026-11-22T03:00:00.0Z stderr P a\n", "", 100000, 1, 0},
    {"syslog: chunks without end", "", "Nov 22 03:00:00 h postgres[7]: [1-1] " PG_LINE "SELECT 1\n",
     "Nov 22 03:00:00 h postgres[7]: [1-%u] a\n", "", 50000, 1, 0},
    {"syslog: processes", "", "Nov 22 03:00:00 h postgres[7]: [1-1] " PG_LINE "SELECT 1\n",
     "Nov 22 03:00:00 h postgres[%u]: [1-1] " PG_LINE "SELECT 1\n", "", 30000, 30000, 0},
    {"rails: tiny entries", "rails", "", "  Entry Load (0.2ms)  SELECT 1\n", "", 50000, 50000, 0},
    {"rails: a statement without end", "rails", "  Entry Load (0.2ms)  SELECT 1\n", ",1\n", "", 2000000, 1,
     COUNT_TRUNCATED},
    {"rails: binds", "rails", "  Entry Load (0.2ms)  SELECT $1  [", "  [[\"a\", 1], ", "]]\n", 100000, 1, 0},
    {"rails: tags", "rails", "  Entry Load (0.2ms)  SELECT 1\n", "[a] ", "\n", 300000, 1, 0},
    {"django: tiny entries", "django", "", "(0.001) SELECT 1; args=()\n", "", 50000, 50000, 0},
    {"django: arguments", "django", "(0.001) SELECT 1", "; args=x", "\n", 200000, 1, 0},
    {"django: parentheses", "django", "(0.001) SELECT 1; args=()\n", "(0.001", "\n", 300000, 1, 0},
    {"sql: tiny statements", "sql", "", "a;", "", 500000, 500000, 0},
    {"sql: an open quote", "sql", "SELECT 1;\nSELECT '", "a;\n", "", 3000000, 1, COUNT_TRUNCATED},
    {"sql: open dollar quotes", "sql", "SELECT 1;\nSELECT ", "$a$ ", "", 200000, 1, 0},
    {"sql: dollar signs", "sql", "SELECT 1;\nSELECT ", "$a%u$", "", 100000, 1, 0},
    {"sql: slashes", "sql", "SELECT 1;\nSELECT 1", "/", "", 1000000, 1, 0},
    {"sql: a giant statement", "sql", "INSERT INTO t VALUES (1", ",'it''s'\n", ");\nSELECT 1;\n", 1000000, 2,
     COUNT_TRUNCATED | COUNT_SKIPPED},
    {"sql: comments", "sql", "SELECT 1;\n", "-- a\n", "", 1000000, 1, 0},
    {"sql: delimiters", "sql", "SELECT 1;\n", "DELIMITER ;;\nDELIMITER ;\n", "", 50000, 1, 0},
    {"sql: GO lines", "sql", "SELECT 1;\n", "\nGO\n", "", 300000, 1, 0},
    {"sql: COPY data", "sql", "SELECT 1;\nCOPY t FROM stdin;\n", "1\t2\n", "", 1000000, 2, COUNT_SKIPPED},
    {"any: carriage returns", "mysql-slow", SLOW_ENTRY "SELECT 1;\n", "\r", "", 3000000, 1, 0},
    {"any: NULs", "mysql-slow", SLOW_ENTRY "SELECT 1;\n", "\n%z", "", 300000, 1, 0},
    {"any: NULs in one line", "pg-stderr", PG_LINE "SELECT 1\n", "%z", "\n" PG_LINE "SELECT 2\n", 3000000, 2, 0},
    {"any: invalid UTF-8", "pg-stderr", PG_LINE "SELECT '", "\xff\xc0", "'\n", 1000000, 1, 0},
};
enum { N_LOG_CASES = sizeof log_cases / sizeof log_cases[0] };

static inline void log_case_build(const struct log_case *c, unsigned n, struct sl_buf *out)
{
    sl_str part = sl_str_from(c->part);
    sl_buf_reset(out);
    sl_buf_add(out, sl_str_from(c->head));
    for (unsigned i = 0; i < n; i++) {
        size_t mark = sl_str_find_byte(part, '%');
        bool is_number = mark != SIZE_MAX && part.ptr[mark + 1] == 'u';
        bool is_nul = mark != SIZE_MAX && part.ptr[mark + 1] == 'z';
        if (!is_number && !is_nul) {
            sl_buf_add(out, part);
            continue;
        }
        sl_buf_add(out, sl_str_slice(part, 0, mark));
        if (is_number)
            sl_buf_add_printf(out, "%u", i);
        else
            sl_buf_add_byte(out, '\0');
        sl_buf_add(out, sl_str_slice(part, mark + 2, part.len));
    }
    sl_buf_add(out, sl_str_from(c->tail));
}

#endif
