/* sarif: SARIF 2.1.0 (OASIS), with what GitHub code scanning asks for. */
#include "report/report_private.h"

#define RULE_URL "https://github.com/stamplint/stamplint/blob/main/rules/"

/* An artifact's place; srcroot only for a relative path, as an absolute one says where it is. */
#define ARTIFACT(path)                                                                                                 \
    "json_patch(json_object('uri', sl_uri(" path ")),"                                                                 \
    " iif(substr(" path ", 1, 1) = '/', '{}', '{\"uriBaseId\":\"%SRCROOT%\"}'))"

#define RULES_SQL                                                                                                      \
    "SELECT json_object('id', r.rule_id, 'name', r.name, 'shortDescription', json_object('text', r.summary),"          \
    " 'fullDescription', json_object('text', iif(r.what = '', r.summary, r.what)),"                                    \
    " 'helpUri', '" RULE_URL "' || r.rule_id || '-' || r.name || '.md',"                                               \
    " 'help', json_object('text', iif(r.fix = '', r.summary, r.fix), 'markdown', '## What it finds' || char(10, 10)"   \
    "   || r.what || char(10, 10) || '## Fix' || char(10, 10) || r.fix),"                                              \
    " 'defaultConfiguration', json_object('level', r.severity),"                                                       \
    " 'properties', json_object('precision', CASE r.confidence WHEN 'high' THEN 'high' WHEN 'medium' THEN 'medium'"    \
    "   ELSE 'low' END, 'problem.severity', CASE r.severity WHEN 'note' THEN 'recommendation' ELSE r.severity END,"    \
    "   'tags', json_array('correctness', 'sql')))"                                                                    \
    " FROM rule AS r WHERE r.is_enabled ORDER BY r.rule_id"

/* Region of one line: an alert shows in a pull request only if all its lines are in the diff. */
#define REGION                                                                                                         \
    "json_object('startLine', max(p.line, 1), 'startColumn', max(p.col, 1), 'endLine', max(p.line, 1),"                \
    " 'endColumn', max(p.end_col, p.col + 1, 2))"

/* A finding on a log has no file in the repository: it stands at its table's line, the log is a related place. */
#define PLACES                                                                                                         \
    "place AS (SELECT f.finding_id, iif(l.path IS NULL, f.path, l.path) AS path,"                                      \
    " iif(l.path IS NULL, f.line, l.line) AS line, iif(l.path IS NULL, f.col, l.col) AS col,"                          \
    " CASE WHEN l.path IS NOT NULL THEN l.col + 1 WHEN f.end_line = f.line THEN f.end_col"                             \
    "  WHEN f.frame_line = f.line THEN instr(f.frame || char(10), char(10)) ELSE f.col + 1 END AS end_col,"            \
    " l.path IS NOT NULL AS is_moved"                                                                                  \
    " FROM finding AS f JOIN source ON source.source_id = f.source_id LEFT JOIN (SELECT t.name, s.path, t.line, t.col" \
    "  FROM db_table AS t JOIN source AS s ON s.source_id = t.source_id WHERE t.line > 0 GROUP BY t.name) AS l"        \
    "  ON source.kind = 'query_log' AND l.name = f.table_name WHERE f.status = 'shown')"

#define RELATED                                                                                                        \
    "json((SELECT json_group_array(json(o)) FROM (SELECT json_object('id', row_number() OVER (),"                      \
    "   'physicalLocation', json_object('artifactLocation', " ARTIFACT(                                                \
        "x.path") ", 'region',"                                                                                        \
                  "    json_object('startLine', max(x.line, 1), 'startColumn', max(x.col, 1))),"                       \
                  "   'message', json_object('text', x.what)) AS o FROM ("                                             \
                  "  SELECT 0 AS part, f.path AS path, f.line AS line, f.col AS col, 'seen in the query log' AS "      \
                  "what, 0 AS n"                                                                                       \
                  "   WHERE p.is_moved"                                                                                \
                  "  UNION ALL SELECT 1, e.path, e.line, coalesce(e.col, 1), coalesce(e.detail, e.kind), e.ordinal"    \
                  "   FROM finding_evidence AS e WHERE e.finding_id = f.finding_id AND e.line > 0 AND e.path IS NOT "  \
                  "NULL"                                                                                               \
                  "  UNION ALL SELECT 2, a.path, a.line, a.col, 'affected', a.statement_id"                            \
                  "   FROM finding_affects AS a WHERE a.finding_id = f.finding_id ORDER BY 1, 6) AS x)))"

