/*
 * What is written down of a customer, and when somebody comes back to it.
 *
 *   AddNote ──▶ kept ──(with a day)──▶ to come back to ──ChangeNote, AddNote that closes──▶ done
 *
 * 1. A note is named by the seq of the command that wrote it. Its words never change: who knows
 *    better writes another one.
 * 2. What somebody comes back to stands in the customer's record too, by day, at most
 *    NOTES_AGAIN_MAX of them: so a list of whom to call looks at no note.
 *    Records that were merged are one customer: what comes back on one comes back on all, and is
 *    done with by a call to any.
 * 3. A call that was made is a note, and the customer's last one stands in their record.
 */
#include "domain/party/inside.h"

#include "domain/org/org.h"

/* ---- records ---- */

static struct key note_key(uint32_t customer, uint64_t note)
{
    struct key key = key_customer(customer, TABLE_NOTE);
    key_u64(&key, note);
    return key;
}

static bool comes_before(const Tefter__AgainRecord *a, const Tefter__AgainRecord *b)
{
    return a->day != b->day ? a->day < b->day : a->note < b->note;
}

/* Those that stay, in order, with room for one more. */
static void take_out(struct tx *tx, Tefter__CustomerRecord *customer, uint64_t note)
{
    Tefter__AgainRecord **again = tx_take(tx, (customer->n_again + 1) * sizeof(*again));
    size_t kept = 0;
    for (size_t i = 0; i < customer->n_again; i++)
        if (customer->again[i]->note != note)
            again[kept++] = customer->again[i];
    customer->again = again;
    customer->n_again = kept;
}

static void put_in(struct tx *tx, Tefter__CustomerRecord *customer, const Tefter__NoteRecord *note)
{
    Tefter__AgainRecord *one = tx_new(tx, &tefter__again_record__descriptor);
    one->note = note->note;
    one->day = note->again;
    one->owner = note->owner;
    take_out(tx, customer, note->note);
    size_t at = customer->n_again++;
    for (; at > 0 && comes_before(one, customer->again[at - 1]); at--)
        customer->again[at] = customer->again[at - 1];
    customer->again[at] = one;
}

static void note_save(struct tx *tx, uint32_t customer, const Tefter__NoteRecord *note)
{
    struct key key = note_key(customer, note->note);
    tx_put(tx, &key, &note->base);
}

static void note_done(struct tx *tx, Tefter__CustomerRecord *customer, Tefter__NoteRecord *note)
{
    take_out(tx, customer, note->note);
    note->done_by = tx_actor_copy(tx);
    FIELD_SET(note, done_ms, tx_now_ms(tx));
}

/* ---- rules ---- */

static Tefter__Refusal *check_owner(struct tx *tx, uint32_t owner)
{
    const Tefter__StaffRecord *staff = staff_get(tx, owner);
    return staff == NULL || staff->blocked ? refuse_not_found(tx, "owner") : NULL;
}

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__AddNote *command)
{
    Tefter__NoteKind kind = command->has_kind ? command->kind : TEFTER__NOTE_KIND__NOTE_REMARK;
    Tefter__Refusal *refusal = field_text_wanted(tx, "text", command->text);
    if (refusal == NULL && command->has_again)
        refusal = field_date(tx, "again", command->again);
    if (refusal == NULL && command->has_owner && !command->has_again)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "again");
    if (refusal == NULL && command->has_result && kind != TEFTER__NOTE_KIND__NOTE_CALL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "result");
    if (refusal == NULL && command->has_help && kind != TEFTER__NOTE_KIND__NOTE_DIFFICULTY)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "help");
    return refusal;
}

/* So many would be left to come back to. */
static size_t left_after(const Tefter__CustomerRecord *customer, const Tefter__AddNote *command,
                         uint32_t today)
{
    size_t left = 0;
    for (size_t i = 0; i < customer->n_again; i++)
        left += !command->closes || customer->again[i]->day > today;
    return left;
}

