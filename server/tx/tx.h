#pragma once
/*
 * What an entity of the domain sees: records got, put and walked by key; refusals; events; memory
 * that lives as long as the command. Over it lies the machine (server/ledger), under it the store.
 *
 * One tx is one command (or one query, which may only read). The order is law:
 *
 *     look ──▶ refuse? ──▶ tx_decided(tx) ──▶ put, delete, emit
 *
 * A put before tx_decided, or a refusal after it, is a bug and stops the machine. Nothing fails in
 * a way the entity has to handle: a tx whose memory is spent, or that meets a record that does not
 * parse, stops (tx_run). So an entity sees a right record, or that there is none; and it holds
 * nothing that has to be given back.
 *
 * Every put of a fact, in order, goes into the state digest, so keys and bytes must come from the
 * command and the state alone. Which tables are facts is said in tables.def.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "command.pb-c.h"
#include "common.pb-c.h"
#include "record.pb-c.h"
#include "reply.pb-c.h"
#include "store/store.h"
#include "totals/figure.h"
#include "tx/cache.h"
#include "wire/row_key.h"
#include "wire/text_id.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- keys ---- */

/* The tables of the state and what each is: tables.def. */
enum table_kind { TABLE_FACT, TABLE_DERIVED, TABLE_KEPT };
enum book_table {
#define BOOK_TABLE(NAME, number, kind) TABLE_##NAME = number,
#include "tx/tables.def"
};
enum customer_table {
#define CUSTOMER_TABLE(NAME, number, kind) TABLE_##NAME = number,
#include "tx/tables.def"
};

enum state_tree {
#define TREE(NAME, name, kind) TREE_##NAME,
#include "tx/tables.def"
    TREE_COUNT
};
/* Their names in the store, in that order, NULL at the end. */
extern const char *const tx_tree_names[TREE_COUNT + 1];
/* The first bytes of a key say its table. */
enum table_kind tx_table_kind(uint8_t tree, const uint8_t *key);
/* "book.NUMBER", for people; NULL: there is no such table. */
const char *tx_table_name(uint8_t tree, const uint8_t *key);

enum { KEY_MAX = 255 };

struct key {
    uint8_t tree;
    uint8_t size;
    bool overlong; /* a part did not fit: using it is a fault */
    uint8_t bytes[KEY_MAX];
};

struct key key_book(enum book_table table);
struct key key_customer(uint32_t customer, enum customer_table table);
void key_u8(struct key *key, uint8_t value);
void key_u32(struct key *key, uint32_t value);
void key_u64(struct key *key, uint64_t value);
/* Text, at the end of a key or followed by a zero byte: two texts never run into each other. */
void key_text(struct key *key, const char *text);
/* Reads a number back out of a walked key, `at` bytes from its start. */
uint32_t key_read_u32(struct slice key, size_t at);
uint64_t key_read_u64(struct slice key, size_t at);
/* Where what the entity adds begins. */
enum { KEY_BOOK_HEAD = 1, KEY_CUSTOMER_HEAD = 5 };

/* ---- rules versions ---- */

struct tx;

/* Each change of a rule that could change what a command did under an older version, with the
 * version it came with. A ledger keeps the rules it has until `tefterd upgrade`; the rule itself
 * asks, and what it did before stays beside what it does now:
 *
 *   if (tx_rule(tx, RULE_UNDONE_MATCHES_ARE_FREE)) ...
 *
 * A new one: a line here, LEDGER_RULES when it is the first of its version, a scenario of both
 * versions, the golden journals. */
