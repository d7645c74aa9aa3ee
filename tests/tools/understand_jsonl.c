/* A JSON string a line in, {"ok":…} a line out: for measuring sql/ by itself. usage: understand_jsonl DIALECT
 * [ansi] [pipes] [noescape] [mariadb] [version=N] < FILE */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
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

int main(int argc, char **argv)
{
    struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    if (argc < 2 || !sl_dialect_lookup(sl_str_from(argv[1]), &mode.dialect))
        return 2;
    for (int i = 2; i < argc; i++) {
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
        puts("}");
        sl_arena_reset(&arena);
    }
    free(line);
    sl_buf_release(&statement);
    sl_arena_release(&arena);
    return 0;
}
