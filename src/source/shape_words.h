/*
 * shape_words: the words by which the shape pass tells states, buckets and keys apart.
 *
 * All take the normalised spelling: lower case, without quotes.
 */
#ifndef SL_SOURCE_SHAPE_WORDS_H
#define SL_SOURCE_SHAPE_WORDS_H

#include "base/str.h"

bool sl_shape_is_one_of(sl_str word, const sl_str *list, size_t n);
/* Functions whose literal arguments say which bucket a time falls into. */
bool sl_shape_is_bucket_function(sl_str word);
/* A word behind which a GROUP BY or ORDER BY is over: numbers are no longer ordinals. */
bool sl_shape_ends_by(sl_str word);
/* Words that read better with a space before a parenthesis. */
bool sl_shape_is_spaced_word(sl_str word);
/* Not the name of a key, a time or a person: its values may be states. */
bool sl_shape_is_state_name(sl_str name);
/* A quoted word of any language or a number below 100, as the statement has it. */
bool sl_shape_is_state_value(sl_str literal);

#endif
