#pragma once
/*
 * A tefterd that is wrong on purpose, for the stress tests to find out: without it nobody knows
 * whether a stress can fail. TEFTER_FAULT in its environment names the one fault that is in;
 * without it the server is as it should be. Each file wraps functions of the module it is named
 * after.
 *
 *   early      a batch is written 100 ms after it was answered and pushed        journal.c
 *   forgetful  one command id in eight is forgotten: a retry counts again      ledger.c
 *   past       reads are answered from a state up to 60 ms old                  ledger.c
 *   gap        a resumed feed begins a few seq late                             ledger.c
 *   skip       now and then a changed row is told to nobody                     push.c
 *   back       an older value of a row is pushed after a newer one              push.c
 *   twice      a row that was pushed is pushed again                            push.c
 *   pages      a snapshot that many share, without what changed meanwhile       push.c
 *   lost       a row that a slow terminal waits for is not kept                 push.c
 *   stuck      a slow terminal is kept the oldest value instead of the newest   push.c
 *   hoard      output piles up for whoever does not read                        session.c
 *   wait       everybody waits a little for whoever does not read               session.c
 *   believe    what is read from the state is believed, whatever its sums say   ledger.c
 *   uncut      who does not read is never cut                                   session.c
 */
#include <stdbool.h>

enum faulty {
    FAULTY_NOT,
    FAULTY_EARLY,
    FAULTY_FORGETFUL,
    FAULTY_PAST,
    FAULTY_GAP,
    FAULTY_SKIP,
    FAULTY_BACK,
    FAULTY_TWICE,
    FAULTY_PAGES,
    FAULTY_LOST,
    FAULTY_STUCK,
    FAULTY_HOARD,
    FAULTY_WAIT,
    FAULTY_UNCUT,
    FAULTY_BELIEVE,
};

/* The one that is in; set before main. */
extern enum faulty faulty;
/* The session that was asked last is slow; the loop's thread only. */
extern bool faulty_slow;
