/*
 * PostgreSQL's own statements: they stay as they are, byte for byte, but for the placeholders of client libraries and
 * for lists beyond the limit. What would overflow the parser's stack is refused here.
 */
#include "base/limits.h"
#include "sql/lowering.h"

struct writer {
    struct sl_lowering *l;
    char *start, *to;
    struct sl_segmap map;
    uint32_t copied; /* source bytes up to here are written or dropped */
    const struct sl_tokens *tokens;
    size_t blank; /* the first of tokens->blanks that does not lie before `copied` */
};

static void write_bytes(struct writer *w, const char *bytes, size_t len)
{
    memcpy(w->to, bytes, len);
    w->to += len;
}

/* A byte of a template that is no SQL. */
static bool is_blank(struct writer *w, uint32_t off)
{
    const struct sl_tokens *tokens = w->tokens;
    while (w->blank < tokens->blanks.len &&
           tokens->blanks.items[w->blank].off + tokens->blanks.items[w->blank].len <= off)
        w->blank++;
    return w->blank < tokens->blanks.len && tokens->blanks.items[w->blank].off <= off;
}

static void write_gap(struct writer *w, uint32_t off)
{
    for (uint32_t i = w->copied; i < off; i++)
        *w->to++ = w->l->text.ptr[i] == '\0' || is_blank(w, i) ? ' ' : w->l->text.ptr[i];
    w->copied = off;
}

static void write_token(struct writer *w, const struct sl_token *token, sl_str text)
{
    write_gap(w, token->off);
    *SL_VEC_PUSH(w->l->arena, &w->map) =
        (struct sl_segment){(uint32_t)(w->to - w->start), (uint32_t)text.len, token->off, token->len};
    write_bytes(w, text.ptr, text.len);
    w->copied = token->off + token->len;
}

/* ---- limits ---- */

/* The depth of the tree that a bracket's content may give: operators in a row nest, commas and AND begin anew. */
struct level {
    uint32_t run;
    bool is_case;
};

static bool begins_anew(const struct sl_token *token)
{
    return token->kind == SL_TOK_COMMA || token->kind == SL_TOK_SEMICOLON ||
           (token->kind == SL_TOK_WORD && (token->keyword == SL_KW_AND || token->keyword == SL_KW_OR));
}

static bool nests(const struct sl_token *token)
{
    if (token->kind == SL_TOK_OP)
        return true;
    if (token->kind != SL_TOK_WORD)
        return false;
    switch (token->keyword) {
    case SL_KW_NOT:
    case SL_KW_COLLATE:
    case SL_KW_AT:
    case SL_KW_IS:
    case SL_KW_ISNULL:
    case SL_KW_NOTNULL:
    case SL_KW_LIKE:
    case SL_KW_ILIKE:
    case SL_KW_SIMILAR:
    case SL_KW_BETWEEN:
    case SL_KW_IN:
    case SL_KW_JOIN:
    case SL_KW_UNION:
    case SL_KW_INTERSECT:
    case SL_KW_EXCEPT:
        return true;
    default:
        return false;
    }
}

static bool check_limits(struct sl_lowering *l)
{
    SL_VEC(struct level) stack = {0};
    *SL_VEC_PUSH(l->arena, &stack) = (struct level){0};
    uint32_t total = 0;
    uint32_t arms = 0;
    for (l->pos = 0; l->pos < l->n_tokens; l->pos++) {
        const struct sl_token *token = sl_tok(l, 0);
        struct level *top = &stack.items[stack.len - 1];
        bool is_case = token->kind == SL_TOK_WORD && token->keyword == SL_KW_CASE;
        bool ends_case = token->kind == SL_TOK_WORD && token->keyword == SL_KW_END && top->is_case;
        arms += token->kind == SL_TOK_WORD &&
                (token->keyword == SL_KW_UNION || token->keyword == SL_KW_EXCEPT || token->keyword == SL_KW_INTERSECT);
        if (begins_anew(token)) {
            total -= top->run;
            top->run = 0;
        } else if (nests(token)) {
            top->run++;
            total++;
        } else if (token->kind == SL_TOK_OPEN || is_case) {
            *SL_VEC_PUSH(l->arena, &stack) = (struct level){.is_case = is_case};
            total++;
        } else if ((token->kind == SL_TOK_CLOSE || ends_case) && stack.len > 1) {
            total -= top->run + 1;
            stack.len--;
        }
        if (total > SL_MAX_OPERATOR_RUN || arms > SL_MAX_UNION_ARMS || stack.len > 2 * SL_MAX_NESTING) {
            sl_lowering_fail_limit(l, arms > SL_MAX_UNION_ARMS ? "more arms of UNION than the limit"
                                                               : "deeper nesting than the limit");
            return false;
        }
    }
    l->pos = 0;
    return true;
}

