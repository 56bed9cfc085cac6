/*
 * The sink that sends. A window of commands is under way; each knows its entry, and an entry is
 * told when its last answer is here. What the server was too busy for is sent again; what found no
 * customer or product, though we make them, is sent again with them. A number that is taken is
 * looked at: the same document is there already, another one is a conflict. Prices are looked at
 * before they are sent, for setting one anew would change it.
 */
#include "import/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "import/command.h"
#include "import/compare.h"
#include "import/console.h"
#include "import/names.h"
#include "import/price.h"
#include "import/undo.h"
#include "lib/tefter.h"

enum {
    PATIENCE_MS = 60 * 1000,
    TURN_MS = 200,
    SOON_MS = 5,    /* something waits to be sent again */
    AGAIN_MS = 100, /* when the server does not say how long */
    TRIES_MAX = 3,  /* of an entry whose customer or product was not found */
    COMMAND_BYTES_MAX = 4 * 1024 * 1024,
    PAGE_ROWS = 500,
    SILENT_MS = 2000,
    HELD_MAX = 10000, /* customers whose payer comes later in the file */
};

struct server {
    struct sink sink;
    struct tefter *client;
    struct server_options options;
    struct arena arena;    /* of the command being packed */
    struct sending *all;   /* whatever an answer may still come to */
    struct sending *again; /* of these, what waits to be sent again, in its order */
    struct sending *again_last;
    struct sending *held; /* and what waits for the end of the file: a payer is not there yet */
    uint32_t held_count;
    struct names codes;   /* a dry run: of the customers that would be there */
    bool orphan;          /* nobody's any more: goes with its last answer */
    uint32_t asking;      /* queries under way */
    uint64_t answered_ms; /* when something last came */
    uint64_t sent;        /* entries that are in the ledger */
    bool denied;
    struct failure failure; /* not NONE: no more is sent */
};

enum what {
    WHAT_CUSTOMER,
    WHAT_PRODUCT,
    WHAT_PROBE, /* would the document be taken, once its customer and products are there? */
    WHAT_ENTRY,
    WHAT_CHANGE,
    WHAT_LIMIT,
    WHAT_JOIN,
    WHAT_PAYER,
};

/* One command under way. It outlives an import that was given up, for its answer may come yet. */
struct sending {
    struct server *server;
    struct entry *entry; /* NULL: given up */
    enum what what;
    size_t line;    /* of WHAT_PRODUCT; of WHAT_LIMIT, WHAT_JOIN and WHAT_PAYER the customer */
    uint32_t group; /* of WHAT_JOIN */
    bool looked;    /* a price: what its list has is known */
    uint64_t due_ms;
    bool was_held;
    struct sending *next; /* in `again` or `held` */
    struct sending *before;
    struct sending *behind;
};

static void on_reply(void *context, const struct tefter_outcome *outcome);
static void on_tried(void *context, const Tefter__Answer *answer);

static bool is_ended(const struct server *server)
{
    return server->failure.fault != FAULT_NONE;
}

static bool is_idle(const struct server *server)
{
    return tefter_under_way(server->client) == 0 && server->asking == 0 && server->again == NULL;
}

/* ---- what became of an entry ---- */

/* One answer less to wait for; the last one tells. A reason may have come with any of them. */
static void settle_entry(struct server *server, struct entry *entry, enum outcome outcome,
                         const char *why)
{
    if (why != NULL)
        entry_reject(entry, entry->why_line, "%s", why);
    entry->outcome = outcome > entry->outcome ? outcome : entry->outcome;
    if (--entry->waiting > 0)
        return;
    server->sent += entry->outcome == OUTCOME_SENT;
    server->sink.notify(server->sink.context, entry, entry->outcome, entry->why);
    if (server->sink.halt)
        (void)fail(&server->failure, FAULT_DIFFERS, 0, "a row was refused");
}

static void release_server(struct server *server)
{
    arena_fini(&server->arena);
    names_fini(&server->codes);
    free(server);
}

static struct sending *sending_new(struct server *server, struct entry *entry, enum what what,
                                   size_t line)
{
    struct sending *sending = malloc(sizeof *sending);
    if (sending == NULL)
        return NULL;
    *sending = (struct sending){
        .server = server, .entry = entry, .what = what, .line = line, .behind = server->all};
    if (server->all != NULL)
        server->all->before = sending;
    server->all = sending;
    entry->waiting++;
    return sending;
}

static void sending_free(struct sending *sending)
{
    struct server *server = sending->server;
    if (sending->before != NULL)
        sending->before->behind = sending->behind;
    else
        server->all = sending->behind;
    if (sending->behind != NULL)
        sending->behind->before = sending->before;
    free(sending);
    if (server->orphan && server->all == NULL)
        release_server(server);
}

static void resolve(struct sending *sending, enum outcome outcome, const char *why)
{
    struct server *server = sending->server;
    struct entry *entry = sending->entry;
    sending_free(sending);
    settle_entry(server, entry, outcome, why);
}

/* The rows of a file are sent in their order: of two codes that look alike the first is taken. */
static void wait_behind(struct server *server, struct sending *sending)
{
    sending->next = NULL;
    if (server->again == NULL)
        server->again = sending;
    else
        server->again_last->next = sending;
    server->again_last = sending;
}

static void send_later(struct sending *sending, uint32_t wait_ms)
{
    struct server *server = sending->server;
    sending->due_ms = console_now_ms() + (wait_ms > 0 ? wait_ms : AGAIN_MS);
    wait_behind(server, sending);
}

