/* syntax_tree_sitter: the one file that talks to tree-sitter. */
#include "base/limits.h"
#include "base/vec.h"
#include "source/syntax.h"

#ifdef SL_HAVE_TREE_SITTER

#include <pthread.h>
#include <tree_sitter/api.h>

#ifdef SL_LANG_RUBY
extern const TSLanguage *tree_sitter_ruby(void);
#endif
#ifdef SL_LANG_PYTHON
extern const TSLanguage *tree_sitter_python(void);
#endif
#ifdef SL_LANG_JAVASCRIPT
extern const TSLanguage *tree_sitter_javascript(void);
#endif
#ifdef SL_LANG_TYPESCRIPT
extern const TSLanguage *tree_sitter_typescript(void);
#endif
#ifdef SL_LANG_TSX
extern const TSLanguage *tree_sitter_tsx(void);
#endif
#ifdef SL_LANG_GO
extern const TSLanguage *tree_sitter_go(void);
#endif
#ifdef SL_LANG_JAVA
extern const TSLanguage *tree_sitter_java(void);
#endif
#ifdef SL_LANG_PHP
extern const TSLanguage *tree_sitter_php(void);
extern const TSLanguage *tree_sitter_php_only(void);
#endif
#ifdef SL_LANG_ELIXIR
extern const TSLanguage *tree_sitter_elixir(void);
#endif

static const TSLanguage *(*const grammars[SL_LANGUAGE_COUNT])(void) = {
#ifdef SL_LANG_RUBY
    [SL_LANGUAGE_RUBY] = tree_sitter_ruby,
#endif
#ifdef SL_LANG_PYTHON
    [SL_LANGUAGE_PYTHON] = tree_sitter_python,
#endif
#ifdef SL_LANG_JAVASCRIPT
    [SL_LANGUAGE_JAVASCRIPT] = tree_sitter_javascript,
#endif
#ifdef SL_LANG_TYPESCRIPT
    [SL_LANGUAGE_TYPESCRIPT] = tree_sitter_typescript,
#endif
#ifdef SL_LANG_TSX
    [SL_LANGUAGE_TSX] = tree_sitter_tsx,
#endif
#ifdef SL_LANG_GO
    [SL_LANGUAGE_GO] = tree_sitter_go,
#endif
#ifdef SL_LANG_JAVA
    [SL_LANGUAGE_JAVA] = tree_sitter_java,
#endif
#ifdef SL_LANG_PHP
    [SL_LANGUAGE_PHP] = tree_sitter_php,
    [SL_LANGUAGE_PHP_BARE] = tree_sitter_php_only,
#endif
#ifdef SL_LANG_ELIXIR
    [SL_LANGUAGE_ELIXIR] = tree_sitter_elixir,
#endif
};

