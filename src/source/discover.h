/*
 * discover: arguments and configuration → the sources of a run, in the order in which they are read.
 *
 * In:    paths of the command line (files or folders; none: what the configuration names, else "."), the configured
 *        patterns, a dialect or none.
 * Out:   sources with kind, layout, sql mode, order, and how the dialect was found. Sorted: schemas (those of --schema
 *        first), migrations series by series in their tool's order, SQL, code. The same tree gives the same list.
 *        Bytes are not loaded: sl_source_load().
 * Owns:  nothing; everything lives in the caller's arena (run).
 * Fails: never. A path that is missing, unreadable or holds nothing to read is a problem, one sentence each, and the
 *        rest is unharmed.
 * Not here: what a source says (reader).
 */
#ifndef SL_SOURCE_DISCOVER_H
#define SL_SOURCE_DISCOVER_H

#include "source/source.h"

enum sl_discover_context {
    SL_CONTEXT_SCHEMA, /* paths that lie in a project bring its schema and migrations, not reported on */
    SL_CONTEXT_NONE,
    SL_CONTEXT_ALL, /* and its other SQL and code: reports that a write may move */
};

struct sl_path_list {
    const sl_str *items;
    size_t len;
};

struct sl_discover_options {
    enum sl_dialect dialect;        /* SL_DIALECT_UNKNOWN: find out */
    struct sl_path_list schema;     /* paths or patterns; not reported on */
    struct sl_path_list migrations; /* patterns of the configuration … */
    struct sl_path_list queries, code;
    struct sl_path_list paths; /* of the command line */
    bool reports_applied;      /* findings on migrations that a schema file already holds are shown too */
    bool is_schema_only;       /* nothing but `schema` and `migrations`: what a log is audited against */
    enum sl_discover_context context;
};

struct sl_problem {
    sl_str path;
    sl_str message; /* one sentence */
};

struct sl_discovered {
    struct {
        struct sl_source *items;
        size_t len, cap;
    } sources;
    struct {
        struct sl_problem *items;
        size_t len, cap;
    } problems;
};

void sl_discover(const struct sl_discover_options *options, struct sl_arena *run, struct sl_discovered *out);

#endif
