#pragma once
/*
 * What the files of the terminal screen share.
 *
 *   glyph.c canvas.c   text → cells → a picture          terminal.c  a picture → the terminal; keys
 *   frame.c            what stands around each screen    keys.c      the action table, by screen
 *   shop.c ask.c       what is known; questions, commands, answers on the loop
 *   write.c spell.c    money, days, numbers; amounts in words         field.c  what is typed
 *   customers.c card.c sale.c draft.c payment.c matching.c approvals.c parked.c day.c till.c cash.c
 *   document.c paper.c why.c back.c
 *   calls.c find.c person.c           the screens             keep.c       half-done work on the
 * disk
 *
 * The loop calls back only to take notes: a key was typed, an answer came, something changed. What
 * follows from that is done between two turns of the loop, where it may ask and wait.
 */
#include "base/arena.h"
#include "lib/tefter.h"
#include "tui/canvas.h"
#include "tui/tui.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TEXT_MAX_BYTES = 512,
    MESSAGE_MAX_BYTES = 1024,
    SHORT_MAX = 96,
    FIELD_MAX = 160,
    LINES_MAX = 200,
    BILLS_MAX = 200,
    PIECES_MAX = 16, /* notes and coins of a currency */
    CALLS_MAX = 16,  /* half-typed calls of one person */
    SAID_MAX = 1200,
    NEWS_MAX = 12,
    MARK_MS = 8000,
    ASKED_MEMORY_MAX = 8 * 1024 * 1024,
};

struct tui;
struct flight;

/* ---- keys ---- */

enum {
    KEY_ENTER_ = 13,
    KEY_ESC_ = 27,
    KEY_TAB_ = 9,
    KEY_ERASE_ = 127,
    KEYS_APART = 0x110000, /* what no character is */
    KEY_UP_,
    KEY_DOWN_,
    KEY_LEFT_,
    KEY_RIGHT_,
    KEY_HOME_,
    KEY_END_,
    KEY_PAGE_UP_,
    KEY_PAGE_DOWN_,
    KEY_DELETE_,
    KEY_TAB_BACK_, /* Shift and Tab */
    KEY_RESIZE_,
    KEYS_F = 0x110100,
    KEYS_ALT = 0x200000,
};
#define KEY_FN(number) (KEYS_F + (number))
#define KEY_ALT(letter) (KEYS_ALT + (letter))
#define KEY_CTRL(letter) ((letter)&0x1F)

/* ---- actions: the one table of what can be done where ---- */

struct action {
    const char *id;
    const char *title;   /* N_, as the page has it; NULL ends a table */
    const char *brief;   /* N_, for line 24; NULL: not there */
    uint32_t key;        /* 0: only by its name */
    Tefter__Right right; /* 0: everybody */
    void (*run)(struct tui *tui);
    bool (*open)(const struct tui *tui); /* can it be done now; NULL: always */
};

/* Where a screen draws: rows from `top` to before `bottom`, columns from 0. */
struct area {
    int top;
    int bottom;
    int width;
};

struct screen {
    const char *id;
    const char *title; /* N_ */
    uint32_t letter;   /* behind g; 0: only from elsewhere */
    Tefter__Right right;
    bool form;                                   /* letters are typed, not keys */
    void (*begin)(struct tui *tui, bool begins); /* once, and once at the end; NULL: nothing */
    void (*enter)(struct tui *tui);
    void (*draw)(struct tui *tui, struct canvas *canvas, struct area area);
    /* Beside it on a wide terminal; NULL: it takes all of the width. */
    void (*pane)(struct tui *tui, struct canvas *canvas, int column, struct area area);
    /* What is in no table: letters of a form, moving. False: not its key. */
    bool (*key)(struct tui *tui, uint32_t key);
    /* A scanner's text; NULL: it searches a customer. */
    void (*scan)(struct tui *tui, const char *code);
    /* The words at both ends of line 2; the first is the title when it is left empty. */
    void (*head)(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX]);
    const struct action *actions;
};

extern const struct screen *const screens[]; /* NULL ends it (keys.c) */
extern const struct screen customers_screen, card_screen, sale_screen, payment_screen,
    matching_screen, approvals_screen, day_screen, till_screen, document_screen, calls_screen,
    call_screen, find_screen, person_screen, back_screen, parked_screen, cash_screen;
