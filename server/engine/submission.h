#pragma once
/*
 * What goes into the write path and what comes out of it: a command on its way to the journal, and
 * what a group of them changed. Used by those who write (commit, writer) and by those who ask and
 * are told (session, access); neither knows the other.
 */
#include "base/bytes.h"
#include "base/limits.h"
#include "ledger/ledger.h"

#include <stddef.h>
#include <stdint.h>

/* A command on its way to the writer, which copies the bytes. */
struct submission {
    uint8_t id[COMMAND_ID_SIZE];
    uint32_t staff; /* 0: nobody; with terminal 0 too: the server itself */
    uint32_t terminal;
    uint32_t branch;
    uint64_t buyer_pin;   /* that was typed and is right: BuyerRecord.pin; 0: none was */
    uint64_t deadline_ms; /* on the loop's clock, 0: none; not begun by then: DEADLINE_PASSED */
    uint64_t reply_token; /* the submitter's own; comes back with the reply */
    struct slice command;
};

enum submit_answer { SUBMIT_TAKEN, SUBMIT_BUSY, SUBMIT_READ_ONLY };

/* A group that is durable and applied: the rows it changed, in order, and its events. */
struct published_group {
    uint64_t seq; /* newest of the group; 0: nothing was journalled */
    int64_t committed_ms;
    const struct ledger_row *rows;
    size_t row_count;
    Tefter__Event *const *events;
    size_t event_count;
    const struct ledger_result *results; /* of each command, in order, for the totals */
    size_t result_count;
};
