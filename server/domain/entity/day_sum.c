/*
 * What adds up within a business date, one row for each that it is counted for. A later date begins
 * anew; what comes for an earlier one, from a branch that is behind, counts for the latest: nobody
 * gets a second share by going to another branch.
 */
#include "domain/entity/entity.h"

static Tefter__DaySum *sum_get(struct tx *tx, const struct key *key)
{
    return tx_get(tx, key, &tefter__day_sum__descriptor);
}

int64_t day_sum(struct tx *tx, const struct key *key, uint32_t date)
{
    const Tefter__DaySum *record = sum_get(tx, key);
    return record != NULL && record->date >= date ? record->sum_minor : 0;
}

void day_sum_add(struct tx *tx, const struct key *key, uint32_t date, int64_t amount_minor)
{
    Tefter__DaySum *record = sum_get(tx, key);
    if (record == NULL)
        record = tx_new(tx, &tefter__day_sum__descriptor);
    if (record->date < date) {
        record->date = date;
        record->sum_minor = 0;
    }
    need(!__builtin_add_overflow(record->sum_minor, amount_minor, &record->sum_minor));
    tx_put(tx, key, &record->base);
}

void day_sum_take(struct tx *tx, const struct key *key, uint32_t date, int64_t amount_minor)
{
    Tefter__DaySum *record = sum_get(tx, key);
    if (record == NULL || record->date > date)
        return;
    need(!__builtin_sub_overflow(record->sum_minor, amount_minor, &record->sum_minor));
    tx_put(tx, key, &record->base);
}
