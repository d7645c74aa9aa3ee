/* CREATE TABLE of MySQL and MariaDB. */
#include "sql/lowering.h"

/* ---- options ---- */

/* Words of a table option before its value; 0 if none stands here. */
static uint32_t option_words(const struct sl_lowering *l)
{
    uint32_t n = sl_at(l, SL_KW_DEFAULT) ? 1 : 0;
    switch (sl_kw(l, n)) {
    case SL_KW_CHARACTER:
    case SL_KW_CHAR:
        return sl_kw(l, n + 1) == SL_KW_SET ? n + 2 : 0;
    case SL_KW_DATA:
    case SL_KW_INDEX:
        return sl_kw(l, n + 1) == SL_KW_DIRECTORY ? n + 2 : 0;
    case SL_KW_WITH:
    case SL_KW_WITHOUT:
    case SL_KW_PARTITION:
    case SL_KW_AS:
    case SL_KW_IGNORE:
    case SL_KW_REPLACE:
    case SL_KW_SELECT:
    case SL_KW_TABLE:
    case SL_KW_VALUES:
    case SL_KW_ADD:
    case SL_KW_DROP:
    case SL_KW_REMOVE:
        return 0;
    default:
        return sl_kind(l, n) == SL_TOK_WORD || sl_kind(l, n) == SL_TOK_QUOTED ? n + 1 : 0;
    }
}

/* ENGINE = InnoDB (SELECT …) is no value. */
static bool at_plain_group(const struct sl_lowering *l)
{
    return sl_at_kind(l, SL_TOK_OPEN) && !sl_group_is_query(l, l->pos);
}

static bool is_value(const struct sl_lowering *l)
{
    uint8_t kind = sl_kind(l, 0);
    return kind == SL_TOK_WORD || kind == SL_TOK_STRING || kind == SL_TOK_NUMBER || kind == SL_TOK_QUOTED ||
           at_plain_group(l) || kind == SL_TOK_HEX || kind == SL_TOK_PARAM;
}

bool sl_table_option(struct sl_lowering *l)
{
    uint32_t first = l->pos;
    if (sl_at(l, SL_KW_WITH) && sl_kw(l, 1) == SL_KW_SYSTEM) { /* WITH SYSTEM VERSIONING */
        l->pos += 2;
        sl_step(l);
        sl_lowering_fact(l, SL_FACT_TABLE_OPTION, first, l->pos);
        return true;
    }
    uint32_t n = option_words(l);
    if (n == 0)
        return false;
    sl_str name = sl_arena_copy_lower(l->arena, sl_lowering_source(l, first, first + n));
    l->pos += n;
    bool has_sign = sl_skip_op(l, SL_OP1('='));
    uint32_t value = l->pos;
    if (!is_value(l)) {
        if (has_sign)
            sl_lowering_fail_here(l);
        sl_lowering_fact_text(l, SL_FACT_TABLE_OPTION, first, l->pos, name);
        return !l->failed;
    }
    sl_skip_any(l);
    while (sl_at_kind(l, SL_TOK_STRING) || at_plain_group(l)) /* 'a' 'b'; ENGINE = MERGE (…) */
        sl_skip_any(l);
    if (l->tokens[first].keyword == SL_KW_TABLESPACE && sl_skip(l, SL_KW_STORAGE))
        sl_step(l);
    bool is_one_string = l->pos == value + 1 && l->tokens[value].kind == SL_TOK_STRING;
    sl_str text = is_one_string ? sl_lowering_decoded(l, value) : sl_lowering_source(l, value, l->pos);
    sl_lowering_fact_text(l, SL_FACT_TABLE_OPTION, first, l->pos,
                          sl_arena_printf(l->arena, "%.*s=%.*s", SL_STR_ARG(name), SL_STR_ARG(text)));
    return true;
}

static void table_options(struct sl_lowering *l)
{
    while (!l->failed && !sl_at_end(l)) {
        if (!sl_table_option(l))
            return;
        sl_skip_kind(l, SL_TOK_COMMA);
    }
}

/* ---- PARTITION BY ---- */

