/*
 * Every bound that commands meet, driven to its edge, one below it and one past it; and then met by
 * every command and query that can, as each role.
 *
 *   bounds [--seed N] [--seconds N] [--long]
 *
 * What must hold: nothing aborts; what is refused for a bound names it; the figures and derived
 * rows are what the facts come to; the same entries in other groups give the same digest. The short
 * form draws which act meets which state; --long tries all of them, under each rules version.
 */
#include "bounds/world.h"

#include "base/limits.h"
#include "base/money.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned long long id;

enum { ROLES = 5, RULES_OF_BOUNDS = 3, RULES_OF_PARKING = 5, RULES_OF_PLACES = 6 };

struct run {
    struct world w;
    struct prng prng;
    bool whole; /* all acts, not some */
    double until;
    uint32_t rules;
    uint32_t staff[ROLES];
    uint32_t till;
    uint32_t bank;
    uint32_t customers;
    uint64_t acts;
};

static bool has_time(const struct run *r)
{
    return world_seconds() < r->until;
}

/* ---- building ---- */

static uint32_t customer_new(struct run *r)
{
    return (uint32_t)world_done(&r->w,
                                "{'open_customer': {'name': 'n', 'phone': '09', 'area': 'a', "
                                "'code': 'K%u'}}",
                                ++r->customers)
        ->id;
}

static id bill_new(struct run *r, uint32_t customer, int64_t amount)
{
    return world_done(&r->w,
                      "{'issue_invoice': {'customer': %u, 'backfill': true, 'lines': [{'text': "
                      "'goods', 'quantity': 1000, 'price': %lld}]}}",
                      customer, (long long)amount * 1000)
        ->id;
}

static id money_new(struct run *r, uint32_t customer, int64_t amount, const char *kind)
{
    return world_done(&r->w,
                      "{'take_payment': {'customer': %u, 'kind': '%s', 'backfill': true, "
                      "'amount_minor': %lld}}",
                      customer, kind, (long long)amount)
        ->id;
}

static const Tefter__Reply *match_parts(struct run *r, uint32_t customer, Tefter__MatchPart *parts,
                                        size_t count)
{
    Tefter__MatchPart *all[MATCH_PARTS_MAX];
    Tefter__MatchItems match = TEFTER__MATCH_ITEMS__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    for (size_t i = 0; i < count; i++)
        all[i] = &parts[i];
    match.customer = customer;
    match.parts = all;
    match.n_parts = count;
    command.kind_case = TEFTER__COMMAND__KIND_MATCH_ITEMS;
    command.match_items = &match;
    return world_do(&r->w, &command);
}

/* One item of `one` and `count` others, each matched with it by 1. */
struct star {
    uint32_t customer;
    id bill;   /* the one, or the last */
    id credit; /* likewise */
    id match;  /* the last act */
};

static struct star star_new(struct run *r, bool of_bill, size_t count, const char *kind)
{
    static Tefter__MatchPart parts[MATCHES_PER_ITEM_MAX + 1];
    struct star star = {.customer = customer_new(r)};
    if (of_bill)
        star.bill = bill_new(r, star.customer, 5000);
    else
        star.credit = money_new(r, star.customer, 5000, kind);
    for (size_t i = 0; i < count; i++) {
        if (of_bill)
            star.credit = money_new(r, star.customer, 2, kind);
        else
            star.bill = bill_new(r, star.customer, 2);
        parts[i] = (Tefter__MatchPart)TEFTER__MATCH_PART__INIT;
        parts[i].debit = star.bill;
        parts[i].credit = star.credit;
        parts[i].has_amount_minor = 1;
        parts[i].amount_minor = 1;
    }
    for (size_t from = 0; from < count; from += MATCH_PARTS_MAX) {
        size_t rest = count - from;
        const Tefter__Reply *reply = match_parts(r, star.customer, parts + from,
                                                 rest < MATCH_PARTS_MAX ? rest : MATCH_PARTS_MAX);
        assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
        star.match = reply->done->match;
    }
    return star;
}

/* ---- meeting: acts ---- */

#define LINES(price) "[{'text': 'g', 'quantity': 1000, 'price': " price "}]"

