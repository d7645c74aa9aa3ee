#include "sql/parse_plpgsql.h"

#include <pg_query.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/sanitizer.h"
#include "sql/dynamic.h"

/* ---- The JSON that libpg_query writes: objects, arrays, strings, numbers, true. ---- */

struct json {
    enum { JSON_OTHER, JSON_STRING, JSON_LIST, JSON_OBJECT } kind;
    sl_str key; /* of the member of an object */
    sl_str text;
    struct json *first, *next;
};

struct reader {
    struct sl_arena *arena;
    const char *at, *end;
    bool is_broken;
};

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && sl_is_space(*reader->at))
        reader->at++;
}

static bool take(struct reader *reader, char byte)
{
    skip_space(reader);
    if (reader->at >= reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

/* Behind the opening quote. */
static sl_str read_string(struct reader *reader)
{
    const char *begin = reader->at;
    while (reader->at < reader->end && *reader->at != '"')
        reader->at += *reader->at == '\\' && reader->end - reader->at > 1 ? 2 : 1;
    sl_str raw = {begin, (size_t)(reader->at - begin)};
    if (!take(reader, '"'))
        reader->is_broken = true;
    char *out = sl_arena_alloc(reader->arena, raw.len + 1);
    return (sl_str){out, sl_unescape(raw, SL_ESCAPES_JSON, out)};
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static struct json *read_value(struct reader *reader, unsigned depth)
{
    struct json *value = SL_NEW(reader->arena, struct json);
    skip_space(reader);
    if (depth > SL_MAX_NESTING || reader->at >= reader->end) {
        reader->is_broken = true;
        return value;
    }
    if (take(reader, '"')) {
        value->kind = JSON_STRING;
        value->text = read_string(reader);
        return value;
    }
    char close = *reader->at == '[' ? ']' : *reader->at == '{' ? '}' : 0;
    if (!close) {
        const char *begin = reader->at;
        while (reader->at < reader->end && !strchr(",]}", *reader->at))
            reader->at++;
        value->text = (sl_str){begin, (size_t)(reader->at - begin)};
        return value;
    }
    reader->at++;
    value->kind = close == ']' ? JSON_LIST : JSON_OBJECT;
    struct json **tail = &value->first;
    while (!take(reader, close) && !reader->is_broken) {
        sl_str key = SL_STR_EMPTY;
        if (close == '}') {
            if (take(reader, '"'))
                key = read_string(reader);
            if (!take(reader, ':'))
                reader->is_broken = true;
        }
        *tail = read_value(reader, depth + 1);
        (*tail)->key = key;
        tail = &(*tail)->next;
        (void)take(reader, ',');
    }
    return value;
}

static const struct json *member(const struct json *object, const char *key)
{
    for (const struct json *at = object ? object->first : NULL; at; at = at->next) {
        if (sl_str_eq(at->key, sl_str_from(key)))
            return at;
    }
    return NULL;
}

/* {"PLpgSQL_expr": {"query": text}} below `key`. */
static sl_str query_of(const struct json *object, const char *key)
{
    const struct json *query = member(member(member(object, key), "PLpgSQL_expr"), "query");
    return query ? query->text : SL_STR_EMPTY;
}

/* ---- Statements to steps. ---- */

struct flattener {
    struct sl_arena *arena;
    struct sl_plpgsql *out;
};

static void flatten_list(struct flattener *f, const struct json *list, uint32_t condition, unsigned depth);

/* EXCEPTION WHEN … THEN */
/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static void flatten_handlers(struct flattener *f, const struct json *list, uint32_t condition, unsigned depth)
{
    for (const struct json *at = list ? list->first : NULL; at; at = at->next)
        flatten_list(f, member(member(at, "PLpgSQL_exception"), "action"), condition, depth);
}

static uint32_t add_condition(struct flattener *f, sl_str text, bool is_negated, uint32_t outer)
{
    *SL_VEC_PUSH(f->arena, &f->out->conditions) =
        (struct sl_plpgsql_condition){.text = text, .is_negated = is_negated, .outer = outer};
    return (uint32_t)f->out->conditions.len - 1;
}

static void add_step(struct flattener *f, enum sl_plpgsql_kind kind, sl_str text, sl_str into, uint32_t condition)
{
    *SL_VEC_PUSH(f->arena, &f->out->steps) =
        (struct sl_plpgsql_step){.kind = kind, .text = text, .written = text, .into = into, .condition = condition};
}

/* EXECUTE e: the statement, where e is one literal. */
static void add_dynamic(struct flattener *f, sl_str expression, uint32_t condition)
{
    static const struct sl_sql_mode mode = {.dialect = SL_DIALECT_POSTGRES};
    sl_str statement;
    struct sl_span inside;
    bool is_literal = sl_dynamic_read(expression, &mode, f->arena, &statement, &inside);
    add_step(f, is_literal ? SL_PLPGSQL_SQL : SL_PLPGSQL_DYNAMIC, is_literal ? statement : expression, SL_STR_EMPTY,
             condition);
    f->out->steps.items[f->out->steps.len - 1].written = expression;
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static void flatten_if(struct flattener *f, const struct json *stmt, uint32_t outer, unsigned depth)
{
    sl_str test = query_of(stmt, "cond");
    flatten_list(f, member(stmt, "then_body"), add_condition(f, test, false, outer), depth);
    outer = add_condition(f, test, true, outer);
    const struct json *list = member(stmt, "elsif_list");
    for (const struct json *at = list ? list->first : NULL; at; at = at->next) {
        const struct json *arm = member(at, "PLpgSQL_if_elsif");
        test = query_of(arm, "cond");
        flatten_list(f, member(arm, "stmts"), add_condition(f, test, false, outer), depth);
        outer = add_condition(f, test, true, outer);
    }
    flatten_list(f, member(stmt, "else_body"), outer, depth);
}

/* CASE x WHEN …: the arms test a made-up variable; the text of x stands in for it. */
static sl_str restore_case(struct flattener *f, sl_str test, sl_str subject)
{
    size_t begin = sl_str_find(test, SL_STR("\"__Case__Variable_"));
    if (begin == SIZE_MAX || subject.len == 0)
        return test;
    size_t end = sl_str_find_byte(sl_str_slice(test, begin + 1, test.len), '"');
    if (end == SIZE_MAX)
        return test;
    sl_str rest = sl_str_slice(test, begin + end + 2, test.len);
    return sl_arena_printf(f->arena, "%.*s(%.*s)%.*s", (int)begin, test.ptr, SL_STR_ARG(subject), SL_STR_ARG(rest));
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static void flatten_case(struct flattener *f, const struct json *stmt, uint32_t outer, unsigned depth)
{
    sl_str subject = query_of(stmt, "t_expr");
    const struct json *list = member(stmt, "case_when_list");
    for (const struct json *at = list ? list->first : NULL; at; at = at->next) {
        const struct json *arm = member(at, "PLpgSQL_case_when");
        sl_str test = restore_case(f, query_of(arm, "expr"), subject);
        flatten_list(f, member(arm, "stmts"), add_condition(f, test, false, outer), depth);
        outer = add_condition(f, test, true, outer);
    }
    flatten_list(f, member(stmt, "else_stmts"), outer, depth);
}

/* SELECT … INTO a, b: the first target's name stands for all. */
static sl_str into_of(const struct json *stmt)
{
    const struct json *target = member(stmt, "target");
    const struct json *fields = member(member(target, "PLpgSQL_row"), "fields");
    const struct json *name = member(fields ? fields->first : NULL, "name");
    if (!name)
        name = member(member(target, "PLpgSQL_rec"), "refname");
    return name ? name->text : SL_STR_EMPTY;
}

enum { PG_ERROR_LEVEL = 21 };

static void flatten_raise(struct flattener *f, const struct json *stmt, uint32_t condition)
{
    const struct json *level = member(stmt, "elog_level");
    uint64_t value;
    if (level && sl_str_to_u64(sl_str_trim(level->text), &value) && value >= PG_ERROR_LEVEL)
        add_step(f, SL_PLPGSQL_RAISE, SL_STR_EMPTY, SL_STR_EMPTY, condition);
}

/* A block, a loop, RETURN QUERY, OPEN: its own query first, then its body. */
/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static void flatten_block(struct flattener *f, const struct json *stmt, uint32_t condition, unsigned depth)
{
    sl_str query = query_of(stmt, "query"), dynamic = query_of(stmt, "dynquery");
    if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_dynfors"))) {
        dynamic = query;
        query = SL_STR_EMPTY;
    }
    if (query.len)
        add_step(f, SL_PLPGSQL_SQL, query, SL_STR_EMPTY, condition);
    if (dynamic.len)
        add_dynamic(f, dynamic, condition);
    flatten_list(f, member(stmt, "body"), condition, depth);
    flatten_handlers(f, member(member(member(stmt, "exceptions"), "PLpgSQL_exception_block"), "exc_list"), condition,
                     depth);
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static void flatten_statement(struct flattener *f, const struct json *stmt, uint32_t condition, unsigned depth)
{
    if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_if"))) {
        flatten_if(f, stmt, condition, depth);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_case"))) {
        flatten_case(f, stmt, condition, depth);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_assign"))) {
        add_step(f, SL_PLPGSQL_ASSIGN, query_of(stmt, "expr"), SL_STR_EMPTY, condition);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_execsql"))) {
        add_step(f, SL_PLPGSQL_SQL, query_of(stmt, "sqlstmt"), into_of(stmt), condition);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_perform"))) {
        add_step(f, SL_PLPGSQL_SQL, query_of(stmt, "expr"), SL_STR_EMPTY, condition);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_dynexecute"))) {
        add_dynamic(f, query_of(stmt, "query"), condition);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_return"))) {
        add_step(f, SL_PLPGSQL_RETURN, query_of(stmt, "expr"), SL_STR_EMPTY, condition);
    } else if (sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_raise"))) {
        flatten_raise(f, stmt, condition);
    } else {
        flatten_block(f, stmt, condition, depth);
    }
}

/* IF … THEN …; RETURN x; END IF: what follows runs only where the test fails. */
static bool is_early_return(const struct json *stmt)
{
    if (!sl_str_eq(stmt->key, SL_STR("PLpgSQL_stmt_if")) || member(stmt, "elsif_list") || member(stmt, "else_body"))
        return false;
    const struct json *body = member(stmt, "then_body");
    const struct json *last = NULL;
    for (const struct json *at = body ? body->first : NULL; at; at = at->next)
        last = at->first;
    return last && sl_str_eq(last->key, SL_STR("PLpgSQL_stmt_return"));
}

/* NOLINTNEXTLINE(misc-no-recursion): capped by SL_MAX_NESTING */
static void flatten_list(struct flattener *f, const struct json *list, uint32_t condition, unsigned depth)
{
    if (!list || depth > SL_MAX_NESTING)
        return;
    for (const struct json *at = list->first; at; at = at->next) {
        if (!at->first)
            continue;
        flatten_statement(f, at->first, condition, depth + 1);
        if (is_early_return(at->first))
            condition = add_condition(f, query_of(at->first, "cond"), true, condition);
    }
}

static void list_variables(struct flattener *f, const struct json *datums)
{
    for (const struct json *at = datums ? datums->first : NULL; at; at = at->next) {
        const struct json *variable = member(at, "PLpgSQL_var");
        const struct json *name = member(variable, "refname");
        if (name)
            *SL_VEC_PUSH(f->arena, &f->out->variables) =
                (struct sl_plpgsql_variable){.name = name->text, .value = query_of(variable, "default_val")};
        sl_str query = query_of(variable, "cursor_explicit_expr"); /* c CURSOR FOR SELECT … */
        if (query.len)
            add_step(f, SL_PLPGSQL_SQL, query, SL_STR_EMPTY, SL_PLPGSQL_ALWAYS);
    }
}

/* ---- Copies of NEW: what is assigned to a field of one is assigned to NEW's ---- */

struct row_copies {
    sl_str *items; /* names of variables; empty: not any more */
    size_t len, cap;
};

/* "r" and "now()" of `r := now()`; false if it is no assignment. */
static bool split_assignment(sl_str text, sl_str *target, sl_str *value)
{
    size_t equal = sl_str_find_byte(text, '=');
    if (equal == SIZE_MAX)
        return false;
    bool has_colon = equal > 0 && text.ptr[equal - 1] == ':';
    *target = sl_str_trim(sl_str_slice(text, 0, equal - has_colon));
    *value = sl_str_trim(sl_str_slice(text, equal + 1, text.len));
    return true;
}

static void name_row(struct flattener *f, struct sl_plpgsql_step *step, const struct row_copies *copies)
{
    sl_str target, value;
    if (step->kind != SL_PLPGSQL_ASSIGN || !split_assignment(step->text, &target, &value))
        return;
    size_t dot = sl_str_find_byte(target, '.');
    for (size_t i = 0; i < copies->len && dot != SIZE_MAX; i++) {
        if (sl_str_eq_nocase(sl_str_slice(target, 0, dot), copies->items[i]))
            step->text = sl_arena_printf(f->arena, "new%.*s := %.*s", SL_STR_ARG(sl_str_slice(target, dot, target.len)),
                                         SL_STR_ARG(value));
    }
}

static void forget_copy(struct row_copies *copies, sl_str row)
{
    for (size_t i = 0; i < copies->len; i++) {
        if (sl_str_eq_nocase(copies->items[i], row))
            copies->items[i] = SL_STR_EMPTY;
    }
}

/* r := NEW; r.x := e → NEW.x := e, up to where r becomes another row. */
static void follow_copies(struct flattener *f)
{
    struct row_copies copies = {0};
    for (size_t i = 0; i < f->out->steps.len; i++) {
        struct sl_plpgsql_step *step = &f->out->steps.items[i];
        sl_str target, value;
        name_row(f, step, &copies);
        if (step->into.len)
            forget_copy(&copies, step->into);
        if (step->kind != SL_PLPGSQL_ASSIGN || !split_assignment(step->text, &target, &value) ||
            sl_str_find_byte(target, '.') != SIZE_MAX)
            continue;
        forget_copy(&copies, target);
        if (sl_str_eq_nocase(value, SL_STR("new")))
            *SL_VEC_PUSH(f->arena, &copies) = target;
    }
}

static void free_result(PgQueryPlpgsqlParseResult *result)
{
    pg_query_free_plpgsql_parse_result(*result);
}

/* ---- Fields of row variables, which libpg_query before 16 does not know as targets: r.x := e ---- */

enum { MAX_FIELD_TARGETS = 64 };

/* "r.x" of `"r.x" is not a known variable`. */
static sl_str unknown_target(sl_str message)
{
    size_t end = sl_str_find(message, SL_STR("\" is not a known variable"));
    return end == SIZE_MAX || end < 2 ? SL_STR_EMPTY : sl_str_slice(message, 1, end - 1);
}

static bool is_row_copy(sl_str text, sl_str row)
{
    for (size_t at = 0; at < text.len;) {
        size_t found = sl_str_find(sl_str_slice(text, at, text.len), row);
        if (found == SIZE_MAX)
            return false;
        at += found + row.len;
        sl_str rest = sl_str_trim(sl_str_slice(text, at, text.len));
        if (sl_str_has_prefix(rest, SL_STR(":")))
            rest = sl_str_slice(rest, 1, rest.len);
        if (sl_str_has_prefix(rest, SL_STR("=")) &&
            sl_str_has_prefix_nocase(sl_str_trim(sl_str_slice(rest, 1, rest.len)), SL_STR("new;")))
            return true;
    }
    return false;
}

/* Length of `:=` or `=` behind blanks at `at`; 0 if neither stands there. */
static size_t assignment_sign(sl_str text, size_t at)
{
    size_t i = at;
    while (i < text.len && sl_is_space(text.ptr[i]))
        i++;
    i += i < text.len && text.ptr[i] == ':';
    return i < text.len && text.ptr[i] == '=' ? i + 1 - at : 0;
}

/* r.x := e → NEW.x := e where r is a copy of NEW, else PERFORM e; empty if the target is not found. */
static sl_str replace_target(sl_str text, sl_str target, struct sl_arena *arena)
{
    sl_str row = sl_str_slice(target, 0, sl_str_find_byte(target, '.'));
    bool is_copy = row.len < target.len && is_row_copy(text, row);
    for (size_t at = 0; at < text.len; at++) {
        sl_str rest = sl_str_slice(text, at, text.len);
        bool begins = at == 0 || !sl_is_name_char(text.ptr[at - 1]);
        size_t sign = begins && sl_str_has_prefix_nocase(rest, target) ? assignment_sign(text, at + target.len) : 0;
        if (sign == 0)
            continue;
        if (is_copy)
            return sl_arena_printf(arena, "%.*snew%.*s", (int)at, text.ptr, (int)(text.len - at - row.len),
                                   text.ptr + at + row.len);
        size_t behind = at + target.len + sign;
        return sl_arena_printf(arena, "%.*sPERFORM %.*s", (int)at, text.ptr, (int)(text.len - behind),
                               text.ptr + behind);
    }
    return SL_STR_EMPTY;
}

#ifdef SL_HAS_ASAN
/* pg_query_parse_plpgsql keeps one byte (an empty stderr buffer) of each body that it refuses. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__lsan_default_suppressions(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    return "leak:pg_query_raw_parse";
}
#endif

/* The parser's JSON; empty if the body does not parse. */
static sl_str parse_json(sl_str terminated, struct sl_arena *arena)
{
    for (int i = 0; i < MAX_FIELD_TARGETS && terminated.len > 0; i++) {
        __attribute__((cleanup(free_result))) PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(terminated.ptr);
        if (!result.error)
            return result.plpgsql_funcs ? sl_arena_copy(arena, sl_str_from(result.plpgsql_funcs)) : SL_STR_EMPTY;
        sl_str target = unknown_target(sl_str_from(result.error->message));
        terminated = target.len ? replace_target(terminated, target, arena) : SL_STR_EMPTY;
    }
    return SL_STR_EMPTY;
}

void sl_parse_plpgsql(sl_str common_text, struct sl_arena *arena, struct sl_plpgsql *out)
{
    *out = (struct sl_plpgsql){0};
    if (common_text.len > SL_MAX_STATEMENT_BYTES || sl_str_find_byte(common_text, '\0') != SIZE_MAX)
        return;
    sl_str text = parse_json(sl_arena_copy(arena, common_text), arena);
    if (text.len == 0)
        return;
    struct reader reader = {.arena = arena, .at = text.ptr, .end = text.ptr + text.len};
    const struct json *functions = read_value(&reader, 0);
    const struct json *function = member(functions->first, "PLpgSQL_function");
    if (reader.is_broken || !function)
        return;
    struct flattener flattener = {.arena = arena, .out = out};
    list_variables(&flattener, member(function, "datums"));
    const struct json *action = member(function, "action");
    if (action && action->first)
        flatten_statement(&flattener, action->first, SL_PLPGSQL_ALWAYS, 0);
    follow_copies(&flattener);
    out->is_understood = true;
}