static Tefter__Refusal *look_add(struct tx *tx, const Tefter__AddNote *command,
                                 Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal = check_form(tx, command);
    if (refusal == NULL)
        refusal = customer_cached(tx, command->customer, ret_customer);
    if (refusal != NULL)
        return refusal;
    uint32_t today = branch_of_actor(tx)->date;
    if (command->has_again && command->again < today)
        return refuse_early(tx, "again", today);
    if (command->has_owner)
        refusal = check_owner(tx, command->owner);
    if (refusal == NULL && command->has_again &&
        left_after(*ret_customer, command, today) >= NOTES_AGAIN_MAX)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "again", NOTES_AGAIN_MAX);
    return refusal;
}

/* ---- changes ---- */

static Tefter__NoteRecord *note_of(struct tx *tx, const Tefter__AddNote *command)
{
    Tefter__NoteRecord *note = tx_new(tx, &tefter__note_record__descriptor);
    note->note = tx_done_seq(tx);
    note->text = command->text;
    note->kind = command->has_kind ? command->kind : TEFTER__NOTE_KIND__NOTE_REMARK;
    note->actor = tx_actor_copy(tx);
    note->at_ms = tx_now_ms(tx);
    note->date = branch_of_actor(tx)->date;
    FIELD_COPY(note, result, command);
    FIELD_COPY(note, help, command);
    if (command->has_again) {
        FIELD_SET(note, again, command->again);
        FIELD_SET(note, owner, command->has_owner ? command->owner : tx_actor(tx)->staff);
    }
    return note;
}

/* After the decided line: what was to come back until today is done with. */
static void close_due(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t today)
{
    while (customer->n_again > 0 && customer->again[0]->day <= today) {
        struct key key = note_key(customer->customer, customer->again[0]->note);
        Tefter__NoteRecord *note = tx_need(tx, &key, &tefter__note_record__descriptor);
        note_done(tx, customer, note);
        note_save(tx, customer->customer, note);
    }
}

/* On all records that are theirs. */
static void close_all(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t today)
{
    size_t count = 1;
    const uint32_t *records = &customer->customer;
    if (tx_rule(tx, RULE_MERGED_ARE_ONE))
        records = customer_records(tx, customer, &count);
    close_due(tx, customer, today);
    for (size_t i = 1; i < count; i++) {
        Tefter__CustomerRecord *other = customer_get(tx, records[i]);
        if (other->n_again == 0 || other->again[0]->day > today)
            continue;
        close_due(tx, other, today);
        FIELD_SET(other, noted_seq, tx_seq(tx));
        other->changed_seq = tx_seq(tx);
        customer_save(tx, other);
        tx_touch(tx, ROW_CUSTOMER, other->customer);
    }
}

static void noted(struct tx *tx, Tefter__CustomerRecord *customer, const Tefter__NoteRecord *note,
                  Tefter__Done *done)
{
    note_save(tx, customer->customer, note);
    FIELD_SET(customer, noted_seq, tx_seq(tx));
    customer->changed_seq = tx_seq(tx);
    customer_save(tx, customer);
    customer_emit(tx, TEFTER__EVENT_KIND__NOTE_CHANGED, customer->customer, note->note);
    if (customer->merge != NULL)
        tx_touch(tx, ROW_CUSTOMER, customer->merge->into);
    FIELD_SET(done, id, note->note);
}

/* Refuses, in this order: text (field_text_wanted), again (field_date), FIELD_MISSING again (an
 * owner without it), FIELD_INVALID result (of no call), help (of no difficulty); NOT_FOUND
 * customer, FIELD_INVALID customer (cash), CUSTOMER_MERGED; DATE_TOO_EARLY again (before the
 * business date of the actor's branch); NOT_FOUND owner (blocked ones too); TOO_MANY again. */
