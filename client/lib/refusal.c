/*
 * Refusals in English. A pattern a code; words in braces are facts of the refusal, and a clause
 * without its facts is left out, so every refusal makes a sentence whatever it knows.
 */
#include "lib/tefter.h"

#include "base/date.h"
#include "base/sight.h"
#include "wire/field_words.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define CODE(name) TEFTER__REFUSAL_CODE__##name

/* NULL: not told, or by a later version. */
static const char *read_only_pattern(const Tefter__Refusal *refusal)
{
    if (refusal->code != CODE(READ_ONLY) || !refusal->has_cause)
        return NULL;
    switch (refusal->cause) {
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_FULL:
        return "The server takes no changes now: its disk is nearly full. Whoever runs it makes "
               "room on the disk; then it goes on by itself. Nothing was done. Looking is "
               "possible.";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_UNKNOWN:
        return "The server takes no changes now: it cannot look at its disk. Tell whoever runs it. "
               "Nothing was done.";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_STATE_FULL:
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_VAULT_FULL:
        return "The server takes no changes now: what it keeps has reached --map. Whoever runs it "
               "starts it again with a larger one. Nothing was done. Looking is possible.";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_ENTRY_WAITS:
        return "The server takes no changes now: an entry of its journal cannot be applied. "
               "Whoever runs it sees which one and what to do with: tefterd status. Nothing was "
               "done. Looking is possible.";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_OTHER_WRITER:
        return "This server takes no changes now: another one writes the ledger. Use that one: "
               "tefter server HOST:PORT. Nothing was done.";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_UNKNOWN_YET:
        return "The server is finding out whether the newest changes are on its disk, and takes no "
               "others until then. Nothing was done. Try again in a minute.";
    case _TEFTER__READ_ONLY_CAUSE_IS_INT_SIZE:
        break;
    }
    return NULL;
}

/* A code that only a later version knows: its number, for whoever asks about it, and those facts
 * that mean the same with every code. */
static const char unknown_pattern[] = "The server refuses this, for a reason that this program is "
                                      "too old to know ({code})|: {field}|."
                                      "| {ways}|| Who may: {roles}.|";