extern const struct action frame_actions[];
const char *key_words(uint32_t key, char out[16]);
/* Moves *at as the key says, in a list whose place is a row; false: none of its keys. */
bool list_step(uint32_t key, long *at, long page, long last);
/* What Alt and a letter stands for; any other key is itself. */
uint32_t key_second(uint32_t key);
const struct action *action_of(const struct tui *tui, uint32_t key);
/* Who may, of the roles; "" when the person here may. */
bool action_may(const struct tui *tui, const struct action *action);

/* ---- what is typed ---- */

struct field {
    char text[FIELD_MAX];
    bool fresh; /* the next letter takes the place of all */
};
void field_set(struct field *field, const char *text);
bool field_key(struct field *field, uint32_t key); /* false: not for a field */
/* The same for a text of any size. */
bool text_key(char *text, size_t capacity, bool *fresh, uint32_t key);

/* ---- answers ---- */

/* One question at a time: what is asked anew forgets the one before. */
struct asked {
    struct tui *tui;
    struct arena arena;
    const Tefter__Answer *answer; /* NULL: none yet */
    uint64_t turn;                /* of the newest question */
    struct flight *flights;       /* all that are under way */
    bool flying;
    bool came; /* to be looked at between two turns of the loop */
    void (*then)(struct tui *tui, struct asked *asked);
};
void asked_begin(struct asked *asked, struct tui *tui,
                 void (*then)(struct tui *tui, struct asked *asked));
void asked_end(struct asked *asked);
void ask(struct asked *asked, const Tefter__Query *query);
void asked_forget(struct asked *asked);
/* Its refusal, NULL: none. */
const Tefter__Refusal *asked_refused(const struct asked *asked);
bool asked_is(const struct asked *asked, Tefter__Answer__KindCase kind);

/* A command under way: it counts once, whatever the line does. */
enum sent_state { SENT_NOT, SENT_UNDER_WAY, SENT_DONE, SENT_REFUSED };
struct sent {
    struct tui *tui;
    struct arena arena;
    enum sent_state state;
    bool came;
    uint64_t since_ms;
    const Tefter__Reply *reply;
    void (*then)(struct tui *tui, struct sent *sent);
};
void sent_begin(struct sent *sent, struct tui *tui,
                void (*then)(struct tui *tui, struct sent *sent));
void sent_end(struct sent *sent);
bool send_command(struct sent *sent, const Tefter__Command *command);
/* The same, with the PIN that who takes the goods typed; NULL: none. It is kept nowhere. */
bool send_with_pin(struct sent *sent, const Tefter__Command *command, const Tefter__BuyerPin *pin);
/* "Sending …", "asking again; it counts once", "Kept here, sends by itself" */
const char *sent_words(const struct sent *sent);

/* ---- what is known ---- */

struct customer {
    uint32_t id;
    bool has_account;
    bool there; /* while a picture that came anew is gone through */
    bool locked;
    bool unlimited;
    bool erased;          /* the person: nothing is sold to them, nor taken from them */
    uint32_t merged_into; /* 0: they were not merged */
    char merged_code[40];
    char code[40];
    char *name; /* as it may be shown */
    char *key;  /* folded: code, name, phone, area */
    uint32_t oldest_due;
    int64_t owes;
    int64_t available;
    int64_t limit;
    int64_t bills;
    int64_t uncleared;
    int64_t unmatched;
    int64_t overdue;
    uint64_t last_seq;
    uint64_t changed_ms; /* on the loop's clock; 0: not news */
};

/* A pack, a bundle: another unit that a product is sold in. */
struct unit {
    char *code;
    char *barcodes; /* as of a product */
    bool has_price;
    int64_t price; /* of one */
};

struct product {
    uint32_t id;
    char *code;
    char *name;
    char *unit;
    char *key;
    char *barcodes; /* " 8934… 8935… ", of its units too */
    struct unit *units;
    size_t unit_count;
    bool has_price;
    int64_t price;
    uint32_t tax_bp;
};

