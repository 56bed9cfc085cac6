/*
 * A fuzzer that knows the types: all commands and all queries by reflection over the schema, in
 * sequences against one ledger, as each role.
 *
 *   typed [--seed N] [--seconds N] [--commands N]
 *
 * A value is mostly one that a shop could say: an id that exists, a small amount, a day near today.
 * The wilder a command, the more of its values lie at an edge: 0, 1, -1, the ends of each type,
 * each bound of base/limits.h with its neighbours, texts at a bound and past it, bytes that are no
 * UTF-8, one repetition too many, ids made up, page tokens from another list, cut, or with bits
 * turned.
 *
 * Looked for: an abort, a finding of the sanitizers, an answer that no client reads, and after each
 * sequence a figure or a derived row that is not what the facts come to. At the end the same
 * entries in other groups give the same digest. A seed gives the same commands again.
 */
#include "bounds/world.h"

#include "base/limits.h"
#include "base/money.h"
#include "wire/message.h"
#include "wire/reflect.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SEQUENCE = 300, KNOWN = 48, TOKENS = 24, TOKEN_SIZE = 24, ROLES = 5, FEW = 4 };

/* ---- what is known: ids and words that replies and answers gave ---- */

enum pool {
    POOL_NONE,
    POOL_CUSTOMER,
    POOL_BRANCH,
    POOL_STAFF,
    POOL_TERMINAL,
    POOL_GROUP,
    POOL_PRODUCT,
    POOL_ACCOUNT,
    POOL_APPROVAL,
    POOL_DOCUMENT,
    POOL_BILL,
    POOL_CREDIT, /* money and credit notes */
    POOL_MATCH,
    POOL_JOB,
    POOL_BUYER,
    POOL_DAY,
    POOL_COUNT
};

/* The fields that name something, by their names in the schema. */
static const struct {
    const char *field;
    enum pool pool;
} pools[] = {
    {"customer", POOL_CUSTOMER},
    {"branch", POOL_BRANCH},
    {"staff", POOL_STAFF},
    {"terminal", POOL_TERMINAL},
    {"group", POOL_GROUP},
    {"groups", POOL_GROUP},
    {"product", POOL_PRODUCT},
    {"money_account", POOL_ACCOUNT},
    {"bank_account", POOL_ACCOUNT},
    {"approval", POOL_APPROVAL},
    {"document", POOL_DOCUMENT},
    {"invoice", POOL_BILL},
    {"bill", POOL_BILL},
    {"debit", POOL_BILL},
    {"credit", POOL_CREDIT},
    {"credits", POOL_CREDIT},
    {"payment", POOL_CREDIT},
    {"match", POOL_MATCH},
    {"job", POOL_JOB},
    {"buyer", POOL_BUYER},
    {"date", POOL_DAY},
    {"due", POOL_DAY},
    {"until", POOL_DAY},
    {"valid_from", POOL_DAY},
    {"valid_until", POOL_DAY},
    {"from", POOL_DAY},
    {"to", POOL_DAY},
    {"as_of", POOL_DAY},
};

/* What a command's `id` in its reply is. */
static const struct {
    uint32_t kind;
    enum pool pool;
} made[] = {
    {TEFTER__COMMAND__KIND_ADD_BRANCH, POOL_BRANCH},
    {TEFTER__COMMAND__KIND_ADD_STAFF, POOL_STAFF},
    {TEFTER__COMMAND__KIND_ADD_TERMINAL, POOL_TERMINAL},
    {TEFTER__COMMAND__KIND_OPEN_CUSTOMER, POOL_CUSTOMER},
    {TEFTER__COMMAND__KIND_ADD_GROUP, POOL_GROUP},
    {TEFTER__COMMAND__KIND_AUTHORISE_BUYER, POOL_BUYER},
    {TEFTER__COMMAND__KIND_ADD_PRODUCT, POOL_PRODUCT},
    {TEFTER__COMMAND__KIND_ADD_TILL, POOL_ACCOUNT},
    {TEFTER__COMMAND__KIND_ADD_BANK_ACCOUNT, POOL_ACCOUNT},
    {TEFTER__COMMAND__KIND_ADD_POS_DEVICE, POOL_ACCOUNT},
    {TEFTER__COMMAND__KIND_ASK_APPROVAL, POOL_APPROVAL},
    {TEFTER__COMMAND__KIND_ISSUE_INVOICE, POOL_BILL},
    {TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE, POOL_CREDIT},
    {TEFTER__COMMAND__KIND_TAKE_PAYMENT, POOL_CREDIT},
    {TEFTER__COMMAND__KIND_CORRECT_INVOICE, POOL_BILL},
    {TEFTER__COMMAND__KIND_CORRECT_PAYMENT, POOL_CREDIT},
};

