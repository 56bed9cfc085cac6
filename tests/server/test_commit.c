#include "kit.h"

/* Texts on their way to the vault, and jobs between sales. */
struct desk {
    struct kit kit;
    struct arena arena;
    struct commit_answer answers[8];
    struct published_group group;
};

static int setup(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk)
        return 1;
    kit_open(&desk->kit);
    arena_init(&desk->arena, 256 << 20);
    *state = desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    arena_fini(&desk->arena);
    kit_close(&desk->kit);
    free(desk);
    return 0;
}

static void submit(struct desk *desk, const struct submission *submissions, size_t count)
{
    struct failure failure = {.fault = FAULT_NONE};
    assert_int_equal(commit_group(desk->kit.commit, submissions, count, &desk->arena, desk->answers,
                                  &desk->group, &failure),
                     COMMIT_DONE);
    assert_true(commit_state(desk->kit.commit, &failure));
}

static const Tefter__Done *done_of(struct desk *desk, const struct submission *submission)
{
    submit(desk, submission, 1);
    Tefter__Reply *reply = kit_reply(desk->answers[0].reply, &desk->arena);
    if (reply->result_case == TEFTER__REPLY__RESULT_REFUSED)
        print_error("refused %d %s\n", (int)reply->refused->code,
                    reply->refused->field ? reply->refused->field : "");
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    return reply->done;
}

static const Tefter__Refusal *refusal_of(struct desk *desk, const struct submission *submission)
{
    submit(desk, submission, 1);
    Tefter__Reply *reply = kit_reply(desk->answers[0].reply, &desk->arena);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    return reply->refused;
}

static void found(struct desk *desk)
{
    struct submission submission = kit_submission(&desk->kit, kit_found(&desk->arena), 1);
    done_of(desk, &submission);
}

static struct slice open_customer(struct desk *desk, const char *name, const char *phone)
{
    Tefter__Text names = TEFTER__TEXT__INIT, phones = TEFTER__TEXT__INIT;
    Tefter__OpenCustomer open = TEFTER__OPEN_CUSTOMER__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    names.value = (char *)(uintptr_t)name;
    phones.value = (char *)(uintptr_t)phone;
    open.name = &names;
    open.phone = &phones;
    open.area = (char *)(uintptr_t) "Thu Duc";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = &open;
    return message_pack(&command.base, &desk->arena);
}

struct seen {
    size_t entries;
    struct slice last; /* in the arena */
    struct arena *arena;
};

static bool see(void *context, const struct journal_batch *batch, struct failure *failure)
{
    (void)failure;
    struct seen *seen = context;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct slice entry = batch->entries[i];
        seen->entries++;
        seen->last = slice_of(arena_copy(seen->arena, entry.data, entry.size), entry.size);
    }
    return true;
}

static struct seen journal_of(struct desk *desk)
{
    struct seen seen = {.arena = &desk->arena};
    assert_true(journal_read(desk->kit.journal, 1, see, &seen, NULL));
    return seen;
}

static void words_go_to_the_vault_and_not_to_the_journal(void **state)
{
    struct desk *desk = *state;
    struct slice text;
    found(desk);
    struct submission open =
        kit_submission(&desk->kit, open_customer(desk, "Nguyễn Văn A", "0903 123 456"), 2);
    assert_int_equal(done_of(desk, &open)->id, 2);
    struct seen seen = journal_of(desk);
    assert_null(memmem(seen.last.data, seen.last.size, "Nguy", 4));
    assert_null(memmem(seen.last.data, seen.last.size, "0903", 4));
    static const char *const texts[] = {"Nguyễn Văn A", "0903 123 456"};
    struct vault_txn *txn = vault_begin(desk->kit.vault, NULL);
    for (uint16_t i = 0; i < 2; i++) {
        struct vault_id id;
        struct vault_ref ref;
        memcpy(id.bytes, open.id, COMMAND_ID_SIZE);
        be16_put(id.bytes + COMMAND_ID_SIZE, i);
        vault_put(txn, &id, slice_text(texts[i]), &ref); /* there already: tells the digest */
        assert_non_null(memmem(seen.last.data, seen.last.size, ref.digest.bytes, HASH_SIZE));
        assert_int_equal(vault_get(txn, &ref, &text), VAULT_FOUND);
        assert_true(slice_equal(text, slice_text(texts[i])));
    }
    vault_abort(txn);
}

