/* The golden journals, replayed by the program as it is now. */
#include "golden/golden.h"
#include "golden/story.h"

#include "admin/commands.h"
#include "base/limits.h"
#include "datadir/datadir.h"
#include "datadir/files.h"
#include "engine/instance.h"
#include "recovery/replay.h"
#include "recovery/subprocess.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Refusals that no entry of a journal can come to, and who gives them instead. */
static const struct {
    Tefter__RefusalCode code;
    const char *why;
} never_of_the_ledger[] = {
    {TEFTER__REFUSAL_CODE__UNREADABLE, "what cannot be read is not journalled, nor replayed"},
    {TEFTER__REFUSAL_CODE__SERVER_OLDER, "a client says it itself"},
    {TEFTER__REFUSAL_CODE__CLIENT_OLDER, "a client says it itself"},
    {TEFTER__REFUSAL_CODE__LOGIN_WRONG, "a login is checked before anything is journalled"},
    {TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, "logins are counted in memory"},
    {TEFTER__REFUSAL_CODE__PIN_LOCKED, "wrong PINs are counted in memory"},
    {TEFTER__REFUSAL_CODE__PASSWORD_WEAK, "the ledger sees only the hash of a password"},
    {TEFTER__REFUSAL_CODE__CERTIFICATE_EXPIRED, "a certificate is checked at the handshake"},
    {TEFTER__REFUSAL_CODE__BUSY, "admission: nothing was journalled"},
    {TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG, "questions alone: a command's memory suffices"},
    {TEFTER__REFUSAL_CODE__RECORD_DAMAGED, "in a command it is a fault"},
    {TEFTER__REFUSAL_CODE__READ_ONLY, "the monitor: nothing was journalled"},
    {TEFTER__REFUSAL_CODE__DEADLINE_PASSED, "the write path: nothing was journalled"},
    {TEFTER__REFUSAL_CODE__VERSION_UNKNOWN, "the protocol's version is agreed on first"},
    {TEFTER__REFUSAL_CODE__ALREADY_SUBSCRIBED, "subscriptions are a connection's"},
    {TEFTER__REFUSAL_CODE__QUARANTINED, "the entry is passed over: nothing is decided"},
    {TEFTER__REFUSAL_CODE__QUERY_DISABLED, "a query is not journalled"},
    {TEFTER__REFUSAL_CODE__COMMAND_ID_FOREIGN, "only a connection knows whose terminal it is"},
    {TEFTER__REFUSAL_CODE__RENEWAL_TOO_EARLY, "access: nothing was journalled"},
    {TEFTER__REFUSAL_CODE__TOO_MANY_CONNECTIONS, "connections are counted by the sessions"},
    {TEFTER__REFUSAL_CODE__TEXT_UNSEEN, "texts are looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__TEXT_BLANK, "texts are looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__TEXT_EDGE, "texts are looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__TEXT_MARK, "texts are looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__TEXT_BREAK, "texts are looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__ORIGIN_NOT_OURS, "a browser is looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__PROOF_WRONG, "a browser is looked at before anything is journalled"},
    {TEFTER__REFUSAL_CODE__NOTICES_OFF, "what is asked for is no command"},
    {TEFTER__REFUSAL_CODE__NOT_A_PRINTER, "what is asked for is no command"},
    {TEFTER__REFUSAL_CODE__RECEIPT_WRONG, "a receipt is checked before the offer is journalled"},
};

struct golden {
    uint32_t rules;
    char journal_path[FILES_PATH_MAX];
    char base[64];
    char expected[GOLDEN_TEXT_MAX];
    struct journal *journal;
    struct buffer text;
    struct golden_cover cover;
};

static void must(bool good, const struct failure *failure)
{
    if (!good)
        fail_msg("%s", failure->text);
}

static void golden_open(struct golden *golden, uint32_t rules)
{
    struct failure failure = {.fault = FAULT_NONE};
    char path[FILES_PATH_MAX];
    size_t size;
    *golden = (struct golden){.rules = rules};
    snprintf(golden->base, sizeof golden->base, "/tmp/tefter-golden-XXXXXX");
    assert_non_null(mkdtemp(golden->base));
    snprintf(golden->journal_path, FILES_PATH_MAX, "%s/rules-%" PRIu32 "/journal", GOLDEN_FOLDER,
             rules);
    snprintf(path, sizeof path, "%s/rules-%" PRIu32 "/expected", GOLDEN_FOLDER, rules);
    struct journal_options options = {.path = golden->journal_path, .reading = true};
    must(files_read(path, golden->expected, sizeof golden->expected, &size, &failure) &&
             journal_open(&options, &golden->journal, &failure),
         &failure);
    buffer_init(&golden->text, GOLDEN_TEXT_MAX);
}

