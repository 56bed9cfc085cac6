/*
 * The table of rights as a shop would say it: written a second time, role by role.
 */
#include "base/check.h"

#include <string.h>

#include "ledger/ledger.h"

static bool listed(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

static void each_role_has_its_own(void **state)
{
    (void)state;
    static const struct {
        Tefter__Role role;
        const char *rights;
    } rows[] = {
        {TEFTER__ROLE__ROLE_SALES, "NONE SELL TAKE_MONEY MATCH EDIT_CUSTOMER SEE"},
        {TEFTER__ROLE__ROLE_CONTROLLER,
         "NONE SELL TAKE_MONEY MATCH EDIT_CUSTOMER SEE LOCK SET_LIMIT APPROVE EDIT_GROUPS "
         "CREDIT_NOTE SEE_ALARMS REFUND"},
        {TEFTER__ROLE__ROLE_ACCOUNTANT,
         "NONE TAKE_MONEY MATCH CREDIT_NOTE REVERSE CONFIRM_MONEY EDIT_CUSTOMER EDIT_CATALOGUE "
         "BACKDATE BACKFILL SEE SEE_TRIAL_BALANCE SEE_ALARMS REFUND SEE_COST"},
    };
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t count = 0;
        for (unsigned j = 0; j < rights->n_values; j++) {
            const char *word = rights->values[j].name + strlen("RIGHT_");
            bool may = ledger_may(rows[i].role, (Tefter__Right)rights->values[j].value);
            if (may != listed(rows[i].rights, word))
                fail_msg("role %d, %s: %d", rows[i].role, word, may);
            count += may;
        }
        size_t words = 1;
        for (const char *at = rows[i].rights; *at != '\0'; at++)
            words += *at == ' ';
        assert_int_equal(count, words); /* every word is a right */
    }
}

/* Managers and owners may all that a person may, but that costs are no manager's to see; the
 * server's right is nobody's. */
static void those_above_have_all(void **state)
{
    (void)state;
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    for (unsigned i = 0; i < rights->n_values; i++) {
        Tefter__Right right = (Tefter__Right)rights->values[i].value;
        bool servers = right == TEFTER__RIGHT__RIGHT_SERVER;
        bool of_cost = right == TEFTER__RIGHT__RIGHT_SEE_COST;
        assert_int_equal(ledger_may(TEFTER__ROLE__ROLE_MANAGER, right), !servers && !of_cost);
        assert_int_equal(ledger_may(TEFTER__ROLE__ROLE_OWNER, right), !servers);
    }
}

static void who_has_a_right_is_told(void **state)
{
    (void)state;
    Tefter__Role roles[8];
    assert_int_equal(ledger_roles_with(TEFTER__RIGHT__RIGHT_LOCK, roles), 3);
    assert_int_equal(roles[0], TEFTER__ROLE__ROLE_CONTROLLER);
    assert_int_equal(roles[1], TEFTER__ROLE__ROLE_MANAGER);
    assert_int_equal(roles[2], TEFTER__ROLE__ROLE_OWNER);
    assert_int_equal(ledger_roles_with(TEFTER__RIGHT__RIGHT_SERVER, roles), 0);
    assert_int_equal(ledger_roles_with((Tefter__Right)99, roles), 0);
}

static void what_is_unknown_may_nothing(void **state)
{
    (void)state;
    static const int unknown[] = {-1, 0, 6, 31, 32, 1000};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_false(ledger_may((Tefter__Role)unknown[i], TEFTER__RIGHT__RIGHT_SEE));
        assert_false(ledger_may((Tefter__Role)unknown[i], TEFTER__RIGHT__RIGHT_NONE));
    }
    assert_false(ledger_may(TEFTER__ROLE__ROLE_OWNER, (Tefter__Right)0));
    assert_false(ledger_may(TEFTER__ROLE__ROLE_OWNER, (Tefter__Right)23));
    assert_false(ledger_may(TEFTER__ROLE__ROLE_OWNER, (Tefter__Right)1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_has_its_own),
        cmocka_unit_test(those_above_have_all),
        cmocka_unit_test(who_has_a_right_is_told),
        cmocka_unit_test(what_is_unknown_may_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
