/*
 * Writes a query log of any size to standard output: make_log FORMAT MIB [SHAPES]
 *
 * FORMAT: mysql-slow, mysql-general, pg-stderr, pg-csvlog, pg-jsonlog, sql. The statements are those of an application
 * with tables, states, reports on updated_at and lists of ids; the same arguments give the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define FLUSH_BYTES (1u << 20)

struct generator {
    uint64_t state;
    unsigned n_shapes;
    uint64_t n;
    struct sl_buf sql, out;
    char quote; /* of identifiers */
};

static unsigned below(struct generator *g, unsigned n)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (unsigned)(g->state >> 33) % n;
}

static void add_words(struct generator *g)
{
    static const char *const words[] = {"prize",       "of",   "the",        "day", "it''s",
                                        "sold -- out", "抽選", "#1 /* x */", "foo"};
    sl_buf_add_byte(&g->sql, '\'');
    for (unsigned i = 0, n = 1 + below(g, 6); i < n; i++)
        sl_buf_add_printf(&g->sql, "%s%s", i ? " " : "", words[below(g, 9)]);
    sl_buf_add_byte(&g->sql, '\'');
}

static void add_stamp(struct generator *g)
{
    sl_buf_add_printf(&g->sql, "'2026-%02u-%02u %02u:%02u:%02u'", 1 + below(g, 12), 1 + below(g, 28), below(g, 24),
                      below(g, 60), below(g, 60));
}

static void add_list(struct generator *g)
{
    sl_buf_add_byte(&g->sql, '(');
    for (unsigned i = 0, n = 1 + below(g, 60); i < n; i++)
        sl_buf_add_printf(&g->sql, "%s%u", i ? ", " : "", below(g, 10000000));
    sl_buf_add_byte(&g->sql, ')');
}

/* One statement; its shape is one of n_shapes, the first ones far more often than the last. */
static void make_statement(struct generator *g)
{
    static const char *const states[] = {"winner", "loser", "applied"};
    unsigned shape = below(g, 1 + below(g, 1 + below(g, g->n_shapes)));
    unsigned table = shape / 8;
    char q = g->quote;
    sl_buf_reset(&g->sql);
    switch (shape % 8) {
    case 0:
        sl_buf_add_printf(&g->sql, "SELECT %ct%u%c.* FROM %ct%u%c WHERE %cid%c = %u LIMIT 1", q, table, q, q, table, q,
                          q, q, below(g, 10000000));
        break;
    case 1:
        sl_buf_add_printf(&g->sql, "SELECT COUNT(*) FROM %ct%u%c WHERE %cstatus%c = '%s' AND %cupdated_at%c >= ", q,
                          table, q, q, q, states[below(g, 3)], q, q);
        add_stamp(g);
        break;
    case 2:
        sl_buf_add_printf(&g->sql, "UPDATE %ct%u%c SET %cnote%c = ", q, table, q, q, q);
        add_words(g);
        sl_buf_add_printf(&g->sql, ", %cupdated_at%c = ", q, q);
        add_stamp(g);
        sl_buf_add_printf(&g->sql, " WHERE %cid%c = %u", q, q, below(g, 10000000));
        break;
    case 3:
        sl_buf_add_printf(&g->sql, "INSERT INTO %ct%u%c (%cnote%c, %cprice%c, %ccreated_at%c) VALUES (", q, table, q, q,
                          q, q, q, q, q);
        add_words(g);
        sl_buf_add_printf(&g->sql, ", %u, ", below(g, 100000));
        add_stamp(g);
        sl_buf_add_byte(&g->sql, ')');
        break;
    case 4:
        sl_buf_add_printf(&g->sql, "DELETE FROM %ct%u%c WHERE %cid%c IN ", q, table, q, q, q);
        add_list(g);
        break;
    case 5:
        sl_buf_add_printf(
            &g->sql,
            "SELECT DATE(%cupdated_at%c) AS d, COUNT(*)\n  FROM %ct%u%c -- by day\n WHERE %cstatus%c = '%s'\n "
            "GROUP BY DATE(%cupdated_at%c)",
            q, q, q, table, q, q, q, states[below(g, 3)], q, q);
        break;
    case 6:
        sl_buf_add_printf(
            &g->sql,
            "SELECT a.%cid%c, b.%cname%c FROM %ct%u%c a INNER JOIN %cusers%c b ON b.%cid%c = a.%cuser_id%c WHERE "
            "b.%cname%c = ",
            q, q, q, q, q, table, q, q, q, q, q, q, q, q, q);
        add_words(g);
        sl_buf_add_printf(&g->sql, " ORDER BY a.%cid%c DESC LIMIT %u", q, q, below(g, 100));
        break;
    default:
        sl_buf_add_printf(&g->sql,
                          "SELECT MAX(%cupdated_at%c) FROM %ct%u%c WHERE %cuser_id%c = %u /*controller='c%u'*/", q, q,
                          q, table, q, q, q, below(g, 10000000), table);
    }
}

