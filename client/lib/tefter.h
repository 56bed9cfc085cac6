#pragma once
/*
 * client/lib: a terminal's side of Tefter. Connects, logs in, submits commands that count once,
 * asks queries, and keeps local replicas of subscriptions fresh. Used by the command line, the
 * screen, imports, the courier and the bench.
 *
 * A client lives on one loop: the caller's, then everything is called back from there; or its own,
 * then the blocking calls (tefter_call, tefter_ask, tefter_request, tefter_turn) run it. Blocking
 * calls work on either loop, but they and tefter_close not from inside a callback. Everything
 * handed to a callback lives until the callback returns; what a blocking call returns lives in the
 * arena it was given.
 *
 * Once started, a client stays connected: after a loss it tries again (jittered, 0.2 s to 15 s),
 * logs in again with its token, resumes its replicas and sends again, with the same ids, what has
 * no reply yet.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/money.h"
#include "net/loop.h"
#include "wire.pb-c.h"
#include "words/words.h"

#include <stdbool.h>
#include <stdint.h>

struct tefter;

enum {
    TEFTER_ID_SIZE = 16,
    TEFTER_ID_TEXT_SIZE = 40,
    TEFTER_PATH_MAX = 512,
    TEFTER_ADDRESS_MAX = 256,
    TEFTER_WINDOW = 128, /* commands under way, unless options say otherwise; most is 240 */
    TEFTER_PATIENCE_MS = 15 * 1000,
    TEFTER_STALE_MS = 5 * 1000,
    TEFTER_LOST_MS = 15 * 1000,
};

/* ---- profile: who this terminal is ---- */

/* The folder: `wanted` (a flag), else $TEFTER_PROFILE, $XDG_CONFIG_HOME/tefter, ~/.config/tefter.
 * False: none can be named. */
bool tefter_profile_folder(const char *wanted, char out[TEFTER_PATH_MAX], struct failure *failure);

struct tefter_enrolment {
    bool enrolled;
    char address[TEFTER_ADDRESS_MAX];
    char name[80];
    char company[220];
    uint32_t terminal;
    struct hash root;
    int64_t not_after_ms; /* 0: not known */
};
/* What the profile says; `enrolled` is false for an empty one. */
bool tefter_profile_read(const char *folder, struct tefter_enrolment *ret_enrolment,
                         struct failure *failure);

/* From the next connection on the profile's server is at `address`; all else it says stays. */
bool tefter_profile_move(const char *folder, const char *address, struct failure *failure);

/* Makes this profile a terminal of the server at `address`: checks the server against the code
 * before it tells the code. Blocking, on a loop of its own. Refusals (CODE_WRONG, CODE_USED,
 * CODE_EXPIRED ...) come in ret_refused, in the arena, with false and no failure. */
bool tefter_enrol(const char *folder, const char *address, const char *code, const char *program,
                  struct arena *arena, struct tefter_enrolment *ret_enrolment,
                  const Tefter__Refusal **ret_refused, struct failure *failure);

/* ---- a client ---- */

enum tefter_connection {
    TEFTER_CONNECTING,  /* before the first whole set */
    TEFTER_LIVE,        /* all replicas exact, last beat under 5 s ago */
    TEFTER_CATCHING_UP, /* resumed, sets outstanding */
    TEFTER_FETCHING,    /* a gap that cannot be resumed: all figures come again */
    TEFTER_STALE,       /* 5 s without a beat */
    TEFTER_LOST,        /* 15 s without a beat, or the socket is closed */
};

struct tefter_state {
    enum tefter_connection connection;
    bool connected;     /* greeted; with a person too when `person` */
    bool person;        /* somebody is logged in */
    uint64_t exact;     /* the least seq that all replicas are exact at; 0: none is */
    uint64_t behind;    /* commands the server is ahead of the replicas */
    uint64_t age_ms;    /* since the last beat; since the start when there was none */
    const char *reason; /* why the line was lost, "" when it is not; until the next call */
};

/* Called when line, connected, person or exact changes. */
typedef void (*tefter_state_fn)(void *context, const struct tefter_state *state);

/* A connection that the server itself lent to a process of its own: one end of a pair of sockets,
 * and the token of the person it acts for. Such a client has no profile and no outbox, asks for no
 * certificate, and is not connected again: when the line is gone, so is what it was lent. */
struct tefter_lent {
    int socket; /* becomes the client's */
    uint32_t terminal;
    const uint8_t *token;
    size_t token_size;
};

