#include "plan/target.h"

/* Past participles of state columns that do not end in -ed. */
static const char *const irregular[] = {
    "paid",   "sent",      "won",    "lost",    "drawn",  "sold",    "built",    "bought",    "held",    "made",
    "read",   "spent",     "begun",  "bound",   "chosen", "done",    "found",    "frozen",    "gone",    "given",
    "hidden", "kept",      "known",  "left",    "met",    "put",     "resent",   "run",       "seen",    "set",
    "shown",  "shut",      "split",  "stolen",  "sworn",  "taken",   "thrown",   "withdrawn", "written", "understood",
    "unpaid", "overdrawn", "resold", "rebuilt", "repaid", "prepaid", "forgiven", "broken",
};
/* Words in -ed that name no event. */
static const char *const not_participles[] = {"need",  "feed",  "seed",     "bed",      "red",
                                              "speed", "breed", "unneeded", "medicated"};

sl_str sl_plan_event_name(sl_str value, struct sl_arena *arena)
{
    for (size_t i = 0; i < value.len; i++) {
        if (!sl_is_alpha(value.ptr[i]) && value.ptr[i] != '_')
            return SL_STR_EMPTY;
    }
    sl_str last = value; /* of in_review_approved, the word that counts is the last */
    for (size_t at = sl_str_find_byte(last, '_'); at != SIZE_MAX; at = sl_str_find_byte(last, '_'))
        last = sl_str_slice(last, at + 1, SIZE_MAX);
    sl_str lower = sl_arena_copy_lower(arena, last);
    bool is_regular = lower.len > 3 && sl_str_has_suffix(lower, SL_STR("ed")) &&
                      !sl_str_is_one_of_nocase(last, not_participles, sizeof not_participles / sizeof *not_participles);
    if (!is_regular && !sl_str_is_one_of_nocase(last, irregular, sizeof irregular / sizeof *irregular))
        return SL_STR_EMPTY;
    return sl_arena_printf(arena, "%.*s_at", SL_STR_ARG(sl_arena_copy_lower(arena, value)));
}