/* The grammars' names of nodes. A name means the same in every language that has it, or nobody asks for it there. */
static const struct {
    const char *name;
    enum sl_node_kind kind;
} kind_names[] = {
    {"call", SL_NODE_CALL},
    {"call_expression", SL_NODE_CALL},
    {"function_call_expression", SL_NODE_CALL},
    {"method_invocation", SL_NODE_CALL},
    {"scoped_call_expression", SL_NODE_SCOPED_CALL},
    {"member_call_expression", SL_NODE_MEMBER_CALL},
    {"nullsafe_member_call_expression", SL_NODE_MEMBER_CALL},
    {"identifier", SL_NODE_IDENTIFIER},
    {"name", SL_NODE_IDENTIFIER},
    {"variable_name", SL_NODE_IDENTIFIER},
    {"constant", SL_NODE_CONSTANT},
    {"scope_resolution", SL_NODE_SCOPE},
    {"self", SL_NODE_SELF},
    {"string", SL_NODE_STRING},
    {"string_literal", SL_NODE_STRING},
    {"interpreted_string_literal", SL_NODE_STRING},
    {"raw_string_literal", SL_NODE_STRING},
    {"template_string", SL_NODE_STRING},
    {"encapsed_string", SL_NODE_STRING},
    {"text_block", SL_NODE_STRING},
    {"heredoc", SL_NODE_STRING},
    {"nowdoc", SL_NODE_STRING},
    {"sigil", SL_NODE_STRING},
    {"string_content", SL_NODE_STRING_CONTENT},
    {"string_fragment", SL_NODE_STRING_CONTENT},
    {"multiline_string_fragment", SL_NODE_STRING_CONTENT},
    {"interpreted_string_literal_content", SL_NODE_STRING_CONTENT},
    {"raw_string_literal_content", SL_NODE_STRING_CONTENT},
    {"nowdoc_string", SL_NODE_STRING_CONTENT},
    {"quoted_content", SL_NODE_STRING_CONTENT},
    {"escape_sequence", SL_NODE_ESCAPE},
    {"escape_interpolation", SL_NODE_ESCAPE},
    {"interpolation", SL_NODE_INTERPOLATION},
    {"template_substitution", SL_NODE_INTERPOLATION},
    {"chained_string", SL_NODE_CHAINED_STRING},
    {"concatenated_string", SL_NODE_CHAINED_STRING},
    {"heredoc_beginning", SL_NODE_HEREDOC_BEGINNING},
    {"heredoc_body", SL_NODE_HEREDOC_BODY},
    {"nowdoc_body", SL_NODE_HEREDOC_BODY},
    {"heredoc_content", SL_NODE_HEREDOC_CONTENT},
    {"heredoc_end", SL_NODE_HEREDOC_END},
    {"simple_symbol", SL_NODE_SYMBOL},
    {"delimited_symbol", SL_NODE_SYMBOL},
    {"hash_key_symbol", SL_NODE_KEY},
    {"pair", SL_NODE_PAIR},
    {"keyword_argument", SL_NODE_PAIR},
    {"array_element_initializer", SL_NODE_PAIR},
    {"hash", SL_NODE_HASH},
    {"array", SL_NODE_ARRAY},
    {"array_creation_expression", SL_NODE_ARRAY},
    {"string_array", SL_NODE_WORD_ARRAY},
    {"symbol_array", SL_NODE_WORD_ARRAY},
    {"bare_string", SL_NODE_BARE_WORD},
    {"bare_symbol", SL_NODE_BARE_WORD},
    {"integer", SL_NODE_INTEGER},
    {"float", SL_NODE_FLOAT},
    {"true", SL_NODE_TRUE},
    {"false", SL_NODE_FALSE},
    {"nil", SL_NODE_NIL},
    {"none", SL_NODE_NIL},
    {"null", SL_NODE_NIL},
    {"range", SL_NODE_RANGE},
    {"argument_list", SL_NODE_ARGUMENTS},
    {"arguments", SL_NODE_ARGUMENTS},
    {"block", SL_NODE_BLOCK},
    {"do_block", SL_NODE_BLOCK},
    {"block_body", SL_NODE_BLOCK_BODY},
    {"body_statement", SL_NODE_BLOCK_BODY},
    {"block_argument", SL_NODE_BLOCK_ARGUMENT},
    {"block_parameters", SL_NODE_BLOCK_PARAMETERS},
    {"lambda", SL_NODE_LAMBDA},
    {"class", SL_NODE_CLASS},
    {"singleton_class", SL_NODE_SINGLETON_CLASS},
    {"module", SL_NODE_MODULE},
    {"superclass", SL_NODE_SUPERCLASS},
    {"method", SL_NODE_METHOD},
    {"singleton_method", SL_NODE_SINGLETON_METHOD},
    {"assignment", SL_NODE_ASSIGNMENT},
    {"assignment_expression", SL_NODE_ASSIGNMENT},
    {"operator_assignment", SL_NODE_OPERATOR_ASSIGNMENT},
    {"binary", SL_NODE_BINARY},
    {"binary_operator", SL_NODE_BINARY},
    {"binary_expression", SL_NODE_BINARY},
    {"unary", SL_NODE_UNARY},
    {"if", SL_NODE_IF},
    {"unless", SL_NODE_UNLESS},
    {"if_modifier", SL_NODE_IF_MODIFIER},
    {"unless_modifier", SL_NODE_UNLESS_MODIFIER},
    {"conditional", SL_NODE_CONDITIONAL},
    {"instance_variable", SL_NODE_INSTANCE_VARIABLE},
    {"element_reference", SL_NODE_ELEMENT},
    {"parenthesized_statements", SL_NODE_PARENTHESES},
    {"parenthesized_expression", SL_NODE_PARENTHESES},
    {"for_statement", SL_NODE_FOR},
    {"expression_statement", SL_NODE_STATEMENT},
    {"comment", SL_NODE_COMMENT},
    {"attribute", SL_NODE_ATTRIBUTE},
    {"return_statement", SL_NODE_RETURN},
};

