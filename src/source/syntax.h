/*
 * syntax: a host language's file as a tree of nodes, read by its tree-sitter grammar.
 *
 * In:    bytes of a file, its language.
 * Out:   the named nodes of the tree, and the unnamed ones that fill a field (operators), in an arena; parents,
 * children and siblings are pointers, so that a walk needs no stack. Owns:  nothing; the tree lives in the caller's
 * arena, bytes are borrowed. Fails: never; a language that this build lacks gives no tree. Where the grammar could not
 * read, nodes are marked is_error and the rest of the file is there. Not here: what a node means (ruby_*, literal_sql).
 */
#ifndef SL_SOURCE_SYNTAX_H
#define SL_SOURCE_SYNTAX_H

#include "source/language.h"
#include "source/source.h"
#include "source/tree_cache.h"

/* The kinds that some reader asks for; everything else is SL_NODE_OTHER. The grammars' own names are in syntax.c. */
enum sl_node_kind {
    SL_NODE_OTHER,
    SL_NODE_ERROR,
    SL_NODE_CALL,
    SL_NODE_IDENTIFIER,
    SL_NODE_CONSTANT,
    SL_NODE_SCOPE,
    SL_NODE_SELF,
    SL_NODE_STRING,
    SL_NODE_STRING_CONTENT,
    SL_NODE_ESCAPE,
    SL_NODE_INTERPOLATION,
    SL_NODE_CHAINED_STRING,
    SL_NODE_HEREDOC_BEGINNING,
    SL_NODE_HEREDOC_BODY,
    SL_NODE_HEREDOC_CONTENT,
    SL_NODE_HEREDOC_END,
    SL_NODE_SYMBOL,
    SL_NODE_KEY,
    SL_NODE_PAIR,
    SL_NODE_HASH,
    SL_NODE_ARRAY,
    SL_NODE_WORD_ARRAY,
    SL_NODE_BARE_WORD,
    SL_NODE_INTEGER,
    SL_NODE_FLOAT,
    SL_NODE_TRUE,
    SL_NODE_FALSE,
    SL_NODE_NIL,
    SL_NODE_RANGE,
    SL_NODE_ARGUMENTS,
    SL_NODE_BLOCK,
    SL_NODE_BLOCK_BODY,
    SL_NODE_BLOCK_ARGUMENT,
    SL_NODE_BLOCK_PARAMETERS,
    SL_NODE_LAMBDA,
    SL_NODE_CLASS,
    SL_NODE_SINGLETON_CLASS,
    SL_NODE_MODULE,
    SL_NODE_SUPERCLASS,
    SL_NODE_METHOD,
    SL_NODE_SINGLETON_METHOD,
    SL_NODE_ASSIGNMENT,
    SL_NODE_OPERATOR_ASSIGNMENT,
    SL_NODE_BINARY,
    SL_NODE_UNARY,
    SL_NODE_IF,
    SL_NODE_UNLESS,
    SL_NODE_IF_MODIFIER,
    SL_NODE_UNLESS_MODIFIER,
    SL_NODE_CONDITIONAL,
    SL_NODE_INSTANCE_VARIABLE,
    SL_NODE_ELEMENT,
    SL_NODE_PARENTHESES,
    SL_NODE_FOR,
    SL_NODE_STATEMENT, /* an expression that is a statement of its own */
    SL_NODE_COMMENT,
    SL_NODE_ATTRIBUTE,   /* python: a.b;  php: $a->b */
    SL_NODE_SCOPED_CALL, /* php: A::b() */
    SL_NODE_MEMBER_CALL, /* php: $a->b() */
    SL_NODE_RETURN,
    SL_NODE_KIND_COUNT,
};

enum sl_node_field {
    SL_FIELD_NONE,
    SL_FIELD_RECEIVER,
    SL_FIELD_METHOD,
    SL_FIELD_ARGUMENTS,
    SL_FIELD_BLOCK,
    SL_FIELD_NAME,
    SL_FIELD_BODY,
    SL_FIELD_KEY,
    SL_FIELD_VALUE,
    SL_FIELD_LEFT,
    SL_FIELD_RIGHT,
    SL_FIELD_OPERATOR,
    SL_FIELD_BEGIN,
    SL_FIELD_END,
    SL_FIELD_SUPERCLASS,
    SL_FIELD_SCOPE,
    SL_FIELD_OBJECT,
    SL_FIELD_CONDITION,
    SL_FIELD_CONSEQUENCE,
    SL_FIELD_ALTERNATIVE,
    SL_FIELD_PARAMETERS,
    SL_FIELD_ATTRIBUTE,
    SL_FIELD_FUNCTION,
    SL_FIELD_COUNT,
};

struct sl_node {
    enum sl_node_kind kind;
    enum sl_node_field field; /* of the parent that this node fills */
    uint32_t off, len;
    const char *type; /* the grammar's name of the node */
    struct sl_node *parent, *first, *next;
    struct sl_node *heredoc_body; /* of a SL_NODE_HEREDOC_BEGINNING: its body stands elsewhere in the tree */
};

struct sl_syntax {
    sl_str bytes;
    struct sl_node *root; /* NULL: the build lacks the language */
    bool has_errors;
};

bool sl_syntax_has_language(enum sl_language language);
/* "ruby python …": the languages of this build, in the arena. */
sl_str sl_syntax_languages(struct sl_arena *arena);
void sl_syntax_parse(enum sl_language language, sl_str bytes, struct sl_arena *arena, struct sl_syntax *out);
/* The same for the bytes of a source: its cache of trees, if it has one, is asked first, and told of a tree it lacks.
 */
void sl_syntax_parse_source(const struct sl_source *source, enum sl_language language, struct sl_arena *arena,
                            struct sl_syntax *out);

sl_str sl_node_text(const struct sl_syntax *syntax, const struct sl_node *node);
bool sl_node_is(const struct sl_syntax *syntax, const struct sl_node *node, const char *text);
/* The child that fills the field, or NULL; `node` may be NULL. */
struct sl_node *sl_node_child(const struct sl_node *node, enum sl_node_field field);
/* The n-th child that fills no field, from 0, comments apart; NULL where there is none. */
struct sl_node *sl_node_item(const struct sl_node *node, size_t n);
/* The next node of a walk through everything below `top`, parents first; NULL at the end. */
struct sl_node *sl_node_after(const struct sl_node *top, const struct sl_node *node);
/* The same, passing over what is below `node`. */
struct sl_node *sl_node_after_subtree(const struct sl_node *top, const struct sl_node *node);
/* Outside any function, method and class: it runs when the file does. */
bool sl_node_is_top_level(const struct sl_node *node);
/* The innermost node that holds the byte. *near (NULL at first) remembers where the last one was found, so that asking
 * in ascending order takes no time for what lies before. */
const struct sl_node *sl_node_at(const struct sl_syntax *syntax, uint32_t off, const struct sl_node **near);
/* The lines that the grammar could not read, as PASSED_OVER facts. */
void sl_syntax_report_errors(const struct sl_syntax *syntax, struct sl_arena *file, struct sl_reading *reading);
struct sl_span sl_node_span(const struct sl_node *node);

#endif
