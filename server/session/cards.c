/*
 * Cards from the row cache. Where there is room all are put there before somebody asks: after the
 * start, and again when the day turns, some each turn of the loop while no command comes in. Those
 * there is no room for are kept when they are asked for a second time.
 */
#include "base/grow.h"
#include "session/reading.h"
#include "wire/varint.h"

enum {
    CARDS_PER_TURN = 32, /* about a millisecond */
    CARDS_WORK = 512,    /* a turn ends with the card that makes it so much: see SHORT_WORK_MAX */
    TAG_CARD_RECORD = WIRE_TAG(3, WIRE_BYTES),
    TAG_CARD_TERMS = WIRE_TAG(4, WIRE_BYTES),
    TAG_CARD_TERMS_OF = WIRE_TAG(5, WIRE_VARINT),
    TAG_CARD_OVERDUE = WIRE_TAG(6, WIRE_VARINT),
    TAG_CARD_GROUPS = WIRE_TAG(7, WIRE_BYTES),
};

static void put_member(struct buffer *out, uint32_t tag, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    if (!buffer_reserve(out, number_size(tag, size) + size))
        return;
    uint8_t *at = number_write(out->data + out->size, tag, size);
    at += protobuf_c_message_pack(message, at);
    out->size = (size_t)(at - out->data);
}

static void put_number(struct buffer *out, uint32_t tag, uint64_t value)
{
    uint8_t bytes[2 * VARINT_MAX];
    (void)buffer_put(out, bytes, (size_t)(number_write(bytes, tag, value) - bytes));
}

/* Record and groups, and the row of the customer, whose words they share. */
static void keep_profile(struct reading *reading, const Tefter__CustomerCardAnswer *card)
{
    struct sessions *home = reading->home;
    uint32_t customer = card->record->customer;
    struct buffer *out = &home->rows;
    texts_fill(&reading->texts, (ProtobufCMessage *)(uintptr_t)&card->base);
    if (reading->texts.failed || reading->texts.spent)
        return;
    buffer_clear(out);
    put_member(out, TAG_CARD_RECORD, &card->record->base);
    size_t record_size = out->size;
    for (size_t i = 0; i < card->n_groups; i++)
        put_member(out, TAG_CARD_GROUPS, &card->groups[i]->base);
    if (!out->overflow)
        row_cache_put_profile(home->cache, customer, slice_of(out->data, record_size),
                              slice_of(out->data + record_size, out->size - record_size));
    row_cache_put_customer(home->cache, customer, message_pack(&card->row->base, &home->arena),
                           ledger_view_days(reading->view, customer, reading->asker.head_date));
}

static void keep_standing(struct reading *reading, Tefter__CustomerCardAnswer *card)
{
    struct sessions *home = reading->home;
    uint32_t customer = card->record->customer;
    uint32_t today = reading->asker.date;
    struct buffer *out = &home->rows;
    row_cache_put_account(home->cache, customer, message_pack(&card->account->base, &home->arena),
                          ledger_view_days(reading->view, customer, today));
    buffer_clear(out);
    put_member(out, TAG_CARD_TERMS, &card->terms->base);
    put_number(out, TAG_CARD_TERMS_OF, (uint64_t)card->terms_of);
    put_number(out, TAG_CARD_OVERDUE, (uint64_t)card->overdue_minor);
    if (!out->overflow)
        row_cache_put_standing(home->cache, customer, buffer_slice(out), today);
}

static bool send_card(struct reading *reading, uint64_t request, uint32_t customer)
{
    struct row_cache *cache = reading->home->cache;
    size_t size = row_cache_card_size(cache, customer, &reading->asker);
    uint8_t *at = size == 0
                      ? NULL
                      : reading_frame(reading, request, TEFTER__ANSWER__KIND_CUSTOMER_CARD, size);
    if (at != NULL)
        reading_send(reading, row_cache_card_write(cache, customer, &reading->asker, at));
    return at != NULL;
}

/* Was it asked for before? Keeping a card costs a third of an answer: those that are looked at once
 * are not kept. */
static bool asked_again(struct sessions *home, uint32_t customer)
{
    size_t at = customer / 8;
    uint8_t bit = (uint8_t)(1U << customer % 8);
    if (customer == 0 || customer > home->customers)
        return false;
    if (!GROW_ZEROED(home->carded, home->carded_size, at + 1))
        return false;
    bool again = (home->carded[at] & bit) != 0;
    home->carded[at] |= bit;
    return again;
}

/* Puts the card there, from a view. */
static bool fill_card(struct reading *reading, uint32_t customer)
{
    struct row_cache *cache = reading->home->cache;
    Tefter__CustomerCard wish = TEFTER__CUSTOMER_CARD__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    wish.has_customer = true;
    wish.customer = customer;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &wish;
    if (reading->session != NULL)
        actor = session_actor(reading->session);
    const Tefter__Answer *answer =
        ledger_view_answer(reading->view, &query, &actor, NULL, SHORT_WORK_MAX);
    reading->worked += ledger_view_worked(reading->view);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_CUSTOMER_CARD)
        return false;
    if (!row_cache_has_profile(cache, customer) ||
        row_cache_row_size(cache, ROW_CACHE_CUSTOMER, customer, &reading->asker) == 0)
        keep_profile(reading, answer->customer_card);
    keep_standing(reading, answer->customer_card);
    return true;
}

/* By number; who asks by code is answered from the ledger, which has to look it up there. */
bool card_answer(struct reading *reading, uint64_t request, const Tefter__Query *query)
{
    const Tefter__CustomerCard *wish = query->customer_card;
    if (!wish->has_customer || wish->code != NULL)
        return false;
    if (send_card(reading, request, wish->customer))
        return true;
    bool keep = row_cache_has_profile(reading->home->cache, wish->customer) ||
                asked_again(reading->home, wish->customer);
    return keep && reading_may_fill(reading) && fill_card(reading, wish->customer) &&
           send_card(reading, request, wish->customer);
}

/* ---- before somebody asks ---- */

/* A quarter of the bound is left to what is asked for. */
static bool room_left(const struct sessions *home)
{
    struct row_cache_metrics metrics;
    row_cache_metrics(home->cache, &metrics);
    return metrics.bytes < home->options.row_cache_bytes / 4 * 3;
}

/* One card, if it is not there; false: not now. One that cannot be made is passed over. */
static bool fill_next(struct reading *reading)
{
    struct sessions *home = reading->home;
    uint32_t customer = home->card_cursor + 1;
    if (row_cache_card_size(home->cache, customer, &reading->asker) == 0) {
        if (!reading_may_fill(reading))
            return false;
        (void)fill_card(reading, customer);
    }
    home->card_cursor = customer;
    return true;
}

static bool fill_some(struct sessions *home)
{
    struct reading reading;
    arena_reset(&home->arena);
    bool going = reading_begin(&reading, home, 0, CARDS_PER_TURN);
    for (int i = 0; i < CARDS_PER_TURN && going && reading.worked < CARDS_WORK &&
                    home->card_cursor < home->customers;
         i++)
        going = fill_next(&reading);
    reading_end(&reading);
    if (going)
        home->cards_whole = home->card_cursor >= home->customers || !room_left(home);
    return going && !home->cards_whole;
}

bool cards_step(struct sessions *home)
{
    return home->cache != NULL && home->index_whole && !home->cards_whole && home->quiet &&
           fill_some(home);
}

bool cards_tick(struct sessions *home)
{
    home->quiet = !home->busy;
    home->busy = false;
    return home->quiet && !home->cards_whole;
}

void cards_again(struct sessions *home)
{
    home->card_cursor = 0;
    home->cards_whole = false;
}