static void golden_close(struct golden *golden)
{
    journal_close(golden->journal);
    buffer_fini(&golden->text);
    files_remove_tree(golden->base, NULL);
}

static struct ledger *ledger_in(const struct golden *golden, const char *name)
{
    struct failure failure = {.fault = FAULT_NONE};
    char path[FILES_PATH_MAX];
    struct ledger *ledger;
    must(files_join(path, golden->base, name, &failure), &failure);
    struct ledger_options options = {.path = path, .map_bytes = GOLDEN_MAP};
    must(ledger_open(&options, &ledger, &failure), &failure);
    return ledger;
}

/* Names the first line that is another. */
static void same_lines(const char *wanted, const char *said)
{
    for (int line = 1; *wanted != '\0' || *said != '\0'; line++) {
        size_t size = strcspn(wanted, "\n"), other = strcspn(said, "\n");
        if (size != other || memcmp(wanted, said, size) != 0)
            fail_msg("line %d: expected \"%.*s\", came to \"%.*s\"", line, (int)size, wanted,
                     (int)other, said);
        wanted += size + (wanted[size] != '\0');
        said += other + (said[other] != '\0');
    }
}

static void check(struct ledger *ledger)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_check result;
    must(ledger_check(ledger, &result, &failure), &failure);
    assert_string_equal(result.what, "");
}

/* Once batch by batch, compared with what is written down; once as recovery and verify replay, with
 * the journal's own digests; and both come to the same rows, with the derived ones made anew. */
static void replays_to_what_is_written(uint32_t rules)
{
    static struct golden golden;
    struct failure failure = {.fault = FAULT_NONE};
    struct replayed replayed;
    struct hash rows, again;
    golden_open(&golden, rules);
    struct ledger *first = ledger_in(&golden, "first");
    struct ledger *second = ledger_in(&golden, "second");
    golden_tell(golden.journal, first, &golden.text, &golden.cover);
    assert_true(buffer_put(&golden.text, "", 1));
    same_lines(golden.expected, (const char *)golden.text.data);
    struct replay_options options = {.journal = golden.journal, .ledger = second};
    must(replay_run(&options, &replayed, &failure), &failure);
    free(replayed.erased);
    assert_int_equal(replayed.not_compared, 0);
    check(first);
    check(second);
    struct ledger_state one, other;
    must(ledger_state(first, &one, &failure) && ledger_state(second, &other, &failure), &failure);
    assert_int_equal(one.rules_version, rules);
    assert_int_equal(one.seq, other.seq);
    assert_memory_equal(&one.state_digest, &other.state_digest, sizeof one.state_digest);
    must(ledger_rows(first, &rows, &failure) && ledger_rows(second, &again, &failure), &failure);
    assert_memory_equal(&rows, &again, sizeof rows);
    ledger_close(first);
    ledger_close(second);
    golden_close(&golden);
}

static void each_journal_replays_to_what_is_written(void **state)
{
    (void)state;
    for (uint32_t rules = 1; rules <= GOLDEN_RULES_MAX; rules++)
        replays_to_what_is_written(rules);
}