/* ---- elision ---- */

static bool is_literal(const struct sl_token *token)
{
    return token->kind == SL_TOK_STRING || token->kind == SL_TOK_NUMBER || token->kind == SL_TOK_PARAM ||
           token->kind == SL_TOK_BITS || token->kind == SL_TOK_HEX;
}

static void elided(struct sl_lowering *l, uint32_t first, uint32_t to, unsigned n)
{
    sl_lowering_fact_text(l, SL_FACT_ELIDED, first, to, sl_arena_printf(l->arena, "%u", n));
}

/* At the comma behind element number SL_MAX_LIST_LITERALS: where the plain literals end that follow it. */
static uint32_t behind_literals(struct sl_lowering *l, uint32_t comma)
{
    uint32_t i = comma;
    unsigned n = 0;
    while (l->tokens[i].kind == SL_TOK_COMMA && is_literal(&l->tokens[i + 1]) &&
           (l->tokens[i + 2].kind == SL_TOK_COMMA || l->tokens[i + 2].kind == SL_TOK_CLOSE)) {
        i += 2;
        n++;
    }
    if (n > 0)
        elided(l, comma, i, n);
    return i;
}

static bool group_has_select(const struct sl_lowering *l, uint32_t open)
{
    for (uint32_t i = open; i < l->tokens[open].partner; i++) {
        if (l->tokens[i].keyword == SL_KW_SELECT)
            return true;
    }
    return false;
}

static uint32_t behind_rows(struct sl_lowering *l, uint32_t comma)
{
    uint32_t i = comma;
    unsigned n = 0;
    while (l->tokens[i].kind == SL_TOK_COMMA && l->tokens[i + 1].kind == SL_TOK_OPEN && !group_has_select(l, i + 1)) {
        i = sl_behind_group(l, i + 1);
        n++;
    }
    if (n > 0)
        elided(l, comma, i, n);
    return i;
}

/* Counts commas of IN lists and VALUES rows. `counter` is per open list. */
struct list {
    uint32_t end; /* index where it ends */
    unsigned n;
    bool is_rows;
};

static void list_begins(const struct sl_lowering *l, uint32_t i, struct list *list)
{
    const struct sl_token *token = &l->tokens[i];
    bool is_in = token->kind == SL_TOK_OPEN && i > 0 && l->tokens[i - 1].keyword == SL_KW_IN;
    bool is_array = token->kind == SL_TOK_OPEN && token->flags & SL_TOKF_SQUARE;
    if (is_in || is_array)
        *list = (struct list){.end = token->partner, .n = 1};
    if (token->kind == SL_TOK_WORD && token->keyword == SL_KW_VALUES)
        *list = (struct list){.end = l->n_tokens, .n = 1, .is_rows = true};
}

static uint32_t maybe_elide(struct sl_lowering *l, uint32_t i, struct list *list)
{
    if (l->tokens[i].kind != SL_TOK_COMMA || i >= list->end)
        return i;
    bool between_rows = l->tokens[i - 1].kind == SL_TOK_CLOSE && l->tokens[i + 1].kind == SL_TOK_OPEN;
    if (list->is_rows && !between_rows)
        return i;
    if (list->n++ < SL_MAX_LIST_LITERALS)
        return i;
    return list->is_rows ? behind_rows(l, i) : behind_literals(l, i);
}

/* ---- what kind ---- */