enum rule_change {
    /* Matches that were undone no longer fill an item: after 1,000 of 2,000 were undone, nothing
     * could be matched with it any more. */
    RULE_UNDONE_MATCHES_ARE_FREE = 2,
    /* Bounds that meet agree: one act fills an item, a full one is named, what no bound held has
     * one, and no sum passes what it is kept in. */
    RULE_BOUNDS_AGREE = 3,
    /* What was posted over a limit is kept for people to see; it was an event, and no more. */
    RULE_ALARMS_ARE_KEPT = 3,
    /* Credit notes of one customer and day, and of one bill, count together, and those that already
     * happened count too. A large one was passed by splitting it, or by saying that. */
    RULE_CREDIT_NOTES_ADD_UP = 3,
    /* Who takes money and reverses it says why, and a company may want somebody else for more than
     * a sum a day. It made room under a limit for a moment, and nobody was asked. */
    RULE_OWN_MONEY_BACK = 3,
    /* The ledger's time is that of the newest command, also when a clock that was ahead has been
     * put right; and ids are forgotten as time passes, not when it jumps. */
    RULE_TIME_FOLLOWS_THE_CLOCK = 3,
    /* A new branch begins with the date of its own time zone, not with the head office's. */
    RULE_BRANCH_IN_ITS_ZONE = 3,
    /* Who a turned day changes is told so, by a job. */
    RULE_TURNED_DAY_IS_TOLD = 3,
    /* A date that lies too early is refused with the first day that is possible. A bill of old, as
     * imports bring it, may be due before its date. */
    RULE_EARLY_DATES_ARE_NAMED = 3,
    /* A command that changes terms leaves those it does not say. It took all away. */
    RULE_UNSAID_TERMS_STAY = 4,
    /* A bill that is reversed counts with the credit notes of its customer's day, for who may not
     * approve: it took away as much as they do. */
    RULE_REVERSED_BILLS_COUNT = 4,
    /* A number that somebody chooses is none of those that branches give out after a restore: it
     * kept papers from coming back. */
    RULE_MARKED_SERIES_ARE_KEPT = 4,
    /* A customer's own terms are a schedule: what ends or has not begun takes nothing away. */
    RULE_LIMITS_ARE_A_SCHEDULE = 4,
    /* What was undone is free from that day on, and not before: branches stand on different dates,
     * and a day in between counted a match twice or a bill that was gone. And a business date does
     * not go back behind a match, as it does not behind a document. */
    RULE_MATCHES_KEEP_THEIR_DAYS = 4,
    /* A correction is judged on what it adds: one that adds nothing meets no lock and no wall. It
     * was judged as a new sale, so a customer's debt could not be put right while they were locked
     * or over their limit. */
    RULE_CORRECTIONS_SEE_THE_NET = 5,
    /* What a correction does not say stays as the old document has it. A price that was not said
     * was today's. */
    RULE_CORRECTIONS_KEEP_THE_REST = 5,
    /* A correction is a paper of the old one's branch, wherever it is made: series, business date
     * and till. It was the office's, and the branch's till was another branch's there. */
    RULE_CORRECTIONS_STAY_IN_BRANCH = 5,
    /* Discounts, prices, due dates, terms, custom lines, charges, taxes and numbers of one's own
     * are had up to so much, by role; who sold exists; and whom somebody opens who sets no limits,
     * has none at first. A clerk could do all of it without bound. */
    RULE_THRESHOLDS = 5,
    /* Who belongs to a branch writes there alone. It was noted, and no more. */
    RULE_STAFF_KEEP_TO_THEIR_BRANCH = 5,
    /* So much overdue in all, and overdue for so long, are two walls. The days kept what was not so
     * old from counting, and the amount let old rests pass. */
    RULE_OVERDUE_WALLS_APART = 5,
    /* An approval is for what was asked: these goods, at this branch, and it is used by the sale
     * that names it. Who asked does not grant it. It was for any sale of that amount to that
     * customer. */
    RULE_APPROVALS_BIND = 5,
    /* From when on somebody else has to look is set by who hires, and made less strict by an owner
     * alone: who is bound by it does not lift it. Controllers and managers did. */
    RULE_NOBODY_FREES_THEMSELVES = 5,
    /* Codes, numbers, references, serials, barcodes and names that only fold apart (fold.h) are
     * one: `SL-77`, `sl-77` and `SL 77` counted as three. */
    RULE_KEYS_FOLD = 5,
    /* What a command has changed and not yet put is what it sees when it asks again. Two records
     * could want one place, and then one was read anew: the receipts of a sale paid in three parts
     * got one number. */
    RULE_SHARED_STAYS = 5,
    /* A new company that counts in rial has no decimals. */
    RULE_RIAL_IS_WHOLE = 5,
    /* Only the offer that was named comes back: one that ended the program was to be set aside, and
     * what its own group brought before it was tried in its place. */
    RULE_OFFERS_ARE_NAMED = 5,
    /* A bill of the cash customer is paid when it is written, and stays so: a clerk posted any sum
     * there, due some day, and nobody owed it. */
    RULE_CASH_SALES_ARE_PAID = 5,
    /* No till, device or bank account is retired with money in it: nobody could take it out. */
    RULE_MONEY_IS_NOT_RETIRED = 5,
    /* What goes through a till or a card device is counted by days. */
    RULE_MONEY_HAS_DAYS = 5,
    /* A customer may have a payer. */
    RULE_PAYERS = 5,
    /* A provider's reference counts once, whatever account its money went to. */
    RULE_REFERENCES_COUNT_ONCE = 5,
    /* There are units with factors, price lists and costs. */
    RULE_PRICES = 5,
    /* What comes by card or transfer says its reference: the till asked for it, and nobody else. */
    RULE_REFERENCES_ARE_SAID = 5,
    /* What takes two persons cannot be had by one who goes round about: money paid out counts by
     * who gets it too, whatever set it free; own money is confirmed by somebody else; money that is
     * put into a till or taken out for a reason, and what a bank kept of a move, have bounds. */
    RULE_TWO_PERSONS = 5,
    /* Rounding gives nothing away: a bill of many small lines is held to what its goods come to,
     * and goods with a price are not sold for nothing. */
    RULE_ROUNDING_IS_BOUNDED = 5,
    /* A few papers that are dated ahead do not keep a business date from going back to the clock's:
     * one of them held a branch until that day. */
    RULE_PAPERS_AHEAD_MAY_STAY = 5,
    /* An approved bill that is corrected to other goods or prices is judged as a new sale. Any
     * goods passed that made it no dearer. */
    RULE_APPROVED_STAYS_AS_APPROVED = 5,
    /* Codes in letters of other scripts that look alike (fold.h) are not two customers, nor two
     * products. */
    RULE_CODES_LOOK_APART = 5,
    /* A number that a branch gives to one kind of document is no other kind's: an imported bill
     * took a receipt's. */
    RULE_SERIES_KEEP_THEIR_KIND = 5,
    /* What an import posts over limits is one alarm with a count. Each document was one. */
    RULE_IMPORTS_ALARM_ONCE = 5,
    /* An import that is undone was never there, on no day, and its numbers are free. It stood until
     * the day it was undone. */
    RULE_IMPORTS_ARE_UNDONE = 5,
    /* A sale that is reversed gives back what it took of its buyer's cap of the day: goods that
     * came back at once stopped them until the next. */
    RULE_REVERSED_SALES_FREE_CAPS = 5,
    /* Authorised buyers may have a PIN. */
    RULE_BUYER_PINS = 5,
    /* Cash is taken in what there are coins for. Any amount was noted, and the till never agreed.
     */
    RULE_CASH_IS_COINS = 5,
    /* Money that is not final may count in part. */
    RULE_SLIPS_HAVE_A_WEIGHT = 5,
    /* A payer may be named as a customer is opened; sites that join a payer over their limit
     * alarm. */
    RULE_PAYERS_FROM_THE_START = 5,
    /* A paper that is taken back moves the cash of a till as a payment does: the till is open, and
     * the cash is there. Tills that were counted and closed went below nothing. */
    RULE_TILLS_GIVE_BACK_WHAT_THEY_HOLD = 5,
    /* What a bank was said to have is taken back by right alone. Who had sent it took it back. */
    RULE_ARRIVED_MONEY_STAYS = 5,
    /* Only what was booked afterwards is undone as an import. A source on a sale at the till was
     * enough to take the sale out of its day, and its number out of its series. */
    RULE_SALES_ARE_NO_IMPORT = 5,
    /* Who may not pay so much out is told that first, and not whether the till holds it: sums that
     * were refused in any case told what was in it before it was counted. */
    RULE_TILLS_KEEP_THEIR_COUNSEL = 5,
    /* A terminal that is blocked ends its logins: their tokens counted again once it was not. */
    RULE_BLOCKED_TERMINALS_END_LOGINS = 5,
    /* An account knows what of it is overdue, and until when. Each row that was told had to look at
     * the bills. */
    RULE_ACCOUNTS_KNOW_WHAT_IS_OVERDUE = 6,
    /* Who takes a match apart set the money free, and is not the second person of its refund. Only
     * who reversed or credited the other side was not. */
    RULE_WHO_UNDID_A_MATCH_FREED_IT = 6,
    /* An import's alarm counts what of it was taken back. It stood for papers that never were. */
    RULE_UNDONE_IMPORTS_ALARM_NO_MORE = 6,
    /* Who is given another password or PIN by somebody else hears of it, and so do those who see
     * alarms: it was a way into a name that nobody noticed. */
    RULE_SECRETS_SET_BY_OTHERS_ALARM = 6,
    /* One price is set once in a command. The last one counted, and nobody was told. */
    RULE_PRICES_ARE_SAID_ONCE = 6,
    /* Of a customer it may be said that only authorised buyers take goods. */
    RULE_BUYERS_ONLY = 6,
    /* Who belongs to a branch looks after its staff, devices and tills alone, and decides what was
     * asked for there. A manager of one branch freed themselves, and took over the others'. */
    RULE_THE_BOUND_STAY_BOUND = 6,
    /* Whatever approval is asked for takes one of the places of who asks, of the customer and of
     * the company. Without goods it took none, and one clerk filled everybody's list. */
    RULE_ASKS_HAVE_PLACES = 6,
    /* Who may not see what a till holds is not told by a refusal that it holds less: the money
     * moves, and those who see are alarmed. Amounts that were tried told what was in it before it
     * was counted. */
    RULE_TILLS_STAY_BLIND = 6,
    /* A login is letters and digits, with single marks between them, and no two are the same but
     * for marks. ".." and "-" were logins, and an-b stood beside an.b. */
    RULE_LOGINS_ARE_PLAIN = 6,
    /* Who belongs to a branch changes what is of that branch, and nothing that holds elsewhere: no
     * goods or groups, and no terms, payer, lock, group, merging or erasing of customers whom
     * another branch opened. Prices were held so, and limits were not. */
    RULE_THE_BOUND_KEEP_TO_THEIRS = 7,
    /* What is written by hand is dated two years back at most: a receipt of 1990 was taken. What an
     * import brings is as old as it is. */
    RULE_DATES_BY_HAND_BEGIN = 7,
    /* A reversal is a paper of the old one's branch, as a correction is. It was one of wherever it
     * was made, and that branch's day had it. */
    RULE_REVERSALS_STAY_IN_BRANCH = 7,
    /* Two records that were merged are one customer: money of each pays bills of both and is paid
     * out, and what was matched between them stays when the merge is undone. Money of the one could
     * not be matched with bills of the other, and the merge stood as long as any was. */
    RULE_MERGED_ARE_ONE = 7,
    /* Whose person was erased does no business, is given no limit and no payer, is merged with
     * nobody; area, own terms and groups go with their words. And who is erased goes with all
     * records that were merged into theirs. Nobody could erase a customer who was merged, and a
     * limit could be set for one who was not there. */
    RULE_ERASED_ARE_GONE = 7,
    /* What an import says was owed before these books is no sale: it stands against the opening
     * balances. It stood in the sales of the day it was dated. */
    RULE_OPENINGS_ARE_NO_SALE = 7,
    /* A till's first float is there before these books. It was a difference, with an alarm. */
    RULE_FIRST_FLOATS_ARE_PUT_IN = 7,
    /* Who opens a till short is seen by others, whatever they may take out. */
    RULE_SHORT_OPENINGS_ALARM = 7,
    /* A till may be closed and its money be on its way to the bank in one command. */
    RULE_CLOSING_BANKS = 7,
    /* An approval is for the excess that was shown when it was asked for, and the walls: what has
     * come since is asked for anew. A clerk sold within the limit first, and the approved sale went
     * over it by all of that. */
    RULE_APPROVALS_ARE_FOR_WHAT_WAS_SEEN = 7,
    /* What takes a bill back is bounded as credit notes are, for who may not approve: a reversal
     * and what a correction makes less, of one's own bills of today too, by customer and by person.
     * What one undoes at once is counted and alarms. Any sum went, and nobody saw it. */
    RULE_BILLS_TAKEN_BACK_ARE_BOUNDED = 7,
    /* Where nobody set how much of one's own money one takes back alone, each time is an alarm. */
    RULE_OWN_MONEY_BACK_ALARMS = 7,
    /* Whatever goes into a till or out of it is in what there are coins for: parts of sales, what
     * is corrected, refunds, floats, moves. Payments alone were. And what settles whole bills in
     * cash is rounded as a sale is: they could not be paid. */
    RULE_ALL_CASH_IS_COINS = 7,
    /* What was rounded off of a bill goes with it: it is no credit when the bill is reversed or
     * credited, nor when the match is taken apart. It was, and was paid out in parts. */
    RULE_ROUNDED_OFF_GOES_WITH_ITS_BILL = 7,
    /* What a refusal advises can be followed: money to pay now is a sum of coins, a till's branch
     * is named, an approval that would serve counts for who is locked, and what rests on a paper is
     * taken back first. */
    RULE_ADVICE_CAN_BE_FOLLOWED = 7,
    /* What comes to nothing is paid with nothing. A free item could not be sold for cash. */
    RULE_NOTHING_PAYS_NOTHING = 7,
    /* A transfer that somebody enters who may not confirm money waits for who may, as a slip does.
     * Any reference was money at once. */
    RULE_TRANSFERS_ARE_CONFIRMED = 7,
    /* A bank's reference counts once in an account, be it a slip's or a transfer's. */
    RULE_SLIPS_AND_TRANSFERS_ARE_ONE = 7,
    /* Who has their password, PIN or role of somebody, of late, and is the second person for them:
     * that is an alarm, or refused where an owner alone grants their own. Two logins of one person
     * were four eyes. */
    RULE_WHO_MADE_THEM_IS_SEEN = 7,
    /* Who takes back cash that was put into a till takes it out: it counts with what they take out
     * in a day, and alarms. A float that a count had proven was taken back without a bound. */
    RULE_CASH_PUT_IN_GOES_OUT = 8,
    /* A till that stands below nothing gets back what a reversal gives it: its own mistake could
     * not be taken back by who sees what it holds. */
    RULE_TILLS_TAKE_BACK = 8,
    /* A first float may come after the first sale: what is more than was taken is put in. It was a
     * difference, with an alarm. */
    RULE_FIRST_FLOATS_COME_LATER = 8,
    /* A bill that goes without what was rounded off of it goes no earlier than that came: between
     * branches of which one is ahead, the days between lacked it. */
    RULE_ROUNDED_OFF_KEEPS_ITS_DAY = 8,
    /* Customers have settlement cycles, branches working days, and statements are made before
     * somebody settles. */
    RULE_STATEMENTS = 8,
};
bool tx_rule(const struct tx *tx, enum rule_change change);