/* What a sane command seldom says: beside another field it would be refused. */
static const char *const seldom[] = {
    "unit",           "customer_code",  "product_code", "bill_number",
    "invoice_number", "number",         "source",       "currency",
    "salesperson",    "total_minor",    "approval",     "buyer",
    "discount_bp",    "discount_minor", "serials",      "charges",
    "overdue_days",   "valid_from",     "valid_until",  "document_max_minor",
    "blocked",        "retired",        "minutes",      "due",
    "date",
};

/* What a sane command mostly says. */
static const char *const mostly[] = {"lines", "parts",     "reason",     "product",  "price",
                                     "payer", "reference", "document",   "customer", "invoice",
                                     "phone", "area",      "limit_minor"};

struct known {
    uint64_t numbers[KNOWN];
    size_t count;
    size_t next;
};

struct fuzz {
    struct world world;
    struct prng prng;
    struct arena arena;        /* of the message that is being made */
    unsigned wild;             /* so many of 256 values lie at an edge */
    unsigned full;             /* so many of 256 optional fields are there */
    uint32_t staff[ROLES + 1]; /* one of each role, and one who is blocked */
    struct known known[POOL_COUNT];
    char words[KNOWN][CODE_MAX_BYTES + 1]; /* codes and numbers that were given */
    size_t word_count;
    uint8_t tokens[TOKENS][TOKEN_SIZE];
    size_t token_sizes[TOKENS];
    size_t token_count;
    uint64_t done_of[256]; /* commands that were done, by number */
};

static bool chance(struct fuzz *f, unsigned of_256)
{
    return prng_below(&f->prng, 256) < of_256;
}

static void learn(struct fuzz *f, enum pool pool, uint64_t number)
{
    struct known *known = &f->known[pool];
    known->numbers[known->next++ % KNOWN] = number;
    if (known->count < KNOWN)
        known->count++;
}

static void learn_word(struct fuzz *f, const char *word)
{
    if (word != NULL && strlen(word) <= CODE_MAX_BYTES)
        memcpy(f->words[f->word_count++ % KNOWN], word, strlen(word) + 1);
}

static void learn_token(struct fuzz *f, ProtobufCBinaryData token)
{
    size_t at = f->token_count++ % TOKENS;
    f->token_sizes[at] = token.len < TOKEN_SIZE ? token.len : TOKEN_SIZE;
    memcpy(f->tokens[at], token.data, f->token_sizes[at]);
}

static enum pool pool_of(const char *field)
{
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++)
        if (strcmp(pools[i].field, field) == 0)
            return pools[i].pool;
    return POOL_NONE;
}

/* ---- numbers ---- */

static int64_t edge(struct fuzz *f)
{
    static const int64_t edges[] = {
        0,
        INT32_MIN,
        INT32_MAX,
        UINT32_MAX,
        INT64_MIN,
        INT64_MAX,
        -1, /* UINT64_MAX, too */
        UINT16_MAX,
        MONEY_MAX,
        -MONEY_MAX,
        INT64_MAX / 2,
        INT64_MAX / 4,
        1000000000000, /* of a quantity */
        1000,
        BASIS_POINTS,
        3650,
        WORLD_DAY,
        1 << 20,
        1 << 28,
        INT64_C(1) << 36,
        TEXT_MAX,
        MATCH_PARTS_MAX,
        MATCHES_PER_ITEM_MAX,
        DOCUMENT_LINES_MAX,
        GROUPS_PER_CUSTOMER_MAX,
        BUYERS_PER_CUSTOMER_MAX,
        APPROVAL_MINUTES_MAX,
        PAGE_ROWS_MAX,
        COMPANY_BRANCHES_MAX,
        14 * 60,
        -12 * 60,
    };
    int64_t value = edges[prng_below(&f->prng, sizeof edges / sizeof edges[0])];
    uint64_t neighbour = prng_below(&f->prng, 3);
    return (int64_t)((uint64_t)value + neighbour - 1);
}

