/*
 * Alarms, as every entity may raise one; what they are is told in domain/credit/alarm.c.
 */
#include "domain/entity/entity.h"

struct key alarm_key(uint64_t alarm)
{
    struct key key = key_book(TABLE_ALARM);
    key_u64(&key, alarm);
    return key;
}

void alarm_raise(struct tx *tx, Tefter__AlarmRow *row)
{
    struct key key = alarm_key(tx_seq(tx));
    row->alarm = tx_seq(tx);
    row->at_ms = tx_now_ms(tx);
    if (row->actor == NULL)
        row->actor = tx_actor_copy(tx);
    tx_put(tx, &key, &row->base);
    tx_touch(tx, ROW_ALARM, row->alarm);
}