/* ---- the command ---- */

uint64_t tx_seq(const struct tx *tx);
int64_t tx_now_ms(const struct tx *tx);
uint32_t tx_rules_version(const struct tx *tx);     /* the rules version */
const Tefter__Actor *tx_actor(const struct tx *tx); /* never NULL; fields may be absent */
Tefter__Actor *tx_actor_copy(struct tx *tx);
/* The buyer's PIN that was typed with the command, and was right (BuyerRecord.pin); 0: none. */
uint64_t tx_buyer_pin(const struct tx *tx);
bool tx_reading(const struct tx *tx); /* a query; what only tries a command decides as it does */

/* ---- what a command settles ---- */

/* A terminal's command that is done gets a receipt, which holds what the command took from the
 * ledger as it stood and what its paper shows. After a restore to an earlier state it is applied
 * again from that: it is recalled. What was settled is not decided anew, so it gets its old date,
 * ids, numbers and prices, and no limit, lock or right stops it. Numbers stand in receipts: they
 * are never given another meaning. */
enum settled {
    SETTLED_DATE = 1, /* business date of the actor's branch, or of the one that `about` names */
    SETTLED_ID = 2,   /* of a new record; about: the field of CompanyRecord that counts them */
    SETTLED_DOCUMENT = 3,     /* id of a new document; about: account_settles */
    SETTLED_NUMBER = 4,       /* its number in the branch's series; about: the same */
    SETTLED_TERM = 5,         /* days of the term of payment */
    SETTLED_PRICE = 6,        /* about: the line; the catalogue's price */
    SETTLED_TAX = 7,          /* about: the line; the catalogue's rate, 0: none, else one more */
    SETTLED_BUYER = 8,        /* number of a new authorised buyer */
    SETTLED_CASH_UNIT = 240,  /* that cash was rounded to */
    SETTLED_TILL_DAY = 241,   /* number of a till's day */
    SETTLED_FACTOR = 420,     /* about: the line; of the unit it is sold in */
    SETTLED_BASE_PRICE = 495, /* about: the line; that its price was rounded from */
    SETTLED_PRICE_LIST = 421, /* about: the line; code of the list its price is of */
    SETTLED_BUYER_PIN = 475,  /* that was typed */
    SETTLED_ALL_COINS = 760,  /* 1: whatever cash it moved was in coins */
};
/* What it is: `now`, or of a recalled command what it was then. */
uint64_t tx_settle(struct tx *tx, enum settled what, uint32_t about, uint64_t now);
char *tx_settle_text(struct tx *tx, enum settled what, uint32_t about, char *now);
/* Of a recalled command; NULL: it was not settled then, or the command is new. */
const Tefter__Settled *tx_was_settled(const struct tx *tx, enum settled what, uint32_t about);
bool tx_recalled(const struct tx *tx);
/* The seq under which it was done first: names its matches, dates its documents and limits. What
 * says when a row changed is tx_seq. */