struct place {
    uint32_t id;
    Tefter__MoneyAccountKind kind;
    char name[SHORT_MAX];
    uint32_t open_since; /* a till: the date of the day that is open; DATE_NONE: none is */
    bool has_days;       /* ... it had days */
};

/* Somebody of the staff, or a branch: as it is called. */
struct called {
    uint32_t id;
    bool blocked;
    char name[SHORT_MAX];
};

struct names {
    struct called *rows;
    size_t count;
    size_t room;
    struct asked asked;
};

struct news {
    uint64_t at_ms; /* the loop's clock */
    char text[TEXT_MAX_BYTES];
};

struct shop {
    struct customer *customers;
    size_t customer_count;
    size_t customer_room;
    struct product *products;
    size_t product_count;
    size_t product_room;
    struct place places[64];
    size_t place_count;
    bool places_anew; /* the next answer takes the place of what is known */
    uint32_t till;    /* chosen here among several; 0: none was */
    struct names staff;
    struct names branches;
    uint32_t cash_customer;
    int64_t cash_unit;
    uint32_t loaded_for; /* staff that products and places were asked for */
    struct tefter_feed *feed;
    struct tefter_feed *approvals;
    bool whole; /* customers are */
    struct asked company;
    struct asked accounts;
    struct asked catalogue;
    struct news news[NEWS_MAX]; /* newest first */
    size_t news_count;
    uint64_t version; /* rises with each change */
    uint64_t renewed; /* rises when lists are to be sorted anew */
};
void shop_begin(struct tui *tui);
void shop_end(struct tui *tui);
/* Asks for what is not there yet, once somebody is logged in. */
void shop_look(struct tui *tui);
struct customer *customer_of(const struct tui *tui, uint32_t id);
/* Whom they were merged into; else they themselves. */
uint32_t customer_leads_to(const struct tui *tui, uint32_t id);
/* Can anything be sold to them or taken from them? */
bool customer_trades(const struct tui *tui, uint32_t id);
/* Is every word of a folded text in this folded key? */
bool has_all_words(const char *key, const char *words);
struct product *product_of(struct tui *tui, uint32_t id);
/* By code or barcode; NULL: none. */
struct product *product_coded(struct tui *tui, const char *code);
/* The unit that this barcode is of, and the one that people call so; NULL: the product's own. */
const struct unit *unit_coded(const struct product *product, const char *code);
bool unit_called(const struct product *product, const char *word, const struct unit **ret_unit);
void product_add(struct tui *tui, const Tefter__ProductRecord *record);
/* The till, device or account for this kind of money; 0: none. */
uint32_t place_for(const struct tui *tui, Tefter__PaymentKind kind);
const char *place_word(const struct tui *tui, Tefter__PaymentKind kind);
/* The till of this terminal; NULL: its branch has none. */
const struct place *till_here(const struct tui *tui);
/* Nobody opened it: what goes into it now is not counted. */
bool till_is_shut(const struct tui *tui);
bool till_has_other(const struct tui *tui);
/* The next one of several; false: there is no other. */
bool till_next(struct tui *tui);
/* After a till was opened or closed. */
void places_again(struct tui *tui);
const char *staff_name(const struct tui *tui, uint32_t staff);   /* "" when it is not known */
const char *branch_name(const struct tui *tui, uint32_t branch); /* likewise */
/* Known text for the screen: what nobody sees is an escape. Of malloc. */
char *seen_text(const char *text);

/* ---- half-typed work, each person's own ---- */

/* Why a paper is corrected: one of the usual reasons, else what they type. */
struct why {
    int at; /* 0: none yet, then one of those offered; the last: in own words */
    struct field other;
};

/* What a line was on the bill that is corrected. */
struct was {
    uint32_t line; /* from 1; 0: it was not on it */
    int64_t price;
    uint32_t discount_bp;
    int64_t discount_minor;
};

struct line {
    uint32_t product; /* 0: goods that are not in the catalogue */
    char name[SHORT_MAX * 2];
    char unit[48];    /* as it is shown */
    char pack[48];    /* the code of another unit than the product's own; "": its own */
    int64_t quantity; /* thousandths */
    int64_t listed;   /* price of the catalogue, thousandths of a minor unit */
    bool has_listed;
    bool has_price;
    int64_t price; /* typed */
    uint32_t tax_bp;
    uint32_t discount_bp;
    int64_t discount_minor;
    int64_t net; /* as it was judged, else by this device */
    int64_t tax;
    struct was was;
};

