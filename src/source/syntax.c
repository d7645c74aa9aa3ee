#include "source/syntax.h"

#include "base/buf.h"
#include "base/vec.h"

struct sl_node *sl_node_child(const struct sl_node *node, enum sl_node_field field)
{
    for (struct sl_node *child = node ? node->first : NULL; child; child = child->next) {
        if (child->field == field)
            return child;
    }
    return NULL;
}

struct sl_node *sl_node_item(const struct sl_node *node, size_t n)
{
    for (struct sl_node *child = node ? node->first : NULL; child; child = child->next) {
        if (child->field != SL_FIELD_NONE || child->kind == SL_NODE_COMMENT)
            continue;
        if (n-- == 0)
            return child;
    }
    return NULL;
}

struct sl_node *sl_node_after_subtree(const struct sl_node *top, const struct sl_node *node)
{
    while (node && node != top) {
        if (node->next)
            return node->next;
        node = node->parent;
    }
    return NULL;
}

struct sl_node *sl_node_after(const struct sl_node *top, const struct sl_node *node)
{
    return node->first ? node->first : sl_node_after_subtree(top, node);
}

sl_str sl_node_text(const struct sl_syntax *syntax, const struct sl_node *node)
{
    return node ? sl_str_slice(syntax->bytes, node->off, node->len) : SL_STR_EMPTY;
}

bool sl_node_is(const struct sl_syntax *syntax, const struct sl_node *node, const char *text)
{
    return node && sl_str_eq(sl_node_text(syntax, node), sl_str_from(text));
}

bool sl_node_is_top_level(const struct sl_node *node)
{
    static const char *const types[] = {"method",
                                        "singleton_method",
                                        "class",
                                        "module",
                                        "function_definition",
                                        "class_definition",
                                        "method_declaration",
                                        "class_declaration",
                                        "function_declaration",
                                        "arrow_function",
                                        "func_literal"};
    for (; node && node->parent; node = node->parent) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            if (strcmp(node->type, types[i]) == 0)
                return false;
        }
    }
    return true;
}

const struct sl_node *sl_node_at(const struct sl_syntax *syntax, uint32_t off, const struct sl_node **near)
{
    const struct sl_node *found = syntax->root;
    const struct sl_node *child = *near && (*near)->off <= off ? *near : found->first;
    while (child) {
        bool holds = off >= child->off && off < child->off + child->len;
        if (holds) {
            if (child->parent == syntax->root)
                *near = child;
            found = child;
        }
        child = holds ? child->first : child->next;
    }
    return found;
}

struct sl_span sl_node_span(const struct sl_node *node)
{
    return (struct sl_span){node->off, node->len};
}

sl_str sl_syntax_languages(struct sl_arena *arena)
{
    struct sl_buf list = {0};
    for (int i = SL_LANGUAGE_NONE + 1; i < SL_LANGUAGE_COUNT; i++) {
        if (!sl_syntax_has_language((enum sl_language)i) || i == SL_LANGUAGE_PHP_BARE)
            continue;
        sl_buf_add_printf(&list, "%s%s", list.len ? " " : "", sl_language_name((enum sl_language)i));
    }
    sl_str copy = sl_arena_copy(arena, sl_buf_str(&list));
    sl_buf_release(&list);
    return copy;
}

static unsigned line_at(const struct sl_syntax *syntax, uint32_t off)
{
    unsigned line = 1;
    for (uint32_t i = 0; i < off; i++)
        line += syntax->bytes.ptr[i] == '\n';
    return line;
}

/* Lines of an error node, as text: "line 7", "lines 1, 3 to 5". */
struct line_list {
    struct sl_buf text;
    unsigned n_lines, n_ranges;
};

static void range_add(struct line_list *list, unsigned first, unsigned last)
{
    enum { MAX_RANGES = 8 };
    if (first > last)
        return;
    list->n_lines += last - first + 1;
    if (++list->n_ranges > MAX_RANGES) {
        if (list->n_ranges == MAX_RANGES + 1)
            sl_buf_add(&list->text, SL_STR(", …"));
        return;
    }
    sl_buf_add_printf(&list->text, "%s%u", list->text.len ? ", " : "", first);
    if (first < last)
        sl_buf_add_printf(&list->text, " to %u", last);
}

/* What the parser made sense of inside an error (whole methods, calls) is read like any other node. */
static sl_str lines_of(const struct sl_syntax *syntax, const struct sl_node *node, struct sl_arena *arena)
{
    struct line_list list = {0};
    unsigned next = line_at(syntax, node->off);
    unsigned last = line_at(syntax, node->off + (node->len ? node->len - 1 : 0));
    for (const struct sl_node *child = node->first; child; child = child->next) {
        if (child->kind == SL_NODE_ERROR || !child->first)
            continue;
        unsigned begin = line_at(syntax, child->off);
        unsigned end = line_at(syntax, child->off + child->len - 1);
        range_add(&list, next, begin - 1);
        next = end + 1 > next ? end + 1 : next;
    }
    range_add(&list, next, last);
    if (list.n_lines == 0) /* a part of its last line, behind what was read */
        range_add(&list, last, last);
    sl_str text = sl_arena_printf(arena, "the grammar of the language cannot read %s %.*s",
                                  list.n_lines == 1 ? "line" : "lines", SL_STR_ARG(sl_buf_str(&list.text)));
    sl_buf_release(&list.text);
    return text;
}

void sl_syntax_report_errors(const struct sl_syntax *syntax, struct sl_arena *file, struct sl_reading *reading)
{
    if (!syntax->has_errors)
        return;
    for (const struct sl_node *node = syntax->root; node;) {
        bool is_error = node->kind == SL_NODE_ERROR;
        if (is_error)
            *SL_VEC_PUSH(file, &reading->facts) = (struct sl_source_fact){
                .kind = SL_SOURCE_FACT_PASSED_OVER,
                .detail = lines_of(syntax, node, file),
                .span = sl_node_span(node),
            };
        node = is_error ? sl_node_after_subtree(syntax->root, node) : sl_node_after(syntax->root, node);
    }
}
