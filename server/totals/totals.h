#pragma once
/*
 * Totals of each branch and of the company: a projection in memory, moved by what each command said
 * it moved (figure.h), exact at the seq that was taken last. What is owed counts at the branch that
 * opened the account, papers where they were written, on the business date of their branch. Used by
 * session, on the loop's thread. Pure: it knows no ledger, clock or socket.
 *
 *   filled customer by customer ──▶ whole ──▶ moved by each command
 *
 * 1. While it is filled, what is said of customers that are not in yet is passed over: they come as
 *    they are then. So filling goes on in slices between commands.
 * 2. A branch's days are kept from the newest one on that has a paper and is not ahead of its
 *    business date: that goes back no further. So a day may turn either way.
 * 3. What is due is kept by day: a turned day counts again what is overdue.
 * 4. Sums are exact as long as they fit 64 bits; on the way there nothing overflows.
 */
#include "base/arena.h"
#include "reply.pb-c.h"
#include "totals/figure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct totals;

/* NULL without memory. */
struct totals *totals_create(void);
void totals_destroy(struct totals *totals); /* NULL welcome */

/* ---- filling ---- */

/* Begins anew, with nothing. */
void totals_clear(struct totals *totals);
/* The customers up to this one are in. */
uint32_t totals_filled(const struct totals *totals);
/* From here on what is said of this one counts; account NULL: nobody has the number. */
void totals_fill(struct totals *totals, uint32_t customer, const struct figure_account *account);
/* All are in. */
void totals_filled_all(struct totals *totals);
/* false: it is being filled, or found no memory and is to be filled anew. */
bool totals_whole(const struct totals *totals);
bool totals_lost(const struct totals *totals);

/* ---- moving ---- */

/* An account as it is now. */
void totals_account(struct totals *totals, const struct figure_account *account);
void totals_figure(struct totals *totals, const struct figure *figure);
/* The command that did all this since the last one. */
struct totals_command {
    uint64_t seq;
    int64_t at_ms;
    uint32_t staff; /* 0: nobody, as of the next two */
    uint32_t terminal;
    uint32_t branch;
    const char *login; /* NULL: nobody's */
    Tefter__Event *const *events;
    size_t event_count;
};
void totals_command(struct totals *totals, const struct totals_command *command);

/* ---- reading ---- */

/* A branch of which something changed since it was told last; the company (0) comes after all of
 * them. false: nothing did, or no more. */
bool totals_changed(struct totals *totals, uint32_t *ret_branch);
/* The next branch behind `after`; 0: none. */
uint32_t totals_next(const struct totals *totals, uint32_t after);
/* In the arena; NULL: there is no such branch, or no memory. 0: the company. Texts are those of
 * the totals, until something is moved. */
Tefter__TotalsRow *totals_row(const struct totals *totals, uint32_t branch, uint64_t seq,
                              struct arena *arena);
