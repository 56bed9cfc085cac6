/*
 * Records the golden journals anew: golden_record FOLDER, which is tests/golden. Says what it
 * wrote.
 *
 * The journals are bytes that other programs will read: they are recorded when there is a new rules
 * version, and before the first release when the journal or a record changes.
 */
#include "golden/golden.h"
#include "golden/story.h"

#include "datadir/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Sizes of batches, over and over: some hold one command, so that a difference in it is named. */
static const uint32_t batch_sizes[] = {1, 1, 2, 1, 3, 5};

static struct ledger *open_new(const char *path)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_options options = {.path = path, .map_bytes = GOLDEN_MAP};
    struct ledger *ledger = NULL;
    if (!files_remove_tree(path, &failure) || !ledger_open(&options, &ledger, &failure))
        fail_msg("%s", failure.text);
    return ledger;
}

static const struct incarnation second = {.number = 2, .nonce = "golden!"};

static struct journal *open_journal(const char *path)
{
    static const struct ledger_id id = {.bytes = "a golden ledger"};
    static const struct incarnation first = {.number = 1, .nonce = "golden!"};
    struct failure failure = {.fault = FAULT_NONE};
    struct journal_options options = {.path = path};
    struct journal *journal = NULL;
    if (!files_remove_tree(path, &failure) || !journal_create(&options, &id, &first, &failure) ||
        !journal_open(&options, &journal, &failure))
        fail_msg("%s", failure.text);
    return journal;
}

/* As the writer does it: a batch to the journal with the digest before it, then applied. */
static void write_batch(struct journal *journal, struct ledger *ledger, const struct scenario *s,
                        size_t first, uint32_t count)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct journal_digest digest = {.version = STATE_DIGEST_VERSION};
    struct journal_head head;
    struct ledger_result result;
    struct arena arena;
    bool jumps = s->jumped > 0 && first == s->jumped_at;
    arena_init(&arena, GOLDEN_MAP);
    journal_head(journal, &head);
    if (jumps) {
        journal_set_incarnation(journal, &second);
        journal_leave_out(journal, head.next_seq - 1 + s->jumped);
    }
    uint64_t first_seq = head.next_seq + (jumps ? s->jumped : 0);
    bool good = ledger_begin(ledger, &failure);
    ledger_state_digest(ledger, &digest.seq, &digest.hash);
    good = good && journal_propose(journal, &s->entries[first], count, 0,
                                   digest.seq > 0 ? &digest : NULL, &failure) == JOURNAL_OK;
    for (uint32_t i = 0; good && i < count; i++)
        good =
            ledger_apply(ledger, first_seq + i, s->entries[first + i], &arena, &result, &failure);
    journal_head(journal, &head);
    if (!good || !ledger_commit(ledger, head.ledger.bytes, &head.incarnation, head.batch,
                                &head.chain, &failure))
        fail_msg("%s", failure.text);
    arena_fini(&arena);
}

static void write_journal(const char *path, const char *scratch, const struct scenario *s)
{
    struct journal *journal = open_journal(path);
    struct ledger *ledger = open_new(scratch);
    size_t at = 0;
    for (size_t turn = 0; at < s->entry_count; turn++) {
        uint32_t count = batch_sizes[turn % (sizeof batch_sizes / sizeof batch_sizes[0])];
        if (count > s->entry_count - at)
            count = (uint32_t)(s->entry_count - at);
        if (at < s->jumped_at && count > s->jumped_at - at)
            count = (uint32_t)(s->jumped_at - at); /* a restore begins a batch */
        write_batch(journal, ledger, s, at, count);
        at += count;
    }
    ledger_close(ledger);
    journal_close(journal);
}

static void write_expected(const char *journal_path, const char *path, const char *scratch)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct journal_options options = {.path = journal_path, .reading = true};
    struct golden_cover cover;
    struct journal *journal = NULL;
    struct buffer text;
    struct ledger *ledger = open_new(scratch);
    buffer_init(&text, GOLDEN_TEXT_MAX);
    if (!journal_open(&options, &journal, &failure))
        fail_msg("%s", failure.text);
    golden_tell(journal, ledger, &text, &cover);
    if (!files_write(path, slice_of(text.data, text.size), 0644, &failure))
        fail_msg("%s", failure.text);
    journal_close(journal);
    ledger_close(ledger);
    buffer_fini(&text);
}

static void record(const char *folder, uint32_t rules)
{
    struct failure failure = {.fault = FAULT_NONE};
    char journal[FILES_PATH_MAX], expected[FILES_PATH_MAX], own[FILES_PATH_MAX];
    char scratch[FILES_PATH_MAX];
    struct scenario *s = golden_story(rules);
    snprintf(own, sizeof own, "%s/rules-%" PRIu32, folder, rules);
    snprintf(scratch, sizeof scratch, "%s/rules-%" PRIu32 ".tmp", folder, rules);
    if (!files_make_folder(own, &failure) || !files_join(journal, own, "journal", &failure) ||
        !files_join(expected, own, "expected", &failure))
        fail_msg("%s", failure.text);
    write_journal(journal, scratch, s);
    write_expected(journal, expected, scratch);
    files_remove_tree(scratch, NULL);
    printf("rules-%" PRIu32 ": %zu entries, %" PRIu64 " bytes of journal\n", rules, s->entry_count,
           files_tree_bytes(journal));
    scenario_end(s);
}

int main(int argc, char **argv)
{
    if (argc != 2 || !hash_setup()) {
        fprintf(stderr, "golden_record FOLDER\n");
        return 2;
    }
    for (uint32_t rules = 1; rules <= GOLDEN_RULES_MAX; rules++)
        record(argv[1], rules);
    return 0;
}