/* RANGE (e) | RANGE COLUMNS (a, b) | LIST … | [LINEAR] HASH (e) | [LINEAR] KEY [ALGORITHM = n] (a); SYSTEM_TIME … */
static void partition_method(struct sl_lowering *l)
{
    sl_skip(l, SL_KW_LINEAR);
    enum sl_keyword method = sl_kw(l, 0);
    if (method != SL_KW_RANGE && method != SL_KW_LIST && method != SL_KW_HASH && method != SL_KW_KEY)
        return;
    l->pos++;
    if (sl_skip(l, SL_KW_ALGORITHM)) {
        sl_skip_op(l, SL_OP1('='));
        sl_step(l);
    }
    bool by_columns = sl_skip(l, SL_KW_COLUMNS) || method == SL_KW_KEY;
    if (!sl_at_kind(l, SL_TOK_OPEN) || sl_kind(l, 1) == SL_TOK_CLOSE)
        return;
    const char *text = method == SL_KW_RANGE  ? "PARTITION BY RANGE"
                       : method == SL_KW_LIST ? "PARTITION BY LIST"
                                              : "PARTITION BY HASH";
    sl_insert(l, text);
    if (by_columns) {
        sl_name_list(l, false);
        return;
    }
    sl_expect_kind(l, SL_TOK_OPEN);
    sl_insert(l, "(");
    sl_expr(l);
    sl_insert(l, ")");
    sl_expect_kind(l, SL_TOK_CLOSE);
}

void sl_partition_by(struct sl_lowering *l)
{
    if (!sl_at2(l, SL_KW_PARTITION, SL_KW_BY))
        return;
    uint32_t first = l->pos;
    l->pos += 2;
    partition_method(l);
    while (!sl_at_end(l) && !sl_at(l, SL_KW_SELECT) && !sl_at(l, SL_KW_AS) && !sl_at(l, SL_KW_IGNORE) &&
           !sl_at(l, SL_KW_REPLACE) && !sl_at(l, SL_KW_WITH)) {
        if (sl_at_kind(l, SL_TOK_CLOSE)) {
            sl_lowering_fail_here(l);
            return;
        }
        if (sl_at_kind(l, SL_TOK_OPEN) && sl_group_is_query(l, l->pos))
            break;
        sl_skip_any(l);
    }
    sl_lowering_fact(l, SL_FACT_PARTITION, first, l->pos);
}

/* ---- elements ---- */

static void skip_element(struct sl_lowering *l)
{
    while (!sl_at_kind(l, SL_TOK_END) && !sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE))
        sl_skip_any(l);
}

void sl_pass_over_element(struct sl_lowering *l, struct sl_checkpoint before)
{
    sl_str why = l->error;
    sl_lowering_restore(l, before);
    uint32_t first = l->pos;
    skip_element(l);
    sl_lowering_fact_text(l, SL_FACT_OTHER, first, l->pos, why);
}

struct indexes {
    uint32_t *items; /* token where the definition starts */
    size_t len, cap;
};

/* PERIOD FOR p (a, b) */
static bool period(struct sl_lowering *l)
{
    if (!sl_at2(l, SL_KW_PERIOD, SL_KW_FOR))
        return false;
    uint32_t first = l->pos;
    skip_element(l);
    sl_lowering_fact(l, SL_FACT_OTHER, first, l->pos);
    return true;
}

static void write_element(struct sl_lowering *l)
{
    if (sl_at(l, SL_KW_LIKE)) {
        sl_keep_token(l);
        sl_name_qualified(l);
    } else if (sl_key_kind_here(l) != SL_KEY_NONE) {
        sl_key_constraint(l);
    } else {
        sl_column_definition(l, NULL);
    }
    if (!sl_at_kind(l, SL_TOK_COMMA) && !sl_at_kind(l, SL_TOK_CLOSE))
        sl_lowering_fail_here(l);
}

/* One column or key; what is not understood poisons itself only. */
static void element(struct sl_lowering *l, struct indexes *indexes, bool *needs_comma)
{
    if (period(l))
        return;
    if (sl_key_is_index(l)) {
        *SL_VEC_PUSH(l->arena, indexes) = l->pos;
        skip_element(l);
        return;
    }
    struct sl_checkpoint before = sl_lowering_checkpoint(l);
    if (*needs_comma)
        sl_insert(l, ",");
    write_element(l);
    if (!l->failed) {
        *needs_comma = true;
        return;
    }
    if (l->failed_by_limit)
        return;
    sl_pass_over_element(l, before);
}

