#pragma once
/*
 * What the programs that judge a real ledger's folder share.
 */
#include "base/arena.h"
#include "base/fault.h"
#include "ledger/ledger.h"

#include <stdio.h>

/* The verdicts of a verify command; a loss is SOUND with a 0 as its last word (see replay.c). */
enum { SOUND = 0, WRONG_USE = 2, CANNOT_OPEN = 3, NOT_WHAT_WAS_WRITTEN = 4 };

enum { MAP_BYTES = 1 << 30 };

static inline bool books_right(struct ledger *ledger, struct failure *failure)
{
    struct ledger_check check;
    if (!ledger_check(ledger, &check, failure))
        return false;
    if (check.wrong_customer || check.postings_minor || check.what[0])
        return fail(failure, FAULT_DAMAGED, 0, "the books are wrong: %s", check.what);
    return true;
}

static inline int told(const struct failure *failure)
{
    printf("%s: %s\n", fault_word(failure->fault), failure->text);
    return failure->fault == FAULT_NONE ? SOUND : NOT_WHAT_WAS_WRITTEN;
}
