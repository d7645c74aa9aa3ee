#include "sql/split.h"

#include "base/vec.h"
#include "sql/keyword.h"

struct splitter {
    sl_str text;
    const struct sl_sql_mode *mode;
    struct sl_arena *arena;
    struct sl_pieces *pieces;
    bool is_mysql, is_postgres, is_sqlite;
    sl_str delimiter; /* DELIMITER changes it */
    size_t pos;

    /* the statement that is being read */
    size_t start; /* of its first comment or token; SIZE_MAX before that */
    bool has_content;
    bool unclosed;
    bool reads_copy; /* COPY … FROM stdin */
    bool is_routine; /* CREATE PROCEDURE, TRIGGER …: semicolons inside BEGIN … END do not end it */
    unsigned n_words;
    size_t depth; /* BEGIN, CASE, IF … that wait for their END */
    size_t parens;
    enum sl_keyword first_word;
    enum sl_keyword last_word; /* the token before, SL_NOT_A_KEYWORD for symbols and names */
    char last_symbol;          /* the token before if it was one byte, else 0 */
};

static unsigned char byte_at(const struct splitter *s, size_t off)
{
    return off < s->text.len ? (unsigned char)s->text.ptr[off] : 0;
}

static bool is_word_byte(unsigned char c)
{
    return sl_is_name_char((char)c) || c == '$';
}

static size_t line_end(const struct splitter *s, size_t off)
{
    const char *found = off < s->text.len ? memchr(s->text.ptr + off, '\n', s->text.len - off) : NULL;
    return found ? (size_t)(found - s->text.ptr) : s->text.len;
}

static bool at_line_start(const struct splitter *s)
{
    for (size_t i = s->pos; i > 0; i--) {
        char c = s->text.ptr[i - 1];
        if (c == '\n')
            return true;
        if (!sl_is_space(c))
            return false;
    }
    return true;
}

static bool starts_with(const struct splitter *s, size_t off, sl_str word)
{
    return sl_str_has_prefix_nocase(sl_str_slice(s->text, off, word.len), word);
}

/* ---- pieces ---- */

static void add_piece(struct splitter *s, enum sl_piece_kind kind, size_t from, size_t to)
{
    while (from < to && sl_is_space(s->text.ptr[from]))
        from++;
    while (to > from && sl_is_space(s->text.ptr[to - 1]))
        to--;
    if (from == to)
        return;
    *SL_VEC_PUSH(s->arena, s->pieces) =
        (struct sl_piece){.kind = kind, .span = {(uint32_t)from, (uint32_t)(to - from)}, .unclosed = s->unclosed};
}

static void begin_statement(struct splitter *s)
{
    s->start = SIZE_MAX;
    s->has_content = false;
    s->unclosed = false;
    s->reads_copy = false;
    s->is_routine = false;
    s->n_words = 0;
    s->depth = 0;
    s->parens = 0;
    s->first_word = SL_NOT_A_KEYWORD;
    s->last_word = SL_NOT_A_KEYWORD;
    s->last_symbol = 0;
}

static void end_statement(struct splitter *s, size_t end)
{
    if (s->start != SIZE_MAX)
        add_piece(s, s->has_content ? SL_PIECE_STATEMENT : SL_PIECE_COMMENT, s->start, end);
    begin_statement(s);
}

static void touch(struct splitter *s)
{
    if (s->start == SIZE_MAX)
        s->start = s->pos;
}

/* A token that is no word: whatever stood before it is no keyword any more. */
static void symbol(struct splitter *s, char c, size_t end)
{
    touch(s);
    s->has_content = true;
    s->last_word = SL_NOT_A_KEYWORD;
    s->last_symbol = c;
    s->pos = end;
}

/* ---- quotes and comments ---- */

static size_t quoted_end(struct splitter *s, size_t start, char quote, bool escapes)
{
    size_t i = start + 1;
    while (i < s->text.len) {
        char c = s->text.ptr[i];
        if (c == quote && byte_at(s, i + 1) != (unsigned char)quote)
            return i + 1;
        i += c == quote || (c == '\\' && escapes) ? 2 : 1;
    }
    s->unclosed = true;
    return s->text.len;
}

/* {{ … }}, {% … %}, {# … #} of a template engine: quotes and semicolons inside are its own. A block or a comment is no
 * content of a statement. */