/* The import cannot go on: this entry is not resolved, nor is any that is not yet sent. */
static void end_import(struct sending *sending, const Tefter__Refusal *refused)
{
    struct server *server = sending->server;
    char sentence[FAILURE_TEXT_MAX];
    (void)refusal_sentence(refused, tefter_currency(server->client), sentence, sizeof sentence);
    (void)fail(&server->failure, FAULT_DENIED, 0, "%s", sentence);
    server->denied = true;
    resolve(sending, OUTCOME_LOST, NULL);
}

/* ---- a number that is taken ---- */

/* An answer to a question about an entry that nobody waits for any more. */
static bool is_given_up(struct sending *sending)
{
    struct server *server = sending->server;
    server->asking--;
    server->answered_ms = console_now_ms();
    if (sending->entry != NULL)
        return false;
    sending_free(sending);
    return true;
}

static void on_document(void *context, const Tefter__Answer *answer)
{
    struct sending *sending = context;
    struct server *server = sending->server;
    char why[WHY_MAX];
    if (is_given_up(sending))
        return;
    if (answer->kind_case != TEFTER__ANSWER__KIND_DOCUMENT || answer->document->document == NULL) {
        resolve(sending, OUTCOME_REFUSED, "the number is taken");
        return;
    }
    if (compare_document(sending->entry, answer->document, tefter_currency(server->client), why))
        resolve(sending, OUTCOME_THERE, NULL);
    else
        resolve(sending, OUTCOME_CONFLICT, why);
}

/* Asks; the import ends when that cannot be. */
static void ask(struct sending *sending, const Tefter__Query *query, tefter_answer_fn answered)
{
    struct server *server = sending->server;
    struct failure failure = {FAULT_NONE, 0, ""};
    if (tefter_query(server->client, query, answered, sending, &failure)) {
        server->asking++;
        return;
    }
    (void)fail(&server->failure, failure.fault, 0, "%s", failure.text);
    resolve(sending, OUTCOME_LOST, NULL);
}

static void look_at_taken(struct sending *sending, uint64_t document)
{
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    view.has_document = true;
    view.document = document;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    ask(sending, &query, on_document);
}

/* ---- a customer or product that is there ---- */

static void transmit_change(struct sending *sending, const Tefter__Command *command)
{
    struct failure failure = {FAULT_NONE, 0, ""};
    sending->what = WHAT_CHANGE;
    if (sending->server->options.asking)
        resolve(sending, OUTCOME_CHANGED, NULL);
    else if (tefter_room(sending->server->client) == 0)
        send_later(sending, 1);
    else if (!tefter_submit(sending->server->client, command, on_reply, sending, &failure))
        resolve(sending, OUTCOME_REFUSED, failure.text);
}

/* Behind the customer itself; an import that is run again finds what is missing of it. */
static void send_limit(struct server *server, struct entry *entry, uint32_t customer)
{
    struct sending *sending = entry->has_number[FIELD_LIMIT] && !server->options.asking
                                  ? sending_new(server, entry, WHAT_LIMIT, customer)
                                  : NULL;
    if (sending != NULL)
        send_later(sending, 1);
}

/* It is there, with these differences or none. */
static void settle_there(struct sending *sending, const Tefter__Command *change)
{
    const struct entry *entry = sending->entry;
    char why[WHY_MAX];
    char differences[WHY_MAX];
    differences_text(&entry->differs, differences);
    if (entry->differs.count == 0) {
        resolve(sending, OUTCOME_THERE, NULL);
    } else if (sending->server->options.update) {
        transmit_change(sending, change);
    } else {
        (void)snprintf(why, sizeof why, "%.40s is there with %.150s: --update changes it",
                       entry->texts[entry->kind == ENTRY_GROUP ? FIELD_NAME : FIELD_CODE],
                       differences);
        resolve(sending, OUTCOME_CONFLICT, why);
    }
}

/* Behind the customer, as the limit. A group of the same dimension that they are in, they leave. */
static void send_groups(struct server *server, struct entry *entry, uint32_t customer,
                        const uint32_t *groups, size_t count)
{
    for (size_t i = 0; i < count && !server->options.asking; i++) {
        struct sending *sending = sending_new(server, entry, WHAT_JOIN, customer);
        if (sending == NULL)
            continue;
        sending->group = groups[i];
        send_later(sending, 1);
    }
}

static void send_payer(struct server *server, struct entry *entry, uint32_t customer)
{
    struct sending *sending =
        server->options.asking ? NULL : sending_new(server, entry, WHAT_PAYER, customer);
    if (sending != NULL)
        send_later(sending, 1);
}

static void on_card(void *context, const Tefter__Answer *answer)
{
    struct sending *sending = context;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeCustomer change;
    if (is_given_up(sending))
        return;
    if (answer->kind_case != TEFTER__ANSWER__KIND_CUSTOMER_CARD) {
        resolve(sending, OUTCOME_REFUSED, "the code is taken");
        return;
    }
    arena_reset(&sending->server->arena);
    compare_customer(sending->entry, answer->customer_card->record, &sending->server->arena,
                     &change);
    bool words_differ = sending->entry->differs.count > 0;
    bool same_limit = compare_limit(sending->entry, answer->customer_card,
                                    tefter_currency(sending->server->client));
    uint32_t missing[GROUPS_OF_ROW_MAX];
    size_t groups = compare_groups(sending->entry, answer->customer_card->record,
                                   sending->server->options.groups, missing);
    bool same_payer = compare_payer(sending->entry, answer->customer_card->row);
    bool update = sending->server->options.update;
    uint32_t customer = answer->customer_card->record->customer;
    if (!same_limit && update)
        send_limit(sending->server, sending->entry, customer);
    if (update)
        send_groups(sending->server, sending->entry, customer, missing, groups);
    if (update && !same_payer)
        send_payer(sending->server, sending->entry, customer);
    if ((!same_limit || groups > 0 || !same_payer) && !words_differ && update) {
        resolve(sending, OUTCOME_CHANGED, NULL);
        return;
    }
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_CUSTOMER;
    command.change_customer = &change;
    settle_there(sending, &command);
}

