/*
 * json: the fields of one JSON object, without building anything.
 *
 * In:    bytes that may hold invalid UTF-8 and raw control characters.
 * Out:   keys and values as they are written: strings without their quotes but with their escapes
 *        (sl_log_text_decode(SL_LOG_JSON) undoes them), objects and arrays with their brackets.
 * Fails: an object that is not closed answers NEED_MORE; one that is no JSON answers its fields up to the damage.
 * Limits: nesting is counted, not recursed into.
 */
#ifndef SL_SOURCE_LOG_JSON_H
#define SL_SOURCE_LOG_JSON_H

#include "base/str.h"

enum sl_json_type {
    SL_JSON_STRING,
    SL_JSON_OBJECT,
    SL_JSON_ARRAY,
    SL_JSON_WORD, /* number, true, false, null */
};

struct sl_json_field {
    sl_str key;
    sl_str value;
    enum sl_json_type type;
};

struct sl_json {
    const char *p, *end;
    bool is_damaged;
};

/* Starts on the object at the beginning of `s` (white space allowed); false if there is none. */
bool sl_json_open(struct sl_json *json, sl_str s);
/* The next field; false behind the last. */
bool sl_json_next(struct sl_json *json, struct sl_json_field *field);
/* The value of a key of the object in `s`; false if it has none. */
bool sl_json_find(sl_str s, sl_str key, struct sl_json_field *field);

/*
 * Objects in a stream: one a line, elements of an array, or elements of the first array inside an object that wraps
 * them ({"events": [ … ]}). Finds the next object at or behind *pos and moves *pos behind it.
 */
enum sl_json_unit {
    SL_JSON_UNIT,      /* *unit is an object */
    SL_JSON_NEED_MORE, /* none is complete; *pos is where the incomplete one starts */
    SL_JSON_DAMAGED,   /* *unit is a line that is no object */
};
enum sl_json_unit sl_json_next_unit(sl_str s, bool at_end, size_t *pos, sl_str *unit);

#endif
