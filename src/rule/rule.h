/*
 * rule: the set of rules of this run: those built in and those of --rules DIR, through one loader.
 *
 * Owns:  nothing; rules live in the run arena.
 * Fails: SL_ERR_CONFIG with path and line for a page that is wrong, that reuses an id or a name; SL_ERR_IO for a folder
 * or page that cannot be read.
 */
#ifndef SL_RULE_RULE_H
#define SL_RULE_RULE_H

#include "base/buf.h"
#include "rule/page.h"

struct sl_rule_set {
    struct sl_rule *items; /* built-in ones first, by id; then each folder's by file name */
    size_t len, cap;
};

/* Adds the rules that the build embedded. */
SL_NODISCARD enum sl_status sl_rule_load_built_in(struct sl_rule_set *set, struct sl_arena *run, struct sl_error *err);
/* Adds every *.md file of `folder`; a folder without one is an error. */
SL_NODISCARD enum sl_status sl_rule_load_folder(const char *folder, struct sl_rule_set *set, struct sl_arena *run,
                                                struct sl_error *err);
/* Adds one page. */
SL_NODISCARD enum sl_status sl_rule_add_page(sl_str path, sl_str bytes, bool is_built_in, struct sl_rule_set *set,
                                             struct sl_arena *run, struct sl_error *err);
/* By id or name, without case; NULL if there is none. */
const struct sl_rule *sl_rule_find(const struct sl_rule_set *set, sl_str id_or_name);

/* `stamplint explain`: the rule's page for a terminal: a heading from the front matter, then the page's sections. */
void sl_rule_render_page(const struct sl_rule *rule, struct sl_buf *out);
/* `stamplint rules`: the table of all rules, one line each. */
void sl_rule_render_table(const struct sl_rule_set *set, struct sl_buf *out);

#endif