static bool read_template(struct splitter *s, char c)
{
    enum { MAX_TEMPLATE_BYTES = 4096 };
    char next = (char)byte_at(s, s->pos + 1);
    if (c != '{' || (next != '{' && next != '%' && next != '#'))
        return false;
    char close = next == '{' ? '}' : next, quote = 0;
    for (size_t i = s->pos + 2; i + 1 < s->text.len && i < s->pos + MAX_TEMPLATE_BYTES; i++) {
        char at = s->text.ptr[i];
        if (quote)
            quote = at == quote ? 0 : quote;
        else if (next != '#' && (at == '\'' || at == '"'))
            quote = at;
        else if (at == close && s->text.ptr[i + 1] == '}') {
            if (next == '{')
                symbol(s, ')', i + 2);
            else
                s->pos = i + 2;
            return true;
        }
    }
    return false;
}

static bool read_quote(struct splitter *s, char c)
{
    bool is_quote = c == '\'' || c == '"' || (c == '`' && !s->is_postgres) || (c == '[' && s->is_sqlite);
    if (!is_quote)
        return false;
    bool escapes = s->is_mysql && c != '`' && !s->mode->no_backslash_escapes;
    if (s->is_postgres && c == '\'' && s->pos > 0) {
        char prefix = sl_lower_char(s->text.ptr[s->pos - 1]);
        escapes = prefix == 'e' && (s->pos < 2 || !is_word_byte(byte_at(s, s->pos - 2)));
    }
    size_t end = quoted_end(s, s->pos, c == '[' ? ']' : c, escapes);
    symbol(s, '\'', end);
    return true;
}

static bool read_dollar_quote(struct splitter *s)
{
    size_t tag_end = s->pos + 1;
    bool glued = s->pos > 0 && is_word_byte(byte_at(s, s->pos - 1));
    if (!s->is_postgres || glued || sl_is_digit((char)byte_at(s, tag_end)))
        return false;
    while (tag_end < s->text.len && s->text.ptr[tag_end] != '$' && is_word_byte(byte_at(s, tag_end)))
        tag_end++;
    if (byte_at(s, tag_end) != '$')
        return false;
    sl_str tag = sl_str_slice(s->text, s->pos, tag_end + 1 - s->pos);
    const char *body = s->text.ptr + tag_end + 1;
    const char *found = memmem(body, s->text.len - tag_end - 1, tag.ptr, tag.len);
    s->unclosed = s->unclosed || !found;
    symbol(s, '\'', found ? (size_t)(found - s->text.ptr) + tag.len : s->text.len);
    return true;
}

static size_t block_comment_end(struct splitter *s)
{
    size_t depth = 1;
    size_t i = s->pos + 2;
    while (i + 1 < s->text.len) {
        if (s->text.ptr[i] == '*' && s->text.ptr[i + 1] == '/') {
            i += 2;
            if (--depth == 0)
                return i;
        } else if (s->is_postgres && s->text.ptr[i] == '/' && s->text.ptr[i + 1] == '*') {
            depth++;
            i += 2;
        } else {
            i++;
        }
    }
    s->unclosed = true;
    return s->text.len;
}

static bool read_block_comment(struct splitter *s)
{
    if (byte_at(s, s->pos + 1) != '*')
        return false;
    size_t bang = s->pos + 2 + (byte_at(s, s->pos + 2) == 'M');
    bool is_executable = s->is_mysql && byte_at(s, bang) == '!';
    touch(s);
    s->has_content = s->has_content || is_executable;
    s->pos = block_comment_end(s);
    return true;
}

static bool is_template(const struct splitter *s)
{
    size_t end = line_end(s, s->pos);
    return byte_at(s, s->pos + 1) == '{' && memchr(s->text.ptr + s->pos, '}', end - s->pos) != NULL;
}

static bool read_line_comment(struct splitter *s, char c)
{
    bool is_dash = c == '-' && byte_at(s, s->pos + 1) == '-' &&
                   (!s->is_mysql || s->pos + 2 >= s->text.len || byte_at(s, s->pos + 2) <= ' ');
    bool is_hash = c == '#' && s->is_mysql && !is_template(s);
    if (!is_dash && !is_hash)
        return false;
    touch(s);
    s->pos = line_end(s, s->pos);
    return true;
}