struct tefter_options {
    const struct tefter_lent *lent; /* NULL: none; else what follows does not count but the program,
                                       the loop, window and patience */
    const char *profile;            /* folder; NULL: as tefter_profile_folder */
    const char *address;            /* NULL: $TEFTER_SERVER, then the profile's */
    const char *program;            /* "tefter 0.1.0" */
    struct loop *loop;              /* NULL: one of its own */
    uint32_t window;                /* 0: TEFTER_WINDOW */
    uint64_t patience_ms;           /* of blocking calls; 0: TEFTER_PATIENCE_MS */
    /* Commands are written down before they are sent: what has no reply when the process ends is
     * offered again by the next one, with the same id; what was acknowledged is kept 45 days
     * and offered again when the server was restored to an older state. For people; an import that
     * can simply be run again does without. */
    bool outbox;
    tefter_state_fn on_state; /* may be NULL */
    /* What became of a command of an earlier process, or (`again`: it was done once before) from
     * before a restore; may be NULL. */
    void (*on_resolved)(void *context, const Tefter__Command *command, int64_t made_ms, bool again,
                        const Tefter__Reply *reply);
    void *context;
};

bool tefter_open(const struct tefter_options *options, struct tefter **ret_client,
                 struct failure *failure);
/* Callbacks of what is under way are not called any more. NULL welcome. */
void tefter_close(struct tefter *client);

/* Begins to connect, and goes on until tefter_close. */
void tefter_start(struct tefter *client);
/* Blocking: starts and waits for the greeting and, when there is a token, for its login. False on
 * the first attempt that fails when wait_ms is 0, else when wait_ms are over. */
bool tefter_connect(struct tefter *client, uint64_t wait_ms, struct failure *failure);

struct loop *tefter_loop(struct tefter *client);
const char *tefter_profile(const struct tefter *client);
void tefter_state(struct tefter *client, struct tefter_state *ret_state);
const char *
tefter_connection_word(enum tefter_connection connection); /* "live", "catching up" ... */
/* Another listener than the options named; NULL: none. */
void tefter_on_state(struct tefter *client, tefter_state_fn on_state, void *context);
/* The newest greeting and login, NULL before; until the next one. */
const Tefter__Welcome *tefter_welcome(const struct tefter *client);
const Tefter__LoggedIn *tefter_person(const struct tefter *client);
/* Does the server read this field of a message (a command is a field of Command, a query one of
 * Query), or this value of an enum? By its newest greeting; true before. Nothing else is ever sent:
 * a request that holds what the server does not know is refused here, with SERVER_OLDER, so this is
 * for who would do otherwise then, or not offer it. */
bool tefter_knows_field(const struct tefter *client, const ProtobufCMessageDescriptor *type,
                        uint32_t number);
bool tefter_knows_value(const struct tefter *client, const ProtobufCEnumDescriptor *type,
                        int value);
/* Did the server break the protocol since the newest blocking call began? The connection was ended,
 * and nothing of that answer was believed. */
bool tefter_breached(const struct tefter *client);
/* Does the server say that this profile is a copy, or an old one that came back: that it was used
 * elsewhere since? By the newest greeting or beat. */
bool tefter_profile_old(const struct tefter *client);
/* Part of what this terminal had sent and keeps could not be read; the file as it was is
 * outbox.damaged in the profile. */
bool tefter_outbox_damaged(const struct tefter *client);
/* HOST:PORT of the server, as this device calls it. */
const char *tefter_address(const struct tefter *client);
/* The company's currency; only its exponent is made up before the greeting. */
const struct currency *tefter_currency(const struct tefter *client);
/* The server's wall clock, guessed between its beats. */
int64_t tefter_now_ms(struct tefter *client);

/* ---- logging in ---- */

/* Blocking. NULL with ret_refused or with a failure. The token is kept in the profile and used by
 * the next process too. */
const Tefter__LoggedIn *tefter_login(struct tefter *client, const char *login, const char *password,
                                     struct arena *arena, const Tefter__Refusal **ret_refused,
                                     struct failure *failure);
/* Another person at the same terminal, by PIN. */
const Tefter__LoggedIn *tefter_switch(struct tefter *client, const char *login, const char *pin,
                                      struct arena *arena, const Tefter__Refusal **ret_refused,
                                      struct failure *failure);
bool tefter_logout(struct tefter *client, struct failure *failure);

/* ---- commands ---- */

