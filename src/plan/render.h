/*
 * render: plans as text for people, an SQL script, Rails migrations, or JSON.
 *
 * In:    built plans; the graph, whose SQLite writes the JSON strings.
 * Out:   bytes added to the caller's buffer. In the SQL script everything that is no statement is a comment, and so is
 *        the cleaning up, for it belongs behind a look at the verify queries.
 * Fails: SL_ERR_GRAPH (JSON only).
 */
#ifndef SL_PLAN_RENDER_H
#define SL_PLAN_RENDER_H

#include "base/buf.h"
#include "plan/plan.h"

void sl_plan_render_text(const struct sl_plan *plan, struct sl_arena *run, struct sl_buf *out);
void sl_plan_render_sql(const struct sl_plan *plan, struct sl_arena *run, struct sl_buf *out);
void sl_plan_render_rails(const struct sl_plan *plan, struct sl_arena *run, struct sl_buf *out);
SL_NODISCARD enum sl_status sl_plan_render_json(struct sl_graph *graph, const struct sl_plan *plans, size_t n_plans,
                                                struct sl_buf *out, struct sl_error *err);

#endif
