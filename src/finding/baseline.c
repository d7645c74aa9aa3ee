#include "finding/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "graph/query.h"

/* Entries of the baseline ?1 by fingerprint, and the findings numbered within their fingerprint. */
#define ENTRIES                                                                                                        \
    "entry(fingerprint, n) AS (SELECT value ->> 'fingerprint', count(*) FROM json_each(?1, '$.findings') GROUP BY 1)"
#define NUMBERED                                                                                                       \
    "numbered AS (SELECT f.*, row_number() OVER (PARTITION BY fingerprint ORDER BY path, line, col, finding_id) AS "   \
    "nth"                                                                                                              \
    " FROM finding AS f WHERE status IN ('shown', 'baseline'))"

static const char apply_sql[] =
    "WITH " ENTRIES ", " NUMBERED " UPDATE finding SET status = 'baseline' WHERE status = 'shown' AND finding_id IN"
    " (SELECT finding_id FROM numbered JOIN entry USING (fingerprint) WHERE nth <= n)";
static const char counts_sql[] =
    "WITH " ENTRIES ", accepted(fingerprint, n) AS (SELECT fingerprint, count(*) FROM finding WHERE status = 'baseline'"
    " GROUP BY 1) SELECT coalesce((SELECT sum(n) FROM accepted), 0),"
    " coalesce((SELECT sum(max(entry.n - coalesce(accepted.n, 0), 0)) FROM entry LEFT JOIN accepted USING "
    "(fingerprint)), 0),"
    " (SELECT count(*) FROM finding WHERE status = 'shown')";
static const char render_sql[] =
    "WITH " ENTRIES ", " NUMBERED " SELECT json_object('fingerprint', fingerprint, 'rule', rule, 'subject', subject,"
    " 'path', path) FROM numbered LEFT JOIN entry USING (fingerprint) WHERE ?2 OR nth <= n"
    " ORDER BY path, rule, fingerprint, nth";
static const char check_sql[] =
    "SELECT json_valid(?1) AND (?1 ->> '$.tool') IS 'stamplint' AND (?1 ->> '$.baseline') IS 1"
    " AND json_type(?1, '$.findings') IS 'array'";

static enum sl_status read_file(const char *path, struct sl_buf *text, struct sl_error *err)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return sl_error_set(err, SL_ERR_IO, "%s: the baseline cannot be read: %s.", path, strerror(errno));
    char block[16 * 1024];
    size_t n = 0;
    while (text->len <= SL_MAX_FILE_BYTES && (n = fread(block, 1, sizeof block, file)) > 0)
        sl_buf_add(text, (sl_str){block, n});
    bool has_failed = ferror(file) != 0;
    fclose(file);
    if (has_failed || text->len > SL_MAX_FILE_BYTES)
        return sl_error_set(err, SL_ERR_IO, "%s: the baseline cannot be read.", path);
    return SL_OK;
}

static enum sl_status prepare_with(struct sl_graph *graph, sl_str sql, sl_str text, struct sl_query **query,
                                   struct sl_error *err)
{
    SL_TRY(sl_query_prepare(graph, sql, query, err));
    sl_query_bind_str(*query, 1, text.len ? text : SL_STR("{}"));
    return SL_OK;
}

enum sl_status sl_baseline_read(struct sl_graph *graph, const char *path, struct sl_buf *text, struct sl_error *err)
{
    struct sl_buf bytes = {0};
    enum sl_status status = read_file(path, &bytes, err);
    SL_QUERY query = NULL;
    if (status == SL_OK)
        status = prepare_with(graph, SL_STR(check_sql), sl_buf_str(&bytes), &query, err);
    bool has_row = false;
    /* A text that is no JSON makes "->>" fail: that is no baseline either. */
    if (status == SL_OK && (sl_query_step(query, &has_row, err) != SL_OK || sl_query_int(query, 0) != 1))
        status = sl_error_set(err, SL_ERR_CONFIG, "%s: this is no baseline that `stamplint baseline` wrote.", path);
    if (status == SL_OK)
        sl_buf_add(text, sl_buf_str(&bytes));
    sl_buf_release(&bytes);
    return status;
}

enum sl_status sl_baseline_apply(struct sl_graph *graph, sl_str text, struct sl_baseline_counts *counts,
                                 struct sl_error *err)
{
    SL_QUERY apply = NULL;
    SL_TRY(prepare_with(graph, SL_STR(apply_sql), text, &apply, err));
    SL_TRY(sl_query_run(apply, err));
    SL_QUERY count = NULL;
    SL_TRY(prepare_with(graph, SL_STR(counts_sql), text, &count, err));
    bool has_row = false;
    SL_TRY(sl_query_step(count, &has_row, err));
    *counts = (struct sl_baseline_counts){(uint64_t)sl_query_int(count, 0), (uint64_t)sl_query_int(count, 1),
                                          (uint64_t)sl_query_int(count, 2)};
    return SL_OK;
}

enum sl_status sl_baseline_render(struct sl_graph *graph, sl_str old, bool may_grow, struct sl_buf *out,
                                  struct sl_error *err)
{
    SL_QUERY query = NULL;
    SL_TRY(prepare_with(graph, SL_STR(render_sql), old, &query, err));
    sl_query_bind_int(query, 2, may_grow || old.len == 0);
    sl_buf_add(out, SL_STR("{\"tool\":\"stamplint\",\"baseline\":1,\"findings\":["));
    bool has_row = false;
    SL_TRY(sl_query_step(query, &has_row, err));
    for (bool is_first = true; has_row; is_first = false) {
        sl_buf_add(out, is_first ? SL_STR("\n") : SL_STR(",\n"));
        sl_buf_add(out, sl_query_str(query, 0));
        SL_TRY(sl_query_step(query, &has_row, err));
    }
    sl_buf_add(out, SL_STR("\n]}\n"));
    return SL_OK;
}

static enum sl_status write_file(const char *path, sl_str text, struct sl_error *err)
{
    FILE *file = fopen(path, "wbe");
    if (!file)
        return sl_error_set(err, SL_ERR_IO, "%s: cannot be written: %s.", path, strerror(errno));
    bool is_written = fwrite(text.ptr, 1, text.len, file) == text.len;
    if (fclose(file) != 0 || !is_written)
        return sl_error_set(err, SL_ERR_IO, "%s: cannot be written: %s.", path, strerror(errno));
    return SL_OK;
}

enum sl_status sl_baseline_write(const char *path, sl_str text, struct sl_error *err)
{
    struct stat at;
    struct sl_buf part = {0};
    if (stat(path, &at) == 0 && !S_ISREG(at.st_mode))
        return sl_error_set(err, SL_ERR_IO, "%s: a baseline is a regular file, which this is not.", path);
    sl_buf_add_printf(&part, "%s.part-%ld", path, (long)getpid());
    const char *part_path = sl_buf_str(&part).ptr;
    enum sl_status status = write_file(part_path, text, err);
    if (status == SL_OK && rename(part_path, path) != 0)
        status = sl_error_set(err, SL_ERR_IO, "%s: cannot be written: %s.", path, strerror(errno));
    if (status != SL_OK)
        unlink(part_path);
    sl_buf_release(&part);
    return status;
}
