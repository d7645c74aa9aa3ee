/*
 * rule_example: one example of a rule's page through the whole pipeline.
 *
 * In:     a page's example. A flagged one says where with a comment, "-- expect: SL101" or "# expect: SL101", on the
 *         line before the statement (or the place).
 * Out:    one sentence "page:line: …" where it does not hold. Every rule that is on by default and the page's own one
 *         run. Each expectation is met, of whichever rule; the page's rule finds nothing else; everything is
 *         understood. What other rules find beside it is their own pages' business.
 * Owns:   a scratch folder while it runs.
 * Fails:  SL_ERR_IO for the scratch folder, SL_ERR_GRAPH, SL_ERR_CONFIG for a query that is wrong.
 */
#ifndef SL_CLI_RULE_EXAMPLE_H
#define SL_CLI_RULE_EXAMPLE_H

#include "rule/rule.h"

/* False for an example in a language that this build was made without: it can show nothing. */
bool sl_rule_example_is_readable(const struct sl_rule_example *example);

/* *why is empty where the example holds. */
SL_NODISCARD enum sl_status sl_rule_example_run(const struct sl_rule_set *rules, const struct sl_rule *rule,
                                                const struct sl_rule_example *example, struct sl_arena *run,
                                                sl_str *why, struct sl_error *err);

#endif
