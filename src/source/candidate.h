/*
 * candidate: a source while discovery is still deciding about it. Lives in the run arena, goes no further than
 * discovery.
 */
#ifndef SL_SOURCE_CANDIDATE_H
#define SL_SOURCE_CANDIDATE_H

#include "source/layout.h"

struct sl_candidate {
    struct sl_source source;
    struct sl_layout_answer layout;
    sl_str adapter;        /* of its database, as config/database.yml says; may be empty */
    sl_str head;           /* the first SL_HEAD_BYTES; empty for code */
    size_t number;         /* in the order of asking, from 1 */
    bool is_schema_option; /* under --schema */
    bool is_named;         /* the file itself was asked for, not a folder above it */
};

struct sl_candidates {
    struct sl_candidate *items;
    size_t len, cap;
};

#endif
