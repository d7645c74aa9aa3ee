#include "source/literal.h"

#include "base/limits.h"
#include "base/vec.h"

/* NOLINTBEGIN(misc-no-recursion): a heredoc holds its body, which holds no other */

static bool is_join_operator(const struct sl_syntax *syntax, const struct sl_node *node)
{
    sl_str op = sl_node_text(syntax, sl_node_child(node, SL_FIELD_OPERATOR));
    return sl_str_eq(op, SL_STR("+")) || sl_str_eq(op, SL_STR(".")) || sl_str_eq(op, SL_STR("<>"));
}

/* `"… %s" % x`: the literal is the left side. */
static bool is_format(const struct sl_syntax *syntax, const struct sl_node *node)
{
    return node->kind == SL_NODE_BINARY && sl_node_is(syntax, sl_node_child(node, SL_FIELD_OPERATOR), "%");
}

static bool is_plain_literal(const struct sl_node *node)
{
    return node->kind == SL_NODE_STRING || node->kind == SL_NODE_CHAINED_STRING ||
           (node->kind == SL_NODE_HEREDOC_BEGINNING && node->heredoc_body);
}

/* Methods that give the same text back: <<~SQL.squish, "…".freeze, strip_heredoc … */
static bool is_text_method(const struct sl_syntax *syntax, const struct sl_node *node)
{
    static const char *const names[] = {"squish",    "strip",  "freeze",      "strip_heredoc", "chomp",
                                        "html_safe", "to_s",   "stripIndent", "trim",          "dedent",
                                        "gsub",      "delete", "tr"};
    sl_str name = sl_node_text(syntax, sl_node_child(node, SL_FIELD_METHOD));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_str_eq(name, sl_str_from(names[i])))
            return true;
    }
    return false;
}

/* What a wrapper (parentheses, .squish, % args) wraps; the node itself where it is none. */
static const struct sl_node *unwrap(const struct sl_syntax *syntax, const struct sl_node *node)
{
    for (int depth = 0; node && depth < 16; depth++) {
        const struct sl_node *inner = NULL;
        if (node->kind == SL_NODE_PARENTHESES)
            inner = sl_node_item(node, 0);
        else if (is_format(syntax, node))
            inner = sl_node_child(node, SL_FIELD_LEFT);
        else if (node->kind == SL_NODE_CALL && is_text_method(syntax, node))
            inner = sl_node_child(node, SL_FIELD_RECEIVER);
        if (!inner)
            return node;
        node = inner;
    }
    return node;
}

static bool is_join(const struct sl_syntax *syntax, const struct sl_node *node)
{
    return node->kind == SL_NODE_BINARY && is_join_operator(syntax, node);
}

bool sl_literal_is(const struct sl_syntax *syntax, const struct sl_node *node)
{
    for (int depth = 0; node && depth < SL_MAX_AST_DEPTH; depth++) {
        node = unwrap(syntax, node);
        if (!node || is_plain_literal(node))
            return node != NULL;
        if (!is_join(syntax, node))
            return false;
        const struct sl_node *right = sl_node_child(node, SL_FIELD_RIGHT);
        right = right ? unwrap(syntax, right) : NULL;
        if (right && is_plain_literal(right))
            return true;
        node = sl_node_child(node, SL_FIELD_LEFT);
    }
    return false;
}

const struct sl_node *sl_literal_top(const struct sl_syntax *syntax, const struct sl_node *node)
{
    while (node->parent) {
        const struct sl_node *parent = node->parent;
        bool is_part =
            parent->kind == SL_NODE_CHAINED_STRING || parent->kind == SL_NODE_PARENTHESES || is_join(syntax, parent);
        if (!is_part)
            return node;
        node = parent;
    }
    return node;
}

/* --- Writing -------------------------------------------------------------------------------------------------------
 */

struct folding {
    const struct sl_syntax *syntax;
    struct sl_sql_writer *writer;
    bool has_pending; /* a value that was inserted, to be written when it is known what follows */
    struct sl_span pending;
    bool is_complete;
};

/* Is the end of the text inside a quoted literal? */
static bool ends_in_quote(sl_str text)
{
    bool is_open = false;
    for (size_t i = 0; i < text.len; i++)
        is_open ^= text.ptr[i] == '\'';
    return is_open;
}

static sl_str last_word(sl_str text)
{
    size_t end = text.len;
    while (end && sl_is_space(text.ptr[end - 1]))
        end--;
    size_t start = end;
    while (start && sl_is_name_char(text.ptr[start - 1]))
        start--;
    return sl_str_slice(text, start, end - start);
}