/* The paper that is replaced by what is typed. */
struct corrected {
    uint64_t document; /* 0: none is */
    char number[40];
    uint32_t customer;
    int64_t total_minor;
    int64_t matched_minor; /* of it, with other papers */
    int64_t charges_minor; /* of a bill, with their tax: they stay */
    struct why why;
};

enum draft_column { COLUMN_ITEM, COLUMN_QUANTITY, COLUMN_PRICE, COLUMN_DISCOUNT };

struct draft {
    bool used;
    uint32_t customer; /* 0: a sale for cash */
    uint32_t buyer;
    char buyer_name[SHORT_MAX];
    bool buyer_pin; /* they type their PIN at the end */
    struct line lines[LINES_MAX];
    size_t line_count;
    size_t row; /* the cursor's; line_count is the row to type in */
    enum draft_column column;
    struct field entry;
    struct field given;       /* cash that comes with it */
    Tefter__PaymentKind kind; /* of that money */
    struct field reference;
    int at; /* 0 goods, 1 given, 2 reference, 3 why it is corrected */
    uint64_t approval;
    Tefter__ApprovalState approval_state;
    int64_t asked_minor;
    int64_t approved_minor; /* of that, where it is less; 0: all of it */
    int64_t parked_ms;      /* 0: not parked */
    int64_t changed_ms;
    bool by_person; /* parked by somebody, not by asking */
    struct corrected corrects;
};

enum { DRAFTS_MAX = 9, TICKS_MAX = BILLS_MAX };

struct payment {
    uint32_t customer;
    Tefter__PaymentKind kind;
    struct field amount;
    struct field reference;
    struct field payer;
    int at;       /* 0 kind, 1 amount, 2 reference, 3 payer, 4 bills, 5 why it is corrected */
    bool by_hand; /* ticked */
    uint64_t ticked[TICKS_MAX];
    size_t tick_count;
    size_t row;
    struct corrected corrects;
};

/* Goods of a bill that come back. */
struct giving_back {
    uint64_t bill; /* 0: none */
    struct field counts[LINES_MAX];
    struct field reason;
    int at; /* a line; behind them the reason */
};

/* Money into a till or out of it, for what is no sale. */
struct moving {
    uint32_t till;
    size_t way; /* in, out, then each other place of this branch */
    struct field amount;
    struct field reason;
    int at; /* 0 way, 1 amount, 2 reason */
};

/* What a till is opened with. */
struct opening {
    uint32_t till;
    struct field amount;
    struct field reason;
    bool asks_why; /* it is not what was left in it */
    bool at_reason;
    uint64_t shown_ms; /* since when the question why is on the screen; 0: it is not yet */
};

/* What is counted so far: of this till, on this day of it. */
struct counting {
    uint32_t till;
    uint32_t day;
    struct field pieces[PIECES_MAX];
    struct field loose;
    int at;            /* a piece; behind them what lies in it besides */
    uint64_t asked_ms; /* since when it is asked whether the sum is right; 0: it is not */
    uint32_t counts;   /* how often it was counted, as far as is known here */
    bool counted;      /* the count is in the ledger: now the difference is told */
    int64_t counted_minor;
    int64_t expected_minor;
    int64_t difference_minor;
    int reason; /* 0: none yet, then one of those offered; the last: in own words */
    struct field why;
    struct field banked; /* of it, what goes to the bank now; empty: nothing */
    size_t bank;         /* which of the bank accounts */
    bool at_bank;
    uint64_t shown_ms; /* since when the difference is on the screen; 0: it is not yet */
};

/* A call that is being written down. */
struct call {
    uint32_t customer; /* 0: none */
    Tefter__CallResult result;
    char said[SAID_MAX];
    bool fresh;
    struct field again; /* a day, as people type it; empty: never */
    uint32_t owner;     /* 0: who writes it */
    int at;
};

enum { TICKED_MAX = 1000, ALSO_MAX = 32 };

struct tick {
    uint64_t bill;
    int64_t minor; /* typed; 0: as much as there is */
};