/* No default: a code without a sentence does not compile. */
const char *refusal_pattern(Tefter__RefusalCode code)
{
    switch (code) {
    case CODE(UNREADABLE):
        return "The server cannot read this request|: {field} is wrong|. The programs may "
               "be of different versions.";
    case CODE(FIELD_MISSING):
        return "Something is missing|: {field}|.";
    case CODE(FIELD_INVALID):
        return "This cannot be taken|: {field}|.| {form}|";
    case CODE(AMOUNT_NOT_POSITIVE):
        return "The amount must be more than zero| ({field})|.";
    case CODE(AMOUNT_TOO_BIG):
        return "The amount is too big| ({field})|; at most {most$} is possible|.";
    case CODE(DATE_INVALID):
        return "This is no date that the ledger knows| ({field})|. Write year, month and day, as "
               "in "
               "2026-11-23.";
    case CODE(DATE_IN_FUTURE):
        return "The date lies in the future| ({field})|. Nothing is dated after the "
               "branch's business date.";
    case CODE(DATE_BEFORE_TODAY):
        return "The date lies before the branch's business date| ({field})|.| Who may backdate: "
               "{roles}.";
    case CODE(DATE_TOO_EARLY):
        return "The date is too early| ({field})|.| The first that is possible is {date}.|";
    case CODE(DATED_LATER):
        return "The business date cannot go back so far|: {existing} or a match of it is dated "
               "{date}|. If such papers are few and it is the clock's date, they may stay as they "
               "are: --leave-papers.";
    case CODE(TEXT_INVALID):
        return "The text cannot be taken| ({field})|: it is too long or has characters "
               "that are not text.";
    case CODE(TOO_MANY):
        return "That is too many| ({field})|; at most {most}|.";
    case CODE(WRONG_CURRENCY):
        return "The currency is not the company's| ({field})|.";

    case CODE(NOT_LOGGED_IN):
        return "Nobody is logged in at this terminal. Log in first: tefter login.";
    case CODE(RIGHT_MISSING):
        return "Not allowed|: you may not {right}|.| Alone you may do up to {available$} more.|| "
               "Who may: {roles}.";
    case CODE(LOGIN_WRONG):
        return "Name or password is wrong.";
    case CODE(LOGIN_THROTTLED):
        return "Too many wrong tries.| Try again in {retry}.";
    case CODE(STAFF_BLOCKED):
        return "This person is blocked. Somebody who manages staff can unblock: tefter "
               "staff unblock.";
    case CODE(TERMINAL_BLOCKED):
        return "This terminal is blocked. Somebody who manages terminals can "
               "unblock: tefter terminal unblock.";
    case CODE(TERMINAL_UNKNOWN):
        return "The server does not know this terminal| ({field})|. Enrol it anew: "
               "tefter terminal code N, then tefter enrol.";
    case CODE(CODE_WRONG):
        return "The code is wrong. Check it letter by letter, or ask for a new one.";
    case CODE(CODE_USED):
        return "The code was used already: each makes one terminal. Ask for a new one.";
    case CODE(CODE_EXPIRED):
        return "The code is too old. Ask for a new one: tefter terminal code N.";
    case CODE(PASSWORD_WEAK):
        return "The password is too easy to guess. Take at least 8 characters, and not the login.";
    case CODE(BRANCH_BLOCKED):
        return "The branch is blocked: it sells and credits nothing. Money can still be taken.";
    case CODE(CERTIFICATE_EXPIRED):
        return "This terminal's certificate has expired. It must be renewed "
               "before anything else, or the terminal enrolled anew.";
    case CODE(BUSY):
        return "The server is busy.| Try again in {retry}.";
    case CODE(READ_ONLY):
        return "The server takes no changes now: its disk is nearly full, its state has reached "
               "--map, an entry of its journal waits for a person, or another server writes the "
               "ledger; tefter status says which. Nothing was done. Looking is possible.";
    case CODE(DEADLINE_PASSED):
        return "It took too long. Nothing was done; say it again.";
    case CODE(VERSION_UNKNOWN):
        return "The server does not speak this version of the protocol|; its newest "
               "is {most}|. Update the older of the two programs.";
    case CODE(SERVER_OLDER):
        return "The server is older than this program| and does not know '{field}' "
               "yet|. Nothing was done. Upgrade the server first.";
    case CODE(CLIENT_OLDER):
        return "The server is newer than this program and answers in a way that it does not "
               "know. What was asked for may have been done: look before you say it again, "
               "and upgrade this program.";
    case CODE(ALREADY_SUBSCRIBED):
        return "This subscription runs already.";

    case CODE(NOT_FOUND):
        return "Not found|: there is no such {field}|.";
    case CODE(ALREADY_EXISTS):
        return "It exists already| ({field})|; see {existing}|.";
    case CODE(COMMAND_ID_REUSED):
        return "This number was used for another request. The counter of this "
               "terminal is damaged: enrol it anew.";
    case CODE(COMMAND_ID_TOO_OLD):
        return "This request is too old to be taken: it was made more than 45 "
               "days ago, or the clock is wrong. Enter it anew.";
    case CODE(COMMAND_ID_FOREIGN):
        return "The request names another terminal than the one that sent it.";
    case CODE(NOTHING_TO_CHANGE):
        return "There is nothing to change.";
    case CODE(QUARANTINED):
        return "A fault of the server's program keeps this from being done. It was set aside: "
               "nothing was done, and it is not tried again. Ask who looks after the server "
               "before you enter it anew.";
    case CODE(QUERY_DISABLED):
        return "The server does not answer this| ({field})| any more: it was stopped by it. All "
               "else goes on; a newer program of the server will answer it again.";
    case CODE(RETIRED):
        return "It is no longer used| ({field})|.";

    case CODE(CUSTOMER_LOCKED):
        return "The customer is locked|: {reason}|.| {ways}";
    case CODE(PAYER_LOCKED):
        return "Who pays for the customer|, {payer},| is locked|: {reason}|.| {ways}";
    case CODE(PAYER_HAS_PAYER):
        return "The payer has a payer themselves|: {payer}|. Name that one, or take it from them "
               "first: tefter customer payer CUSTOMER --none.";
    case CODE(PAYER_HAS_SITES):
        return "The customer pays for others|, {most} of them|: nobody can pay for them. Give "
               "those another payer first: tefter customer payer SITE PAYER.";
    case CODE(SITE_LIMIT_EXCEEDED):
    case CODE(CREDIT_LIMIT_EXCEEDED):
    case CODE(OVERDUE_TOO_OLD):
    case CODE(OVERDUE_TOO_MUCH):
    case CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER):
    case CODE(UNPAID_TOO_MANY):
        return "{walls}| {ways}";
    case CODE(APPROVAL_NEEDED):
        return "{walls} |It needs an approval.| {ways}";
    case CODE(APPROVAL_NOT_OPEN):
        return "The approval cannot be used: it waits for its answer, was refused or used, has "
               "expired, or is for another customer or a smaller amount. See: tefter approval "
               "list.";
    case CODE(APPROVAL_UNDECIDED):
        return "Approval| {approval}| still waits for its answer|, until {from}|.";
    case CODE(APPROVAL_DENIED):
        return "Approval| {approval}| was refused| by {by}||: {reason}|.";
    case CODE(APPROVAL_USED_ALREADY):
        return "Approval| {approval}| was used already|: it became {existing}||, sold by {by}|.";
    case CODE(APPROVAL_LAPSED):
        return "Approval| {approval}| has lapsed|, at {from}|. Ask for the sale anew.";
    case CODE(APPROVAL_OTHER_CUSTOMER):
        return "Approval| {approval}| is for another customer|. Look: tefter approval show "
               "{approval}|.";
    case CODE(APPROVAL_OTHER_BRANCH):
        return "Approval| {approval}| was asked for at another branch|, {branch}|. It can be used "
               "only there.";
    case CODE(APPROVAL_OTHER_GOODS):
        return "Approval| {approval}| is for other goods|: {goods}||. Sell those: tefter approval "
               "sell {approval}|.";
    case CODE(APPROVAL_FOR_LESS):
        return "Approval| {approval}| is granted for less|: up to {available$}, {asks}|.| {by} "
               "says: {reason}.|| {ways}|| A part of what is parked: tefter "
               "approval sell {parked} "
               "LINE=QTY.|";
    case CODE(OWN_APPROVAL):
        return "You asked for this approval yourself: somebody else has to grant it.| Who may: "
               "{roles}.| The company's policy can allow it: tefter policy set --own-approval.";
    case CODE(WITHIN_LIMIT):
        return "This sale is within the limit|: {available} is available, {asks}|; no "
               "approval is needed, sell it.";
    case CODE(BUYER_NOT_AUTHORISED):
        return "Who takes the goods may not buy on this account.";
    case CODE(BUYER_CAP_EXCEEDED):
        return "Who takes the goods may not buy so much|: {available$} is left "
               "of the cap|.| {walls}|| {ways}|";
    case CODE(PIN_NEEDED):
        return "Who takes the goods has to type their PIN: say the same at a terminal, which asks "
               "for it, or with --pin-file FILE. Forgotten? Who edits customers sets a new one: "
               "tefter customer buyer-pin.";
    case CODE(PIN_WRONG):
        return "The PIN is not theirs.| {tries} left.|| No try is left: again in {retry}.| "
               "Forgotten? Who edits customers sets a new one: tefter customer buyer-pin.";
    case CODE(PIN_LOCKED):
        return "Too many wrong PINs were typed for them.| Try again in {retry}.| At once with a "
               "new one, which who edits customers sets: tefter customer buyer-pin.";
    case CODE(LOCK_STATE):
        return "The customer is in that state already: locked, or not locked.";

    case CODE(NOT_IN_CATALOGUE):
        return "Not in the catalogue|: {field}|.| Who may sell custom lines: {roles}.";
    case CODE(PRICE_MISSING):
        return "No price|: {field}|. Give one (PRODUCT=QTY@PRICE) or set it: tefter "
               "product edit.";
    case CODE(QUANTITY_NOT_POSITIVE):
        return "The quantity must be more than zero|: {field}|.";
    case CODE(DISCOUNT_TOO_BIG):
        return "The discount is bigger than its line|: {field}|.";
    case CODE(TOTAL_NEGATIVE):
        return "The total must not be below zero.";
    case CODE(MORE_THAN_SOLD):
        return "That is more than is left of what was sold|: {field}|; at most "
               "{available$}|.";
    case CODE(ALREADY_REVERSED):
        return "It is reversed already|, by {existing}|| on {date}|| by {by}|.|"
               " {replacement} took its place.|";
    case CODE(NOT_REVERSIBLE):
        return "It cannot be reversed: something later rests on it. Reverse that "
               "first|: {existing}|.";

    case CODE(NUMBER_TAKEN):
        return "This number is taken| ({field})|; see {existing}|.";
    case CODE(NOT_CONFIRMABLE):
        return "There is nothing to confirm: the money is final or the payment "
               "reversed.";
    case CODE(MATCH_TOO_MUCH):
        return "That is more than is open|: {available$} is open|| ({field})|.";
    case CODE(MATCH_OTHER_CUSTOMER):
        return "Bill and money belong to different customers| ({field})|.";
    case CODE(MATCH_NOTHING):
        return "There is nothing open to match.";
    case CODE(MATCH_UNDONE):
        return "This match is undone already.";
    case CODE(TILL_OTHER_BRANCH):
        return "The till or device belongs to another branch.";
    case CODE(QUESTION_TOO_BIG):
        return "This question looks at more than an answer may hold; ask for less.";
    case CODE(RECORD_DAMAGED):
        return "The server cannot read a record that this needs: it is damaged. Its log names the "
               "record; tell whoever runs the server.";
    case CODE(RENEWAL_TOO_EARLY):
        return "The certificate of this terminal needs no renewal yet.| It can be renewed from "
               "{from} on.";
    case CODE(SECOND_PERSON_NEEDED):
        return "You took this money yourself: somebody else has to take it back.| Alone you may "
               "take back {most$} more today.|| Who may: {roles}.";
    case CODE(TOO_MANY_CONNECTIONS):
        return "Too many connections| of this {field}|| to the server; at most {most}|. End some "
               "of "
               "them first.";
    case CODE(MORE_THAN_YOU_MAY):
        return "{threshold}| Who may: {roles}.|";
    case CODE(STAFF_OF_OTHER_BRANCH):
        return "You write in branch| {branch}|| only: at this device you can look, and no more.| "
               "Who may change that (tefter staff change LOGIN --branch or --anywhere): {roles}.|";
    case CODE(RULES_TOO_OLD):
        return "The ledger keeps older rules, which do not know this|: {field}|. Whoever runs the "
               "server adopts the newest: tefterd upgrade.";
    case CODE(RECEIPT_WRONG):
        return "This ledger did not give the receipt that was offered to it.";
    case CODE(NO_RECOVERY):
        return "No recovery is on: the ledger was not restored, or its recovery is closed.";
    case CODE(OFFER_DECIDED):
        return "This paper is back already, or was declined.";
    case CODE(RECOVERY_UNFINISHED):
        return "The recovery is not finished: terminals were not heard, or papers are not decided. "
               "Close it with --unfinished to leave them.";
    case CODE(TEXT_UNSEEN):
        return "The text cannot be taken| ({field})|: it has something in it that nobody sees|: "
               "character {at}|, {point}|. Leave it out; what was copied from elsewhere, type "
               "anew.";
    case CODE(TEXT_BLANK):
        return "The text cannot be taken| ({field})|: there is nothing in it but blanks. Write "
               "something, or leave it out.";
    case CODE(TEXT_EDGE):
        return "The text cannot be taken| ({field})|: it begins or ends with a blank|, character "
               "{at}|. Leave that out.";
    case CODE(TEXT_MARK):
        return "The text cannot be taken| ({field})|: a mark has no letter to stand on, or too "
               "many "
               "stand on one|: character {at}|, {point}|. Write the letter before it, or leave the "
               "mark out.";
    case CODE(TEXT_BREAK):
        return "The text cannot be taken| ({field})|: it is one line, and has a line break or tab "
               "in it|: character {at}|. Write a blank instead.";
    case CODE(UNIT_UNKNOWN):
        return "The product is not sold in this unit| ({field})|.| It is sold in: {units}.| "
               "Somebody who "
               "changes the catalogue can add one: tefter product unit PRODUCT UNIT FACTOR.";
    case CODE(UNIT_NOT_EXACT):
        return "So much of this unit| ({field})| is no whole thousandth of the product's own "
               "unit|, "
               "{units}|. Take another quantity, or the product's own unit.";
    case CODE(LOOKS_LIKE):
        return "This code looks like another|, {existing}|: letters of several scripts are drawn "
               "alike. Write it in the letters of that one if it is meant, or choose another code.";
    case CODE(NUMBER_OF_OTHER_SERIES):
        return "A branch gives such numbers to another kind of paper: XX-00001 to bills, "
               "XX-R-00001 to receipts, XX-CN-00001 to credit notes. Choose another; an import "
               "puts something before each with --number-prefix.";
    case CODE(NOT_IMPORTED):
        return "It came by no import, so no import of it can be undone. Take it back by itself: "
               "tefter reverse.";
    case CODE(CASH_SALE_UNPAID):
        return "A sale to the cash customer is paid at once|: {over$} would stay open|. Take the "
               "money with it (tefter sell cash … --paid cash:AMOUNT), or sell to a customer by "
               "name.| Who may leave it open: {roles}.";
    case CODE(PAID_TOO_MUCH):
        return "That is more money than the bill|, by {over$}|. Change is given of cash alone, and "
               "only when there is something left to pay in cash.";
    case CODE(REFUND_TOO_MUCH):
        return "No more is paid out than is free|: {available$}|. Free is what they paid or were "
               "credited, is not matched, and is not needed for what they owe.";
    case CODE(MONEY_NOT_THERE):
        return "There is not so much in it, by the books|: in {existing}|. Enter first what was "
               "taken and is not in the books, or take less.";
    case CODE(MONEY_LEFT):
        return "It cannot be retired: {available$} lies in it, or is on its way there|. Move it "
               "first: tefter money move FROM TO AMOUNT; look: tefter money list.";
    case CODE(TILL_CLOSED):
        return "The till's day is not open| ({field})|. Count what lies in it and open it: tefter "
               "till open TILL AMOUNT.";
    case CODE(TILL_OPEN):
        return "The till's day is open already|, since {date}|. Count and close it first: tefter "
               "till "
               "count TILL AMOUNT, tefter till close TILL.";
    case CODE(TILL_COUNTED):
        return "Somebody has counted this till meanwhile|: {most} times by now|. See tefter till "
               "slip "
               "TILL; to count it once more: tefter till count TILL AMOUNT --again.";
    case CODE(TILL_NOT_COUNTED):
        return "Nobody has counted this till yet. Count it first: tefter till count TILL AMOUNT.";
    case CODE(ROUNDING_TOO_MUCH):
        return "The money is short of the bills|, by {available$}|: that is more than may be "
               "rounded "
               "off|, {most$}|. Leave out --round-off|, or take {over$} more|.";
    case CODE(NOT_IN_COINS):
        return "So much cannot be paid in coins|: cash goes by {most$}|.| Take {available$}, or "
               "{over$} more than that.|";
    case _TEFTER__REFUSAL_CODE_IS_INT_SIZE:
        break;
    }
    return NULL; /* a code that only a later version knows */
}

