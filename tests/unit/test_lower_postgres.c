/* PostgreSQL passes, but for placeholders and limits. */
#include "lowering_case.h"

static const struct lowering_case cases[] = {
    {"as it stands", "postgres", "SELECT  a::int, b->>'c'\nFROM t -- note", "SELECT  a::int, b->>'c'\nFROM t"},
    {"placeholders", "postgres",
     "SELECT a FROM t WHERE b=? AND c = :c AND d=%s AND e = %(e)s AND f=@f AND g = ${g} AND h = #{h} AND i = :c",
     "SELECT a FROM t WHERE b=$1 AND c = $2 AND d=$3 AND e = $4 AND f=$5 AND g = $6 AND h = $7 AND i = $2"},
    {"what looks like a placeholder", "postgres",
     "SELECT a::text, b ? 'k', c ?| array['x'], d[1:n], e @> f, g % 2, '%s ?', f(h := 1)",
     "SELECT a::text, b ? 'k', c ?| array['x'], d[1:n], e @> f, g % 2, '%s ?', f(h := 1)"},
    {"jsonb and a placeholder", "postgres", "SELECT a ? ?, b @? '$.c' FROM t", "SELECT a ? $1, b @? '$.c' FROM t"},
    {"own numbers stay", "postgres", "SELECT $2, ?, $1", "SELECT $2, $3, $1"},
    {"lists of the client", "postgres", "SELECT a FROM t WHERE b IN %s AND c = ANY(?)",
     "SELECT a FROM t WHERE b IN ($1) AND c = ANY($2)"},
    {"dollar quotes", "postgres", "CREATE FUNCTION f() RETURNS int AS $$ SELECT '?'; $$ LANGUAGE sql",
     "CREATE FUNCTION f() RETURNS int AS $$ SELECT '?'; $$ LANGUAGE sql"},
    {"nested comments", "postgres", "SELECT 1 /* a /* b */ ? */ + ?", "SELECT 1 /* a /* b */ ? */ + $1"},
    {"psql variables", "postgres", "SELECT :'v', :w FROM t", "SELECT $1, $2 FROM t"},
    {"transaction", "postgres", "START TRANSACTION", "<transaction>"},
    {"administration", "postgres", "VACUUM ANALYZE t", "<admin>"},
    {"underscores in numbers", "postgres", "SELECT 1_000", "SELECT 1000"},
    {"jinja: names, conditions, values", "postgres",
     "SELECT a FROM {{ ref('x', 'Orders') }} o {% if b %}WHERE c = {{ var('d') }}{% endif %}",
     "SELECT a FROM             \"Orders\"     o           WHERE c = $1"},
    {"jinja: this and a setting", "postgres", "{{ config(x='y') }}SELECT a FROM {{ this }}",
     "                   SELECT a FROM    this"},
    {"a table that is not named", "postgres", "SELECT a FROM {{ t }} JOIN {{ s }}.u USING (id)",
     "SELECT a FROM \"mysql:param\" JOIN  u USING (id)"},
    {"a value behind FROM", "postgres", "SELECT extract(year FROM {{ d }})", "SELECT extract(year FROM $1)"},
    {"metabase: an optional part", "postgres", "SELECT a FROM t WHERE b [[AND c = {{x}}]]",
     "SELECT a FROM t WHERE b   AND c = $1"},
    {"an array of arrays", "postgres", "SELECT ARRAY[[1,2],[3,4]]", "SELECT ARRAY[[1,2],[3,4]]"},
    {"grafana: macros", "postgres", "SELECT $__timeGroup(t, $__interval) FROM x WHERE $__timeFilter(t)",
     "SELECT \"$__timeGroup\"(t, $1) FROM x WHERE \"$__timeFilter\"(t)"},
};

LOWERING_CASES_MAIN(cases)