/* 16 bytes that no other command has: milliseconds 6, terminal 4, counter 6. Rising, also across
 * restarts and among processes of one profile. */
bool tefter_new_id(struct tefter *client, uint8_t ret_id[TEFTER_ID_SIZE], struct failure *failure);
/* "T2-0007-18f3…" for people. */
void tefter_id_text(const uint8_t id[TEFTER_ID_SIZE], char out[TEFTER_ID_TEXT_SIZE]);

/* The answer to one command. reply is never NULL; refusals that never reached the ledger (not
 * logged in, no right, read only) are told as a reply with seq 0. A result that this version does
 * not know is told as CLIENT_OLDER: with a seq it did reach the ledger, but not how it ended. */
struct tefter_outcome {
    const uint8_t *id;
    const Tefter__Reply *reply;
    const Tefter__Refusal *refused; /* NULL: done */
    const Tefter__Done *done;       /* NULL: refused */
    uint64_t took_ms;               /* from submit to here */
};
typedef void (*tefter_reply_fn)(void *context, const struct tefter_outcome *outcome);

/* Sends a command; `replied` (may be NULL) is called once, however often the line breaks in
 * between. False when the window is full (tefter_room is 0), when the bytes do not fit a frame or,
 * with an outbox, when nobody is logged in or it cannot be written down. id NULL: a new one. */
bool tefter_submit(struct tefter *client, const Tefter__Command *command, tefter_reply_fn replied,
                   void *context, struct failure *failure);
/* The same, with the PIN that who takes the goods typed; no outbox keeps it. */
bool tefter_submit_with_pin(struct tefter *client, const Tefter__Command *command,
                            const Tefter__BuyerPin *pin, tefter_reply_fn replied, void *context,
                            struct failure *failure);
bool tefter_submit_packed(struct tefter *client, struct slice command,
                          const uint8_t id[TEFTER_ID_SIZE], tefter_reply_fn replied, void *context,
                          struct failure *failure);
/* How many more commands the window takes now. */
uint32_t tefter_room(const struct tefter *client);
uint32_t tefter_under_way(const struct tefter *client);

/* What is written down here of the person who is logged in (see `outbox`): the id of what was
 * written last, by this process or before it; false: nothing was. */
bool tefter_written_newest(const struct tefter *client, uint8_t ret_id[TEFTER_ID_SIZE]);
/* Each command of theirs that was written down behind that one, oldest first, unless it was
 * refused. Whoever keeps a form on the disk too learns so that it was sent. */
void tefter_written_behind(struct tefter *client, const uint8_t id[TEFTER_ID_SIZE],
                           void (*each)(void *context, const Tefter__Command *command,
                                        int64_t made_ms),
                           void *context);

/* The newest of theirs that was done, as its receipt has it, in memory of the arena; NULL: none is
 * known. */
const Tefter__Receipt *tefter_written_done(const struct tefter *client, struct arena *arena,
                                           const Tefter__Command **ret_command);

/* After a restore (tefter_welcome()->recovery): what this terminal was told before it goes back to
 * the server by itself. Waits so long until it has all of it; false: not yet. */
struct tefter_offers {
    uint64_t handed;  /* since this was asked last */
    uint64_t refused; /* it does not take these */
};
bool tefter_offer(struct tefter *client, uint64_t wait_ms, struct tefter_offers *ret_offers);

/* Blocking: one command. NULL only with a failure: not sent, or no reply in time; then the id in
 * the failure's text is what to ask again with. */
const Tefter__Reply *tefter_call(struct tefter *client, const Tefter__Command *command,
                                 struct arena *arena, struct failure *failure);
/* The same, with the PIN that who takes the goods typed; NULL: none. No outbox keeps it. */
const Tefter__Reply *tefter_call_with_pin(struct tefter *client, const Tefter__Command *command,
                                          const Tefter__BuyerPin *pin, struct arena *arena,
                                          struct failure *failure);
/* Runs the loop until something was called back or wait_ms are over: for feeding a window.
 *     while (more) { while (tefter_room(c) > 0 && more) submit…; tefter_turn(c, 1000); }
 * False: nothing came. */
bool tefter_turn(struct tefter *client, uint64_t wait_ms);
/* Runs the loop until nothing is under way. */
bool tefter_resolve(struct tefter *client, uint64_t wait_ms, struct failure *failure);

/* ---- queries and other requests ---- */