#define OTHER_PAPER                                                                                \
    "This paper is of branch| {branch}|: you take back, correct, credit, confirm and match those " \
    "of your own branch only. Somebody of that branch can, or of none.| Who may change where you " \
    "work "                                                                                        \
    "(tefter "                                                                                     \
    "staff change LOGIN --branch or --anywhere): {roles}.|"

#define WEIGHT_WORDS                                                                               \
    "The weight is a percentage: from 0 (slips count as money) to 100 (they free nothing)."
#define OWN_CONFIRMATION                                                                           \
    "You booked this money yourself: that it came is confirmed by somebody else.| Alone you may "  \
    "confirm {most$} more today.|| Who may: {roles}.| Where one person does all, the owner says: " \
    "tefter cash policy --own-confirm-any."

/* Codes that say more with a field. */
static const struct {
    Tefter__RefusalCode code;
    const char *field;
    const char *pattern;
} told_by_field[] = {
    {CODE(STAFF_OF_OTHER_BRANCH), "document", OTHER_PAPER},
    {CODE(STAFF_OF_OTHER_BRANCH), "invoice", OTHER_PAPER},
    {CODE(STAFF_OF_OTHER_BRANCH), "payment", OTHER_PAPER},
    {CODE(STAFF_OF_OTHER_BRANCH), "move", OTHER_PAPER},
    {CODE(STAFF_OF_OTHER_BRANCH), "credits", OTHER_PAPER},
    {CODE(STAFF_OF_OTHER_BRANCH), "from",
     "This card device is of branch| {branch}|, and you work for another. Somebody of that branch "
     "can move its money, or of none.| Who may change where you work (tefter staff change LOGIN "
     "--branch or --anywhere): {roles}.|"},
    {CODE(LOCK_STATE), "locked",
     "The customer is locked already. Who locked them and why: tefter customer changes CUSTOMER."},
    {CODE(LOCK_STATE), "not_locked",
     "The customer is not locked: sales on credit are allowed as far as their limit goes."},
    {CODE(SECOND_PERSON_NEEDED), "amount_minor",
     "So much is not paid out by one person.| Alone you may pay out {most$} more today.| It takes "
     "somebody who booked no money or credit of this customer of late: {roles}."},
    {CODE(SECOND_PERSON_NEEDED), "payment", OWN_CONFIRMATION},
    {CODE(SECOND_PERSON_NEEDED), "move", OWN_CONFIRMATION},
    {CODE(SECOND_PERSON_NEEDED), "arrived",
     "You bring this money yourself: that it came is confirmed by somebody else.| Alone you may "
     "confirm {most$} more today.|| Leave --arrived out; that it came (tefter money arrived "
     "NUMBER) says: {roles}.|"},
    {CODE(TILL_NOT_COUNTED), "counts",
     "Money went through the till since it was counted. Count it again: tefter till count TILL "
     "AMOUNT --again."},
    {CODE(FIELD_MISSING), "credits",
     "The cash customer is many people: say what is paid out, --of NUMBER (the credit note or "
     "receipt)."},
    {CODE(OFFER_DECIDED), "declined_before",
     "This was declined after an earlier restore, and is back all the same|: {existing}|. Take it "
     "back: tefter reverse| {existing}| --reason TEXT; then leave this out: tefter recovery "
     "decline "
     "SEQ --reason TEXT."},
    {CODE(LOGIN_WRONG), "pin", "Login or PIN is wrong."},
    {CODE(LOGIN_WRONG), "old_password", "The old password is wrong."},
    {CODE(LOGIN_WRONG), "token", "The login at this terminal has ended. Log in: tefter login."},
    {CODE(PASSWORD_WEAK), "pin", "A PIN is 4 to 12 digits."},
    {CODE(NOTHING_TO_CHANGE), "amount_minor", "This is within the limit: no approval is needed."},
    {CODE(WITHIN_LIMIT), "policy",
     "The policy only warns of this sale: no approval is needed, sell it."},
    {CODE(TOO_MANY), "draft",
     "Too many sales are parked already|: at most {most}|. Sell those that are granted, or wait "
     "until one is decided or lapses."},
    {CODE(FIELD_INVALID), "draft", "This sale is too long to be parked. Ask for it in two parts."},
    {CODE(FIELD_INVALID), "draft.approval", "What is asked for has no approval yet: leave it out."},
    {CODE(FIELD_INVALID), "draft.backfill",
     "A sale that was made already needs no approval: enter it as it was."},
    {CODE(FIELD_INVALID), "draft.total_minor",
     "The prices have changed since the sale was looked at. Ask for it again."},
    {CODE(FIELD_INVALID), "own_approval",
     "The ledger's rules are too old for it: tefterd upgrade brings the new ones."},
    {CODE(FIELD_INVALID), "blocked",
     "The last owner cannot be blocked. Make somebody else an owner first: tefter staff change "
     "LOGIN --role owner."},
    {CODE(FIELD_INVALID), "role",
     "The last owner stays one. Make somebody else an owner first: tefter staff change LOGIN "
     "--role owner."},
    {CODE(FIELD_MISSING), "reason", "The reason is missing: say it with --reason."},
    {CODE(FIELD_MISSING), "opening_reason",
     "By the books something else should be in the till. Count it once more; if that is right, say "
     "why: --reason TEXT. By how much it is off is told when it is open."},
    {CODE(CASH_SALE_UNPAID), "correction",
     "A sale to the cash customer stays paid|: {over$} would be open|. Reverse it and sell anew "
     "with the money: tefter reverse NUMBER --reason TEXT, then tefter sell cash LINE… --paid "
     "cash:AMOUNT.| Who may leave it open: {roles}.|"},
    {CODE(FIELD_INVALID), "amount_minor", "That is more than was asked for."},
    {CODE(FIELD_INVALID), "number",
     "This is no number that can be chosen: it is empty, too long, has other characters, or "
     "belongs to a branch's own series. Leave it out, and the branch gives the next."},
    {CODE(FIELD_INVALID), "thresholds[0].owner",
     "An owner may everything: only sales, controller, accountant and manager have thresholds."},
    {CODE(NOT_FOUND), "list", "There is no such price list. See: tefter price list."},
    {CODE(FIELD_INVALID), "unit",
     "Another unit of the product is called so already. See: tefter product show PRODUCT."},
    {CODE(STAFF_BLOCKED), "salesperson",
     "Who is named as the salesperson is blocked. Name somebody who is not: tefter staff list."},
    {CODE(NOT_FOUND), "salesperson",
     "Nobody has the login that is named as the salesperson. See: tefter staff list."},
    {CODE(FIELD_INVALID), "total_minor",
     "The total does not fit: it is not what the lines and charges make."},
    {CODE(FIELD_INVALID), "payer",
     "Nobody pays for themselves, and the customer who pays at once pays for nobody: name another "
     "payer."},
    {CODE(TOO_MANY), "payer",
     "This payer pays for| {most}| customers already, and for no more. Name another payer for some "
     "of them."},
    {CODE(NOTHING_TO_CHANGE), "payer", "It is so already: this is their payer, or they have none."},
    {CODE(FIELD_INVALID), "terms.slip_weight", WEIGHT_WORDS},
    {CODE(FIELD_INVALID), "limit.slip_weight", WEIGHT_WORDS},
    {CODE(FIELD_INVALID), "customer",
     "The customer who pays at once has no account: name another customer."},
    {CODE(FIELD_INVALID), "arrived",
     "It goes to another branch: only there they can say that it arrived (tefter money arrived "
     "NUMBER). Leave out --arrived."},
    {CODE(FIELD_INVALID), "money_account",
     "This is another kind of place: cash goes into a till, cards into a device, transfers and "
     "slips into a bank account."},
};