static void on_product(void *context, const Tefter__Answer *answer)
{
    struct sending *sending = context;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeProduct change;
    if (is_given_up(sending))
        return;
    if (answer->kind_case != TEFTER__ANSWER__KIND_PRODUCT_CARD) {
        resolve(sending, OUTCOME_REFUSED, "the code is taken");
        return;
    }
    arena_reset(&sending->server->arena);
    compare_product(sending->entry, answer->product_card->product,
                    tefter_currency(sending->server->client), &sending->server->arena, &change);
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_PRODUCT;
    command.change_product = &change;
    settle_there(sending, &command);
}

/* Two rows of one file may say the same group: the first one's terms are not known here. */
static void settle_group(struct sending *sending)
{
    struct server *server = sending->server;
    const char *const *texts = sending->entry->texts;
    const struct group_known *there = groups_find(
        server->options.groups, slice_text(texts[FIELD_DIMENSION]), slice_text(texts[FIELD_NAME]));
    if (there == NULL) {
        resolve(sending, OUTCOME_CONFLICT, "the file has this group twice");
        return;
    }
    compare_terms(sending->entry, there, tefter_currency(server->client));
    arena_reset(&server->arena);
    settle_there(sending, command_of_terms(sending->entry, there->group, &server->arena));
}

static void look_at_there(struct sending *sending)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    Tefter__ProductCard product = TEFTER__PRODUCT_CARD__INIT;
    card.code = product.code = (char *)(uintptr_t)sending->entry->texts[FIELD_CODE];
    if (sending->entry->kind == ENTRY_CUSTOMER) {
        query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
        query.customer_card = &card;
        ask(sending, &query, on_card);
    } else {
        query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
        query.product_card = &product;
        ask(sending, &query, on_product);
    }
}

/* ---- prices: setting one again would change it, so what its list has is looked at first ---- */

static void deliver(struct sending *sending);
static bool is_passing(const Tefter__Refusal *refused);

static void send_price(struct sending *sending)
{
    struct server *server = sending->server;
    if (!server->options.asking && tefter_room(server->client) == 0)
        send_later(sending, 1);
    else
        deliver(sending);
}

/* A product that is not there is left to the ledger to refuse. */
static void on_price(void *context, const Tefter__Answer *answer)
{
    struct sending *sending = context;
    struct server *server = sending->server;
    enum price_there there = PRICE_NEW;
    char why[WHY_MAX];
    if (is_given_up(sending))
        return;
    if (answer->kind_case == TEFTER__ANSWER__KIND_REFUSED && is_passing(answer->refused)) {
        send_later(sending, answer->refused->has_retry_ms ? answer->refused->retry_ms : 0);
        return;
    }
    sending->looked = true;
    if (answer->kind_case == TEFTER__ANSWER__KIND_PRODUCT_CARD) {
        there = price_compare(sending->entry, answer->product_card, tefter_currency(server->client),
                              why);
        price_differs(sending->entry, answer->product_card, tefter_currency(server->client));
    }
    if (there == PRICE_OTHER && server->options.update)
        sending->what = WHAT_CHANGE;
    if (there == PRICE_SAME)
        resolve(sending, OUTCOME_THERE, NULL);
    else if (there == PRICE_OTHER && !server->options.update)
        resolve(sending, OUTCOME_CONFLICT, why);
    else
        send_price(sending);
}

static bool is_new_price(const struct sending *sending)
{
    return sending->entry->kind == ENTRY_PRICE && !sending->looked;
}

static void look_at_price(struct sending *sending)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ProductCard card;
    price_card(sending->entry, &card);
    query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
    query.product_card = &card;
    ask(sending, &query, on_price);
}

/* ---- answers ---- */