/* refusals come as an answer with `refused`. Asked again after a loss. */
typedef void (*tefter_answer_fn)(void *context, const Tefter__Answer *answer);
bool tefter_query(struct tefter *client, const Tefter__Query *query, tefter_answer_fn answered,
                  void *context, struct failure *failure);
/* Blocking; NULL only with a failure. */
const Tefter__Answer *tefter_ask(struct tefter *client, const Tefter__Query *query,
                                 struct arena *arena, struct failure *failure);

/* Anything of FromTerminal but submit, query and subscribe; `request` is filled in. The answer may
 * be `refused`. Not asked again after a loss: NULL with a failure then. */
const Tefter__ToTerminal *tefter_request(struct tefter *client, Tefter__FromTerminal *request,
                                         struct arena *arena, struct failure *failure);

/* ---- subscriptions: a replica that is kept fresh ---- */

struct tefter_feed;

/* One whole set, after it is in the replica. */
struct tefter_delta {
    struct tefter_feed *feed;
    bool page;    /* part of a snapshot: not all is there yet */
    bool exact;   /* the replica is now exact at `seq` */
    bool renewed; /* a snapshot is whole: rows that it did not have are gone */
    uint64_t seq;
    const Tefter__Row **rows; /* those that were news, newest value each */
    size_t row_count;
    int64_t committed_ms; /* 0: not told */
    int64_t delay_ms;     /* from that commit to here, by the server's clock; -1: not known */
    /* Not NULL: the server feeds nothing; asked again after a login. */
    const Tefter__Refusal *refused;
};
typedef void (*tefter_delta_fn)(void *context, const struct tefter_delta *set);

/* Rows of a kind that this version does not know are passed over. A topic the server does not know
 * is refused with SERVER_OLDER, maybe before this returns.
 * customers NULL: all. Survives losses and gaps by itself. NULL without memory. */
struct tefter_feed *tefter_subscribe(struct tefter *client, Tefter__Topic topic,
                                     const uint32_t *customers, size_t customer_count,
                                     tefter_delta_fn changed, void *context);
void tefter_unsubscribe(struct tefter_feed *feed);

enum tefter_row {
    TEFTER_ROW_ACCOUNT = TEFTER__ROW__KIND_ACCOUNT,
    TEFTER_ROW_CUSTOMER = TEFTER__ROW__KIND_CUSTOMER,
    TEFTER_ROW_APPROVAL = TEFTER__ROW__KIND_APPROVAL,
    TEFTER_ROW_ALARM = TEFTER__ROW__KIND_ALARM,
    TEFTER_ROW_TOTALS = TEFTER__ROW__KIND_TOTALS, /* of a branch; 0: the company */
    TEFTER_ROW_DECISION = TEFTER__ROW__KIND_DECISION,
};
/* One row, unpacked into the arena; NULL: not there. */
const Tefter__Row *tefter_feed_row(const struct tefter_feed *feed, enum tefter_row kind,
                                   uint64_t id, struct arena *arena);
size_t tefter_feed_size(const struct tefter_feed *feed);
/* Every row, in no order; stops when `each` says false. The arena is reset between rows. */
void tefter_feed_each(const struct tefter_feed *feed, struct arena *arena,
                      bool (*each)(void *context, const Tefter__Row *row), void *context);
/* The seq it is exact at, 0: not. */
uint64_t tefter_feed_exact(const struct tefter_feed *feed);

/* ---- sentences ---- */

/* Whom a sentence is for. */
struct speech {
    const struct currency *currency; /* NULL: not known */
    int32_t utc_offset_minutes;      /* of the clock that times are told by */
    enum language language;
    bool for_screen; /* without what is typed at a command line */
};

/* What the wall was, by how much, what would free it and who may. */
size_t refusal_sentence_for(const Tefter__Refusal *refusal, const struct speech *speech, char *out,
                            size_t capacity);
/* In English, and UTC. */
size_t refusal_sentence(const Tefter__Refusal *refusal, const struct currency *currency, char *out,
                        size_t capacity);
/* What a sale ran into, and by how much: "Over the customer's own limit by 5.00 €: 3.00 of it is
 * available."; false: nothing. */
bool decision_sentence(const Tefter__Decision *decision, const struct speech *speech, char *out,
                       size_t capacity);
/* The code's own pattern, NULL when it has none (a test fails then). */
const char *refusal_pattern(Tefter__RefusalCode code);
/* "117,600,000 ₫" */
size_t money_sentence(int64_t amount_minor, const struct currency *currency, char *out,
                      size_t capacity);
