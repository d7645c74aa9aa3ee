/*
 * Every column, table and column definition of the AST maps back to exactly its source token, whatever stands around
 * it: multi-byte characters, tabs, CRLF, comments. The spelling of the source token is the name in the tree.
 */
#include "lowering_case.h"
#include "sql/ast.h"

static const struct {
    const char *mode, *sql;
} statements[] = {
    {"mysql", "SELECT a, t.`b c`, createdAt, MAX(x.賞) FROM db.t AS x JOIN `ユ` y ON x.i = y.i WHERE x.d BETWEEN ? AND "
              "2 GROUP BY t.z HAVING COUNT(*) > 1 ORDER BY q LIMIT 3, 4"},
    {"mysql", "UPDATE a JOIN `b` ON a.x = `b`.x SET a.y = b.y, `b`.z = a.w + 1 WHERE a.v IN (1, 2)"},
    {"mysql", "INSERT INTO t SET a = 1, `b` = c + 1 ON DUPLICATE KEY UPDATE a = VALUES(a) + d"},
    {"mysql", "DELETE x FROM t AS x JOIN u ON x.i = u.i WHERE u.`k``k` = 'it''s'"},
    {"mysql", "CREATE TABLE `t` (`id` INT(11) NOT NULL, b VARCHAR(10) COMMENT '賞', 更新 DATETIME ON UPDATE NOW(), KEY "
              "k (b, `id` DESC)) ENGINE=InnoDB"},
    {"mysql", "ALTER TABLE db.t MODIFY COLUMN u DATETIME AFTER v, CHANGE `a` b2 INT, ADD (c INT, d INT)"},
    {"mysql", "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW BEGIN IF NEW.a <> OLD.b THEN UPDATE u SET c = 1 WHERE "
              "d = NEW.e; END IF; END"},
    {"mysql", "SELECT a = b = c, ! d, e->'$.f', DATE_ADD(g, INTERVAL h DAY), CASE WHEN i THEN j ELSE k END FROM "
              "(SELECT l FROM m) n, (o, p)"},
    {"sqlite", "SELECT [a b], \"c\", d == e FROM [t u] AS x WHERE f IN g AND h GLOB 'x'"},
    {"sqlite", "INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.c"},
    {"sqlite", "CREATE TABLE t (a, [b c] TEXT, d INTEGER PRIMARY KEY AUTOINCREMENT)"},
    {"postgres", "SELECT a, \"B c\", x.賞 FROM s.t AS x WHERE b=? AND c IN (1, 2) AND d ? 'k' ORDER BY e::date"},
    {"postgres", "CREATE TABLE t (a int, \"b\" timestamptz DEFAULT now())"},
};

struct found {
    struct sl_arena *arena;
    const struct sl_lowered_item *item;
    sl_str source;
    unsigned n;
};

/* The token that stands at `span`, without its quotes. */
static sl_str unquoted(sl_str token, struct sl_arena *arena)
{
    if (token.len < 2 || !strchr("`\"[", token.ptr[0]))
        return token;
    char close = token.ptr[0] == '[' ? ']' : token.ptr[0];
    char *copy = sl_arena_alloc(arena, token.len);
    size_t len = 0;
    for (size_t i = 1; i + 1 < token.len; i++) {
        copy[len++] = token.ptr[i];
        i += token.ptr[i] == close;
    }
    return (sl_str){copy, len};
}

static void check_name(struct found *f, const char *name, int32_t location)
{
    static const char *const inserted[] = {"mysql:multi", "mysql:new", "mysql:q", "excluded", "any"};
    for (size_t i = 0; i < sizeof inserted / sizeof inserted[0]; i++) {
        if (strcmp(name, inserted[i]) == 0)
            return;
    }
    bool is_synthetic;
    struct sl_span span = sl_segmap_lookup(&f->item->map, (uint32_t)location, &is_synthetic);
    assert_false(is_synthetic);
    assert_true(span.off + span.len <= f->source.len);
    sl_str token = sl_str_slice(f->source, span.off, span.len);
    sl_str spelled = unquoted(token, f->arena);
    if (!sl_str_eq_nocase(spelled, sl_str_from(name)))
        fail_msg("%s maps to %.*s in %.*s", name, SL_STR_ARG(token), SL_STR_ARG(f->source));
    f->n++;
}