/* The statement with `mark` in front of or in place of what the format escapes. */
static void add_escaped(struct generator *g, const char *format)
{
    bool tabs = strcmp(format, "pg-stderr") == 0, csv = strcmp(format, "pg-csvlog") == 0;
    bool json = strcmp(format, "pg-jsonlog") == 0;
    for (size_t i = 0; i < g->sql.len; i++) {
        char c = g->sql.bytes[i];
        if (c == '\n' && json)
            sl_buf_add(&g->out, SL_STR("\\n"));
        else if (c == '\n' && tabs)
            sl_buf_add(&g->out, SL_STR("\n\t"));
        else if (c == '"' && (csv || json))
            sl_buf_add_printf(&g->out, "%s\"", csv ? "\"" : "\\");
        else
            sl_buf_add_byte(&g->out, c);
    }
}

static void add_entry(struct generator *g, const char *format)
{
    unsigned second = (unsigned)(g->n / 40), id = 8 + below(g, 80), us = below(g, 50000);
    char time[16];
    snprintf(time, sizeof time, "%02u:%02u:%02u", second / 3600 % 24, second / 60 % 60, second % 60);
    unsigned day = 1 + second / 86400 % 28;
    if (strcmp(format, "mysql-slow") == 0)
        sl_buf_add_printf(
            &g->out,
            "# Time: 2026-11-%02uT%s.%06uZ\n# User@Host: app[app] @  [10.0.0.%u]  Id: %5u\n# Query_time: 0.%06u  "
            "Lock_time: 0.000002 Rows_sent: %u  Rows_examined: %u\nSET timestamp=17953%05u;\n",
            day, time, us, id, id, us, below(g, 50), below(g, 5000), second % 100000);
    else if (strcmp(format, "mysql-general") == 0)
        sl_buf_add_printf(&g->out, "2026-11-%02uT%s.%06uZ\t%5u Query\t", day, time, us, id);
    else if (strcmp(format, "pg-stderr") == 0)
        sl_buf_add_printf(&g->out,
                          "2026-11-%02u %s.%03u UTC [%u] app@shop LOG:  duration: %u.%03u ms  statement: ", day, time,
                          us % 1000, id, us / 1000, us % 1000);
    else if (strcmp(format, "pg-csvlog") == 0)
        sl_buf_add_printf(
            &g->out,
            "2026-11-%02u %s.%03u UTC,\"app\",\"shop\",%u,\"10.0.0.1:5432\",5bab.%u,%llu,\"SELECT\",2026-11-01 "
            "00:00:00 UTC,3/7,0,LOG,00000,\"duration: %u.%03u ms  statement: ",
            day, time, us % 1000, id, id, (unsigned long long)g->n, us / 1000, us % 1000);
    else if (strcmp(format, "pg-jsonlog") == 0)
        sl_buf_add_printf(
            &g->out,
            "{\"timestamp\":\"2026-11-%02u %s.%03u UTC\",\"user\":\"app\",\"dbname\":\"shop\",\"pid\":%u,"
            "\"session_id\":\"5bab.%u\",\"line_num\":%llu,\"ps\":\"SELECT\",\"error_severity\":\"LOG\",\"message\":"
            "\"duration: %u.%03u ms  statement: ",
            day, time, us % 1000, id, id, (unsigned long long)g->n, us / 1000, us % 1000);
    add_escaped(g, format);
    if (strcmp(format, "mysql-slow") == 0 || strcmp(format, "sql") == 0)
        sl_buf_add(&g->out, SL_STR(";\n"));
    else if (strcmp(format, "pg-csvlog") == 0)
        sl_buf_add(&g->out, SL_STR("\",,,,,,,,,\"web\",\"client backend\",,0\n"));
    else if (strcmp(format, "pg-jsonlog") == 0)
        sl_buf_add(&g->out,
                   SL_STR("\",\"application_name\":\"web\",\"backend_type\":\"client backend\",\"query_id\":0}\n"));
    else
        sl_buf_add_byte(&g->out, '\n');
    g->n++;
}

int main(int argc, char **argv)
{
    uint64_t mib = 0, shapes = 300, written = 0;
    if (argc < 3 || !sl_str_to_u64(sl_str_from(argv[2]), &mib) ||
        (argc > 3 && !sl_str_to_u64(sl_str_from(argv[3]), &shapes))) {
        fputs("usage: make_log mysql-slow|mysql-general|pg-stderr|pg-csvlog|pg-jsonlog|sql MIB [SHAPES]\n", stderr);
        return 2;
    }
    const char *format = argv[1];
    bool mysql = strncmp(format, "mysql", 5) == 0 || strcmp(format, "sql") == 0;
    struct generator g = {.state = 88172645463325252ull, .n_shapes = (unsigned)shapes, .quote = mysql ? '`' : '"'};
    while (written < mib * 1024 * 1024) {
        make_statement(&g);
        add_entry(&g, format);
        if (g.out.len < FLUSH_BYTES)
            continue;
        written += g.out.len;
        if (fwrite(g.out.bytes, 1, g.out.len, stdout) != g.out.len)
            return 1;
        sl_buf_reset(&g.out);
    }
    sl_buf_release(&g.sql);
    sl_buf_release(&g.out);
    return 0;
}