/* An id of a document that does not exist, near one that does. */
static uint64_t document_made_up(struct fuzz *f, uint64_t like)
{
    static const unsigned shifts[] = {0, 20, 36, 63};
    uint64_t bit = UINT64_C(1) << shifts[prng_below(&f->prng, 4)];
    return prng_below(&f->prng, 2) ? like + bit : like ^ bit;
}

static int64_t known_number(struct fuzz *f, enum pool pool)
{
    const struct known *known = &f->known[pool];
    if (pool == POOL_DAY)
        return WORLD_DAY + (int64_t)prng_below(&f->prng, 41) - (chance(f, 128) ? 40 : 0);
    if (known->count == 0)
        return (int64_t)prng_below(&f->prng, 4);
    uint64_t number = known->numbers[prng_below(&f->prng, known->count)];
    bool document = pool == POOL_DOCUMENT || pool == POOL_BILL || pool == POOL_CREDIT;
    if (document && chance(f, f->wild))
        number = document_made_up(f, number);
    return (int64_t)number;
}

static bool is_amount(const char *field)
{
    size_t size = strlen(field);
    return (size > 6 && strcmp(field + size - 6, "_minor") == 0);
}

static int64_t number_of(struct fuzz *f, const ProtobufCFieldDescriptor *field)
{
    enum pool pool = pool_of(field->name);
    if (chance(f, f->wild))
        return chance(f, 32) ? prng_int64(&f->prng) : edge(f);
    if (pool != POOL_NONE)
        return known_number(f, pool);
    if (strcmp(field->name, "quantity") == 0)
        return 1000 * (1 + (int64_t)prng_below(&f->prng, 3));
    if (strcmp(field->name, "expires_ms") == 0)
        return f->world.now_ms + 3600 * 1000;
    if (strcmp(field->name, "serial") == 0) /* of a certificate */
        return (int64_t)f->world.seq;
    if (strcmp(field->name, "price") == 0)
        return 1000 * (int64_t)prng_below(&f->prng, 500);
    if (is_amount(field->name))
        return 1 + (int64_t)prng_below(&f->prng, 1000);
    return (int64_t)prng_below(&f->prng, 5);
}

/* ---- texts and bytes ---- */

static char *text_of_size(struct fuzz *f, size_t size)
{
    char *text = arena_take(&f->arena, size + 1);
    memset(text, 'a' + (int)prng_below(&f->prng, 26), size);
    text[size] = '\0';
    return text;
}

static char *text_at_edge(struct fuzz *f)
{
    static const char *const odd[] = {"",
                                      " ",
                                      "\xff",
                                      "\xc3",
                                      "\xed\xa0\x80",
                                      "a\nb",
                                      "a\tb",
                                      "\xe2\x80\x8b",
                                      "\x7f",
                                      ("\xe2\x80\xae"
                                       "abc"),
                                      "0",
                                      "-1",
                                      "1e9",
                                      "9223372036854775808",
                                      "\xf4\x90\x80\x80"};
    static const size_t sizes[] = {CODE_MAX_BYTES, NAME_MAX_BYTES, TEXT_MAX, LOGIN_MAX_BYTES, 8};
    if (chance(f, 128))
        return (char *)odd[prng_below(&f->prng, sizeof odd / sizeof odd[0])];
    size_t size = sizes[prng_below(&f->prng, sizeof sizes / sizeof sizes[0])];
    return text_of_size(f, size + prng_below(&f->prng, 3) - 1);
}

static char *word_of(struct fuzz *f, const ProtobufCFieldDescriptor *field)
{
    char word[CODE_MAX_BYTES + 1];
    if (chance(f, f->wild))
        return text_at_edge(f);
    if (strcmp(field->name, "currency") == 0)
        return "EUR";
    if (strcmp(field->name, "language") == 0)
        return "vi";
    bool repeats = f->word_count > 0 && chance(f, 100);
    if (repeats) {
        size_t count = f->word_count < KNOWN ? f->word_count : KNOWN;
        return arena_text(
            &f->arena, word,
            (size_t)snprintf(word, sizeof word, "%s", f->words[prng_below(&f->prng, count)]));
    }
    bool login = strstr(field->name, "login") != NULL || strcmp(field->name, "salesperson") == 0;
    int size =
        snprintf(word, sizeof word, login ? "p%u" : "W%u", (unsigned)prng_below(&f->prng, 100000));
    return arena_text(&f->arena, word, (size_t)size);
}

