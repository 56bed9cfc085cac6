#pragma once
/*
 * Scenarios a shopkeeper can read: a company on a real ledger in a temporary folder, commands and
 * questions as JSON (with ' for "), and at the end the two checks every scenario must pass: the
 * figures that are kept equal the figures that are counted, and the same entries applied in one
 * group, in groups of seven and one by one give the same state digest.
 */
#include "base/check.h"

#include "base/arena.h"
#include "ledger/ledger.h"

/* A command that was done, and its receipt; receipt empty: it was not, or not a terminal's. */
struct offer {
    uint8_t id[COMMAND_ID_SIZE];
    struct slice command;
    struct slice receipt;
};

struct scenario {
    struct ledger *ledger;
    struct arena arena;
    char path[64];
    uint64_t seq;
    int64_t now_ms;
    uint64_t buyer_pin;  /* typed with the next commands, and right; 0: none */
    Tefter__Actor actor; /* who acts next; terminal 1 of branch 1 unless told */
    uint64_t counter;
    struct slice *entries; /* all that was applied, for the replay */
    size_t entry_count;
    size_t entry_room;
    struct hash state_digest;
    bool texts_apart;           /* texts travel as references, as the journal has them */
    const Tefter__Reply *reply; /* to the newest command of the server's own */
    struct offer last;          /* what a terminal keeps of the newest command */
    size_t jumped_at;           /* entries before it have no gap of seqs before them */
    uint64_t jumped;
};

enum { ROLE_STAFF_OWNER = 1 };

/* A company in EUR, day 20000 (2024-10-04), owner logged in at branch 1 (HQ), no customers but the
 * cash customer. */
struct scenario *scenario_begin(void);
/* The same under a rules version: the rules as a ledger that was never upgraded has them. */
struct scenario *scenario_begin_at(uint32_t rules_version);
/* The same, founded with more than that: ", 'country': 'VN'". */
struct scenario *scenario_begin_with(const char *more);
/* Checks, replays, removes the folder. */
void scenario_end(struct scenario *s);

/* Command by the name of its member in Command, fields as JSON. The reply lives until the end. */
const Tefter__Reply *scenario_do(struct scenario *s, const char *command, const char *json);
const Tefter__Done *scenario_done(struct scenario *s, const char *command, const char *json);
const Tefter__Refusal *scenario_refused(struct scenario *s, const char *command, const char *json,
                                        Tefter__RefusalCode code, const char *field);
/* A command as a message. */
const Tefter__Reply *scenario_apply(struct scenario *s, const Tefter__Command *command);
/* An entry as it would stand in the journal; its seq is the next. */
const Tefter__Reply *scenario_apply_entry(struct scenario *s, const Tefter__Entry *entry);
/* printf for JSON, valid until the 64th call after it. */
__attribute__((format(printf, 1, 2))) const char *json(const char *format, ...);

/* As a restore begins: seqs and ids jump ahead. last_seq: where the backup stood. */
void scenario_restored(struct scenario *s, uint64_t last_seq);
/* The server stages what a terminal offers; then all that is due is applied. */
const Tefter__Reply *scenario_offer(struct scenario *s, const struct offer *offer);
void scenario_recall(struct scenario *s);

/* A question by the name of its member in Query. */
const Tefter__Answer *scenario_ask(struct scenario *s, const char *query, const char *json);
const Tefter__Refusal *scenario_ask_refused(struct scenario *s, const char *query, const char *json,
                                            Tefter__RefusalCode code);

/* The server itself (0), or a member of staff at branch 1. */
void scenario_as(struct scenario *s, uint32_t staff);
void scenario_at(struct scenario *s, uint32_t branch);
/* Lets time pass; no day turns by it. */
void scenario_wait(struct scenario *s, int64_t ms);

/* Short for what many scenarios begin with. */
uint32_t scenario_customer(struct scenario *s, const char *name, int64_t limit_minor);
uint32_t scenario_staff(struct scenario *s, const char *login, Tefter__Role role);
uint32_t scenario_till(struct scenario *s);
uint32_t scenario_bank(struct scenario *s);
/* One free line of that amount (price x 1). */
const Tefter__Done *scenario_sell(struct scenario *s, uint32_t customer, int64_t amount_minor);
/* Matches 1 of a bill with 1 of money, so many times in one command: its reply. */
const Tefter__Reply *scenario_match_often(struct scenario *s, uint32_t customer, uint64_t debit,
                                          uint64_t credit, size_t times);
const Tefter__AccountRow *scenario_account(struct scenario *s, uint32_t customer);
