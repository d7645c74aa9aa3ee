#include "source/log/redact.h"

/* user:secret@host of a connection string is looked for within so many bytes. */
#define LONGEST_AUTHORITY 300
/* Columns of an INSERT that may be secret. */
#define MAX_COLUMNS 64
/* A name in quotes, such as the setting's in set_config('app.token', 'x'). */
#define LONGEST_NAME 64

/* A name with one of these in it is a secret's; literals a few words behind it are the secret. */
static const sl_str stems[] = {
    SL_STR_INIT("password"),    SL_STR_INIT("passwd"),  SL_STR_INIT("passphrase"),  SL_STR_INIT("secret"),
    SL_STR_INIT("token"),       SL_STR_INIT("api_key"), SL_STR_INIT("apikey"),      SL_STR_INIT("access_key"),
    SL_STR_INIT("accesskey"),   SL_STR_INIT("pwd"),     SL_STR_INIT("private_key"), SL_STR_INIT("credential"),
    SL_STR_INIT("auth_string"),
};
static const sl_str whole[] = {SL_STR_INIT("identified"), SL_STR_INIT("pw"), SL_STR_INIT("pass")};

/* Words that may stand between the two. */
static const sl_str between[] = {
    SL_STR_INIT("by"),          SL_STR_INIT("with"), SL_STR_INIT("as"),        SL_STR_INIT("using"),
    SL_STR_INIT("via"),         SL_STR_INIT("for"),  SL_STR_INIT("or"),        SL_STR_INIT("in"),
    SL_STR_INIT("not"),         SL_STR_INIT("like"), SL_STR_INIT("replace"),   SL_STR_INIT("e"),
    SL_STR_INIT("n"),           SL_STR_INIT("x"),    SL_STR_INIT("b"),         SL_STR_INIT("concat"),
    SL_STR_INIT("to"),          SL_STR_INIT("is"),   SL_STR_INIT("encrypted"), SL_STR_INIT("ed25519"),
    SL_STR_INIT("unix_socket"),
};

/* Their string arguments are keys, or what is to be hidden. */
static const sl_str functions[] = {
    SL_STR_INIT("aes_encrypt"),
    SL_STR_INIT("aes_decrypt"),
    SL_STR_INIT("des_encrypt"),
    SL_STR_INIT("des_decrypt"),
    SL_STR_INIT("encode"),
    SL_STR_INIT("decode"),
    SL_STR_INIT("encrypt"),
    SL_STR_INIT("decrypt"),
    SL_STR_INIT("md5"),
    SL_STR_INIT("sha"),
    SL_STR_INIT("sha1"),
    SL_STR_INIT("sha2"),
    SL_STR_INIT("hmac"),
    SL_STR_INIT("crypt"),
    SL_STR_INIT("pgp_sym_encrypt"),
    SL_STR_INIT("pgp_sym_decrypt"),
    SL_STR_INIT("pgp_pub_decrypt"),
    SL_STR_INIT("old_password"),
};

/* Where an INSERT's columns and values are. */
enum insert {
    NO_INSERT,
    INTO,
    COLUMNS,
    BEHIND_COLUMNS,
    VALUES,
};

struct redaction {
    sl_str text;
    size_t i;
    struct sl_buf *out;
    bool has_backslash; /* escapes a quote, as in MySQL */
    bool secret_follows;
    bool is_whose;         /* SET PASSWORD FOR somebody@somewhere = 'x': up to the = */
    unsigned depth;        /* of parentheses */
    unsigned secret_depth; /* of a function whose literals are secrets; 0: none */
    enum insert insert;
    unsigned column;
    uint64_t secret_columns;
};

static bool is_one_of(sl_str word, const sl_str *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq_nocase(word, words[i]))
            return true;
    }
    return false;
}
#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof(words)[0])

static bool is_secret_name(sl_str word)
{
    for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
        if (sl_str_find_nocase(word, stems[i]) != SIZE_MAX)
            return true;
    }
    return IS_ONE_OF(word, whole);
}

static size_t word_end(sl_str text, size_t i)
{
    while (i < text.len && sl_is_word_char(text.ptr[i]))
        i++;
    return i;
}

/* The byte behind the literal at `i`, or the end. */
static size_t literal_end(const struct redaction *r, size_t i)
{
    char quote = r->text.ptr[i];
    bool has_prefix = i > 0 && (r->text.ptr[i - 1] == 'E' || r->text.ptr[i - 1] == 'e');
    for (i++; i < r->text.len; i++) {
        char c = r->text.ptr[i];
        if (c == '\\' && (r->has_backslash || has_prefix))
            i++;
        else if (c == quote && i + 1 < r->text.len && r->text.ptr[i + 1] == quote)
            i++;
        else if (c == quote)
            return i + 1;
    }
    return r->text.len;
}

