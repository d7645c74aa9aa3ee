/*
 * pipeline: the one coordinator. It lists the stages in order and is the only file that knows them all.
 *
 *     bytes → source/ → sql/ → resolve/ → graph/ → rule/ → finding/
 *
 * In:    sources (source/discover) or a digest of query logs (source/digest), roles that the configuration gives.
 * Out:   the graph, filled (the view coverage counts what was read); the catalog and its roles.
 * Owns:  its file and statement arenas; the catalog lives in the caller's run arena.
 * Fails: a source that cannot be read is a problem of that source: it is listed and the run goes on. SQLite's refusal
 *        and the run's own limits are errors.
 */
#ifndef SL_PIPELINE_H
#define SL_PIPELINE_H

#include "graph/graph.h"
#include "resolve/role.h"
#include "source/digest.h"
#include "source/discover.h"
#include "source/wrapper.h"

/* Called for each statement after it was resolved, before the catalog takes it. */
typedef void (*sl_pipeline_on_statement)(void *context, const struct sl_statement *statement,
                                         const struct sl_facts *facts, const struct sl_catalog *catalog);

struct sl_pipeline_input {
    struct sl_source *sources; /* in the order of execution: schemas, migrations, the rest */
    size_t n_sources;
    const struct sl_digest *digests; /* query logs, after the sources */
    size_t n_digests;
    bool reports_on_digests; /* findings on their statements are shown */
    const struct sl_configured_role *columns;
    size_t n_columns;
    struct sl_tree_cache *trees;           /* of earlier runs; may be NULL */
    const struct sl_wrappers *wrappers;    /* methods that count by a period; may be NULL */
    sl_pipeline_on_statement on_statement; /* may be NULL */
    void *on_statement_context;
};

struct sl_pipeline_output {
    struct sl_catalog *catalog;
    struct sl_roles roles;
    struct {
        struct sl_problem *items; /* sources that could not be read */
        size_t len, cap;
    } problems;
};

SL_NODISCARD enum sl_status sl_pipeline_run(const struct sl_pipeline_input *input, struct sl_arena *run,
                                            struct sl_graph *graph, struct sl_pipeline_output *out,
                                            struct sl_error *err);

#endif
