/*
 * template: "{subject} counts days of a last-write time" and the values for its placeholders.
 *
 * `{name}` stands for a value, `{{` for a brace. Values come in through a function, so that the names can be checked
 * before there are values.
 */
#ifndef SL_RULE_TEMPLATE_H
#define SL_RULE_TEMPLATE_H

#include "base/buf.h"

/* Finds the value of a placeholder: false if there is no such name. */
typedef bool (*sl_template_lookup)(void *context, sl_str name, sl_str *value);

/* The first placeholder that `lookup` does not know, or an unclosed "{…", into *unknown; false if all are known. */
bool sl_template_find_unknown(sl_str text, sl_template_lookup lookup, void *context, sl_str *unknown);
/* Unknown placeholders come out as they stand. */
void sl_template_render(sl_str text, sl_template_lookup lookup, void *context, struct sl_buf *out);

#endif