/* With $customer, $bill, $credit and $match of the star they meet. */
static const char *const acts[] = {
    "{'match_items': {'customer': $customer, 'order': 'OLDEST_DUE'}}",
    "{'match_items': {'customer': $customer, 'order': 'OLDEST_DUE', 'credits': [$credit]}}",
    "{'match_items': {'customer': $customer, 'parts': [{'debit': $bill, 'credit': $credit}]}}",
    "{'match_items': {'customer': $customer, 'parts': [{'debit': $bill, 'credit': $credit, "
    "'amount_minor': 1}]}}",
    "{'take_payment': {'customer': $customer, 'kind': 'CASH', 'backfill': true, 'amount_minor': 7, "
    "'bills': [{'bill': $bill}]}}",
    "{'take_payment': {'customer': $customer, 'kind': 'SLIP', 'backfill': true, 'amount_minor': "
    "9000, "
    "'match': 'OLDEST_DUE'}}",
    "{'issue_credit_note': {'invoice': $bill, 'credit': [{'line': 0, 'quantity': 1}]}}",
    "{'issue_credit_note': {'invoice': $bill}}",
    "{'correct_invoice': {'document': $bill, 'reason': 'x', 'invoice': {'customer': $customer, "
    "'backfill': true, 'lines': " LINES("4999000") "}}}",
    "{'correct_invoice': {'document': $bill, 'reason': 'x', 'invoice': {'customer': $customer, "
    "'backfill': true, 'lines': " LINES("1000") "}}}",
    "{'correct_invoice': {'document': $bill, 'reason': 'x', 'invoice': {'customer': 1, "
    "'backfill': true, 'lines': " LINES("5000") "}}}",
    "{'correct_payment': {'document': $credit, 'reason': 'x', 'payment': {'customer': $customer, "
    "'kind': "
    "'CASH', 'backfill': true, 'amount_minor': 4000}}}",
    "{'correct_payment': {'document': $credit, 'reason': 'x', 'payment': {'customer': $customer, "
    "'kind': "
    "'SLIP', 'backfill': true, 'amount_minor': 1, 'match': 'OLDEST_DUE'}}}",
    "{'confirm_payment': {'payment': $credit, 'confirmed': true}}",
    "{'confirm_payment': {'payment': $credit, 'confirmed': false, 'reason': 'x'}}",
    "{'reverse_document': {'document': $bill, 'reason': 'x'}}",
    "{'reverse_document': {'document': $credit, 'reason': 'x'}}",
    "{'undo_match': {'customer': $customer, 'match': $match}}",
    "{'issue_invoice': {'customer': $customer, 'lines': " LINES("1000") "}}",
    "{'ask_approval': {'customer': $customer, 'amount_minor': 5}}",
    "{'lock_customer': {'customer': $customer, 'reason': 'x'}}",
};
enum { ACTS = sizeof acts / sizeof acts[0] };

static const char *const questions[] = {
    "{'company': {}}",
    "{'customer_card': {'customer': $customer}}",
    "{'customers': {'owing': true, 'sort': 'SORT_BALANCE'}}",
    "{'history': {'customer': $customer, 'rows': 500}}",
    "{'history': {'customer': $customer, 'rows': 500, 'oldest_first': true}}",
    "{'customer_changes': {'customer': $customer}}",
    "{'unpaid_bills': {'customer': $customer}}",
    "{'unmatched_money': {'rows': 500}}",
    "{'match_suggestions': {'rows': 500}}",
    "{'match_suggestions': {'customer': $customer, 'rows': 500}}",
    "{'documents': {'totals': true, 'by': 'DOCUMENTS_BY_DAY'}}",
    "{'books_on': {'as_of': 60000}}",
    "{'limits': {'customer': $customer}}",
    "{'document': {'document': $bill}}",
    "{'document': {'document': $credit}}",
    "{'documents': {'customer': $customer, 'rows': 500}}",
    "{'what_if': {'customer': $customer, 'amount_minor': 9000000000000}}",
    "{'what_if': {'customer': $customer, 'amount_minor': 1, 'draft': {'lines': " LINES(
        "1000") "}}}",
    "{'try_command': {'command': {'take_payment': {'customer': $customer, 'kind': 'CASH', "
    "'backfill': "
    "true, 'amount_minor': 7, 'bills': [{'bill': $bill}]}}}}",
    "{'try_command': {'command': {'reverse_document': {'document': $bill, 'reason': 'x'}}}}",
    "{'preview_match': {'match': {'customer': $customer, 'order': 'OLDEST_DUE'}}}",
    "{'preview_match': {'with_minor': 9000, 'match': {'customer': $customer, 'order': "
    "'OLDEST_DUE'}}}",
    "{'preview_match': {'with_minor': 9, 'match': {'customer': $customer, 'parts': [{'debit': "
    "$bill, "
    "'credit': 1}]}}}",
    "{'aging': {'customer': $customer}}",
    "{'aging': {'by_customer': true, 'as_of': 19999}}",
    "{'trial_balance': {}}",
    "{'search': {'text': '0.01'}}",
    "{'branches': {}}",
    "{'staff': {}}",
    "{'terminals': {}}",
    "{'groups': {}}",
    "{'money_accounts': {}}",
    "{'approvals': {}}",
    "{'products': {}}",
};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

/* The ids of a star in the place of their words. */
static const char *with_ids(const char *text, const struct star *star)
{
    static char out[2048];
    const struct {
        const char *word;
        id number;
    } ids[] = {{"$customer", star->customer},
               {"$bill", star->bill},
               {"$credit", star->credit},
               {"$match", star->match}};
    size_t size = 0;
    while (*text != '\0') {
        size_t i = 0;
        while (i < 4 && strncmp(text, ids[i].word, strlen(ids[i].word)) != 0)
            i++;
        need(size + 24 < sizeof out);
        if (i == 4) {
            out[size++] = *text++;
            continue;
        }
        size += (size_t)snprintf(out + size, sizeof out - size, "%llu", ids[i].number);
        text += strlen(ids[i].word);
    }
    out[size] = '\0';
    return out;
}

static void ask_all(struct run *r, const struct star *star, uint32_t staff)
{
    world_as(&r->w, staff);
    for (size_t i = 0; i < QUESTIONS; i++)
        assert_non_null(world_wonder(&r->w, "%s", with_ids(questions[i], star)));
    world_as(&r->w, WORLD_OWNER);
}

