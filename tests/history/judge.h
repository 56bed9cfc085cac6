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
 *  5. all replies to one id are the same bytes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTORY_CUSTOMERS = 24, HISTORY_FAULT_MAX = 240, NUMBER_TEXT_MAX = 24 };

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

struct history {
    struct operation *operations;
    size_t count;
    int64_t limits_minor[HISTORY_CUSTOMERS];
    int64_t last_minor[HISTORY_CUSTOMERS]; /* available, by the cards at the end */
    uint64_t sold, refused, paid, read;    /* set by history_judge */
};

/* Sorts the operations. */
bool history_judge(struct history *history, char ret_fault[HISTORY_FAULT_MAX]);
/* Every kind of forged history is found out; false: one was not, and it is told. */
bool history_judge_fails(void);
