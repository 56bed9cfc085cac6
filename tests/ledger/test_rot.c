/* A row that rots in the file while the ledger is open: who asks for it is told, nobody is shown
 * it. */
#include "bounds/world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* In every place where it stands, pages that are no longer used among them. */
static int spoil(const char *folder, const char *word)
{
    char path[128];
    struct stat facts;
    int spoilt = 0;
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(fstat(fd, &facts), 0);
    char *bytes = malloc((size_t)facts.st_size);
    assert_int_equal(pread(fd, bytes, (size_t)facts.st_size, 0), facts.st_size);
    for (off_t at = 0; at + (off_t)strlen(word) <= facts.st_size; at++)
        if (memcmp(bytes + at, word, strlen(word)) == 0) {
            assert_int_equal(pwrite(fd, "#", 1, at), 1);
            spoilt++;
        }
    free(bytes);
    close(fd);
    return spoilt;
}

static void a_rotten_row_is_refused_and_the_rest_is_answered(void **state)
{
    (void)state;
    static struct world w;
    struct ledger_metrics metrics;
    struct ledger_check check;
    struct failure failure = {.fault = FAULT_NONE};
    uint32_t customers[2];
    world_begin(&w, LEDGER_RULES);
    for (uint32_t i = 0; i < 2; i++)
        customers[i] =
            (uint32_t)world_done(&w,
                                 "{'open_customer': {'name': 'n', 'phone': '09', 'area': "
                                 "'%s'}}",
                                 i ? "wholesome" : "mouldy")
                ->id;
    assert_int_equal(
        world_wonder(&w, "{'customer_card': {'customer': %u}}", customers[0])->kind_case,
        TEFTER__ANSWER__KIND_CUSTOMER_CARD);
    assert_true(spoil(w.path, "mouldy") > 0);
    const Tefter__Answer *answer =
        world_wonder(&w, "{'customer_card': {'customer': %u}}", customers[0]);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_REFUSED);
    assert_int_equal(answer->refused->code, TEFTER__REFUSAL_CODE__RECORD_DAMAGED);
    assert_int_equal(
        world_wonder(&w, "{'customer_card': {'customer': %u}}", customers[1])->kind_case,
        TEFTER__ANSWER__KIND_CUSTOMER_CARD);
    ledger_metrics(w.ledger, &metrics);
    assert_true(metrics.damaged > 0);
    if (strstr(metrics.damage, "table customer.") == NULL ||
        strstr(metrics.damage, "no right sum") == NULL)
        fail_msg("%s", metrics.damage);
    assert_false(ledger_check(w.ledger, &check, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    failure = (struct failure){.fault = FAULT_NONE};
    assert_false(ledger_check_file(w.path, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rotten_row_is_refused_and_the_rest_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
