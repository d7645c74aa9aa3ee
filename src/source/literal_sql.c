/* literal_sql: which string literals of a program are SQL. Two anchors: one word alone (`truncate`) matches CSS. */
#include "base/vec.h"
#include "source/literal.h"

static sl_str skip_space_and_comments(sl_str s)
{
    for (;;) {
        s = sl_str_slice(s, 0, SIZE_MAX);
        while (s.len && (sl_is_space(s.ptr[0]) || s.ptr[0] == '('))
            s = sl_str_slice(s, 1, SIZE_MAX);
        size_t end = SIZE_MAX;
        if (sl_str_has_prefix(s, SL_STR("--")))
            end = sl_str_find_byte(s, '\n');
        else if (sl_str_has_prefix(s, SL_STR("/*")))
            end = sl_str_find(s, SL_STR("*/"));
        else
            return s;
        s = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(s, end + (s.ptr[0] == '/' ? 2 : 1), SIZE_MAX);
    }
}

/* Takes the next word or single other byte off *s; false at the end. */
static bool next_token(sl_str *s, sl_str *token)
{
    while (s->len && sl_is_space(s->ptr[0]))
        *s = sl_str_slice(*s, 1, SIZE_MAX);
    if (s->len == 0)
        return false;
    size_t len = 0;
    while (len < s->len && sl_is_word_char(s->ptr[len]))
        len++;
    *token = sl_str_slice(*s, 0, len ? len : 1);
    *s = sl_str_slice(*s, token->len, SIZE_MAX);
    return true;
}

static bool token_is(sl_str token, const char *word)
{
    return sl_str_eq_nocase(token, sl_str_from(word));
}

/* Behind FROM: a table, perhaps an alias, then a clause. Two words that are neither make a sentence. */
static bool table_is_no_sentence(sl_str rest)
{
    static const char *const articles[] = {"the", "a", "an", "your", "this", "these", "our", "its"};
    static const char *const clauses[] = {
        "as",      "where", "join",  "inner",  "left",      "right",       "full",      "cross",  "group",  "order",
        "limit",   "on",    "using", "union",  "having",    "for",         "natural",   "window", "offset", "fetch",
        "lateral", "force", "use",   "ignore", "partition", "tablesample", "intersect", "except", "with",   "outer"};
    sl_str token;
    if (!next_token(&rest, &token))
        return false;
    for (size_t i = 0; i < sizeof articles / sizeof articles[0]; i++) {
        if (token_is(token, articles[i]))
            return false;
    }
    unsigned loose = 0;
    for (int n = 0; n < 2 && next_token(&rest, &token); n++) {
        bool is_clause = !sl_is_word_char(token.ptr[0]);
        for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++)
            is_clause |= token_is(token, clauses[i]);
        if (is_clause)
            return true;
        loose++;
    }
    return loose < 2;
}

/* "Select a colour from the list" is a sentence: SQL keywords are written in one case, and a select list has no three
 * bare words in a row. */
static bool select_has_from(sl_str rest)
{
    sl_str token;
    unsigned words_in_a_row = 0;
    for (unsigned n = 0; next_token(&rest, &token); n++) {
        if (token_is(token, "from")) {
            return n > 0 && table_is_no_sentence(rest);
        }
        bool is_word = sl_is_word_char(token.ptr[0]);
        bool is_glue = token_is(token, "as") || token_is(token, "distinct") || token_is(token, "and") ||
                       token_is(token, "or") || token_is(token, "case") || token_is(token, "when") ||
                       token_is(token, "then") || token_is(token, "else") || token_is(token, "end") ||
                       token_is(token, "is") || token_is(token, "not") || token_is(token, "null") ||
                       token_is(token, "interval") || token_is(token, "all") || token_is(token, "in");
        words_in_a_row = is_word && !is_glue ? words_in_a_row + 1 : 0;
        if (words_in_a_row > 2)
            return false;
    }
    return false;
}

static bool has_word(sl_str rest, const char *word, unsigned within)
{
    sl_str token;
    for (unsigned n = 0; n < within && next_token(&rest, &token); n++) {
        if (token_is(token, word))
            return true;
    }
    return false;
}

/* CREATE, ALTER, DROP and the kinds of things they are done to. */
static bool has_object_word(sl_str rest)
{
    static const char *const objects[] = {
        "table",  "index",    "view",     "materialized", "trigger", "function",  "procedure", "type",
        "schema", "database", "sequence", "extension",    "unique",  "temporary", "temp",      "event",
        "role",   "user",     "column",   "constraint",   "policy",  "or"};
    sl_str token;
    if (!next_token(&rest, &token))
        return false;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (token_is(token, objects[i]))
            return token_is(token, "or") ? has_word(rest, "replace", 1) : rest.len > 1 && sl_is_space(rest.ptr[0]);
    }
    return false;
}

static bool is_in_one_case(sl_str word)
{
    bool upper = word.ptr[0] >= 'A' && word.ptr[0] <= 'Z';
    for (size_t i = 1; i < word.len; i++) {
        if ((word.ptr[i] >= 'A' && word.ptr[i] <= 'Z') != upper)
            return false;
    }
    return true;
}

