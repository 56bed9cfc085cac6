#pragma once
/*
 * What is in flight: the entry that is being applied is on record before it is applied, so that a
 * program that dies of it knows at its next start which one it was. One page, mapped from the
 * file `inflight` in the ledger's folder: a store to memory outlives the process, however it ends.
 * It does not outlive a power cut; that says nothing about an entry.
 *
 *   begin(seq) ──▶ applied: cleared
 *     ├──▶ a need(), a fatal signal ──▶ noted with its place: DIED. This program does not try the
 *     │                                 entry again
 *     ├──▶ the process ends without a word (kill -9) ──▶ LEFT, seen by the next start: it tries
 *     │                                 again, and once more LEFT is as good as DIED
 *     └──▶ the ledger returns a fault ──▶ noted: FAULTED. That can be tried again without harm
 *
 * A query or a topic of which the program died is avoided from then on: one more would end it
 * again. So is a job, a day's turn or the next offer whose entry a person has passed over: the
 * server would make the same one anew. Every note is about the program that wrote it; another one
 * (version, size or time of its file) begins with none. Who holds the folder's lock has the page;
 * others read it.
 */
#include "base/death.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inflight;

enum inflight_end { INFLIGHT_NONE, INFLIGHT_LEFT, INFLIGHT_DIED, INFLIGHT_FAULTED };
enum { INFLIGHT_PROGRAM_MAX = 72, INFLIGHT_WHERE_MAX = 160, INFLIGHT_AVOIDED_MAX = 14 };

struct inflight_note {
    uint64_t number; /* as in struct death */
    uint32_t task;   /* enum death_task */
    uint32_t end;    /* enum inflight_end; NONE: there is no note here */
    uint32_t times;  /* LEFT: so many runs in a row */
    uint32_t unused;
    char program[INFLIGHT_PROGRAM_MAX];
    char where[INFLIGHT_WHERE_MAX]; /* "file:line: condition", "signal SEGV", words of a fault */
};

/* What one page says. */
struct inflight_notes {
    uint64_t applying; /* 0: nothing; as the page stands now, or as a dead process left it */
    struct inflight_note entry;
    struct inflight_note avoided[INFLIGHT_AVOIDED_MAX];
};

/* Makes the file if it is not there, takes over what the process before left, and listens for this
 * one's death. One is open at a time in a process. */
bool inflight_open(const char *path, struct inflight **ret_inflight, struct failure *failure);
void inflight_close(struct inflight *inflight); /* NULL is allowed, here and below */

/* Around each ledger_apply, on the thread that applies. A failure is noted if the entry is to
 * blame. */
void inflight_begin(struct inflight *inflight, uint64_t seq);
void inflight_end(struct inflight *inflight, uint64_t seq, const struct failure *failure);

/* Would another start meet the same fault at the same entry? Not one of the disk or of memory. */
bool inflight_blames(enum fault fault);
/* May this program not try the entry again? Then *failure says what came of it. */
bool inflight_fatal(const struct inflight *inflight, uint64_t seq, struct failure *failure);
/* It is passed over from now on, or a person wants it tried again. 0: whichever it is. */
void inflight_forget_entry(struct inflight *inflight, uint64_t seq);
/* What this program does not do again: it died of it, or a person has passed over it. */
bool inflight_avoids(const struct inflight *inflight, enum death_task task, uint64_t number);
void inflight_avoid(struct inflight *inflight, enum death_task task, uint64_t number,
                    const char *where);

void inflight_notes(const struct inflight *inflight, struct inflight_notes *ret_notes);
/* Of a page that somebody else may have open. false: there is none. */
bool inflight_read(const char *path, struct inflight_notes *ret_notes);
/* What it is about: "query products", "job 3". */
enum { INFLIGHT_TASK_MAX = 64 };
void inflight_task(const struct inflight_note *note, char out[INFLIGHT_TASK_MAX]);
/* What became of it, in a few words: "it stopped the program at …". */
void inflight_words(const struct inflight_note *note, char *out, size_t capacity);