/* ---- routine bodies ---- */

/* How far a condition is read ahead for its THEN. */
#define MOST_CONDITION_BYTES 8192

/* IF ( … ): the statement has a THEN of its own, the function does not. */
static bool then_follows(const struct splitter *s, size_t i)
{
    struct splitter probe = *s;
    size_t parens = 0;
    probe.text.len = i + MOST_CONDITION_BYTES < s->text.len ? i + MOST_CONDITION_BYTES : s->text.len;
    for (probe.pos = i; probe.pos < probe.text.len;) {
        char c = probe.text.ptr[probe.pos];
        if (read_quote(&probe, c))
            continue;
        if (sl_is_alpha(c)) {
            size_t end = probe.pos;
            while (is_word_byte(byte_at(&probe, end)))
                end++;
            enum sl_keyword word = sl_keyword_lookup(sl_str_slice(probe.text, probe.pos, end - probe.pos));
            if (parens == 0 && word == SL_KW_THEN)
                return true;
            if (parens == 0 && (word == SL_KW_END || word == SL_KW_ELSE || word == SL_KW_WHEN))
                return false;
            probe.pos = end;
            continue;
        }
        parens += c == '(';
        if (c == ')' && parens-- == 0)
            return false;
        if (c == ';')
            return false;
        probe.pos++;
    }
    return false;
}

static bool at_statement_position(const struct splitter *s)
{
    switch (s->last_word) {
    case SL_KW_BEGIN:
    case SL_KW_THEN:
    case SL_KW_ELSE:
    case SL_KW_DO:
    case SL_KW_LOOP:
    case SL_KW_REPEAT:
    case SL_KW_ROW:
    case SL_KW_DATA:
    case SL_KW_SQL:
    case SL_KW_DETERMINISTIC:
    case SL_KW_INVOKER:
    case SL_KW_DEFINER:
    case SL_KW_ATOMIC:
        return true;
    default:
        return s->last_symbol == ';' || s->last_symbol == ':' || s->last_symbol == ')' || s->last_symbol == '\'';
    }
}

static bool opens_block(const struct splitter *s, enum sl_keyword word, size_t end)
{
    switch (word) {
    case SL_KW_BEGIN:
    case SL_KW_CASE:
        return true;
    case SL_KW_LOOP:
    case SL_KW_WHILE:
    case SL_KW_FOR:
    case SL_KW_REPEAT:
        return s->is_mysql && at_statement_position(s);
    case SL_KW_IF:
        return s->is_mysql && at_statement_position(s) && then_follows(s, end);
    default:
        return false;
    }
}

/* END, END IF, END CASE …: steps over the second word, which opens nothing. */
static void close_block(struct splitter *s)
{
    s->depth -= s->depth > 0;
    size_t i = s->pos;
    while (sl_is_space((char)byte_at(s, i)))
        i++;
    size_t end = i;
    while (is_word_byte(byte_at(s, end)))
        end++;
    switch (sl_keyword_lookup(sl_str_slice(s->text, i, end - i))) {
    case SL_KW_IF:
    case SL_KW_CASE:
    case SL_KW_LOOP:
    case SL_KW_REPEAT:
    case SL_KW_WHILE:
    case SL_KW_FOR:
        if (s->is_mysql)
            s->pos = end;
        break;
    default:
        break;
    }
}

/* The first words say whether a body with semicolons of its own follows. */
static void read_header_word(struct splitter *s, enum sl_keyword word)
{
    if (s->n_words == 1)
        s->first_word = word;
    bool is_alter_event = s->first_word == SL_KW_ALTER && word == SL_KW_EVENT && s->n_words <= 8;
    bool is_create = (s->first_word == SL_KW_CREATE && s->n_words <= 16) || is_alter_event;
    bool is_body = word == SL_KW_TRIGGER || word == SL_KW_PROCEDURE || word == SL_KW_FUNCTION || word == SL_KW_EVENT;
    bool is_table = word == SL_KW_TABLE || word == SL_KW_VIEW || word == SL_KW_INDEX || word == SL_KW_AS;
    if (is_create && is_table && !s->is_routine)
        s->first_word = SL_NOT_A_KEYWORD; /* a column may be called event */
    else if (is_create && is_body && (s->is_mysql || (s->is_sqlite && word == SL_KW_TRIGGER)))
        s->is_routine = true;
    /* MariaDB: BEGIN NOT ATOMIC; PostgreSQL: BEGIN ATOMIC */
    if (word == SL_KW_ATOMIC && !s->is_routine && (s->last_word == SL_KW_NOT || s->last_word == SL_KW_BEGIN)) {
        s->is_routine = true;
        s->depth = 1;
    }
    if (s->first_word == SL_KW_COPY && word == SL_KW_STDIN && s->last_word == SL_KW_FROM)
        s->reads_copy = s->is_postgres;
}

