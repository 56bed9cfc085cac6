#pragma once
/*
 * The judge of what many terminals were told: pure, so that it can be fed forged histories. Every
 * reply carries its place in the ledger, so strict serializability is a sort and one pass:
 *
 *  1. no two commands have one seq;
 *  2. real time: what was begun after another's reply was heard has a larger seq; a read, which
 *     tells the seq of the state it speaks of, is not older than what was heard before it was
 * asked;
 *  3. played again by seq with nothing but sums, each sale, refusal, payment and read tells exactly
 *     what there was, and no limit is ever exceeded;
 *  4. numbers of documents go up by one in each series;
 *  5. all replies to one id are the same bytes;
 *  6. a seq that nobody was told of is a sending that the ledger knew already: there are no more of
 *     them than were sent again.
 *
 * It does not stop at the first fault: each kind is counted, with the first of it, for a server
 * that is wrong in one way is soon wrong in others, and the kind says where to look.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HISTORY_CUSTOMERS = 24,
    HISTORY_FAULT_MAX = 240,
    HISTORY_FAULTS_MAX = 24,
    NUMBER_TEXT_MAX = 24,
};

enum operation_kind { OPERATION_SALE, OPERATION_PAYMENT, OPERATION_READ };

struct operation {
    enum operation_kind kind;
    bool refused;
    bool told;    /* a reply was heard */
    bool differs; /* and later another one */
    uint32_t terminal;
    uint32_t customer; /* from 0 */
    uint32_t resent;
    int64_t amount_minor;
    uint64_t begun_us; /* first sent */
    uint64_t heard_us; /* first reply */
    uint64_t seq;      /* of a read: of the state it speaks of */
    uint64_t print;    /* of the reply's bytes */
    int64_t available_minor;
    int64_t over_by_minor;
    char number[NUMBER_TEXT_MAX];
};

struct history_fault {
    const char *what;
    uint64_t times;
    char first[HISTORY_FAULT_MAX];
};

struct history {
    struct operation *operations;
    size_t count;
    int64_t limits_minor[HISTORY_CUSTOMERS];
    int64_t last_minor[HISTORY_CUSTOMERS]; /* available, by the cards at the end */
    uint64_t last_seq;                     /* where the ledger stands at the end */
    uint64_t nobodys_max;                  /* sent again, and days that turned */

    uint64_t sold, refused, paid, read; /* set by history_judge */
    struct history_fault faults[HISTORY_FAULTS_MAX];
    size_t fault_count; /* kinds */
};

/* Sorts the operations. */
bool history_judge(struct history *history);
/* Every kind of forged history is found out, by its name; false: one was not, and it is told. */
bool history_judge_fails(void);
