#pragma once
/* What the parts of the sale's screen share: what it is (sale.c), how it looks (sale_draw.c), what
 * is typed into its lines (sale_lines.c). */
#include "tui/inside.h"

enum { PICKS_MAX = 6, AT_GOODS = 0, AT_GIVEN = 1, AT_REFERENCE = 2, AT_WHY = 3 };
enum { PIN_SHOWN_MAX = 16 };

struct sale {
    struct asked what_if;
    struct asked tried; /* the same sale with its money */
    struct asked grant; /* an approved one, as the ledger holds it */
    struct asked coded; /* a code that is not among the goods here */
    struct sent sold;
    struct sent asked;
    struct draft *sold_draft; /* whose answer it is, whoever is here by then */
    struct draft *asked_draft;
    uint64_t judged; /* key of the draft that the answers are of; 0: none */
    uint64_t asking;
    uint64_t judged_seq;     /* of the customer's newest change then */
    size_t picks[PICKS_MAX]; /* places of goods that begin like what is typed */
    size_t pick_count;
    size_t pick;
    char typed[FIELD_MAX]; /* that the server is asked about */
    int64_t typed_quantity;
    bool typed_counted;      /* how many was typed with it */
    struct draft *pin_draft; /* whose buyer types a PIN; NULL: nobody does */
    struct field pin;
    char answer[TEXT_MAX_BYTES];  /* that was said last, of somebody who was asked */
    struct draft *throwing;       /* Alt D was typed once */
    bool pin_typed;               /* it goes with what is sent next, and is forgotten */
    char wall[MESSAGE_MAX_BYTES]; /* why F9 is closed, in the ledger's words */
};
extern struct sale sale;

/* The decision on the sale as it stands; NULL: not known. */
const Tefter__Refusal *sale_refusal(const struct tui *tui, const struct draft *draft);
const Tefter__Decision *sale_decision(const struct tui *tui, const struct draft *draft);
bool sale_is_fork(const Tefter__Refusal *refusal);
/* The amount of a way out; false: it is none. */
bool sale_way(const Tefter__Refusal *refusal, Tefter__WayOutKind kind, int64_t *ret_amount);
/* Does some of it fit, and some not? */
bool sale_parts(const struct draft *draft, const Tefter__Refusal *refusal);
bool sale_is_judged(const struct draft *draft);
int64_t sale_total(const struct draft *draft);
/* What is given in money; 0: nothing. False: what is typed is no amount. */
bool sale_given(const struct tui *tui, const struct draft *draft, int64_t *ret_minor);
/* What no way here changes: the reason stands above F9. NULL: nothing does. */
const Tefter__Refusal *sale_wall(const struct tui *tui, const struct draft *draft);
/* Why F9 is closed; NULL: it is open. */
const char *sale_closed(struct tui *tui, struct draft *draft);
void sale_changed(struct tui *tui);

void sale_draw(struct tui *tui, struct canvas *canvas, struct area area);
void sale_pane(struct tui *tui, struct canvas *canvas, int column, struct area area);
/* Keys of the goods; false: not theirs. */
bool sale_lines_key(struct tui *tui, struct draft *draft, uint32_t key);
void sale_lines_scan(struct tui *tui, const char *code);
/* What stands in the cell becomes the line's; false: it is said what is wrong with it. */
bool sale_lines_take(struct tui *tui, struct draft *draft);
void sale_lines_coded(struct tui *tui, struct asked *asked);
void sale_lines_look(struct tui *tui, const struct draft *draft);
/* What is typed becomes a line of its own words. */
void sale_lines_custom(struct tui *tui);
/* The units that the line under the cursor is sold in; "": only one. */
const char *sale_units(struct tui *tui, const struct draft *draft, char out[TEXT_MAX_BYTES]);
