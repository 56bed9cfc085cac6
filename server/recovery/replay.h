#pragma once
/*
 * Replay: the journal's entries applied to a ledger that lies behind. Used by recovery (to catch up
 * at a start) and by verify (to make the whole state anew and compare).
 *
 * The journal's state digests are compared on the way: a batch says what the digest was before it.
 * Another one means that this program decides otherwise than the one that wrote it (FAULT_DIFFERS):
 * replay stops and names the seq, or the two between which it lies when a batch held several. If a
 * newer rules version was adopted in between, that is why (FAULT_NEWER). A digest of a version that
 * this program does not compute is not compared, and the first of them is told. Entries named by a
 * quarantine record are passed over: they are counted and do nothing. An entry that cannot be
 * applied ends it too, and one that this program has died of is not tried.
 */
#include "datadir/datadir.h"
#include "journal/journal.h"
#include "ledger/ledger.h"

struct replay_options {
    struct journal *journal;
    struct ledger *ledger;
    struct inflight *inflight; /* where what is applied is on record; may be NULL */
    uint64_t compare_seq;      /* 0: none; else the digest there must be this one */
    struct hash compare_digest;
    const char *compare_with; /* whose that is: "the mark" */
    uint64_t before_seq;      /* 0: to the journal's end; else to the last batch before it */
    void (*progress)(uint64_t seq, uint64_t last_seq); /* after each group of entries */
};

struct replayed {
    uint64_t entries;
    uint64_t not_compared;  /* digests of a version that is not known */
    uint64_t faulted_seq;   /* the entry that cannot be applied; 0: none */
    struct text_id *erased; /* words to be erased; free() */
    size_t erased_count;
};

/* From the ledger's own seq on. ret_replayed may be NULL, and counts when it is false too. */
bool replay_run(const struct replay_options *options, struct replayed *ret_replayed,
                struct failure *failure);
/* The digest after seq as the journal has it, of this program's version; false: it says none. */
bool replay_digest_at(struct journal *journal, uint64_t seq, struct hash *ret_digest);
