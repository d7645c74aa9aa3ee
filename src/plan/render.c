#include "plan/render.h"

#include "plan/quote.h"
#include "report/escape.h"

#define TEXT_WIDTH 100

static bool is_statement(const struct sl_plan_block *block)
{
    return block->kind == SL_BLOCK_SQL || block->kind == SL_BLOCK_ROUTINE || block->kind == SL_BLOCK_ZERO ||
           block->kind == SL_BLOCK_COMPARE;
}

/* Bytes of an input for people: tabs stay, other control characters are shown. */
static void add_visible(struct sl_buf *out, sl_str line)
{
    for (size_t tab = sl_str_find_byte(line, '\t'); tab != SIZE_MAX; tab = sl_str_find_byte(line, '\t')) {
        sl_escape_line(sl_str_slice(line, 0, tab), out);
        sl_buf_add_byte(out, '\t');
        line = sl_str_slice(line, tab + 1, SIZE_MAX);
    }
    sl_escape_line(line, out);
}

/* Each line of `text` behind `prefix`. */
static void add_lines(struct sl_buf *out, const char *prefix, sl_str text)
{
    sl_str line;
    while (sl_str_next_line(&text, &line)) {
        sl_buf_add(out, line.len ? sl_str_from(prefix) : sl_str_trim(sl_str_from(prefix)));
        add_visible(out, line);
        sl_buf_add_byte(out, '\n');
    }
}

/* Words wrapped at TEXT_WIDTH, the first line behind `first`, the others behind `rest`. */
static void add_wrapped(struct sl_buf *out, const char *first, const char *rest, sl_str text)
{
    size_t col = strlen(first);
    sl_buf_add(out, sl_str_from(first));
    bool is_start = true;
    while (text.len) {
        size_t end = sl_str_find_byte(text, ' ');
        sl_str word = sl_str_slice(text, 0, end);
        text = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(text, end + 1, SIZE_MAX);
        if (!is_start && col + 1 + word.len > TEXT_WIDTH) {
            sl_buf_add_byte(out, '\n');
            sl_buf_add(out, sl_str_from(rest));
            col = strlen(rest);
            is_start = true;
        }
        if (!is_start) {
            sl_buf_add_byte(out, ' ');
            col++;
        }
        sl_escape_line(word, out);
        col += word.len;
        is_start = false;
    }
    sl_buf_add_byte(out, '\n');
}

/* The step's notes and how it is undone, behind `lead`. */
static void add_notes(const struct sl_plan_step *step, const char *lead, struct sl_arena *run, struct sl_buf *out)
{
    const char *note = sl_arena_printf(run, "%snote: ", lead).ptr;
    const char *undo = sl_arena_printf(run, "%sundo: ", lead).ptr;
    const char *rest = sl_arena_printf(run, "%s      ", lead).ptr;
    for (size_t i = 0; i < step->notes.len; i++)
        add_wrapped(out, note, rest, step->notes.items[i]);
    for (size_t i = 0; i < step->undo.len; i++)
        add_wrapped(out, undo, rest, sl_arena_printf(run, "%.*s;", SL_STR_ARG(step->undo.items[i])));
    for (size_t i = 0; i < step->undo_words.len; i++)
        add_wrapped(out, undo, rest, sl_arena_printf(run, "%.*s.", SL_STR_ARG(step->undo_words.items[i])));
}