static void read_word(struct splitter *s)
{
    size_t end = s->pos;
    while (is_word_byte(byte_at(s, end)))
        end++;
    touch(s);
    bool is_name = s->last_symbol == '.' || s->last_symbol == '@';
    enum sl_keyword word = is_name ? SL_NOT_A_KEYWORD : sl_keyword_lookup(sl_str_slice(s->text, s->pos, end - s->pos));
    bool opens = s->is_routine && opens_block(s, word, end);
    s->pos = end;
    s->has_content = true;
    if (s->n_words < 4096)
        s->n_words++;
    if (s->is_routine && word == SL_KW_END)
        close_block(s);
    s->depth += opens;
    read_header_word(s, word);
    s->last_word = word;
    s->last_symbol = 0;
}

/* ---- client commands ---- */

static void client_command(struct splitter *s, size_t end)
{
    end_statement(s, s->pos);
    add_piece(s, SL_PIECE_CLIENT_COMMAND, s->pos, end);
    s->pos = end;
}

/* DELIMITER $$ */
static bool read_delimiter(struct splitter *s)
{
    static const sl_str word = SL_STR_INIT("delimiter");
    if (!s->is_mysql || !starts_with(s, s->pos, word))
        return false;
    char behind = (char)byte_at(s, s->pos + word.len);
    if (behind != ' ' && behind != '\t')
        return false;
    size_t end = line_end(s, s->pos);
    sl_str rest = sl_str_trim(sl_str_slice(s->text, s->pos + word.len, end - s->pos - word.len));
    size_t len = 0;
    while (len < rest.len && !sl_is_space(rest.ptr[len]))
        len++;
    if (len == 0)
        return false;
    s->delimiter = sl_str_slice(rest, 0, len);
    client_command(s, end);
    return true;
}

/* GO alone on its line (and / where no statement is open) end a batch in some scripts. */
static bool read_batch_line(struct splitter *s)
{
    if (!at_line_start(s)) /* first: the line's end may be far, and every "/" asks */
        return false;
    sl_str line = sl_str_trim(sl_str_slice(s->text, s->pos, line_end(s, s->pos) - s->pos));
    bool is_go = sl_str_eq_nocase(line, SL_STR("go")) && s->parens == 0;
    bool is_slash = sl_str_eq(line, SL_STR("/")) && !s->has_content;
    if (!is_go && !is_slash)
        return false;
    client_command(s, line_end(s, s->pos));
    return true;
}

/* \copy (SELECT …) TO file: the query in its parentheses, on this line; an empty span if there is none. */
static struct sl_span copied_query(const struct splitter *s, size_t end)
{
    static const sl_str word = SL_STR_INIT("\\copy");
    struct sl_span none = {0};
    size_t open = s->pos + word.len;
    if (!s->is_postgres || !starts_with(s, s->pos, word))
        return none;
    while (open < end && sl_is_space(s->text.ptr[open]))
        open++;
    size_t depth = 0;
    char quote = 0;
    for (size_t i = open; i < end && (depth > 0 || i == open); i++) {
        char c = s->text.ptr[i];
        if (quote || c == '\'' || c == '"')
            quote = !quote ? c : c == quote ? 0 : quote;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return (struct sl_span){(uint32_t)open, (uint32_t)(i + 1 - open)};
        else if (i == open)
            break;
    }
    return none;
}

/* psql: \connect …; sqlite3: .mode …; mysql: \. file */
static bool read_meta_command(struct splitter *s, char c)
{
    bool is_meta = (c == '\\' && !s->is_sqlite) || (c == '.' && s->is_sqlite);
    if (!is_meta || s->has_content || !at_line_start(s))
        return false;
    size_t end = line_end(s, s->pos);
    struct sl_span query = copied_query(s, end);
    if (query.len == 0) {
        client_command(s, end);
        return true;
    }
    end_statement(s, s->pos);
    add_piece(s, SL_PIECE_CLIENT_COMMAND, s->pos, query.off);
    add_piece(s, SL_PIECE_STATEMENT, query.off, query.off + query.len);
    s->pos = query.off + query.len;
    client_command(s, end);
    return true;
}