/* Codes that came with a later version: no older rule says them. */
static const struct {
    Tefter__RefusalCode code;
    uint32_t rules;
} came_later[] = {
    {TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, 3},
    {TEFTER__REFUSAL_CODE__DATED_LATER, 3},
    {TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, 3},
    {TEFTER__REFUSAL_CODE__NO_RECOVERY, 3},
    {TEFTER__REFUSAL_CODE__OFFER_DECIDED, 3},
    {TEFTER__REFUSAL_CODE__RECOVERY_UNFINISHED, 3},
    {TEFTER__REFUSAL_CODE__MORE_THAN_YOU_MAY, 5},
    {TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH, 5},
    {TEFTER__REFUSAL_CODE__UNPAID_TOO_MANY, 5},
    {TEFTER__REFUSAL_CODE__RULES_TOO_OLD, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_UNDECIDED, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_DENIED, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_USED_ALREADY, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_LAPSED, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_OTHER_CUSTOMER, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_OTHER_BRANCH, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_OTHER_GOODS, 5},
    {TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS, 5},
    {TEFTER__REFUSAL_CODE__OWN_APPROVAL, 5},
    {TEFTER__REFUSAL_CODE__WITHIN_LIMIT, 5},
    {TEFTER__REFUSAL_CODE__SITE_LIMIT_EXCEEDED, 5},
    {TEFTER__REFUSAL_CODE__PAYER_LOCKED, 5},
    {TEFTER__REFUSAL_CODE__PAYER_HAS_PAYER, 5},
    {TEFTER__REFUSAL_CODE__PAYER_HAS_SITES, 5},
    {TEFTER__REFUSAL_CODE__LOOKS_LIKE, 5},
    {TEFTER__REFUSAL_CODE__NUMBER_OF_OTHER_SERIES, 5},
    {TEFTER__REFUSAL_CODE__NOT_IMPORTED, 5},
    {TEFTER__REFUSAL_CODE__CASH_SALE_UNPAID, 5},
    {TEFTER__REFUSAL_CODE__PAID_TOO_MUCH, 5},
    {TEFTER__REFUSAL_CODE__ROUNDING_TOO_MUCH, 5},
    {TEFTER__REFUSAL_CODE__NOT_IN_COINS, 5},
    {TEFTER__REFUSAL_CODE__REFUND_TOO_MUCH, 5},
    {TEFTER__REFUSAL_CODE__MONEY_NOT_THERE, 5},
    {TEFTER__REFUSAL_CODE__MONEY_LEFT, 5},
    {TEFTER__REFUSAL_CODE__TILL_CLOSED, 5},
    {TEFTER__REFUSAL_CODE__TILL_OPEN, 5},
    {TEFTER__REFUSAL_CODE__TILL_COUNTED, 5},
    {TEFTER__REFUSAL_CODE__TILL_NOT_COUNTED, 5},
    {TEFTER__REFUSAL_CODE__UNIT_UNKNOWN, 5},
    {TEFTER__REFUSAL_CODE__UNIT_NOT_EXACT, 5},
    {TEFTER__REFUSAL_CODE__PIN_NEEDED, 5},
    {TEFTER__REFUSAL_CODE__PIN_WRONG, 5},
    {TEFTER__REFUSAL_CODE__BUYER_NEEDED, 6},
    {TEFTER__REFUSAL_CODE__APPROVAL_OUTGROWN, 7},
    {TEFTER__REFUSAL_CODE__BOUND_TO_BRANCH, 6},
    {TEFTER__REFUSAL_CODE__CUSTOMER_OPEN, 6},
    {TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, 6},

    {TEFTER__REFUSAL_CODE__CUSTOMER_MERGED, 6},
    {TEFTER__REFUSAL_CODE__MERGE_IN_USE, 6},
    {TEFTER__REFUSAL_CODE__SAME_CUSTOMER, 7},
};

/* Refusals that a rules version ended. */
static const struct {
    Tefter__RefusalCode code;
    uint32_t rules;
} gone_since[] = {
    {TEFTER__REFUSAL_CODE__MERGE_IN_USE, 7},
};

static bool never(Tefter__RefusalCode code, uint32_t rules)
{
    for (size_t i = 0; i < sizeof gone_since / sizeof gone_since[0]; i++)
        if (gone_since[i].code == code && rules >= gone_since[i].rules)
            return true;
    for (size_t i = 0; i < sizeof came_later / sizeof came_later[0]; i++)
        if (came_later[i].code == code && rules < came_later[i].rules)
            return true;
    for (size_t i = 0; i < sizeof never_of_the_ledger / sizeof never_of_the_ledger[0]; i++)
        if (never_of_the_ledger[i].code == code)
            return true;
    return false;
}

static void cover_of(uint32_t rules, struct golden_cover *ret_cover)
{
    static struct golden golden;
    golden_open(&golden, rules);
    struct ledger *ledger = ledger_in(&golden, "state");
    golden_tell(golden.journal, ledger, &golden.text, &golden.cover);
    *ret_cover = golden.cover;
    ledger_close(ledger);
    golden_close(&golden);
}

/* An older journal has what there was in its time. */
static void the_newest_has_every_command(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *type = &tefter__command__descriptor;
    struct golden_cover cover;
    cover_of(GOLDEN_RULES_MAX, &cover);
    for (unsigned i = 0; i < type->n_fields; i++)
        if (!cover.done[type->fields[i].id])
            fail_msg("rules-%d has no %s that was done: add it to story.c and record the newest "
                     "journal anew",
                     GOLDEN_RULES_MAX, type->fields[i].name);
}

static void the_newest_has_every_refusal_of_the_ledger(void **state)
{
    (void)state;
    const ProtobufCEnumDescriptor *codes = &tefter__refusal_code__descriptor;
    for (uint32_t rules = 1; rules <= GOLDEN_RULES_MAX; rules++) {
        struct golden_cover cover;
        cover_of(rules, &cover);
        for (unsigned i = 0; i < codes->n_values; i++) {
            assert_in_range(codes->values[i].value, 0, GOLDEN_NUMBERS - 1);
            bool there = cover.refused[codes->values[i].value];
            if (there == never((Tefter__RefusalCode)codes->values[i].value, rules))
                fail_msg("rules-%" PRIu32 ": the refusal %s %s", rules, codes->values[i].name,
                         there ? "comes from the ledger, and is said never to"
                               : "is not in the journal: add it to story.c, or say here why it "
                                 "never comes from the ledger");
        }
    }
}

/* ---- tefterd upgrade ---- */

