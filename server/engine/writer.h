#pragma once
/*
 * The writer: one thread that takes what waits, commits it as one group, and hands the results to
 * the loop. While it waits for the disk, the loop gathers the next group and tells the last one:
 * group commit is the whole of the performance design.
 *
 *   loop ──submit──▶ waiting groups ──▶ writer: commit_group ──▶ done groups ──wake──▶ loop
 *    ▲                                                                                 │
 *    └────────────────────────── free groups (WRITER_GROUPS in all) ◀──────────────────┘
 *
 * The state is committed, so that views see it, at once while somebody reads; else several groups
 * later, when there is nothing to do, or when somebody asks for it.
 *
 * Nothing else writes while it lives. What the journal answers is a state of the writer:
 *
 *   WELL ──BUSY──▶ BUSY: the same group is tried again, new ones are told to come back
 *        ──NOT_WRITER──▶ NOT_WRITER: groups are answered READ_ONLY; it asks again each second
 *        ──UNKNOWN──▶ UNKNOWN: the group is kept, new ones are told to come back; it finds out
 *   each ──▶ WELL, when the journal is and ends where this process left it
 *        ──▶ LOST: only a fresh start can go on. `lost` is called, and nothing is written or told
 *                  any more; whoever is called ends the process soon
 *
 * After any other fault it logs one line and the process is gone (exit code 1) before anybody is
 * answered: a fresh start finds out what is durable.
 */
#include "engine/commit.h"
#include "engine/histogram.h"
#include "engine/submission.h"
#include "net/loop.h"

/* 16 full groups wait at most, one is written, one is told; admission.h says how many may. */
enum { WRITER_GROUPS = WRITER_QUEUE_MAX / BATCH_ENTRIES_MAX + 2 };
/* A submission that nobody waits for. */
#define WRITER_NO_TOKEN UINT64_MAX

struct writer;

enum writer_state {
    WRITER_WELL,
    WRITER_BUSY,
    WRITER_NOT_WRITER,
    WRITER_UNKNOWN,
    WRITER_LOST,
};

struct writer_options {
    struct loop *loop;
    struct commit *commit;
    bool read_only;           /* from its first moment on */
    uint64_t slow_us;         /* commands that take longer are logged; 0: none */
    struct turns *loop_turns; /* what handing over costs the loop; NULL: not counted */
    /* On the loop's thread: a reply or refusal for each submission of a group, then the group. */
    void (*replied)(void *owner, uint64_t reply_token, struct slice reply,
                    const Tefter__Refusal *refused);
    void (*published)(void *owner, const struct published_group *group);
    void (*lost)(void *owner); /* once; NULL: the process is gone at once */
    void *owner;
};

bool writer_create(const struct writer_options *options, struct writer **ret_writer,
                   struct failure *failure);
/* From the loop's thread. Copies the command. BUSY when it would have to wait for long. */
enum submit_answer writer_submit(struct writer *writer, const struct submission *submission);
/* Waits until the state that views see holds all that was handed over, at most for the group that
 * is being written. Who looks at the state after they were told of a change calls this first. The
 * loop's thread. */
void writer_make_visible(struct writer *writer);
/* Would it be BUSY? Counted like one that was turned away. */
bool writer_busy(struct writer *writer);
/* After BUSY: when to come back; another time for each who asks. */
uint32_t writer_retry_ms(struct writer *writer);
/* While read only, nothing is taken and no job goes on. Any thread. */
void writer_read_only(struct writer *writer, bool read_only);

/* Takes no more (BUSY); `finished` is called on the loop when all that waited is committed and
 * told. */
void writer_finish(struct writer *writer, loop_fn finished, void *context);
/* Finishes what waits without telling, and joins the thread. What a journal that is not WELL has
 * not taken is dropped. */
void writer_destroy(struct writer *writer);

struct writer_metrics {
    uint64_t commands; /* journalled */
    uint64_t batches;
    uint64_t refused;    /* of them, by the ledger */
    uint64_t busy;       /* turned away */
    uint64_t too_late;   /* their deadline had passed before they were begun */
    uint64_t read_only;  /* turned away because nothing may be written */
    uint64_t not_writer; /* groups that were taken and then answered READ_ONLY */
    uint64_t slow;       /* commands */
    uint64_t seq;        /* newest applied by this run, 0: none yet */
    uint32_t inside;     /* commands that wait or are being written */
    uint32_t waiting;    /* groups */
    uint32_t room;       /* commands that may be inside, at the pace of late */
    uint32_t slow_ms;    /* the journal has had the group that is being written for so long */
};
void writer_metrics(struct writer *writer, struct writer_metrics *ret_metrics);
/* Any thread. */
enum writer_state writer_state(const struct writer *writer);

/* Where the time goes, since the start. The wait and the whole count commands, the others groups.
 */
struct writer_times {
    struct histogram queue;   /* from its coming to the beginning of its group */
    struct histogram prepare; /* looked at; texts into the vault */
    struct histogram sync;    /* the journal */
    struct histogram apply;
    struct histogram commit;  /* of the state */
    struct histogram publish; /* from there to the last reply and the news */
    struct histogram whole;   /* from its coming to its reply */
};
/* They change while they are read: any thread, without a lock. */
const struct writer_times *writer_times(const struct writer *writer);