static sl_str heading(const struct sl_plan *plan, struct sl_arena *run)
{
    const struct sl_plan_target *target = plan->target;
    sl_str touch = target->touch.column_id
                       ? sl_arena_printf(run, "; reports read %.*s today", SL_STR_ARG(target->touch.name))
                       : SL_STR_EMPTY;
    const char *dot = target->schema.len ? "." : "";
    sl_str names = SL_STR_EMPTY;
    for (size_t i = 0; i < target->when.names.len; i++)
        names = sl_arena_printf(run, "%.*s%s%.*s", SL_STR_ARG(names), i ? ", " : " (",
                                SL_STR_ARG(target->when.names.items[i]));
    if (names.len)
        names = sl_arena_printf(run, "%.*s)", SL_STR_ARG(names));
    return sl_arena_printf(run, "Plan for %.*s%s%.*s.%.*s (%s): when %.*s%.*s%.*s", SL_STR_ARG(target->schema), dot,
                           SL_STR_ARG(target->table), SL_STR_ARG(target->event), sl_dialect_name(target->dialect),
                           SL_STR_ARG(target->when.text), SL_STR_ARG(names), SL_STR_ARG(touch));
}

static bool has_ruby(const struct sl_plan_step *step)
{
    for (size_t i = 0; i < step->blocks.len; i++) {
        if (step->blocks.items[i].kind == SL_BLOCK_RUBY)
            return true;
    }
    return false;
}

static void add_place(const struct sl_plan_block *block, const char *indent, struct sl_buf *out)
{
    if (!block->path.len || block->kind == SL_BLOCK_DIFF)
        return;
    sl_buf_add(out, sl_str_from(indent));
    sl_escape_line(block->path, out);
    sl_buf_add_printf(out, ":%u", block->line);
    sl_buf_add(out, block->label.len && !is_statement(block) ? SL_STR(" (by hand)\n") : SL_STR("\n"));
}

static void text_block(const struct sl_plan_block *block, struct sl_buf *out)
{
    sl_buf_add_byte(out, '\n');
    if (is_statement(block) && block->label.len)
        add_wrapped(out, "    -- ", "    -- ", block->label);
    if (block->kind == SL_BLOCK_SHELL)
        add_wrapped(out, "    # ", "    # ", block->label);
    add_place(block, is_statement(block) ? "    -- " : "    ", out);
    add_lines(out, "    ", block->text);
    if (is_statement(block)) {
        out->len -= out->bytes[out->len - 1] == '\n';
        sl_buf_add(out, SL_STR(";\n"));
    }
}

static void text_step(const struct sl_plan_step *step, size_t number, struct sl_arena *run, struct sl_buf *out)
{
    bool in_ruby = has_ruby(step);
    sl_buf_add_printf(out, "\n%zu. %.*s\n", number, SL_STR_ARG(step->title));
    if (step->why.len)
        add_wrapped(out, "   ", "   ", step->why);
    for (size_t i = 0; i < step->blocks.len; i++) {
        const struct sl_plan_block *block = &step->blocks.items[i];
        bool is_said_in_ruby = in_ruby && (block->kind == SL_BLOCK_SQL || block->kind == SL_BLOCK_ROUTINE);
        if (!is_said_in_ruby)
            text_block(block, out);
    }
    if (step->notes.len || step->undo.len || step->undo_words.len)
        sl_buf_add_byte(out, '\n');
    add_notes(step, "   ", run, out);
}

void sl_plan_render_text(const struct sl_plan *plan, struct sl_arena *run, struct sl_buf *out)
{
    add_wrapped(out, "", "  ", heading(plan, run));
    for (size_t i = 0; i < plan->steps.len; i++)
        text_step(&plan->steps.items[i], i + 1, run, out);
}

static void sql_block(const struct sl_plan_block *block, enum sl_dialect dialect, bool as_comment, struct sl_buf *out)
{
    if (block->kind == SL_BLOCK_RUBY)
        return;
    sl_buf_add_byte(out, '\n');
    if (block->label.len)
        add_wrapped(out, "-- ", "-- ", block->label);
    add_place(block, "-- ", out);
    if (block->rules.len)
        sl_buf_add_printf(out, "-- stamplint-ignore %.*s: the old report, to compare with\n", SL_STR_ARG(block->rules));
    if (as_comment || !is_statement(block)) {
        add_lines(out, "-- ", block->text);
        if (is_statement(block)) {
            out->len--;
            sl_buf_add(out, SL_STR(";\n"));
        }
        return;
    }
    bool needs_delimiter = block->kind == SL_BLOCK_ROUTINE && dialect == SL_DIALECT_MYSQL;
    if (needs_delimiter)
        sl_buf_add(out, SL_STR("DELIMITER //\n"));
    sl_buf_add(out, block->text);
    sl_buf_add(out, needs_delimiter ? SL_STR("\n//\nDELIMITER ;\n") : SL_STR(";\n"));
}

