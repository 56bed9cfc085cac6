#pragma once
/*
 * A ledger for tests that do very much to it: commands go straight into the machine, in groups as
 * the writer makes them, with memory of one command and one answer as the server gives it. What a
 * session would not let through is not applied. At the end the figures are counted again, and the
 * same entries in other groups must come to the same digest.
 */
#include "base/check.h"

#include "base/arena.h"
#include "base/prng.h"
#include "ledger/ledger.h"
#include "tx/tx.h"

enum { WORLD_DAY = 20000, WORLD_OWNER = 1 };

struct world {
    struct ledger *ledger;
    struct arena arena; /* of what is done or asked now */
    char path[64];
    uint64_t seq;
    int64_t now_ms;
    uint64_t counter;
    Tefter__Actor actor; /* who acts next: the owner at terminal 1 of branch 1 unless told */
    bool begun;          /* a transaction is open */
    uint32_t in_group;
    struct hash digest;
    struct slice *entries; /* all that was applied */
    size_t entry_count;
    size_t entry_room;
    uint64_t applied;
    uint64_t refused;
    uint64_t unread; /* refused by the scan, as a session does */
    uint64_t answered;
    uint64_t answers_refused;
};

/* A company in EUR with a terminal at branch 1, under a rules version. */
void world_begin(struct world *w, uint32_t rules_version);
/* Counts and compares all figures and derived rows; fails naming what is wrong. */
void world_check(struct world *w);
/* Checks, replays in other groups, removes the folder. */
void world_end(struct world *w);

/* The same without looking: for a state that no commands made. */
void world_drop(struct world *w);

/* Puts a row into the state as it would be far from now: what could not be reached in a test. */
void world_put(struct world *w, const struct key *key, const ProtobufCMessage *record);
void world_put_number(struct world *w, const struct key *key, int64_t value);

/* 0: the server itself. */
void world_as(struct world *w, uint32_t staff);

/* The reply lives until the next call. NULL: no session lets this command through. */
const Tefter__Reply *world_do(struct world *w, const Tefter__Command *command);
/* Likewise. */
const Tefter__Answer *world_ask(struct world *w, const Tefter__Query *query);

/* The same from JSON with ' for ": {'issue_invoice': {…}}. What is wrongly formed fails. */
__attribute__((format(printf, 2, 3))) const Tefter__Reply *world_say(struct world *w,
                                                                     const char *format, ...);
__attribute__((format(printf, 2, 3))) const Tefter__Answer *world_wonder(struct world *w,
                                                                         const char *format, ...);
/* As world_say; it must be done. */
__attribute__((format(printf, 2, 3))) const Tefter__Done *world_done(struct world *w,
                                                                     const char *format, ...);

/* The word of a refusal, "?" for none that the schema has. */
const char *world_word(const Tefter__Refusal *refusal);

/* The commands and queries that took the most processor time, by name. */
void world_print_turns(void);

/* Seconds since the test began, for tests that are told how long to go on. */
double world_seconds(void);