static const struct {
    const char *name;
    enum sl_node_field field;
} field_names[] = {
    {"receiver", SL_FIELD_RECEIVER},
    {"method", SL_FIELD_METHOD},
    {"arguments", SL_FIELD_ARGUMENTS},
    {"block", SL_FIELD_BLOCK},
    {"name", SL_FIELD_NAME},
    {"body", SL_FIELD_BODY},
    {"key", SL_FIELD_KEY},
    {"value", SL_FIELD_VALUE},
    {"left", SL_FIELD_LEFT},
    {"right", SL_FIELD_RIGHT},
    {"operator", SL_FIELD_OPERATOR},
    {"begin", SL_FIELD_BEGIN},
    {"end", SL_FIELD_END},
    {"superclass", SL_FIELD_SUPERCLASS},
    {"scope", SL_FIELD_SCOPE},
    {"object", SL_FIELD_OBJECT},
    {"condition", SL_FIELD_CONDITION},
    {"consequence", SL_FIELD_CONSEQUENCE},
    {"alternative", SL_FIELD_ALTERNATIVE},
    {"parameters", SL_FIELD_PARAMETERS},
    {"attribute", SL_FIELD_ATTRIBUTE},
    {"function", SL_FIELD_FUNCTION},
};

enum { MAX_SYMBOLS = 2048, MAX_FIELDS = 256, ERROR_SYMBOL = (TSSymbol)-1 };

/* Symbol number → kind, field number → field; made once for each grammar. */
struct numbering {
    const TSLanguage *language;
    uint32_t n_symbols;
    uint8_t kinds[MAX_SYMBOLS];
    uint8_t fields[MAX_FIELDS];
};

static struct numbering numberings[SL_LANGUAGE_COUNT];
static pthread_mutex_t numbering_lock = PTHREAD_MUTEX_INITIALIZER;

static uint8_t kind_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof kind_names[0]; i++) {
        if (kind_names[i].name[0] == name[0] && strcmp(kind_names[i].name, name) == 0)
            return (uint8_t)kind_names[i].kind;
    }
    return SL_NODE_OTHER;
}

static void number_language(struct numbering *numbering, const TSLanguage *language)
{
    numbering->language = language;
    numbering->n_symbols = ts_language_symbol_count(language);
    for (uint32_t i = 0; i < numbering->n_symbols && i < MAX_SYMBOLS; i++) {
        bool is_named = ts_language_symbol_type(language, (TSSymbol)i) == TSSymbolTypeRegular;
        const char *name = ts_language_symbol_name(language, (TSSymbol)i);
        numbering->kinds[i] = is_named && name ? kind_of_name(name) : SL_NODE_OTHER;
    }
    for (size_t i = 0; i < sizeof field_names / sizeof field_names[0]; i++) {
        const char *name = field_names[i].name;
        TSFieldId id = ts_language_field_id_for_name(language, name, (uint32_t)strlen(name));
        if (id && id < MAX_FIELDS)
            numbering->fields[id] = (uint8_t)field_names[i].field;
    }
}