enum place { PLACE_VALUE, PLACE_NAME, PLACE_IN_TOKEN, PLACE_CLAUSE, PLACE_QUERY, PLACE_ASSIGNMENT };

/* FROM (…), JOIN (…), EXISTS (…), WITH x AS (…): a query stands there. */
static bool is_query_word(sl_str word)
{
    static const char *const words[] = {"from", "join", "exists", "as", "lateral"};
    return sl_str_is_one_of_nocase(word, words, sizeof words / sizeof words[0]);
}

/* What can stand between `before` and `after`? */
static enum place place_of(sl_str before, sl_str after)
{
    static const char *const names_follow[] = {"from",  "join",     "into",   "update",     "table", "view",
                                               "index", "truncate", "exists", "references", "only"};
    static const char *const values_follow[] = {"select",   "where",   "and",   "or",     "on",   "by",     "values",
                                                "in",       "between", "limit", "offset", "set",  "like",   "ilike",
                                                "then",     "else",    "when",  "not",    "case", "having", "interval",
                                                "distinct", "is",      "all",   "any",    "with", "using"};
    bool touches_before = before.len && sl_is_name_char(before.ptr[before.len - 1]);
    bool touches_after = after.len && sl_is_name_char(after.ptr[0]);
    if (ends_in_quote(before) || touches_before || touches_after)
        return PLACE_IN_TOKEN;
    char quote = before.len ? before.ptr[before.len - 1] : ' ';
    if (quote == '"' || quote == '`' || quote == '[')
        return PLACE_IN_TOKEN;
    sl_str word = last_word(before);
    bool has_dot = (after.len && after.ptr[0] == '.') || quote == '.';
    if (has_dot || sl_str_is_one_of_nocase(word, names_follow, sizeof names_follow / sizeof names_follow[0]))
        return PLACE_NAME;
    if (sl_str_eq_nocase(word, SL_STR("set")))
        return PLACE_ASSIGNMENT;
    if (sl_str_is_one_of_nocase(word, values_follow, sizeof values_follow / sizeof values_follow[0]))
        return PLACE_VALUE;
    sl_str trimmed = sl_str_trim(before);
    if (trimmed.len == 0)
        return PLACE_VALUE;
    if (trimmed.ptr[trimmed.len - 1] == '(' && is_query_word(last_word(sl_str_slice(trimmed, 0, trimmed.len - 1))))
        return PLACE_QUERY;
    char last = trimmed.len ? trimmed.ptr[trimmed.len - 1] : ' ';
    return strchr("=<>(,+-*/|~%:", last) && last ? PLACE_VALUE : PLACE_CLAUSE;
}

/* DELETE FROM t #{where}: what is inserted can be a condition, so the statement is not one of all rows. */
static bool may_be_condition(sl_str before, sl_str after)
{
    for (size_t i = before.len; i > 0; i--) {
        if (before.ptr[i - 1] == ';') {
            before = sl_str_slice(before, i, SIZE_MAX);
            break;
        }
    }
    before = sl_str_trim(before);
    after = sl_str_trim(after);
    bool is_delete = sl_str_has_prefix_nocase(before, SL_STR("delete from "));
    bool is_update =
        sl_str_has_prefix_nocase(before, SL_STR("update ")) && sl_str_find_nocase(before, SL_STR(" set ")) != SIZE_MAX;
    bool is_end = after.len == 0 || after.ptr[0] == ';' || sl_str_has_prefix_nocase(after, SL_STR("returning "));
    return (is_delete || is_update) && is_end && sl_str_find_nocase(before, SL_STR("where")) == SIZE_MAX;
}

