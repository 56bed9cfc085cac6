#pragma once
/*
 * Inside session: one question that the row cache answers (rows.c: lists and search hits; cards.c:
 * cards), and what is missing put there from a view.
 */
#include "session/inside.h"

struct reading {
    struct session *session; /* NULL: nobody asks, cards are put there for those who will */
    struct sessions *home;
    struct row_asker asker;
    const Tefter__CustomerList *list;
    uint32_t looks_at;
    struct ledger_view *view; /* begun with the first miss */
    struct texts texts;
    int fills_left;
    uint64_t worked; /* on cards */
    bool given_up;
};

/* ---- rows.c ---- */

/* `fills`: so many may be read from the view. false: the cache cannot be asked now. reading_end in
 * any case. */
bool reading_begin(struct reading *reading, struct sessions *home, uint32_t branch, int fills);
void reading_end(struct reading *reading);
/* Something is missing: may it be read? */
bool reading_may_fill(struct reading *reading);
/* The frame of an answer but its body, in home->out. Returns where the body goes; NULL: it does not
 * fit. Then the body is written, and sent: `end` is behind it. */
uint8_t *reading_frame(const struct reading *reading, uint64_t request, uint32_t kind,
                       size_t body_size);
void reading_send(const struct reading *reading, const uint8_t *end);

/* ---- cards.c ---- */

/* false: it is to be answered from a view, and nothing was sent. */
bool card_answer(struct reading *reading, uint64_t request, const Tefter__Query *query);
