/*
 * classify: what kind of source a file is, from its path and the beginning of its bytes.
 *
 * Out:   kind, layout and sort key; or the answer that it is no source (a down migration, a picture, test code).
 * Owns:  nothing; everything lives in the caller's arena.
 */
#ifndef SL_SOURCE_CLASSIFY_H
#define SL_SOURCE_CLASSIFY_H

#include "source/layout.h"

struct sl_classified {
    bool is_source;
    enum sl_source_kind kind;
    struct sl_layout_answer layout;
    sl_str database; /* "queue" of db/queue_schema.rb and db/queue_migrate */
};

/* Can the name alone rule the file out? Then its bytes need not be read. */
bool sl_classify_wants(sl_str path);
/* `is_given`: the file itself was named, so it is a source whatever its name. */
void sl_classify(struct sl_layout_index *index, sl_str path, sl_str head, bool is_given, struct sl_arena *arena,
                 struct sl_classified *out);
bool sl_classify_is_sql_name(sl_str path);

#endif