/* "cash", "pos", "transfer", "slip"; NULL: a kind that a later version has. */
const char *payment_kind_word(Tefter__PaymentKind kind);
/* By that word or another one for it: "card", "bank"; large letters are small ones. */
bool payment_kind_of(const char *word, Tefter__PaymentKind *ret_kind);
const char *role_word(Tefter__Role role);     /* "manager" */
const char *right_words(Tefter__Right right); /* "take money" */

enum threshold_unit {
    THRESHOLD_IN_PERCENT,
    THRESHOLD_IN_DAYS,
    THRESHOLD_IN_MONEY,
    THRESHOLD_YES_OR_NO
};
enum threshold_unit threshold_unit(Tefter__Threshold threshold);
const char *threshold_words(Tefter__Threshold threshold); /* "discount on a line" */
/* What became of a slip, as the catalogues have it: for words_in. */
const char *printed_words(const Tefter__Printed *printed);

/* An amount as people type it: 1,234.50 and 1.234,50, 100 000, 1500k, 2m, 1tr5, 2 tỷ 3, 3.5万, ۵۰۰
 * هزار; with sign, code or word of the currency. NULL when read, else a sentence that says what is
 * unclear, with both readings: 1.500 of euros may be 1500 or one and a half. What is plain in a
 * habit (currency->habit) is read by it. */
enum { AMOUNT_WHY_MAX = 480, AMOUNT_TEXT_MAX = 96, CURRENCY_WORD_MAX = 32 };
const char *amount_read(const char *text, const struct currency *currency,
                        int64_t *ret_amount_minor, char why[AMOUNT_WHY_MAX]);
/* Likewise a price of one unit, in thousandths of a minor unit, and a quantity, in thousandths. */
const char *price_read(const char *text, const struct currency *currency, int64_t *ret_price,
                       char why[AMOUNT_WHY_MAX]);
const char *quantity_read(const char *text, const struct currency *currency, int64_t *ret_quantity,
                          char why[AMOUNT_WHY_MAX]);
/* Does it hold a sign of percent: %, Arabic, full-width or small? */
bool percent_is(const char *text);
/* "5", "5.25%", "7,5 %", "%۵": basis points, 0 to 100,000 of them. NULL, or what is wrong. */
const char *percent_read(const char *text, uint32_t *ret_bp);
/* Where the unit begins in "5 bag" or "5bag"; NULL: there is none. Letters that can stand behind a
 * number, as in "2k", are one too: what is before it says whether there is a blank between them. */
const char *quantity_unit(const char *text);
/* As that habit writes it: what is written is read again as the same. Returns the length. */
size_t amount_write(int64_t amount_minor, const struct currency *currency,
                    char out[AMOUNT_TEXT_MAX]);
/* Any number; zeros behind the last digit that says something are left out, down to `least`
 * decimals. */
size_t habit_write(int64_t value, int exponent, int least, enum number_habit habit,
                   char out[AMOUNT_TEXT_MAX]);
/* A date as people type it, `today` being the business date: 2026-11-23, 31.12.2026, 31/12 (the
 * nearest), 30 (of this month), 1405/09/08, 12月31日, Persian digits, tomorrow, +30. NULL when
 * read, else what is wrong, or both readings: 03/04/2026 is unclear where nobody said how they
 * write. */
const char *date_typed(const char *text, uint32_t today, enum number_habit habit,
                       enum language language, uint32_t *ret_date, char why[AMOUNT_WHY_MAX]);

/* ---- holidays from a file ---- */

enum {
    HOLIDAYS_FILE_MAX = 1 << 20, /* bytes */
    HOLIDAYS_MAX = 5000,         /* days */
    HOLIDAY_NAME_MAX = 120,      /* bytes */
    HOLIDAY_LENGTH_MAX = 62,     /* days of one event */
    HOLIDAY_FAULTS_MAX = 50,
};
struct holiday {
    uint32_t date;
    char name[HOLIDAY_NAME_MAX + 1]; /* "": it has none */
};
struct holiday_fault {
    uint32_t line;   /* from 1 */
    const char *why; /* a message for words_in: what is in that line is not among the days */
};
struct holidays {
    struct holiday *days; /* ascending, each date once: with the name that comes first */
    size_t count;
    size_t room;
    size_t outside; /* dates in the file that are not within the span */
    struct holiday_fault faults[HOLIDAY_FAULTS_MAX];
    size_t fault_count; /* there may be more than are listed */
};
/* Reads a calendar of RFC 5545 (events of whole days, some of them each year again), or a list: a
 * date a line, 2026-11-23 or 1405/09/02, then a name; # begins a comment. Only days within the span
 * are kept. false: no memory, or larger than HOLIDAYS_FILE_MAX. */
