#pragma once
/*
 * The search index of customers: folded names, nicknames, phones, tax codes, codes, in memory.
 * Derived from the ledger and the vault, outside the state digest, rebuilt at each start; filled by
 * the session module. Used on the loop's thread only.
 *
 * A plain scan over one block of folded text: 100,000 customers are some 5 MB and milliseconds,
 * and any fragment in any script is found without a clever structure. A long one is done in pieces,
 * between which customers may be put.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct search;

struct search *search_create(void);
void search_destroy(struct search *search);

/* Replaces what is known of a customer. `text` is folded (text_fold) and has its parts separated by
 * line feeds; empty forgets them. */
void search_put(struct search *search, uint32_t customer, const char *text, size_t size);

/* Customers whose text holds every word of `text` (folded here), those that begin with it first.
 * Returns how many were written, at most `most`. Text of digits also finds phones. */
size_t search_find(const struct search *search, const char *text, size_t size,
                   uint32_t *ret_customers, size_t most);
/* Customers one of whose parts equals `part` (already folded): likely doubles. */
size_t search_same(const struct search *search, const char *part, size_t size,
                   uint32_t *ret_customers, size_t most);
size_t search_count(const struct search *search);

/* ---- in pieces ---- */

enum { SEARCH_QUERY_MAX = 256, SEARCH_WORDS_MAX = 8, SEARCH_RANKS = 3, SEARCH_PARTS_MAX = 3 };

/* What is looked for. Inside: search.c alone reads it. */
struct search_question {
    char folded[SEARCH_QUERY_MAX + 2];
    size_t size;
    struct search_word {
        size_t at; /* in folded */
        size_t size;
    } words[SEARCH_WORDS_MAX];
    size_t word_count;
    size_t needle; /* the longest word: what the block is searched for */
};

struct search_walk {
    struct search_question questions[SEARCH_PARTS_MAX];
    size_t question_count;
    bool same;        /* each is a whole part; else: as words, and as a phone when it can be one */
    size_t asked;     /* questions that were */
    size_t at;        /* in the block, of the one at hand */
    uint64_t turning; /* of the block: compacted meanwhile, it begins anew */
    size_t begun_at;  /* size of the block then: what is behind may be there twice */
    uint32_t *customers;
    size_t most;
    size_t counts[SEARCH_RANKS]; /* of customers, rank by rank, one behind the other */
};

/* As search_find: the customers are there when search_step says that there is no more to do. */
void search_begin(const struct search *search, const char *text, size_t size,
                  uint32_t *ret_customers, size_t most, struct search_walk *ret_walk);
/* As search_same, of all parts that are added, at most SEARCH_PARTS_MAX, in their order. */
void search_begin_same(const struct search *search, uint32_t *ret_customers, size_t most,
                       struct search_walk *ret_walk);
void search_add_same(struct search_walk *walk, const char *part, size_t size);
/* Looks through about so many bytes, and at so many hits; true: there is more to do. */
bool search_step(const struct search *search, struct search_walk *walk, size_t bytes, size_t hits);
size_t search_found(const struct search_walk *walk);
