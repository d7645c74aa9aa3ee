#include "plan/rewrite.h"

#include "base/buf.h"
#include "plan/quote.h"

/* A statement under work: its tokens, and what is inserted where (in ascending order). */
struct edited {
    const struct sl_plan_target *target;
    const struct sl_plan_words *words;
    struct sl_arena *run;
    sl_str text;
    struct sl_tokens tokens;
    struct sl_buf out;
    size_t copied;
    bool binds_again;
};

static bool is_word(const struct edited *e, uint32_t at, const char *word)
{
    const struct sl_token *token = &e->tokens.items[at];
    return at < e->tokens.len && token->kind == SL_TOK_WORD &&
           sl_str_eq_nocase(sl_str_slice(e->text, token->off, token->len), sl_str_from(word));
}

static bool is_name_of_state(const struct edited *e, uint32_t at)
{
    const struct sl_token *token = &e->tokens.items[at];
    return (token->kind == SL_TOK_WORD || token->kind == SL_TOK_QUOTED) &&
           sl_str_eq_nocase(sl_lex_decode(e->text, token, e->run), e->target->when.column);
}

static bool is_equals(const struct edited *e, uint32_t at)
{
    const struct sl_token *token = &e->tokens.items[at];
    return at < e->tokens.len && token->kind == SL_TOK_OP &&
           (sl_str_eq(sl_str_slice(e->text, token->off, token->len), SL_STR("=")) ||
            sl_str_eq(sl_str_slice(e->text, token->off, token->len), SL_STR(":=")));
}

/* The word ends the list of assignments. */
static bool ends_assignments(const struct edited *e, uint32_t at)
{
    static const char *const words[] = {"WHERE", "FROM", "ORDER", "LIMIT", "RETURNING", "WHEN", "ON"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(e, at, words[i]))
            return true;
    }
    return false;
}

/* Index behind the expression that starts at `at`: a comma, a closing bracket, the end of the assignments. */
static uint32_t expression_end(const struct edited *e, uint32_t at)
{
    int depth = 0;
    int n_case = 0; /* WHEN inside CASE ends nothing */
    for (; at < e->tokens.len; at++) {
        uint8_t kind = e->tokens.items[at].kind;
        n_case += is_word(e, at, "CASE") - (n_case > 0 && is_word(e, at, "END"));
        if (depth == 0 && (kind == SL_TOK_COMMA || kind == SL_TOK_CLOSE || kind == SL_TOK_SEMICOLON))
            break;
        if (depth == 0 && n_case == 0 && ends_assignments(e, at))
            break;
        depth += (kind == SL_TOK_OPEN) - (kind == SL_TOK_CLOSE);
    }
    return at;
}

static sl_str text_between(const struct edited *e, uint32_t from, uint32_t to)
{
    const struct sl_token *first = &e->tokens.items[from];
    const struct sl_token *last = &e->tokens.items[to - 1];
    return sl_str_slice(e->text, first->off, last->off + last->len - first->off);
}

static uint32_t end_off(const struct edited *e, uint32_t to)
{
    return e->tokens.items[to - 1].off + e->tokens.items[to - 1].len;
}

/* The text up to `off`, then `added`. */
static void insert_at(struct edited *e, uint32_t off, sl_str added)
{
    sl_buf_add(&e->out, sl_str_slice(e->text, e->copied, off - e->copied));
    sl_buf_add(&e->out, added);
    e->copied = off;
}

enum value { VALUE_TRANSITION, VALUE_OTHER, VALUE_UNKNOWN };

/* What the expression [from, to) says about the event. */
static enum value classify_value(const struct edited *e, uint32_t from, uint32_t to)
{
    const struct sl_token *token = &e->tokens.items[from];
    const struct sl_when *when = &e->target->when;
    bool is_null = is_word(e, from, "NULL");
    bool is_true = is_word(e, from, "TRUE");
    bool is_literal =
        token->kind == SL_TOK_STRING || token->kind == SL_TOK_NUMBER || is_true || is_word(e, from, "FALSE");
    if (to != from + 1 || !(is_literal || is_null || is_word(e, from, "DEFAULT")))
        return VALUE_UNKNOWN;
    if (!is_literal || when->kind == SL_WHEN_TEXT)
        return when->kind == SL_WHEN_TEXT ? VALUE_UNKNOWN : VALUE_OTHER;
    sl_str bytes = sl_str_slice(e->text, token->off, token->len);
    if (when->kind == SL_WHEN_NOT_NULL)
        return VALUE_TRANSITION;
    if (when->kind == SL_WHEN_TRUE)
        return is_true || sl_str_eq(bytes, SL_STR("1")) ? VALUE_TRANSITION : VALUE_OTHER;
    sl_str literal = token->kind == SL_TOK_STRING
                         ? sl_plan_quote_literal(e->target->dialect, sl_lex_decode(e->text, token, e->run), e->run)
                         : bytes;
    return sl_when_has_value(when, literal) ? VALUE_TRANSITION : VALUE_OTHER;
}

