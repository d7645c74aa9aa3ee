/* html: one self-contained page (page.html, embedded) with the data of this run inside. */
#include "base/embedded.h"
#include "report/report_private.h"

#define DATA_MARK "@DATA@"

/* What the page shows of a finding beside `--format json`'s fields. */
static const char extras_sql[] = "json_object('frame', f.frame, 'frame_line', f.frame_line, 'frame_column', "
                                 "f.frame_col, 'statement_line', (SELECT s.line FROM statement AS s"
                                 " WHERE s.statement_id = f.statement_id))";
static const char rules_sql[] =
    "SELECT json_group_object(rule_id, json_object('name', name, 'summary', summary)) FROM rule WHERE rule_id IN"
    " (SELECT rule FROM finding WHERE status = 'shown')";
static const char neighbours_sql[] =
    "SELECT json_object('subject', subject, 'direction', direction, 'kind', kind, 'path', path, 'line', line, 'calls',"
    " calls, 'label', label) FROM touch_neighbour ORDER BY subject, direction, calls IS NULL, calls DESC, path, line,"
    " statement_id";
static const char tables_sql[] =
    "SELECT json_group_object(name, json(columns)) FROM (SELECT name, json_group_array(json(o)) AS columns FROM"
    " (SELECT t.table_id, t.name, json_object('name', c.name, 'type', c.type, 'role', c.role) AS o FROM db_table AS t"
    "  JOIN db_column AS c USING (table_id) WHERE NOT c.is_dropped AND t.table_id IN (SELECT r.table_id"
    "   FROM row_touch_column AS r JOIN touch_neighbour USING (column_id)) ORDER BY t.name, t.table_id, c.column_id)"
    " GROUP BY name, table_id)";
static const char not_understood_sql[] =
    "SELECT json_object('path', source.path, 'line', d.line, 'message', d.message,"
    " 'text', CASE WHEN s.calls IS NOT NULL THEN substr(s.text, 1, 200) END) FROM diagnostic AS d"
    " JOIN source USING (source_id) LEFT JOIN statement AS s USING (statement_id) WHERE d.kind = 'not_understood' "
    "ORDER BY source.path, d.line, d.col, d.message";

/* JSON inside a <script>: "<" must not end it. */
static void add_script_json(sl_str json, struct sl_buf *out)
{
    for (size_t i = 0; i < json.len; i++) {
        unsigned char c = (unsigned char)json.ptr[i];
        if (c == '<' || c == '>' || c == '&')
            sl_buf_add_printf(out, "\\u%04x", c);
        else
            sl_buf_add_byte(out, json.ptr[i]);
    }
}

static enum sl_status add_field(struct sl_graph *graph, const char *name, sl_str sql, bool is_array, struct sl_buf *out,
                                struct sl_error *err)
{
    sl_buf_add_printf(out, ",\n\"%s\":%s", name, is_array ? "[\n" : "");
    SL_TRY(sl_report_add_rows(graph, sql, SL_STR(",\n"), out, err));
    if (is_array)
        sl_buf_add_byte(out, ']');
    return SL_OK;
}

/* The sentences about logs, as one JSON string. */
static enum sl_status add_coverage(struct sl_graph *graph, struct sl_buf *out, struct sl_error *err)
{
    struct sl_buf text = {0};
    enum sl_status status = sl_report_log_coverage(graph, &text, err);
    sl_buf_add(out, SL_STR(",\n\"coverage\":\""));
    for (size_t i = 0; i < text.len; i++) /* words and numbers of ours: only line ends need an escape */
        sl_buf_add(out, text.bytes[i] == '\n' ? SL_STR("\\n") : (sl_str){text.bytes + i, 1});
    sl_buf_add_byte(out, '"');
    sl_buf_release(&text);
    return status;
}

static enum sl_status add_data(struct sl_graph *graph, struct sl_buf *out, struct sl_error *err)
{
    struct sl_buf sql = {0};
    sl_buf_add_printf(&sql, "SELECT %s FROM coverage AS c", sl_report_summary_json);
    sl_buf_add(out, SL_STR("{\"version\":\"" SL_VERSION "\""));
    enum sl_status status = add_field(graph, "summary", sl_buf_str(&sql), false, out, err);
    sl_buf_reset(&sql);
    /* json_patch would drop fields that are null: the two objects are joined as text. */
    sl_buf_add_printf(&sql,
                      "SELECT substr(a, 1, length(a) - 1) || ',' || substr(b, 2) FROM (SELECT %s AS a, %s AS b"
                      "%s%s)",
                      sl_report_finding_json, extras_sql, SL_REPORT_SHOWN, SL_REPORT_ORDER);
    if (status == SL_OK)
        status = add_field(graph, "findings", sl_buf_str(&sql), true, out, err);
    sl_buf_release(&sql);
    if (status != SL_OK)
        return status;
    SL_TRY(add_coverage(graph, out, err));
    SL_TRY(add_field(graph, "rules", SL_STR(rules_sql), false, out, err));
    SL_TRY(add_field(graph, "neighbours", SL_STR(neighbours_sql), true, out, err));
    SL_TRY(add_field(graph, "tables", SL_STR(tables_sql), false, out, err));
    SL_TRY(add_field(graph, "not_understood", SL_STR(not_understood_sql), true, out, err));
    sl_buf_add(out, SL_STR("}\n"));
    return SL_OK;
}

enum sl_status sl_report_html(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                              struct sl_error *err)
{
    (void)options;
    sl_str page = {sl_embedded_page[0].bytes, sl_embedded_page[0].len};
    size_t mark = sl_str_find(page, SL_STR(DATA_MARK));
    struct sl_buf json = {0};
    enum sl_status status = add_data(graph, &json, err);
    if (status == SL_OK) {
        sl_buf_add(out, sl_str_slice(page, 0, mark));
        add_script_json(sl_buf_str(&json), out);
        sl_buf_add(out, sl_str_slice(page, mark + sizeof DATA_MARK - 1, SIZE_MAX));
    }
    sl_buf_release(&json);
    return status;
}
