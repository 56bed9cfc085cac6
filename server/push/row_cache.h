#pragma once
/*
 * The row cache: of each customer the two rows terminals hold, as they are sent, a few facts to
 * filter and sort by, and the card, which is put there before somebody asks while there is room
 * (session/cards.c). Owned by the loop's thread, bounded, the least recently used out. Lists,
 * search hits, snapshots and cards are put together from it without looking into the ledger. Pure:
 * it knows no ledger, vault, clock or socket. It stands in push because it holds what push sends:
 * the bytes of a published row are told and kept.
 *
 * An answer from the cache equals, byte for byte, what a view packs at the same seq. For that:
 *
 *  1. Seq of a row. That of an account is not kept but written when it is sent, as the seq of the
 *     answer: what has not changed since is true at it, and a view says the same. A customer's own
 *     seq is a fact of their record, and kept.
 *  2. Business date. A row is kept with the days on which it reads the same; asked on another day
 *     it is a miss. So one row serves every branch, and a turned day costs only those with a lock,
 *     a term or a person that begins or ends, or a bill that becomes overdue.
 *  3. A new policy. Views obey it at once, rows change with the job: its event begins a new
 *     generation, and older accounts are misses from its seq on, because the answer is the view's.
 *  4. A miss is filled from a view only if that stands at the seq that was published last; else
 *     the whole question is answered from the view and nothing is kept: a row from ahead would mix
 *     two states.
 *  5. Persons, which lists leave out: a row is kept whole, with the place of its persons. Lists
 *     copy what is before and behind them, so both are the bytes that packing gives.
 *  6. Answers are concatenated rows. Sizes are added up before a byte is written; what passes the
 *     bound of a frame is refused as before.
 *  7. Cards. The part that moves with the account (terms, overdue money) is kept for one day and
 *     apart from the record and its groups, so a charge drops the small part only. Groups count
 *     their members: whoever joins one turns the cards that show groups.
 *  8. Erasure. Bytes that may hold personal text are overwritten whenever they are given up, for
 *     whatever reason; row_cache_forget gives up all of one customer.
 *  9. Reading one's own writes. A group's rows are put before its replies can be followed by a
 *     question (both come with one wake-up), and once a view told a seq that is ahead of what was
 *     published, the cache is not asked until that is published: seqs of answers never go back.
 */
#include "base/bytes.h"
#include "base/date.h"

struct row_cache;

/* NULL without memory. A bound that holds nothing is a cache that misses. */
struct row_cache *row_cache_create(size_t bound);
void row_cache_destroy(struct row_cache *cache); /* NULL welcome */
void row_cache_clear(struct row_cache *cache);

/* Who asks: accounts are of the business date at their branch, customers of the head office's. */
struct row_asker {
    uint64_t seq; /* of the answer: what was published last */
    uint32_t date;
    uint32_t head_date;
};

/* ---- writing; what finds no memory or is not understood is not kept ---- */

/* A packed AccountRow, a packed CustomerRow with its words. */
void row_cache_put_account(struct row_cache *cache, uint32_t customer, struct slice account,
                           struct date_span days);
void row_cache_put_customer(struct row_cache *cache, uint32_t customer, struct slice row,
                            struct date_span days);
/* As above, of a row that a command changed: it replaces what is kept, and drops what was made from
 * the row before. What is not kept is not put. A customer's row without words is dropped. */
void row_cache_account_changed(struct row_cache *cache, uint32_t customer, struct slice account,
                               struct date_span days);
void row_cache_customer_changed(struct row_cache *cache, uint32_t customer, struct slice row,
                                struct date_span days);
/* Fields of a CustomerCardAnswer, packed: record; groups. */
void row_cache_put_profile(struct row_cache *cache, uint32_t customer, struct slice record,
                           struct slice groups);
/* terms, terms_of and overdue_minor, of `today`. */
void row_cache_put_standing(struct row_cache *cache, uint32_t customer, struct slice standing,
                            uint32_t today);

/* Terms of many have changed: accounts are misses from here on. */
void row_cache_turn(struct row_cache *cache);
/* A group has changed, if only in how many it has: so are cards that show groups. */
void row_cache_turn_groups(struct row_cache *cache);
/* One customer is erased. */
void row_cache_forget(struct row_cache *cache, uint32_t customer);

/* ---- reading ---- */

struct row_facts {
    int64_t balance_minor;
    int64_t available_minor;
    int64_t overdue_minor;
    int64_t changed_ms;
    uint32_t branch;
    uint32_t oldest_due; /* DATE_NONE: nothing is overdue */
    uint32_t again;      /* DATE_NONE: nobody comes back to them */
    uint32_t again_owner;
    bool unlimited;
    bool locked;
    bool unmatched;
    bool merged;
};
/* false: a miss. */
bool row_cache_facts(const struct row_cache *cache, uint32_t customer,
                     const struct row_asker *asker, struct row_facts *ret_facts);
bool row_cache_in_group(const struct row_cache *cache, uint32_t customer, uint32_t group);
bool row_cache_has_profile(const struct row_cache *cache, uint32_t customer);

/* Each of these has a size, 0: a miss; and a write of as many bytes at once after it, which returns
 * what is behind them. */

/* A CustomerEntry as a member of `rows`, field 1 of the answers of lists and hits. */
size_t row_cache_entry_size(struct row_cache *cache, uint32_t customer,
                            const struct row_asker *asker);
uint8_t *row_cache_entry_write(const struct row_cache *cache, uint32_t customer,
                               const struct row_asker *asker, uint8_t *out);
/* A packed Row. */
enum row_cache_kind { ROW_CACHE_ACCOUNT, ROW_CACHE_CUSTOMER };
size_t row_cache_row_size(struct row_cache *cache, enum row_cache_kind kind, uint32_t customer,
                          const struct row_asker *asker);
uint8_t *row_cache_row_write(const struct row_cache *cache, enum row_cache_kind kind,
                             uint32_t customer, const struct row_asker *asker, uint8_t *out);
/* A packed CustomerCardAnswer. */
size_t row_cache_card_size(struct row_cache *cache, uint32_t customer,
                           const struct row_asker *asker);
uint8_t *row_cache_card_write(const struct row_cache *cache, uint32_t customer,
                              const struct row_asker *asker, uint8_t *out);

struct row_cache_metrics {
    uint64_t bytes;     /* with what the allocator adds */
    uint64_t customers; /* with an account kept */
    uint64_t evicted;   /* customers */
};
void row_cache_metrics(const struct row_cache *cache, struct row_cache_metrics *ret_metrics);