/* "lines[2].serials", "lines[2].serials[0]" */
static bool is_serial(const char *field)
{
    return strncmp(field, "lines[", 6) == 0 && strstr(field, "].serials") != NULL;
}

/* A lock with walls behind it: unlocking alone is no way out, so there is none. */
static const char locked_twice[] = "The customer is locked|: {reason}|. Unlocked, they could not "
                                   "have this either.| {walls}|| Who may unlock: {roles}.|";
/* A till that was counted, and the books. */
static const char counted_more[] =
    "There is {over$} more in the till than the books say. Count it once more; if that is right, "
    "say why: --reason TEXT.";
static const char counted_less[] =
    "There is {available$} less in the till than the books say. Count it once more; if that is "
    "right, say why: --reason TEXT.";
/* To one who decides after somebody else. */
static const char granted_pattern[] =
    "Approval| {approval}| was granted already| by {by}||, up to {available$}|.";

static const char payer_locked_twice[] =
    "Who pays for the customer|, {payer},| is locked|: {reason}|. Unlocked, the customer could not "
    "have this either.| {walls}|| Who may unlock: {roles}.|";
static const char both_locked[] = "The customer is locked|: {reason}|. So is who pays for them|, "
                                  "{payer}|: both have to be unlocked.| Who may: {roles}.|";

