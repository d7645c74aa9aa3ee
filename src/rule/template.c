#include "rule/template.h"

enum part_kind { PART_TEXT, PART_PLACEHOLDER, PART_UNCLOSED };

struct part {
    enum part_kind kind;
    sl_str text; /* of a placeholder: its name */
};

static bool next_part(sl_str *rest, struct part *part)
{
    if (rest->len == 0)
        return false;
    size_t open = sl_str_find_byte(*rest, '{');
    size_t taken = 0;
    if (open != 0) {
        taken = open == SIZE_MAX ? rest->len : open;
        *part = (struct part){PART_TEXT, sl_str_slice(*rest, 0, taken)};
    } else if (rest->len > 1 && rest->ptr[1] == '{') {
        taken = 2;
        *part = (struct part){PART_TEXT, sl_str_slice(*rest, 0, 1)};
    } else {
        size_t close = sl_str_find_byte(*rest, '}');
        taken = close == SIZE_MAX ? rest->len : close + 1;
        *part = close == SIZE_MAX ? (struct part){PART_UNCLOSED, *rest}
                                  : (struct part){PART_PLACEHOLDER, sl_str_slice(*rest, 1, close - 1)};
    }
    *rest = sl_str_slice(*rest, taken, SIZE_MAX);
    return true;
}

bool sl_template_find_unknown(sl_str text, sl_template_lookup lookup, void *context, sl_str *unknown)
{
    struct part part;
    while (next_part(&text, &part)) {
        sl_str value;
        if (part.kind == PART_UNCLOSED || (part.kind == PART_PLACEHOLDER && !lookup(context, part.text, &value))) {
            *unknown = part.text;
            return true;
        }
    }
    return false;
}

void sl_template_render(sl_str text, sl_template_lookup lookup, void *context, struct sl_buf *out)
{
    struct part part;
    while (next_part(&text, &part)) {
        sl_str value = part.text;
        if (part.kind == PART_PLACEHOLDER && !lookup(context, part.text, &value))
            sl_buf_add_printf(out, "{%.*s}", SL_STR_ARG(part.text));
        else
            sl_buf_add(out, value);
    }
}