static bool is_modifier(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_OR:
    case SL_KW_REPLACE:
    case SL_KW_TEMP:
    case SL_KW_TEMPORARY:
    case SL_KW_UNLOGGED:
    case SL_KW_GLOBAL:
    case SL_KW_LOCAL:
    case SL_KW_UNIQUE:
    case SL_KW_RECURSIVE:
        return true;
    default:
        return false;
    }
}

static void find_verb(struct sl_lowering *l)
{
    uint32_t i = 0;
    while (i < l->n_tokens && l->tokens[i].kind == SL_TOK_OPEN)
        i++;
    sl_str verb = sl_arena_copy_lower(l->arena, sl_lowering_source(l, i, i + 1));
    enum sl_keyword first = (enum sl_keyword)l->tokens[i].keyword;
    if (first == SL_KW_CREATE || first == SL_KW_ALTER || first == SL_KW_DROP) {
        uint32_t object = i + 1;
        while (object < l->n_tokens && is_modifier((enum sl_keyword)l->tokens[object].keyword))
            object++;
        sl_str word = sl_arena_copy_lower(l->arena, sl_lowering_source(l, object, object + 1));
        verb = sl_arena_printf(l->arena, "%.*s %.*s", SL_STR_ARG(verb), SL_STR_ARG(word));
    }
    l->verb = first == SL_KW_WITH || first == SL_KW_VALUES ? SL_STR("select") : verb;
}

static bool is_transaction(const struct sl_lowering *l)
{
    switch (sl_kw(l, 0)) {
    case SL_KW_BEGIN:
    case SL_KW_COMMIT:
    case SL_KW_ROLLBACK:
    case SL_KW_SAVEPOINT:
    case SL_KW_RELEASE:
    case SL_KW_ABORT:
    case SL_KW_END:
        return true;
    case SL_KW_START:
    case SL_KW_PREPARE:
        return sl_kw(l, 1) == SL_KW_TRANSACTION;
    default:
        return false;
    }
}

static bool is_administration(enum sl_keyword keyword)
{
    switch (keyword) {
    case SL_KW_SET:
    case SL_KW_RESET:
    case SL_KW_SHOW:
    case SL_KW_GRANT:
    case SL_KW_REVOKE:
    case SL_KW_VACUUM:
    case SL_KW_ANALYZE:
    case SL_KW_ANALYSE:
    case SL_KW_REINDEX:
    case SL_KW_CLUSTER:
    case SL_KW_LISTEN:
    case SL_KW_NOTIFY:
    case SL_KW_UNLISTEN:
    case SL_KW_LOCK:
    case SL_KW_DISCARD:
    case SL_KW_CHECKPOINT:
    case SL_KW_LOAD:
    case SL_KW_SECURITY:
    case SL_KW_DEALLOCATE:
        return true;
    default:
        return false;
    }
}

/* EXTRACT(… FROM x), TRIM(… FROM x): FROM inside the call of a function. */
static bool is_in_call(const struct sl_lowering *l, uint32_t i)
{
    while (i > 0 && l->tokens[i - 1].kind != SL_TOK_OPEN) {
        i--;
        if (l->tokens[i].kind == SL_TOK_CLOSE)
            i = l->tokens[i].partner;
        if (l->tokens[i].kind == SL_TOK_WORD && l->tokens[i].keyword == SL_KW_SELECT)
            return false;
    }
    return i > 1 && l->tokens[i - 2].kind == SL_TOK_WORD;
}

/* FROM {{ table }}: a placeholder in the place of a relation. */
static bool stands_for_relation(const struct sl_lowering *l, uint32_t i)
{
    if (i == 0 || l->tokens[i - 1].kind != SL_TOK_WORD)
        return false;
    switch (l->tokens[i - 1].keyword) {
    case SL_KW_FROM:
        return !is_in_call(l, i);
    case SL_KW_JOIN:
    case SL_KW_INTO:
    case SL_KW_UPDATE:
    case SL_KW_TABLE:
        return true;
    default:
        return false;
    }
}