static void pending_write(struct folding *f, sl_str after)
{
    if (!f->has_pending)
        return;
    f->has_pending = false;
    sl_str before = sl_sql_writer_text(f->writer);
    bool is_cast = sl_str_has_suffix(before, SL_STR("::"));
    switch (place_of(before, after)) {
    case PLACE_IN_TOKEN:
        sl_sql_add_token(f->writer, SL_STR("x"), f->pending);
        break;
    case PLACE_NAME:
        sl_sql_add_token(f->writer, SL_STR("inserted_name"), f->pending);
        break;
    case PLACE_VALUE:
        if (is_cast)
            sl_sql_add_token(f->writer, SL_STR("text"), f->pending);
        else
            sl_sql_add_placeholder(f->writer, f->pending);
        break;
    case PLACE_QUERY:
        sl_sql_add_token(f->writer, SL_STR("SELECT NULL"), f->pending);
        f->is_complete = false;
        break;
    case PLACE_ASSIGNMENT:
        sl_sql_add_token(f->writer, SL_STR("inserted_name = :value"), f->pending);
        f->is_complete = false;
        break;
    case PLACE_CLAUSE:
        f->is_complete = false;
        if (may_be_condition(before, after)) {
            sl_sql_add(f->writer, " WHERE ");
            sl_sql_add_token(f->writer, SL_STR(":condition"), f->pending);
        }
        break;
    }
}

/* How long a format directive at the head of s is: %s, %v, %d, {}, {name}, %(name)s; 0 for anything else. */
static size_t directive_len(sl_str s)
{
    char open = s.len > 1 ? s.ptr[0] : ' ';
    size_t end = 1;
    if (open != '%' && open != '{')
        return 0;
    if (open == '{') {
        while (end < s.len && sl_is_name_char(s.ptr[end]))
            end++;
        return end < s.len && s.ptr[end] == '}' ? end + 1 : 0;
    }
    if (s.ptr[1] == '(') {
        size_t close = sl_str_find_byte(s, ')');
        end = close == SIZE_MAX ? 1 : close + 1;
    }
    bool is_directive = end < s.len && strchr("svdq", s.ptr[end]);
    bool is_whole = end + 1 >= s.len || !sl_is_name_char(s.ptr[end + 1]);
    return is_directive && is_whole ? end + 1 : 0;
}

static void insertion_write(struct folding *f, struct sl_span span)
{
    pending_write(f, SL_STR(" "));
    f->has_pending = true;
    f->pending = span;
}

/* Text of the literal; a directive where a name must stand becomes one, the others are left to lowering. */
static void content_write(struct folding *f, sl_str bytes, uint32_t off)
{
    size_t done = 0;
    if (bytes.len == 0)
        return;
    pending_write(f, bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        size_t len = directive_len(sl_str_slice(bytes, i, SIZE_MAX));
        if (len == 0)
            continue;
        sl_sql_add_bytes(f->writer, sl_str_slice(bytes, done, i - done), off + (uint32_t)done);
        done = i;
        sl_str rest = sl_str_slice(bytes, i + len, SIZE_MAX);
        if (place_of(sl_sql_writer_text(f->writer), rest) != PLACE_NAME)
            continue;
        insertion_write(f, (struct sl_span){off + (uint32_t)i, (uint32_t)len});
        pending_write(f, rest);
        done = i + len;
        i = done - 1;
    }
    sl_sql_add_bytes(f->writer, sl_str_slice(bytes, done, SIZE_MAX), off + (uint32_t)done);
}

static void escape_write(struct folding *f, const struct sl_node *node)
{
    sl_str text = sl_node_text(f->syntax, node);
    char c = text.len > 1 ? text.ptr[1] : '\\';
    sl_str out = sl_str_slice(text, 1, 1);
    if (c == 'n' || c == 't' || c == 'r' || c == '\n' || c == 's')
        out = SL_STR(" ");
    else if (c == '0' || c == 'x' || c == 'u')
        out = SL_STR("?");
    pending_write(f, out);
    sl_sql_add_token(f->writer, out, sl_node_span(node));
}

/* Contents in which the grammar nests the escapes (Python). */
static void nested_write(struct folding *f, const struct sl_node *content)
{
    uint32_t behind = content->off;
    for (const struct sl_node *piece = content->first; piece; piece = piece->next) {
        if (piece->kind != SL_NODE_ESCAPE)
            continue;
        content_write(f, sl_str_slice(f->syntax->bytes, behind, piece->off - behind), behind);
        escape_write(f, piece);
        behind = piece->off + piece->len;
    }
    content_write(f, sl_str_slice(f->syntax->bytes, behind, content->off + content->len - behind), behind);
}