static ProtobufCBinaryData page_of(struct fuzz *f)
{
    ProtobufCBinaryData bytes = {0, arena_zero(&f->arena, TOKEN_SIZE)};
    size_t count = f->token_count < TOKENS ? f->token_count : TOKENS;
    if (count > 0 && !chance(f, 64)) {
        size_t at = prng_below(&f->prng, count);
        bytes.len = f->token_sizes[at];
        memcpy(bytes.data, f->tokens[at], TOKEN_SIZE);
    } else {
        bytes.len = 8 * prng_below(&f->prng, 3);
        for (size_t i = 0; i + 8 <= bytes.len; i += 8)
            be64_put(bytes.data + i, (uint64_t)edge(f));
    }
    if (bytes.len > 0 && chance(f, f->wild))
        bytes.data[prng_below(&f->prng, bytes.len)] ^= (uint8_t)(1u << prng_below(&f->prng, 8));
    if (bytes.len > 0 && chance(f, f->wild / 2))
        bytes.len = prng_below(&f->prng, bytes.len);
    return bytes;
}

static ProtobufCBinaryData bytes_of(struct fuzz *f, const ProtobufCFieldDescriptor *field)
{
    static const size_t sizes[] = {HASH_SIZE, COMMAND_ID_SIZE, 64, 256};
    if (strcmp(field->name, "page") == 0)
        return page_of(f);
    size_t size = HASH_SIZE;
    if (chance(f, f->wild))
        size = sizes[prng_below(&f->prng, 4)] + prng_below(&f->prng, 3) - 1;
    ProtobufCBinaryData bytes = {size, arena_take(&f->arena, size)};
    memset(bytes.data, (int)prng_below(&f->prng, 3), size); /* so that digests are met again */
    return bytes;
}

/* ---- messages ---- */

static void fill(struct fuzz *f, ProtobufCMessage *message, unsigned depth);

static void value_put(struct fuzz *f, const ProtobufCFieldDescriptor *field, void *at,
                      unsigned depth)
{
    const ProtobufCEnumDescriptor *kinds = field->descriptor;
    int64_t number;
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = (protobuf_c_boolean)prng_below(&f->prng, 2);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int32_t *)at = kinds->values[prng_below(&f->prng, kinds->n_values)].value;
        break;
    case PROTOBUF_C_TYPE_STRING:
        *(char **)at = word_of(f, field);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)at = bytes_of(f, field);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)at = message_new(field->descriptor, &f->arena);
        fill(f, *(ProtobufCMessage **)at, depth + 1);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        number = number_of(f, field);
        memcpy(at, &number, reflect_size(field->type));
        break;
    }
}

static bool among(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool is_there(struct fuzz *f, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REQUIRED)
        return true;
    if (chance(f, f->wild))
        return chance(f, 128);
    if (among(seldom, sizeof seldom / sizeof seldom[0], field->name))
        return chance(f, 12);
    if (among(mostly, sizeof mostly / sizeof mostly[0], field->name))
        return chance(f, 220);
    return chance(f, f->full);
}

/* ---- what must agree for a command to be done ---- */

static uint32_t customer_of(uint64_t document)
{
    return (uint32_t)(document >> 36);
}

/* A document of the pool that is that customer's; the last resort is any. */
static uint64_t document_of(struct fuzz *f, enum pool pool, uint32_t customer)
{
    const struct known *known = &f->known[pool];
    size_t from = known->count > 0 ? prng_below(&f->prng, known->count) : 0;
    for (size_t i = 0; i < known->count; i++) {
        uint64_t number = known->numbers[(from + i) % known->count];
        if (customer_of(number) == customer)
            return number;
    }
    return (uint64_t)known_number(f, pool);
}

static void agree_payment(struct fuzz *f, Tefter__TakePayment *payment)
{
    static const uint32_t accounts[] = {0, 1, 3, 2, 2}; /* till, device, bank; as furnished */
    payment->has_money_account = 1;
    payment->money_account = accounts[payment->kind];
    if (payment->n_bills > 0)
        payment->has_match = 0;
    if (payment->n_bills == 0 || !payment->bills[0]->has_bill)
        return;
    payment->has_customer = 1;
    payment->customer = customer_of(payment->bills[0]->bill);
    for (size_t i = 0; i < payment->n_bills; i++)
        payment->bills[i]->bill = document_of(f, POOL_BILL, payment->customer);
}