static void visit(struct found *f, const ProtobufCMessage *message);

static void visit_node(struct found *f, const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
        const PgQuery__ColumnRef *ref = node->column_ref;
        if (ref->n_fields > 0 && ref->fields[0]->node_case == PG_QUERY__NODE__NODE_STRING)
            check_name(f, ref->fields[0]->string->sval, ref->location);
    } else if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF && node->column_def->location >= 0) {
        check_name(f, node->column_def->colname, node->column_def->location);
    } else if (node->node_case == PG_QUERY__NODE__NODE_RES_TARGET && node->res_target->name &&
               node->res_target->name[0] && node->res_target->val == NULL) {
        check_name(f, node->res_target->name, node->res_target->location);
    }
}

/* Follows every message field of the tree, whatever its type. */
static void visit(struct found *f, const ProtobufCMessage *message)
{
    if (!message)
        return;
    if (message->descriptor == &pg_query__node__descriptor)
        visit_node(f, (const PgQuery__Node *)message);
    if (message->descriptor == &pg_query__range_var__descriptor) {
        const PgQuery__RangeVar *table = (const PgQuery__RangeVar *)message;
        check_name(f, table->schemaname && table->schemaname[0] ? table->schemaname : table->relname, table->location);
    }
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        const char *base = (const char *)message;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t n = *(const size_t *)(base + field->quantifier_offset);
            ProtobufCMessage *const *items = *(ProtobufCMessage *const *const *)(base + field->offset);
            for (size_t k = 0; k < n; k++)
                visit(f, items[k]);
            continue;
        }
        bool is_one_of = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
        if (is_one_of && *(const uint32_t *)(base + field->quantifier_offset) != field->id)
            continue;
        visit(f, *(ProtobufCMessage *const *)(base + field->offset));
    }
}

/* Writes the statement with another kind of white space before and between its tokens. */
static sl_str spaced(const char *sql, const char *space, struct sl_arena *arena)
{
    sl_str out = sl_arena_printf(arena, "%s", space);
    char quote = 0;
    for (const char *p = sql; *p; p++) {
        if (quote ? *p == quote : strchr("'`\"[", *p) != NULL)
            quote = quote ? 0 : *p == '[' ? ']' : *p;
        out = !quote && *p == ' ' ? sl_arena_printf(arena, "%.*s%s", SL_STR_ARG(out), space)
                                  : sl_arena_printf(arena, "%.*s%c", SL_STR_ARG(out), *p);
    }
    return out;
}

static void check_all(void **state)
{
    const char *space = *state;
    unsigned n = 0;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        struct sl_arena arena;
        sl_arena_init(&arena);
        struct sl_sql_mode mode = lowering_mode(statements[i].mode);
        sl_str sql = spaced(statements[i].sql, space, &arena);
        struct sl_understood u;
        sl_understand(sql, &mode, &arena, &u);
        if (!u.is_ok)
            fail_msg("%.*s: %.*s", SL_STR_ARG(sql), SL_STR_ARG(u.error));
        for (size_t k = 0; k < u.lower.n_items; k++) {
            struct found f = {&arena, &u.lower.items[k], sql, 0};
            visit(&f, &u.parsed[k].tree->base);
            n += f.n;
        }
        sl_arena_release(&arena);
    }
    assert_true(n >= 88); /* the names above; a map that loses some does not pass by finding none */
}

int main(void)
{
    static const char *const spaces[] = {" ", "\t", "\r\n", " /* 抽選, 'x' */ ", "\n\n-- 応募 ` \" '\n"};
    enum { N = sizeof spaces / sizeof spaces[0] };
    static const char *const names[N] = {"blanks", "tabs", "CRLF", "block comments", "line comments"};
    struct CMUnitTest tests[N];
    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){names[i], check_all, NULL, NULL, (void *)(uintptr_t)spaces[i]};
    return _cmocka_run_group_tests("offsets", tests, N, NULL, NULL);
}
