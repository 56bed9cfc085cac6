#pragma once
/*
 * The bytes of one batch (the layout is in journal.h): written, read, and judged. Knows no files.
 */
#include "base/limits.h"
#include "journal/journal.h"

enum { BATCH_HEADER_SIZE = 142, BATCH_SIZE_MIN = BATCH_HEADER_SIZE + 4 + HASH_SIZE };

/* A batch as read, with the room its entries need. Slices point into the bytes it was read from. */
struct batch_read {
    struct journal_batch batch;
    struct ledger_id ledger;
    size_t size;
    struct slice entries[BATCH_ENTRIES_MAX];
};

enum batch_state {
    BATCH_WHOLE, /* its hash is right and its entries add up */
    BATCH_BAD,   /* cut short, or its bytes are not what was written */
    BATCH_WRONG, /* its hash is right but no program of ours writes such a batch */
    BATCH_NEWER, /* of a later format; all formats begin alike, up to the ledger */
    BATCH_OLDER, /* whole, and of an earlier format */
};

/* The fault of a batch that is not WHOLE. */
enum fault fault_of_batch(enum batch_state state);

/* Bytes the batch takes; more than BATCH_BYTES_MAX when it is too big. */
uint64_t batch_size_of(const struct slice *entries, uint32_t count);

/* Replaces what is in `out` by a batch that follows on from `head`, which gives it its number,
 * first seq, incarnation, previous and chain. false: no memory. */
bool batch_write(struct buffer *out, const struct journal_head *head, struct journal_batch *batch);

/* The length a header claims, clamped to BATCH_BYTES_MAX; 0 when there is no header. */
size_t batch_length(struct slice bytes);

/* Reads the batch at the start of `bytes`; *ret_why says in words what is not right. `ledger` is
 * whose batches are expected: only those are believed to be newer. */
enum batch_state batch_read(struct slice bytes, const struct ledger_id *ledger,
                            struct batch_read *ret_read, const char **ret_why);

/* NULL when the batch is the one after `head`, else why not. */
const char *batch_misfit(const struct batch_read *read, const struct journal_head *head);

/* The head after this batch. */
void batch_advance(struct journal_head *head, const struct journal_batch *batch);

/* True when a header of a batch later than the one after `head` stands anywhere in `bytes`. */
bool batch_later_header(struct slice bytes, const struct journal_head *head);