/* Money that goes to bills: what is ticked of both, and what was matched last. */
struct matching {
    uint32_t customer; /* only their money; 0: everybody's */
    uint64_t open;     /* the money whose bills are shown; 0: the first */
    bool at_bills;     /* keys go to the bills, not to the list */
    bool by_hand;      /* else the bills that are suggested are ticked */
    struct tick ticks[TICKED_MAX];
    size_t tick_count;
    uint64_t also[ALSO_MAX]; /* more money of the same customer */
    size_t also_count;
    uint64_t at; /* their money or bill that the cursor is on; 0: the first bill */
    size_t row;  /* where that stood: their money, then the bills */
    bool typing;
    struct field entry;
    int64_t typed_before;
    uint32_t seen_of; /* the customer whose newest change was `seen` when they were opened */
    uint64_t seen;
    uint32_t done_customer;
    uint64_t done_match; /* 0: none */
    int64_t done_minor;
    bool undone;
};

/* Money that came with a sale, in the same command: it goes back with it. */
struct with {
    uint64_t payment;
    Tefter__PaymentKind kind;
    int64_t minor; /* in money */
    char number[40];
    bool back;
};
enum { WITH_MAX = 16 };

/* A sale that is being taken back, and its money that is to follow: it is on the disk before the
 * first command is sent, so that it can be finished whenever this program ends. */
struct undoing {
    uint64_t bill;
    char number[40];
    char reversal[40]; /* "": not known */
    char reason[SHORT_MAX];
    struct with with[WITH_MAX];
    size_t count; /* 0: none is */
    bool is_left; /* the bill is reversed and this money is not: it was said */
};

enum { TRAIL_MAX = 8 };
struct work {
    uint32_t staff; /* 0: nobody's */
    int language;   /* one more than the one that they chose; 0: this device's */
    const struct screen *screen;
    const struct screen *trail[TRAIL_MAX];
    size_t trail_count;
    uint32_t customer; /* under the cursor of the list, and of the card */
    struct field filter;
    bool filtering;
    struct draft drafts[DRAFTS_MAX];
    size_t draft;
    struct payment payment;
    struct payment correction; /* of money that was taken */
    struct giving_back back;
    struct moving moving;
    struct opening opening;
    struct counting counting;
    struct call calls[CALLS_MAX];
    uint32_t called; /* customer under the cursor of the call list */
    uint64_t paper;  /* under the cursor of the day, and opened */
    struct matching matching;
    char done_number[40]; /* the newest paper: undo, print; "": none */
    uint64_t done_id;
    bool done_corrects; /* it replaced another one */
    bool undoing;       /* it is asked what was wrong with one */
    struct undoing undo;
};

enum { WORKS_MAX = 12 };

/* ---- all of it ---- */

enum message_kind { MESSAGE_NONE, MESSAGE_SAID, MESSAGE_REFUSED, MESSAGE_DONE };

struct tui {
    struct tui_options options;
    struct tefter *client;
    struct loop *loop;
    struct loop_timer *tick;
    struct loop_timer *burst_end;
    struct loop_timer *paint; /* of what others changed */
    struct canvas canvas;
    struct glyph_look look;
    enum language language;
    enum language language_here; /* of the device: whoever chose no other */
    struct tefter_habits habits;
    struct currency currency;
    struct tefter_state state;
    struct shop shop;
    struct work works[WORKS_MAX];
    struct work *work;
    enum message_kind message;
    char message_text[MESSAGE_MAX_BYTES];
    uint64_t message_ms;
    enum message_kind resolved_kind; /* what became of something of before; NONE: nothing is new */
    char resolved[TEXT_MAX_BYTES];
    uint32_t burst[FIELD_MAX];
    size_t burst_count;
    bool burst_over;
    bool going; /* `g` was typed: a letter follows */
    bool leaving;
    uint64_t drawn_ms;
    bool painting; /* the timer runs */
    bool dirty;    /* something to draw */
    bool answered; /* something came that is to be looked at */
    bool asked_to_leave;
    bool begun;     /* a server has greeted this terminal */
    bool too_small; /* so that no screen is drawn */
    struct asked *askeds[48];
    size_t asked_count;
    struct sent *sents[48];
    size_t sent_count;
};