/* A lock with something behind it that unlocking does not lift; NULL: it is not that. */
static const char *locked_pattern(const Tefter__Refusal *refusal)
{
    if (refusal->n_ways > 0)
        return NULL;
    if (refusal->code == CODE(PAYER_LOCKED) && refusal->decision != NULL)
        return payer_locked_twice;
    if (refusal->code != CODE(CUSTOMER_LOCKED))
        return NULL;
    if (refusal->decision != NULL)
        return locked_twice;
    return refusal->payer_code != NULL ? both_locked : NULL;
}

static const char *pattern_of(const Tefter__Refusal *refusal)
{
    const char *locked = locked_pattern(refusal);
    if (locked != NULL)
        return locked;
    if (refusal->code == CODE(CUSTOMER_LOCKED) && refusal->n_ways == 0 && refusal->decision != NULL)
        return locked_twice;
    const char *field = refusal->field == NULL ? "" : refusal->field;
    const char *read_only = read_only_pattern(refusal);
    if (read_only != NULL)
        return read_only;
    if (refusal->code == CODE(APPROVAL_NOT_OPEN) && refusal->has_approval)
        return granted_pattern;
    if (refusal->code == CODE(FIELD_MISSING) && refusal->over_by_minor > 0)
        return counted_more;
    if (refusal->code == CODE(FIELD_MISSING) && refusal->available_minor > 0)
        return counted_less;
    for (size_t i = 0; i < sizeof(told_by_field) / sizeof(told_by_field[0]); i++) {
        if (told_by_field[i].code == refusal->code && strcmp(told_by_field[i].field, field) == 0)
            return told_by_field[i].pattern;
    }
    if (is_serial(field) && refusal->code == CODE(FIELD_MISSING))
        return "Each piece needs its serial number|: {field}|. Give them: --serials PRODUCT=A1,A2.";
    if (is_serial(field) && refusal->code == CODE(ALREADY_EXISTS))
        return "This serial number is sold already|, with {existing}|| ({field})|.";
    if (refusal->code == CODE(ALREADY_EXISTS) && refusal->existing_number == NULL)
        return "It exists already| ({field})|.";
    if (refusal->code == CODE(AMOUNT_NOT_POSITIVE) && strncmp(field, "prices[", 7) == 0)
        return "A price of a list must be more than zero| ({field})|. What is given away is sold "
               "with a discount of 100%, by who may give one; to take a price off the list, leave "
               "it out.";
    const char *pattern = refusal_pattern(refusal->code);
    return pattern == NULL ? unknown_pattern : pattern;
}

/* ---- facts ---- */

struct facts {
    const Tefter__Refusal *refusal;
    const struct currency *currency;
    int32_t utc_offset_minutes; /* of the clock that times are told by */
};

typedef bool (*fact_fn)(const struct facts *facts, char *out, size_t capacity);

static bool put_text(char *out, size_t capacity, const char *text)
{
    (void)snprintf(out, capacity, "%s", text);
    return text[0] != '\0';
}

static void put_plain(const struct facts *facts, int64_t amount, char *out, size_t capacity)
{
    char text[AMOUNT_TEXT_MAX];
    (void)amount_write(amount, facts->currency, text);
    (void)snprintf(out, capacity, "%s", text);
}

static bool put_money(const struct facts *facts, bool known, int64_t amount, char *out,
                      size_t capacity)
{
    if (known)
        (void)money_sentence(amount, facts->currency, out, capacity);
    return known;
}

static bool over(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool said = facts->refusal->has_over_by_minor;
    int64_t amount = said               ? facts->refusal->over_by_minor
                     : decision == NULL ? 0
                                        : decision->over_by_minor;
    return put_money(facts, said || amount > 0, amount, out, capacity);
}

/* What was free before this sale: never less than nothing. */
static bool available_now(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || decision->unlimited)
        return false;
    int64_t amount = decision->limit_minor - decision->exposure_minor;
    if (amount > 0)
        put_plain(facts, amount, out, capacity);
    else
        (void)put_text(out, capacity, "nothing");
    return true;
}

static bool corrects(const Tefter__Refusal *refusal)
{
    return refusal->decision != NULL && refusal->decision->has_replaces_minor;
}

/* The decision is on what is not paid at once. */
static const char *sale_words(const Tefter__Refusal *refusal)
{
    return refusal->has_paid_minor ? "the unpaid rest of this sale is" : "this sale is";
}

/* A text, and behind it an amount. */
static bool put_with(const struct facts *facts, const char *text, int64_t amount, char *out,
                     size_t capacity)
{
    char plain[AMOUNT_TEXT_MAX];
    put_plain(facts, amount, plain, sizeof(plain));
    (void)snprintf(out, capacity, "%s %s", text, plain);
    return true;
}

/* What the decision was about: all of a sale, or what a correction adds. */
static bool asks(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    const char *text =
        corrects(facts->refusal) ? "the correction adds" : sale_words(facts->refusal);
    return decision != NULL && put_with(facts, text, decision->amount_minor, out, capacity);
}

static bool whole(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    const char *text = corrects(facts->refusal) ? "it would be" : sale_words(facts->refusal);
    int64_t total;
    return decision != NULL &&
           !__builtin_add_overflow(decision->amount_minor, decision->replaces_minor, &total) &&
           put_with(facts, text, total, out, capacity);
}