/* By each role, and at last the owner: those without the right are refused. */
static void act(struct run *r, const struct star *star, size_t which)
{
    for (size_t role = 0; role < ROLES; role++) {
        world_as(&r->w, r->staff[role]);
        assert_non_null(world_say(&r->w, "%s", with_ids(acts[which], star)));
    }
    world_as(&r->w, WORLD_OWNER);
    r->acts++;
}

/* What meets a state: all acts, each in a state of its own, or some that chance chooses, one after
 * the other. */
static void meet(struct run *r, struct star (*build)(struct run *r, size_t count), size_t count)
{
    if (!r->whole) {
        struct star star = build(r, count);
        ask_all(r, &star, WORLD_OWNER);
        for (int i = 0; i < 3; i++)
            act(r, &star, prng_below(&r->prng, ACTS));
        ask_all(r, &star, r->staff[prng_below(&r->prng, ROLES)]);
        return;
    }
    for (size_t i = 0; i < ACTS && has_time(r); i++) {
        struct star star = build(r, count);
        act(r, &star, i);
        for (size_t role = 0; role < ROLES; role++)
            ask_all(r, &star, r->staff[role]);
        act(r, &star, prng_below(&r->prng, ACTS));
        world_check(&r->w);
    }
}

/* ---- bounds of matching ---- */

static struct star bill_of_many(struct run *r, size_t count)
{
    return star_new(r, true, count, "CASH");
}

static struct star bill_of_slips(struct run *r, size_t count)
{
    return star_new(r, true, count, "SLIP");
}

static struct star money_of_many(struct run *r, size_t count)
{
    return star_new(r, false, count, "CASH");
}

static struct star slip_of_many(struct run *r, size_t count)
{
    return star_new(r, false, count, "SLIP");
}

/* Bills and money that were never matched. */
static struct star loose(struct run *r, size_t count)
{
    struct star star = {.customer = customer_new(r)};
    for (size_t i = 0; i < count; i++)
        star.bill = bill_new(r, star.customer, 2);
    star.credit = money_new(r, star.customer, 3 * (int64_t)count, "CASH");
    return star;
}

/* A pair whose matches were undone: kept, and no more. */
static struct star kept(struct run *r, size_t count)
{
    struct star star = {.customer = customer_new(r)};
    Tefter__MatchPart parts[MATCH_PARTS_MAX];
    star.bill = bill_new(r, star.customer, 5000);
    star.credit = money_new(r, star.customer, 5000, "CASH");
    for (size_t i = 0; i < MATCH_PARTS_MAX; i++) {
        parts[i] = (Tefter__MatchPart)TEFTER__MATCH_PART__INIT;
        parts[i].debit = star.bill;
        parts[i].credit = star.credit;
        parts[i].has_amount_minor = 1;
        parts[i].amount_minor = 1;
    }
    for (size_t made = 0; made < count;) {
        size_t now = count - made < MATCH_PARTS_MAX ? count - made : MATCH_PARTS_MAX;
        const Tefter__Reply *reply = match_parts(r, star.customer, parts, now);
        if (reply->result_case != TEFTER__REPLY__RESULT_DONE)
            break; /* rules 1 keep fewer */
        star.match = reply->done->match;
        made += now;
        world_done(&r->w, "{'undo_match': {'customer': %u, 'match': %llu}}", star.customer,
                   star.match);
    }
    return star;
}

static void matches(struct run *r)
{
    static const size_t counts[] = {MATCH_PARTS_MAX - 1, MATCH_PARTS_MAX, MATCH_PARTS_MAX + 1,
                                    MATCHES_PER_ITEM_MAX - 1, MATCHES_PER_ITEM_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0] && has_time(r); i++) {
        bool odd = i % 2 != 0;
        if (r->whole || !odd)
            meet(r, bill_of_many, counts[i]);
        if (r->whole || odd)
            meet(r, money_of_many, counts[i]);
        if (r->whole || odd)
            meet(r, bill_of_slips, counts[i]);
        if (r->whole || !odd)
            meet(r, slip_of_many, counts[i]);
    }
    world_check(&r->w);
}

static void kept_matches(struct run *r)
{
    meet(r, kept, MATCHES_KEPT_PER_ITEM_MAX - 1);
    meet(r, kept, MATCHES_KEPT_PER_ITEM_MAX);
    meet(r, kept, MATCHES_KEPT_PER_ITEM_MAX + 1);
    world_check(&r->w);
}

static void loose_items(struct run *r)
{
    static const size_t counts[] = {MATCH_PARTS_MAX + 1, MATCH_PAIRS_MAX - 1, MATCH_PAIRS_MAX,
                                    MATCH_PAIRS_MAX + 1, MATCH_PAIRS_MAX + 500};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0] && has_time(r); i++)
        meet(r, loose, counts[i]);
    world_check(&r->w);
}

/* ---- bounds of documents ---- */

static const char *serial_of(unsigned number, unsigned round)
{
    static char words[DOCUMENT_LINES_MAX + 1][16];
    snprintf(words[number], sizeof words[number], "%u-%u", round, number);
    return words[number];
}