static void agree_note(Tefter__IssueCreditNote *note)
{
    if (note->has_invoice || note->invoice_number != NULL) {
        note->n_lines = note->n_charges = 0;
        note->has_customer = 0;
    } else {
        note->n_credit = 0;
    }
}

static void agree_match(struct fuzz *f, Tefter__MatchItems *match)
{
    match->customer = customer_of((uint64_t)known_number(f, POOL_BILL));
    match->has_order = match->has_order && match->n_parts == 0;
    match->order = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    if (!match->has_order)
        match->n_credits = 0;
    for (size_t i = 0; i < match->n_parts; i++) {
        match->parts[i]->debit = document_of(f, POOL_BILL, match->customer);
        match->parts[i]->credit = document_of(f, POOL_CREDIT, match->customer);
    }
    for (size_t i = 0; i < match->n_credits; i++)
        match->credits[i] = document_of(f, POOL_CREDIT, match->customer);
}

/* Its number, and whose it is, are learnt as one. */
static void agree_undo(struct fuzz *f, Tefter__UndoMatch *undo)
{
    uint64_t known = (uint64_t)known_number(f, POOL_MATCH);
    undo->customer = (uint32_t)(known >> 32);
    undo->match = (uint32_t)known;
}

static void agree(struct fuzz *f, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    if (type == &tefter__take_payment__descriptor)
        agree_payment(f, (Tefter__TakePayment *)message);
    if (type == &tefter__issue_credit_note__descriptor)
        agree_note((Tefter__IssueCreditNote *)message);
    if (type == &tefter__match_items__descriptor)
        agree_match(f, (Tefter__MatchItems *)message);
    if (type == &tefter__undo_match__descriptor)
        agree_undo(f, (Tefter__UndoMatch *)message);
    if (type == &tefter__correct_invoice__descriptor)
        ((Tefter__CorrectInvoice *)message)->document = (uint64_t)known_number(f, POOL_BILL);
    if (type == &tefter__correct_payment__descriptor)
        ((Tefter__CorrectPayment *)message)->document = (uint64_t)known_number(f, POOL_CREDIT);
}

static size_t repetitions(struct fuzz *f, const ProtobufCMessageDescriptor *type,
                          const ProtobufCFieldDescriptor *field)
{
    if (!chance(f, f->wild / 8))
        return prng_below(&f->prng, 4);
    return message_bound(type, field) + prng_below(&f->prng, 3) - 1;
}

static void field_put(struct fuzz *f, ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field, unsigned depth)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool deep = field->type == PROTOBUF_C_TYPE_MESSAGE && depth >= MESSAGE_DEPTH_MAX;
    if (deep || !is_there(f, field))
        return;
    size_t count = repeated ? repetitions(f, message->descriptor, field) : 1;
    if (repeated)
        reflect_reserve(message, field, count, &f->arena);
    unsigned wild = f->wild;
    if (count > FEW)
        f->wild = 0; /* else nothing so large would fit in a frame */
    for (size_t i = 0; i < count; i++)
        value_put(f, field, reflect_add(message, field), depth);
    f->wild = wild;
}

/* A text has words; rarely, that of somebody who forges a place in the vault. */
static bool text_put(struct fuzz *f, ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *value = reflect_text_value(message->descriptor);
    if (value == NULL || chance(f, f->wild / 4))
        return false;
    value_put(f, value, reflect_add(message, value), 1);
    return true;
}

static void fill(struct fuzz *f, ProtobufCMessage *message, unsigned depth)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    if (text_put(f, message))
        return;
    for (size_t i = 0; i < type->n_fields; i++)
        field_put(f, message, &type->fields[i], depth);
    if (!chance(f, f->wild))
        agree(f, message);
}