static bool has_bare_parameter(const struct edited *e, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        sl_str bytes = sl_str_slice(e->text, e->tokens.items[i].off, e->tokens.items[i].len);
        if (e->tokens.items[i].kind == SL_TOK_PARAM &&
            (sl_str_eq(bytes, SL_STR("?")) || sl_str_eq(bytes, SL_STR("%s"))))
            return true;
    }
    return false;
}

static bool updates_several_tables(const struct edited *e)
{
    for (uint32_t i = 0; i < e->tokens.len && !is_word(e, i, "SET"); i++) {
        if (e->tokens.items[i].kind == SL_TOK_COMMA || is_word(e, i, "JOIN"))
            return true;
    }
    return false;
}

/*
 * The event's assignment behind the state's. MySQL assigns from left to right in an UPDATE of one table
 * (manual 13.2.17), so there the state's name already means its new value; elsewhere the new value is named by its
 * expression.
 */
static sl_str event_assignment(struct edited *e, enum value value, uint32_t from, uint32_t to, sl_str qualifier)
{
    sl_str event =
        sl_arena_printf(e->run, "%.*s%.*s", SL_STR_ARG(qualifier),
                        SL_STR_ARG(sl_plan_quote_name_if_needed(e->target->dialect, e->target->event, e->run)));
    sl_str now = e->words->now;
    if (value == VALUE_TRANSITION)
        return sl_arena_printf(e->run, ", %.*s = COALESCE(%.*s, %.*s)", SL_STR_ARG(event), SL_STR_ARG(event),
                               SL_STR_ARG(now));
    sl_str test;
    if (e->target->dialect == SL_DIALECT_MYSQL && !updates_several_tables(e)) {
        test = e->words->when;
    } else {
        sl_str expression = text_between(e, from, to);
        if (to > from + 1)
            expression = sl_arena_printf(e->run, "(%.*s)", SL_STR_ARG(expression));
        test = sl_when_of_value(&e->target->when, expression, e->run);
        e->binds_again |= has_bare_parameter(e, from, to);
    }
    return sl_arena_printf(e->run, ", %.*s = CASE WHEN %.*s THEN COALESCE(%.*s, %.*s) ELSE %.*s END", SL_STR_ARG(event),
                           SL_STR_ARG(test), SL_STR_ARG(event), SL_STR_ARG(now), SL_STR_ARG(event));
}

/* SET state = …, ON DUPLICATE KEY UPDATE state = …: answers what was found; VALUE_OTHER where nothing is to do. */
static enum value rewrite_assignments(struct edited *e, bool *found)
{
    enum value result = VALUE_OTHER;
    bool in_list = false;
    for (uint32_t i = 0; i + 1 < e->tokens.len; i++) {
        if (is_word(e, i, "SET") || (is_word(e, i, "UPDATE") && i > 0 && is_word(e, i - 1, "KEY")))
            in_list = true;
        if (!in_list || !is_name_of_state(e, i) || !is_equals(e, i + 1))
            continue;
        bool is_qualified = i > 1 && e->tokens.items[i - 1].kind == SL_TOK_DOT;
        uint32_t before = is_qualified ? i - 3 : i - 1;
        if (e->tokens.items[before].kind != SL_TOK_COMMA && !is_word(e, before, "SET") && !is_word(e, before, "UPDATE"))
            continue;
        uint32_t end = expression_end(e, i + 2);
        if (end == i + 2)
            continue;
        *found = true;
        enum value value = classify_value(e, i + 2, end);
        sl_str qualifier = is_qualified ? text_between(e, i - 2, i) : SL_STR_EMPTY;
        if (value != VALUE_OTHER && !(value == VALUE_UNKNOWN && e->target->when.kind == SL_WHEN_TEXT &&
                                      e->target->dialect != SL_DIALECT_MYSQL)) {
            insert_at(e, end_off(e, end), event_assignment(e, value, i + 2, end, qualifier));
            result = VALUE_TRANSITION;
        } else if (value == VALUE_UNKNOWN && result == VALUE_OTHER) {
            result = VALUE_UNKNOWN;
        }
        i = end - 1;
    }
    return result;
}

/* Where the item `index` of the bracketed list that opens at `open` begins; its end in *end. */
static uint32_t list_item(const struct edited *e, uint32_t open, uint32_t index, uint32_t *end)
{
    uint32_t at = open + 1;
    for (;;) {
        *end = expression_end(e, at);
        if (index-- == 0 || *end >= e->tokens.len || e->tokens.items[*end].kind != SL_TOK_COMMA)
            return at;
        at = *end + 1;
    }
}

static uint32_t list_close(const struct edited *e, uint32_t open)
{
    return e->tokens.items[open].partner;
}

