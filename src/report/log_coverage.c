/* What the readers of logs counted, as sentences: for standard error, Markdown and the HTML page. */
#include <stdio.h>

#include "report/report_private.h"

static const char counts_sql[] =
    "SELECT coalesce(sum(entries), 0), coalesce(sum(statements), 0), "
    " (SELECT count(DISTINCT fingerprint) FROM statement WHERE role = 'main' AND calls IS NOT NULL),"
    " coalesce(sum(failed), 0), coalesce(sum(administrative), 0), coalesce(sum(parse_bind), 0),"
    " coalesce(sum(cached), 0), coalesce(sum(repeated), 0), coalesce(sum(empty), 0), coalesce(sum(duplicates), 0),"
    " coalesce(sum(truncated), 0), coalesce(sum(ambiguous), 0), coalesce(sum(unknown_lines), 0),"
    " coalesce(sum(skipped_bytes), 0), coalesce(sum(damaged), 0), coalesce(sum(shapes_dropped), 0), count(*)"
    " FROM log_coverage";

enum sentence { READ, SKIPPED, DAMAGE };
static const char *const heads[] = {[READ] = "log", [SKIPPED] = "skipped", [DAMAGE] = "damage"};

/* One for each column of counts_sql but the last. Counts of 0 are left out, but for the first two. */
static const struct {
    enum sentence sentence;
    const char *one, *many;
} counts[] = {
    {READ, "entry", "entries"},
    {READ, "statement", "statements"},
    {READ, "distinct shape", "distinct shapes"},
    {READ, "failed", "failed"},
    {SKIPPED, "administrative command", "administrative commands"},
    {SKIPPED, "parse or bind", "parses and binds"},
    {SKIPPED, "answer from a cache", "answers from a cache"},
    {SKIPPED, "copy of a statement (plan, audit line)", "copies of statements (plans, audit lines)"},
    {SKIPPED, "empty statement", "empty statements"},
    {SKIPPED, "file that holds what another holds", "files that hold what others hold"},
    {DAMAGE, "statement cut off", "statements cut off"},
    {DAMAGE, "ambiguous entry", "ambiguous entries"},
    {DAMAGE, "line not understood", "lines not understood"},
    {DAMAGE, "byte passed over", "bytes passed over"},
    {DAMAGE, "compressed file broken", "compressed files broken"},
    {DAMAGE, "statement beyond the limit of distinct shapes: counted, not analysed",
     "statements beyond the limit of distinct shapes: counted, not analysed"},
};
#define N_COUNTS ((int)(sizeof counts / sizeof counts[0]))

/* 1234567 → 1,234,567 */
static void add_number(struct sl_buf *out, int64_t n)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < len; i++) {
        sl_buf_add_byte(out, digits[i]);
        if (i + 1 < len && (len - i - 1) % 3 == 0 && digits[i] != '-')
            sl_buf_add_byte(out, ',');
    }
}

static enum sl_status add_sentences(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct sl_buf *out = context;
    if (sl_query_int(row, N_COUNTS) == 0)
        return SL_OK;
    int open = -1;
    for (int i = 0; i < N_COUNTS; i++) {
        int64_t n = sl_query_int(row, i);
        if (n == 0 && i >= 2)
            continue;
        if (open == (int)counts[i].sentence)
            sl_buf_add(out, SL_STR(", "));
        else
            sl_buf_add_printf(out, "%s%s: ", open < 0 ? "" : "\n", heads[counts[i].sentence]);
        open = (int)counts[i].sentence;
        add_number(out, n);
        sl_buf_add_printf(out, " %s", n == 1 ? counts[i].one : counts[i].many);
    }
    sl_buf_add_byte(out, '\n');
    return SL_OK;
}

enum sl_status sl_report_log_coverage(struct sl_graph *graph, struct sl_buf *out, struct sl_error *err)
{
    return sl_report_each(graph, SL_STR(counts_sql), add_sentences, out, err);
}
