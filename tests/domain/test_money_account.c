/* Places money lies in. */
#include "domain/scenario.h"

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

static const Tefter__MoneyAccountsAnswer *places(struct scenario *s)
{
    const Tefter__Answer *answer = scenario_ask(s, "money_accounts", "{}");
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_MONEY_ACCOUNTS);
    return answer->money_accounts;
}

/* Place 1 is our account at a bank. */
static struct scenario *with_account(void)
{
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_bank_account",
                  "{'name': 'daily', 'number': 'GB29 NWBK 6016', 'bank': 'NatWest'}");
    return s;
}

static void a_branch_has_tills_and_devices_with_names_of_their_own(void **state)
{
    (void)state;
    struct scenario *s = with_account();
    assert_int_equal(scenario_done(s, "add_till", "{'branch': 1, 'name': 'till 1'}")->id, 2);
    scenario_done(s, "add_pos_device", "{'branch': 1, 'name': 'card 1', 'bank_account': 1}");
    assert_int_equal(
        REFUSED(s, "add_till", "{'branch': 1, 'name': 'till 1'}", ALREADY_EXISTS, "name")->existing,
        2);
    REFUSED(s, "add_till", "{'branch': 1, 'name': 'card 1'}", ALREADY_EXISTS, "name");
    REFUSED(s, "add_pos_device", "{'branch': 1, 'name': 'till 1', 'bank_account': 1}",
            ALREADY_EXISTS, "name");
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    scenario_done(s, "add_till", "{'branch': 2, 'name': 'till 1'}");
    const Tefter__MoneyAccountsAnswer *all = places(s);
    assert_int_equal(all->n_money_accounts, 4);
    assert_int_equal(all->money_accounts[2]->kind, TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE);
    assert_int_equal(all->money_accounts[2]->bank_account, 1);
    assert_int_equal(all->money_accounts[3]->branch, 2);
    scenario_end(s);
}

static void a_bank_account_has_its_number_for_itself(void **state)
{
    (void)state;
    struct scenario *s = with_account();
    REFUSED(s, "add_bank_account", "{'name': 'x', 'number': 'GB29NWBK6016 '}", ALREADY_EXISTS,
            "number");
    REFUSED(s, "add_bank_account", "{'name': ' ', 'number': ' '}", FIELD_MISSING, "name");
    REFUSED(s, "add_bank_account", "{'name': 'x', 'number': ' '}", FIELD_MISSING, "number");
    REFUSED(s, "add_bank_account",
            "{'name': 'x', 'number': '12345678901234567890123456789012345678901'}", TEXT_INVALID,
            "number");
    REFUSED(s, "add_bank_account", "{'name': 'x', 'number': '1', 'bank': ' '}", FIELD_MISSING,
            "bank");
    scenario_done(s, "add_bank_account", "{'name': 'daily', 'number': 'GB29NWBK60167'}");
    assert_string_equal(places(s)->money_accounts[0]->number, "GB29 NWBK 6016");
    scenario_end(s);
}

static void a_place_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = with_account();
    REFUSED(s, "add_till", "{'branch': 9, 'name': ' '}", FIELD_MISSING, "name");
    REFUSED(s, "add_till", "{'branch': 9, 'name': 'till'}", NOT_FOUND, "branch");
    scenario_done(s, "add_till", "{'branch': 1, 'name': 'till'}");
    REFUSED(s, "add_pos_device", "{'branch': 9, 'name': ' ', 'bank_account': 9}", FIELD_MISSING,
            "name");
    REFUSED(s, "add_pos_device", "{'branch': 9, 'name': 'card', 'bank_account': 9}", NOT_FOUND,
            "branch");
    REFUSED(s, "add_pos_device", "{'branch': 1, 'name': 'card', 'bank_account': 9}", NOT_FOUND,
            "bank_account");
    REFUSED(s, "add_pos_device", "{'branch': 1, 'name': 'card', 'bank_account': 2}", NOT_FOUND,
            "bank_account");
    scenario_done(s, "retire_money_account", "{'money_account': 1, 'retired': true}");
    REFUSED(s, "add_pos_device", "{'branch': 1, 'name': 'card', 'bank_account': 1}", RETIRED,
            "bank_account");
    scenario_end(s);
}

static void a_retired_till_takes_no_money_until_it_is_used_again(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t till = scenario_till(s);
    const char *money = json(
        "{'customer': %u, 'kind': 'CASH', 'amount_minor': 50, 'money_account': %u}", anh, till);
    REFUSED(s, "retire_money_account", "{'money_account': 9, 'retired': true}", NOT_FOUND,
            "money_account");
    REFUSED(s, "retire_money_account", json("{'money_account': %u, 'retired': false}", till),
            NOTHING_TO_CHANGE, NULL);
    scenario_done(s, "retire_money_account", json("{'money_account': %u, 'retired': true}", till));
    REFUSED(s, "take_payment", money, RETIRED, "money_account");
    REFUSED(s, "add_till", "{'branch': 1, 'name': 'till'}", ALREADY_EXISTS, "name");
    scenario_done(s, "retire_money_account", json("{'money_account': %u, 'retired': false}", till));
    scenario_done(s, "take_payment", money);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_has_tills_and_devices_with_names_of_their_own),
        cmocka_unit_test(a_bank_account_has_its_number_for_itself),
        cmocka_unit_test(a_place_with_a_mistake_is_refused),
        cmocka_unit_test(a_retired_till_takes_no_money_until_it_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
