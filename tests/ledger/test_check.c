/* What verify counts is bounded by what a ledger may hold, and by nothing smaller. */
#include "bounds/world.h"

/* Money of any till may be entered at any branch, when it already happened. */
static void money_of_every_till_at_every_branch_is_counted(void **state)
{
    (void)state;
    enum { BRANCHES = 130, TILLS = 130 };
    static struct world w;
    static uint32_t tills[TILLS], branches[BRANCHES];
    world_begin(&w, LEDGER_RULES);
    uint32_t customer =
        (uint32_t)world_done(&w, "{'open_customer': {'name': 'c', 'phone': '09', 'area': 'a'}}")
            ->id;
    for (uint32_t i = 0; i < TILLS; i++)
        tills[i] = (uint32_t)world_done(&w, "{'add_till': {'branch': 1, 'name': 'T%u'}}", i)->id;
    for (uint32_t i = 0; i < BRANCHES; i++)
        branches[i] =
            (uint32_t)world_done(&w, "{'add_branch': {'code': 'B%u', 'name': 'n'}}", i)->id;
    for (uint32_t b = 0; b < BRANCHES; b++) {
        w.actor.branch = branches[b];
        for (uint32_t t = 0; t < TILLS; t++)
            world_done(&w,
                       "{'take_payment': {'customer': %u, 'kind': 'CASH', 'backfill': true, "
                       "'amount_minor': %u, 'money_account': %u}}",
                       customer, 1 + t + b, tills[t]);
    }
    world_check(&w);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_of_every_till_at_every_branch_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