static void make_ledger(const struct golden *golden, struct datadir *folder, char *path)
{
    struct failure failure = {.fault = FAULT_NONE};
    must(files_join(path, golden->base, "ledger", &failure) &&
             datadir_init(folder, path, &failure) && datadir_make(folder, &failure),
         &failure);
    struct journal_options journal = datadir_journal(folder);
    must(journal_import(&journal, golden->journal_path, &failure) &&
             datadir_finish(folder, &failure),
         &failure);
}

/* Matches what customer 2 has open: a bill and money, both full of matches, half of them undone. */
static bool match_again(const struct settings *settings, uint32_t *ret_rules, char *said)
{
    static struct instance instance;
    struct failure failure = {.fault = FAULT_NONE};
    Tefter__MatchItems match = TEFTER__MATCH_ITEMS__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    struct ledger_state state;
    struct arena arena;
    arena_init(&arena, 16 << 20);
    must(instance_open(&instance, settings, INSTANCE_USUAL, &failure) &&
             ledger_state(instance.ledger, &state, &failure),
         &failure);
    match.customer = 2;
    match.has_order = true;
    match.order = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    command.kind_case = TEFTER__COMMAND__KIND_MATCH_ITEMS;
    command.match_items = &match;
    bool done = commit_one(instance.commit, &command, &arena, NULL, &failure);
    snprintf(said, FAILURE_TEXT_MAX, "%s", failure.fault != FAULT_NONE ? failure.text : "");
    *ret_rules = state.rules_version;
    instance_close(&instance);
    arena_fini(&arena);
    return done;
}

static void an_old_ledger_keeps_its_rules_until_it_is_upgraded(void **state)
{
    (void)state;
    static struct golden golden;
    /* A golden journal comes without its words. */
    struct settings settings = {.map_bytes = GOLDEN_MAP, .accept_lost_words = true};
    struct datadir folder;
    char path[FILES_PATH_MAX], said[FAILURE_TEXT_MAX];
    uint32_t rules;
    golden_open(&golden, 1);
    make_ledger(&golden, &folder, path);
    settings.ledger = path;
    assert_false(match_again(&settings, &rules, said));
    assert_int_equal(rules, 1);
    assert_non_null(strstr(said, "MATCH_NOTHING"));
    assert_int_equal(upgrade_run(&settings), EXIT_DONE);
    assert_true(match_again(&settings, &rules, said));
    assert_int_equal(rules, LEDGER_RULES);
    assert_int_equal(upgrade_run(&settings), EXIT_DONE); /* nothing to do */
    settings.distrust = true;                            /* and all of it once more */
    assert_false(match_again(&settings, &rules, said));
    assert_non_null(strstr(said, "MATCH_NOTHING")); /* nothing is open any more */
    assert_int_equal(verify_run(&settings), EXIT_DONE);
    golden_close(&golden);
}

/* A journal under rules that this program does not know is named as such. */
static void newer_rules_are_named(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    static struct golden golden;
    struct scenario *s = scenario_begin();
    static const struct ledger_id id = {{1}};
    struct journal *journal = journal_fake_create(&id);
    struct journal_digest digest = {.version = STATE_DIGEST_VERSION, .hash = s->state_digest};
    scenario_as(s, 0);
    scenario_refused(s, "adopt_rules_version", "{'rules_version': 99}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "rules_version");
    digest.seq = s->seq;
    size_t last = s->entry_count - 1;
    assert_int_equal(journal_propose(journal, s->entries, (uint32_t)last, 0, NULL, &failure),
                     JOURNAL_OK);
    assert_int_equal(journal_propose(journal, &s->entries[last], 1, 0, NULL, &failure), JOURNAL_OK);
    /* the one that wrote it came to another digest there */
    assert_int_equal(journal_propose(journal, &s->entries[last], 1, 0, &digest, &failure),
                     JOURNAL_OK);
    golden_open(&golden, 1);
    struct ledger *ledger = ledger_in(&golden, "newer");
    struct replay_options options = {.journal = journal, .ledger = ledger};
    assert_false(replay_run(&options, NULL, &failure));
    assert_int_equal(failure.fault, FAULT_NEWER);
    assert_non_null(strstr(failure.text, "rules version 99"));
    ledger_close(ledger);
    journal_close(journal);
    golden_close(&golden);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_journal_replays_to_what_is_written),
        cmocka_unit_test(the_newest_has_every_command),
        cmocka_unit_test(the_newest_has_every_refusal_of_the_ledger),
        cmocka_unit_test(an_old_ledger_keeps_its_rules_until_it_is_upgraded),
        cmocka_unit_test(newer_rules_are_named),
    };
    assert_true(hash_setup());
    subprocess_set_program(TEFTERD);
    subprocess_set_map(GOLDEN_MAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