/* One member of the oneof, filled. */
static ProtobufCMessage *one_of(struct fuzz *f, const ProtobufCMessageDescriptor *type)
{
    static const unsigned wilds[] = {0, 0, 4, 16, 64, 160};
    static const unsigned fulls[] = {40, 90, 90, 160, 240};
    f->wild = wilds[prng_below(&f->prng, sizeof wilds / sizeof wilds[0])];
    f->full = fulls[prng_below(&f->prng, sizeof fulls / sizeof fulls[0])];
    arena_reset(&f->arena);
    ProtobufCMessage *message = message_new(type, &f->arena);
    const ProtobufCFieldDescriptor *field = &type->fields[prng_below(&f->prng, type->n_fields)];
    bool trade = type == &tefter__command__descriptor && chance(f, 150);
    while (trade && field->id < TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        field = &type->fields[prng_below(&f->prng, type->n_fields)];
    value_put(f, field, reflect_add(message, field), 1);
    return message;
}

/* ---- doing and asking ---- */

static void somebody(struct fuzz *f)
{
    uint64_t who = prng_below(&f->prng, 16);
    world_as(&f->world, WORLD_OWNER);
    if (who < ROLES + 1)
        world_as(&f->world, f->staff[who]);
    else if (who == 6)
        world_as(&f->world, 0);
    else if (who == 7)
        world_as(&f->world, (uint32_t)edge(f));
    if (chance(f, 24))
        f->world.actor.branch = (uint32_t)known_number(f, POOL_BRANCH);
}

/* The branch that an actor names exists: a session takes it from the terminal or the person. */
static void branch_exists(struct fuzz *f)
{
    if (f->world.actor.branch == 0)
        f->world.actor.branch = 1;
}

/* Of many customers none would have many documents. */
static bool few_are_enough(struct fuzz *f, enum pool pool)
{
    bool scarce = pool == POOL_CUSTOMER || pool == POOL_BRANCH || pool == POOL_TERMINAL;
    return scarce && f->known[pool].count >= 6 && !chance(f, 8);
}

static void learn_done(struct fuzz *f, uint32_t kind, const Tefter__Done *done)
{
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        if (made[i].kind == kind && done->has_id && !few_are_enough(f, made[i].pool))
            learn(f, made[i].pool, done->id);
    if (done->has_id && kind >= TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        learn(f, POOL_DOCUMENT, done->id);
    if (done->has_match && done->account != NULL)
        learn(f, POOL_MATCH, (uint64_t)done->account->customer << 32 | done->match);
    if (done->has_reversal)
        learn(f, POOL_DOCUMENT, done->reversal);
    if (done->has_job)
        learn(f, POOL_JOB, done->job);
    learn_word(f, done->number);
    f->done_of[kind % 256]++;
}

static void do_one(struct fuzz *f)
{
    const Tefter__Command *command = (Tefter__Command *)one_of(f, &tefter__command__descriptor);
    somebody(f);
    branch_exists(f);
    if (chance(f, 8))
        f->world.now_ms += (int64_t)prng_below(&f->prng, 300 * 1000);
    const Tefter__Reply *reply = world_do(&f->world, command);
    if (reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_DONE)
        learn_done(f, command->kind_case, reply->done);
}

static void ask_one(struct fuzz *f)
{
    const Tefter__Query *query = (Tefter__Query *)one_of(f, &tefter__query__descriptor);
    somebody(f);
    branch_exists(f);
    const Tefter__Answer *answer = world_ask(&f->world, query);
    if (answer == NULL || answer->kind_case == TEFTER__ANSWER__KIND_REFUSED)
        return;
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(
        &tefter__answer__descriptor, (unsigned)answer->kind_case);
    const ProtobufCMessage *part = *(ProtobufCMessage **)reflect_at(&answer->base, field, 0);
    const ProtobufCFieldDescriptor *next =
        protobuf_c_message_descriptor_get_field_by_name(part->descriptor, "next");
    if (next != NULL && reflect_count(part, next) > 0)
        learn_token(f, *(ProtobufCBinaryData *)reflect_at(part, next, 0));
}

/* ---- a run ---- */

/* A shop in which commands find something: otherwise most of them are NOT_FOUND. */
static void furnish(struct fuzz *f)
{
    struct world *w = &f->world;
    for (int role = 1; role <= ROLES; role++)
        f->staff[role - 1] =
            (uint32_t)world_done(w, "{'add_staff': {'login': 'r%d', 'name': 'n', 'role': %d}}",
                                 role, role)
                ->id;
    f->staff[ROLES] =
        (uint32_t)world_done(w, "{'add_staff': {'login': 'gone', 'name': 'n', 'role': 1}}")->id;
    world_done(w, "{'change_staff': {'staff': %u, 'blocked': true}}", f->staff[ROLES]);
    learn(f, POOL_BRANCH, 1);
    learn(f, POOL_CUSTOMER, 1);
    for (int i = 0; i < 4; i++) {
        uint64_t customer = world_done(w,
                                       "{'open_customer': {'name': 'n', 'phone': '09', 'area': 'a'"
                                       ", 'code': 'K%d'}}",
                                       i)
                                ->id;
        learn(f, POOL_CUSTOMER, customer);
        world_done(w, "{'set_credit_limit': {'customer': %u, 'terms': {'limit_minor': 100000}}}",
                   (unsigned)customer);
        learn(f, POOL_PRODUCT,
              world_done(w,
                         "{'add_product': {'code': 'P%d', 'name': 'n', 'price': 1000, 'serials': "
                         "%s}}",
                         i, i == 3 ? "true" : "false")
                  ->id);
    }
    learn(f, POOL_ACCOUNT, world_done(w, "{'add_till': {'branch': 1, 'name': 't'}}")->id);
    learn(f, POOL_ACCOUNT, world_done(w, "{'add_bank_account': {'name': 'b', 'number': '1'}}")->id);
    learn(f, POOL_ACCOUNT,
          world_done(w, "{'add_pos_device': {'branch': 1, 'name': 'd', 'bank_account': 2}}")->id);
    learn(f, POOL_BUYER, 1);
    learn(f, POOL_TERMINAL, 1);
}

static struct {
    uint64_t seed;
    uint64_t seq;
    bool good;
} now;

static void tell_seed(int signal_number)
{
    char line[160];
    int size = snprintf(line, sizeof line, "typed: seed %llu found this, behind seq %llu\n",
                        (unsigned long long)now.seed, (unsigned long long)now.seq);
    (void)!write(2, line, (size_t)size);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A figure that is wrong ends the program without a signal. */
static void tell_at_exit(void)
{
    if (!now.good)
        fprintf(stderr, "typed: seed %llu found this, behind seq %llu\n",
                (unsigned long long)now.seed, (unsigned long long)now.seq);
}

/* One ledger: sequences of commands with questions among them, until so many were applied or the
 * time is over. */
static void run(uint64_t seed, uint64_t commands, double until, struct fuzz *f)
{
    static const uint32_t rules[] = {LEDGER_RULES, LEDGER_RULES, LEDGER_RULES, 2, 1};
    *f = (struct fuzz){.prng = {seed}};
    now.seed = seed;
    arena_init(&f->arena, FRAME_UNPACKED_MAX * (size_t)16);
    world_begin(&f->world, rules[seed % (sizeof rules / sizeof rules[0])]);
    furnish(f);
    while (f->world.applied < commands && world_seconds() < until) {
        for (int i = 0; i < SEQUENCE; i++) {
            now.seq = f->world.seq;
            do_one(f);
            if (chance(f, 64))
                ask_one(f);
        }
        world_check(&f->world);
    }
    world_end(&f->world);
    arena_fini(&f->arena);
}

static uint64_t kinds_done(const struct fuzz *f, uint64_t *all)
{
    uint64_t kinds = 0;
    for (size_t i = 0; i < 256; i++) {
        kinds += f->done_of[i] > 0;
        all[i] += f->done_of[i];
    }
    return kinds;
}

int main(int argc, char **argv)
{
    static struct fuzz f;
    uint64_t seed = 1, commands = 3000, applied = 0, refused = 0, unread = 0, answered = 0;
    uint64_t all[256] = {0};
    double seconds = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--commands") == 0)
            commands = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = strtod(argv[i + 1], NULL);
    }
    signal(SIGABRT, tell_seed);
    atexit(tell_at_exit);
    signal(SIGSEGV, tell_seed);
    uint64_t first = seed;
    do {
        run(seed++, commands, seconds > 0 ? seconds : 1e9, &f);
        applied += f.world.applied;
        refused += f.world.refused;
        unread += f.world.unread;
        answered += f.world.answered;
        kinds_done(&f, all);
    } while (world_seconds() < seconds);
    uint64_t kinds = 0;
    for (size_t i = 0; i < 256; i++)
        kinds += all[i] > 0;
    now.good = true;
    world_print_turns();
    printf("typed: seeds %llu to %llu: %llu commands, %llu refused, %llu kinds done, %llu that no "
           "session takes, %llu answers: no findings\n",
           (unsigned long long)first, (unsigned long long)seed - 1, (unsigned long long)applied,
           (unsigned long long)refused, (unsigned long long)kinds, (unsigned long long)unread,
           (unsigned long long)answered);
    return 0;
}