static bool read_command(struct splitter *s, char c)
{
    bool may_be_word = sl_lower_char(c) == 'd' || sl_lower_char(c) == 'g' || c == '/';
    if (may_be_word && !s->has_content && read_delimiter(s))
        return true;
    if (may_be_word && read_batch_line(s))
        return true;
    return read_meta_command(s, c);
}

/* ---- ends ---- */

/* The rows behind COPY … FROM stdin, up to the line \. */
static void read_copy_data(struct splitter *s)
{
    size_t start = line_end(s, s->pos);
    size_t i = start < s->text.len ? start + 1 : start;
    size_t first = i;
    while (i < s->text.len) {
        size_t end = line_end(s, i);
        bool is_end = byte_at(s, i) == '\\' && byte_at(s, i + 1) == '.' && (end - i == 2 || byte_at(s, i + 2) == '\r');
        if (is_end)
            break;
        i = end < s->text.len ? end + 1 : end;
    }
    add_piece(s, SL_PIECE_COPY_DATA, first, i);
    s->pos = i < s->text.len ? line_end(s, i) : i;
}

static void terminate(struct splitter *s, size_t behind)
{
    bool reads_copy = s->reads_copy;
    end_statement(s, s->pos);
    s->pos = behind;
    if (reads_copy)
        read_copy_data(s);
}

static bool read_terminator(struct splitter *s, char c)
{
    bool is_own = s->delimiter.len > 0 && c == s->delimiter.ptr[0] && starts_with(s, s->pos, s->delimiter);
    bool is_semicolon = s->delimiter.len == 1 && s->delimiter.ptr[0] == ';';
    if (is_own && is_semicolon && (s->depth > 0 || (s->is_postgres && s->parens > 0)))
        return false;
    if (is_own) {
        terminate(s, s->pos + s->delimiter.len);
        return true;
    }
    /* \G, \g of mysql and psql; \gset, \gexec … of psql take the rest of the line. */
    if (c == '\\' && s->has_content && sl_lower_char((char)byte_at(s, s->pos + 1)) == 'g' && !s->is_sqlite) {
        size_t end = s->pos + 2;
        if (s->is_postgres)
            end = line_end(s, s->pos);
        terminate(s, end);
        return true;
    }
    return false;
}

static void read_symbol(struct splitter *s, char c)
{
    if (c == '(')
        s->parens++;
    if (c == ')' && s->parens > 0)
        s->parens--;
    symbol(s, c, s->pos + 1);
}

static void read_one(struct splitter *s)
{
    char c = s->text.ptr[s->pos];
    if (sl_is_space(c) || c == '\0') {
        s->pos++;
        return;
    }
    if (read_command(s, c) || read_terminator(s, c) || read_line_comment(s, c) || read_template(s, c) ||
        read_quote(s, c))
        return;
    if (c == '/' && read_block_comment(s))
        return;
    if (c == '$' && read_dollar_quote(s))
        return;
    if (is_word_byte((unsigned char)c))
        read_word(s);
    else
        read_symbol(s, c);
}

void sl_split(sl_str text, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_pieces *pieces)
{
    struct splitter s = {.text = text,
                         .mode = mode,
                         .arena = arena,
                         .pieces = pieces,
                         .is_mysql = mode->dialect == SL_DIALECT_MYSQL,
                         .is_sqlite = mode->dialect == SL_DIALECT_SQLITE,
                         .delimiter = SL_STR(";")};
    s.is_postgres = !s.is_mysql && !s.is_sqlite;
    if (s.text.len > UINT32_MAX)
        s.text.len = UINT32_MAX;
    if (sl_str_has_prefix(text, SL_STR("\xEF\xBB\xBF")))
        s.pos = 3; /* byte order mark */
    begin_statement(&s);
    while (s.pos < s.text.len)
        read_one(&s);
    s.unclosed = s.unclosed || s.depth > 0;
    end_statement(&s, s.text.len);
}
