/* text: for people in a terminal. */
#include <stdio.h>

#include "report/escape.h"
#include "report/report_private.h"

enum tint { TINT_NONE, TINT_BOLD, TINT_ERROR, TINT_WARNING, TINT_NOTE, TINT_GUTTER };
static const char *const tints[] = {"", "\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;36m", "\033[34m"};

struct text {
    const struct sl_report_options *options;
    struct sl_buf *out;
    struct sl_query *findings, *evidence, *affects, *log;
    uint32_t gutter; /* columns of the frame's line numbers */
};

enum column {
    FINDING_ID,
    PATH,
    LINE,
    COL,
    END_LINE,
    END_COL,
    SEVERITY,
    MESSAGE,
    RULE,
    NAME,
    SUMMARY,
    ADVICE,
    FRAME,
    FRAME_LINE,
    CALLS,
    TOTAL_US,
    FRAME_COL,
};
static const char findings_sql[] =
    "SELECT f.finding_id, f.path, f.line, f.col, f.end_line, f.end_col, f.severity, f.message, f.rule, f.name,"
    " r.summary, f.advice, f.frame, f.frame_line, f.calls, f.total_us, f.frame_col"
    " FROM finding AS f LEFT JOIN rule AS r ON r.rule_id = f.rule WHERE f.status = 'shown'"
    /* of a log the worst first: by severity, then by what it cost */
    " ORDER BY f.calls IS NOT NULL, CASE WHEN f.calls IS NULL THEN 0 WHEN f.severity = 'error' THEN 1"
    "  WHEN f.severity = 'warning' THEN 2 ELSE 3 END," SL_REPORT_WORST " f.path, f.line, f.col, f.rule, f.finding_id";
static const char evidence_sql[] =
    "SELECT coalesce(detail, kind) FROM finding_evidence WHERE finding_id = ?1 ORDER BY ordinal";
static const char affects_sql[] =
    "SELECT path, line, calls, app_location, printf('%,d', calls) FROM finding_affects WHERE finding_id = ?1"
    " ORDER BY calls IS NULL, calls DESC, path, line, col";

static void tint(const struct text *text, enum tint which)
{
    if (text->options->has_color)
        sl_buf_add(text->out, sl_str_from(tints[which]));
}

static void untint(const struct text *text)
{
    if (text->options->has_color)
        sl_buf_add(text->out, SL_STR("\033[0m"));
}

static enum tint severity_tint(sl_str severity)
{
    return sl_str_eq(severity, SL_STR("error"))     ? TINT_ERROR
           : sl_str_eq(severity, SL_STR("warning")) ? TINT_WARNING
                                                    : TINT_NOTE;
}

static void add_head(const struct text *text)
{
    const struct sl_query *row = text->findings;
    sl_str severity = sl_query_str(row, SEVERITY);
    tint(text, TINT_BOLD);
    sl_escape_line(sl_query_str(row, PATH), text->out);
    sl_buf_add_printf(text->out, ":%lld:%lld: ", (long long)sl_query_int(row, LINE), (long long)sl_query_int(row, COL));
    untint(text);
    tint(text, severity_tint(severity));
    sl_buf_add_printf(text->out, "%.*s:", SL_STR_ARG(severity));
    untint(text);
    tint(text, TINT_BOLD);
    sl_buf_add_byte(text->out, ' ');
    sl_escape_line(sl_query_str(row, MESSAGE), text->out);
    untint(text);
    sl_buf_add(text->out, SL_STR(" ["));
    sl_escape_line(sl_query_str(row, RULE), text->out);
    sl_buf_add_byte(text->out, ' ');
    sl_escape_line(sl_query_str(row, NAME), text->out);
    sl_buf_add(text->out, SL_STR("]\n"));
}

static void add_gutter(const struct text *text, int64_t line)
{
    tint(text, TINT_GUTTER);
    if (line)
        sl_buf_add_printf(text->out, "%*lld | ", (int)text->gutter, (long long)line);
    else
        sl_buf_add_printf(text->out, "%*s | ", (int)text->gutter, "");
    untint(text);
}

/* Bytes of the first n characters. */
static size_t characters_len(sl_str s, uint64_t n)
{
    size_t i = 0;
    for (; i < s.len && n > 0; n--) {
        i++;
        while (i < s.len && ((unsigned char)s.ptr[i] & 0xc0) == 0x80)
            i++;
    }
    return i;
}

