/*
 * page: one rule as its Markdown file says it (docs/writing-rules.md).
 *
 * In:    the bytes of a page: front matter between two "---" lines, then the sections "What it finds", "Query" (one
 *        ```sql rule block), "Flagged", "Not flagged" (examples, run as tests) and "Fix".
 * Out:   struct sl_rule, borrowing from the page's bytes.
 * Fails: SL_ERR_CONFIG with "path:line: …" on anything the format does not know: a page is code.
 * Not here: whether the query compiles and the placeholders exist (run), which rules run (selection).
 */
#ifndef SL_RULE_PAGE_H
#define SL_RULE_PAGE_H

#include "base/arena.h"
#include "base/error.h"

enum sl_rule_phase {
    SL_RULE_PHASE_FACTS,   /* over the facts */
    SL_RULE_PHASE_IGNORES, /* after the inline ignores were applied: rules about the ignores themselves */
};

enum sl_rule_status {
    SL_RULE_PREVIEW, /* runs only when it is selected by its id or name */
    SL_RULE_STABLE,
    SL_RULE_DEPRECATED, /* runs, and says so in its page */
    SL_RULE_REMOVED,    /* the page stays, so that the id is never used again */
};

/* A fenced block of "Flagged" or "Not flagged": ```LANGUAGE [DIALECT] [KIND] [path=PATH] */
struct sl_rule_example {
    bool is_flagged;
    sl_str language; /* "sql", or the extension of the code it stands for: "ruby", "python" … */
    sl_str dialect;  /* "mysql" …; empty: none was given */
    sl_str kind;     /* schema | migration | sql | code | query_log; empty: none was given */
    sl_str path;     /* empty: none was given */
    sl_str text;
    uint32_t line; /* of its first line in the page */
};

struct sl_rule {
    sl_str path;  /* of the page */
    sl_str bytes; /* the page */
    bool is_built_in;
    sl_str id, name, summary, since;
    const char *severity;   /* error | warning | note */
    const char *confidence; /* high | medium | low */
    enum sl_rule_status status;
    bool is_on_by_default;
    enum sl_rule_phase phase;
    uint32_t applies_to; /* bit 1 << i for the i-th of sl_rule_source_kinds */
    sl_str message;      /* template */
    sl_str advice;       /* template of the next step; empty: the first paragraph of `fix` */
    sl_str needs; /* what the graph must hold for the rule to find anything, as SQL behind FROM; empty: anything */
    uint32_t message_line, advice_line, query_line, needs_line;
    sl_str what, query, fix;
    struct {
        struct sl_rule_example *items;
        size_t len, cap;
    } examples;
};

/* "schema", "migration", "sql", "code", "query_log", NULL. */
extern const char *const sl_rule_source_kinds[];
const char *sl_rule_status_name(enum sl_rule_status status);
/* "error", "warning" or "note" as a static word, NULL if it is none of them. */
const char *sl_rule_severity_lookup(sl_str word);
const char *sl_rule_confidence_lookup(sl_str word);

SL_NODISCARD enum sl_status sl_rule_page_parse(sl_str path, sl_str bytes, struct sl_arena *run, struct sl_rule *rule,
                                               struct sl_error *err);

#endif