Tefter__Refusal *apply_add_note(struct tx *tx, const Tefter__AddNote *command, Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = look_add(tx, command, &customer);
    if (refusal != NULL)
        return refusal;
    Tefter__NoteRecord *note = note_of(tx, command);

    tx_decided(tx);
    if (command->closes)
        close_all(tx, customer, note->date);
    if (note->has_again)
        put_in(tx, customer, note);
    if (note->kind == TEFTER__NOTE_KIND__NOTE_CALL) {
        FIELD_SET(customer, contact_ms, note->at_ms);
        FIELD_SET_IF(customer, contact_by, note->actor->has_staff, note->actor->staff);
        FIELD_SET_IF(customer, contact_result, note->has_result, note->result);
    }
    noted(tx, customer, note, done);
    return NULL;
}

/* Somebody comes back to it as long as it has a day and is not done. */
static bool comes_back(const Tefter__NoteRecord *note)
{
    return note->has_again && !note->has_done_ms;
}

static Tefter__Refusal *check_move(struct tx *tx, const Tefter__ChangeNote *command,
                                   const Tefter__CustomerRecord *customer,
                                   const Tefter__NoteRecord *note)
{
    uint32_t today = branch_of_actor(tx)->date;
    if (command->has_again && command->again < today)
        return refuse_early(tx, "again", today);
    Tefter__Refusal *refusal = command->has_owner ? check_owner(tx, command->owner) : NULL;
    if (refusal != NULL)
        return refusal;
    if (command->done)
        return comes_back(note) ? NULL
                                : refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "done");
    if (!command->has_again && !comes_back(note))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "again");
    bool same_day = !command->has_again || (comes_back(note) && command->again == note->again);
    bool same_owner = !command->has_owner || (comes_back(note) && command->owner == note->owner);
    if (same_day && same_owner)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    if (!comes_back(note) && customer->n_again >= NOTES_AGAIN_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "again", NOTES_AGAIN_MAX);
    return NULL;
}

/* Of the customer that is named; since RULE_MERGED_ARE_ONE also of a record that was merged into
 * theirs, which is *customer then. NULL: there is none. */
static Tefter__NoteRecord *find_note(struct tx *tx, uint64_t note,
                                     Tefter__CustomerRecord **customer)
{
    size_t count = 1;
    const uint32_t *records = &(*customer)->customer;
    if (tx_rule(tx, RULE_MERGED_ARE_ONE))
        records = customer_records(tx, *customer, &count);
    for (size_t i = 0; i < count; i++) {
        struct key key = note_key(records[i], note);
        Tefter__NoteRecord *found = tx_get(tx, &key, &tefter__note_record__descriptor);
        if (found == NULL)
            continue;
        *customer = customer_get(tx, records[i]);
        return found;
    }
    return NULL;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangeNote *command,
                                    Tefter__CustomerRecord **ret_customer,
                                    Tefter__NoteRecord **ret_note)
{
    Tefter__Refusal *refusal = NULL;
    if (command->has_again)
        refusal = field_date(tx, "again", command->again);
    if (refusal == NULL && command->done && (command->has_again || command->has_owner))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "done");
    if (refusal == NULL)
        refusal = customer_there(tx, command->customer, ret_customer);
    if (refusal != NULL)
        return refusal;
    *ret_note = find_note(tx, command->note, ret_customer);
    if (*ret_note == NULL)
        return refuse_not_found(tx, "note");
    return check_move(tx, command, *ret_customer, *ret_note);
}

/* Refuses, in this order: again (field_date), FIELD_INVALID done (beside a day or owner); NOT_FOUND
 * customer, FIELD_INVALID customer (cash), NOT_FOUND note; DATE_TOO_EARLY again (before the
 * business date of the actor's branch), NOT_FOUND owner (blocked ones too); NOTHING_TO_CHANGE done
 * (nobody comes back to it), FIELD_MISSING again (likewise), NOTHING_TO_CHANGE, TOO_MANY again. A
 * note of a record that was merged is changed as any. */