static bool has_prefix(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A customer or product that we make for documents, and meant to be there. */
static bool is_unknown_party(const struct entry *entry, const Tefter__Refusal *refused)
{
    if (entry->line_count == 0)
        return false;
    return refused->code == TEFTER__REFUSAL_CODE__NOT_IN_CATALOGUE ||
           (refused->code == TEFTER__REFUSAL_CODE__NOT_FOUND &&
            has_prefix(refused->field, "customer"));
}

static bool ends_import(const struct server *server, const Tefter__Refusal *refused)
{
    switch ((int)refused->code) {
    case TEFTER__REFUSAL_CODE__NOT_LOGGED_IN:
    case TEFTER__REFUSAL_CODE__STAFF_BLOCKED:
    case TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED:
    case TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN:
    case TEFTER__REFUSAL_CODE__BRANCH_BLOCKED:
    case TEFTER__REFUSAL_CODE__READ_ONLY:
    case TEFTER__REFUSAL_CODE__SERVER_OLDER:
    case TEFTER__REFUSAL_CODE__CLIENT_OLDER:
        return true;
    case TEFTER__REFUSAL_CODE__RIGHT_MISSING:
        return server->sent == 0;
    default:
        return false;
    }
}

static bool is_passing(const Tefter__Refusal *refused)
{
    return refused->code == TEFTER__REFUSAL_CODE__BUSY ||
           refused->code == TEFTER__REFUSAL_CODE__DEADLINE_PASSED;
}

/* The n of "bills[n].amount", -1: it is of none. */
static long place_in(const char *field, const char *list)
{
    size_t size = strlen(list);
    if (!has_prefix(field, list) || field[size] != '[')
        return -1;
    return strtol(field + size + 1, NULL, 10);
}

static bool is_unknown(const Tefter__Refusal *refused)
{
    return refused->code == TEFTER__REFUSAL_CODE__NOT_FOUND ||
           refused->code == TEFTER__REFUSAL_CODE__NOT_IN_CATALOGUE;
}

/* A price of a product that is not there: people know it by its code. */
static bool is_of_product(const Tefter__Refusal *refused)
{
    return is_unknown(refused) && has_prefix(refused->field, "prices[") &&
           strstr(refused->field, "product") != NULL;
}

static bool is_of_list(const Tefter__Refusal *refused)
{
    return is_unknown(refused) && has_prefix(refused->field, "list");
}

/* Why, with the bill or the row that it is about: people do not count them. */
static void explain(struct sending *sending, const Tefter__Refusal *refused, char why[WHY_MAX])
{
    struct entry *entry = sending->entry;
    char sentence[WHY_MAX];
    long bill = place_in(refused->field, "bills");
    long line = place_in(refused->field, "lines");
    (void)refusal_sentence(refused, tefter_currency(sending->server->client), sentence,
                           sizeof sentence);
    if (bill >= 0 && (size_t)bill < entry->bill_count &&
        refused->code == TEFTER__REFUSAL_CODE__NOT_FOUND)
        (void)snprintf(why, WHY_MAX,
                       "there is no bill %.40s in the ledger: import the invoices first, or mend "
                       "the number",
                       entry->bills[bill].number);
    else if (entry->kind == ENTRY_PRICE && is_of_product(refused))
        (void)snprintf(
            why, WHY_MAX,
            "there is no product %.40s in the ledger: import the products first, or mend "
            "the code",
            entry->texts[FIELD_CODE]);
    else if (entry->kind == ENTRY_PRICE && is_of_list(refused))
        (void)snprintf(why, WHY_MAX,
                       "there is no price list %.40s in the ledger: add it first, or mend its code",
                       entry->texts[FIELD_LIST]);
    else if (bill >= 0 && (size_t)bill < entry->bill_count)
        (void)snprintf(why, WHY_MAX, "bill %.40s: %.180s", entry->bills[bill].number, sentence);
    else
        (void)snprintf(why, WHY_MAX, "%s", sentence);
    if (line >= 0 && (size_t)line < entry->line_count)
        entry->why_line = entry->lines[line].line;
}

static bool is_without_payer(const struct entry *entry, const Tefter__Refusal *refused)
{
    return entry->kind == ENTRY_CUSTOMER && refused->code == TEFTER__REFUSAL_CODE__NOT_FOUND &&
           has_prefix(refused->field, "payer");
}

/* Its payer may come later in the file. */
static bool waits_for_payer(const struct sending *sending)
{
    return !sending->was_held && sending->server->held_count < HELD_MAX;
}

static void hold(struct sending *sending)
{
    struct server *server = sending->server;
    sending->was_held = true;
    sending->next = server->held;
    server->held = sending;
    server->held_count++;
}

static void no_payer(struct sending *sending)
{
    char why[WHY_MAX];
    (void)snprintf(why, sizeof why,
                   "there is no customer %.40s to pay for them: import that one first, or mend the "
                   "payer",
                   payer_of_entry(sending->entry));
    resolve(sending, OUTCOME_REFUSED, why);
}

/* The document was tried before its customer was made, and is refused all the same. */
static void note_made(char why[WHY_MAX])
{
    static const char note[] = "; its customer was made";
    size_t size = strlen(why);
    if (size + sizeof note <= WHY_MAX)
        memcpy(why + size, note, sizeof note);
}

static void entry_refused(struct sending *sending, const Tefter__Refusal *refused)
{
    struct server *server = sending->server;
    struct entry *entry = sending->entry;
    bool of_reference = has_prefix(refused->field, "reference");
    bool same_number = refused->existing_number == NULL || entry->texts[FIELD_NUMBER] == NULL ||
                       fold_same(refused->existing_number, entry->texts[FIELD_NUMBER]);
    if (refused->code == TEFTER__REFUSAL_CODE__NUMBER_TAKEN && refused->has_existing &&
        (!of_reference || same_number)) {
        look_at_taken(sending, refused->existing);
        return;
    }
    if (refused->code == TEFTER__REFUSAL_CODE__ALREADY_EXISTS &&
        (entry->kind == ENTRY_CUSTOMER || entry->kind == ENTRY_PRODUCT)) {
        look_at_there(sending);
        return;
    }
    if (refused->code == TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE && entry->kind == ENTRY_PRICE) {
        resolve(sending, OUTCOME_THERE, NULL);
        return;
    }
    if (refused->code == TEFTER__REFUSAL_CODE__ALREADY_EXISTS && entry->kind == ENTRY_GROUP) {
        settle_group(sending);
        return;
    }
    if (is_unknown_party(entry, refused) && server->options.create_missing &&
        ++entry->tries < TRIES_MAX) {
        send_later(sending, server->options.asking ? 1 : 0);
        return;
    }
    char why[WHY_MAX];
    explain(sending, refused, why);
    if (entry->made_customer && !server->options.asking)
        note_made(why);
    resolve(sending, OUTCOME_REFUSED, why);
}

/* A customer or product was refused. That it is there is fine; else the document will be refused
 * too, and this is the better reason. */
static void party_refused(struct sending *sending, const Tefter__Refusal *refused)
{
    struct server *server = sending->server;
    char sentence[WHY_MAX];
    if (refused->code == TEFTER__REFUSAL_CODE__ALREADY_EXISTS) {
        resolve(sending, OUTCOME_SENT, NULL);
        return;
    }
    (void)refusal_sentence(refused, tefter_currency(server->client), sentence, sizeof sentence);
    resolve(sending, OUTCOME_SENT, sentence);
}

static bool is_behind_customer(enum what what)
{
    return what == WHAT_LIMIT || what == WHAT_JOIN || what == WHAT_PAYER;
}

static void change_refused(struct sending *sending, const Tefter__Refusal *refused)
{
    char sentence[WHY_MAX];
    char why[WHY_MAX];
    (void)refusal_sentence(refused, tefter_currency(sending->server->client), sentence,
                           sizeof sentence);
    (void)snprintf(why, sizeof why, "%s%.170s",
                   is_behind_customer(sending->what) ? "the customer is in the ledger, and this is "
                                                       "not: "
                                                     : "",
                   sentence);
    resolve(sending, OUTCOME_REFUSED, why);
}

static void customer_done(struct sending *sending, const Tefter__Done *done)
{
    send_limit(sending->server, sending->entry, (uint32_t)done->id);
    resolve(sending, OUTCOME_SENT, NULL);
}

static void party_done(struct sending *sending)
{
    struct server *server = sending->server;
    server->sink.customers_made += sending->what == WHAT_CUSTOMER;
    sending->entry->made_customer |= sending->what == WHAT_CUSTOMER;
    server->sink.products_made += sending->what == WHAT_PRODUCT;
    resolve(sending, OUTCOME_SENT, NULL);
}

/* It would be taken: its customer and products are made now, and it is sent behind them. */
static void probe_done(struct sending *sending)
{
    sending->what = WHAT_ENTRY;
    sending->entry->probed = true;
    send_later(sending, 1);
}

/* What came of it, or would. */
static void heard(struct sending *sending, const Tefter__Refusal *refused, const Tefter__Done *done)
{
    struct server *server = sending->server;
    if (refused == NULL && sending->what == WHAT_CHANGE)
        resolve(sending, OUTCOME_CHANGED, NULL);
    else if (refused == NULL && sending->what == WHAT_PROBE)
        probe_done(sending);
    else if (refused == NULL && is_behind_customer(sending->what))
        resolve(sending, OUTCOME_SENT, NULL);
    else if (refused == NULL && done != NULL && sending->entry->kind == ENTRY_CUSTOMER)
        customer_done(sending, done);
    else if (refused == NULL && sending->what != WHAT_ENTRY)
        party_done(sending);
    else if (refused == NULL)
        resolve(sending, OUTCOME_SENT, NULL);
    else if (is_ended(server))
        resolve(sending, OUTCOME_LOST, NULL);
    else if (is_passing(refused))
        send_later(sending, refused->has_retry_ms ? refused->retry_ms : 0);
    else if (is_without_payer(sending->entry, refused) && waits_for_payer(sending))
        hold(sending);
    else if (is_without_payer(sending->entry, refused))
        no_payer(sending);
    else if (sending->what == WHAT_CHANGE || is_behind_customer(sending->what))
        change_refused(sending, refused);
    else if (ends_import(server, refused))
        end_import(sending, refused);
    else if (sending->what == WHAT_ENTRY || sending->what == WHAT_PROBE)
        entry_refused(sending, refused);
    else
        party_refused(sending, refused);
}

static void on_reply(void *context, const struct tefter_outcome *outcome)
{
    struct sending *sending = context;
    sending->server->answered_ms = console_now_ms();
    if (sending->entry == NULL)
        sending_free(sending);
    else
        heard(sending, outcome->refused, outcome->done);
}

static void on_tried(void *context, const Tefter__Answer *answer)
{
    struct sending *sending = context;
    if (is_given_up(sending))
        return;
    if (answer->kind_case == TEFTER__ANSWER__KIND_TRY_COMMAND)
        heard(sending, answer->try_command->refusal, NULL);
    else
        heard(sending, answer->kind_case == TEFTER__ANSWER__KIND_REFUSED ? answer->refused : NULL,
              NULL);
}

/* ---- sending ---- */

static uint32_t room(const struct server *server)
{
    uint32_t all = tefter_room(server->client);
    return all > server->asking ? all - server->asking : 0;
}

/* While the server is gone the person is told so, and for how long it is waited. */
static void tell_waiting(struct server *server)
{
    struct tefter_state state;
    uint64_t silent = console_now_ms() - server->answered_ms;
    if (server->options.console == NULL || silent < SILENT_MS || server->orphan)
        return;
    tefter_state(server->client, &state);
    console_waiting(server->options.console, silent, server->options.patience_ms,
                    state.connected ? "no answer from the server" : "the server cannot be reached",
                    state.reason);
}

/* Lets answers come in; false when none came for too long. That the line breaks and comes back is
 * no answer. */
static bool turn(struct server *server)
{
    (void)tefter_turn(server->client, server->again != NULL ? SOON_MS : TURN_MS);
    tell_waiting(server);
    if (console_now_ms() - server->answered_ms < server->options.patience_ms)
        return !is_ended(server);
    server->failure = (struct failure){FAULT_NONE, 0, ""}; /* silence counts more */
    struct tefter_state state;
    tefter_state(server->client, &state);
    return fail(&server->failure, FAULT_BUSY, 0, "no answer from the server for %" PRIu64 " s%s%s",
                server->options.patience_ms / 1000, state.reason[0] != '\0' ? ": " : "",
                state.reason);
}

/* What is not there yet, and would be made before it: asked about without. */
static void leave_out_parties(const Tefter__Command *command)
{
    Tefter__InvoiceLine **lines = NULL;
    size_t count = 0;
    Tefter__IssueInvoice *invoice = NULL;
    if (command != NULL && command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        invoice = command->issue_invoice;
    else if (command != NULL && command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID)
        invoice = command->sell_paid->invoice;
    if (invoice != NULL) {
        invoice->customer_code = NULL;
        lines = invoice->lines;
        count = invoice->n_lines;
    } else if (command != NULL && command->kind_case == TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE) {
        command->issue_credit_note->customer_code = NULL;
        lines = command->issue_credit_note->lines;
        count = command->issue_credit_note->n_lines;
    }
    for (size_t i = 0; i < count; i++) {
        if (lines[i]->text == NULL)
            lines[i]->text = lines[i]->product_code;
        lines[i]->product_code = NULL;
    }
}

/* A server that is older books all as sales. */
static void leave_out_opening(const struct server *server, const Tefter__Command *command)
{
    enum { OPENING = 730 };
    if (command == NULL ||
        tefter_knows_field(server->client, &tefter__issue_invoice__descriptor, OPENING))
        return;
    if (command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        command->issue_invoice->has_opening = false;
    else if (command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID)
        command->sell_paid->invoice->has_opening = false;
    else if (command->kind_case == TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE)
        command->issue_credit_note->has_opening = false;
}

static const Tefter__Command *pack_entry(struct sending *sending)
{
    struct server *server = sending->server;
    const Tefter__Command *command =
        command_of_entry(sending->entry, server->options.match_oldest, &server->arena);
    leave_out_opening(server, command);
    if (sending->what == WHAT_PROBE || (server->options.asking && sending->entry->tries > 0))
        leave_out_parties(command);
    return command;
}

static const Tefter__Command *pack(struct sending *sending)
{
    struct server *server = sending->server;
    struct entry *entry = sending->entry;
    arena_reset(&server->arena);
    switch (sending->what) {
    case WHAT_CUSTOMER:
        return command_of_customer(entry, &server->arena);
    case WHAT_PRODUCT:
        return command_of_product(&entry->lines[sending->line], &server->arena);
    case WHAT_LIMIT:
        return command_of_limit(entry, (uint32_t)sending->line, &server->arena);
    case WHAT_PAYER:
        return command_of_payer(entry, (uint32_t)sending->line, &server->arena);
    case WHAT_JOIN:
        return command_of_joining((uint32_t)sending->line, sending->group, &server->arena);
    case WHAT_ENTRY:
    case WHAT_PROBE:
        break;
    case WHAT_CHANGE: /* what the server was too busy for is found out anew */
        if (entry->kind != ENTRY_PRICE)
            sending->what = WHAT_ENTRY;
        break;
    }
    return pack_entry(sending);
}

static void try_out(struct sending *sending, const Tefter__Command *command)
{
    Tefter__TryCommand what = TEFTER__TRY_COMMAND__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    what.command = (Tefter__Command *)(uintptr_t)command;
    query.kind_case = TEFTER__QUERY__KIND_TRY_COMMAND;
    query.try_command = &what;
    ask(sending, &query, on_tried);
}

/* What does not fit a frame is refused here. */
static void deliver(struct sending *sending)
{
    struct server *server = sending->server;
    struct failure failure = {FAULT_NONE, 0, ""};
    const Tefter__Command *command = pack(sending);
    if (command == NULL)
        resolve(sending, OUTCOME_REFUSED, "the document is too large");
    else if (server->options.asking || sending->what == WHAT_PROBE)
        try_out(sending, command);
    else if (!tefter_submit(server->client, command, on_reply, sending, &failure))
        resolve(sending, OUTCOME_REFUSED, failure.text);
}

/* Waits for room, then sends. */
static void transmit(struct sending *sending)
{
    struct server *server = sending->server;
    if (is_idle(server)) /* nobody owes us an answer yet */
        server->answered_ms = console_now_ms();
    while (!is_ended(server) && room(server) == 0)
        (void)turn(server);
    if (is_ended(server))
        resolve(sending, OUTCOME_LOST, NULL);
    else if (is_new_price(sending))
        look_at_price(sending);
    else
        deliver(sending);
}

/* The entry lives on until `waiting` is 0: one is held until all are sent. */
static void transmit_new(struct server *server, struct entry *entry, enum what what, size_t line)
{
    struct sending *sending = sending_new(server, entry, what, line);
    if (sending != NULL)
        transmit(sending);
    else
        entry_reject(entry, 0, "the document is too large");
}

/* `all`: every customer and product of it, not only those nobody has met. */
static void transmit_parties(struct server *server, struct entry *entry, bool all)
{
    if (entry->texts[FIELD_CUSTOMER] != NULL && (all || entry->new_customer))
        transmit_new(server, entry, WHAT_CUSTOMER, 0);
    for (size_t i = 0; i < entry->line_count; i++)
        if (entry->lines[i].code != NULL && (all || entry->lines[i].new_product))
            transmit_new(server, entry, WHAT_PRODUCT, i);
}

/* Nobody is made for a document that the ledger would refuse; an older server cannot be asked. */
static bool makes_parties(const struct server *server, const struct entry *entry)
{
    bool makes = entry->new_customer;
    if (!server->options.create_missing || server->options.asking ||
        !tefter_knows_field(server->client, &tefter__query__descriptor,
                            TEFTER__QUERY__KIND_TRY_COMMAND))
        return false;
    for (size_t i = 0; i < entry->line_count && !makes; i++)
        makes = entry->lines[i].code != NULL && entry->lines[i].new_product;
    return makes || entry->tries > 0;
}

static void send_again(struct sending *sending)
{
    struct entry *entry = sending->entry;
    struct server *server = sending->server;
    bool first = sending->what == WHAT_ENTRY && !entry->probed && makes_parties(server, entry) &&
                 (entry->tries > 0 || !entry->made_parties);
    entry->waiting++; /* held */
    if (first)
        sending->what = WHAT_PROBE;
    else if (sending->what == WHAT_ENTRY && entry->probed)
        transmit_parties(server, entry, entry->tries > 0);
    if (sending->what == WHAT_ENTRY && entry->probed) {
        entry->probed = false;
        entry->made_parties = true;
    }
    transmit(sending);
    settle_entry(server, entry, OUTCOME_SENT, NULL);
}

/* Sends again what is due; all of it is given up when the import has ended. */
static void send_due(struct server *server)
{
    struct sending *waiting = server->again;
    uint64_t now = console_now_ms();
    server->again = NULL;
    while (waiting != NULL) {
        struct sending *next = waiting->next;
        if (is_ended(server)) {
            resolve(waiting, OUTCOME_LOST, NULL);
        } else if (waiting->due_ms <= now) {
            send_again(waiting);
        } else {
            wait_behind(server, waiting);
        }
        waiting = next;
    }
}

/* The file is read: who waits for a payer is sent again, or told what a dry run knows of it. */
static void send_held(struct server *server)
{
    struct sending *waiting = server->held;
    server->held = NULL;
    while (waiting != NULL) {
        char key[FOLD_KEY_MAX + 1];
        struct sending *next = waiting->next;
        uint64_t there;
        if (is_ended(server))
            resolve(waiting, OUTCOME_LOST, NULL);
        else if (!server->options.asking)
            send_later(waiting, 1);
        else if (names_get(&server->codes,
                           names_key(slice_text(payer_of_entry(waiting->entry)), key), &there))
            resolve(waiting, OUTCOME_SENT, NULL);
        else
            no_payer(waiting);
        waiting = next;
    }
}

/* A dry run makes nobody: what it would make is remembered. False: it would be there already. */
static bool note_code(struct server *server, const struct entry *entry)
{
    char key[FOLD_KEY_MAX + 1];
    uint64_t there;
    const char *code = entry->texts[FIELD_CODE];
    if (!server->options.asking || entry->kind != ENTRY_CUSTOMER || code == NULL)
        return true;
    if (names_get(&server->codes, names_key(slice_text(code), key), &there))
        return false;
    (void)names_put(&server->codes, names_key(slice_text(code), key), 1);
    return true;
}

/* ---- the sink ---- */

static bool server_take(struct sink *sink, struct entry *entry, struct failure *failure)
{
    struct server *server = (struct server *)sink;
    entry->outcome = OUTCOME_SENT;
    entry->waiting = 1; /* held */
    send_due(server);
    if (!note_code(server, entry)) {
        settle_entry(server, entry, OUTCOME_THERE, NULL);
        return true;
    }
    if (server->options.asking && server->options.create_missing)
        transmit_parties(server, entry, false);
    transmit_new(server, entry, makes_parties(server, entry) ? WHAT_PROBE : WHAT_ENTRY, 0);
    settle_entry(server, entry, is_ended(server) ? OUTCOME_LOST : OUTCOME_SENT, NULL);
    return !is_ended(server) || fail(failure, server->failure.fault, 0, "%s", server->failure.text);
}

/* Nobody answers: what is under way is told to be lost, though answers may come yet. */
static void give_up(struct server *server)
{
    send_held(server); /* the import has ended: it loses them */
    send_due(server);
    for (struct sending *sending = server->all; sending != NULL; sending = sending->behind) {
        struct entry *entry = sending->entry;
        sending->entry = NULL;
        if (entry != NULL)
            settle_entry(server, entry, OUTCOME_LOST, NULL);
    }
}

static bool server_finish(struct sink *sink, struct failure *failure)
{
    struct server *server = (struct server *)sink;
    while ((!is_idle(server) || server->held != NULL) && server->failure.fault != FAULT_BUSY) {
        if (is_idle(server) || is_ended(server))
            send_held(server);
        send_due(server);
        if (!is_idle(server))
            (void)turn(server);
    }
    if (server->failure.fault == FAULT_BUSY)
        give_up(server);
    return !is_ended(server) || fail(failure, server->failure.fault, 0, "%s", server->failure.text);
}

static bool server_undone(struct sink *sink, const char *source, bool *ret_undone,
                          struct failure *failure)
{
    const struct server *server = (struct server *)sink;
    struct undo_told told;
    if (!undo_look(server->client, source, &told, failure))
        return false;
    *ret_undone = told.gone > 0;
    return true;
}

struct sink *server_create(struct tefter *client, const struct server_options *options)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->sink.take = server_take;
    server->sink.finish = server_finish;
    server->sink.undone = server_undone;
    server->client = client;
    server->options = *options;
    if (options->patience_ms == 0)
        server->options.patience_ms = PATIENCE_MS;
    arena_init(&server->arena, COMMAND_BYTES_MAX);
    return &server->sink;
}

void server_destroy(struct sink *sink)
{
    struct server *server = (struct server *)sink;
    if (server != NULL && server->all != NULL)
        server->orphan = true;
    else if (server != NULL)
        release_server(server);
}

bool server_denied(const struct sink *sink)
{
    return ((const struct server *)sink)->denied;
}

/* ---- what there is, page by page ---- */

/* A list's own members, whatever it lists. */
struct pages {
    protobuf_c_boolean *has_page;
    ProtobufCBinaryData *page;
};

/* What one page tells; false: it is no answer to that question. */
typedef bool (*learn_fn)(const Tefter__Answer *answer, void *into, bool *ret_has_next,
                         ProtobufCBinaryData *ret_next);

static bool learn_all(struct tefter *client, const Tefter__Query *query, const struct pages *pages,
                      learn_fn learn, void *into, struct failure *failure)
{
    struct arena arena;
    struct buffer page;
    const Tefter__Answer *answer;
    bool more;
    arena_init(&arena, COMMAND_BYTES_MAX);
    buffer_init(&page, 4096);
    do {
        ProtobufCBinaryData next = {0};
        more = false;
        arena_reset(&arena);
        answer = tefter_ask(client, query, &arena, failure);
        if (answer == NULL || !learn(answer, into, &more, &next) || !more)
            break;
        buffer_clear(&page);
        more = buffer_put(&page, next.data, next.len);
        *pages->has_page = more;
        *pages->page = (ProtobufCBinaryData){page.size, page.data};
    } while (more);
    arena_fini(&arena);
    buffer_fini(&page);
    return answer != NULL;
}

static bool learn_products(const Tefter__Answer *answer, void *into, bool *ret_has_next,
                           ProtobufCBinaryData *ret_next)
{
    struct known *known = into;
    if (answer->kind_case != TEFTER__ANSWER__KIND_PRODUCTS)
        return false;
    const Tefter__ProductsAnswer *there = answer->products;
    for (size_t i = 0; i < there->n_products; i++) {
        const Tefter__ProductRecord *product = there->products[i];
        known_product(known, slice_text(product->code), slice_text(product->name));
        known_set_tax(known, slice_text(product->code), product->has_tax_bp ? product->tax_bp : 0);
    }
    *ret_has_next = there->has_next;
    *ret_next = there->next;
    return true;
}

bool server_learn(struct tefter *client, struct known *known, struct failure *failure)
{
    Tefter__ProductList list = TEFTER__PRODUCT_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    list.has_rows = true;
    list.rows = PAGE_ROWS;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCTS;
    query.products = &list;
    return learn_all(client, &query, &(struct pages){&list.has_page, &list.page}, learn_products,
                     known, failure);
}

static bool learn_groups(const Tefter__Answer *answer, void *into, bool *ret_has_next,
                         ProtobufCBinaryData *ret_next)
{
    struct groups *groups = into;
    if (answer->kind_case != TEFTER__ANSWER__KIND_GROUPS)
        return false;
    const Tefter__GroupsAnswer *there = answer->groups;
    for (size_t i = 0; i < there->n_groups; i++)
        if (!groups_add(groups, there->groups[i]))
            return false;
    groups->learned = true;
    *ret_has_next = there->has_next;
    *ret_next = there->next;
    return true;
}

bool server_learn_groups(struct tefter *client, struct groups *groups, struct failure *failure)
{
    Tefter__GroupList list = TEFTER__GROUP_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_GROUPS;
    query.groups = &list;
    return learn_all(client, &query, &(struct pages){&list.has_page, &list.page}, learn_groups,
                     groups, failure);
}

static bool learn_branches(const Tefter__Answer *answer, void *into, bool *ret_has_next,
                           ProtobufCBinaryData *ret_next)
{
    struct known *known = into;
    char key[FOLD_KEY_MAX + 1];
    if (answer->kind_case != TEFTER__ANSWER__KIND_BRANCHES)
        return false;
    const Tefter__BranchesAnswer *there = answer->branches;
    for (size_t i = 0; i < there->n_branches; i++) {
        const Tefter__BranchRecord *branch = there->branches[i];
        uint64_t before;
        struct slice name = names_key(slice_text(branch->name), key);
        if (!names_get(&known->branches, name, &before))
            (void)names_put(&known->branches, name, branch->branch);
        (void)names_put(&known->branches, names_key(slice_text(branch->code), key), branch->branch);
    }
    known->branches_learned = true;
    *ret_has_next = there->has_next;
    *ret_next = there->next;
    return true;
}

bool server_learn_branches(struct tefter *client, struct known *known, struct failure *failure)
{
    Tefter__BranchList list = TEFTER__BRANCH_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    const Tefter__Welcome *welcome = tefter_welcome(client);
    known->branch = welcome != NULL ? welcome->branch : 0;
    query.kind_case = TEFTER__QUERY__KIND_BRANCHES;
    query.branches = &list;
    return learn_all(client, &query, &(struct pages){&list.has_page, &list.page}, learn_branches,
                     known, failure);
}
