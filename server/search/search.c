#include "search/search.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/fold.h"
#include "base/grow.h"
#include "base/hash.h"
#include "base/text.h"

/*
 * One block: a line feed, then each customer's text and a line feed behind it. So a part is always
 * between two line feeds, and one memmem runs over everybody. The place of a text that is replaced
 * is disowned, and stays until half of the block is such; the text itself is overwritten at once,
 * as is whatever the block leaves behind: names that were replaced are nowhere in memory.
 */
enum { PHONE_DIGITS_MIN = 3, COMPACT_LEAST = 64 * 1024, BLOCK_LEAST = 256 * 1024 };

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
    uint64_t turning;     /* raised whenever texts are moved */
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

void search_destroy(struct search *search)
{
    if (search == NULL)
        return;
    if (search->block != NULL) {
        secret_wipe(search->block, search->size);
        munmap(search->block, search->room);
    }
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

/* Its pages are moved, not copied: no name is left behind, and no turn pays for all of them. */
static bool block_need(struct search *search, size_t size)
{
    if (size <= search->room)
        return true;
    size_t room = search->room == 0 ? BLOCK_LEAST : search->room;
    while (room < size)
        room *= 2;
    void *block = search->block == NULL
                      ? mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                      : mremap(search->block, search->room, room, MREMAP_MAYMOVE);
    if (block == MAP_FAILED)
        return false;
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
    search->turning++;
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

static struct word word_of(const struct search_question *question, size_t place)
{
    return (struct word){question->folded + question->words[place].at, question->words[place].size};
}

static void split(struct search_question *question)
{
    size_t at = 0;
    while (at < question->size && question->word_count < SEARCH_WORDS_MAX) {
        size_t end = at;
        while (end < question->size && question->folded[end] != ' ' &&
               question->folded[end] != '\n')
            end++;
        if (end > at) {
            question->words[question->word_count] = (struct search_word){at, end - at};
            if (end - at > question->words[question->needle].size)
                question->needle = question->word_count;
            question->word_count++;
        }
        at = end + 1;
    }
}

/* The question as one run of digits, when it has no letters: a phone in any writing. */
static bool phone_question(const struct search_question *asked, struct search_question *ret_phone)
{
    *ret_phone = (struct search_question){.size = 0};
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

/* And as it is dialled inside its country: +98-912… finds 0912…. */
static bool home_question(const struct search_question *asked, const struct search_question *phone,
                          struct search_question *ret_home)
{
    char digits[FOLD_PHONE_MAX + 1];
    *ret_home = (struct search_question){.size = 0};
    ret_home->size = fold_phone(asked->folded, asked->size, digits);
    memcpy(ret_home->folded, digits, ret_home->size);
    if (ret_home->size < PHONE_DIGITS_MIN || ret_home->size == phone->size)
        return false;
    split(ret_home);
    return true;
}

static bool holds(const char *text, size_t size, struct word word)
{
    return memmem(text, size, word.text, word.size) != NULL;
}

static bool holds_all(const char *text, size_t size, const struct search_question *question)
{
    for (size_t i = 0; i < question->word_count; i++) {
        if (i != question->needle && !holds(text, size, word_of(question, i)))
            return false;
    }
    return true;
}

/* 0: a part begins with the question; 1: a word begins with its longest word; 2: anywhere. */
static int rank_of(const char *text, size_t size, const struct search_question *question)
{
    char bordered[SEARCH_QUERY_MAX + 1];
    struct word needle = word_of(question, question->needle);
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

size_t search_found(const struct search_walk *walk)
{
    return walk->counts[0] + walk->counts[1] + walk->counts[2];
}

static bool answered(const struct search_walk *walk, uint32_t customer)
{
    size_t count = search_found(walk);
    for (size_t i = 0; i < count; i++) {
        if (walk->customers[i] == customer)
            return true;
    }
    return false;
}

/* Puts a customer behind those of its rank; the last of the worst rank falls off the end. */
static void answer_put(struct search_walk *walk, uint32_t customer, int rank)
{
    size_t count = search_found(walk);
    size_t at = 0;
    for (int i = 0; i <= rank; i++)
        at += walk->counts[i];
    if (at >= walk->most)
        return;
    if (count == walk->most) {
        int worst = SEARCH_RANKS - 1;
        while (walk->counts[worst] == 0)
            worst--;
        walk->counts[worst]--;
        count--;
    }
    memmove(walk->customers + at + 1, walk->customers + at, (count - at) * sizeof *walk->customers);
    walk->customers[at] = customer;
    walk->counts[rank]++;
}

static bool holds_whole(const char *text, size_t size, const struct search_question *question)
{
    return holds(text, size, word_of(question, question->needle)) &&
           holds_all(text, size, question);
}

/* Found by a question before this one already, or before it was put anew. */
static bool twice(const struct search_walk *walk, const struct place *found, const char *text)
{
    for (size_t i = 0; i < walk->asked; i++)
        if (holds_whole(text, found->size, &walk->questions[i]))
            return true;
    return found->offset >= walk->begun_at && answered(walk, found->customer);
}

/* The next text before `end` that holds this; *place moves on to it. NULL: there is none. */
static const char *next_text(const struct search *search, size_t at, size_t end, struct word needle,
                             size_t *place)
{
    const char *hit = memmem(search->block + at, end - at, needle.text, needle.size);
    if (hit == NULL)
        return NULL;
    bool bordered = needle.text[0] == '\n'; /* it begins with the line feed before the text */
    *place = place_at(search, *place, (size_t)(hit + bordered - search->block));
    return search->block + search->places[*place].offset;
}

/* One hit; false: there is none before `end`. */
static bool next_hit(const struct search *search, struct search_walk *walk, size_t end,
                     size_t *place)
{
    const struct search_question *question = &walk->questions[walk->asked];
    const char *text = next_text(search, walk->at, end, word_of(question, question->needle), place);
    if (text == NULL)
        return false;
    const struct place *found = &search->places[*place];
    walk->at = found->offset + found->size;
    if (found->customer != 0 && holds_all(text, found->size, question) && !twice(walk, found, text))
        answer_put(walk, found->customer, rank_of(text, found->size, question));
    return true;
}

static bool next_same(const struct search *search, struct search_walk *walk, size_t end,
                      size_t *place)
{
    const struct search_question *part = &walk->questions[walk->asked];
    if (next_text(search, walk->at, end, (struct word){part->folded, part->size}, place) == NULL)
        return false;
    const struct place *found = &search->places[*place];
    walk->at = found->offset + found->size - 1; /* its last line feed begins the next one's part */
    if (found->customer != 0 && !answered(walk, found->customer))
        answer_put(walk, found->customer, 0);
    return true;
}

/* Behind the last text that begins before this. */
static size_t end_of_piece(const struct search *search, size_t from, size_t bytes)
{
    if (search->size - from <= bytes)
        return search->size;
    const struct place *last = &search->places[place_at(search, 0, from + bytes)];
    return last->offset + last->size;
}

static struct search_walk walk_of(const struct search *search, uint32_t *customers, size_t most)
{
    return (struct search_walk){
        .customers = customers,
        .most = most,
        .turning = search->turning,
        .begun_at = search->size,
    };
}

void search_begin(const struct search *search, const char *text, size_t size,
                  uint32_t *ret_customers, size_t most, struct search_walk *ret_walk)
{
    struct search_question *question = &ret_walk->questions[0];
    *ret_walk = walk_of(search, ret_customers, most);
    question->size = text_fold(text, size, question->folded, SEARCH_QUERY_MAX);
    split(question);
    if (question->word_count == 0)
        return;
    ret_walk->question_count = 1;
    if (phone_question(question, &ret_walk->questions[1]))
        ret_walk->question_count =
            home_question(question, &ret_walk->questions[1], &ret_walk->questions[2]) ? 3 : 2;
}

void search_begin_same(const struct search *search, uint32_t *ret_customers, size_t most,
                       struct search_walk *ret_walk)
{
    *ret_walk = walk_of(search, ret_customers, most);
    ret_walk->same = true;
}

void search_add_same(struct search_walk *walk, const char *part, size_t size)
{
    need(walk->same && walk->question_count < SEARCH_PARTS_MAX);
    if (size == 0 || size > SEARCH_QUERY_MAX)
        return;
    struct search_question *question = &walk->questions[walk->question_count++];
    question->folded[0] = '\n';
    memcpy(question->folded + 1, part, size);
    question->folded[size + 1] = '\n';
    question->size = size + 2;
}

static void begin_anew(const struct search *search, struct search_walk *walk)
{
    walk->turning = search->turning;
    walk->begun_at = search->size;
    walk->asked = walk->at = 0;
    memset(walk->counts, 0, sizeof walk->counts);
}

/* Nothing that is found later stands before what is. */
static bool full(const struct search_walk *walk)
{
    return walk->counts[0] >= walk->most;
}

/* The hits of one question in one piece. */
static void look_through(const struct search *search, struct search_walk *walk, size_t bytes,
                         size_t hits)
{
    size_t end = end_of_piece(search, walk->at, bytes);
    size_t place = 0;
    while (!full(walk)) {
        if (hits-- == 0)
            return;
        if (!(walk->same ? next_same : next_hit)(search, walk, end, &place))
            break;
    }
    walk->at = walk->same ? end - 1 : end;
    if (end < search->size && !full(walk))
        return;
    walk->at = 0;
    walk->asked++;
}

bool search_step(const struct search *search, struct search_walk *walk, size_t bytes, size_t hits)
{
    if (walk->turning != search->turning)
        begin_anew(search, walk);
    if (search->size == 0 || walk->asked == walk->question_count)
        return false;
    look_through(search, walk, bytes, hits);
    return walk->asked < walk->question_count;
}

/* All at once. */
static size_t look_up(const struct search *search, struct search_walk *walk)
{
    while (search_step(search, walk, SIZE_MAX, SIZE_MAX))
        ;
    return search_found(walk);
}

size_t search_find(const struct search *search, const char *text, size_t size,
                   uint32_t *ret_customers, size_t most)
{
    struct search_walk walk;
    search_begin(search, text, size, ret_customers, most, &walk);
    return look_up(search, &walk);
}

size_t search_same(const struct search *search, const char *part, size_t size,
                   uint32_t *ret_customers, size_t most)
{
    struct search_walk walk;
    search_begin_same(search, ret_customers, most, &walk);
    search_add_same(&walk, part, size);
    return look_up(search, &walk);
}
