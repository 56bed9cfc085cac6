/*
 * The journal under a power cut.
 *
 *   journal_driver run DIR BATCHES     proposes batches, acknowledges the last seq of each
 *   journal_driver verify DIR [SEQ]    all up to SEQ is there and right; prints the last seq
 */
#include "driver.h"

#include "base/hash.h"
#include "journal/journal.h"

enum { SEGMENT_BYTES = 24 * 1024, ENTRIES_MAX = 9, REOPEN_AFTER = 37 };

static const struct ledger_id ledger = {"power"};

static struct journal *open_in(const char *path, uint64_t known, struct failure *failure)
{
    struct journal *journal = NULL;
    struct journal_options options = {
        .path = path, .known = {known}, .segment_bytes = SEGMENT_BYTES};
    return journal_open(&options, &journal, failure) ? journal : NULL;
}

static uint64_t next_seq(const struct journal *journal)
{
    struct journal_head head;
    journal_head(journal, &head);
    return head.next_seq;
}

static enum journal_answer propose(struct journal *journal, struct failure *failure)
{
    static uint8_t bytes[ENTRIES_MAX][CONTENT_MAX];
    struct slice entries[ENTRIES_MAX];
    uint64_t seq = next_seq(journal);
    uint32_t count = (uint32_t)(1 + seq % ENTRIES_MAX);
    for (uint32_t i = 0; i < count; i++)
        entries[i] = slice_of(bytes[i], content_of(seq + i, bytes[i]));
    return journal_propose(journal, entries, count, 0, NULL, failure);
}

static int run(const char *path, int batches)
{
    struct failure failure = {0};
    if (!journal_create(&(struct journal_options){.path = path}, &ledger,
                        &(struct incarnation){.number = 1}, &failure))
        return complain(CANNOT_OPEN, &failure);
    struct journal *journal = open_in(path, 0, &failure);
    for (int i = 1; journal && i <= batches; i++) {
        if (propose(journal, &failure) != JOURNAL_OK)
            return complain(CANNOT_OPEN, &failure);
        acknowledge(next_seq(journal) - 1);
        if (i % REOPEN_AFTER)
            continue;
        journal_close(journal);
        journal = open_in(path, 0, &failure);
    }
    journal_close(journal);
    return journal ? SOUND : complain(CANNOT_OPEN, &failure);
}

static bool check_each(void *context, const struct journal_batch *batch, struct failure *failure)
{
    (void)context;
    uint8_t bytes[CONTENT_MAX];
    for (uint32_t i = 0; i < batch->count; i++) {
        uint64_t seq = batch->first_seq + i;
        if (!slice_equal(batch->entries[i], slice_of(bytes, content_of(seq, bytes))))
            return fail(failure, FAULT_DAMAGED, 0, "seq %" PRIu64 " is another", seq);
    }
    return true;
}

/* Sound, and fit to go on with. */
static int verify_open(struct journal *journal, const char *path)
{
    struct failure failure = {0};
    uint64_t last = next_seq(journal) - 1;
    bool sound = journal_read(journal, 1, check_each, NULL, &failure) &&
                 propose(journal, &failure) == JOURNAL_OK;
    uint64_t now = next_seq(journal) - 1;
    journal_close(journal);
    journal = sound ? open_in(path, now, &failure) : NULL;
    if (!journal)
        return complain(NOT_WHAT_WAS_WRITTEN, &failure);
    journal_close(journal);
    printf("%" PRIu64 "\n", last);
    return SOUND;
}

static int verify(const char *path, const char *acknowledged)
{
    struct failure failure = {0};
    uint64_t known = strtoull(acknowledged, NULL, 10);
    struct journal *journal = open_in(path, known, &failure);
    if (journal)
        return verify_open(journal, path);
    if (*acknowledged || (failure.fault != FAULT_USE && failure.fault != FAULT_IO))
        return complain(CANNOT_OPEN, &failure);
    printf("not made yet: 0\n");
    return SOUND;
}

int main(int argc, char **argv)
{
    if (argc < 3 || !hash_setup())
        return 2;
    if (strcmp(argv[1], "run") == 0)
        return run(argv[2], argc > 3 ? (int)strtol(argv[3], NULL, 10) : 100);
    return verify(argv[2], argc > 3 ? argv[3] : "");
}