static bool overdue(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool known = decision != NULL && decision->has_overdue_minor;
    return put_money(facts, known, known ? decision->overdue_minor : 0, out, capacity);
}

/* What is overdue for too long, of all that is overdue. */
static bool too_old(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || !decision->has_too_old_minor)
        return overdue(facts, out, capacity);
    return put_money(facts, true, decision->too_old_minor, out, capacity);
}

static bool unpaid(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || !decision->has_unpaid_bills || !decision->has_unpaid_max)
        return false;
    (void)snprintf(out, capacity,
                   "%" PRIu32 ", and this would be one more than the %" PRIu32
                   " that the customer may have",
                   decision->unpaid_bills, decision->unpaid_max);
    return true;
}

static bool available(const struct facts *facts, char *out, size_t capacity)
{
    return put_money(facts, facts->refusal->has_available_minor, facts->refusal->available_minor,
                     out, capacity);
}

static bool most(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRId64, facts->refusal->most);
    return facts->refusal->has_most;
}

static bool most_money(const struct facts *facts, char *out, size_t capacity)
{
    return put_money(facts, facts->refusal->has_most, facts->refusal->most, out, capacity);
}

static bool days(const struct facts *facts, char *out, size_t capacity)
{
    uint32_t count = facts->refusal->days;
    (void)snprintf(out, capacity, "%" PRIu32 " day%s", count, count == 1 ? "" : "s");
    return facts->refusal->has_days;
}

static bool date(const struct facts *facts, char *out, size_t capacity)
{
    char text[DATE_TEXT_SIZE];
    date_write(facts->refusal->date, text);
    return facts->refusal->has_date && put_text(out, capacity, text);
}

static bool retry(const struct facts *facts, char *out, size_t capacity)
{
    uint32_t seconds = (facts->refusal->retry_ms + 999) / 1000;
    if (seconds >= 120)
        (void)snprintf(out, capacity, "%" PRIu32 " minutes", (seconds + 59) / 60);
    else
        (void)snprintf(out, capacity, "%" PRIu32 " second%s", seconds, seconds == 1 ? "" : "s");
    return facts->refusal->has_retry_ms;
}

static bool tries(const struct facts *facts, char *out, size_t capacity)
{
    uint32_t left = facts->refusal->tries_left;
    (void)snprintf(out, capacity, left == 1 ? "%" PRIu32 " try is" : "%" PRIu32 " tries are", left);
    return left > 0;
}

static bool from(const struct facts *facts, char *out, size_t capacity)
{
    char text[CLOCK_TEXT_SIZE];
    char zone[ZONE_TEXT_SIZE];
    clock_write(facts->refusal->from_ms, facts->utc_offset_minutes, text);
    zone_write(facts->utc_offset_minutes, zone);
    (void)snprintf(out, capacity, "%.16s %s", text, zone);
    return facts->refusal->has_from_ms;
}

static bool approval(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRIu64, facts->refusal->approval);
    return facts->refusal->has_approval;
}

/* The approval's number, when there is a sale with it. */
static bool parked(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->goods != NULL && approval(facts, out, capacity);
}

static bool branch(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->branch != NULL && put_text(out, capacity, facts->refusal->branch);
}

static bool units(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->units != NULL && put_text(out, capacity, facts->refusal->units);
}

static bool goods(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->goods != NULL && put_text(out, capacity, facts->refusal->goods);
}

static bool right(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->has_right && put_text(out, capacity, right_words(facts->refusal->right));
}

static bool existing(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Refusal *refusal = facts->refusal;
    if (refusal->existing_number != NULL)
        return put_text(out, capacity, refusal->existing_number);
    (void)snprintf(out, capacity, "#%" PRIu64, refusal->existing);
    return refusal->has_existing;
}

static bool by(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->by != NULL && put_text(out, capacity, facts->refusal->by);
}

static bool replacement(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->replaced_by != NULL &&
           put_text(out, capacity, facts->refusal->replaced_by);
}

static bool reason(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Text *text = facts->refusal->reason;
    return text != NULL && text->value != NULL && put_text(out, capacity, text->value);
}

static bool code(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%d", (int)facts->refusal->code);
    return true;
}

static bool at(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRIu32, facts->refusal->at);
    return facts->refusal->has_at;
}

static bool point(const struct facts *facts, char *out, size_t capacity)
{
    const char *word = sight_word(facts->refusal->point);
    (void)snprintf(out, capacity, "U+%04" PRIX32 "%s%s%s", facts->refusal->point,
                   word == NULL ? "" : " (", word == NULL ? "" : word, word == NULL ? "" : ")");
    return facts->refusal->has_point;
}

static bool field(const struct facts *facts, char *out, size_t capacity)
{
    return field_words(facts->refusal->field, out, capacity);
}

static bool form(const struct facts *facts, char *out, size_t capacity)
{
    const char *sentence = field_form(facts->refusal->field);
    return sentence != NULL && put_text(out, capacity, sentence);
}

static bool put_roles(const Tefter__Role *roles, size_t count, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < count && used < capacity; i++) {
        const char *joint = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        used += (size_t)snprintf(out + used, capacity - used, "%s%s", joint, role_word(roles[i]));
    }
    return count > 0;
}

static bool roles(const struct facts *facts, char *out, size_t capacity)
{
    return put_roles(facts->refusal->roles, facts->refusal->n_roles, out, capacity);
}

/* ---- thresholds ---- */

struct threshold_facts {
    const Tefter__Refusal *refusal;
    const struct currency *currency;
};

/* "12.5%", "3 days", "1,200.00 €" */
static void put_measure(const struct threshold_facts *facts, int64_t value, char *out,
                        size_t capacity)
{
    switch (threshold_unit(facts->refusal->threshold)) {
    case THRESHOLD_IN_PERCENT:
        if (value % 100 == 0)
            (void)snprintf(out, capacity, "%" PRId64 "%%", value / 100);
        else
            (void)snprintf(out, capacity, "%" PRId64 ".%02d%%", value / 100, (int)(value % 100));
        break;
    case THRESHOLD_IN_DAYS:
        (void)snprintf(out, capacity, "%" PRId64 " day%s", value, value == 1 ? "" : "s");
        break;
    case THRESHOLD_IN_MONEY:
        (void)money_sentence(value, facts->currency, out, capacity);
        break;
    case THRESHOLD_YES_OR_NO:
        (void)snprintf(out, capacity, "%s", value != 0 ? "yes" : "no");
        break;
    }
}

static bool threshold_word(void *context, const char *name, char *out, size_t capacity)
{
    const struct threshold_facts *facts = context;
    const Tefter__Refusal *refusal = facts->refusal;
    if (strcmp(name, "where") == 0)
        return refusal->field != NULL && strchr(refusal->field, '[') != NULL &&
               field_words(refusal->field, out, capacity);
    if (!refusal->has_wanted || !refusal->has_most)
        return false;
    int64_t value = strcmp(name, "wanted") == 0 ? refusal->wanted
                    : strcmp(name, "most") == 0 ? refusal->most
                                                : refusal->wanted - refusal->most;
    put_measure(facts, value, out, capacity);
    return strcmp(name, "most") != 0 || refusal->most > 0; /* up to nothing: not at all */
}