#define RESULTS_SQL                                                                                                    \
    "WITH " PLACES ", ranked AS (SELECT rule_id, row_number() OVER (ORDER BY rule_id) - 1 AS n FROM rule"              \
    "  WHERE is_enabled)"                                                                                              \
    " SELECT json_object('ruleId', f.rule, 'ruleIndex', k.n, 'level', f.severity, 'message',"                          \
    " json_object('text', f.message || '.'),"                                                                          \
    " 'locations', json_array(json_object('physicalLocation', json_object('artifactLocation', " ARTIFACT(              \
        "p.path") ",  'region', " REGION "))), 'relatedLocations', " RELATED ","                                       \
                  " 'partialFingerprints', json_object('stamplintFingerprint/v1', f.fingerprint || iif(f.nth > 1, "    \
                  "':' || f.nth, '')),"                                                                                \
                  " 'properties', json_object('confidence', f.confidence, 'subject', f.subject, 'advice', f.advice,"   \
                  "   'calls', f.calls))"                                                                              \
                  " FROM (SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY path, line, col, "            \
                  "finding_id) AS nth"                                                                                 \
                  "   FROM finding WHERE status = 'shown') AS f JOIN place AS p USING (finding_id)"                    \
                  " LEFT JOIN ranked AS k ON k.rule_id = f.rule" SL_REPORT_ORDER

#define NOTIFICATIONS_SQL                                                                                              \
    "SELECT json_object('level', 'note', 'message', json_object('text', d.message), 'locations', json_array("          \
    "json_object('physicalLocation', json_object('artifactLocation', " ARTIFACT(                                       \
        "source.path") ", 'region',"                                                                                   \
                       " json_object('startLine', max(d.line, 1), 'startColumn', max(d.col, 1))))))"                   \
                       " FROM diagnostic AS d JOIN source USING (source_id) WHERE d.kind = 'not_understood'"           \
                       " ORDER BY source.path, d.line, d.col, d.message"

static enum sl_status add_array(struct sl_graph *graph, sl_str sql, struct sl_buf *out, struct sl_error *err)
{
    sl_buf_add(out, SL_STR("["));
    size_t before = out->len;
    SL_TRY(sl_report_add_rows(graph, sql, SL_STR(",\n"), out, err));
    sl_buf_add(out, out->len > before ? SL_STR("\n]") : SL_STR("]"));
    return SL_OK;
}

enum sl_status sl_report_sarif(struct sl_graph *graph, const struct sl_report_options *options, struct sl_buf *out,
                               struct sl_error *err)
{
    (void)options;
    sl_buf_add(out,
               SL_STR("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\n"
                      "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"stamplint\",\"fullName\":\"stamplint " SL_VERSION
                      "\",\"version\":\"" SL_VERSION "\",\"semanticVersion\":\"" SL_VERSION "\",\n"
                      "\"informationUri\":\"https://github.com/stamplint/stamplint\",\n\"rules\":"));
    SL_TRY(add_array(graph, SL_STR(RULES_SQL), out, err));
    sl_buf_add(out,
               SL_STR("}},\n\"automationDetails\":{\"id\":\"stamplint/\"},\n\"columnKind\":\"unicodeCodePoints\",\n"
                      "\"originalUriBaseIds\":{\"%SRCROOT%\":{\"description\":{\"text\":\"The root of the "
                      "repository.\"}}},\n"
                      "\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":"));
    SL_TRY(add_array(graph, SL_STR(NOTIFICATIONS_SQL), out, err));
    sl_buf_add(out, SL_STR("}],\n\"results\":"));
    SL_TRY(add_array(graph, SL_STR(RESULTS_SQL), out, err));
    sl_buf_add(out, SL_STR("}]}\n"));
    return SL_OK;
}
