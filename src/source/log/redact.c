#include "source/log/redact.h"

/* user:secret@host of a connection string is looked for within so many bytes. */
#define LONGEST_AUTHORITY 300

/* A word after which the next quoted literal (within a few words) is a secret. */
static const sl_str before_secret[] = {
    SL_STR_INIT("identified"),
    SL_STR_INIT("password"),
    SL_STR_INIT("passwd"),
    SL_STR_INIT("master_password"),
    SL_STR_INIT("pwd"),
    SL_STR_INIT("source_password"),
    SL_STR_INIT("secret"),
    SL_STR_INIT("auth_token"),
    SL_STR_INIT("secret_access_key"),
    SL_STR_INIT("encrypted_password"),
};

/* Words that may stand between the two. */
static const sl_str between[] = {
    SL_STR_INIT("by"),
    SL_STR_INIT("with"),
    SL_STR_INIT("as"),
    SL_STR_INIT("using"),
    SL_STR_INIT("via"),
    SL_STR_INIT("for"),
    SL_STR_INIT("password"),
    SL_STR_INIT("mysql_native_password"),
    SL_STR_INIT("caching_sha2_password"),
    SL_STR_INIT("sha256_password"),
    SL_STR_INIT("ed25519"),
    SL_STR_INIT("unix_socket"),
    SL_STR_INIT("or"),
    SL_STR_INIT("replace"),
    SL_STR_INIT("old_password"),
    SL_STR_INIT("encrypted"),
};

static bool is_one_of(sl_str word, const sl_str *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq_nocase(word, words[i]))
            return true;
    }
    return false;
}

/* The byte behind the literal at `i`, or the end. */
static size_t literal_end(sl_str text, size_t i)
{
    char quote = text.ptr[i++];
    while (i < text.len && text.ptr[i] != quote)
        i += text.ptr[i] == '\\' ? 2 : 1;
    return i < text.len ? i + 1 : text.len;
}

/* Inside a literal: password=secret and ://user:secret@. Adds text[i, end) to *out. */
static void add_literal(sl_str text, size_t i, size_t end, struct sl_buf *out)
{
    while (i < end) {
        sl_str rest = sl_str_slice(text, i, end - i);
        size_t mark = SIZE_MAX;
        if (sl_str_has_prefix_nocase(rest, SL_STR("password=")) || sl_str_has_prefix_nocase(rest, SL_STR("passwd=")))
            mark = sl_str_find_byte(rest, '=') + 1;
        if (mark != SIZE_MAX) {
            sl_buf_add(out, sl_str_slice(rest, 0, mark));
            sl_buf_add(out, SL_STR("***"));
            i += mark;
            while (i < end && !sl_is_space(text.ptr[i]) && text.ptr[i] != '\'' && text.ptr[i] != '&' &&
                   text.ptr[i] != '"')
                i++;
            continue;
        }
        if (sl_str_has_prefix(rest, SL_STR("://"))) {
            rest = sl_str_slice(rest, 0, LONGEST_AUTHORITY);
            size_t at = sl_str_find_byte(rest, '@'), space = sl_str_find_byte(rest, ' ');
            size_t colon = sl_str_find_byte(sl_str_slice(rest, 3, rest.len), ':');
            if (at != SIZE_MAX && at < space && colon != SIZE_MAX && colon + 3 < at) {
                sl_buf_add(out, sl_str_slice(rest, 0, colon + 4));
                sl_buf_add(out, SL_STR("***"));
                i += at;
                continue;
            }
        }
        sl_buf_add_byte(out, text.ptr[i++]);
    }
}

void sl_redact(sl_str text, struct sl_buf *out)
{
    bool secret_follows = false;
    size_t i = 0;
    while (i < text.len) {
        char c = text.ptr[i];
        if (sl_is_word_char(c)) {
            size_t from = i;
            while (i < text.len && sl_is_word_char(text.ptr[i]))
                i++;
            sl_str word = sl_str_slice(text, from, i - from);
            if (is_one_of(word, before_secret, sizeof before_secret / sizeof before_secret[0]))
                secret_follows = true;
            else if (secret_follows)
                secret_follows = is_one_of(word, between, sizeof between / sizeof between[0]);
            sl_buf_add(out, word);
            continue;
        }
        if (c == '\'' || c == '"') {
            size_t end = literal_end(text, i);
            if (secret_follows) {
                sl_buf_add_printf(out, "%c***%c", c, c);
                /* ALTER USER … IDENTIFIED BY 'new' REPLACE 'old' */
            } else {
                add_literal(text, i, end, out);
            }
            i = end;
            continue;
        }
        if (secret_follows && (c == ';' || c == '<' || c == '>'))
            secret_follows = false;
        sl_buf_add_byte(out, c);
        i++;
    }
}