/* One line with so many serial numbers. */
static void line_of_serials(Tefter__InvoiceLine *line, char **serials, unsigned count,
                            unsigned round)
{
    for (unsigned i = 0; i < count; i++)
        serials[i] = (char *)serial_of(i, round);
    *line = (Tefter__InvoiceLine)TEFTER__INVOICE_LINE__INIT;
    line->text = "g";
    line->has_price = 1;
    line->price = 10;
    line->quantity = 1000 * (int64_t)count;
    line->serials = serials;
    line->n_serials = count;
}

/* The most rows a command can write: a full document with serial numbers, matched as often as can
 * be, corrected to other serial numbers. */
static void largest_correction(struct run *r)
{
    static char *serials[DOCUMENT_LINES_MAX + 1];
    Tefter__InvoiceLine line;
    Tefter__InvoiceLine *lines[] = {&line};
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    invoice.has_customer = invoice.has_backfill = invoice.backfill = 1;
    invoice.customer = customer_new(r);
    invoice.lines = lines;
    invoice.n_lines = 1;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    line_of_serials(&line, serials, DOCUMENT_LINES_MAX + 1, 0);
    assert_null(world_do(&r->w, &command)); /* no session lets it through */
    line_of_serials(&line, serials, DOCUMENT_LINES_MAX, 1);
    line.price = 3000;
    const Tefter__Reply *reply = world_do(&r->w, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    Tefter__CorrectInvoice correct = TEFTER__CORRECT_INVOICE__INIT;
    correct.document = reply->done->id;
    Tefter__MatchPart parts[MATCH_PARTS_MAX];
    for (size_t round = 0; round < MATCHES_PER_ITEM_MAX / MATCH_PARTS_MAX; round++) {
        for (size_t i = 0; i < MATCH_PARTS_MAX; i++) {
            parts[i] = (Tefter__MatchPart)TEFTER__MATCH_PART__INIT;
            parts[i].debit = correct.document;
            parts[i].credit = money_new(r, invoice.customer, 1, "CASH");
        }
        match_parts(r, invoice.customer, parts, MATCH_PARTS_MAX);
    }
    Tefter__Text reason = TEFTER__TEXT__INIT;
    reason.value = "x";
    correct.reason = &reason;
    correct.invoice = &invoice;
    line_of_serials(&line, serials, DOCUMENT_LINES_MAX, 2);
    line.price = 1; /* next to nothing is left to match with */
    command.kind_case = TEFTER__COMMAND__KIND_CORRECT_INVOICE;
    command.correct_invoice = &correct;
    reply = world_do(&r->w, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    world_check(&r->w);
}

/* So many lines of 1.000 pieces at a price. */
static id bill_of_lines(struct run *r, uint32_t customer, size_t count, int64_t price)
{
    static Tefter__InvoiceLine lines[DOCUMENT_LINES_MAX];
    static Tefter__InvoiceLine *all[DOCUMENT_LINES_MAX];
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    for (size_t i = 0; i < count; i++) {
        lines[i] = (Tefter__InvoiceLine)TEFTER__INVOICE_LINE__INIT;
        lines[i].text = "g";
        lines[i].quantity = 1000;
        lines[i].has_price = 1;
        lines[i].price = price;
        all[i] = &lines[i];
    }
    invoice.has_customer = invoice.has_backfill = invoice.backfill = 1;
    invoice.customer = customer;
    invoice.lines = all;
    invoice.n_lines = count;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    const Tefter__Reply *reply = world_do(&r->w, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    return reply->done->id;
}

/* Credits one thousandth of each of the first lines. */
static const Tefter__Reply *credit_lines(struct run *r, id bill, uint32_t count)
{
    static Tefter__CreditNoteLine lines[DOCUMENT_LINES_MAX];
    static Tefter__CreditNoteLine *all[DOCUMENT_LINES_MAX];
    Tefter__IssueCreditNote note = TEFTER__ISSUE_CREDIT_NOTE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    for (uint32_t i = 0; i < count; i++) {
        lines[i] = (Tefter__CreditNoteLine)TEFTER__CREDIT_NOTE_LINE__INIT;
        lines[i].line = i;
        lines[i].quantity = 1;
        all[i] = &lines[i];
    }
    note.has_invoice = 1;
    note.invoice = bill;
    note.credit = all;
    note.n_credit = count;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE;
    command.issue_credit_note = &note;
    return world_do(&r->w, &command);
}

/* Credits lines so often as may be: then it is refused with the bound, until one is taken back. */
static void credit_until_full(struct run *r, uint32_t lines, size_t times, int64_t most)
{
    struct star star = {.customer = customer_new(r)};
    star.bill = bill_of_lines(r, star.customer, lines, 100000);
    for (size_t i = 0; i < times; i++) {
        const Tefter__Reply *reply = credit_lines(r, star.bill, lines);
        assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
        star.credit = reply->done->id;
    }
    const Tefter__Reply *reply = credit_lines(r, star.bill, lines);
    bool refused = reply->result_case == TEFTER__REPLY__RESULT_REFUSED;
    assert_int_equal(refused, r->rules >= RULES_OF_BOUNDS);
    if (refused)
        assert_int_equal(reply->refused->most, most);
    ask_all(r, &star, WORLD_OWNER);
    world_done(&r->w, "{'reverse_document': {'document': %llu, 'reason': 'x'}}", star.credit);
    assert_int_equal(credit_lines(r, star.bill, lines)->result_case, TEFTER__REPLY__RESULT_DONE);
    act(r, &star, prng_below(&r->prng, ACTS));
    world_check(&r->w);
}

static void credit_notes(struct run *r)
{
    credit_until_full(r, 1, CREDIT_NOTES_PER_INVOICE_MAX, CREDIT_NOTES_PER_INVOICE_MAX);
    credit_until_full(r, DOCUMENT_LINES_MAX, CREDITED_LINES_PER_INVOICE_MAX / DOCUMENT_LINES_MAX,
                      CREDITED_LINES_PER_INVOICE_MAX);
}

/* A run of numbers that an import took, of the branch's own series. */
static void numbers(struct run *r)
{
    static const unsigned runs[] = {NUMBERS_TRIED_MAX - 1, NUMBERS_TRIED_MAX, NUMBERS_TRIED_MAX + 1,
                                    2 * NUMBERS_TRIED_MAX + 500};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        char code[8], number[32];
        snprintf(code, sizeof code, "N%zu", i);
        uint32_t branch =
            (uint32_t)world_done(&r->w, "{'add_branch': {'code': '%s', 'name': 'n'}}", code)->id;
        for (unsigned at = 1; at <= runs[i]; at++)
            world_done(&r->w,
                       "{'issue_invoice': {'number': '%s-%05u', 'backfill': true, 'lines': " LINES(
                           "1000") "}}",
                       code, at);
        r->w.actor.branch = branch;
        snprintf(number, sizeof number, "%s-%05u", code, runs[i] + 1);
        assert_string_equal(
            world_done(&r->w, "{'issue_invoice': {'lines': " LINES("1000") "}}")->number, number);
        world_as(&r->w, WORLD_OWNER);
    }
    world_check(&r->w);
}

/* Behind such a run also the numbers that doubling strides meet: each more is one that is tried. */
static void numbers_far(struct run *r)
{
    world_done(&r->w, "{'add_branch': {'code': 'FAR', 'name': 'n'}}");
    unsigned long long at = 1;
    unsigned long long stride = 1;
    for (int taken = 0; taken < NUMBERS_TRIED_MAX + 60 && at <= UINT32_MAX; taken++) {
        world_done(&r->w,
                   "{'issue_invoice': {'number': 'FAR-%05llu', 'backfill': true, 'lines': " LINES(
                       "1000") "}}",
                   at);
        at += stride;
        stride *= taken >= NUMBERS_TRIED_MAX ? 2 : 1;
    }
    r->w.actor.branch = 2;
    for (int i = 0; i < 3; i++)
        world_done(&r->w, "{'issue_invoice': {'lines': " LINES("1000") "}}");
    world_as(&r->w, WORLD_OWNER);
    world_check(&r->w);
}

/* ---- bounds of sums ---- */

/* Lines that are too large each way and small in all, so often that a total of the general ledger
 * would leave its number; refused at once from the version on that looks at each sum. */
static void sums(struct run *r)
{
    enum { DOCUMENTS = 700, PAIRS = 1000 };
    static Tefter__InvoiceLine lines[2 * PAIRS];
    static Tefter__InvoiceLine *all[2 * PAIRS];
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    for (size_t i = 0; i < 2 * PAIRS; i++) {
        lines[i] = (Tefter__InvoiceLine)TEFTER__INVOICE_LINE__INIT;
        lines[i].text = "g";
        lines[i].quantity = i % 2 == 0 ? 1000 : -1000;
        lines[i].has_price = lines[i].has_tax_bp = 1;
        lines[i].price = 1000 * (MONEY_MAX / (i % 2 == 0 ? 1 : 2));
        lines[i].tax_bp = i % 2 == 0 ? 0 : BASIS_POINTS;
        all[i] = &lines[i];
    }
    invoice.has_customer = invoice.has_backfill = invoice.backfill = 1;
    invoice.customer = customer_new(r);
    invoice.lines = all;
    invoice.n_lines = 2 * PAIRS;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    uint64_t refused = 0;
    size_t count = r->rules >= RULES_OF_BOUNDS ? 1 : r->whole ? DOCUMENTS * 2 : 3;
    for (size_t i = 0; i < count; i++) {
        const Tefter__Reply *reply = world_do(&r->w, &command);
        if (reply->result_case == TEFTER__REPLY__RESULT_REFUSED) {
            assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG);
            refused++;
        }
    }
    if (r->rules >= RULES_OF_BOUNDS || r->whole)
        assert_true(refused > 0);
    world_check(&r->w);
}

/* ---- bounds of what a company and a customer have ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Adds by a command that takes a number, until there are `most`; one more is refused with it. */
static void add_until_full(struct run *r, const char *command, uint32_t there, uint32_t most)
{
    for (uint32_t i = there; i < most; i++)
        world_done(&r->w, command, i, i);
    const Tefter__Reply *reply = world_say(&r->w, command, most, most);
    if (r->rules < RULES_OF_BOUNDS)
        return;
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__TOO_MANY);
    assert_int_equal(reply->refused->most, most);
}

