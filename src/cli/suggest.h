/*
 * suggest: the word that was probably meant.
 *
 * In:    what was typed; words that would have been right, one after the other.
 * Out:   the nearest of them, if it is near: a slip or two of the finger.
 * Limits: words of SL_MAX_SUGGEST_LETTERS; longer ones are not compared.
 */
#ifndef SL_CLI_SUGGEST_H
#define SL_CLI_SUGGEST_H

#include "base/str.h"

#define SL_MAX_SUGGEST_LETTERS 32

struct sl_suggestion {
    sl_str word; /* empty: none is near */
    unsigned distance;
};

/* Keeps `candidate` if it is nearer to `typed` than what was kept before; *kept begins as {0}. */
void sl_suggest_add(sl_str typed, sl_str candidate, struct sl_suggestion *kept);

#endif
