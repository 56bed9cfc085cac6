#include "search/search.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/hash.h"
#include "base/text.h"

/*
 * One block: a line feed, then each customer's text and a line feed behind it. So a part is always
 * between two line feeds, and one memmem runs over everybody. The place of a text that is replaced
 * is disowned, and stays until half of the block is such; the text itself is overwritten at once,
 * as is whatever the block leaves behind: names that were replaced are nowhere in memory.
 */
enum { QUERY_MAX = 256, WORDS_MAX = 8, PHONE_DIGITS_MIN = 3, COMPACT_LEAST = 64 * 1024 };

struct place {
    uint32_t offset;   /* of the text, behind a line feed */
    uint32_t size;     /* with its line feed */
    uint32_t customer; /* 0: disowned */
};

struct search {
    char *block;
    size_t size;
    size_t room;
    size_t disowned;
    struct place *places; /* by offset */
    size_t place_count;
    size_t place_room;
    uint32_t *place_of; /* by customer: place + 1, 0: unknown */
    size_t customers;
    size_t known;
};

struct search *search_create(void)
{
    return calloc(1, sizeof(struct search));
}

static void block_give_up(char *block, size_t room)
{
    if (block != NULL)
        secret_wipe(block, room);
    free(block);
}

void search_destroy(struct search *search)
{
    if (search == NULL)
        return;
    block_give_up(search->block, search->room);
    free(search->places);
    free(search->place_of);
    free(search);
}

size_t search_count(const struct search *search)
{
    return search->known;
}

/* ---- putting ---- */

static bool know_customer(struct search *search, uint32_t customer)
{
    return GROW_ZEROED(search->place_of, search->customers, (size_t)customer + 1);
}

/* Not with realloc, which leaves a copy behind. */
static bool block_need(struct search *search, size_t size)
{
    if (size <= search->room)
        return true;
    size_t room = search->room * 2 > size ? search->room * 2 : size;
    char *block = malloc(room);
    if (block == NULL)
        return false;
    if (search->size > 0)
        memcpy(block, search->block, search->size);
    block_give_up(search->block, search->room);
    search->block = block;
    search->room = room;
    return true;
}

static void forget(struct search *search, uint32_t customer)
{
    if (customer >= search->customers || search->place_of[customer] == 0)
        return;
    struct place *place = &search->places[search->place_of[customer] - 1];
    place->customer = 0;
    memset(search->block + place->offset, 0, place->size - 1); /* found by no word */
    search->disowned += place->size;
    search->place_of[customer] = 0;
    search->known--;
}

static bool append(struct search *search, uint32_t customer, const char *text, size_t size)
{
    if (!block_need(search, search->size + size + 2) ||
        !GROW(search->places, search->place_room, search->place_count + 1))
        return false;
    if (search->size == 0)
        search->block[search->size++] = '\n';
    memcpy(search->block + search->size, text, size);
    search->block[search->size + size] = '\n';
    search->places[search->place_count++] =
        (struct place){(uint32_t)search->size, (uint32_t)size + 1, customer};
    search->size += size + 1;
    search->place_of[customer] = (uint32_t)search->place_count;
    search->known++;
    return true;
}

/* Moves what is still owned together. */
static void compact(struct search *search)
{
    size_t count = 0;
    size_t at = 1;
    for (size_t i = 0; i < search->place_count; i++) {
        struct place place = search->places[i];
        if (place.customer == 0)
            continue;
        memmove(search->block + at, search->block + place.offset, place.size);
        search->places[count] = (struct place){(uint32_t)at, place.size, place.customer};
        search->place_of[place.customer] = (uint32_t)++count;
        at += place.size;
    }
    size_t left = count == 0 ? 0 : at;
    secret_wipe(search->block + left, search->size - left);
    search->place_count = count;
    search->size = left;
    search->disowned = 0;
}

void search_put(struct search *search, uint32_t customer, const char *text, size_t size)
{
    if (!know_customer(search, customer))
        return;
    uint32_t place = search->place_of[customer];
    if (place != 0 && search->places[place - 1].size == size + 1 &&
        memcmp(search->block + search->places[place - 1].offset, text, size) == 0)
        return;
    forget(search, customer);
    if (search->size + size + 2 > UINT32_MAX)
        return;
    if (size > 0)
        (void)append(search, customer, text, size);
    if (search->disowned > COMPACT_LEAST && search->disowned > search->size / 2)
        compact(search);
}

/* ---- finding ---- */

struct word {
    const char *text;
    size_t size;
};

struct question {
    char folded[QUERY_MAX];
    size_t size;
    struct word words[WORDS_MAX];
    size_t word_count;
    size_t needle; /* the longest word: what the block is searched for */
};

static void split(struct question *question)
{
    size_t at = 0;
    while (at < question->size && question->word_count < WORDS_MAX) {
        size_t end = at;
        while (end < question->size && question->folded[end] != ' ' &&
               question->folded[end] != '\n')
            end++;
        if (end > at) {
            question->words[question->word_count] = (struct word){question->folded + at, end - at};
            if (end - at > question->words[question->needle].size)
                question->needle = question->word_count;
            question->word_count++;
        }
        at = end + 1;
    }
}

