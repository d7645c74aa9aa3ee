/* markdown: for a pull request's comment or a job's summary. It closes with the review list: the destructive and the
 * touch-moving statements, what their author checked, and what the reviewer is asked to check. */
#include "report/escape.h"
#include "report/report_private.h"

static const char head_sql[] =
    "SELECT (SELECT count(*) FROM finding WHERE status = 'shown' AND severity = 'error'),"
    " (SELECT count(*) FROM finding WHERE status = 'shown' AND severity = 'warning'),"
    " (SELECT count(*) FROM finding WHERE status = 'shown' AND severity = 'note'), sources, statements, \"distinct\","
    " not_understood FROM coverage";

enum finding_column { SEVERITY, RULE, NAME, PATH, LINE, MESSAGE, ADVICE, FRAME, ID };
static const char findings_sql[] =
    "SELECT f.severity, f.rule, f.name, f.path, f.line, f.message, f.advice, f.frame, f.finding_id"
    " FROM finding AS f WHERE f.status = 'shown'"
    " ORDER BY CASE f.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END," SL_REPORT_WORST
    " f.path, f.line, f.col, f.rule,"
    " f.finding_id";
static const char evidence_sql[] =
    "SELECT coalesce(detail, kind) FROM finding_evidence WHERE finding_id = ?1 ORDER BY ordinal";
static const char affects_sql[] = "SELECT path || ':' || line || coalesce(', ' || app_location, '') || iif(calls IS "
                                  "NULL, '', ' (' || calls || iif(calls = 1, ' call)', ' calls)'))"
                                  " FROM finding_affects WHERE finding_id = ?1"
                                  " ORDER BY calls IS NULL, calls DESC, path, line, col LIMIT 20";

/* A row for each reason to look at a statement of the change: what it destroys, overwrites or moves. Application code
 * that writes one row does its work; a script that does so repairs something. */
#define REASONS                                                                                                        \
    "WITH reason AS ("                                                                                                 \
    " SELECT statement_id, iif(what = 'update_all', 'rewrites', 'destroys') AS kind,"                                  \
    "  iif(what = 'update_all', subject, replace(what, '_', ' ') || ' ' || subject) AS what,"                          \
    "  NULL AS column_id FROM destructive_statement WHERE NOT is_temporary"                                            \
    " UNION SELECT e.statement_id, 'moves', t.name || '.' || c.name, c.column_id"                                      \
    "  FROM write_effect AS e JOIN db_column AS c USING (column_id) JOIN db_table AS t ON t.table_id = c.table_id"     \
    "  JOIN write AS w ON w.statement_id = e.statement_id AND w.table_id = e.table_id"                                 \
    "  JOIN statement AS s ON s.statement_id = e.statement_id JOIN source USING (source_id)"                           \
    "  WHERE e.moves AND c.role = 'row_touch' AND w.verb <> 'insert'"                                                  \
    "   AND (w.scale <> 'row' OR source.kind <> 'code')),"                                                             \
    " reader AS (SELECT p.column_id, source.path, q.line, max(q.calls) AS calls FROM report_on_touch AS p"             \
    "  JOIN statement AS q USING (statement_id) JOIN source USING (source_id) GROUP BY 1, 2, 3),"                      \
    " looked_at AS (SELECT r.*, source.path, s.line FROM reason AS r JOIN statement AS s USING (statement_id)"         \
    "  JOIN source USING (source_id) WHERE source.is_reported AND source.kind IN ('migration', 'sql', 'code')"         \
    "  AND s.is_changed)"
#define READERS(limit)                                                                                                 \
    "(SELECT group_concat(place, ', ') FROM (SELECT '`' || replace(path, '|', '\\|') || '` line ' || line AS place "   \
    "FROM reader"                                                                                                      \
    "  WHERE reader.column_id = r.column_id ORDER BY calls DESC, path, line LIMIT " limit "))"

enum review_column { REVIEW_PATH, REVIEW_LINE, REVIEW_KIND, REVIEW_WHAT, REVIEW_ACK, REVIEW_READERS };
static const char review_sql[] =
    REASONS " SELECT r.path, r.line, r.kind, r.what,"
            "  (SELECT group_concat(reason, '; ') FROM ignore WHERE ignore.kind = 'ack' AND ignore.statement_id = "
            "r.statement_id)," READERS(
                "5") " FROM looked_at AS r ORDER BY r.kind <> 'destroys' AND r.column_id IS NOT NULL"
                     " AND r.column_id NOT IN (SELECT column_id FROM reader), r.path, r.line, r.kind, r.what";