/* Of a long line only what fits around the span is shown: bytes [*from, *to). */
static void find_window(const struct text *text, sl_str line, size_t start, size_t *from, size_t *to)
{
    *from = 0;
    *to = line.len;
    size_t room = text->options->width > text->gutter + 20 ? text->options->width - text->gutter - 4 : 0;
    if (room == 0 || sl_escape_frame_width(line) <= room)
        return;
    if (start > room / 2)
        *from = start - room / 2;
    while (*from > 0 && ((unsigned char)line.ptr[*from] & 0xc0) == 0x80)
        (*from)--;
    while (*to > *from + 1 && sl_escape_frame_width(sl_str_slice(line, *from, *to - *from)) > room)
        do
            (*to)--;
        while (*to > *from + 1 && ((unsigned char)line.ptr[*to] & 0xc0) == 0x80);
}

/* One source line of the frame and the marks under its bytes [start, end). */
static void add_frame_line(const struct text *text, int64_t number, sl_str line, size_t start, size_t end)
{
    size_t from = 0;
    size_t to = line.len;
    find_window(text, line, start, &from, &to);
    add_gutter(text, number);
    sl_escape_frame(sl_str_slice(line, from, to - from), text->out);
    sl_buf_add_byte(text->out, '\n');
    if (start >= end)
        return;
    end = end > to ? to : end;
    uint32_t before = sl_escape_frame_width(sl_str_slice(line, from, start - from));
    uint32_t under = end > start ? sl_escape_frame_width(sl_str_slice(line, from, end - from)) - before : 1;
    add_gutter(text, 0);
    sl_buf_add_printf(text->out, "%*s", (int)before, "");
    tint(text, severity_tint(sl_query_str(text->findings, SEVERITY)));
    for (uint32_t i = 0; i < (under ? under : 1); i++)
        sl_buf_add_byte(text->out, '^');
    untint(text);
    sl_buf_add_byte(text->out, '\n');
}

static uint64_t distance(int64_t from, int64_t to)
{
    return to > from ? (uint64_t)(to - from) : 0;
}

/* Of a place of several lines the first is marked. */
#define MAX_FRAME_LINES 4

static void add_frame(const struct text *text)
{
    const struct sl_query *row = text->findings;
    if (sl_query_is_null(row, FRAME))
        return;
    sl_str rest = sl_query_str(row, FRAME);
    int64_t number = sl_query_int(row, FRAME_LINE);
    int64_t first = sl_query_int(row, LINE);
    int64_t last = sl_query_int(row, END_LINE);
    add_gutter(text, 0);
    while (text->out->len && text->out->bytes[text->out->len - 1] == ' ')
        text->out->len--;
    sl_buf_add_byte(text->out, '\n');
    sl_str line;
    for (int n = 0; sl_str_next_line(&rest, &line); number++, n++) {
        if (n == MAX_FRAME_LINES) {
            add_gutter(text, 0);
            sl_buf_add(text->out, SL_STR("...\n"));
            break;
        }
        if (number != first) {
            add_frame_line(text, number, line, 0, 0);
            continue;
        }
        int64_t base = sl_query_int(row, FRAME_COL);
        size_t start = characters_len(line, distance(base, sl_query_int(row, COL)));
        size_t end = first == last ? characters_len(line, distance(base, sl_query_int(row, END_COL))) : line.len;
        add_frame_line(text, number, line, start, end > start ? end : start + 1);
    }
}

static void add_label(const struct text *text, const char *label)
{
    tint(text, TINT_GUTTER);
    sl_buf_add_printf(text->out, "%*s = ", (int)text->gutter, "");
    untint(text);
    tint(text, TINT_BOLD);
    sl_buf_add_printf(text->out, "%s: ", label);
    untint(text);
}

static void add_note(const struct text *text, const char *label, sl_str what)
{
    if (what.len == 0)
        return;
    add_label(text, label);
    sl_escape_line(what, text->out);
    sl_buf_add_byte(text->out, '\n');
}