/* The text of a placeholder; empty for {{ schema }} in {{ schema }}.table. */
static sl_str placeholder(struct sl_lowering *l, uint32_t i)
{
    const struct sl_token *token = &l->tokens[i];
    sl_lowering_fact(l, SL_FACT_PLACEHOLDER, i, i + 1)->param = token->partner;
    if (stands_for_relation(l, i))
        return l->tokens[i + 1].kind == SL_TOK_DOT ? SL_STR_EMPTY : SL_STR("\"mysql:param\"");
    sl_str text = sl_arena_printf(l->arena, "$%u", (unsigned)token->partner);
    /* IN %s, VALUES %s: the client library writes the parentheses too. */
    bool is_list = i > 0 && (l->tokens[i - 1].keyword == SL_KW_IN || l->tokens[i - 1].keyword == SL_KW_VALUES);
    return is_list ? sl_arena_printf(l->arena, "(%.*s)", SL_STR_ARG(text)) : text;
}

/* A name that no server would read: 'orders' of {{ ref('orders') }}, $__timeFilter. */
static bool is_template_name(const struct sl_token *token, sl_str text)
{
    return token->kind == SL_TOK_QUOTED && (text.ptr[0] == '\'' || text.ptr[0] == '$');
}

static void write_statement(struct sl_lowering *l, const struct sl_tokens *tokens)
{
    uint32_t n_more = 0;
    for (uint32_t i = 0; i < l->n_tokens; i++)
        n_more += l->tokens[i].kind == SL_TOK_PARAM || l->tokens[i].kind == SL_TOK_QUOTED;
    struct writer w = {.l = l, .tokens = tokens};
    w.start = w.to = sl_arena_alloc(l->arena, l->text.len + n_more * 16 + 1);
    struct list list = {0};
    for (uint32_t i = 0; i < l->n_tokens; i++) {
        list_begins(l, i, &list);
        uint32_t behind = maybe_elide(l, i, &list);
        if (behind > i) {
            i = behind;
            w.copied = l->tokens[i].off;
        }
        if (i >= l->n_tokens)
            break;
        const struct sl_token *token = &l->tokens[i];
        sl_str text = sl_str_slice(l->text, token->off, token->len);
        if (token->kind == SL_TOK_NUMBER && sl_str_find_byte(text, '_') != SIZE_MAX) /* PostgreSQL 16 */
            text = sl_number_digits(text, l->arena);
        if (is_template_name(token, text))
            text = sl_quote_name(l->arena, sl_lex_decode(l->text, token, l->arena));
        bool is_schema = i > 0 && token->kind == SL_TOK_DOT && l->tokens[i - 1].kind == SL_TOK_PARAM &&
                         stands_for_relation(l, i - 1);
        if (is_schema)
            text = SL_STR(" ");
        if (token->kind == SL_TOK_PARAM) {
            text = placeholder(l, i);
            bool glued = w.to > w.start && (sl_is_digit(w.to[-1]) || sl_is_alpha(w.to[-1]));
            if (glued && w.copied == token->off)
                *w.to++ = ' ';
        }
        write_token(&w, token, text);
    }
    struct sl_lowered_item *item = SL_VEC_PUSH(l->arena, &l->items);
    *item = (struct sl_lowered_item){.role = SL_ROLE_MAIN,
                                     .text = {w.start, (size_t)(w.to - w.start)},
                                     .map = w.map,
                                     .source = sl_lowering_span(l, 0, l->n_tokens)};
}

void sl_lower_postgres(struct sl_lowering *l, struct sl_tokens *tokens)
{
    while (l->n_tokens > 0 && l->tokens[l->n_tokens - 1].kind == SL_TOK_SEMICOLON)
        l->n_tokens--;
    if (l->n_tokens == 0)
        return;
    find_verb(l);
    if (is_transaction(l)) {
        l->kind = SL_LOWERED_TRANSACTION;
        return;
    }
    if (is_administration(sl_kw(l, 0))) {
        l->kind = SL_LOWERED_ADMIN;
        return;
    }
    l->kind = SL_LOWERED_SQL;
    if (check_limits(l))
        write_statement(l, tokens);
}
