#include "plan/view.h"

#include "plan/quote.h"
#include "sql/lex.h"

/* The head of a CREATE … VIEW. */
struct view {
    sl_str name;          /* as written */
    sl_str behind_create; /* what follows CREATE */
    bool is_view, is_materialized, has_replace;
};

static struct view read_view(sl_str text, enum sl_dialect dialect, struct sl_arena *run)
{
    enum { MAX_HEAD_TOKENS = 24 }; /* DEFINER=`a`@`b` SQL SECURITY … */
    struct sl_sql_mode mode = {.dialect = dialect};
    struct sl_tokens tokens = {0};
    struct view view = {0};
    sl_lex(text, &mode, run, &tokens);
    if (!tokens.len || !sl_token_is_word(text, &tokens.items[0], "CREATE"))
        return view;
    view.behind_create = sl_str_slice(text, tokens.items[0].off + tokens.items[0].len, SIZE_MAX);
    uint32_t at = 1;
    for (; at < tokens.len && at < MAX_HEAD_TOKENS && !sl_token_is_word(text, &tokens.items[at], "VIEW"); at++) {
        view.is_materialized |= sl_token_is_word(text, &tokens.items[at], "MATERIALIZED");
        view.has_replace |= sl_token_is_word(text, &tokens.items[at], "REPLACE");
        if (sl_token_is_word(text, &tokens.items[at], "AS") || sl_token_is_word(text, &tokens.items[at], "TABLE") ||
            sl_token_is_word(text, &tokens.items[at], "FUNCTION"))
            return view;
    }
    if (at + 1 >= tokens.len || !sl_token_is_word(text, &tokens.items[at], "VIEW"))
        return view;
    at++;
    while (at + 1 < tokens.len &&
           (sl_token_is_word(text, &tokens.items[at], "IF") || sl_token_is_word(text, &tokens.items[at], "NOT") ||
            sl_token_is_word(text, &tokens.items[at], "EXISTS")))
        at++;
    uint32_t end = at;
    while (end + 2 < tokens.len && tokens.items[end + 1].kind == SL_TOK_DOT)
        end += 2;
    view.name =
        sl_str_slice(text, tokens.items[at].off, tokens.items[end].off + tokens.items[end].len - tokens.items[at].off);
    view.is_view = true;
    return view;
}

sl_str sl_plan_bare_statement(sl_str text)
{
    text = sl_str_trim(text);
    while (text.len && text.ptr[text.len - 1] == ';')
        text = sl_str_trim(sl_str_slice(text, 0, text.len - 1));
    return text;
}

bool sl_plan_is_view(sl_str text, enum sl_dialect dialect, struct sl_arena *run)
{
    return read_view(text, dialect, run).is_view;
}

static sl_str replacing(const struct view *view, sl_str text, struct sl_arena *run)
{
    return view->has_replace ? text : sl_arena_printf(run, "CREATE OR REPLACE%.*s", SL_STR_ARG(view->behind_create));
}

void sl_plan_add_view(const struct sl_plan_target *target, const struct sl_plan_report *report, sl_str repointed,
                      struct sl_arena *run, struct sl_plan_step *step)
{
    sl_str old_text = sl_plan_bare_statement(report->text);
    sl_str new_text = sl_plan_bare_statement(repointed);
    struct view old_view = read_view(old_text, target->dialect, run);
    struct view new_view = read_view(new_text, target->dialect, run);
    bool is_dropped = old_view.is_materialized || target->dialect == SL_DIALECT_SQLITE;
    size_t first = step->blocks.len;
    if (is_dropped) {
        const char *kind = old_view.is_materialized ? "MATERIALIZED VIEW" : "VIEW";
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "BEGIN");
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "DROP %s %.*s", kind, SL_STR_ARG(old_view.name));
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "%.*s", SL_STR_ARG(new_text));
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "COMMIT");
        sl_plan_add_undo(run, step, "DROP %s %.*s", kind, SL_STR_ARG(old_view.name));
        sl_plan_add_undo(run, step, "%.*s", SL_STR_ARG(old_text));
    } else {
        sl_plan_add_block(run, step, SL_BLOCK_SQL, "", "%.*s", SL_STR_ARG(replacing(&new_view, new_text, run)));
        sl_plan_add_undo(run, step, "%.*s", SL_STR_ARG(replacing(&old_view, old_text, run)));
    }
    struct sl_plan_block *block = &step->blocks.items[first];
    block->label = SL_STR("the view, made again");
    block->path = report->path;
    block->line = report->line;
    if (old_view.is_materialized)
        sl_plan_add_note(run, step,
                         "%.*s is filled anew under a lock that stops its readers; its indexes and rights have to be "
                         "made again too. Where that takes long, build it under another name and rename.",
                         SL_STR_ARG(old_view.name));
    if (report->renames_result)
        sl_plan_add_note(run, step, "%.*s keeps its column's name %.*s, for those who read it.",
                         SL_STR_ARG(old_view.name), SL_STR_ARG(target->touch.name));
}