/* The byte behind the $tag$ … $tag$ at `i`; i itself if none opens. */
static size_t dollar_end(const struct redaction *r, size_t i)
{
    size_t open = word_end(r->text, i + 1);
    if (r->has_backslash || open >= r->text.len || r->text.ptr[open] != '$' || sl_is_digit(r->text.ptr[i + 1]))
        return i;
    sl_str tag = sl_str_slice(r->text, i, open + 1 - i);
    size_t close = sl_str_find(sl_str_slice(r->text, open + 1, r->text.len), tag);
    return close == SIZE_MAX ? r->text.len : open + 1 + close + tag.len;
}

/* The byte behind the comment at `i`; i itself if none opens. */
static size_t comment_end(const struct redaction *r, size_t i)
{
    sl_str rest = sl_str_slice(r->text, i, r->text.len);
    if (sl_str_has_prefix(rest, SL_STR("/*"))) {
        size_t close = sl_str_find(rest, SL_STR("*/"));
        return close == SIZE_MAX ? r->text.len : i + close + 2;
    }
    if (sl_str_has_prefix(rest, SL_STR("-- ")) || (r->has_backslash && rest.ptr[0] == '#')) {
        size_t newline = sl_str_find_byte(rest, '\n');
        return newline == SIZE_MAX ? r->text.len : i + newline;
    }
    return i;
}

/* "password = 'x", "token\": \"x" at the secret's name: the byte where the value begins; 0: none does. */
static size_t value_of(sl_str text, size_t name_end)
{
    size_t i = name_end;
    while (i < text.len && i < name_end + 4 && strchr(" \"'\\", text.ptr[i]))
        i++;
    if (i >= text.len || (text.ptr[i] != '=' && text.ptr[i] != ':'))
        return 0;
    size_t mark = i++;
    while (i < text.len && i < mark + 5 && strchr(" \"'\\", text.ptr[i]))
        i++;
    return i < text.len ? i : 0;
}

/* Inside a literal or a comment: password=secret and ://user:secret@. */
static void add_inside(struct sl_buf *out, sl_str text)
{
    size_t i = 0;
    while (i < text.len) {
        sl_str rest = sl_str_slice(text, i, LONGEST_AUTHORITY);
        if (sl_str_has_prefix(rest, SL_STR("://"))) {
            size_t at = sl_str_find_byte(rest, '@'), space = sl_str_find_byte(rest, ' ');
            size_t colon = sl_str_find_byte(sl_str_slice(rest, 3, rest.len), ':');
            if (at != SIZE_MAX && at < space && colon != SIZE_MAX && colon + 3 < at) {
                sl_buf_add(out, sl_str_slice(rest, 0, colon + 4));
                sl_buf_add(out, SL_STR("***"));
                i += at;
                continue;
            }
        }
        size_t end = word_end(text, i);
        if (end == i) {
            sl_buf_add_byte(out, text.ptr[i++]);
            continue;
        }
        size_t value = is_secret_name(sl_str_slice(text, i, end - i)) ? value_of(text, end) : 0;
        sl_buf_add(out, sl_str_slice(text, i, (value ? value : end) - i));
        i = value ? value : end;
        if (!value)
            continue;
        sl_buf_add(out, SL_STR("***"));
        while (i < text.len && !sl_is_space(text.ptr[i]) && !strchr("'\"&;,}\\", text.ptr[i]))
            i++;
    }
}

static bool is_secret_literal(const struct redaction *r)
{
    bool is_column =
        r->insert == VALUES && r->depth == 1 && r->column < MAX_COLUMNS && (r->secret_columns >> r->column & 1);
    return r->secret_follows || is_column || (r->secret_depth && r->depth >= r->secret_depth);
}

static void add_literal(struct redaction *r, size_t end)
{
    char quote = r->text.ptr[r->i];
    sl_str whole_literal = sl_str_slice(r->text, r->i, end - r->i);
    sl_str inner = sl_str_slice(whole_literal, 1, whole_literal.len > 1 ? whole_literal.len - 2 : 0);
    if (is_secret_literal(r)) {
        char shown = quote == '"' ? '"' : '\'';
        sl_buf_add_printf(r->out, "%c***%c", shown, shown);
    } else {
        add_inside(r->out, whole_literal);
        /* set_config('app.token', 'x'): the name is a literal, too */
        r->secret_follows = inner.len < LONGEST_NAME && sl_str_find_byte(inner, ' ') == SIZE_MAX &&
                            sl_str_find_byte(inner, '=') == SIZE_MAX && is_secret_name(inner);
    }
    r->i = end;
}

