#include "plan/repoint.h"

#include "plan/quote.h"
#include "plan/view.h"
#include "source/file.h"

/* Does the name stand at `off`, as a whole word? */
static bool stands_at(sl_str bytes, size_t off, sl_str name)
{
    if (off + name.len > bytes.len || !sl_str_eq_nocase(sl_str_slice(bytes, off, name.len), name))
        return false;
    bool begins = off == 0 || !sl_is_name_char(bytes.ptr[off - 1]);
    bool ends = off + name.len == bytes.len || !sl_is_name_char(bytes.ptr[off + name.len]);
    return begins && ends;
}

/* Steps over white space, quotes and dots between the parts of a qualified name. */
static size_t skip_between(sl_str bytes, size_t off)
{
    while (off < bytes.len && (sl_is_space(bytes.ptr[off]) || strchr(".\"`[]", bytes.ptr[off])))
        off++;
    return off;
}

/* Where the column's name stands in the use's span, or right behind it where the span holds only its qualifier. */
static size_t find_name(sl_str bytes, const struct sl_plan_use *use, sl_str name)
{
    size_t end = (size_t)use->off + use->len;
    for (size_t off = end; off-- > use->off;) {
        if (stands_at(bytes, off, name))
            return off;
    }
    for (int i = 0; i < 2 && end < bytes.len; i++) {
        end = skip_between(bytes, end);
        if (stands_at(bytes, end, name))
            return end;
        while (end < bytes.len && sl_is_name_char(bytes.ptr[end]))
            end++;
    }
    return SIZE_MAX;
}

/* The event's name as it may stand where the old name stood: quoted only if it has to be and is not yet. */
static sl_str replacement(const struct sl_plan_target *target, sl_str bytes, size_t off, struct sl_arena *run)
{
    char before = off ? bytes.ptr[off - 1] : ' ';
    if (strchr("\"`[:'", before))
        return target->event;
    return sl_plan_quote_name_if_needed(target->dialect, target->event, run);
}

static bool is_in_file(const struct sl_plan_report *report)
{
    return sl_str_eq(report->source_kind, SL_STR("sql")) || sl_str_eq(report->source_kind, SL_STR("code"));
}

/* A view's column keeps its name: who reads the view knows that one. */
static void keep_name(const struct sl_plan_target *target, sl_str bytes, size_t off, struct sl_arena *run,
                      struct sl_edits *edits)
{
    size_t end = off + target->touch.name.len;
    bool is_quoted = off > 0 && end < bytes.len && strchr("\"`]", bytes.ptr[end]);
    sl_str name = sl_str_slice(bytes, off - is_quoted, target->touch.name.len + 2 * (size_t)is_quoted);
    sl_edits_add(edits, run,
                 (struct sl_edit){.off = (uint32_t)(end + is_quoted),
                                  .text = sl_arena_printf(run, " AS %.*s", SL_STR_ARG(name))});
}

static bool add_edits(const struct sl_plan_target *target, const struct sl_plan_report *report, sl_str bytes,
                      struct sl_arena *run, struct sl_edits *edits, sl_str *reason)
{
    bool is_view = sl_plan_is_view(report->text, target->dialect, run);
    for (size_t i = 0; i < report->uses.len; i++) {
        const struct sl_plan_use *use = &report->uses.items[i];
        size_t off = find_name(bytes, use, target->touch.name);
        if (off == SIZE_MAX) {
            *reason = sl_arena_printf(run, "%.*s is used at line %u under another name", SL_STR_ARG(target->touch.name),
                                      use->line);
            return false;
        }
        sl_edits_add(edits, run,
                     (struct sl_edit){.off = (uint32_t)off,
                                      .len = (uint32_t)target->touch.name.len,
                                      .text = replacement(target, bytes, off, run)});
        if (is_view && use->is_result)
            keep_name(target, bytes, off, run, edits);
    }
    if (edits->len == 0)
        *reason = SL_STR("it does not name the column itself");
    return edits->len > 0;
}

bool sl_repoint_report(const struct sl_plan_target *target, const struct sl_plan_report *report, sl_str bytes,
                       struct sl_arena *run, struct sl_edits *edits, sl_str *reason)
{
    struct sl_edits found = {0};
    if (report->n_source_bytes != bytes.len) {
        *reason = SL_STR("the file has changed since it was read");
        return false;
    }
    if (!add_edits(target, report, bytes, run, &found, reason))
        return false;
    *edits = found;
    return true;
}

sl_str sl_repoint_doubt(const struct sl_plan_target *target, const struct sl_plan_report *report, struct sl_arena *run)
{
    if (!report->is_select)
        return SL_STR("it is no plain query");
    if (report->is_grouped_in_memory)
        return SL_STR("it is grouped in the program, which may use the old name there");
    if (report->renames_result)
        return sl_arena_printf(run, "its result column %.*s changes its name", SL_STR_ARG(target->touch.name));
    if (report->reads_other_states)
        return sl_arena_printf(run, "it does not test %.*s alone: rows without the event leave the count",
                               SL_STR_ARG(target->when.text));
    for (size_t i = 0; i < report->uses.len; i++) {
        if (!report->uses.items[i].is_exact)
            return sl_arena_printf(run, "which table %.*s at line %u belongs to is not certain",
                                   SL_STR_ARG(target->touch.name), report->uses.items[i].line);
    }
    return SL_STR_EMPTY;
}

