#pragma once
/*
 * What the parts of the matching screen share: what is asked and written (matching.c), which money
 * goes to which bill (matching_parts.c), how it looks (matching_draw.c).
 */
#include "base/limits.h"
#include "tui/inside.h"

enum {
    CREDITS_MAX = 1000,
    OPEN_BILLS_MAX = 2000,
    CHOSEN_MAX = ALSO_MAX + 1,
    PARTS_MAX = TICKED_MAX + 2 * CHOSEN_MAX,
};

/* Money or a credit note that is not matched, with the bills that it is likely for. */
struct credit {
    uint64_t document;
    uint32_t customer;
    uint32_t date;
    uint32_t place;
    int64_t open;
    int64_t recorded_ms;
    Tefter__PaymentKind kind;   /* 0: a credit note */
    Tefter__MatchReason reason; /* 0: nothing speaks for a bill */
    bool others;                /* as much is open of another bill, too */
    bool final;
    char number[CODE_MAX_BYTES + 1];
    char code[CODE_MAX_BYTES + 1];
    char name[SHORT_MAX * 2];
    char reference[SHORT_MAX];
    char payer[SHORT_MAX];
    uint64_t bills[SUGGESTION_BILLS_MAX];
    size_t bill_count;
    char bill_numbers[TEXT_MAX_BYTES / 2];
};

struct open_bill {
    uint64_t document;
    uint32_t due;
    int32_t days_late;
    int64_t open;
    char number[CODE_MAX_BYTES + 1];
};

/* Rows of pages that come one behind the other take the place of those that are shown at once. */
struct credits {
    struct credit *rows;
    size_t count;
    size_t room;
};
struct open_bills {
    struct open_bill *rows;
    size_t count;
    size_t room;
};

struct desk {
    struct asked money;
    struct asked bills;
    struct asked preview;
    struct asked staff;
    struct sent matched;
    struct sent undone;
    struct work *matched_work; /* whose answer it is, whoever is here by then */
    struct work *undone_work;
    struct credits credits; /* what somebody has to look at first, then what stands out */
    struct credits coming;
    uint32_t loaded_for; /* staff that all of it was asked for */
    bool there;          /* the list is, empty or not */
    bool more;           /* of it than is shown */
    bool lost;           /* the line was: what was asked before may be old */
    uint32_t money_of;   /* only their money was asked for */
    uint64_t money_version;
    uint64_t money_ms;
    size_t at;          /* where the open money stood in the list */
    struct credit kept; /* the open money, also when it is gone from the list */
    struct open_bills open;
    struct open_bills opening;
    uint32_t bills_of; /* the customer that `open` is of; 0: of none */
    uint32_t asked_of;
    uint64_t asked_seq;
    Tefter__MatchPart parts[PARTS_MAX]; /* that are previewed, and written */
    Tefter__MatchPart *pointers[PARTS_MAX];
    size_t part_count;
    uint64_t previewed;         /* key of the parts that the preview was asked for; 0: none */
    uint64_t preview_of;        /* the open money at that time */
    uint64_t spent[CHOSEN_MAX]; /* the money that nothing is left of when it is written */
    size_t spent_count;
    uint64_t next;                       /* that is opened then */
    char sent_words[TEXT_MAX_BYTES / 2]; /* "TD-R-00002 → TD-00001" */
    struct arena walk;
};
extern struct desk desk;

/* ---- which money, which bills (matching_parts.c) ---- */

/* A reason that leaves no other bill. */
bool matching_is_sure(const struct credit *credit);
/* NULL: no money is open. The first is opened by itself. */
const struct credit *matching_open_money(struct tui *tui);
bool matching_is_gone(const struct credit *open);
/* All money of its customer, the open one first; how many. */
size_t matching_money(struct tui *tui, const struct credit *out[CHOSEN_MAX]);
bool matching_is_chosen(const struct tui *tui, const struct credit *credit);
/* Those of them that are matched together. */
size_t matching_chosen(struct tui *tui, const struct credit *out[CHOSEN_MAX], int64_t *ret_minor);
/* The bills that are shown; 0: not there yet. */
size_t matching_bills(struct tui *tui, const struct open_bill **ret_rows);
const struct tick *matching_ticked(const struct tui *tui, uint64_t bill);
void matching_tick(struct tui *tui, uint64_t document);
/* So much of this bill; 0: as much as there is. */
void matching_type(struct tui *tui, uint64_t bill, int64_t minor);
void matching_oldest(struct tui *tui);
/* Which money goes to which bill: the ticked ones in their order, typed amounts first. */
void matching_allocate(struct tui *tui);
/* By the server's preview: what this bill gets, what this money gives. */
int64_t matching_gets(uint64_t bill);
int64_t matching_gives(uint64_t credit);
const Tefter__PreviewMatchAnswer *matching_preview(void);

/* ---- matching.c ---- */

/* What is not known or not new any more is asked for. */
void matching_look(struct tui *tui);
/* Is the preview of what is ticked now? */
bool matching_is_told(struct tui *tui);
/* Why F9 is closed; false: it is open. */
bool matching_is_closed(struct tui *tui, char why[TEXT_MAX_BYTES]);
/* The row of the cursor: their money comes before their bills. */
size_t matching_row(struct tui *tui);
/* What others did to it meanwhile; "": nothing. */
const char *matching_notice(struct tui *tui, char out[TEXT_MAX_BYTES]);

/* ---- matching_draw.c ---- */

const char *matching_reason(const struct tui *tui, const struct credit *credit,
                            char out[TEXT_MAX_BYTES]);
void matching_draw(struct tui *tui, struct canvas *canvas, struct area area);
void matching_head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX]);
void matching_pane(struct tui *tui, struct canvas *canvas, int column, struct area area);
