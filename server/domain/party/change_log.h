#pragma once
/*
 * The story of a customer: every change of his fields, lock, groups and persons, with old and new
 * of each field, by whom and when. It is only added to.
 *
 *   story_begin ──▶ story_value, story_text, story_move_… ──▶ story_end
 *   Told while the record still is what it was, ended after the decided line. A story without
 *   fields is one in which nothing changed: the caller drops it.
 *
 * A story is in the command's arena. The words of values are copied into it; a Text is kept as it
 * is. Old or new is NULL where there is none. More than 40 fields is a fault of the program.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

/* By the actor of the command, at its seq and time; no fields yet. */
Tefter__ChangeRecord *story_begin(struct tx *tx);
void story_value(struct tx *tx, Tefter__ChangeRecord *story, const char *field, const char *before,
                 const char *now);
void story_text(struct tx *tx, Tefter__ChangeRecord *story, const char *field, Tefter__Text *before,
                Tefter__Text *now);
/* Values as a story has them; NULL when not given. */
const char *story_date(struct tx *tx, bool given, uint32_t date);
const char *story_number(struct tx *tx, bool given, int64_t number);

/* field_move_text and field_move_line that tell what they changed, if they did. */
void story_move_text(struct tx *tx, Tefter__ChangeRecord *story, const char *field,
                     Tefter__Text **slot, Tefter__Text *given);
void story_move_line(struct tx *tx, Tefter__ChangeRecord *story, const char *field, char **slot,
                     char *given);

/* Numbers the story and saves it with the customer. */
void story_end(struct tx *tx, Tefter__CustomerRecord *customer, const Tefter__ChangeRecord *story);

/* Newest first. */
Tefter__Refusal *view_customer_changes(struct tx *tx, const Tefter__CustomerChanges *query,
                                       Tefter__CustomerChangesAnswer *answer);
