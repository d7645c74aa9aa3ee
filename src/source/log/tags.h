/*
 * tags: what sqlcommenter and marginalia say in a statement's comment.
 *
 * In:    the text between the comment's delimiters.
 * Out:   the application and the place in its code, "app/models/entry.rb:42" or "reports#daily".
 * Owns:  nothing; the strings live in the scratch buffer until its next change.
 * Source: https://google.github.io/sqlcommenter/spec, Rails' ActiveRecord::QueryLogs, the marginalia gem.
 */
#ifndef SL_SOURCE_LOG_TAGS_H
#define SL_SOURCE_LOG_TAGS_H

#include "base/buf.h"

struct sl_tags {
    sl_str application;
    sl_str location;
};

/* False if the comment holds no tag that we know. */
bool sl_tags_read(sl_str comment, struct sl_buf *scratch, struct sl_tags *tags);

#endif
