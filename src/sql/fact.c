#include "sql/lower.h"

const char *sl_fact_kind_name(enum sl_fact_kind kind)
{
    static const char *const names[] = {
        [SL_FACT_XOR] = "xor",
        [SL_FACT_BINARY] = "binary",
        [SL_FACT_ROLLUP] = "rollup",
        [SL_FACT_SEPARATOR] = "separator",
        [SL_FACT_HINT] = "hint",
        [SL_FACT_INTO] = "into",
        [SL_FACT_ON_DUPLICATE_KEY] = "on_duplicate_key",
        [SL_FACT_REPLACE] = "replace",
        [SL_FACT_IGNORE] = "ignore",
        [SL_FACT_DELETE_TARGET] = "delete_target",
        [SL_FACT_MULTI_TABLE] = "multi_table",
        [SL_FACT_ROW_ALIAS] = "row_alias",
        [SL_FACT_VARIABLE] = "variable",
        [SL_FACT_PLACEHOLDER] = "placeholder",
        [SL_FACT_PARTITION] = "partition",
        [SL_FACT_TABLE_OPTION] = "table_option",
        [SL_FACT_EXECUTABLE_COMMENT] = "executable_comment",
        [SL_FACT_ORDER_LIMIT] = "order_limit",
        [SL_FACT_ELIDED] = "elided",
        [SL_FACT_LOCK_CLAUSE] = "lock_clause",
        [SL_FACT_LOAD_DATA] = "load_data",
        [SL_FACT_OTHER] = "other",
    };
    return names[kind];
}