uint64_t tx_done_seq(const struct tx *tx);

/* Memory until the end of the command. Never NULL: without memory the tx stops. tx_new gives an
 * initialised message. */
void *tx_take(struct tx *tx, size_t size);      /* zeroed */
char *tx_text(struct tx *tx, const char *text); /* NULL stays NULL */
__attribute__((format(printf, 2, 3))) char *tx_format(struct tx *tx, const char *format, ...);
void *tx_new(struct tx *tx, const ProtobufCMessageDescriptor *type);
void *tx_copy(struct tx *tx, const ProtobufCMessage *message); /* deep */
struct slice tx_pack(struct tx *tx, const ProtobufCMessage *message);
/* At most so many bytes when it is packed with words where their references stand. */
size_t tx_size(const ProtobufCMessage *message);
void *tx_unpack(struct tx *tx, const ProtobufCMessageDescriptor *type, struct slice bytes);
/* NULL: it does not parse. */
void *tx_try_unpack(struct tx *tx, const ProtobufCMessageDescriptor *type, struct slice bytes);

/* ---- records ---- */

/* NULL: absent. The message lives in the arena and may be changed and put again. At a record that
 * does not parse the tx stops. */
void *tx_get(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type);
/* As tx_get; if there is none the tx stops. */
void *tx_need(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type);
void tx_put(struct tx *tx, const struct key *key, const ProtobufCMessage *record);
/* As tx_put; and who asks with tx_shared after this gets this message. */
void tx_put_shared(struct tx *tx, const struct key *key, ProtobufCMessage *record);

