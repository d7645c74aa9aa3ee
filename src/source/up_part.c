/* up_part: the parts of a migration file that go up, and which of them run in one transaction. */
#include "source/layout.h"

/* How one tool marks its parts. A line is compared white space apart and without case. */
struct marks {
    enum sl_layout layout;
    bool up_from_start;         /* what stands before the first mark goes up too */
    const char *up, *down;      /* NULL: no such mark */
    const char *no_transaction; /* on any line */
    bool has_transaction;       /* else the tool leaves it to the file */
    bool each_up_is_a_transaction;
};

static const struct marks marks[] = {
    {SL_LAYOUT_GOOSE, false, "-- +goose up", "-- +goose down", "-- +goose no transaction", true, false},
    {SL_LAYOUT_DBMATE, false, "-- migrate:up", "-- migrate:down", "transaction:false", true, false},
    {SL_LAYOUT_SQL_MIGRATE, false, "-- +migrate up", "-- +migrate down", "notransaction", true, false},
    {SL_LAYOUT_LIQUIBASE, false, "--changeset", "--rollback", "runintransaction:false", true, true},
    {SL_LAYOUT_FLYWAY, true, NULL, NULL, "executeintransaction=false", true, false},
    {SL_LAYOUT_SQLX, true, NULL, NULL, "-- no-transaction", true, false},
    {SL_LAYOUT_DIESEL, true, NULL, NULL, NULL, true, false},
    {SL_LAYOUT_DRIZZLE, true, NULL, NULL, NULL, true, false},
    {SL_LAYOUT_ATLAS, true, NULL, NULL, "-- atlas:txmode none", true, false},
    {SL_LAYOUT_SUPABASE, true, NULL, NULL, NULL, true, false},
};

static const struct marks no_marks = {.up_from_start = true};

static const struct marks *marks_of(enum sl_layout layout)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i].layout == layout)
            return &marks[i];
    }
    return &no_marks;
}

/* `-- changeset` and `--changeset` are the same mark: the space behind the dashes does not count. */
static bool line_has_mark(sl_str line, const char *mark)
{
    if (!mark || !sl_str_has_prefix(line, SL_STR("--")))
        return false;
    sl_str want = sl_str_trim(sl_str_slice(sl_str_from(mark), 2, SIZE_MAX));
    sl_str have = sl_str_trim(sl_str_slice(line, 2, SIZE_MAX));
    bool is_whole = have.len <= want.len || sl_is_space(have.ptr[want.len]) || have.ptr[want.len] == ':';
    return sl_str_has_prefix_nocase(have, want) && is_whole;
}

static bool switches_transaction_off(sl_str line, const struct marks *m)
{
    bool is_comment = sl_str_has_prefix(line, SL_STR("--"));
    return m->no_transaction && is_comment && sl_str_find_nocase(line, sl_str_from(m->no_transaction)) != SIZE_MAX;
}

struct part_state {
    const struct marks *marks;
    sl_layout_part_fn *each;
    void *closure;
    size_t up_off; /* where the open up part begins, or SIZE_MAX */
    uint32_t transaction;
    bool is_off;
};

static void part_close(struct part_state *state, size_t end)
{
    if (state->up_off == SIZE_MAX || end <= state->up_off)
        return;
    bool in_one = state->marks->has_transaction && !state->is_off;
    struct sl_span part = {(uint32_t)state->up_off, (uint32_t)(end - state->up_off)};
    state->each(state->closure, part, in_one ? state->transaction : 0);
    state->up_off = SIZE_MAX;
}

/* goose and sql-migrate may switch the transaction off on a line behind the mark, so the whole file is asked first;
 * liquibase says it on the line of each changeset. */
static bool file_is_without_transaction(const struct marks *m, sl_str bytes)
{
    sl_str line;
    while (!m->each_up_is_a_transaction && sl_str_next_line(&bytes, &line)) {
        bool is_down = m->down && line_has_mark(sl_str_trim(line), m->down);
        if (is_down)
            return false;
        if (switches_transaction_off(sl_str_trim(line), m))
            return true;
    }
    return false;
}

static void part_line(struct part_state *state, sl_str line, size_t line_off, size_t next_off)
{
    const struct marks *m = state->marks;
    if (line_has_mark(line, m->up)) {
        part_close(state, line_off);
        state->up_off = next_off;
        if (m->each_up_is_a_transaction) {
            state->transaction++;
            state->is_off = switches_transaction_off(line, m);
        }
        return;
    }
    if (!line_has_mark(line, m->down))
        return;
    part_close(state, line_off);
    if (m->each_up_is_a_transaction) /* a rollback line is left out, what follows goes up again */
        state->up_off = next_off;
}

void sl_layout_each_up_part(enum sl_layout layout, sl_str bytes, sl_layout_part_fn *each, void *closure)
{
    const struct marks *m = marks_of(layout);
    struct part_state state = {.marks = m, .each = each, .closure = closure};
    state.up_off = m->up_from_start ? 0 : SIZE_MAX;
    state.transaction = m->each_up_is_a_transaction ? 0 : 1;
    state.is_off = file_is_without_transaction(m, bytes);
    sl_str rest = bytes;
    sl_str line;
    size_t line_off = 0;
    while (sl_str_next_line(&rest, &line)) {
        size_t next_off = (size_t)(rest.ptr - bytes.ptr);
        part_line(&state, sl_str_trim(line), line_off, next_off);
        line_off = next_off;
    }
    part_close(&state, bytes.len);
}
