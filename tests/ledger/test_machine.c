/* The machine: ids that count once, rights, rules versions, state digests, what sessions look up.
 */
#include "domain/scenario.h"

#include "base/limits.h"
#include "tx/cache.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* Applies the entry that was applied last once more, as a retry would; the command may be another.
 */
static const Tefter__Reply *again(struct scenario *s, const char *other_command, int64_t id_ms)
{
    Tefter__Entry *entry = (Tefter__Entry *)message_unpack(
        &tefter__entry__descriptor, s->entries[s->entry_count - 1], &s->arena);
    struct message_fault fault;
    if (other_command != NULL) {
        struct slice packed =
            message_pack(message_of_json(&tefter__command__descriptor, slice_text(other_command),
                                         &s->arena, &fault),
                         &s->arena);
        entry->command = (ProtobufCBinaryData){packed.size, (uint8_t *)packed.data};
    }
    if (id_ms != 0) {
        be16_put(entry->id.data, (uint16_t)(id_ms >> 32));
        be32_put(entry->id.data + 2, (uint32_t)id_ms);
    }
    struct slice bytes = message_pack(&entry->base, &s->arena);
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    struct hash chain = {{0}};
    static const uint8_t ledger[16] = "scenario-ledger";
    s->entries[s->entry_count++] = bytes;
    assert_true(ledger_begin(s->ledger, &failure));
    assert_true(ledger_apply(s->ledger, ++s->seq, bytes, &s->arena, &result, &failure));
    ledger_state_digest(s->ledger, &s->seq, &s->state_digest);
    assert_true(
        ledger_commit(s->ledger, ledger, &(struct incarnation){.number = 1}, 1, &chain, &failure));
    return (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, result.reply, &s->arena);
}

static void the_same_id_and_request_counts_once(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    const Tefter__Done *first = scenario_sell(s, anh, 100);
    uint64_t first_seq = s->seq;
    const Tefter__Reply *second = again(s, NULL, 0);
    assert_int_equal(second->seq, first_seq);
    assert_string_equal(second->done->number, first->number);
    assert_int_equal(scenario_account(s, anh)->balance_minor, 100);
    const Tefter__Reply *other =
        again(s, "{\"take_payment\":{\"kind\":\"CASH\",\"amount_minor\":1}}", 0);
    assert_int_equal(other->refused->code, TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED);
    scenario_end(s);
}

static void ids_that_are_too_old_or_from_the_future_are_refused(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_customer(s, "Anh", 10000);
    int64_t now = s->now_ms;
    assert_int_equal(again(s, NULL, now - COMMAND_ID_LIFE_MS - 1)->refused->code,
                     TEFTER__REFUSAL_CODE__COMMAND_ID_TOO_OLD);
    assert_int_equal(again(s, NULL, now + COMMAND_ID_AHEAD_MS + 1000)->refused->code,
                     TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_end(s);
}

static void old_ids_are_pruned_a_few_at_each_command(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_sell(s, anh, 1);
    const Tefter__Entry *entry = (Tefter__Entry *)message_unpack(
        &tefter__entry__descriptor, s->entries[s->entry_count - 1], &s->arena);
    char id[33];
    for (size_t i = 0; i < 16; i++)
        snprintf(id + 2 * i, 3, "%02x", entry->id.data[i]);
    assert_true(scenario_ask(s, "command", json("{'id': '%s'}", id))->command->known);
    for (int day = 0; day < 50; day++) {
        scenario_wait(s, DAY_MS);
        scenario_sell(s, anh, 1);
    }
    assert_false(scenario_ask(s, "command", json("{'id': '%s'}", id))->command->known);
    scenario_end(s);
}

/* ---- entries that are passed over ---- */

/* The last entry once more, with a fresh id; or, emptied, only its time. */
static struct slice last_anew(struct scenario *s, bool emptied)
{
    static uint8_t no_id[COMMAND_ID_SIZE];
    Tefter__Entry *entry = (Tefter__Entry *)message_unpack(
        &tefter__entry__descriptor, s->entries[s->entry_count - 1], &s->arena);
    entry->id.data[COMMAND_ID_SIZE - 1] ^= 0x40;
    if (!emptied)
        return message_pack(&entry->base, &s->arena);
    Tefter__Entry empty = TEFTER__ENTRY__INIT;
    empty.id = (ProtobufCBinaryData){sizeof no_id, no_id};
    empty.now_ms = entry->now_ms;
    return message_pack(&empty.base, &s->arena);
}

static Tefter__RefusalCode known_as(struct scenario *s, struct slice bytes)
{
    bool same = false;
    struct ledger_answered before = {.seq = 0};
    const Tefter__Entry *entry =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &s->arena);
    struct slice command = slice_of(entry->command.data, entry->command.len);
    if (!ledger_applied(s->ledger, entry->id.data, command, &s->arena, &before, &same))
        return 0;
    const Tefter__Reply *reply =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, before.reply, &s->arena);
    assert_true(same);
    assert_int_equal(reply->seq, s->seq + 1);
    return reply->refused->code;
}