/* ---- the frame ---- */

void go_to(struct tui *tui, const struct screen *screen);
void go_back(struct tui *tui);
/* Others changed something: a picture of it follows within milliseconds. For callbacks of the loop.
 */
void paint_soon(struct tui *tui);
/* Line 23. */
void say_words(struct tui *tui, enum message_kind kind, const char *text);
void say_refusal(struct tui *tui, const Tefter__Refusal *refusal);
/* In the language of who looks. */
const char *in_words(const struct tui *tui, const char *message);
bool may(const struct tui *tui, Tefter__Right right);
bool connected(const struct tui *tui);
/* Waits for a line to be back: what cannot be done without one says so. */
bool need_line(struct tui *tui);
uint64_t now_ms(const struct tui *tui);
/* Whether a change is fresh: ▎ and bold for 8 s. */
bool is_fresh(const struct tui *tui, uint64_t changed_ms);
struct speech speech_of(const struct tui *tui);
void work_of_person(struct tui *tui);
/* A screen begins where it stood before: the newest of the trail. */
const struct screen *screen_before(const struct tui *tui);
/* Is this person's line lost, so that figures are of before? */
bool is_lost(const struct tui *tui);

/* ---- writing ---- */

/* "928,300,000", minus as people write it */
const char *money(const struct tui *tui, int64_t minor, char out[SHORT_MAX]);
/* with its unit */
const char *money_unit(const struct tui *tui, int64_t minor, char out[SHORT_MAX]);
const char *unit_of(const struct tui *tui);
const char *number(const struct tui *tui, uint64_t value, char out[SHORT_MAX]);
const char *quantity(const struct tui *tui, int64_t thousandths, char out[SHORT_MAX]);
const char *price(const struct tui *tui, int64_t thousandths, char out[SHORT_MAX]);
const char *percent(const struct tui *tui, uint32_t bp, char out[SHORT_MAX]);
const char *day(const struct tui *tui, uint32_t date, char out[SHORT_MAX]);
const char *clock_of(const struct tui *tui, int64_t instant_ms, char out[SHORT_MAX]);
/* "3 min 12 s" */
const char *duration(const struct tui *tui, uint64_t ms, char out[SHORT_MAX]);
/* "47 min", "3 h 20 min", "12 d": as it is read at a glance. */
const char *lasting(const struct tui *tui, int64_t ms, char out[SHORT_MAX]);
/* The same in so many columns: of hours the minutes go. */
const char *lasting_in(const struct tui *tui, int64_t ms, int columns, char out[SHORT_MAX]);
uint32_t today(const struct tui *tui);
/* "available 117,600,000", "▲ over by 64,500,000", "⊘ locked", "no limit" */
const char *standing(const struct tui *tui, const struct customer *customer, char out[SHORT_MAX],
                     unsigned *ret_look);
/* The same in so many columns: where the words do not fit, sign and amount do. */
const char *standing_in(const struct tui *tui, const struct customer *customer, int columns,
                        char out[SHORT_MAX], unsigned *ret_look);
/* "fifty million đồng" */
const char *spell(const struct tui *tui, int64_t minor, char out[TEXT_MAX_BYTES]);
const char *value_of(const Tefter__Text *text); /* "" when there is none */
/* From left to right, whatever stands around it. */
const char *phone_of(const Tefter__Text *phone, char out[SHORT_MAX]);
const char *kind_words(const struct tui *tui, Tefter__PaymentKind kind);
/* Texts one behind the other, as many whole ones as fit; NULL ends them. */
const char *join(char *out, size_t capacity, ...) __attribute__((sentinel));
/* The number of a paper that was written, isolated; "": it has none. */
const char *number_of(const struct tui *tui, const Tefter__Done *done, char out[SHORT_MAX]);
#define JOIN(out, ...) join((out), sizeof(out), __VA_ARGS__, NULL)
/* A name or a number that keeps its own order in a sentence that runs from right to left. */
const char *isolated(const struct tui *tui, const char *text, char out[TEXT_MAX_BYTES]);
/* A sentence with facts; as words_say, in the language of who looks. */
#define SAY(tui, out, ...) (void)words_say((out), sizeof(out), (tui)->language, __VA_ARGS__, NULL)

