/*
 * detect: which envelopes and which format the head of a log shows.
 *
 * Decides from the first SL_LOG_HEAD_BYTES: envelopes are taken off one by one, then every format weighs the lines
 * and the heaviest wins. options->input_format overrides the format, never the envelopes.
 * Fails: SL_ERR_FORMAT when what is recognised holds no SQL; SL_ERR_USAGE for an unknown name. When nothing is
 * recognised feed->is_unknown is set: other inputs may say what it is (input_set).
 */
#ifndef SL_SOURCE_LOG_DETECT_H
#define SL_SOURCE_LOG_DETECT_H

#include "source/log/feed.h"

/* Formats in the order in which ties are decided; ends with a NULL name. */
extern const struct sl_log_format *const sl_log_formats[];

SL_NODISCARD enum sl_status sl_detect(struct sl_feed *feed, const struct sl_digest_options *options,
                                      struct sl_error *err);
/* What kind of query log these first bytes of a file are of, for people; NULL: none, or plain SQL. */
const char *sl_detect_log_title(sl_str head);
/* SL_ERR_FORMAT: nothing was recognised. */
SL_NODISCARD enum sl_status sl_detect_refuse(sl_str path, struct sl_error *err);
/* The time stamp of the last line of `tail` that is the format's; 0: none. */
int64_t sl_detect_last_stamp(sl_str tail, const struct sl_log_format *format);
/* For an input that gave no record: SL_ERR_FORMAT if an option named a format that its head has nothing of. */
SL_NODISCARD enum sl_status sl_detect_check_named(const struct sl_feed *feed, struct sl_error *err);

#endif