/* To the digest it is an entry that does nothing, as it always was; but its id is known. */
static void an_entry_that_is_passed_over_does_nothing_and_is_known(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    struct hash digests[2];
    uint64_t seq;
    scenario_sell(s, scenario_customer(s, "Anh", 10000), 100);
    struct slice whole = last_anew(s, false), empty = last_anew(s, true);
    assert_true(ledger_begin(s->ledger, &failure));
    assert_true(ledger_apply(s->ledger, s->seq + 1, empty, &s->arena, &result, &failure));
    ledger_state_digest(s->ledger, &seq, &digests[0]);
    ledger_abort(s->ledger);
    assert_true(ledger_begin(s->ledger, &failure));
    assert_int_equal(known_as(s, whole), 0);
    assert_true(ledger_pass_over(s->ledger, s->seq + 1, whole, &s->arena, &result, &failure));
    ledger_state_digest(s->ledger, &seq, &digests[1]);
    assert_int_equal(seq, s->seq + 1);
    assert_int_equal(result.row_count + result.event_count, 0);
    assert_memory_equal(&digests[0], &digests[1], sizeof digests[0]);
    assert_int_equal(known_as(s, whole), TEFTER__REFUSAL_CODE__QUARANTINED);
    ledger_abort(s->ledger);
    scenario_end(s);
}

static void what_is_no_entry_can_be_passed_over(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    assert_true(ledger_begin(s->ledger, &failure));
    assert_true(ledger_pass_over(s->ledger, s->seq + 1, slice_text("no entry"), &s->arena, &result,
                                 &failure));
    assert_false(ledger_pass_over(s->ledger, s->seq + 1, slice_text("no entry"), &s->arena, &result,
                                  &failure));
    ledger_abort(s->ledger);
    scenario_end(s);
}

/* A command that was done keeps its reply, whatever is passed over later. */
static void a_repeated_command_that_is_passed_over_keeps_its_reply(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    scenario_customer(s, "Anh", 10000);
    struct slice done = s->entries[s->entry_count - 1];
    assert_true(ledger_begin(s->ledger, &failure));
    assert_true(ledger_pass_over(s->ledger, s->seq + 1, done, &s->arena, &result, &failure));
    assert_true(ledger_apply(s->ledger, s->seq + 2, done, &s->arena, &result, &failure));
    assert_true(result.repeated);
    const Tefter__Reply *reply =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, result.reply, &s->arena);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    ledger_abort(s->ledger);
    scenario_end(s);
}

/* The clock was ahead while the ledger was written, and has been put right: ids of the right time
 * are neither too old nor of the future, also those of just before; and none counts twice. */
static void ids_survive_a_clock_that_was_ahead(void **state)
{
    (void)state;
    static const int64_t ahead_days[] = {1, 2, 44, 45, 46, 365, 3650};
    for (size_t i = 0; i < sizeof ahead_days / sizeof ahead_days[0]; i++) {
        struct scenario *s = scenario_begin();
        uint32_t anh = scenario_customer(s, "Anh", 100000);
        scenario_sell(s, anh, 1);
        int64_t right_ms = s->now_ms;
        const Tefter__Entry *before = (Tefter__Entry *)message_unpack(
            &tefter__entry__descriptor, s->entries[s->entry_count - 1], &s->arena);
        scenario_wait(s, ahead_days[i] * DAY_MS);
        for (int n = 0; n < 20; n++)
            scenario_sell(s, anh, 1);
        s->now_ms = right_ms + 60000;
        scenario_sell(s, anh, 1);
        assert_int_equal(again(s, NULL, right_ms - DAY_MS)->result_case,
                         TEFTER__REPLY__RESULT_DONE);
        assert_int_equal(scenario_account(s, anh)->balance_minor, 23);
        scenario_apply_entry(s, before);
        assert_int_equal(scenario_account(s, anh)->balance_minor, 23);
        assert_int_equal(again(s, NULL, right_ms - COMMAND_ID_LIFE_MS)->refused->code,
                         TEFTER__REFUSAL_CODE__COMMAND_ID_TOO_OLD);
        scenario_end(s);
    }
}

