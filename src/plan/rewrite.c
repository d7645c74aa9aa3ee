#include "plan/rewrite.h"

#include "plan/quote.h"

/* A statement under work: its tokens, and what is inserted where. */
struct edited {
    const struct sl_plan_target *target;
    const struct sl_plan_words *words;
    struct sl_arena *run;
    sl_str text;
    struct sl_tokens tokens;
    struct sl_edits edits;
    bool binds_again, is_certain;
    sl_str why_not; /* it cannot be rewritten: the reason */
};

static bool is_word(const struct edited *e, uint32_t at, const char *word)
{
    return at < e->tokens.len && sl_token_is_word(e->text, &e->tokens.items[at], word);
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
    static const char *const words[] = {"WHERE", "FROM",  "ORDER", "LIMIT",  "RETURNING", "WHEN",
                                        "ON",    "UNION", "GROUP", "HAVING", "INTERSECT", "EXCEPT"};
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

static void insert_at(struct edited *e, uint32_t off, sl_str added)
{
    sl_edits_add(&e->edits, e->run, (struct sl_edit){.off = off, .text = added});
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
    for (uint32_t i = 0; is_word(e, 0, "UPDATE") && i < e->tokens.len && !is_word(e, i, "SET"); i++) {
        if (e->tokens.items[i].kind == SL_TOK_COMMA || is_word(e, i, "JOIN"))
            return true;
    }
    return false;
}

/* Index of the first such word outside brackets; tokens.len where there is none. */
static uint32_t find_word(const struct edited *e, uint32_t from, const char *word)
{
    int depth = 0;
    for (; from < e->tokens.len; from++) {
        depth += (e->tokens.items[from].kind == SL_TOK_OPEN) - (e->tokens.items[from].kind == SL_TOK_CLOSE);
        if (depth == 0 && is_word(e, from, word))
            return from;
    }
    return e->tokens.len;
}

static bool is_name(const struct edited *e, uint32_t at)
{
    return at < e->tokens.len && (e->tokens.items[at].kind == SL_TOK_WORD || e->tokens.items[at].kind == SL_TOK_QUOTED);
}

/* "o." where the old value of a column has to be read from the table that is written: another row source stands beside
 * it (EXCLUDED, FROM, USING), and a bare name could be either's. */
static sl_str row_qualifier(const struct edited *e)
{
    bool is_upsert = e->target->dialect != SL_DIALECT_MYSQL && find_word(e, 0, "CONFLICT") < e->tokens.len;
    bool is_update = is_word(e, 0, "UPDATE") && e->target->dialect != SL_DIALECT_MYSQL;
    bool is_merge = is_word(e, 0, "MERGE");
    if (!is_upsert && !is_merge && !(is_update && find_word(e, 0, "FROM") < e->tokens.len))
        return SL_STR_EMPTY;
    uint32_t at = is_update ? 1 : find_word(e, 0, "INTO") + 1;
    at += is_word(e, at, "ONLY");
    while (is_name(e, at) && at + 1 < e->tokens.len && e->tokens.items[at + 1].kind == SL_TOK_DOT)
        at += 2;
    uint32_t alias = at + 1 + is_word(e, at + 1, "AS");
    bool has_alias =
        is_name(e, alias) && (alias > at + 1 || !(is_word(e, alias, "SET") || is_word(e, alias, "USING") ||
                                                  is_word(e, alias, "VALUES") || is_word(e, alias, "SELECT")));
    at = has_alias ? alias : at;
    return is_name(e, at) ? sl_arena_printf(e->run, "%.*s.", SL_STR_ARG(text_between(e, at, at + 1))) : SL_STR_EMPTY;
}

/* The value as a test can name it. A parameter that stands twice needs its type said where that is an enum
 * (PostgreSQL takes it for text in the comparison, and then does not store it). */
static sl_str tested_value(struct edited *e, uint32_t from, uint32_t to)
{
    sl_str expression = text_between(e, from, to);
    bool is_parameter = to == from + 1 && e->tokens.items[from].kind == SL_TOK_PARAM;
    e->binds_again |= has_bare_parameter(e, from, to);
    if (to > from + 1)
        return sl_arena_printf(e->run, "(%.*s)", SL_STR_ARG(expression));
    if (is_parameter && e->target->dialect == SL_DIALECT_POSTGRES) {
        sl_str type = sl_plan_enum_type_of(e->target, e->target->when.column);
        if (type.len)
            return sl_arena_printf(e->run, "%.*s::%.*s", SL_STR_ARG(expression), SL_STR_ARG(type));
    }
    return expression;
}

/*
 * The event's assignment behind the state's. MySQL assigns from left to right in an UPDATE of one table
 * (manual 13.2.17), so there the state's name already means its new value; elsewhere the new value is named by its
 * expression.
 */
static sl_str event_assignment(struct edited *e, enum value value, uint32_t from, uint32_t to, sl_str qualifier)
{
    sl_str name = sl_plan_quote_name_if_needed(e->target->dialect, e->target->event, e->run);
    sl_str event = sl_arena_printf(e->run, "%.*s%.*s", SL_STR_ARG(qualifier), SL_STR_ARG(name));
    sl_str old = event;
    sl_str row = row_qualifier(e);
    if (row.len && !qualifier.len)
        old = sl_arena_printf(e->run, "%.*s%.*s", SL_STR_ARG(row), SL_STR_ARG(name));
    sl_str now = e->words->now;
    if (value == VALUE_TRANSITION)
        return sl_arena_printf(e->run, ", %.*s = COALESCE(%.*s, %.*s)", SL_STR_ARG(event), SL_STR_ARG(old),
                               SL_STR_ARG(now));
    bool knows_new = e->target->dialect == SL_DIALECT_MYSQL && !updates_several_tables(e);
    sl_str test = knows_new ? e->words->when : sl_when_of_value(&e->target->when, tested_value(e, from, to), e->run);
    return sl_arena_printf(e->run, ", %.*s = CASE WHEN %.*s THEN COALESCE(%.*s, %.*s) ELSE %.*s END", SL_STR_ARG(event),
                           SL_STR_ARG(test), SL_STR_ARG(old), SL_STR_ARG(now), SL_STR_ARG(old));
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
        e->is_certain |= value == VALUE_TRANSITION;
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

/* The time beside a value of a new row. */
static sl_str inserted_time(struct edited *e, enum value value, uint32_t from, uint32_t to)
{
    e->is_certain |= value == VALUE_TRANSITION;
    if (value == VALUE_OTHER)
        return SL_STR("NULL");
    if (value == VALUE_TRANSITION)
        return e->words->now;
    sl_str test = sl_when_of_value(&e->target->when, tested_value(e, from, to), e->run);
    return sl_arena_printf(e->run, "CASE WHEN %.*s THEN %.*s END", SL_STR_ARG(test), SL_STR_ARG(e->words->now));
}

static enum value stronger(enum value one, enum value other)
{
    return one == VALUE_OTHER ? other : one;
}

/* VALUES (…), (…): rows from the first bracket on; the state is item `index` of each. */
static enum value rewrite_rows(struct edited *e, uint32_t first_row, uint32_t index)
{
    enum value result = VALUE_OTHER;
    struct sl_edits kept = e->edits;
    for (uint32_t row = first_row; row < e->tokens.len && e->tokens.items[row].kind == SL_TOK_OPEN;) {
        uint32_t end;
        uint32_t from = list_item(e, row, index, &end);
        enum value value = end > from ? classify_value(e, from, end) : VALUE_OTHER;
        uint32_t close = list_close(e, row);
        result = stronger(result, value);
        insert_at(e, e->tokens.items[close].off,
                  sl_arena_printf(e->run, ", %.*s", SL_STR_ARG(inserted_time(e, value, from, end))));
        if (close + 1 >= e->tokens.len || e->tokens.items[close + 1].kind != SL_TOK_COMMA)
            break;
        row = close + 2;
    }
    if (result == VALUE_OTHER)
        e->edits = kept;
    return result;
}

/* Behind the item of a select list, its alias left out. */
static uint32_t without_alias(const struct edited *e, uint32_t from, uint32_t to)
{
    if (to < from + 2 || !is_name(e, to - 1))
        return to;
    if (is_word(e, to - 2, "AS"))
        return to - 2;
    uint8_t before = e->tokens.items[to - 2].kind;
    bool is_alias =
        !is_word(e, to - 1, "END") && (before == SL_TOK_WORD || before == SL_TOK_QUOTED || before == SL_TOK_STRING ||
                                       before == SL_TOK_NUMBER || before == SL_TOK_CLOSE || before == SL_TOK_PARAM);
    return is_alias ? to - 1 : to;
}

/* SELECT item, …: one query without * in its list. */
static enum value rewrite_select(struct edited *e, uint32_t select, uint32_t index)
{
    static const char *const unions[] = {"UNION", "INTERSECT", "EXCEPT"};
    for (size_t i = 0; i < sizeof unions / sizeof *unions; i++) {
        if (find_word(e, select, unions[i]) < e->tokens.len)
            e->why_not = SL_STR("each arm of the query needs the time");
    }
    uint32_t at = select + 1;
    at += is_word(e, at, "DISTINCT") || is_word(e, at, "ALL");
    uint32_t state_from = 0;
    uint32_t state_to = 0;
    for (uint32_t n = 0;; n++) {
        uint32_t end = expression_end(e, at);
        bool is_star = end > at && e->tokens.items[end - 1].kind == SL_TOK_OP &&
                       sl_str_eq(text_between(e, end - 1, end), SL_STR("*"));
        if (end == at || is_star)
            e->why_not = SL_STR("the query selects *, so its columns are not known here");
        if (n == index) {
            state_from = at;
            state_to = end;
        }
        at = end;
        if (e->why_not.len || at >= e->tokens.len || e->tokens.items[at].kind != SL_TOK_COMMA)
            break;
        at++;
    }
    if (e->why_not.len || state_to == state_from)
        return VALUE_UNKNOWN;
    state_to = without_alias(e, state_from, state_to);
    enum value value = classify_value(e, state_from, state_to);
    if (value != VALUE_OTHER)
        insert_at(e, end_off(e, at),
                  sl_arena_printf(e->run, ", %.*s", SL_STR_ARG(inserted_time(e, value, state_from, state_to))));
    return value;
}

/* INSERT INTO t (…, state, …) VALUES (…), (…) or SELECT …; also the arm of a MERGE. */
static enum value rewrite_insert(struct edited *e, bool *found)
{
    uint32_t open = is_word(e, 0, "REPLACE") ? 0 : find_word(e, 0, "INSERT");
    while (open < e->tokens.len && e->tokens.items[open].kind != SL_TOK_OPEN)
        open++;
    if (open >= e->tokens.len)
        return VALUE_OTHER;
    uint32_t close = list_close(e, open);
    uint32_t index = 0;
    uint32_t at = open + 1;
    for (; at < close && !is_name_of_state(e, at); at++)
        index += e->tokens.items[at].kind == SL_TOK_COMMA;
    if (at >= close)
        return VALUE_OTHER;
    uint32_t behind = close + 1;
    bool is_bracketed = behind + 1 < e->tokens.len && e->tokens.items[behind].kind == SL_TOK_OPEN;
    enum value value;
    if (is_word(e, behind, "VALUES") || is_word(e, behind, "VALUE"))
        value = rewrite_rows(e, behind + 1, index);
    else if (is_word(e, behind + is_bracketed, "SELECT"))
        value = rewrite_select(e, behind + is_bracketed, index);
    else
        return VALUE_OTHER;
    *found = true;
    if (value != VALUE_OTHER && !e->why_not.len)
        insert_at(
            e, e->tokens.items[close].off,
            sl_arena_printf(e->run, ", %.*s",
                            SL_STR_ARG(sl_plan_quote_name_if_needed(e->target->dialect, e->target->event, e->run))));
    return value;
}

/* A new row written by REPLACE forgets the time of the old one. */
static bool is_replace(const struct edited *e)
{
    return is_word(e, 0, "REPLACE") || (is_word(e, 0, "INSERT") && is_word(e, 1, "OR") && is_word(e, 2, "REPLACE"));
}

/* Behind PREPARE name (types) AS; 0 where it is no such statement. */
static uint32_t prepared_off(const struct edited *e)
{
    uint32_t as = is_word(e, 0, "PREPARE") ? find_word(e, 0, "AS") + 1 : e->tokens.len;
    return as < e->tokens.len ? e->tokens.items[as].off : 0;
}

static void rewrite_statement(const struct sl_plan_target *target, const struct sl_plan_words *words, sl_str text,
                              struct sl_arena *run, struct sl_rewrite *out)
{
    struct edited e = {.target = target, .words = words, .run = run, .text = text};
    struct sl_sql_mode mode = {.dialect = target->dialect};
    *out = (struct sl_rewrite){.outcome = SL_REWRITE_BY_HAND};
    sl_lex(text, &mode, run, &e.tokens);
    bool is_statement = target->when.column.len && !e.tokens.error.len && e.tokens.len &&
                        (is_word(&e, 0, "UPDATE") || is_word(&e, 0, "INSERT") || is_word(&e, 0, "REPLACE") ||
                         is_word(&e, 0, "WITH") || is_word(&e, 0, "MERGE"));
    if (!is_statement) {
        out->text = target->when.column.len ? SL_STR_EMPTY : SL_STR("the condition tests more than one column");
        return;
    }
    bool found = false;
    bool in_set = false;
    enum value value = VALUE_OTHER;
    if (!is_word(&e, 0, "UPDATE") && !is_word(&e, 0, "WITH"))
        value = rewrite_insert(&e, &found);
    enum value of_set = rewrite_assignments(&e, &in_set);
    value = stronger(of_set, value);
    out->is_certain = e.is_certain;
    if (!found && !in_set)
        return;
    out->outcome = value == VALUE_OTHER ? SL_REWRITE_NOT_A_TRANSITION : SL_REWRITE_BY_HAND;
    out->text = e.why_not;
    if (value == VALUE_OTHER || e.why_not.len || !e.edits.len)
        return;
    if (is_replace(&e)) {
        out->text =
            SL_STR("REPLACE makes the row anew and forgets the time: write it as INSERT with an update on conflict");
        return;
    }
    *out = (struct sl_rewrite){.outcome = SL_REWRITE_DONE,
                               .text = sl_edits_apply(text, &e.edits, run),
                               .edits = e.edits,
                               .binds_again = e.binds_again,
                               .is_certain = e.is_certain};
}

void sl_rewrite_sql(const struct sl_plan_target *target, const struct sl_plan_words *words, sl_str text,
                    struct sl_arena *run, struct sl_rewrite *out)
{
    struct edited e = {.text = text};
    struct sl_sql_mode mode = {.dialect = target->dialect};
    sl_lex(text, &mode, run, &e.tokens);
    uint32_t off = prepared_off(&e);
    rewrite_statement(target, words, sl_str_slice(text, off, SIZE_MAX), run, out);
    for (size_t i = 0; i < out->edits.len; i++)
        out->edits.items[i].off += off;
    if (off && out->outcome == SL_REWRITE_DONE)
        out->text = sl_edits_apply(text, &out->edits, run);
}

static sl_str advice(const struct sl_plan_words *words, struct sl_arena *run)
{
    return sl_arena_printf(run, "set %.*s = %.*s in the same statement, where %.*s becomes true and %.*s IS NULL",
                           SL_STR_ARG(words->event), SL_STR_ARG(words->now), SL_STR_ARG(words->when),
                           SL_STR_ARG(words->event));
}

void sl_rewrite_write(const struct sl_plan_target *target, const struct sl_plan_words *words,
                      const struct sl_plan_write *write, struct sl_arena *run, struct sl_rewrite *out)
{
    sl_rewrite_sql(target, words, write->text, run, out);
    if (out->outcome != SL_REWRITE_BY_HAND)
        return;
    sl_str reason = out->text.len ? sl_arena_printf(run, " (%.*s)", SL_STR_ARG(out->text)) : SL_STR_EMPTY;
    out->text = sl_arena_printf(run, "%.*s%.*s", SL_STR_ARG(advice(words, run)), SL_STR_ARG(reason));
}