#pragma GCC diagnostic pop

static void company(struct run *r)
{
    struct star star = {.customer = customer_new(r)};
    uint32_t branches = (uint32_t)world_wonder(&r->w, "{'branches': {}}")->branches->n_branches;
    add_until_full(r, "{'add_branch': {'code': 'B%u', 'name': 'n'}}", branches,
                   COMPANY_BRANCHES_MAX);
    add_until_full(r, "{'add_till': {'branch': 1, 'name': 'T%u'}}", 2, COMPANY_MONEY_ACCOUNTS_MAX);
    if (r->whole) {
        add_until_full(r, "{'add_staff': {'login': 's%u', 'role': 1}}", 1 + ROLES,
                       COMPANY_STAFF_MAX);
        add_until_full(r, "{'add_terminal': {'branch': 1, 'name': 'n%u'}}", 1,
                       COMPANY_TERMINALS_MAX);
        add_until_full(r, "{'add_group': {'dimension': 'd', 'name': 'n%u'}}", 0,
                       COMPANY_GROUPS_MAX);
    }
    star.bill = bill_new(r, star.customer, 5);
    star.credit = money_new(r, star.customer, 5, "CASH");
    ask_all(r, &star, WORLD_OWNER);
    for (size_t i = 0; i < ACTS; i++)
        act(r, &star, i);
    world_check(&r->w);
}