static void sql_step(const struct sl_plan_step *step, size_t number, enum sl_dialect dialect, struct sl_arena *run,
                     struct sl_buf *out)
{
    bool is_last = strcmp(step->id, "clean_up") == 0;
    sl_buf_add_printf(out, "\n-- step %zu, %s: %.*s\n", number, step->id, SL_STR_ARG(step->title));
    if (step->why.len)
        add_wrapped(out, "-- ", "-- ", step->why);
    add_notes(step, "-- ", run, out);
    for (size_t i = 0; i < step->blocks.len; i++)
        sql_block(&step->blocks.items[i], dialect, is_last, out);
}

void sl_plan_render_sql(const struct sl_plan *plan, struct sl_arena *run, struct sl_buf *out)
{
    add_wrapped(out, "-- ", "-- ", heading(plan, run));
    for (size_t i = 0; i < plan->steps.len; i++)
        sql_step(&plan->steps.items[i], i + 1, plan->target->dialect, run, out);
}

/* The name in a file's name: what Rails makes the class of. */
static void add_snake_case(struct sl_buf *out, sl_str name)
{
    bool was_letter = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_plain = sl_is_alpha(c) || sl_is_digit(c);
        bool is_upper = c >= 'A' && c <= 'Z';
        if (was_letter && (is_upper || !is_plain))
            sl_buf_add_byte(out, '_');
        if (is_plain)
            sl_buf_add_byte(out, is_upper ? (char)(c + 32) : c);
        was_letter = is_plain && !is_upper;
    }
}

static void rails_file(const struct sl_plan *plan, const struct sl_plan_step *step, const struct sl_plan_block *block,
                       struct sl_buf *out)
{
    static const struct {
        const char *id, *before, *between;
    } names[] = {{"add", "add_", "_to_"},
                 {"fill", "guard_", "_of_"},
                 {"backfill", "backfill_", "_of_"},
                 {"index", "index_", "_of_"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].id, step->id) != 0)
            continue;
        sl_buf_add_printf(out, "\n# db/migrate/YYYYMMDDHHMMSS_%s", names[i].before);
        add_snake_case(out, plan->target->event);
        sl_buf_add(out, sl_str_from(names[i].between));
        add_snake_case(out, plan->target->table);
        sl_buf_add(out, SL_STR(".rb\n"));
    }
    if (step->why.len)
        add_wrapped(out, "# ", "# ", step->why);
    for (size_t i = 0; i < step->notes.len; i++)
        add_wrapped(out, "# note: ", "#       ", step->notes.items[i]);
    sl_buf_add(out, block->text);
    sl_buf_add_byte(out, '\n');
}

void sl_plan_render_rails(const struct sl_plan *plan, struct sl_arena *run, struct sl_buf *out)
{
    add_wrapped(out, "# ", "# ", heading(plan, run));
    add_wrapped(
        out, "# ", "# ",
        SL_STR("No migration: the edits of the code (steps 2 and 5) and the queries to verify with (step 6) are "
               "in the plan without --format rails."));
    for (size_t i = 0; i < plan->steps.len; i++) {
        const struct sl_plan_step *step = &plan->steps.items[i];
        for (size_t b = 0; b < step->blocks.len; b++) {
            if (step->blocks.items[b].kind == SL_BLOCK_RUBY)
                rails_file(plan, step, &step->blocks.items[b], out);
        }
    }
}