static const char *threshold_pattern(Tefter__Threshold threshold)
{
    switch (threshold) {
    case TEFTER__THRESHOLD__THRESHOLD_DISCOUNT:
        return "The discount is too big|: {wanted}, which is {over} more than you may give||; you "
               "may give up to {most}|| ({where})|.";
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST:
        return "The price is too low|: {wanted} below the one that applies, which is {over} more "
               "than "
               "you may go||; you may go {most} below it|| ({where})|.";
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR:
        return "This comes to less than the product's lowest price|: by {wanted}, which is {over} "
               "more than you may go||; you may go {most} below it|| ({where})|.";
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_COST:
        return "This comes to less than the goods cost| ({where})|. Sell them for more.";
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE:
        return "Custom lines and charges are too much|: {wanted}, which is {over} more than you "
               "may "
               "put on this bill||; you may put up to {most} on it||, the first of them: {where}|.";
    case TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX:
        return "You may not choose another tax than the product's| ({where})|. Leave it out.";
    case TEFTER__THRESHOLD__THRESHOLD_LATER_DUE:
        return "The bill is due too late|: {wanted} beyond the customer's term, which is {over} "
               "more than you may give||; you may give up to {most} more|.";
    case TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS:
        return "The term is too long|: {wanted}, and longer than the customer has without it||; "
               "you "
               "may give up to {most}, which is {over} less|.";
    case TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER:
        return "You may not choose the number yourself. Leave it out, and the branch gives the "
               "next.";
    case TEFTER__THRESHOLD__THRESHOLD_REVERSAL:
        return "This takes back too much|: {wanted}, which is {over} more than you may||; you may "
               "take back up to {most}|.";
    case TEFTER__THRESHOLD__THRESHOLD_CASH_OUT:
        return "This takes too much out of tills|: {wanted} today, which is {over} more than you "
               "may||; you may take out up to {most} in a day|.";
    case TEFTER__THRESHOLD__THRESHOLD_CASH_IN:
        return "This puts too much into tills|: {wanted} today, which is {over} more than you "
               "may||; you may put in up to {most} in a day|.";
    case TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE:
        return "The fee is too high|: {wanted} of what is moved, which is {over} more than you may "
               "book||; you may book up to {most}|.";
    case TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT:
    case _TEFTER__THRESHOLD_IS_INT_SIZE:
        break;
    }
    return "You may not do so much of this|: {where}|."; /* a threshold of a later version */
}

/* What rounding takes off is as good as a discount. */
static const char *rounding_pattern(const Tefter__Refusal *refusal)
{
    const char *field = refusal->field != NULL ? refusal->field : "";
    const char *last = strrchr(field, '.');
    if (refusal->threshold != TEFTER__THRESHOLD__THRESHOLD_DISCOUNT)
        return NULL;
    if (strcmp(field, "lines") == 0)
        return "So many small lines come to {wanted} less than their goods||; you may give up to "
               "{most} of discount|. Put goods of one kind into one line.";
    if (last != NULL && strcmp(last, ".quantity") == 0)
        return "Goods that have a price come to nothing here| ({where})|. Sell more of them, or "
               "put them into the line that has the rest.";
    return NULL;
}

static bool threshold(const struct facts *facts, char *out, size_t capacity)
{
    const char *rounding = rounding_pattern(facts->refusal);
    struct threshold_facts own = {facts->refusal, facts->currency};
    return sentence_write(rounding != NULL ? rounding
                                           : threshold_pattern(facts->refusal->threshold),
                          threshold_word, &own, out, capacity) > 0;
}

/* ---- walls ---- */

/* Each wall that stopped a sale, with its facts. */
static const struct {
    Tefter__RefusalCode code;
    const char *pattern;
} known_walls[] = {
    {CODE(CREDIT_LIMIT_EXCEEDED),
     "Over the limit| of {payer}, who pays for them,|| by {over$}|: {available} is available, "
     "{asks}|."},
    {CODE(OVERDUE_TOO_OLD), "Bills are overdue for too long|: {old$}|, the oldest by {days}|."},
    {CODE(OVERDUE_TOO_MUCH), "Too much is overdue|: {overdue$}|, the oldest by {days}|."},
    {CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER),
     "One invoice of this customer may not be so big|: at most {largest$}|, {whole}|."},
    {CODE(UNPAID_TOO_MANY), "There are too many unpaid bills|: {unpaid}|."},
    {CODE(SITE_LIMIT_EXCEEDED),
     "Over the customer's own limit| by {site_over$}|: {site_available} of it is available|."},
};

enum { WALLS = sizeof(known_walls) / sizeof(known_walls[0]) };

static bool has_wall(const Tefter__Refusal *refusal, Tefter__RefusalCode code)
{
    const Tefter__Decision *decision = refusal->decision;
    for (size_t i = 0; decision != NULL && i < decision->n_walls; i++) {
        if (decision->walls[i] == code)
            return true;
    }
    return false;
}

/* A server that tells no walls: the one of the code; an approval is needed over the limit. */
static bool stopped_by(const Tefter__Refusal *refusal, size_t wall)
{
    Tefter__RefusalCode code = known_walls[wall].code;
    if (refusal->decision != NULL && refusal->decision->n_walls > 0)
        return has_wall(refusal, code);
    return refusal->code == code ||
           (refusal->code == CODE(APPROVAL_NEEDED) && code == CODE(CREDIT_LIMIT_EXCEEDED));
}

/* The highest total of one invoice is told as the last way to take a part. */
static const Tefter__WayOut *largest_way(const Tefter__Refusal *refusal)
{
    const Tefter__WayOut *found = NULL;
    bool told = has_wall(refusal, CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER));
    for (size_t i = 0; told && i < refusal->n_ways; i++) {
        if (refusal->ways[i]->kind == TEFTER__WAY_OUT_KIND__WAY_PART_NOW)
            found = refusal->ways[i];
    }
    return found;
}

static bool largest(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__WayOut *way = largest_way(facts->refusal);
    if (facts->refusal->has_most || way == NULL)
        return most_money(facts, out, capacity);
    return put_money(facts, way->has_amount_minor, way->amount_minor, out, capacity);
}

static bool fact_word(void *context, const char *name, char *out, size_t capacity);

static bool walls(const struct facts *facts, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < WALLS && used + 2 < capacity; i++) {
        struct facts copy = *facts;
        if (!stopped_by(facts->refusal, i))
            continue;
        if (used > 0)
            out[used++] = ' ';
        used +=
            sentence_write(known_walls[i].pattern, fact_word, &copy, out + used, capacity - used);
    }
    return used > 0;
}