bool sl_literal_is_sql(sl_str text)
{
    sl_str rest = skip_space_and_comments(text);
    sl_str verb;
    if (!next_token(&rest, &verb) || verb.len < 4 || !is_in_one_case(verb))
        return false;
    if (rest.len == 0 ||
        (!sl_is_space(rest.ptr[0]) && !strchr("(*\"`[/", rest.ptr[0]))) /* delete-from-list is a CSS class */
        return false;
    if (token_is(verb, "select"))
        return select_has_from(rest);
    if (token_is(verb, "insert") || token_is(verb, "replace"))
        return has_word(rest, "into", 4) &&
               (has_word(rest, "values", 400) || has_word(rest, "select", 400) || has_word(rest, "value", 400));
    if (token_is(verb, "update"))
        return has_word(rest, "set", 14) && has_word(rest, "=", 40);
    if (token_is(verb, "delete"))
        return has_word(rest, "from", 6);
    if (token_is(verb, "with"))
        return has_word(rest, "as", 12) && has_word(rest, "(", 14) && has_word(rest, "select", 60);
    if (token_is(verb, "truncate"))
        return has_word(rest, "table", 1);
    if (token_is(verb, "create") || token_is(verb, "alter") || token_is(verb, "drop"))
        return has_object_word(rest);
    return false;
}

bool sl_literal_may_hold_sql(sl_str bytes)
{
    static const struct {
        const char *first, *second;
    } pairs[] = {
        {"SELECT", "FROM"},  {"select", "from"},   {"UPDATE", "SET"},   {"update", "set "},     {"INSERT", "INTO"},
        {"insert", "into "}, {"DELETE", "FROM"},   {"delete", "from "}, {"CREATE ", "CREATE "}, {"ALTER ", "ALTER "},
        {"DROP ", "DROP "},  {"create ", "table"}, {"alter ", "table"}, {"drop ", "table"},     {"TRUNCATE ", "TABLE"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (sl_str_find(bytes, sl_str_from(pairs[i].first)) != SIZE_MAX &&
            sl_str_find(bytes, sl_str_from(pairs[i].second)) != SIZE_MAX)
            return true;
    }
    return false;
}

/* A string that is a statement of its own is documentation (Python), so is what follows @doc (Elixir). */
static bool is_documentation(const struct sl_syntax *syntax, const struct sl_node *node)
{
    const struct sl_node *parent = node->parent;
    if (!parent)
        return false;
    if (parent->kind == SL_NODE_STATEMENT && parent->first == node && !node->next)
        return true;
    for (int up = 0; up < 3 && parent; up++, parent = parent->parent) {
        sl_str text = sl_node_text(syntax, parent);
        if (sl_str_has_prefix(text, SL_STR("@doc")) || sl_str_has_prefix(text, SL_STR("@moduledoc")))
            return true;
    }
    return false;
}

/* `name` in a statement for PostgreSQL or a database not known: layers such as xorm and knex write "name" for it. */
static void backticks_replace(struct sl_sql_writer *writer)
{
    char in = '\0';
    for (size_t i = 0; i < writer->len; i++) {
        char *c = &writer->text[i];
        if (in)
            in = *c == in ? '\0' : in;
        else if (*c == '\'' || *c == '"')
            in = *c;
        else if (*c == '`')
            *c = '"';
    }
}

/* Up to `; RETURN NULL;`, where the literal is the body of a trigger: what is before that is SQL. */
static void body_end_cut(struct sl_sql_writer *writer)
{
    sl_str text = sl_sql_writer_text(writer);
    struct sl_sql_writer body;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != ';')
            continue;
        size_t at = i + 1;
        while (at < text.len && sl_is_space(text.ptr[at]))
            at++;
        sl_str rest = sl_str_slice(text, at, SIZE_MAX);
        size_t end = sl_str_find_byte(rest, ';');
        bool is_last = end != SIZE_MAX && sl_str_trim(sl_str_slice(rest, end + 1, SIZE_MAX)).len == 0;
        if (!is_last || !sl_str_has_prefix_nocase(rest, SL_STR("RETURN ")))
            continue;
        sl_sql_writer_init(&body, writer->arena, writer->dialect);
        sl_sql_add_slice(&body, writer, 0, i + 1);
        *writer = body;
        return;
    }
}

void sl_literal_read(const struct sl_syntax *syntax, enum sl_dialect dialect, struct sl_arena *file,
                     struct sl_reading *reading)
{
    const struct sl_node *root = syntax->root;
    for (const struct sl_node *node = root; node;) {
        bool is_heredoc = node->kind == SL_NODE_HEREDOC_BEGINNING && node->heredoc_body;
        bool is_string = node->kind == SL_NODE_STRING || node->kind == SL_NODE_CHAINED_STRING || is_heredoc;
        if (!is_string) {
            node = sl_node_after(root, node);
            continue;
        }
        const struct sl_node *top = sl_literal_top(syntax, node);
        const struct sl_node *next = sl_node_after_subtree(root, top);
        struct sl_sql_writer writer;
        sl_sql_writer_init(&writer, file, dialect);
        bool is_complete = sl_literal_write(syntax, top, &writer);
        if (sl_literal_is_sql(sl_sql_writer_text(&writer)) && !is_documentation(syntax, top)) {
            body_end_cut(&writer);
            if (dialect == SL_DIALECT_POSTGRES)
                backticks_replace(&writer);
            const struct sl_node *shown = is_heredoc && top == node ? node->heredoc_body : top;
            sl_sql_writer_emit(&writer, reading, sl_node_span(shown), is_complete ? 0 : SL_FRAGMENT_OPEN);
        }
        node = next;
    }
}
