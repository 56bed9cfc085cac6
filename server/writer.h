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
 * The state is settled (committed, so that views see it) at once while somebody reads; else
 * several groups later, when there is nothing to do, or when somebody asks for it.
 *
 * Nothing else writes while it lives. After any fault it logs one line and the process is gone
 * (exit code 1) before anybody is answered: a fresh start finds out what is durable.
 */
#include "commit.h"
#include "net/loop.h"
#include "session/sessions.h"

/* 16 full groups wait at most, one is written, one is told; pace.h says how many may. */
enum { WRITER_GROUPS = WRITER_QUEUE_MAX / BATCH_ENTRIES_MAX + 2 };
/* A submission that nobody waits for. */
#define WRITER_NO_TICKET UINT64_MAX

struct writer;

struct writer_options {
    struct loop *loop;
    struct commit *commit;
    bool read_only; /* from its first moment on */
    /* On the loop's thread: a reply or refusal for each submission of a group, then the group. */
    void (*replied)(void *owner, uint64_t ticket, struct slice reply,
                    const Tefter__Refusal *refused);
    void (*published)(void *owner, const struct sessions_group *group);
    void *owner;
};

bool writer_create(const struct writer_options *options, struct writer **ret_writer,
                   struct failure *failure);
/* From the loop's thread. Copies the command. BUSY when it would have to wait for long. */
enum submit_answer writer_submit(struct writer *writer, const struct submission *submission);
/* Waits until the state that views see holds all that was handed over, at most for the group that
 * is being written. Who looks at the state after he was told of a change calls this first. The
 * loop's thread. */
void writer_settled(struct writer *writer);
/* Would it be BUSY? Counted like one that was turned away. */
bool writer_busy(struct writer *writer);
/* After BUSY: when to come back; another time for each who asks. */
uint32_t writer_retry_ms(struct writer *writer);
/* While read only, nothing is taken and no job goes on. Any thread. */
void writer_read_only(struct writer *writer, bool read_only);

/* Takes no more (BUSY); `finished` is called on the loop when all that waited is settled and
 * told. */
void writer_finish(struct writer *writer, loop_fn finished, void *context);
/* Finishes what waits without telling, and joins the thread. */
void writer_destroy(struct writer *writer);

struct writer_figures {
    uint64_t commands; /* journalled */
    uint64_t batches;
    uint64_t busy;    /* turned away */
    uint64_t seq;     /* newest applied by this run, 0: none yet */
    uint32_t waiting; /* groups */
    uint32_t room;    /* commands that may be inside, at the pace of late */
};
void writer_figures(struct writer *writer, struct writer_figures *ret_figures);
