/*
 * The golden journals, replayed by a program that is another: one rule of it decides otherwise, and
 * then one reply of it is worded otherwise. The first must be caught, with its seq; the second is
 * no difference.
 */
#include "golden/golden.h"

#include "base/check.h"
#include "datadir/files.h"
#include "recovery/replay.h"
#include "tx/tx.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool other_rule, other_reply;
static unsigned other_replies;

uint32_t __real_customer_term_days(struct tx *tx, const Tefter__CustomerRecord *customer);
uint32_t __wrap_customer_term_days(struct tx *tx, const Tefter__CustomerRecord *customer);
size_t __real_rights_roles_with(Tefter__Right right, Tefter__Role ret_roles[8]);
size_t __wrap_rights_roles_with(Tefter__Right right, Tefter__Role ret_roles[8]);

/* A bill is due a day later than by its terms. */
uint32_t __wrap_customer_term_days(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    return __real_customer_term_days(tx, customer) + other_rule;
}

/* A refusal names fewer roles that may help. */
size_t __wrap_rights_roles_with(Tefter__Right right, Tefter__Role ret_roles[8])
{
    size_t count = __real_rights_roles_with(right, ret_roles);
    if (!other_reply || count == 0)
        return count;
    other_replies++;
    return count - 1;
}

static bool replay(uint32_t rules, struct failure *failure)
{
    char base[] = "/tmp/tefter-differs-XXXXXX";
    char journal_path[FILES_PATH_MAX];
    struct journal *journal;
    struct ledger *ledger;
    *failure = (struct failure){.fault = FAULT_NONE};
    assert_non_null(mkdtemp(base));
    snprintf(journal_path, sizeof journal_path, "%s/rules-%" PRIu32 "/journal", GOLDEN_FOLDER,
             rules);
    struct journal_options from = {.path = journal_path, .reading = true};
    struct ledger_options to = {.path = base, .map_bytes = GOLDEN_MAP};
    assert_true(journal_open(&from, &journal, failure));
    assert_true(ledger_open(&to, &ledger, failure));
    struct replay_options options = {.journal = journal, .ledger = ledger};
    bool good = replay_run(&options, NULL, failure);
    ledger_close(ledger);
    journal_close(journal);
    files_remove_tree(base, NULL);
    return good;
}

/* The first bill of the journal is the first whose due date is another; where its batch lies. */
static void first_bill(uint32_t rules, uint64_t *ret_seq, uint64_t *ret_first, uint64_t *ret_last)
{
    static char text[GOLDEN_TEXT_MAX];
    char path[FILES_PATH_MAX];
    size_t size;
    snprintf(path, sizeof path, "%s/rules-%" PRIu32 "/expected", GOLDEN_FOLDER, rules);
    assert_true(files_read(path, text, sizeof text, &size, NULL));
    const char *at = strstr(text, " issue_invoice done\n");
    assert_non_null(at);
    while (at > text && at[-1] != '\n')
        at--;
    *ret_seq = strtoull(at, NULL, 10);
    at = strstr(at, "\nbatch ");
    assert_int_equal(sscanf(at, "\nbatch %*u: seq %" SCNu64 " to %" SCNu64, ret_first, ret_last),
                     2);
}

static void another_rule_is_caught_with_its_seq(void **state)
{
    (void)state;
    other_rule = true;
    for (uint32_t rules = 1; rules <= GOLDEN_RULES_MAX; rules++) {
        struct failure failure;
        uint64_t seq, first, last;
        char where[80];
        first_bill(rules, &seq, &first, &last);
        if (first == last)
            snprintf(where, sizeof where, "the journal, at seq %" PRIu64 ";", seq);
        else
            snprintf(where, sizeof where, "the journal, between seq %" PRIu64 " and %" PRIu64 ";",
                     first, last);
        assert_false(replay(rules, &failure));
        assert_int_equal(failure.fault, FAULT_DIFFERS);
        assert_non_null(strstr(failure.text, "this program decides otherwise"));
        if (strstr(failure.text, where) == NULL)
            fail_msg("wanted \"%s\", got: %s", where, failure.text);
    }
    other_rule = false;
}

static void another_reply_is_no_difference(void **state)
{
    (void)state;
    other_reply = true;
    for (uint32_t rules = 1; rules <= GOLDEN_RULES_MAX; rules++) {
        struct failure failure;
        if (!replay(rules, &failure))
            fail_msg("%s", failure.text);
    }
    assert_true(other_replies > 0);
    other_reply = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_rule_is_caught_with_its_seq),
        cmocka_unit_test(another_reply_is_no_difference),
    };
    assert_true(hash_setup());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