/* The question as one run of digits, when it has no letters: a phone in any writing. */
static bool phone_question(const struct question *asked, struct question *ret_phone)
{
    *ret_phone = (struct question){0};
    for (size_t i = 0; i < asked->size; i++) {
        char c = asked->folded[i];
        if (c >= '0' && c <= '9')
            ret_phone->folded[ret_phone->size++] = c;
        else if (strchr(" +-./()\n", c) == NULL)
            return false;
    }
    if (ret_phone->size < PHONE_DIGITS_MIN)
        return false;
    split(ret_phone);
    return true;
}

static bool holds(const char *text, size_t size, struct word word)
{
    return memmem(text, size, word.text, word.size) != NULL;
}

static bool holds_all(const char *text, size_t size, const struct question *question)
{
    for (size_t i = 0; i < question->word_count; i++) {
        if (i != question->needle && !holds(text, size, question->words[i]))
            return false;
    }
    return true;
}

/* 0: a part begins with the question; 1: a word begins with its longest word; 2: anywhere. */
static int rank_of(const char *text, size_t size, const struct question *question)
{
    char bordered[QUERY_MAX + 1];
    struct word needle = question->words[question->needle];
    bordered[0] = '\n';
    memcpy(bordered + 1, question->folded, question->size);
    if (holds(text - 1, size + 1, (struct word){bordered, question->size + 1}))
        return 0;
    bordered[0] = ' ';
    memcpy(bordered + 1, needle.text, needle.size);
    if (holds(text, size, (struct word){bordered, needle.size + 1}))
        return 1;
    bordered[0] = '\n';
    return holds(text - 1, size + 1, (struct word){bordered, needle.size + 1}) ? 1 : 2;
}

/* The place that covers an offset, at or after `from`: mostly soon after it. */
static size_t place_at(const struct search *search, size_t from, size_t offset)
{
    size_t low = from;
    size_t step = 1;
    while (low + step < search->place_count && search->places[low + step].offset <= offset) {
        low += step;
        step *= 2;
    }
    size_t high = low + step < search->place_count ? low + step : search->place_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (search->places[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

enum { RANKS = 3 };

struct answer {
    uint32_t *customers;
    size_t most;
    size_t counts[RANKS]; /* rank by rank, one behind the other */
};

static bool answered(const struct answer *answer, uint32_t customer)
{
    size_t count = answer->counts[0] + answer->counts[1] + answer->counts[2];
    for (size_t i = 0; i < count; i++) {
        if (answer->customers[i] == customer)
            return true;
    }
    return false;
}

/* Puts a customer behind those of its rank; the last of the worst rank falls off the end. */
static void answer_put(struct answer *answer, uint32_t customer, int rank)
{
    size_t count = answer->counts[0] + answer->counts[1] + answer->counts[2];
    size_t at = 0;
    for (int i = 0; i <= rank; i++)
        at += answer->counts[i];
    if (at >= answer->most)
        return;
    if (count == answer->most) {
        int worst = RANKS - 1;
        while (answer->counts[worst] == 0)
            worst--;
        answer->counts[worst]--;
        count--;
    }
    memmove(answer->customers + at + 1, answer->customers + at,
            (count - at) * sizeof *answer->customers);
    answer->customers[at] = customer;
    answer->counts[rank]++;
}

static void ask(const struct search *search, const struct question *question, struct answer *answer,
                bool more)
{
    struct word needle = question->words[question->needle];
    size_t place = 0;
    size_t at = 0;
    while (answer->counts[0] < answer->most) {
        const char *hit = memmem(search->block + at, search->size - at, needle.text, needle.size);
        if (hit == NULL)
            return;
        place = place_at(search, place, (size_t)(hit - search->block));
        const struct place *found = &search->places[place];
        const char *text = search->block + found->offset;
        if (found->customer != 0 && holds_all(text, found->size, question) &&
            !(more && answered(answer, found->customer)))
            answer_put(answer, found->customer, rank_of(text, found->size, question));
        at = found->offset + found->size;
    }
}

size_t search_find(const struct search *search, const char *text, size_t size,
                   uint32_t *ret_customers, size_t most)
{
    struct answer answer = {.customers = ret_customers, .most = most};
    struct question question = {0};
    struct question phone;
    question.size = text_fold(text, size, question.folded, sizeof question.folded);
    split(&question);
    if (search->size == 0 || most == 0 || question.word_count == 0)
        return 0;
    ask(search, &question, &answer, false);
    if (phone_question(&question, &phone))
        ask(search, &phone, &answer, true);
    return answer.counts[0] + answer.counts[1] + answer.counts[2];
}

size_t search_same(const struct search *search, const char *part, size_t size,
                   uint32_t *ret_customers, size_t most)
{
    char needle[QUERY_MAX + 2];
    if (size == 0 || size > QUERY_MAX || search->size == 0)
        return 0;
    needle[0] = '\n';
    memcpy(needle + 1, part, size);
    needle[size + 1] = '\n';
    size_t count = 0;
    size_t at = 0;
    size_t place = 0;
    while (count < most) {
        const char *hit = memmem(search->block + at, search->size - at, needle, size + 2);
        if (hit == NULL)
            break;
        place = place_at(search, place, (size_t)(hit + 1 - search->block));
        const struct place *found = &search->places[place];
        if (found->customer != 0)
            ret_customers[count++] = found->customer;
        at = found->offset + found->size - 1; /* its last line feed begins the next one's part */
    }
    return count;
}