static void elements(struct sl_lowering *l, struct indexes *indexes)
{
    bool needs_comma = false;
    sl_expect_kind(l, SL_TOK_OPEN);
    while (!l->failed && !sl_at_kind(l, SL_TOK_CLOSE)) {
        element(l, indexes, &needs_comma);
        if (!sl_skip_kind(l, SL_TOK_COMMA))
            break;
    }
    sl_expect_kind(l, SL_TOK_CLOSE);
}

static void key_indexes(struct sl_lowering *l, const struct indexes *indexes, uint32_t table)
{
    uint32_t pos = l->pos;
    for (size_t i = 0; i < indexes->len && !l->failed; i++) {
        l->pos = indexes->items[i];
        struct sl_checkpoint before = sl_lowering_checkpoint(l);
        sl_key_index(l, table);
        if (!l->failed || l->failed_by_limit)
            continue;
        sl_str why = l->error;
        sl_lowering_restore(l, before);
        skip_element(l);
        sl_lowering_fact_text(l, SL_FACT_OTHER, indexes->items[i], l->pos, why);
    }
    if (!l->failed)
        l->pos = pos;
}

/* CREATE TABLE a LIKE b, CREATE TABLE a (LIKE b) */
static bool table_like(struct sl_lowering *l)
{
    if (sl_at(l, SL_KW_LIKE)) {
        sl_insert(l, "(");
        sl_keep_token(l);
        sl_name_qualified(l);
        sl_insert(l, ")");
        return true;
    }
    return false;
}

/* [IGNORE | REPLACE] [AS] query */
static bool at_table_query(struct sl_lowering *l)
{
    if (sl_at(l, SL_KW_IGNORE) || sl_at(l, SL_KW_REPLACE)) {
        sl_lowering_fact(l, sl_at(l, SL_KW_IGNORE) ? SL_FACT_IGNORE : SL_FACT_REPLACE, l->pos, l->pos + 1);
        l->pos++;
    }
    sl_skip(l, SL_KW_AS);
    return sl_at_query(l);
}

static void create_words(struct sl_lowering *l, uint32_t first)
{
    bool is_temporary = false;
    for (uint32_t i = first; i < l->pos; i++) {
        is_temporary = is_temporary || l->tokens[i].keyword == SL_KW_TEMPORARY || l->tokens[i].keyword == SL_KW_TEMP;
        if (l->tokens[i].keyword == SL_KW_REPLACE)
            sl_lowering_fact(l, SL_FACT_REPLACE, i, i + 1);
    }
    sl_emit_add(&l->emit, is_temporary ? SL_STR("CREATE TEMPORARY TABLE") : SL_STR("CREATE TABLE"),
                sl_lowering_span(l, first, l->pos));
    if (sl_at2(l, SL_KW_IF, SL_KW_NOT))
        sl_replace_tokens(l, 3, "IF NOT EXISTS");
}

void sl_create_table(struct sl_lowering *l, uint32_t first)
{
    sl_lowering_set_verb(l, "create table");
    size_t mark = sl_emit_mark(&l->emit);
    create_words(l, first);
    uint32_t table = l->pos;
    sl_name_qualified(l);
    struct indexes indexes = {0};
    bool has_elements = sl_at_kind(l, SL_TOK_OPEN) && !sl_group_is_query(l, l->pos);
    if (table_like(l)) {
        sl_lowering_finish_item(l, mark, first);
        return;
    }
    if (has_elements)
        elements(l, &indexes);
    table_options(l);
    size_t before_partitions = sl_emit_mark(&l->emit);
    sl_partition_by(l);
    table_options(l);
    bool has_query = !sl_at_end(l) && at_table_query(l);
    if (has_query && !has_elements) /* CREATE TABLE … AS takes no PARTITION BY */
        sl_emit_truncate(&l->emit, before_partitions);
    if (has_query && has_elements) {
        sl_lowering_finish_item(l, mark, first);
        sl_insert(l, "CREATE TABLE IF NOT EXISTS");
        sl_name_at(l, table);
    }
    if (has_query) {
        sl_insert(l, "AS");
        sl_query(l);
    } else if (!has_elements && !l->failed) { /* CREATE TABLE t ENGINE=…: MariaDB's discovery */
        sl_insert(l, "( )");
    }
    sl_lowering_finish_item(l, mark, first);
    key_indexes(l, &indexes, table);
}