static void refused_at(const Tefter__Reply *reply, int64_t most)
{
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__TOO_MANY);
    assert_int_equal(reply->refused->most, most);
}

static void customer(struct run *r)
{
    uint32_t customer = customer_new(r);
    uint32_t buyer = 0;
    for (int i = 0; i < 3 * BUYERS_PER_CUSTOMER_MAX; i++) {
        if (i >= BUYERS_PER_CUSTOMER_MAX) {
            refused_at(
                world_say(&r->w, "{'authorise_buyer': {'customer': %u, 'name': 'n'}}", customer),
                BUYERS_PER_CUSTOMER_MAX);
            world_done(&r->w, "{'revoke_buyer': {'customer': %u, 'buyer': %u}}", customer,
                       buyer + 1 - BUYERS_PER_CUSTOMER_MAX);
        }
        buyer = (uint32_t)world_done(&r->w, "{'authorise_buyer': {'customer': %u, 'name': 'n'}}",
                                     customer)
                    ->id;
    }
    for (unsigned i = 0; i <= GROUPS_PER_CUSTOMER_MAX; i++) {
        uint32_t group =
            (uint32_t)world_done(&r->w, "{'add_group': {'dimension': 'of%u', 'name': '%u'}}", i,
                                 customer)
                ->id;
        const Tefter__Reply *reply =
            world_say(&r->w, "{'join_group': {'customer': %u, 'group': %u}}", customer, group);
        if (i == GROUPS_PER_CUSTOMER_MAX)
            refused_at(reply, GROUPS_PER_CUSTOMER_MAX);
        else
            assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    }
    struct star star = {.customer = customer};
    star.bill = bill_new(r, customer, 5);
    star.credit = money_new(r, customer, 5, "CASH");
    ask_all(r, &star, WORLD_OWNER);
    world_check(&r->w);
}

static void barcodes(struct run *r)
{
    uint32_t product =
        (uint32_t)world_done(&r->w, "{'add_product': {'code': 'bars', 'name': 'n', 'price': 1}}")
            ->id;
    for (unsigned i = 0; i <= REPEATED_MAX; i++) {
        const Tefter__Reply *reply = world_say(
            &r->w, "{'change_product': {'product': %u, 'barcodes': ['bar%u']}}", product, i);
        if (i == REPEATED_MAX)
            refused_at(reply, REPEATED_MAX);
        else
            assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    }
    world_check(&r->w);
}

/* More parked sales than a list shows, each with a draft; more changes of policy than jobs. */
static void approvals_and_jobs(struct run *r)
{
    struct star star = {.customer = customer_new(r)};
    world_done(&r->w,
               "{'set_credit_limit': {'customer': %u, 'terms': {'limit_minor': 1, 'policy': "
               "'APPROVE'}}}",
               star.customer);
    const char *draft = ", 'draft': {'lines': [{'text': 'a', 'quantity': 1000, 'price': 2000}, "
                        "{'text': 'b', 'quantity': 1000, 'price': 3000}]}";
    int parked = r->rules >= RULES_OF_PARKING ? PARKED_EACH_MAX : PAGE_ROWS_MAX + 1;
    int asked = r->rules >= RULES_OF_PLACES ? PARKED_EACH_MAX : PAGE_ROWS_MAX + 1;
    for (int i = 0; i < asked; i++)
        world_done(&r->w, "{'ask_approval': {'customer': %u, 'amount_minor': 5%s}}", star.customer,
                   i < parked ? draft : "");
    for (int i = 0; i < PAGE_ROWS_MAX + 1; i++)
        world_done(&r->w, "{'set_credit_policy': {'terms': {'limit_minor': %d}}}", i);
    star.bill = bill_new(r, star.customer, 5);
    star.credit = money_new(r, star.customer, 5, "CASH");
    ask_all(r, &star, WORLD_OWNER);
    world_check(&r->w);
    uint64_t jobs[8];
    size_t count = ledger_jobs(r->w.ledger, jobs, 8);
    assert_int_equal(count, r->rules >= RULES_OF_BOUNDS ? 1 : 8);
    world_as(&r->w, 0);
    for (int step = 0; step < 1000 && ledger_jobs(r->w.ledger, jobs, 1) == 1; step++) {
        world_done(&r->w, "{'step_job': {'job': %llu}}", (id)jobs[0]);
        world_check(&r->w);
        if (r->rules < RULES_OF_BOUNDS && step > 4)
            break;
    }
    world_as(&r->w, WORLD_OWNER);
}

