/* role_name: what a name claims to hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolve/role_name.h"

static const struct claim_case {
    const char *name;
    struct sl_name_claim claim;
} cases[] = {
    {"updated_at", {.write = true}},
    {"lastModified", {.write = true}},
    {"mtime", {.write = true}},
    {"signup_date", {0}}, /* no "updat" */
    {"ts", {.moment = true}},
    {"DateTime", {.moment = true}},
    {"starts", {0}},
    {"closed_at", {.event = true}},
    {"closedAt", {.event = true}},
    {"closed_date", {.event = true}},
    {"publishedDate", {.event = true}},
    {"sent_ts", {.event = true}},
    {"won_on", {.event = true}},
    {"hire_date", {.event = true}},
    {"paymentDate", {.event = true}},
    {"delivery_time", {.event = true}},
    {"resolution_time", {0}}, /* how long it took */
    {"elapsed_time", {0}},
    {"standard_one_time", {0}}, /* no "done" */
    {"membership_date", {0}},   /* no "ship" */
    {"starts_at", {0}},
    {"synced_at", {0}},
    {"last_posted_at", {0}},
    {"edited_at", {.write = true}},
    {"last_seen_at", {.presence = true}},
    {"heartbeatAt", {.presence = true}},
    {"due_on", {.deadline = true}},
    {"promised_delivery", {.deadline = true}},
    {"slaUntil", {.deadline = true}},
    {"ticket_sla", {.deadline = true}},
    {"translated_at", {.event = true}}, /* no "sla" */
    {"", {0}},
    {"at", {0}},
    {"_at", {0}},
};

static void claim_is_as_expected(void **state)
{
    const struct claim_case *c = *state;
    struct sl_name_claim claim = sl_name_claim(sl_str_from(c->name));
    if (claim.write != c->claim.write || claim.moment != c->claim.moment || claim.event != c->claim.event ||
        claim.presence != c->claim.presence || claim.deadline != c->claim.deadline)
        fail_msg("%s claims %s%s%s%s%s", c->name, claim.write ? "write " : "", claim.moment ? "moment " : "",
                 claim.event ? "event " : "", claim.presence ? "presence " : "", claim.deadline ? "deadline" : "");
}

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof *cases];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = claim_is_as_expected, .initial_state = (void *)(uintptr_t)&cases[i]};
    return _cmocka_run_group_tests("role_name", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