/* "Log the call · F9": the key stands behind, whichever way the words run. */
const char *with_key(char out[TEXT_MAX_BYTES], const char *words, const char *key);
/* Why there is nothing yet: its refusal, `waits`, or that there is no line. */
void put_missing(struct tui *tui, struct canvas *canvas, struct area area,
                 const struct asked *asked, const char *waits);
/* Over several rows, cut between words; returns how many rows it took, at most `rows`. */
int put_words(struct canvas *canvas, int row, int column, int width, int rows, unsigned look,
              const char *text);
/* How many rows they take. */
int rows_for_words(const char *text, int width, struct glyph_look look);
/* What is typed, over several rows; its end is what is seen of a long one. */
void put_typed(struct canvas *canvas, int row, int column, int width, int rows, const char *text,
               bool here);
const char *paper_words(const struct tui *tui, Tefter__DocumentKind kind); /* "Bill" */
/* Plus is told too: "+1,608,000" */
const char *money_signed(const struct tui *tui, int64_t minor, char out[SHORT_MAX]);

/* The line that adds up, in one or two rows; returns the rows. */
struct adds {
    bool unlimited;
    int64_t limit, bills, uncleared, unmatched, available;
    bool has_sale;
    int64_t sale;
};
int put_adds(struct tui *tui, struct canvas *canvas, struct area area, const struct adds *adds);
struct adds adds_of(const struct customer *customer);

/* ---- the sale's draft (draft.c) ---- */

struct draft *draft_now(struct tui *tui);
void draft_sums(const struct draft *draft, int64_t *ret_net, int64_t *ret_tax, bool *ret_whole);
void draft_judge(struct tui *tui); /* asks what the ledger would say to it */
void draft_reckon(struct draft *draft);
/* What is free of the limit for goods now: the lines that fit stay, the rest goes to another
 * draft. False: nothing fits. */
bool draft_part(struct tui *tui, int64_t room);
bool draft_parts(const struct draft *draft, int64_t room); /* would it */
/* The other way: what was sent is written again. False: there is no place for it. */
bool draft_of_invoice(struct tui *tui, const Tefter__IssueInvoice *invoice,
                      const Tefter__PaidPart *paid);
/* A bill as it stands, to be corrected; NULL: there is no place for it. */
struct draft *draft_of_bill(struct tui *tui, const Tefter__DocumentAnswer *bill);
/* What somebody of this branch parked, as the ledger holds it; NULL: there is no place for it. */
struct draft *draft_of_parked(struct tui *tui, const Tefter__ApprovalAnswer *parked);
/* All of it is said, also what a correction leaves as it was. */
bool draft_whole(const struct tui *tui, const struct draft *draft, struct arena *arena,
                 Tefter__IssueInvoice *ret_invoice);
bool draft_invoice(const struct tui *tui, const struct draft *draft, struct arena *arena,
                   Tefter__IssueInvoice *ret_invoice);
struct draft *draft_begin(struct tui *tui, uint32_t customer);
bool draft_is_empty(const struct draft *draft); /* nothing of it would be lost */

/* Goods that came from the disk, at the prices of the catalogue as it is now. */
void draft_prices_anew(struct tui *tui);

/* ---- what outlives the program (keep.c) ---- */

void keep_begin(struct tui *tui, bool begins);
void keep_take_up(struct tui *tui); /* of who logged in, and is said */
void keep_look(struct tui *tui);    /* writes what changed; never waits */
void keep_let_go(struct tui *tui, struct work *work);
/* A sale of before that was refused now: its goods are a sale again that is being written. */
bool keep_note_refused(const Tefter__Command *command, uint32_t staff);
void keep_end(struct tui *tui);
/* Why what is half done ends with the program, as long as it does; NULL: it is kept. */
const char *keep_words(const struct tui *tui);
/* Is what is half done on the disk as it stands? Where nothing is kept, nothing is waited for. */
bool keep_is_written(struct tui *tui);
uint64_t keep_lost(const struct tui *tui); /* sales that are not kept, so end with the program */

/* ---- why a paper is corrected (why.c) ---- */

