/* A JSON string a line in, {"ok":…} a line out: for measuring sql/ by itself. usage: understand_jsonl DIALECT
 * [names] [ansi] [pipes] [noescape] [mariadb] [version=N] < FILE */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "sql/ast.h"
#include "sql/understand.h"

static void add_utf8(struct sl_buf *buf, unsigned code)
{
    if (code < 0x80) {
        sl_buf_add_byte(buf, (char)code);
    } else if (code < 0x800) {
        sl_buf_add_byte(buf, (char)(0xC0 | code >> 6));
        sl_buf_add_byte(buf, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        sl_buf_add_byte(buf, (char)(0xE0 | code >> 12));
        sl_buf_add_byte(buf, (char)(0x80 | (code >> 6 & 0x3F)));
        sl_buf_add_byte(buf, (char)(0x80 | (code & 0x3F)));
    } else {
        sl_buf_add_byte(buf, (char)(0xF0 | code >> 18));
        sl_buf_add_byte(buf, (char)(0x80 | (code >> 12 & 0x3F)));
        sl_buf_add_byte(buf, (char)(0x80 | (code >> 6 & 0x3F)));
        sl_buf_add_byte(buf, (char)(0x80 | (code & 0x3F)));
    }
}

static unsigned hex4(const char *p)
{
    char digits[5] = {p[0], p[1], p[2], p[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

static void json_unquote(const char *p, struct sl_buf *out)
{
    static const char from[] = "nrtbf";
    static const char to[] = "\n\r\t\b\f";
    sl_buf_reset(out);
    for (p++; *p && *p != '"'; p++) {
        if (*p != '\\') {
            sl_buf_add_byte(out, *p);
            continue;
        }
        p++;
        const char *found = strchr(from, *p);
        if (*p == 'u') {
            unsigned code = hex4(p + 1);
            p += 4;
            if (code >= 0xD800 && code < 0xDC00 && p[1] == '\\' && p[2] == 'u') {
                code = 0x10000 + ((code - 0xD800) << 10) + (hex4(p + 3) - 0xDC00);
                p += 6;
            }
            add_utf8(out, code);
        } else {
            sl_buf_add_byte(out, found ? to[found - from] : *p);
        }
    }
}

static void json_print(sl_str s)
{
    putchar('"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < ' ')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* ---- names, for comparing with other parsers ---- */

/* The clause that a field of the tree stands for; NULL if it is none of its own. */
static const char *clause_of(const char *field)
{
    static const char *const clauses[][2] = {
        {"where_clause", "where"},         {"group_clause", "group"}, {"having_clause", "having"},
        {"sort_clause", "order"},          {"target_list", "select"}, {"quals", "on"},
        {"partition_clause", "partition"}, {"order_clause", "order"}, {"limit_count", "limit"},
        {"limit_offset", "limit"},         {"agg_order", "order"},
    };
    for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++) {
        if (strcmp(field, clauses[i][0]) == 0)
            return clauses[i][1];
    }
    return NULL;
}

static void print_name(const char *kind, const char *clause, const char *const *parts, size_t n)
{
    printf(",[\"%s\",\"%s\"", kind, clause);
    for (size_t i = 0; i < n; i++) {
        putchar(',');
        json_print(sl_str_from(parts[i]));
    }
    putchar(']');
}

static void print_node_names(const ProtobufCMessage *message, const char *clause)
{
    if (message->descriptor == &pg_query__range_var__descriptor) {
        const PgQuery__RangeVar *table = (const PgQuery__RangeVar *)message;
        const char *parts[] = {table->schemaname, table->relname};
        bool has_schema = table->schemaname && table->schemaname[0];
        print_name("table", "", parts + !has_schema, 1 + has_schema);
    }
    if (message->descriptor == &pg_query__column_ref__descriptor) {
        const PgQuery__ColumnRef *ref = (const PgQuery__ColumnRef *)message;
        const char *parts[8];
        size_t n = 0;
        for (; n < ref->n_fields && n < 8; n++)
            parts[n] = ref->fields[n]->node_case == PG_QUERY__NODE__NODE_STRING ? ref->fields[n]->string->sval : "*";
        print_name("column", clause, parts, n);
    }
}

/* Follows every message of the tree (its depth is bounded by the limits of lowering). */
static void print_names(const ProtobufCMessage *message, const char *clause)
{
    if (!message)
        return;
    print_node_names(message, clause);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const char *base = (const char *)message;
        const char *inner = clause_of(field->name) ? clause_of(field->name) : clause;
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        bool is_one_of = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t n = *(const size_t *)(base + field->quantifier_offset);
            for (size_t k = 0; k < n; k++)
                print_names((*(ProtobufCMessage *const *const *)(base + field->offset))[k], inner);
        } else if (!is_one_of || *(const uint32_t *)(base + field->quantifier_offset) == field->id) {
            print_names(*(ProtobufCMessage *const *)(base + field->offset), inner);
        }
    }
}

int main(int argc, char **argv)
{
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    if (argc < 2 || !sl_dialect_lookup(sl_str_from(argv[1]), &mode.dialect))
        return 2;
    bool with_names = false;
    for (int i = 2; i < argc; i++) {
        with_names |= strcmp(argv[i], "names") == 0;
        mode.ansi_quotes |= strcmp(argv[i], "ansi") == 0;
        mode.pipes_as_concat |= strcmp(argv[i], "pipes") == 0;
        mode.no_backslash_escapes |= strcmp(argv[i], "noescape") == 0;
        mode.mariadb |= strcmp(argv[i], "mariadb") == 0;
        if (strncmp(argv[i], "version=", 8) == 0)
            mode.server_version = (uint32_t)strtoul(argv[i] + 8, NULL, 10);
    }
    struct sl_arena arena;
    sl_arena_init(&arena);
    struct sl_buf statement = {0};
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        if (line[0] != '"')
            continue;
        json_unquote(line, &statement);
        struct sl_understood u;
        sl_understand(sl_buf_str(&statement), &mode, &arena, &u);
        printf("{\"ok\":%s,\"kind\":", u.is_ok ? "true" : "false");
        json_print(u.kind);
        printf(",\"lowered\":");
        json_print(u.lowered);
        if (!u.is_ok) {
            printf(",\"error\":");
            json_print(u.error);
            printf(",\"offset\":%u", u.error_off);
        }
        if (with_names && u.parsed && u.is_ok) {
            printf(",\"names\":[0");
            for (size_t i = 0; i < u.lower.n_items; i++)
                print_names(&u.parsed[i].tree->base, "");
            putchar(']');
        }
        puts("}");
        sl_arena_reset(&arena);
    }
    free(line);
    sl_buf_release(&statement);
    sl_arena_release(&arena);
    return 0;
}