static void words_sent_again_are_the_same_command(void **state)
{
    struct desk *desk = *state;
    found(desk);
    struct submission open = kit_submission(&desk->kit, open_customer(desk, "Lan", "0903"), 2);
    struct submission pair[2] = {open, open};
    submit(desk, pair, 2);
    uint64_t seq = kit_reply(desk->answers[0].reply, &desk->arena)->seq;
    assert_int_equal(kit_reply(desk->answers[1].reply, &desk->arena)->seq, seq);
    size_t before = journal_of(desk).entries;
    submit(desk, &open, 1);
    assert_int_equal(kit_reply(desk->answers[0].reply, &desk->arena)->seq, seq);
    assert_false(desk->answers[0].journalled);
    assert_int_equal(journal_of(desk).entries, before);
    open.command = open_customer(desk, "Mai", "0903");
    assert_int_equal(refusal_of(desk, &open)->code, TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED);
    assert_int_equal(journal_of(desk).entries, before);
}

static void references_of_others_are_not_taken(void **state)
{
    struct desk *desk = *state;
    uint8_t id[VAULT_ID_SIZE] = {1}, digest[HASH_SIZE] = {2};
    Tefter__Text name = TEFTER__TEXT__INIT, phone = TEFTER__TEXT__INIT;
    Tefter__OpenCustomer open = TEFTER__OPEN_CUSTOMER__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    found(desk);
    name.has_id = name.has_size = name.has_digest = 1;
    name.id = (ProtobufCBinaryData){sizeof id, id};
    name.size = 5;
    name.digest = (ProtobufCBinaryData){sizeof digest, digest};
    phone.value = (char *)(uintptr_t) "0903";
    open.name = &name;
    open.phone = &phone;
    open.area = (char *)(uintptr_t) "Thu Duc";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = &open;
    struct submission submission =
        kit_submission(&desk->kit, message_pack(&command.base, &desk->arena), 2);
    assert_string_equal(refusal_of(desk, &submission)->field, "name");
}

static void outcome_marks_follow_the_ledger(void **state)
{
    struct desk *desk = *state;
    struct ledger_state ledger;
    struct journal_head head;
    found(desk);
    struct submission open = kit_submission(&desk->kit, open_customer(desk, "Lan", "0903"), 2);
    done_of(desk, &open);
    assert_true(ledger_state(desk->kit.ledger, &ledger, NULL));
    journal_head(desk->kit.journal, &head);
    assert_int_equal(ledger.seq + 1, head.next_seq);
    assert_int_equal(ledger.batch, head.batch);
    assert_memory_equal(&ledger.chain, &head.chain, sizeof head.chain);
    assert_int_equal(desk->group.seq, ledger.seq);
    assert_true(desk->group.row_count >= 1);
    assert_true(desk->group.event_count >= 1);
}

/* A new policy tells every customer, step by step, with sales between. */
static void jobs_go_on_between(void **state)
{
    struct desk *desk = *state;
    Tefter__LimitTerms terms = TEFTER__LIMIT_TERMS__INIT;
    Tefter__SetCreditPolicy policy = TEFTER__SET_CREDIT_POLICY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    found(desk);
    for (int i = 0; i < 50; i++) {
        struct submission open = kit_submission(&desk->kit, open_customer(desk, "Lan", "0903"), 2);
        done_of(desk, &open);
    }
    terms.has_limit_minor = 1;
    terms.limit_minor = 1000;
    policy.terms = &terms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_POLICY;
    command.set_credit_policy = &policy;
    struct submission submission =
        kit_submission(&desk->kit, message_pack(&command.base, &desk->arena), 2);
    done_of(desk, &submission);
    assert_true(commit_wants_step(desk->kit.commit));
    size_t rows = 0, groups = 0;
    while (commit_wants_step(desk->kit.commit) && groups++ < 100) {
        submit(desk, NULL, 0);
        rows += desk->group.row_count;
    }
    assert_false(commit_wants_step(desk->kit.commit));
    assert_true(rows >= 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_go_to_the_vault_and_not_to_the_journal),
        TEST(words_sent_again_are_the_same_command),
        TEST(references_of_others_are_not_taken),
        TEST(outcome_marks_follow_the_ledger),
        TEST(jobs_go_on_between),
    };
    assert_true(hash_setup());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