static const struct numbering *numbering_of(enum sl_language language)
{
    pthread_mutex_lock(&numbering_lock);
    if (!numberings[language].language)
        number_language(&numberings[language], grammars[language]());
    pthread_mutex_unlock(&numbering_lock);
    return &numberings[language];
}

bool sl_syntax_has_language(enum sl_language language)
{
    return language < SL_LANGUAGE_COUNT && grammars[language] != NULL;
}

/* --- The grammar's tree → cells --------------------------------------------------------------------------------------
 */

static uint32_t cell_add(struct sl_buf *cells, TSNode from, TSFieldId field, uint32_t parent)
{
    uint32_t off = ts_node_start_byte(from);
    struct sl_tree_cell cell = {
        .off = off,
        .len = ts_node_end_byte(from) - off,
        .parent = parent,
        .symbol = ts_node_symbol(from),
        .field = field < MAX_FIELDS ? (uint8_t)field : 0,
        .is_missing = ts_node_is_missing(from),
    };
    sl_buf_add(cells, (sl_str){(const char *)&cell, sizeof cell});
    return (uint32_t)(cells->len / sizeof cell - 1);
}

static uint32_t parent_of_cell(const struct sl_buf *cells, uint32_t index)
{
    return ((const struct sl_tree_cell *)(const void *)cells->bytes)[index].parent;
}

/* The named nodes below the one that the cursor stands on, and those that fill a field; without recursion. */
static void cells_add_tree(struct sl_buf *cells, TSTreeCursor *cursor)
{
    uint32_t parent = cell_add(cells, ts_tree_cursor_current_node(cursor), 0, 0);
    bool moved = ts_tree_cursor_goto_first_child(cursor);
    while (moved || parent > 0) {
        if (!moved) {
            parent = parent_of_cell(cells, parent);
            ts_tree_cursor_goto_parent(cursor);
            moved = ts_tree_cursor_goto_next_sibling(cursor);
            continue;
        }
        TSNode from = ts_tree_cursor_current_node(cursor);
        TSFieldId field = ts_tree_cursor_current_field_id(cursor);
        bool is_kept = field || ts_node_is_named(from);
        uint32_t index = is_kept ? cell_add(cells, from, field, parent) : 0;
        if (is_kept && ts_tree_cursor_goto_first_child(cursor))
            parent = index;
        else
            moved = ts_tree_cursor_goto_next_sibling(cursor);
    }
}

static void cells_read(const TSLanguage *language, sl_str bytes, struct sl_buf *cells)
{
    TSParser *parser = ts_parser_new();
    TSTree *tree = NULL;
    if (ts_parser_set_language(parser, language))
        tree = ts_parser_parse_string(parser, NULL, bytes.ptr, (uint32_t)bytes.len);
    ts_parser_delete(parser);
    if (!tree)
        return;
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    cells_add_tree(cells, &cursor);
    ts_tree_cursor_delete(&cursor);
    ts_tree_delete(tree);
}

/* --- Cells → nodes ---------------------------------------------------------------------------------------------------
 */

/* What a checksum cannot say: do they fit this text and this grammar, and is each parent the cell before or above it?
 */
static bool cells_are_sound(const struct sl_tree_cell *cells, size_t n, sl_str bytes, const struct numbering *numbering)
{
    for (size_t i = 0; i < n; i++) {
        const struct sl_tree_cell *cell = &cells[i];
        uint32_t above = i ? (uint32_t)i - 1 : 0;
        while (above > cell->parent)
            above = cells[above].parent;
        bool is_symbol = cell->symbol < numbering->n_symbols || cell->symbol == ERROR_SYMBOL;
        if (above != cell->parent || !is_symbol || cell->off > bytes.len || cell->len > bytes.len - cell->off)
            return false;
    }
    return n > 0;
}