/* The inside of one string node: contents, escapes, insertions, and bytes that the grammar names by no node. */
static void string_write(struct folding *f, const struct sl_node *string)
{
    uint32_t behind = 0; /* end of the last piece, 0 before the first */
    for (const struct sl_node *piece = string->first; piece; piece = piece->next) {
        bool is_content = piece->kind == SL_NODE_STRING_CONTENT || piece->kind == SL_NODE_HEREDOC_CONTENT;
        bool is_inserted = piece->kind == SL_NODE_INTERPOLATION || piece->kind == SL_NODE_IDENTIFIER;
        bool is_piece = is_content || is_inserted || piece->kind == SL_NODE_ESCAPE;
        if (piece->kind == SL_NODE_HEREDOC_BODY) { /* PHP */
            string_write(f, piece);
            continue;
        }
        if (!is_piece)
            continue;
        sl_str gap = sl_str_slice(f->syntax->bytes, behind, behind && piece->off > behind ? piece->off - behind : 0);
        bool is_brace = sl_str_eq(gap, SL_STR("{")) || sl_str_eq(gap, SL_STR("}")) || sl_str_eq(gap, SL_STR("${"));
        if (gap.len && !is_brace) /* "{$x}" */
            content_write(f, sl_str_slice(f->syntax->bytes, behind, piece->off - behind), behind);
        behind = piece->off + piece->len;
        bool is_symbol = piece->kind == SL_NODE_INTERPOLATION && piece->first && !piece->first->next &&
                         piece->first->kind == SL_NODE_SYMBOL && piece->first->len > 1; /* "DROP TABLE #{:entries}" */
        if (is_symbol)
            content_write(f, sl_str_slice(sl_node_text(f->syntax, piece->first), 1, SIZE_MAX), piece->first->off + 1);
        else if (is_inserted)
            insertion_write(f, sl_node_span(piece));
        else if (is_content && piece->first)
            nested_write(f, piece);
        else if (is_content)
            content_write(f, sl_node_text(f->syntax, piece), piece->off);
        else
            escape_write(f, piece);
    }
}

bool sl_literal_write(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_sql_writer *writer)
{
    struct folding f = {.syntax = syntax, .writer = writer, .is_complete = true};
    SL_VEC(const struct sl_node *) stack = {0};
    *SL_VEC_PUSH(writer->arena, &stack) = node;
    while (stack.len) {
        const struct sl_node *now = unwrap(syntax, stack.items[--stack.len]);
        if (stack.len > SL_MAX_AST_DEPTH)
            break;
        if (is_join(syntax, now)) {
            *SL_VEC_PUSH(writer->arena, &stack) = sl_node_child(now, SL_FIELD_RIGHT);
            *SL_VEC_PUSH(writer->arena, &stack) = sl_node_child(now, SL_FIELD_LEFT);
            continue;
        }
        if (now->kind == SL_NODE_CHAINED_STRING) {
            size_t first = stack.len;
            for (const struct sl_node *part = now->first; part; part = part->next)
                *SL_VEC_PUSH(writer->arena, &stack) = part;
            for (size_t i = first, j = stack.len; i + 1 < j; i++, j--) {
                const struct sl_node *swap = stack.items[i];
                stack.items[i] = stack.items[j - 1];
                stack.items[j - 1] = swap;
            }
            continue;
        }
        if (now->kind == SL_NODE_STRING)
            string_write(&f, now);
        else if (now->kind == SL_NODE_HEREDOC_BEGINNING && now->heredoc_body)
            string_write(&f, now->heredoc_body);
        else if (now->kind != SL_NODE_COMMENT)
            insertion_write(&f, sl_node_span(now));
    }
    pending_write(&f, SL_STR(" "));
    return f.is_complete;
}

sl_str sl_literal_constant(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena)
{
    if (!node)
        return SL_STR_EMPTY;
    sl_str text = sl_node_text(syntax, node);
    switch (node->kind) {
    case SL_NODE_KEY:
    case SL_NODE_BARE_WORD:
    case SL_NODE_IDENTIFIER:
        return text;
    case SL_NODE_SYMBOL:
        if (text.len > 2 && text.ptr[1] == '"')
            return sl_str_slice(text, 2, text.len - 3);
        return sl_str_slice(text, 1, SIZE_MAX);
    default:
        break;
    }
    if (!sl_literal_is(syntax, node))
        return SL_STR_EMPTY;
    for (const struct sl_node *n = node; n; n = sl_node_after(node, n)) {
        if (n->kind == SL_NODE_INTERPOLATION)
            return SL_STR_EMPTY;
    }
    struct sl_sql_writer writer;
    sl_sql_writer_init(&writer, arena, SL_DIALECT_POSTGRES);
    sl_literal_write(syntax, node, &writer);
    return sl_sql_writer_text(&writer);
}

/* NOLINTEND(misc-no-recursion) */