/* As tx_get, for records that many ask for in one command (a branch, a customer): all who ask get
 * the same message, so one who changes it is one who saves it. */
void *tx_shared(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type);

/* As tx_get, for records that many commands ask for and few change (the company, a product): it is
 * decoded once, and shared until somebody puts another. Never to be changed: one who changes such a
 * record asks with tx_shared. */
const void *tx_cached(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type);

/* As tx_has, for a small row that is never taken away: it is looked up once. Nobody asks for such a
 * row with tx_cached. */
bool tx_has_cached(struct tx *tx, const struct key *key);

/* Small index rows hold one number. */
bool tx_get_u64(struct tx *tx, const struct key *key, uint64_t *ret_value);
void tx_put_u64(struct tx *tx, const struct key *key, uint64_t value);
bool tx_get_i64(struct tx *tx, const struct key *key, int64_t *ret_value);
void tx_put_i64(struct tx *tx, const struct key *key, int64_t value);
bool tx_has(struct tx *tx, const struct key *key);
/* One number field of a record without unpacking it; 0 when absent. */
uint64_t tx_field(struct tx *tx, const struct key *key, uint32_t field);
/* As tx_get, of one message in a record, the rest of which is not unpacked. */
void *tx_part(struct tx *tx, const struct key *key, uint32_t field,
              const ProtobufCMessageDescriptor *type);