static void node_fill(const struct numbering *numbering, const struct sl_tree_cell *cell, struct sl_node *node)
{
    node->off = cell->off;
    node->len = cell->len;
    node->type = ts_language_symbol_name(numbering->language, cell->symbol);
    node->kind = cell->symbol < MAX_SYMBOLS ? (enum sl_node_kind)numbering->kinds[cell->symbol] : SL_NODE_OTHER;
    node->field = (enum sl_node_field)numbering->fields[cell->field];
    if (cell->symbol == ERROR_SYMBOL || cell->is_missing)
        node->kind = SL_NODE_ERROR;
}

/* Behind the last child of its parent: `before` is the node of the cell before, on whose way up that child lies. */
static void node_hang(struct sl_node *node, struct sl_node *before)
{
    if (before == node->parent) {
        before->first = node;
        return;
    }
    while (before->parent != node->parent)
        before = before->parent;
    before->next = node;
}

/* Ruby's heredocs: their bodies stand elsewhere in the tree, in the same order. */
static void heredocs_join(struct sl_node *nodes, size_t n)
{
    size_t body = 0;
    for (size_t i = 0; i < n; i++) {
        if (nodes[i].kind != SL_NODE_HEREDOC_BEGINNING)
            continue;
        while (body < n && nodes[body].kind != SL_NODE_HEREDOC_BODY)
            body++;
        if (body == n)
            return;
        nodes[i].heredoc_body = &nodes[body++];
    }
}

static void nodes_make(const struct sl_tree_cell *cells, size_t n, const struct numbering *numbering,
                       struct sl_arena *arena, struct sl_syntax *out)
{
    struct sl_node *nodes = SL_NEW_ARRAY(arena, n, struct sl_node);
    for (size_t i = 0; i < n; i++) {
        node_fill(numbering, &cells[i], &nodes[i]);
        out->has_errors |= nodes[i].kind == SL_NODE_ERROR;
        if (i == 0)
            continue;
        nodes[i].parent = &nodes[cells[i].parent];
        node_hang(&nodes[i], &nodes[i - 1]);
    }
    heredocs_join(nodes, n);
    out->root = nodes;
}

static void parse(enum sl_language language, sl_str bytes, struct sl_tree_cache *cache, struct sl_arena *arena,
                  struct sl_syntax *out)
{
    *out = (struct sl_syntax){.bytes = bytes};
    if (language == SL_LANGUAGE_PHP && sl_str_find(bytes, SL_STR("<?")) == SIZE_MAX)
        language = SL_LANGUAGE_PHP_BARE;
    if (!sl_syntax_has_language(language) || bytes.len > UINT32_MAX / 2)
        return;
    const struct numbering *numbering = numbering_of(language);
    struct sl_tree_key key = cache ? sl_tree_key_of(bytes, language) : (struct sl_tree_key){0};
    struct sl_buf buf = {0};
    bool is_known = sl_tree_cache_find(cache, key, &buf) &&
                    cells_are_sound((const void *)buf.bytes, buf.len / sizeof(struct sl_tree_cell), bytes, numbering);
    if (!is_known) {
        sl_buf_reset(&buf);
        cells_read(numbering->language, bytes, &buf);
        sl_tree_cache_add(cache, key, sl_buf_str(&buf));
    }
    if (buf.len)
        nodes_make((const void *)buf.bytes, buf.len / sizeof(struct sl_tree_cell), numbering, arena, out);
    sl_buf_release(&buf);
}

#else

bool sl_syntax_has_language(enum sl_language language)
{
    (void)language;
    return false;
}

static void parse(enum sl_language language, sl_str bytes, struct sl_tree_cache *cache, struct sl_arena *arena,
                  struct sl_syntax *out)
{
    (void)language;
    (void)cache;
    (void)arena;
    *out = (struct sl_syntax){.bytes = bytes};
}

#endif

void sl_syntax_parse(enum sl_language language, sl_str bytes, struct sl_arena *arena, struct sl_syntax *out)
{
    parse(language, bytes, NULL, arena, out);
}

void sl_syntax_parse_source(const struct sl_source *source, enum sl_language language, struct sl_arena *arena,
                            struct sl_syntax *out)
{
    parse(language, source->bytes, source->trees, arena, out);
}