/* A lock, a limit and a buyer end with the day: who was away is told as who never was. */
static void who_was_away_is_told_what_ended_with_the_day(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t ones[4];
    for (int i = 0; i < 4; i++)
        ones[i] = scenario_customer(s, json("One %d", i), 10000);
    scenario_done(s, "lock_customer", json("{'customer': %u, 'until': 20000}", ones[0]));
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 5, 'valid_until': 20001}}", ones[1]));
    scenario_done(s, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Hùng', 'valid_until': 20002}", ones[2]));
    for (uint32_t day = 20001; day <= 20003; day++) {
        uint64_t away = s->seq;
        scenario_as(s, 0);
        scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", day));
        uint64_t job;
        while (ledger_jobs(s->ledger, &job, 1) == 1)
            scenario_done(s, "step_job", json("{'job': %llu}", (unsigned long long)job));
        struct failure failure = {.fault = FAULT_NONE};
        struct ledger_view *view = ledger_view_begin(s->ledger, &s->arena, &failure);
        const uint64_t *keys;
        size_t count;
        assert_true(ledger_view_changed(view, away, &keys, &count));
        assert_int_equal(count, 2); /* account and customer */
        assert_int_equal(row_key_id(keys[0]), ones[day - 20001]);
        assert_int_equal(row_key_id(keys[1]), ones[day - 20001]);
        ledger_view_end(view);
    }
    scenario_end(s);
}

/* A message with its required parts there and empty, so that it can be read. */
static ProtobufCMessage *hollow(struct scenario *s, const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = message_new(type, &s->arena);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REQUIRED && field->type == PROTOBUF_C_TYPE_MESSAGE)
            *(ProtobufCMessage **)((char *)message + field->offset) = hollow(s, field->descriptor);
    }
    return message;
}

static const Tefter__Command *hollow_command(struct scenario *s,
                                             const ProtobufCFieldDescriptor *field)
{
    Tefter__Command *command =
        (Tefter__Command *)message_new(&tefter__command__descriptor, &s->arena);
    command->kind_case = (Tefter__Command__KindCase)field->id;
    *(ProtobufCMessage **)((char *)command + field->offset) = hollow(s, field->descriptor);
    return command;
}

static void every_command_wants_its_right(void **state)
{
    (void)state;
    static const Tefter__Role roles[] = {TEFTER__ROLE__ROLE_SALES, TEFTER__ROLE__ROLE_CONTROLLER,
                                         TEFTER__ROLE__ROLE_ACCOUNTANT, TEFTER__ROLE__ROLE_MANAGER,
                                         TEFTER__ROLE__ROLE_OWNER};
    struct scenario *s = scenario_begin();
    uint32_t staff[5];
    for (size_t i = 0; i < 5; i++)
        staff[i] = scenario_staff(s, json("role%zu", i), roles[i]);
    const ProtobufCMessageDescriptor *type = &tefter__command__descriptor;
    for (unsigned f = 0; f < type->n_fields; f++) {
        const ProtobufCFieldDescriptor *field = &type->fields[f];
        Tefter__Right right = ledger_command_right(field->id);
        for (size_t i = 0; i < 5; i++) {
            scenario_as(s, staff[i]);
            /* An empty message: whoever has the right gets past it, to some other refusal. */
            const Tefter__Reply *reply = scenario_apply(s, hollow_command(s, field));
            bool missing = reply->result_case == TEFTER__REPLY__RESULT_REFUSED &&
                           reply->refused->code == TEFTER__REFUSAL_CODE__RIGHT_MISSING &&
                           reply->refused->right == right;
            if (missing == ledger_may(roles[i], right))
                fail_msg("%s as role %zu", field->name, i);
        }
    }
    scenario_end(s);
}

static void the_servers_own_commands_are_nobodys(void **state)
{
    (void)state;
    for (Tefter__Role role = TEFTER__ROLE__ROLE_SALES; role <= TEFTER__ROLE__ROLE_OWNER; role++)
        assert_false(ledger_may(role, TEFTER__RIGHT__RIGHT_SERVER));
    assert_int_equal(ledger_command_right(999), TEFTER__RIGHT__RIGHT_SERVER);
    assert_int_equal(ledger_query_right(999), TEFTER__RIGHT__RIGHT_SERVER);
    struct scenario *s = scenario_begin();
    scenario_refused(s, "turn_day", "{'branch': 1, 'date': 20001}",
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_as(s, 0);
    scenario_refused(s, "adopt_rules_version", json("{'rules_version': %d}", LEDGER_RULES),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "rules_version");
    scenario_refused(
        s, "create_company",
        "{'name': 'x', 'currency': 'EUR', 'admin_login': 'a', 'rules_version': 1, 'date': 1}",
        TEFTER__REFUSAL_CODE__ALREADY_EXISTS, "company");
    scenario_end(s);
}

static void a_terminal_that_was_away_is_told_what_changed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    uint32_t binh = scenario_customer(s, "Binh", 10000);
    uint64_t away = s->seq;
    scenario_sell(s, binh, 1);
    scenario_sell(s, anh, 1);
    scenario_sell(s, binh, 1);
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_view *view = ledger_view_begin(s->ledger, &s->arena, &failure);
    const uint64_t *keys;
    size_t count;
    assert_true(ledger_view_changed(view, away, &keys, &count));
    assert_int_equal(count, 2);
    assert_int_equal(row_key_id(keys[0]), binh);
    assert_true(ledger_view_changed(view, s->seq, &keys, &count));
    assert_int_equal(count, 0);
    assert_false(ledger_view_changed(view, s->seq + 1, &keys, &count));
    ledger_view_end(view);
    scenario_end(s);
}