void tx_delete(struct tx *tx, const struct key *key);

/* ---- words that people type ---- */

/* Tables of codes, numbers and names hold each word as it folds (fold.h), then as it was typed: so
 * words that fold alike lie side by side, and each is found exactly. head: the table, and what
 * comes before the word. */
struct key key_folded(const struct key *head, const char *word); /* begins all that fold like it */
struct key key_word(const struct key *head, const char *word);
/* That word; else, since RULE_KEYS_FOLD and for who reads, the only one that folds like it. */
bool word_find(struct tx *tx, const struct key *head, const char *word, uint64_t *ret_number);
/* Since RULE_KEYS_FOLD any that folds like it, before that the word itself. */
bool word_taken(struct tx *tx, const struct key *head, const char *word, uint64_t *ret_number);
bool word_same(const struct tx *tx, const char *a, const char *b); /* as word_find does */
void word_put(struct tx *tx, const struct key *head, const char *word, uint64_t number);
void word_delete(struct tx *tx, const struct key *head, const char *word);

/* Codes that look alike though they are written in letters of several scripts (fold_look). The
 * table of a code that looks as it folds finds it by that; another one has a row in LOOK. */
bool look_key(enum book_table table, const char *code, uint64_t number, struct key *ret_key);
/* Since RULE_CODES_LOOK_APART: another code of that table looks like this one. */
bool look_taken(struct tx *tx, enum book_table table, const char *code, uint64_t *ret_number);
void look_put(struct tx *tx, enum book_table table, const char *code, uint64_t number);