/* A log's query has no places in a file: every token that is the column's name. */
static sl_str repoint_tokens(const struct sl_plan_target *target, sl_str text, struct sl_arena *run)
{
    struct sl_sql_mode mode = {.dialect = target->dialect};
    struct sl_tokens tokens = {0};
    struct sl_edits edits = {0};
    sl_lex(text, &mode, run, &tokens);
    for (uint32_t i = 0; i < tokens.len; i++) {
        const struct sl_token *token = &tokens.items[i];
        bool is_name = token->kind == SL_TOK_WORD || token->kind == SL_TOK_QUOTED;
        if (is_name && sl_str_eq_nocase(sl_lex_decode(text, token, run), target->touch.name))
            sl_edits_add(
                &edits, run,
                (struct sl_edit){.off = token->off,
                                 .len = token->len,
                                 .text = token->kind == SL_TOK_QUOTED
                                             ? sl_plan_quote_name(target->dialect, target->event, run)
                                             : sl_plan_quote_name_if_needed(target->dialect, target->event, run)});
    }
    return edits.len ? sl_edits_apply(text, &edits, run) : SL_STR_EMPTY;
}

sl_str sl_repoint_text(const struct sl_plan_target *target, const struct sl_plan_report *report, struct sl_arena *run)
{
    if (!is_in_file(report) && !sl_str_eq(report->source_kind, SL_STR("migration")) &&
        !sl_str_eq(report->source_kind, SL_STR("schema")))
        return repoint_tokens(target, report->text, run);
    sl_str bytes;
    struct sl_error err;
    struct sl_edits edits = {0};
    sl_str reason;
    if (sl_file_read(report->path, run, &bytes, &err) != SL_OK ||
        !sl_repoint_report(target, report, bytes, run, &edits, &reason))
        return repoint_tokens(target, report->text, run);
    sl_str statement = sl_str_slice(bytes, report->off, report->len);
    for (size_t i = 0; i < edits.len; i++) {
        if (edits.items[i].off < report->off || edits.items[i].off >= report->off + report->len)
            return repoint_tokens(target, report->text, run);
        edits.items[i].off -= report->off;
    }
    return sl_edits_apply(statement, &edits, run);
}

static sl_str not_in_a_file(const struct sl_plan_report *report)
{
    return sl_str_eq(report->source_kind, SL_STR("query_log"))
               ? SL_STR("it comes from a log: repoint it where the application builds it")
               : SL_STR("it stands in a migration, which is history: make it again in a new one");
}

static void repair_report(const struct sl_plan_target *target, const struct sl_plan_report *report, bool only_safe,
                          struct sl_arena *run, struct sl_repairs *repairs, sl_str *reason)
{
    struct sl_error err;
    struct sl_edits edits = {0};
    sl_str doubt = sl_repoint_doubt(target, report, run);
    if (!is_in_file(report)) {
        *reason = not_in_a_file(report);
        return;
    }
    if (only_safe && doubt.len) {
        *reason = doubt;
        return;
    }
    struct sl_repair *repair = sl_repair_of(repairs, report->path, run, &err);
    if (!repair) {
        sl_str message = sl_str_from(err.message); /* without its full stop */
        *reason = sl_arena_copy(run, sl_str_slice(message, 0, message.len - sl_str_has_suffix(message, SL_STR("."))));
        return;
    }
    if (!sl_repoint_report(target, report, repair->old_bytes, run, &edits, reason))
        return;
    for (size_t i = 0; i < edits.len; i++)
        sl_edits_add(&repair->edits, run, edits.items[i]);
    if (doubt.len)
        *SL_VEC_PUSH(run, &repair->unsafe) = sl_arena_printf(run, "line %u: %.*s", report->line, SL_STR_ARG(doubt));
}

void sl_repoint_find(const struct sl_plan_target *target, bool only_safe, struct sl_arena *run,
                     struct sl_repairs *repairs, struct sl_names *left_out)
{
    for (size_t i = 0; i < target->reports.len; i++) {
        const struct sl_plan_report *report = &target->reports.items[i];
        sl_str reason = SL_STR_EMPTY;
        repair_report(target, report, only_safe, run, repairs, &reason);
        if (reason.len)
            *SL_VEC_PUSH(run, left_out) = sl_arena_printf(run, "%.*s:%u is left as it is: %.*s.",
                                                          SL_STR_ARG(report->path), report->line, SL_STR_ARG(reason));
    }
    sl_repairs_complete(repairs, run);
}