/* INSERT INTO t (a, b) VALUES (…): which columns are secret. */
static void follow_insert(struct redaction *r, sl_str word)
{
    if (sl_str_eq_nocase(word, SL_STR("into")))
        r->insert = INTO;
    else if (sl_str_eq_nocase(word, SL_STR("values")) && r->insert == BEHIND_COLUMNS)
        r->insert = VALUES;
    else if (r->insert == COLUMNS && r->depth == 1 && r->column < MAX_COLUMNS && is_secret_name(word))
        r->secret_columns |= (uint64_t)1 << r->column;
}

/* What a name means for the literals behind it. */
static void follow_name(struct redaction *r, sl_str name)
{
    if (is_secret_name(name))
        r->secret_follows = true;
    else if (r->secret_follows && sl_str_eq_nocase(name, SL_STR("for")))
        r->is_whose = true;
    else if (r->secret_follows && !r->is_whose)
        r->secret_follows = name.len && (name.ptr[0] == '_' || IS_ONE_OF(name, between)); /* _utf8mb4'x' */
    follow_insert(r, name);
}

/* "password": a string in MySQL, a name elsewhere. */
static void add_quoted_name(struct redaction *r, size_t end)
{
    sl_str quoted = sl_str_slice(r->text, r->i, end - r->i);
    sl_buf_add(r->out, quoted);
    follow_name(r, sl_str_slice(quoted, 1, quoted.len > 1 ? quoted.len - 2 : 0));
    r->i = end;
}

static void add_word(struct redaction *r)
{
    size_t end = word_end(r->text, r->i);
    sl_str word = sl_str_slice(r->text, r->i, end - r->i);
    bool is_hex = r->secret_follows && word.len > 2 && word.ptr[0] == '0' && word.ptr[1] == 'x';
    sl_buf_add(r->out, is_hex ? SL_STR("'***'") : word);
    r->i = end;
    if (is_hex)
        return;
    size_t next = end;
    while (next < r->text.len && r->text.ptr[next] == ' ')
        next++;
    if (next < r->text.len && r->text.ptr[next] == '(' && r->secret_depth == 0 &&
        (IS_ONE_OF(word, functions) || is_secret_name(word)))
        r->secret_depth = r->depth + 1;
    follow_name(r, word);
}

static void add_byte(struct redaction *r)
{
    char c = r->text.ptr[r->i++];
    sl_buf_add_byte(r->out, c);
    if (c == '=')
        r->is_whose = false;
    if (c == '(') {
        r->depth++;
        if (r->insert == INTO)
            r->insert = COLUMNS;
        if (r->depth == 1)
            r->column = 0;
    } else if (c == ')' && r->depth > 0) {
        if (r->depth == r->secret_depth)
            r->secret_depth = 0;
        r->depth--;
        if (r->insert == COLUMNS && r->depth == 0)
            r->insert = BEHIND_COLUMNS;
    } else if (c == ',' && r->depth == 1) {
        r->column++;
    } else if (c == ';' || c == '<' || c == '>') {
        r->secret_follows = r->is_whose = false;
    }
}

void sl_redact(sl_str text, enum sl_dialect dialect, struct sl_buf *out)
{
    struct redaction r = {.text = text, .out = out, .has_backslash = dialect == SL_DIALECT_MYSQL};
    while (r.i < text.len) {
        char c = text.ptr[r.i];
        size_t end = r.i;
        if (c == '\'' || c == '"')
            end = literal_end(&r, r.i);
        else if (c == '$')
            end = dollar_end(&r, r.i);
        if (end > r.i) {
            if (c == '"' && !r.has_backslash)
                add_quoted_name(&r, end);
            else
                add_literal(&r, end);
            continue;
        }
        if (c == '/' || c == '-' || c == '#')
            end = comment_end(&r, r.i);
        if (end > r.i) {
            add_inside(out, sl_str_slice(text, r.i, end - r.i));
            r.i = end;
        } else if (sl_is_word_char(c)) {
            add_word(&r);
        } else {
            add_byte(&r);
        }
    }
}