/* ---- ways out ---- */

struct way_facts {
    const Tefter__Refusal *refusal;
    const Tefter__WayOut *way;
    const struct currency *currency;
};

static bool way_word(void *context, const char *name, char *out, size_t capacity)
{
    const struct way_facts *facts = context;
    const Tefter__WayOut *way = facts->way;
    struct facts plain = {NULL, facts->currency, 0};
    if (strcmp(name, "roles") == 0)
        return put_roles(way->roles, way->n_roles, out, capacity);
    if (strcmp(name, "whose") == 0)
        return way->customer_code != NULL && put_text(out, capacity, way->customer_code);
    if (strcmp(name, "payer") == 0)
        return facts->refusal->payer_code != NULL &&
               put_text(out, capacity, facts->refusal->payer_code);
    if (way->has_amount_minor)
        put_plain(&plain, way->amount_minor, out, capacity);
    return way->has_amount_minor;
}

/* The site's own limit and something of the payer's are both in the way. */
static bool of_both(const Tefter__Refusal *refusal, const Tefter__WayOut *way)
{
    return way->customer_code == NULL && refusal->payer_code != NULL && refusal->decision != NULL &&
           refusal->decision->n_walls > 1;
}

static const char *way_pattern(const Tefter__Refusal *refusal, const Tefter__WayOut *way)
{
    bool correction = corrects(refusal);
    switch (way->kind) {
    case TEFTER__WAY_OUT_KIND__WAY_PAY_NOW:
        return "pay| {amount}| now| as {whose}|";
    case TEFTER__WAY_OUT_KIND__WAY_PART_NOW:
        return correction ? "correct it to at most| {amount}|" : "take goods up to| {amount}|";
    case TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY:
        return "confirm the| {amount} of|| money that is here "
               "and not yet confirmed";
    case TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL:
        return way->n_roles > 0 ? "ask {roles}" : "ask for an approval";
    case TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT:
        return "have the limit| of {whose}| raised| by {roles}|";
    case TEFTER__WAY_OUT_KIND__WAY_UNLOCK:
        return way->customer_code != NULL ? "have {whose} unlocked| by {roles}|"
                                          : "have the customer unlocked| by {roles}|";
    case TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE:
        return "pay the oldest bills|, {amount}|| as {whose}|";
    case TEFTER__WAY_OUT_KIND__WAY_CHANGE_TERMS:
        if (way->customer_code != NULL)
            return "have the terms of {whose} changed| by {roles}|";
        if (of_both(refusal, way))
            return "have the customer's own limit and the terms of {payer} changed| by {roles}|";
        return "have the customer's terms changed| by {roles}|";
    case _TEFTER__WAY_OUT_KIND_IS_INT_SIZE:
        break;
    }
    return NULL; /* a way that only a later version knows */
}

static size_t put_way(const struct facts *facts, size_t index, bool first, char *out,
                      size_t capacity)
{
    struct way_facts way = {facts->refusal, facts->refusal->ways[index], facts->currency};
    const char *pattern = way_pattern(way.refusal, way.way);
    size_t used = 0;
    if (pattern == NULL || capacity < 8)
        return 0;
    if (!first)
        used = (size_t)snprintf(out, capacity, ", or ");
    return used + sentence_write(pattern, way_word, &way, out + used, capacity - used);
}

/* Each of them leads past all walls. */
static bool ways(const struct facts *facts, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < facts->refusal->n_ways; i++)
        used += put_way(facts, i, used == 0, out + used, capacity - used);
    if (used > 0 && used + 1 < capacity)
        out[used++] = '.';
    if (used < capacity)
        out[used] = '\0';
    if (used > 0)
        out[0] = (char)toupper((unsigned char)out[0]);
    return used > 0;
}

/* ---- who pays ---- */

static bool payer(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->payer_code != NULL &&
           put_text(out, capacity, facts->refusal->payer_code);
}

static bool site_over(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool known = decision != NULL && decision->has_site_over_by_minor;
    return put_money(facts, known, known ? decision->site_over_by_minor : 0, out, capacity);
}

/* What was free of it before this sale: never less than nothing. */
static bool site_available(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || !decision->has_site_limit_minor)
        return false;
    int64_t amount = decision->site_limit_minor - decision->site_exposure_minor;
    put_plain(facts, amount > 0 ? amount : 0, out, capacity);
    return true;
}

/* ---- the sentence ---- */

static const struct fact {
    const char *name;
    fact_fn put;
} known_facts[] = {
    {"over$", over},
    {"available", available_now},
    {"asks", asks},
    {"whole", whole},
    {"overdue$", overdue},
    {"old$", too_old},
    {"unpaid", unpaid},
    {"threshold", threshold},
    {"branch", branch},
    {"available$", available},
    {"most", most},
    {"most$", most_money},
    {"days", days},
    {"date", date},
    {"retry", retry},
    {"tries", tries},
    {"from", from},
    {"approval", approval},
    {"parked", parked},
    {"goods", goods},
    {"units", units},
    {"right", right},
    {"existing", existing},
    {"by", by},
    {"replacement", replacement},
    {"reason", reason},
    {"code", code},
    {"at", at},
    {"point", point},
    {"field", field},
    {"form", form},
    {"walls", walls},
    {"largest$", largest},
    {"roles", roles},
    {"payer", payer},
    {"site_over$", site_over},
    {"site_available", site_available},
    {"ways", ways},
};

static bool fact_word(void *context, const char *name, char *out, size_t capacity)
{
    for (size_t i = 0; i < sizeof(known_facts) / sizeof(known_facts[0]); i++) {
        if (strcmp(known_facts[i].name, name) == 0)
            return known_facts[i].put(context, out, capacity);
    }
    return false;
}

size_t refusal_sentence_in_zone(const Tefter__Refusal *refusal, const struct currency *currency,
                                int32_t utc_offset_minutes, char *out, size_t capacity)
{
    static const struct currency none = {.sign = ""};
    struct facts facts = {refusal, currency == NULL ? &none : currency, utc_offset_minutes};
    return sentence_write(pattern_of(refusal), fact_word, &facts, out, capacity);
}

bool decision_sentence(const Tefter__Decision *decision, const struct currency *currency, char *out,
                       size_t capacity)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    struct facts facts = {&refusal, currency, 0};
    refusal.decision = (Tefter__Decision *)(uintptr_t)decision;
    refusal.payer_code = decision->payer_code;
    out[0] = '\0';
    return decision->n_walls > 0 && walls(&facts, out, capacity);
}

size_t refusal_sentence(const Tefter__Refusal *refusal, const struct currency *currency, char *out,
                        size_t capacity)
{
    return refusal_sentence_in_zone(refusal, currency, 0, out, capacity);
}