static void a_skipped_entry_counts_its_seq_and_does_nothing(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint8_t id[COMMAND_ID_SIZE] = {0};
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = s->now_ms;
    struct slice bytes = message_pack(&entry.base, &s->arena);
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    assert_true(ledger_begin(s->ledger, &failure));
    assert_false(ledger_apply(s->ledger, s->seq + 2, bytes, &s->arena, &result, &failure));
    failure.fault = FAULT_NONE;
    assert_true(ledger_apply(s->ledger, s->seq + 1, bytes, &s->arena, &result, &failure));
    assert_int_equal(result.reply.size, 0);
    assert_int_equal(result.row_count, 0);
    ledger_abort(s->ledger);
    scenario_end(s);
}

/* One of it, and what is owed then. */
static int64_t owed_after(struct scenario *s, uint32_t customer, uint32_t product)
{
    const char *sale =
        json("{'customer': %u, 'lines': [{'product': %u, 'quantity': 1000}]}", customer, product);
    return scenario_done(s, "issue_invoice", sale)->account->balance_minor;
}

/* Records that many commands look at are decoded once: what a till is told is still what was put
 * last, a refused change is not seen, and more of them than are kept are as good as few. */
static void what_many_look_at_is_what_was_put_last(void **state)
{
    (void)state;
    enum { PRODUCTS = CACHE_MAX + 100, LINES = 60 };
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000000);
    for (uint32_t i = 1; i <= PRODUCTS; i++)
        scenario_done(s, "add_product",
                      json("{'code': 'P%u', 'name': 'n', 'price': %u}", i, i * 1000));
    int64_t owed = 0;
    for (uint32_t first = 1; first + LINES <= PRODUCTS; first += LINES) {
        struct buffer sale;
        buffer_init(&sale, 64 * 1024);
        const char *head = json("{'customer': %u, 'lines': [", anh);
        buffer_put(&sale, head, strlen(head));
        for (uint32_t i = first; i < first + LINES; i++) {
            const char *line =
                json("%s{\"product\": %u, \"quantity\": 1000}", i > first ? "," : "", i);
            buffer_put(&sale, line, strlen(line));
            owed += i;
        }
        buffer_put(&sale, "]}", 3);
        assert_int_equal(
            scenario_done(s, "issue_invoice", (const char *)sale.data)->account->balance_minor,
            owed);
        buffer_fini(&sale);
    }
    scenario_done(s, "change_product", "{'product': 7, 'price': 70000}");
    assert_int_equal(owed_after(s, anh, 7), owed += 70);
    scenario_refused(s, "change_product", "{'product': 7, 'price': 90000, 'tax_bp': 10001}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "tax_bp");
    assert_int_equal(owed_after(s, anh, 7), owed += 70);
    scenario_end(s);
}

/* The fourth place of adding a command: a scenario that speaks of it. */
static void every_command_has_a_scenario(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *type = &tefter__command__descriptor;
    for (unsigned f = 0; f < type->n_fields; f++) {
        char line[600];
        snprintf(line, sizeof line, "grep -q '\"%s\"' %s/tests/domain/*.c %s/tests/ledger/*.c",
                 type->fields[f].name, SOURCE_FOLDER, SOURCE_FOLDER);
        if (system(line) != 0)
            fail_msg("no scenario under tests/domain says \"%s\"", type->fields[f].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_id_and_request_counts_once),
        cmocka_unit_test(ids_that_are_too_old_or_from_the_future_are_refused),
        cmocka_unit_test(ids_survive_a_clock_that_was_ahead),
        cmocka_unit_test(old_ids_are_pruned_a_few_at_each_command),
        cmocka_unit_test(an_entry_that_is_passed_over_does_nothing_and_is_known),
        cmocka_unit_test(what_is_no_entry_can_be_passed_over),
        cmocka_unit_test(a_repeated_command_that_is_passed_over_keeps_its_reply),
        cmocka_unit_test(every_command_wants_its_right),
        cmocka_unit_test(the_servers_own_commands_are_nobodys),
        cmocka_unit_test(a_terminal_that_was_away_is_told_what_changed),
        cmocka_unit_test(who_was_away_is_told_what_ended_with_the_day),
        cmocka_unit_test(a_skipped_entry_counts_its_seq_and_does_nothing),
        cmocka_unit_test(what_many_look_at_is_what_was_put_last),
        cmocka_unit_test(every_command_has_a_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