/*
 * Walks all rows whose key starts with prefix, from `from` (NULL: the first) on.
 *
 *   struct tx_walk walk;
 *   for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk))
 *       record = tx_walk_record(&walk, &tefter__item_record__descriptor);
 *   tx_walk_end(&walk);
 *
 * tx_walk_last and tx_walk_previous go the other way, from the last row with key < before. Rows
 * must not be put or deleted while a walk is open.
 */
struct tx_walk {
    struct tx *tx;
    struct key prefix;
    struct store_cursor cursor;
};
bool tx_walk_first(struct tx *tx, const struct key *prefix, const struct key *from,
                   struct tx_walk *walk);
bool tx_walk_last(struct tx *tx, const struct key *prefix, const struct key *before,
                  struct tx_walk *walk);
bool tx_walk_next(struct tx_walk *walk);
bool tx_walk_previous(struct tx_walk *walk);
void tx_walk_end(struct tx_walk *walk);
struct slice tx_walk_key(const struct tx_walk *walk); /* whole, with its head */
struct slice tx_walk_value(const struct tx_walk *walk);
void *tx_walk_record(const struct tx_walk *walk, const ProtobufCMessageDescriptor *type);

/* As tx_field and tx_part, of the row a walk stands on. */
uint64_t tx_walk_field(const struct tx_walk *walk, uint32_t field);
void *tx_walk_part(const struct tx_walk *walk, uint32_t field,
                   const ProtobufCMessageDescriptor *type);
/* Numbers of the key, `at` bytes from its start, and the one number of a small row. */
uint32_t tx_walk_u32(const struct tx_walk *walk, size_t at);
uint64_t tx_walk_u64(const struct tx_walk *walk, size_t at);
uint64_t tx_walk_number(const struct tx_walk *walk);

/* A second tx over the same transaction for looking at many rows: what it hands out is forgotten
 * at the next tx_scratch_next, so a long scan needs little memory: never more than the tx it was
 * begun over may take. Reading only. */
struct tx *tx_scratch_begin(struct tx *tx);
void tx_scratch_next(struct tx *scratch);
void tx_scratch_end(struct tx *scratch);

/* ---- deciding ---- */

/* Looking is over: from here on the command is done, whatever it is. */
void tx_decided(struct tx *tx);

/* A refusal with a code and the field it is about (NULL: none). Facts are added by the caller. */
__attribute__((cold)) Tefter__Refusal *refuse(struct tx *tx, Tefter__RefusalCode code,
                                              const char *field);
__attribute__((cold, format(printf, 3, 4))) Tefter__Refusal *
refuse_at(struct tx *tx, Tefter__RefusalCode code, const char *field_format, ...);

/* ---- what has happened ---- */

/* Adds an event of this command; the message is copied. */
void tx_emit(struct tx *tx, const Tefter__Event *event);

/* Rows that terminals hold and that this command changed; each is sent once, as it is after the
 * command. */
void tx_touch(struct tx *tx, enum row_kind kind, uint64_t id);

/* A figure that is summed up was moved by what this command wrote; copied. No result depends on
 * it. */
void tx_figure(struct tx *tx, const struct figure *figure);

/* After the decided line: words that a record refers to are to be erased, once the command is
 * durable. No result depends on it: whoever reads the reference then finds it empty. */