/* Long texts wherever a list shows one: each page fits in a frame, and the next goes on. */
static void pages(struct run *r)
{
    static char words[TEXT_MAX + 1];
    memset(words, 'w', TEXT_MAX);
    struct star star = {.customer = customer_new(r)};
    for (int i = 0; i < PAGE_ROWS_MAX; i++) {
        world_done(&r->w, "{'add_staff': {'login': 'long%d', 'name': '%s', 'role': 1}}", i, words);
        world_done(&r->w,
                   "{'change_customer': {'customer': %u, 'name': '%s', 'phone': '%s', 'address': "
                   "'%s', 'nickname': '%s', 'tax_code': '%s', 'note': '%s'}}",
                   star.customer, words, words, words, words, words, words);
        world_done(&r->w,
                   "{'set_credit_limit': {'customer': %u, 'reason': '%s', 'terms': {'limit_minor': "
                   "1, 'policy': 'APPROVE'}}}",
                   star.customer, words);
        if (r->rules < RULES_OF_PLACES || i < PARKED_EACH_MAX)
            world_done(&r->w,
                       "{'ask_approval': {'customer': %u, 'amount_minor': 5000, 'note': '%s'}}",
                       star.customer, words);
        star.credit = money_new(r, star.customer, 1, "CASH");
    }
    star.bill = bill_new(r, star.customer, 5);
    ask_all(r, &star, WORLD_OWNER);
    size_t seen = 0;
    const Tefter__CustomerChangesAnswer *page =
        world_wonder(&r->w, "{'customer_changes': {'customer': %u}}", star.customer)
            ->customer_changes;
    for (seen = page->n_changes; page->has_next; seen += page->n_changes) {
        assert_true(page->n_changes > 0);
        page = world_wonder(&r->w, "{'customer_changes': {'customer': %u, 'page': '%016llx'}}",
                            star.customer, (id)be64_get(page->next.data))
                   ->customer_changes;
    }
    assert_int_equal(seen, PAGE_ROWS_MAX + 1);
    world_check(&r->w);
}

/* ---- what commands reach only after very long: the state as it would be then ---- */

/* Refused for the amount or done, with each side of a sum at its end, through every act. */
static void far_sums(struct run *r)
{
    static const int64_t ends[] = {INT64_MAX / 2, INT64_MAX / 4, INT64_MAX / 8};
    for (size_t side = 0; side < 5; side++)
        for (size_t i = 0; i < ACTS; i++) {
            struct star star = star_new(r, true, 3, i % 2 ? "SLIP" : "CASH");
            Tefter__AccountRecord account = TEFTER__ACCOUNT_RECORD__INIT;
            struct key key = key_customer(star.customer, TABLE_ACCOUNT);
            int64_t end = ends[prng_below(&r->prng, 3)] - (int64_t)prng_below(&r->prng, 3);
            account.documents = 4;
            account.last_date = WORLD_DAY;
            account.last_ordinal = 3;
            account.open_bills = 1;
            account.open_credits = 3;
            account.balance_minor = side == 0 ? end : side == 1 ? -end : 0;
            account.bills_minor = side == 2 ? end : 5000;
            account.unmatched_minor = side == 3 ? end : 3;
            account.waiting_minor = side == 4 ? end : 3;
            account.uncleared_minor = side == 4 ? INT64_MAX / 8 : 3;
            world_put(&r->w, &key, &account.base);
            act(r, &star, i);
            world_wonder(&r->w, "{'customer_card': {'customer': %u}}", star.customer);
            world_wonder(&r->w, "{'what_if': {'customer': %u, 'amount_minor': %lld}}",
                         star.customer, (long long)MONEY_MAX);
            world_wonder(&r->w, "{'history': {'customer': %u}}", star.customer);
        }
}

static void far_totals(struct run *r)
{
    static const int64_t ends[] = {INT64_MAX / 2, -(INT64_MAX / 2)};
    for (size_t end = 0; end < 2; end++)
        for (int account = 1; account <= 8; account++) {
            struct key key = key_book(TABLE_TOTAL);
            key_u8(&key, (uint8_t)account);
            key_u32(&key, 0);
            key_u32(&key, 1);
            world_put_number(&r->w, &key, ends[end] - (int64_t)prng_below(&r->prng, 3) + 1);
            for (size_t i = 0; i < ACTS; i++) {
                struct star star = {.customer = customer_new(r)};
                const Tefter__Reply *bill = world_say(
                    &r->w,
                    "{'issue_invoice': {'customer': %u, 'backfill': true, 'lines': " LINES(
                        "5000") "}}",
                    star.customer);
                star.bill = bill->result_case == TEFTER__REPLY__RESULT_DONE ? bill->done->id : 0;
                const Tefter__Reply *money =
                    world_say(&r->w,
                              "{'take_payment': {'customer': %u, 'backfill': true, 'kind': 'SLIP', "
                              "'amount_minor': 5}}",
                              star.customer);
                star.credit =
                    money->result_case == TEFTER__REPLY__RESULT_DONE ? money->done->id : 0;
                act(r, &star, i);
            }
            world_wonder(&r->w, "{'trial_balance': {}}");
            world_wonder(&r->w, "{'company': {}}");
        }
}

