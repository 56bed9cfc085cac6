#pragma once
/*
 * The key of a row: its kind in the highest byte, the number of what it is about below. Kinds are
 * those of Row in proto/reply.proto, for server and client alike, and the server keeps keys among
 * its events: another numbering is another state layout.
 */
#include "reply.pb-c.h"

#include <stdint.h>

enum row_kind {
    ROW_ACCOUNT = TEFTER__ROW__KIND_ACCOUNT,
    ROW_CUSTOMER = TEFTER__ROW__KIND_CUSTOMER,
    ROW_APPROVAL = TEFTER__ROW__KIND_APPROVAL,
    ROW_ALARM = TEFTER__ROW__KIND_ALARM,
    ROW_TOTALS = TEFTER__ROW__KIND_TOTALS, /* of a branch; 0: the company */
    ROW_DECISION = TEFTER__ROW__KIND_DECISION,
    ROW_TOTALS_BLIND =
        31, /* the same totals, for who is not told cash that is still to be counted */
};

#define ROW_KEY_ID_MASK UINT64_C(0x00ffffffffffffff)

static inline uint64_t row_key_of(enum row_kind kind, uint64_t id)
{
    return (uint64_t)kind << 56 | (id & ROW_KEY_ID_MASK);
}

static inline enum row_kind row_key_kind(uint64_t key)
{
    return (enum row_kind)(key >> 56);
}

static inline uint64_t row_key_id(uint64_t key)
{
    return key & ROW_KEY_ID_MASK;
}