static enum sl_status add_evidence(const struct text *text, struct sl_error *err)
{
    sl_query_reset(text->evidence);
    sl_query_bind_int(text->evidence, 1, sl_query_int(text->findings, FINDING_ID));
    bool has_row = false;
    SL_TRY(sl_query_step(text->evidence, &has_row, err));
    while (has_row) {
        add_note(text, "evidence", sl_query_str(text->evidence, 0));
        SL_TRY(sl_query_step(text->evidence, &has_row, err));
    }
    return SL_OK;
}

#define MAX_AFFECTS 10

static enum sl_status add_affects(const struct text *text, struct sl_error *err)
{
    sl_query_reset(text->affects);
    sl_query_bind_int(text->affects, 1, sl_query_int(text->findings, FINDING_ID));
    bool has_row = false;
    uint32_t n = 0;
    SL_TRY(sl_query_step(text->affects, &has_row, err));
    for (; has_row; n++) {
        if (n < MAX_AFFECTS) {
            add_label(text, "affects");
            sl_escape_line(sl_query_str(text->affects, 0), text->out);
            sl_buf_add_printf(text->out, ":%lld", (long long)sl_query_int(text->affects, 1));
            if (!sl_query_is_null(text->affects, 3)) {
                sl_buf_add(text->out, SL_STR(", "));
                sl_escape_line(sl_query_str(text->affects, 3), text->out);
            }
            if (!sl_query_is_null(text->affects, 2))
                sl_buf_add_printf(text->out, " (%.*s call%s)", SL_STR_ARG(sl_query_str(text->affects, 4)),
                                  sl_query_int(text->affects, 2) == 1 ? "" : "s");
            sl_buf_add_byte(text->out, '\n');
        }
        SL_TRY(sl_query_step(text->affects, &has_row, err));
    }
    if (n > MAX_AFFECTS) {
        add_label(text, "affects");
        sl_buf_add_printf(text->out, "and %u more\n", n - MAX_AFFECTS);
    }
    return SL_OK;
}

/* What the log says of the statement: calls and time with their shares, who ran it, from where. */
static enum sl_status add_log(const struct text *text, struct sl_error *err)
{
    if (sl_query_is_null(text->findings, CALLS))
        return SL_OK;
    sl_query_reset(text->log);
    sl_query_bind_int(text->log, 1, sl_query_int(text->findings, FINDING_ID));
    bool has_row = false;
    SL_TRY(sl_query_step(text->log, &has_row, err));
    if (!has_row)
        return SL_OK;
    for (int i = 0; sl_report_log_labels[i]; i++)
        add_note(text, sl_report_log_labels[i], sl_query_str(text->log, i));
    return SL_OK;
}

static enum sl_status add_finding(struct text *text, struct sl_error *err)
{
    const struct sl_query *row = text->findings;
    char number[24];
    text->gutter = 1 + (uint32_t)snprintf(number, sizeof number, "%lld", (long long)sl_query_int(row, END_LINE));
    add_head(text);
    add_frame(text);
    SL_TRY(add_evidence(text, err));
    SL_TRY(add_log(text, err));
    SL_TRY(add_affects(text, err));
    add_note(text, "why", sl_query_str(row, SUMMARY));
    add_note(text, "next", sl_query_str(row, ADVICE));
    sl_buf_add_byte(text->out, '\n');
    return SL_OK;
}

static enum sl_status add_findings(struct text *text, struct sl_graph *graph, struct sl_error *err)
{
    SL_TRY(sl_query_prepare(graph, SL_STR(findings_sql), &text->findings, err));
    SL_TRY(sl_query_prepare(graph, SL_STR(evidence_sql), &text->evidence, err));
    SL_TRY(sl_query_prepare(graph, SL_STR(affects_sql), &text->affects, err));
    SL_TRY(sl_query_prepare(graph, sl_str_from(sl_report_log_sql), &text->log, err));
    bool has_row = false;
    SL_TRY(sl_query_step(text->findings, &has_row, err));
    while (has_row) {
        SL_TRY(add_finding(text, err));
        SL_TRY(sl_query_step(text->findings, &has_row, err));
    }
    return SL_OK;
}

enum sl_status sl_report_text(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                              struct sl_error *err)
{
    struct text text = {.options = options, .out = out};
    enum sl_status status = add_findings(&text, graph, err);
    sl_query_close(text.findings);
    sl_query_close(text.evidence);
    sl_query_close(text.affects);
    sl_query_close(text.log);
    return status;
}
