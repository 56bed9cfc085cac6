#pragma once
/*
 * Which customers a CustomerList names, in which order, page by page: from facts that the caller
 * has at hand, be it the state or what is kept of it. Pure.
 */
#include "view.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a list looks at of one customer. */
struct list_facts {
    int64_t balance_minor;
    int64_t available_minor; /* 0 when unlimited */
    int64_t overdue_minor;
    int64_t changed_ms;   /* the account, last */
    uint32_t branch;      /* 0: none */
    uint32_t oldest_due;  /* of what is overdue; DATE_NONE: nothing is */
    uint32_t again;       /* somebody comes back to them on that day; DATE_NONE: nobody does */
    uint32_t again_owner; /* ... who */
    bool unlimited;
    bool locked;
    bool unmatched; /* money or credit that no bill has used */
    bool merged;    /* into another record */
    bool in_groups; /* all of the query */
};

/* Which facts a query looks at; the others need not be set. */
enum {
    LIST_LOOKS_AT_RECORD = 1, /* branch, group, notes, merged */
    LIST_LOOKS_AT_FIGURES = 2,
};

enum list_answer {
    LIST_NOBODY, /* no customer has this number */
    LIST_FACTS,
    LIST_NOT_NOW, /* the facts cannot be had: the whole list is given up */
};

struct list_source {
    bool by_words; /* those that were found, in this order; else all */
    const uint32_t *found;
    size_t found_count;
    uint32_t customers; /* numbers go from 1 to this */
    uint32_t today;     /* of who asks */
    enum list_answer (*facts)(void *context, uint32_t customer, struct list_facts *ret_facts);
    /* Memory until the page is made, for a page by rank; NULL: there is none. */
    void *(*take)(void *context, size_t size);
    void *context;
};

/* LIST_LOOKS_AT_*, of filters and order. */
uint32_t list_looks_at(const Tefter__CustomerList *query);

/* How many rows a page has, of a query that names so many. */
uint32_t list_rows(bool has_rows, uint32_t rows);
/* The number in the token a page is asked with; 0: the first. false: none of ours. */
bool list_token(const Tefter__CustomerList *query, uint64_t *ret_token);

struct list_page {
    uint32_t *customers; /* room for `rows` */
    uint32_t rows;
    uint32_t count;
    bool has_next;
    uint64_t next;             /* the number in the next page's token */
    Tefter__ListCounts counts; /* when the query asks for them */
};

/* At most so many customers are looked at for a page in order of their numbers. A page by rank
 * looks at all, and remembers those up to its own end. */
enum { LIST_LOOKED_AT_MAX = 50000 };
bool list_by_rank(const Tefter__CustomerList *query);

/* Of an order that is asked for at any place of it, so many come before the page. */
enum { LIST_SKIP_MAX = 1000000 };

/* The page behind `token` (0: the first). false: not now, or no memory. */
bool list_page(const Tefter__CustomerList *query, const struct list_source *source, uint64_t token,
               struct list_page *page);
/* Ends a page, asked with `token`, behind its first `count` (at least one): no more fit an answer.
 */
void list_cut(const Tefter__CustomerList *query, const struct list_source *source, uint64_t token,
              uint32_t count, struct list_page *page);