Tefter__Refusal *apply_change_note(struct tx *tx, const Tefter__ChangeNote *command,
                                   Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__NoteRecord *note = NULL;
    Tefter__Refusal *refusal = look_change(tx, command, &customer, &note);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    if (command->done) {
        note_done(tx, customer, note);
    } else {
        uint32_t owner = note->has_owner ? note->owner : tx_actor(tx)->staff;
        FIELD_SET(note, owner, command->has_owner ? command->owner : owner);
        FIELD_SET(note, again, command->has_again ? command->again : note->again);
        FIELD_SET_IF(note, done_ms, false, 0);
        note->done_by = NULL;
        put_in(tx, customer, note);
    }
    noted(tx, customer, note, done);
    return NULL;
}

/* ---- services ---- */

size_t customer_newest_notes(struct tx *tx, uint32_t customer, const Tefter__NoteRecord **ret_notes,
                             size_t most)
{
    struct key prefix = key_customer(customer, TABLE_NOTE);
    size_t count = 0;
    struct tx_walk walk;
    bool on = tx_walk_last(tx, &prefix, NULL, &walk);
    for (; on && count < most; on = tx_walk_previous(&walk))
        ret_notes[count++] = tx_walk_record(&walk, &tefter__note_record__descriptor);
    tx_walk_end(&walk);
    return count;
}

/* ---- views ---- */

/* The notes of all records that are one customer, the newest first. */
struct notes {
    size_t count;
    struct tx_walk *walks;
    bool *on;
};

static void notes_begin(struct tx *tx, const Tefter__CustomerRecord *customer, uint64_t before,
                        struct notes *notes)
{
    const uint32_t *records = customer_records(tx, customer, &notes->count);
    notes->walks = tx_take(tx, notes->count * sizeof *notes->walks);
    notes->on = tx_take(tx, notes->count * sizeof *notes->on);
    for (size_t i = 0; i < notes->count; i++) {
        struct key prefix = key_customer(records[i], TABLE_NOTE);
        struct key edge = note_key(records[i], before);
        notes->on[i] = tx_walk_last(tx, &prefix, before != 0 ? &edge : NULL, &notes->walks[i]);
    }
}

/* The walk that stands on the newest; NULL: there is none left. */
static struct tx_walk *notes_at(const struct notes *notes, bool **ret_on)
{
    struct tx_walk *newest = NULL;
    for (size_t i = 0; i < notes->count; i++) {
        struct tx_walk *walk = &notes->walks[i];
        if (!notes->on[i] || (newest != NULL && tx_walk_u64(walk, KEY_CUSTOMER_HEAD) <
                                                    tx_walk_u64(newest, KEY_CUSTOMER_HEAD)))
            continue;
        newest = walk;
        *ret_on = &notes->on[i];
    }
    return newest;
}

/* Refuses FIELD_INVALID page; customer (customer_resolve). */
Tefter__Refusal *view_notes(struct tx *tx, const Tefter__NoteList *query,
                            Tefter__NotesAnswer *answer)
{
    uint64_t last; /* the oldest of the page before */
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__CustomerRecord *customer;
    Tefter__Refusal *refusal = customer_resolve(tx, query->customer, query->code, false, &customer);
    if (refusal != NULL)
        return refusal;
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    struct notes notes;
    bool *on = NULL;
    notes_begin(tx, customer, last, &notes);
    answer->customer = customer->customer;
    answer->notes = tx_take(tx, page.rows_most * sizeof(*answer->notes));
    struct tx_walk *walk = notes_at(&notes, &on);
    for (; walk != NULL && page_looks(&page); walk = notes_at(&notes, &on)) {
        Tefter__NoteRecord *note = tx_walk_record(walk, &tefter__note_record__descriptor);
        if (!page_takes(&page, &note->base))
            break;
        answer->notes[answer->n_notes++] = note;
        last = note->note;
        *on = tx_walk_previous(walk);
    }
    for (size_t i = 0; i < notes.count; i++)
        tx_walk_end(&notes.walks[i]);
    if (walk != NULL)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}