bool why_is_said(const struct why *why);
/* "" while none is said. */
const char *why_words(const struct tui *tui, const struct why *why);
/* Returns how many rows it took, at most three. */
int why_draw(struct tui *tui, struct canvas *canvas, int row, int column, int width,
             const struct why *why, bool here);
int why_rows(const struct tui *tui, int width, const struct why *why, bool here);
/* False: not one of its keys, or the way on. */
bool why_key(struct why *why, uint32_t key);
/* What it was and what it becomes, and what comes free; returns the rows. */
int corrected_rows(const struct corrected *corrected, uint32_t customer, int64_t total);
int corrected_draw(struct tui *tui, struct canvas *canvas, int row, int width,
                   const struct corrected *corrected, uint32_t customer, int64_t total);
/* "replaces TD-00001", and what came free with it. */
const char *corrected_words(const struct tui *tui, const struct corrected *corrected,
                            const Tefter__Done *done, char out[TEXT_MAX_BYTES]);

/* ---- screens that others open ---- */

/* What was asked for, as an ApprovalView was answered. */
void approval_goods(struct tui *tui, struct canvas *canvas, struct area area,
                    const struct asked *opened);
/* What was approved, where it is less than was asked for; 0: it is not. */
int64_t approval_for_less(const Tefter__ApprovalRow *row);
/* As it is now: the ledger writes nothing when one lapses. */
Tefter__ApprovalState approval_state(const struct tui *tui, const Tefter__ApprovalRow *row);
void approvals_lapse(struct tui *tui); /* between turns */
bool cash_is_sent(const struct work *work);
/* How many sales others of this branch parked, that anybody here may go on with. */
size_t parked_here(const struct tui *tui);
void sale_correct(struct tui *tui, const Tefter__DocumentAnswer *bill);
void payment_correct(struct tui *tui, const Tefter__DocumentAnswer *money);
void back_open(struct tui *tui, uint64_t bill);

void approvals_came(void *context, const struct tefter_delta *set); /* of the feed */
void sale_open(struct tui *tui, uint32_t customer);
void payment_open(struct tui *tui, uint32_t customer);
bool payment_is_sent(const struct payment *form);
/* Is this what the form says? */
bool payment_is_of(const struct tui *tui, const struct payment *form,
                   const Tefter__TakePayment *sent);
void matching_open(struct tui *tui, uint32_t customer); /* only their money */
void card_pane(struct tui *tui, struct canvas *canvas, int column, struct area area);
void customer_pane(struct tui *tui, struct canvas *canvas, int column, struct area area,
                   uint32_t id);
void pick_customer(struct tui *tui, void (*chosen)(struct tui *tui, uint32_t customer));
void document_open(struct tui *tui, uint64_t document);
/* What a paper changed: of money moved the drawer, of any other what is owed. False: it has no
 * sign. */
bool document_change(const Tefter__DocumentRecord *paper, int64_t *ret_minor);
bool document_in_cash(const Tefter__DocumentRecord *paper);
const char *move_words(const struct tui *tui, const Tefter__DocumentRecord *paper);
void undo_last(struct tui *tui);
/* Between turns: sends what waited for the disk, and says what an earlier life left half undone. */
void paper_look(struct tui *tui);
/* What was paid with it goes back too, as far as they may; 0: its number alone is known. */
void undo_paper(struct tui *tui, uint64_t document, const char *number);
void print_last(struct tui *tui);
void print_again(struct tui *tui, uint64_t document);
/* A paper is written: said, and there to be undone and printed. */
void paper_done(struct tui *tui, const Tefter__Done *done, const char *words);
/* ... that replaces another one: it is not undone but corrected again, and so it is said. */
void paper_corrected(struct tui *tui, const Tefter__Done *done, const char *words);
/* What an earlier life of this program wrote last, a few minutes ago: it may have ended before it
 * was read. */
void paper_of_before(struct tui *tui);
/* Without a line: written down here and sent by itself; the next form is free at once. */
bool paper_keep(struct tui *tui, const Tefter__Command *command);
void paper_begin(struct tui *tui, bool begins);
bool undo_key(struct tui *tui, uint32_t key);
/* An approval of this terminal was answered: their sale is taken up, or waits no more. */
void sale_answered(struct tui *tui, const Tefter__ApprovalRow *row);
