#pragma once
/*
 * The search index of customers: folded names, nicknames, phones, tax codes, codes, in memory.
 * Derived from the ledger and the vault, outside the state digest, rebuilt at each start; filled by
 * the session module. Used on the loop's thread only.
 *
 * A plain scan over one block of folded text: 100,000 customers are some 5 MB and milliseconds,
 * and any fragment in any script is found without a clever structure.
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