void tx_erase_words(struct tx *tx, ProtobufCMessage *record);

/* A damaged record seen by an entity: the tx stops. */
__attribute__((noreturn)) void tx_fault(struct tx *tx, const char *what);
/* a + b and a - b; past 64 bits it stops. Commands check before they decide, so that theirs fit. */
int64_t tx_sum(struct tx *tx, int64_t a, int64_t b);
int64_t tx_difference(struct tx *tx, int64_t a, int64_t b);

/* ---- for the machine alone ---- */

typedef void (*tx_work)(struct tx *tx, void *context);

/* Runs `work`, which may stop at any call above. false: it stopped on the way; its cursors are
 * closed, its scratches given back, and *failure says why:
 *
 *   FAULT_MEMORY   the arena is spent
 *   FAULT_BUSY     it took more work than it may
 *   FAULT_FULL     a sum in a query passes 64 bits
 *   FAULT_DAMAGED  a record does not parse, or must be there and is not: its table, key and seq
 *   any other      the store's, as are damaged pages
 *
 * After that a query's tx may run again; a command's transaction is to be aborted. Of one tx one
 * runs at a time. */
bool tx_run(struct tx *tx, tx_work work, void *context, struct failure *failure);

/* Within a question: runs a command's work as far as tx_decided. True: it came there, and would be
 * done; false: it returned before, with whatever it says. */
bool tx_try(struct tx *tx, tx_work work, void *context);

/* As tx_try; and when it came there, `then` looks at the records that the command changed on its
 * way as it changed them: with tx_shared and tx_cached, in scratches too. What it would have put
 * after tx_decided alone is not seen. */
bool tx_rehearse(struct tx *tx, tx_work work, void *context, tx_work then, void *then_context);

/* As tx_take and tx_pack, in `out`. */
void *tx_take_out(struct tx *tx, size_t size);
struct slice tx_pack_out(struct tx *tx, const ProtobufCMessage *message);

/* One piece of work is a row looked at, and again for each so many bytes of it. */
enum { TX_WORK_BYTES = 256 };

enum { TX_SHARED_SLOTS = 32 };

/* A record that was asked for: NULL with a key is one known to be absent. */
struct tx_shared_record {
    void *record;
    struct tx_shared_record *more; /* others that want the same place */
    struct held_key key;
};

struct tx_touched {
    enum row_kind kind;
    uint64_t id;
};

struct tx_scratch;

struct tx {
    struct tx *root; /* itself; a scratch's: the tx that runs */
    struct store_txn *txn;
    struct arena *arena;
    struct arena *out; /* for what is told of it: a command's lives longer than the command */
    const Tefter__Actor *actor;
    uint64_t buyer_pin;
    uint64_t seq;
    int64_t now_ms;
    int64_t ids_from_ms; /* ids made before this are forgotten */
    uint32_t rules_version;
    bool reading;
    bool decided;
    bool jobs_changed; /* by job_save; of a root */
    uint32_t records_put;
    struct hash_state
        *digest; /* of this command, over its ordered writes of facts; not a query's */
    Tefter__Event **events;
    size_t event_count;
    size_t event_room;
    struct tx_touched *touched;
    size_t touched_count;
    size_t touched_room;
    struct figure *figures;
    size_t figure_count;
    size_t figure_room;
    struct text_id *erased;
    size_t erased_count;
    size_t erased_room;
    struct tx_cache *cache;          /* the writer's; NULL: a query */
    struct arena *packing;           /* the writer's: a record on its way to the store */
    const Tefter__Receipt *recalled; /* what is applied again; NULL: a new command */
    const uint8_t *recalled_id;      /* of the command that this one applied again; NULL: none */
    Tefter__Settled **settled;
    size_t settled_count;
    size_t settled_room;
    struct tx_shared_record shared[TX_SHARED_SLOTS];
    /* of a root */
    uint64_t work_most; /* in each run */
    uint64_t work_left; /* in this one */
    struct tx_scratch *scratches;
    bool running;
    struct failure why; /* it stopped */
    jmp_buf back;
    jmp_buf *trial;  /* of tx_try: where tx_decided goes */
    bool rehearsing; /* in tx_rehearse: what the command changed stays to be looked at */
};

/* What was held for those who ask again is forgotten: a recalled command saw it with other eyes. */
void tx_forget_shared(struct tx *tx);