/* The last number of a day, and none behind it. */
static void far_ordinals(struct run *r)
{
    for (size_t i = 0; i < ACTS; i++) {
        struct star star = star_new(r, true, 1, i % 2 ? "SLIP" : "CASH");
        Tefter__AccountRecord account = TEFTER__ACCOUNT_RECORD__INIT;
        struct key key = key_customer(star.customer, TABLE_ACCOUNT);
        account.documents = 2;
        account.last_date = WORLD_DAY;
        account.last_ordinal = (1 << 20) - 2;
        account.balance_minor = 4998;
        account.bills_minor = 4999;
        account.open_bills = account.open_credits = 1;
        account.unmatched_minor = i % 2 ? 0 : 1;
        account.waiting_minor = account.uncleared_minor = i % 2;
        world_put(&r->w, &key, &account.base);
        act(r, &star, i);
        ask_all(r, &star, WORLD_OWNER);
        for (int more = 0; more < 3; more++)
            world_say(&r->w,
                      "{'take_payment': {'customer': %u, 'backfill': true, 'kind': 'CASH', "
                      "'amount_minor': 5}}",
                      star.customer);
        refused_at(world_say(&r->w,
                             "{'take_payment': {'customer': %u, 'backfill': true, 'kind': 'CASH', "
                             "'amount_minor': 5}}",
                             star.customer),
                   1 << 20);
    }
}

/* ---- all of it ---- */

static const struct {
    const char *name;
    void (*drive)(struct run *r);
    bool made_up; /* of a state that no commands made: figures are not compared */
} edges[] = {
    {"matches of an item", matches, false},
    {"matches kept of an item", kept_matches, false},
    {"pairs of one act", loose_items, false},
    {"rows of one command", largest_correction, false},
    {"credit notes of an invoice", credit_notes, false},
    {"numbers of a series", numbers, false},
    {"numbers that strides meet", numbers_far, false},
    {"sums", sums, false},
    {"what a company has", company, false},
    {"what a customer has", customer, false},
    {"barcodes of a product", barcodes, false},
    {"approvals and jobs", approvals_and_jobs, false},
    {"pages of lists", pages, false},
    {"sums of an account", far_sums, true},
    {"totals of the general ledger", far_totals, true},
    {"documents of a day", far_ordinals, true},
};

static struct {
    id seed;
    uint32_t rules;
    const char *edge;
    bool good;
} now;

static void tell_seed(int signal_number)
{
    fprintf(stderr, "bounds: seed %llu, rules %u found this at: %s\n", now.seed, now.rules,
            now.edge);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A figure that is wrong ends the program without a signal. */
static void tell_at_exit(void)
{
    if (!now.good)
        fprintf(stderr, "bounds: seed %llu, rules %u found this at: %s\n", now.seed, now.rules,
                now.edge);
}

static void furnish(struct run *r)
{
    for (int role = 1; role <= ROLES; role++)
        r->staff[role - 1] =
            (uint32_t)world_done(&r->w, "{'add_staff': {'login': 'r%d', 'role': %d}}", role, role)
                ->id;
    r->till = (uint32_t)world_done(&r->w, "{'add_till': {'branch': 1, 'name': 't'}}")->id;
    r->bank = (uint32_t)world_done(&r->w, "{'add_bank_account': {'name': 'b', 'number': '1'}}")->id;
}

int main(int argc, char **argv)
{
    static struct run r;
    uint64_t acts_done = 0, applied = 0, answered = 0;
    double seconds = 1e9;
    bool whole = false;
    now.seed = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            now.seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            seconds = strtod(argv[++i], NULL);
        else if (strcmp(argv[i], "--long") == 0)
            whole = true;
    }
    signal(SIGABRT, tell_seed);
    atexit(tell_at_exit);
    signal(SIGSEGV, tell_seed);
    uint32_t oldest = whole ? LEDGER_RULES_OLDEST : LEDGER_RULES;
    for (now.rules = LEDGER_RULES; now.rules >= oldest; now.rules--)
        for (size_t i = 0; i < sizeof edges / sizeof edges[0] && world_seconds() < seconds; i++) {
            now.edge = edges[i].name;
            r = (struct run){
                .prng = {now.seed}, .whole = whole, .until = seconds, .rules = now.rules};
            world_begin(&r.w, now.rules);
            furnish(&r);
            edges[i].drive(&r);
            if (edges[i].made_up)
                world_drop(&r.w);
            else
                world_end(&r.w);
            acts_done += r.acts;
            applied += r.w.applied;
            answered += r.w.answered;
            printf("bounds: rules %u, %s: %.1f s\n", now.rules, edges[i].name, world_seconds());
        }
    now.good = true;
    world_print_turns();
    printf("bounds: seed %llu: %llu commands, %llu acts met as each role, %llu answers: no "
           "findings\n",
           now.seed, (id)applied, (id)acts_done, (id)answered);
    return 0;
}
