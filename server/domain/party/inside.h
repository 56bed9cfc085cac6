#pragma once
/*
 * What the files of this folder share: the record of a customer, which the change log and the
 * authorised buyers are written with; the log; a group's members.
 */
#include "domain/party/party.h"

/* ---- the record of a customer ---- */

void customer_save(struct tx *tx, const Tefter__CustomerRecord *customer);
/* One who may be changed. Refuses, about field "customer": NOT_FOUND, FIELD_INVALID (cash),
 * CUSTOMER_ERASED, CUSTOMER_MERGED. customer_there: also one who was merged. */
Tefter__Refusal *customer_there(struct tx *tx, uint32_t number,
                                Tefter__CustomerRecord **ret_customer);
Tefter__Refusal *customer_cached(struct tx *tx, uint32_t number,
                                 Tefter__CustomerRecord **ret_customer);
/* After the decided line: emits what happened to them, and their row is sent anew. about: number of
 * the group or buyer it is about; 0: none. */
void customer_emit(struct tx *tx, Tefter__EventKind kind, uint32_t customer, uint64_t about);
/* Who pays at once, after the decided line of CreateCompany. */
void customer_add_cash(struct tx *tx, uint32_t number, uint32_t branch);

/* Writes a group's record, and its name anew when it is another. */
void group_save(struct tx *tx, const Tefter__GroupRecord *group);

/* ---- the change log of a customer ---- */

/*   change_log_begin ──▶ change_log_value, …_text, …_move_… ──▶ change_log_end
 *
 * An entry is written while the record still is what it was, and ended after the decided line. One
 * without fields says that nothing changed: the caller drops it. It is in the command's arena; the
 * words of values are copied into it, a Text is kept as it is. Old or new is NULL where there is
 * none. More than 40 fields is a fault of the program. */

/* By the actor of the command, at its seq and time; no fields yet. */
Tefter__ChangeRecord *change_log_begin(struct tx *tx);
void change_log_value(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                      const char *before, const char *now);
void change_log_text(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                     Tefter__Text *before, Tefter__Text *now);
/* Values as an entry has them; NULL when not given. */
const char *change_log_date(struct tx *tx, bool given, uint32_t date);
const char *change_log_number(struct tx *tx, bool given, int64_t number);

/* field_move_text and field_move_line that log what they changed, if they did. */
void change_log_move_text(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                          Tefter__Text **slot, Tefter__Text *given);
void change_log_move_line(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                          char **slot, char *given);

/* Numbers the entry and saves it with the customer. */
void change_log_end(struct tx *tx, Tefter__CustomerRecord *customer,
                    const Tefter__ChangeRecord *entry);

/* ---- others ---- */

/* Of `from`, who may take goods on that date, also on the account of `into`; a PIN goes with them.
 * buyers_fit: there is room for them. */
bool buyers_fit(const Tefter__CustomerRecord *from, const Tefter__CustomerRecord *into,
                uint32_t date);
void buyers_take_over(struct tx *tx, const Tefter__CustomerRecord *from,
                      Tefter__CustomerRecord *into, uint32_t date, Tefter__ChangeRecord *entry,
                      Tefter__MergeRecord *merge);
void buyers_give_back(struct tx *tx, Tefter__CustomerRecord *into, const Tefter__MergeRecord *merge,
                      Tefter__ChangeRecord *entry);

/* Out of all of their groups, as it is logged in `entry`; the caller saves them. */
void customer_leave_groups(struct tx *tx, Tefter__CustomerRecord *customer,
                           Tefter__ChangeRecord *entry);
/* Puts or takes out a member, counts, and saves the record. */
void group_put_member(struct tx *tx, Tefter__GroupRecord *group, uint32_t customer, bool member);
/* Gives the customer's row those who may buy on that date. */
void buyer_rows(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t date,
                Tefter__CustomerRow *row);