/* INSERT INTO t (…, state, …) VALUES (…), (…). */
static enum value rewrite_values(struct edited *e, bool *found)
{
    uint32_t open = 0;
    while (open < e->tokens.len && e->tokens.items[open].kind != SL_TOK_OPEN)
        open++;
    if (open >= e->tokens.len)
        return VALUE_OTHER;
    uint32_t close = list_close(e, open);
    uint32_t index = 0;
    uint32_t at = open + 1;
    for (; at < close && !is_name_of_state(e, at); at++)
        index += e->tokens.items[at].kind == SL_TOK_COMMA;
    if (at >= close || !is_word(e, close + 1, "VALUES"))
        return VALUE_OTHER;
    uint32_t first_row = close + 2;
    enum value result = VALUE_OTHER;
    for (uint32_t row = first_row; row < e->tokens.len && e->tokens.items[row].kind == SL_TOK_OPEN;
         row = list_close(e, row) + 2) {
        uint32_t end;
        uint32_t from = list_item(e, row, index, &end);
        enum value value = end > from ? classify_value(e, from, end) : VALUE_OTHER;
        if (value != VALUE_OTHER)
            result = VALUE_TRANSITION;
    }
    *found = true;
    if (result == VALUE_OTHER)
        return result;
    insert_at(e, e->tokens.items[close].off,
              sl_arena_printf(e->run, ", %.*s",
                              SL_STR_ARG(sl_plan_quote_name_if_needed(e->target->dialect, e->target->event, e->run))));
    for (uint32_t row = first_row; row < e->tokens.len && e->tokens.items[row].kind == SL_TOK_OPEN;
         row = list_close(e, row) + 2) {
        uint32_t end;
        uint32_t from = list_item(e, row, index, &end);
        enum value value = end > from ? classify_value(e, from, end) : VALUE_OTHER;
        sl_str added = SL_STR(", NULL");
        if (value == VALUE_TRANSITION)
            added = sl_arena_printf(e->run, ", %.*s", SL_STR_ARG(e->words->now));
        if (value == VALUE_UNKNOWN) {
            sl_str test = sl_when_of_value(&e->target->when, text_between(e, from, end), e->run);
            added =
                sl_arena_printf(e->run, ", CASE WHEN %.*s THEN %.*s END", SL_STR_ARG(test), SL_STR_ARG(e->words->now));
            e->binds_again |= has_bare_parameter(e, from, end);
        }
        insert_at(e, e->tokens.items[list_close(e, row)].off, added);
        if (list_close(e, row) + 1 >= e->tokens.len || e->tokens.items[list_close(e, row) + 1].kind != SL_TOK_COMMA)
            break;
    }
    return result;
}

static sl_str advice(const struct sl_plan_target *target, const struct sl_plan_words *words,
                     const struct sl_plan_write *write, struct sl_arena *run)
{
    if (write->is_orm && target->is_rails)
        return sl_arena_printf(run, "set %.*s: Time.current in the same call, where %.*s becomes true and %.*s is nil",
                               SL_STR_ARG(target->event), SL_STR_ARG(words->when), SL_STR_ARG(target->event));
    return sl_arena_printf(run, "set %.*s = %.*s in the same statement, where %.*s becomes true and %.*s IS NULL",
                           SL_STR_ARG(words->event), SL_STR_ARG(words->now), SL_STR_ARG(words->when),
                           SL_STR_ARG(words->event));
}

void sl_rewrite_write(const struct sl_plan_target *target, const struct sl_plan_words *words,
                      const struct sl_plan_write *write, struct sl_arena *run, struct sl_rewrite *out)
{
    struct edited e = {.target = target, .words = words, .run = run, .text = write->text};
    struct sl_sql_mode mode = {.dialect = target->dialect};
    bool found = false;
    enum value value = VALUE_UNKNOWN;
    *out = (struct sl_rewrite){.outcome = SL_REWRITE_BY_HAND, .text = advice(target, words, write, run)};
    sl_lex(write->text, &mode, run, &e.tokens);
    bool is_statement = target->when.column.len && !e.tokens.error.len && e.tokens.len && !write->is_orm &&
                        (is_word(&e, 0, "UPDATE") || is_word(&e, 0, "INSERT") || is_word(&e, 0, "REPLACE") ||
                         is_word(&e, 0, "WITH") || is_word(&e, 0, "MERGE"));
    if (is_statement) {
        if (is_word(&e, 0, "INSERT") || is_word(&e, 0, "REPLACE"))
            value = rewrite_values(&e, &found);
        bool in_set = false;
        enum value of_set = rewrite_assignments(&e, &in_set);
        if (in_set)
            value = found && value == VALUE_TRANSITION ? value : of_set;
        found |= in_set;
    }
    if (found && value == VALUE_OTHER)
        out->outcome = SL_REWRITE_NOT_A_TRANSITION;
    if (found && value == VALUE_TRANSITION) {
        sl_buf_add(&e.out, sl_str_slice(e.text, e.copied, SIZE_MAX));
        *out = (struct sl_rewrite){
            .outcome = SL_REWRITE_DONE, .text = sl_arena_copy(run, sl_buf_str(&e.out)), .binds_again = e.binds_again};
    }
    sl_buf_release(&e.out);
}