bool holidays_read(const void *text, size_t size, struct date_span span,
                   struct holidays *ret_holidays);
void holidays_fini(struct holidays *holidays);

/* ---- what a scanner gives ---- */

enum barcode_holds { BARCODE_ARTICLE, BARCODE_WEIGHT, BARCODE_PRICE };
struct barcode_reading {
    char code[24]; /* as the catalogue has it: "2112345WWWWWC" */
    enum barcode_holds holds;
    int64_t value; /* grams, or a price as it is printed, without its point */
};
enum { BARCODE_READINGS_MAX = 10 };
/* The codes to look for, in their order. 0: that is no barcode with a right check digit. */
size_t barcode_read(const char *text, struct barcode_reading ret_readings[BARCODE_READINGS_MAX]);
/* Of a label with a price: how much that is at the catalogue's price, which is changed a little
 * where the total would not come out. false: there is no such quantity. */
bool barcode_price_line(int64_t total_minor, int64_t price, uint32_t tax_bp, int64_t *ret_quantity,
                        int64_t *ret_price);

/* ---- what is half done on this device, of one person ----
 *
 * A file of the profile for each, "kept-12", so that it outlives the program, and the power:
 *
 *     magic 8, version 4, staff 4, ledger 16, size 4, body, first 8 bytes of the hash of all that
 *
 * Written beside its place, synced and renamed over it (0600). One process at a time keeps a
 * person's: it holds "kept-12.lock" until tefter_kept_close. What cannot be read is put aside as
 * "kept-12.aside" and never read again. */

enum {
    TEFTER_KEPT_BYTES_MAX = 4 * 1024 * 1024,
    TEFTER_KEPT_NAME_MAX = 32,
    TEFTER_KEPT_LEDGER_SIZE = 16
};

struct tefter_kept {
    char folder[TEFTER_PATH_MAX];
    char name[TEFTER_KEPT_NAME_MAX];
    uint32_t staff;
    uint8_t ledger[TEFTER_KEPT_LEDGER_SIZE];
    int lock; /* -1: it is not kept by this process */
};

enum tefter_kept_found {
    TEFTER_KEPT_NOTHING,
    TEFTER_KEPT_THERE,
    TEFTER_KEPT_DAMAGED, /* put aside */
    TEFTER_KEPT_NEWER,   /* likewise: a newer version of this program wrote it */
    TEFTER_KEPT_OTHERS,  /* likewise: it is of another person, or of another company's books */
    TEFTER_KEPT_BUSY,    /* another process keeps this person's: this one does not */
    TEFTER_KEPT_CLOSED,  /* the folder lets nothing be read or locked: likewise */
};

enum tefter_kept_found tefter_kept_open(struct tefter_kept *kept, const char *folder,
                                        uint32_t staff,
                                        const uint8_t ledger[TEFTER_KEPT_LEDGER_SIZE],
                                        struct arena *arena, struct slice *ret_body);
/* Synced when it returns; of any thread, one at a time. An empty body: there is nothing to keep. */
bool tefter_kept_write(const struct tefter_kept *kept, struct slice body, struct failure *failure);
void tefter_kept_close(struct tefter_kept *kept);
/* As it is called in the profile's folder when it was put aside. */
const char *tefter_kept_aside(const struct tefter_kept *kept, char out[TEFTER_KEPT_NAME_MAX + 8]);

/* ---- a person's habits, kept in the profile ---- */

struct tefter_habits {
    enum number_habit habit;
    bool toman; /* rial are typed and shown as toman */
};
const char *habit_word(enum number_habit habit); /* "vi" */
bool habit_of(const char *word, enum number_habit *ret_habit);
/* Absent: English, no toman. false: the file is there and says nothing. */
bool tefter_habits_read(const char *folder, struct tefter_habits *ret_habits);
bool tefter_habits_write(const char *folder, const struct tefter_habits *habits,
                         struct failure *failure);

/* Ten rial are a toman: who counts so types and sees them. */
#define TOMAN_CODE "IRT"
struct currency currency_toman(const struct currency *rial);
