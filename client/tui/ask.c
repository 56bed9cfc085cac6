/*
 * Questions and commands on the loop. An answer is copied when it comes, and looked at between two
 * turns of the loop: only there may what follows from it ask again and wait.
 */
#include "tui/inside.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

/* ---- questions ---- */

/* What a callback is given: it may come for a question that was forgotten since. */
struct flight {
    struct flight *next;
    struct asked *asked;
    uint64_t turn;
};

void asked_begin(struct asked *asked, struct tui *tui,
                 void (*then)(struct tui *tui, struct asked *asked))
{
    *asked = (struct asked){.tui = tui, .then = then};
    arena_init(&asked->arena, ASKED_MEMORY_MAX);
    need(tui->asked_count < sizeof(tui->askeds) / sizeof(tui->askeds[0]));
    tui->askeds[tui->asked_count++] = asked;
}

void asked_end(struct asked *asked)
{
    while (asked->flights != NULL) {
        struct flight *flight = asked->flights;
        asked->flights = flight->next;
        free(flight);
    }
    arena_fini(&asked->arena);
    asked->answer = NULL;
}

void asked_forget(struct asked *asked)
{
    asked->turn++;
    asked->flying = asked->came = false;
    asked->answer = NULL;
}

static void landed(struct flight *flight)
{
    struct flight **link = &flight->asked->flights;
    while (*link != flight)
        link = &(*link)->next;
    *link = flight->next;
    free(flight);
}

static void answered(void *context, const Tefter__Answer *answer)
{
    struct flight *flight = context;
    struct asked *asked = flight->asked;
    bool newest = flight->turn == asked->turn;
    landed(flight);
    if (!newest)
        return;
    arena_reset(&asked->arena);
    struct slice packed = message_pack(&answer->base, &asked->arena);
    asked->answer =
        (const Tefter__Answer *)message_unpack(&tefter__answer__descriptor, packed, &asked->arena);
    asked->flying = false;
    asked->came = asked->answer != NULL;
    asked->tui->answered = asked->tui->dirty = true;
    loop_stop(asked->tui->loop);
}

void ask(struct asked *asked, const Tefter__Query *query)
{
    struct flight *flight = malloc(sizeof(*flight));
    need(flight != NULL);
    asked->turn++;
    *flight = (struct flight){.next = asked->flights, .asked = asked, .turn = asked->turn};
    asked->flights = flight;
    asked->came = false;
    asked->flying = tefter_query(asked->tui->client, query, answered, flight, NULL);
    if (!asked->flying)
        landed(flight);
}

const Tefter__Refusal *asked_refused(const struct asked *asked)
{
    bool refused =
        asked->answer != NULL && asked->answer->kind_case == TEFTER__ANSWER__KIND_REFUSED;
    return refused ? asked->answer->refused : NULL;
}

bool asked_is(const struct asked *asked, Tefter__Answer__KindCase kind)
{
    return asked->answer != NULL && asked->answer->kind_case == kind;
}

/* ---- commands ---- */

void sent_begin(struct sent *sent, struct tui *tui,
                void (*then)(struct tui *tui, struct sent *sent))
{
    *sent = (struct sent){.tui = tui, .then = then};
    arena_init(&sent->arena, ASKED_MEMORY_MAX);
    need(tui->sent_count < sizeof(tui->sents) / sizeof(tui->sents[0]));
    tui->sents[tui->sent_count++] = sent;
}

void sent_end(struct sent *sent)
{
    arena_fini(&sent->arena);
    sent->reply = NULL;
}

static void replied(void *context, const struct tefter_outcome *outcome)
{
    struct sent *sent = context;
    arena_reset(&sent->arena);
    struct slice packed = message_pack(&outcome->reply->base, &sent->arena);
    sent->reply =
        (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor, packed, &sent->arena);
    sent->state = outcome->done != NULL ? SENT_DONE : SENT_REFUSED;
    sent->came = sent->reply != NULL;
    sent->tui->answered = sent->tui->dirty = true;
    loop_stop(sent->tui->loop);
}

bool send_command(struct sent *sent, const Tefter__Command *command)
{
    return send_with_pin(sent, command, NULL);
}

bool send_with_pin(struct sent *sent, const Tefter__Command *command, const Tefter__BuyerPin *pin)
{
    struct failure failure = {0};
    if (sent->state == SENT_UNDER_WAY)
        return false;
    if (!tefter_submit_with_pin(sent->tui->client, command, pin, replied, sent, &failure)) {
        say_words(sent->tui, MESSAGE_REFUSED, failure.text);
        return false;
    }
    sent->state = SENT_UNDER_WAY;
    sent->since_ms = now_ms(sent->tui);
    return true;
}

const char *sent_words(const struct sent *sent)
{
    if (connected(sent->tui))
        return in_words(sent->tui, N_("Sending …"));
    return in_words(sent->tui, N_("Kept here, sends by itself"));
}