enum moved_column { MOVED_WHAT, MOVED_BY, MOVED_READERS, MOVED_MORE };
static const char moved_sql[] =
    REASONS " SELECT r.what, group_concat(DISTINCT '`' || replace(r.path, '|', '\\|') || '` line ' || r.line)," READERS(
        "8") ","
             "  (SELECT count(*) FROM reader WHERE reader.column_id = r.column_id) - 8"
             " FROM looked_at AS r WHERE r.kind = 'moves' AND r.column_id IN (SELECT column_id FROM reader)"
             " GROUP BY r.column_id ORDER BY r.what";

struct markdown {
    struct sl_graph *graph;
    struct sl_buf *out;
    struct sl_query *evidence, *affects, *log;
    const struct sl_report_options *options;
    uint64_t n_reviews, n_moved;
};

static void add_code(struct sl_buf *out, sl_str text)
{
    sl_buf_add_byte(out, '`');
    struct sl_buf escaped = {0};
    sl_escape_line(text, &escaped);
    for (size_t i = 0; i < escaped.len; i++)
        sl_buf_add_byte(out, escaped.bytes[i] == '`' ? '\'' : escaped.bytes[i]);
    sl_buf_release(&escaped);
    sl_buf_add_byte(out, '`');
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static enum sl_status add_head(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct sl_buf *out = ((struct markdown *)context)->out;
    int64_t n_errors = sl_query_int(row, 0);
    int64_t n_warnings = sl_query_int(row, 1);
    int64_t n_notes = sl_query_int(row, 2);
    sl_str scope = ((struct markdown *)context)->options->scope;
    sl_buf_add(out, SL_STR("## stamplint\n\n"));
    if (n_errors + n_warnings + n_notes == 0)
        sl_buf_add(out, SL_STR("No findings"));
    else
        sl_buf_add_printf(out, "%lld error%s, %lld warning%s, %lld note%s", (long long)n_errors, plural(n_errors),
                          (long long)n_warnings, plural(n_warnings), (long long)n_notes, plural(n_notes));
    if (scope.len)
        sl_buf_add_byte(out, ' ');
    sl_escape_markdown(scope, out);
    sl_buf_add(out, SL_STR(".\n"));
    sl_buf_add_printf(out, "\nRead: %lld sources, %lld statements, %lld distinct, %lld not understood.\n",
                      (long long)sl_query_int(row, 3), (long long)sl_query_int(row, 4), (long long)sl_query_int(row, 5),
                      (long long)sl_query_int(row, 6));
    return SL_OK;
}

/* A fence that is longer than any run of backticks inside. */
static void add_fenced(struct sl_buf *out, sl_str language, sl_str text)
{
    size_t longest = 2;
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    struct sl_buf fence = {0};
    for (size_t i = 0; i <= longest; i++)
        sl_buf_add_byte(&fence, '`');
    sl_buf_add(out, sl_buf_str(&fence));
    sl_buf_add(out, language);
    sl_buf_add_byte(out, '\n');
    sl_str line;
    for (int n = 0; sl_str_next_line(&text, &line) && n < 8; n++) {
        sl_escape_frame(line, out);
        sl_buf_add_byte(out, '\n');
    }
    sl_buf_add(out, sl_buf_str(&fence));
    sl_buf_add_byte(out, '\n');
    sl_buf_release(&fence);
}

static enum sl_status add_items(struct markdown *markdown, struct sl_query *query, const char *label, int64_t id,
                                struct sl_error *err)
{
    sl_query_reset(query);
    sl_query_bind_int(query, 1, id);
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    while (has_row) {
        sl_buf_add_printf(markdown->out, "- %s: ", label);
        sl_escape_markdown(sl_query_str(query, 0), markdown->out);
        sl_buf_add_byte(markdown->out, '\n');
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    return SL_OK;
}

static enum sl_status add_log(struct markdown *markdown, int64_t id, struct sl_error *err)
{
    sl_query_reset(markdown->log);
    sl_query_bind_int(markdown->log, 1, id);
    bool has_row = false;
    SL_TRY(sl_query_step(markdown->log, &has_row, err));
    for (int i = 0; has_row && sl_report_log_labels[i]; i++) {
        sl_str what = sl_query_str(markdown->log, i);
        if (what.len == 0)
            continue;
        sl_buf_add_printf(markdown->out, "- %s: ", sl_report_log_labels[i]);
        sl_escape_markdown(what, markdown->out);
        sl_buf_add_byte(markdown->out, '\n');
    }
    return SL_OK;
}

/* A sentence a line → a list. */
static enum sl_status add_log_coverage(struct markdown *markdown, struct sl_error *err)
{
    struct sl_buf text = {0};
    enum sl_status status = sl_report_log_coverage(markdown->graph, &text, err);
    if (text.len)
        sl_buf_add(markdown->out, SL_STR("\n### Coverage\n\n"));
    sl_str rest = sl_buf_str(&text), line;
    while (sl_str_next_line(&rest, &line)) {
        sl_buf_add(markdown->out, SL_STR("- "));
        sl_escape_markdown(line, markdown->out);
        sl_buf_add_byte(markdown->out, '\n');
    }
    sl_buf_release(&text);
    return status;
}

static enum sl_status add_finding(void *context, const struct sl_query *row, struct sl_error *err)
{
    struct markdown *markdown = context;
    struct sl_buf *out = markdown->out;
    sl_buf_add_printf(out, "\n### %.*s ", SL_STR_ARG(sl_query_str(row, SEVERITY)));
    sl_escape_markdown(sl_query_str(row, RULE), out);
    sl_buf_add(out, SL_STR(": "));
    sl_escape_markdown(sl_query_str(row, MESSAGE), out);
    sl_buf_add(out, SL_STR("\n\n"));
    add_code(out, sl_query_str(row, PATH));
    sl_buf_add_printf(out, " line %lld", (long long)sl_query_int(row, LINE));
    sl_buf_add(out, SL_STR("\n\n"));
    if (!sl_query_is_null(row, FRAME)) {
        add_fenced(out, SL_STR(""), sl_query_str(row, FRAME));
        sl_buf_add_byte(out, '\n');
    }
    SL_TRY(add_items(markdown, markdown->evidence, "evidence", sl_query_int(row, ID), err));
    SL_TRY(add_log(markdown, sl_query_int(row, ID), err));
    SL_TRY(add_items(markdown, markdown->affects, "affects", sl_query_int(row, ID), err));
    sl_buf_add(out, SL_STR("- next: "));
    sl_escape_markdown(sl_query_str(row, ADVICE), out);
    sl_buf_add_byte(out, '\n');
    return SL_OK;
}

/* What a statement does, before its object. */
static const char *review_words(sl_str kind)
{
    if (sl_str_eq(kind, SL_STR("destroys")))
        return "loses data:";
    return sl_str_eq(kind, SL_STR("rewrites")) ? "rewrites every row of" : "moves";
}

static void add_question(struct sl_buf *out, const struct sl_query *row)
{
    sl_str kind = sl_query_str(row, REVIEW_KIND);
    if (sl_str_eq(kind, SL_STR("destroys"))) {
        sl_buf_add(out, SL_STR("Does anything still read it, and how would it be brought back?"));
    } else if (sl_str_eq(kind, SL_STR("rewrites"))) {
        sl_buf_add(out, SL_STR("Is every row meant, and how long is the table locked?"));
    } else if (sl_query_is_null(row, REVIEW_READERS)) {
        sl_buf_add(out, SL_STR("Nothing that was read counts days of it. Does anything outside of this repository?"));
    } else {
        sl_buf_add(out, SL_STR("May the numbers of these change? "));
        sl_escape_markdown(sl_query_str(row, REVIEW_READERS), out);
    }
}

#define MAX_REVIEWS 30 /* where no change was asked for */

static enum sl_status add_review(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct markdown *markdown = context;
    struct sl_buf *out = markdown->out;
    bool is_change = markdown->options->scope.len > 0;
    if (markdown->n_reviews++ == 0)
        sl_buf_add_printf(out, "\n### Review list\n\nStatements%s that destroy data or move last-write times.\n\n",
                          is_change ? " of this change" : "");
    if (!is_change && markdown->n_reviews > MAX_REVIEWS) /* nobody reviews a whole project by a list */
        return SL_OK;
    sl_buf_add(out, SL_STR("- [ ] "));
    add_code(out, sl_query_str(row, REVIEW_PATH));
    sl_buf_add_printf(out, " line %lld %s ", (long long)sl_query_int(row, REVIEW_LINE),
                      review_words(sl_query_str(row, REVIEW_KIND)));
    add_code(out, sl_query_str(row, REVIEW_WHAT));
    sl_buf_add(out, SL_STR("  \n  Author checked: "));
    if (sl_query_is_null(row, REVIEW_ACK))
        sl_buf_add(out, SL_STR("*nothing is said* (`-- stamplint-ack: who, what was checked`)"));
    else
        sl_escape_markdown(sl_query_str(row, REVIEW_ACK), out);
    sl_buf_add(out, SL_STR("  \n  Reviewer: "));
    add_question(out, row);
    sl_buf_add_byte(out, '\n');
    return SL_OK;
}

/* Reports whose past a statement of the change moves, one row a column. */
static enum sl_status add_moved(void *context, const struct sl_query *row, struct sl_error *err)
{
    (void)err;
    struct markdown *markdown = context;
    struct sl_buf *out = markdown->out;
    if (markdown->n_moved++ == 0)
        sl_buf_add(out,
                   SL_STR("\n### What it moves\n\n| last-write column | moved by | so these reports change their past "
                          "|\n|---|---|---|\n"));
    sl_buf_add(out, SL_STR("| "));
    add_code(out, sl_query_str(row, MOVED_WHAT));
    sl_buf_add(out, SL_STR(" | "));
    sl_escape_markdown(sl_query_str(row, MOVED_BY), out);
    sl_buf_add(out, SL_STR(" | "));
    sl_escape_markdown(sl_query_str(row, MOVED_READERS), out);
    if (sl_query_int(row, MOVED_MORE) > 0)
        sl_buf_add_printf(out, " and %lld more", (long long)sl_query_int(row, MOVED_MORE));
    sl_buf_add(out, SL_STR(" |\n"));
    return SL_OK;
}

static void add_first_step(struct markdown *markdown)
{
    const struct sl_report_options *options = markdown->options;
    struct sl_buf *out = markdown->out;
    if (!options->plan_script.len)
        return;
    sl_buf_add(out, SL_STR("\n### The way out begins with\n\n"));
    sl_escape_markdown(options->plan_title, out);
    sl_buf_add(out, SL_STR(":\n\n"));
    add_fenced(out, SL_STR("sql"), options->plan_script);
    struct sl_buf command = {0};
    sl_buf_add_printf(&command, "stamplint plan %.*s", SL_STR_ARG(options->plan_subject));
    sl_buf_add(out, SL_STR("\nAll of its steps: "));
    add_code(out, sl_buf_str(&command));
    sl_buf_add(out, SL_STR("\n"));
    sl_buf_release(&command);
}

static enum sl_status add_all(struct markdown *markdown, struct sl_error *err)
{
    struct sl_graph *graph = markdown->graph;
    SL_TRY(sl_query_prepare(graph, SL_STR(evidence_sql), &markdown->evidence, err));
    SL_TRY(sl_query_prepare(graph, SL_STR(affects_sql), &markdown->affects, err));
    SL_TRY(sl_report_each(graph, SL_STR(head_sql), add_head, markdown, err));
    SL_TRY(sl_query_prepare(graph, sl_str_from(sl_report_log_sql), &markdown->log, err));
    SL_TRY(sl_report_each(graph, SL_STR(findings_sql), add_finding, markdown, err));
    SL_TRY(sl_report_each(graph, SL_STR(moved_sql), add_moved, markdown, err));
    add_first_step(markdown);
    SL_TRY(add_log_coverage(markdown, err));
    SL_TRY(sl_report_each(graph, SL_STR(review_sql), add_review, markdown, err));
    if (markdown->options->scope.len == 0 && markdown->n_reviews > MAX_REVIEWS)
        sl_buf_add_printf(markdown->out, "\nAnd %llu more; `--changed-since` lists those of a change alone.\n",
                          (unsigned long long)(markdown->n_reviews - MAX_REVIEWS));
    return SL_OK;
}

enum sl_status sl_report_markdown(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                                  struct sl_error *err)
{
    struct markdown markdown = {.graph = graph, .out = out, .options = options};
    enum sl_status status = add_all(&markdown, err);
    sl_query_close(markdown.evidence);
    sl_query_close(markdown.affects);
    sl_query_close(markdown.log);
    return status;
}
