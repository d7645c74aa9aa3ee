/*
 * phrase: what Ruby, Python and PHP say to fill the event's time through their ORMs.
 *
 * In:    the language, the pieces.
 * Out:   the phrase in the arena; empty where the language cannot say it.
 * Not here: where it is put (rewrite_code).
 */
#ifndef SL_PLAN_PHRASE_H
#define SL_PLAN_PHRASE_H

#include "plan/words.h"
#include "source/language.h"

enum sl_phrase_kind {
    SL_PHRASE_NOW,       /* the moment */
    SL_PHRASE_KEEP,      /* what the row has, else the moment */
    SL_PHRASE_KEEP_IF,   /* the same, if the value is the event's */
    SL_PHRASE_INSERT_IF, /* the moment, if the value is the event's */
    SL_PHRASE_SET,       /* as KEEP, as SQL of an UPDATE */
    SL_PHRASE_SET_IF,
    SL_PHRASE_LINE, /* a statement of its own */
    SL_PHRASE_LINE_IF,
    SL_PHRASE_COUNT,
};

struct sl_phrase {
    enum sl_language language;
    const struct sl_plan_target *target;
    const struct sl_plan_words *words;
    sl_str record;     /* entry, self, $order; empty: Ruby's own attribute, without a receiver */
    sl_str value;      /* the value that is written, where it has to be tested */
    bool is_attribute; /* the value is the record's attribute: it has its own type already */
};

bool sl_phrase_has_language(enum sl_language language);
sl_str sl_phrase_render(const struct sl_phrase *phrase, enum sl_phrase_kind kind, struct sl_arena *run);
/* "." or "->": between a record and its attribute. */
const char *sl_phrase_member(enum sl_language language);
/* An import that the phrase needs and that the file does not have; NULL: none. */
const char *sl_phrase_needs(enum sl_language language, enum sl_phrase_kind kind, sl_str bytes);

#endif
