#include "access/throttle.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/hash.h"

enum { ROWS = 512, WAYS = 8, FORGET_MS = 15 * 60 * 1000 };

/* So many guesses are free; each one more doubles the wait. One is forgotten every so often (0:
 * never), all after FORGET_MS without any. At one terminal a name is soon closed for long. Wherever
 * else it is slowed down only by guesses from several terminals: with the waits of one, more are
 * free, and are forgotten faster, than can be tried there. So who sits at one terminal keeps nobody
 * out of the others. */
struct rule {
    uint32_t free;
    uint32_t first_ms;
    uint32_t most_ms;
    uint32_t leak_ms;
};

/* No default: a kind without a rule would never wait. */
static struct rule rule_of(enum throttle_kind kind)
{
    switch (kind) {
    case THROTTLE_LOGIN:
        return (struct rule){20, 2000, 60 * 1000, 60 * 1000};
    case THROTTLE_HERE:
        return (struct rule){5, 2000, FORGET_MS, 0};
    case THROTTLE_PIN:
        return (struct rule){14, 2000, FORGET_MS, 5 * 60 * 1000};
    case THROTTLE_PIN_HERE:
        return (struct rule){3, 2000, FORGET_MS, 0};
    case THROTTLE_BUYER:
        return (struct rule){BUYER_PIN_TRIES, 5 * 60 * 1000, FORGET_MS, 0};
    case THROTTLE_TERMINAL:
        return (struct rule){20, 1000, 60 * 1000, 60 * 1000};
    case THROTTLE_ADDRESS:
        return (struct rule){10, 1000, 60 * 1000, 60 * 1000};
    case THROTTLE_ALL:
        return (struct rule){300, 100, 1000, 1000};
    case THROTTLE_RENEWAL:
        return (struct rule){1, 3600 * 1000, 3600 * 1000, 0};
    case THROTTLE_KINDS:
        break;
    }
    need(false);
    return (struct rule){0};
}

struct counter {
    uint64_t key; /* 0: free */
    int64_t last_ms;
    uint32_t guesses;
};

struct throttle {
    uint8_t secret[32];
    struct counter counters[ROWS][WAYS];
};

struct throttle *throttle_create(const uint8_t secret[32])
{
    struct throttle *throttle = calloc(1, sizeof *throttle);
    if (throttle != NULL)
        memcpy(throttle->secret, secret, sizeof throttle->secret);
    return throttle;
}

void throttle_destroy(struct throttle *throttle)
{
    free(throttle);
}

uint64_t throttle_key(const struct throttle *throttle, enum throttle_kind kind, struct slice about)
{
    struct hash_state state;
    struct hash hash;
    hash_begin_keyed(&state, throttle->secret, sizeof throttle->secret);
    hash_add_u64(&state, kind);
    hash_add(&state, about.data, about.size);
    hash_end(&state, &hash);
    uint64_t key = be64_get(hash.bytes);
    return key == 0 ? 1 : key;
}

static struct counter *find(const struct throttle *throttle, uint64_t key)
{
    const struct counter *row = throttle->counters[key % ROWS];
    for (int i = 0; i < WAYS; i++) {
        if (row[i].key == key)
            return (struct counter *)&row[i];
    }
    return NULL;
}

static uint32_t delay_ms(struct rule rule, uint32_t guesses)
{
    if (guesses < rule.free)
        return 0;
    uint64_t delay = rule.first_ms;
    for (uint32_t i = rule.free; i < guesses && delay < rule.most_ms; i++)
        delay *= 2;
    return delay < rule.most_ms ? (uint32_t)delay : rule.most_ms;
}

uint32_t throttle_wait(const struct throttle *throttle, enum throttle_kind kind, uint64_t key,
                       int64_t now_ms)
{
    const struct counter *counter = find(throttle, key);
    if (counter == NULL)
        return 0;
    int64_t since = now_ms - counter->last_ms;
    int64_t delay = delay_ms(rule_of(kind), counter->guesses);
    if (since < 0) /* by a clock that was ahead, and was put right */
        return 0;
    return since >= delay ? 0 : (uint32_t)(delay - since);
}

static struct counter *make_room(struct throttle *throttle, uint64_t key)
{
    struct counter *row = throttle->counters[key % ROWS];
    struct counter *oldest = &row[0];
    for (int i = 0; i < WAYS; i++) {
        if (row[i].key == 0)
            return &row[i];
        if (row[i].last_ms < oldest->last_ms)
            oldest = &row[i];
    }
    return oldest;
}

/* What is left of so many guesses after a while. */
static uint32_t left_of(struct rule rule, uint32_t guesses, int64_t since_ms)
{
    if (since_ms > FORGET_MS)
        return 0;
    if (rule.leak_ms == 0 || since_ms < 0)
        return guesses;
    int64_t forgotten = since_ms / rule.leak_ms;
    return forgotten >= guesses ? 0 : guesses - (uint32_t)forgotten;
}

uint32_t throttle_guesses(const struct throttle *throttle, enum throttle_kind kind, uint64_t key,
                          int64_t now_ms)
{
    const struct counter *counter = find(throttle, key);
    return counter == NULL ? 0
                           : left_of(rule_of(kind), counter->guesses, now_ms - counter->last_ms);
}

void throttle_charge(struct throttle *throttle, enum throttle_kind kind, uint64_t key,
                     int64_t now_ms)
{
    struct counter *counter = find(throttle, key);
    if (counter == NULL) {
        counter = make_room(throttle, key);
        *counter = (struct counter){.key = key, .last_ms = now_ms};
    }
    counter->guesses = left_of(rule_of(kind), counter->guesses, now_ms - counter->last_ms) + 1;
    counter->last_ms = now_ms;
}

void throttle_forgive(struct throttle *throttle, uint64_t key, bool whole)
{
    struct counter *counter = find(throttle, key);
    if (counter == NULL)
        return;
    counter->guesses = whole || counter->guesses == 0 ? 0 : counter->guesses - 1;
}
