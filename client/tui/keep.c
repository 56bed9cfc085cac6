/*
 * What is half done outlives the program: each person's work is written to a file of the profile
 * as it changes, and taken up when they log in here again.
 *
 *     work ─ packed each turn ─▶ other than what is on the disk? ─▶ a thread writes it
 *     login ─▶ file ─▶ work, less what the outbox says was sent since ─▶ judged anew
 *
 * 1. No key waits for the disk: one write of a person is under way, and the newest picture follows.
 * 2. A command that is under way is in the outbox, and so no form of it is here: it counts once.
 * 3. Prices are those of the catalogue of then, unless somebody typed them. No PIN is in any form.
 */
#include "base/hash.h"
#include "tui/sale.h"
#include "wire/message.h"
#include "wire/varint.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_DAYS = 14, AGAIN_MS = 5000, APART_MS = 200 };
#define KEPT_MS (INT64_C(24) * 3600 * 1000 * KEPT_DAYS)

struct keeper {
    struct tefter_kept kept;
    bool busy; /* another one at this terminal does */
    bool on;   /* this process keeps it */
    bool writing;
    bool failed;       /* the disk did not take what is half done now */
    uint64_t tried_ms; /* its last writing ended */
    struct hash disk;  /* of what is on it, or under way to it */
};
static struct keeper keepers[WORKS_MAX];
static struct asked approval; /* of one that was asked for before */

/* ---- fields of a file ---- */

/* Members of a struct without pointers: numbers, and texts with their end. */
struct member {
    uint32_t number;
    bool text;
    size_t at;
    size_t size;
};
#define NUMBER(number, type, member)                                                               \
    {                                                                                              \
        (number), false, offsetof(struct type, member), sizeof(((struct type *)0)->member)         \
    }
#define TEXT(number, type, member)                                                                 \
    {                                                                                              \
        (number), true, offsetof(struct type, member), sizeof(((struct type *)0)->member)          \
    }
#define FIELD(number_, type, member)                                                               \
    TEXT(number_, type, member.text), NUMBER((number_) + 1, type, member.fresh)
#define CORRECTED(number_, type)                                                                   \
    NUMBER(number_, type, corrects.document), TEXT((number_) + 1, type, corrects.number),          \
        NUMBER((number_) + 2, type, corrects.customer),                                            \
        NUMBER((number_) + 3, type, corrects.total_minor),                                         \
        NUMBER((number_) + 4, type, corrects.matched_minor),                                       \
        NUMBER((number_) + 5, type, corrects.charges_minor),                                       \
        NUMBER((number_) + 6, type, corrects.why.at),                                              \
        FIELD((number_) + 7, type, corrects.why.other)
#define END                                                                                        \
    {                                                                                              \
        0, false, 0, 0                                                                             \
    }

static const struct member line_members[] = {
    NUMBER(1, line, product),
    TEXT(2, line, name),
    TEXT(3, line, unit),
    TEXT(4, line, pack),
    NUMBER(5, line, quantity),
    NUMBER(6, line, has_price),
    NUMBER(7, line, price),
    NUMBER(8, line, discount_bp),
    NUMBER(9, line, discount_minor),
    NUMBER(10, line, was.line),
    NUMBER(11, line, was.price),
    NUMBER(12, line, was.discount_bp),
    NUMBER(13, line, was.discount_minor),
    END,
};
enum { DRAFT_PLACE = 1, DRAFT_LINE = 2, DRAFT_MEMBERS = 3 };
static const struct member draft_members[] = {
    NUMBER(3, draft, customer),     NUMBER(4, draft, buyer),      TEXT(5, draft, buyer_name),
    NUMBER(6, draft, buyer_pin),    NUMBER(7, draft, row),        NUMBER(8, draft, column),
    FIELD(9, draft, entry),         FIELD(11, draft, given),      NUMBER(13, draft, kind),
    FIELD(14, draft, reference),    NUMBER(16, draft, at),        NUMBER(17, draft, approval),
    NUMBER(18, draft, asked_minor), NUMBER(19, draft, parked_ms), NUMBER(20, draft, by_person),
    NUMBER(21, draft, changed_ms),  CORRECTED(22, draft),         END,
};
enum { PAYMENT_TICK = 20 };
static const struct member payment_members[] = {
    NUMBER(1, payment, customer), NUMBER(2, payment, kind), FIELD(3, payment, amount),
    FIELD(5, payment, reference), FIELD(7, payment, payer), NUMBER(9, payment, at),
    NUMBER(10, payment, by_hand), CORRECTED(30, payment),   END,
};
static const struct member opening_members[] = {
    NUMBER(1, opening, till),     FIELD(2, opening, amount),     FIELD(4, opening, reason),
    NUMBER(6, opening, asks_why), NUMBER(7, opening, at_reason), END,
};
enum { COUNTING_PIECE = 20 };
static const struct member moving_members[] = {
    NUMBER(1, moving, till),  NUMBER(2, moving, way), FIELD(3, moving, amount),
    FIELD(5, moving, reason), NUMBER(7, moving, at),  END,
};
static const struct member counting_members[] = {
    NUMBER(1, counting, till),
    NUMBER(2, counting, day),
    FIELD(3, counting, loose),
    NUMBER(5, counting, at),
    NUMBER(6, counting, counts),
    NUMBER(7, counting, counted),
    NUMBER(8, counting, counted_minor),
    NUMBER(9, counting, expected_minor),
    NUMBER(10, counting, difference_minor),
    NUMBER(11, counting, reason),
    FIELD(12, counting, why),
    END,
};
static const struct member call_members[] = {
    NUMBER(1, call, customer), NUMBER(2, call, result), TEXT(3, call, said), NUMBER(4, call, fresh),
    FIELD(5, call, again),     NUMBER(7, call, owner),  NUMBER(8, call, at), END,
};
enum { MATCHING_TICK = 20, MATCHING_ALSO = 21 };
static const struct member matching_members[] = {
    NUMBER(1, matching, customer),
    NUMBER(2, matching, open),
    NUMBER(3, matching, by_hand),
    END,
};
enum { BACK_COUNT = 20 };
static const struct member back_members[] = {
    NUMBER(1, giving_back, bill),
    FIELD(2, giving_back, reason),
    NUMBER(4, giving_back, at),
    END,
};
enum { UNDO_WITH = 20 };
static const struct member undo_members[] = {
    NUMBER(1, undoing, bill),
    TEXT(2, undoing, number),
    TEXT(3, undoing, reason),
    END,
};
static const struct member with_members[] = {
    NUMBER(1, with, payment),
    NUMBER(2, with, kind),
    NUMBER(3, with, minor),
    TEXT(4, with, number),
    END,
};
static const struct member tick_members[] = {NUMBER(1, tick, bill), NUMBER(2, tick, minor), END};

/* Of the file. */
enum {
    FILE_SAVED_MS = 1,
    FILE_NEWEST = 2, /* what stood last in the outbox */
    FILE_DRAFT_NOW = 3,
    FILE_DRAFT = 4,
    FILE_PAYMENT = 5,
    FILE_OPENING = 6,
    FILE_COUNTING = 7,
    FILE_CALL = 8,
    FILE_MATCHING = 9,
    FILE_UNDO = 10,
    FILE_CORRECTION = 11,
    FILE_BACK = 12,
    FILE_MOVING = 13,
};

/* ---- writing them ---- */

static void put_number(struct buffer *out, uint32_t number, uint64_t value)
{
    uint8_t bytes[2 * VARINT_MAX];
    if (value == 0)
        return;
    uint8_t *end = number_write(bytes, WIRE_TAG(number, WIRE_VARINT), value);
    need(buffer_put(out, bytes, (size_t)(end - bytes)));
}

static void put_bytes(struct buffer *out, uint32_t number, struct slice bytes)
{
    uint8_t head[2 * VARINT_MAX];
    if (bytes.size == 0)
        return;
    uint8_t *end = number_write(head, WIRE_TAG(number, WIRE_BYTES), bytes.size);
    need(buffer_put(out, head, (size_t)(end - head)));
    need(buffer_put(out, bytes.data, bytes.size));
}

/* Signed ones too, as their bytes stand. */
static uint64_t number_at(const void *from, size_t size)
{
    uint64_t value = 0;
    if (size == 1)
        value = *(const uint8_t *)from;
    else if (size == 4) {
        uint32_t four;
        memcpy(&four, from, sizeof(four));
        value = four;
    } else {
        need(size == sizeof(value));
        memcpy(&value, from, sizeof(value));
    }
    return value;
}

static void put_members(struct buffer *out, const struct member *members, const void *from)
{
    for (; members->number != 0; members++) {
        const uint8_t *at = (const uint8_t *)from + members->at;
        if (members->text)
            put_bytes(out, members->number, slice_of(at, strlen((const char *)at)));
        else
            put_number(out, members->number, number_at(at, members->size));
    }
}

/* A part is put whole; buffers of parts are begun and ended here. */
static void begin_part(struct buffer *part)
{
    buffer_init(part, TEFTER_KEPT_BYTES_MAX);
}

static void end_part(struct buffer *out, uint32_t number, struct buffer *part)
{
    put_bytes(out, number, buffer_slice(part));
    buffer_fini(part);
}

static void put_struct(struct buffer *out, uint32_t number, const struct member *members,
                       const void *from)
{
    struct buffer part;
    begin_part(&part);
    put_members(&part, members, from);
    end_part(out, number, &part);
}

static bool is_begun(const struct draft *draft)
{
    return draft->used && (!draft_is_empty(draft) || draft->entry.text[0] != '\0');
}

/* It is in the outbox, and comes back if it is refused. */
static bool is_under_way(const struct draft *draft)
{
    return sale.sold.state == SENT_UNDER_WAY && sale.sold_draft == draft;
}

static void put_draft(struct buffer *out, const struct draft *draft, size_t place)
{
    struct buffer part;
    begin_part(&part);
    put_number(&part, DRAFT_PLACE, place);
    put_members(&part, draft_members, draft);
    for (size_t i = 0; i < draft->line_count; i++)
        put_struct(&part, DRAFT_LINE, line_members, &draft->lines[i]);
    end_part(out, FILE_DRAFT, &part);
}

static void put_payment(struct buffer *out, uint32_t number, const struct payment *form)
{
    struct buffer part;
    bool begun = form->amount.text[0] != '\0' || form->reference.text[0] != '\0' ||
                 form->payer.text[0] != '\0' || form->corrects.document != 0;
    if (!begun || payment_is_sent(form))
        return;
    begin_part(&part);
    put_members(&part, payment_members, form);
    for (size_t i = 0; i < form->tick_count; i++)
        put_number(&part, PAYMENT_TICK, form->ticked[i]);
    end_part(out, number, &part);
}

static void put_back(struct buffer *out, const struct giving_back *form)
{
    struct buffer part;
    bool begun = form->reason.text[0] != '\0';
    for (size_t i = 0; i < LINES_MAX; i++)
        begun = begun || form->counts[i].text[0] != '\0';
    if (!begun || form->bill == 0)
        return;
    begin_part(&part);
    put_members(&part, back_members, form);
    for (uint32_t i = 0; i < LINES_MAX; i++)
        put_bytes(&part, BACK_COUNT + i,
                  slice_of(form->counts[i].text, strlen(form->counts[i].text)));
    end_part(out, FILE_BACK, &part);
}

/* Each piece, also one that was not counted yet: its place tells which one it is. */
static void put_counting(struct buffer *out, const struct counting *form)
{
    struct buffer part;
    bool begun = form->loose.text[0] != '\0' || form->counted;
    for (size_t i = 0; i < PIECES_MAX; i++)
        begun = begun || form->pieces[i].text[0] != '\0';
    if (!begun)
        return;
    begin_part(&part);
    put_members(&part, counting_members, form);
    for (uint32_t i = 0; i < PIECES_MAX; i++)
        put_bytes(&part, COUNTING_PIECE + i,
                  slice_of(form->pieces[i].text, strlen(form->pieces[i].text)));
    end_part(out, FILE_COUNTING, &part);
}

static void put_matching(struct buffer *out, const struct matching *form)
{
    struct buffer part;
    if (!form->by_hand)
        return;
    begin_part(&part);
    put_members(&part, matching_members, form);
    for (size_t i = 0; i < form->tick_count; i++)
        put_struct(&part, MATCHING_TICK, tick_members, &form->ticks[i]);
    for (size_t i = 0; i < form->also_count; i++)
        put_number(&part, MATCHING_ALSO, form->also[i]);
    end_part(out, FILE_MATCHING, &part);
}

static void put_undo(struct buffer *out, const struct undoing *undo)
{
    struct buffer part;
    if (undo->count == 0)
        return;
    begin_part(&part);
    put_members(&part, undo_members, undo);
    for (size_t i = 0; i < undo->count; i++)
        put_struct(&part, UNDO_WITH, with_members, &undo->with[i]);
    end_part(out, FILE_UNDO, &part);
}

static void put_work(struct buffer *out, const struct work *work)
{
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        if (is_begun(&work->drafts[i]) && !is_under_way(&work->drafts[i]))
            put_draft(out, &work->drafts[i], i);
    put_payment(out, FILE_PAYMENT, &work->payment);
    put_payment(out, FILE_CORRECTION, &work->correction);
    put_back(out, &work->back);
    if (work->opening.amount.text[0] != '\0' || work->opening.reason.text[0] != '\0')
        put_struct(out, FILE_OPENING, opening_members, &work->opening);
    if ((work->moving.amount.text[0] != '\0' || work->moving.reason.text[0] != '\0') &&
        !cash_is_sent(work))
        put_struct(out, FILE_MOVING, moving_members, &work->moving);
    put_counting(out, &work->counting);
    for (size_t i = 0; i < CALLS_MAX; i++)
        if (work->calls[i].customer != 0 &&
            (work->calls[i].said[0] != '\0' || work->calls[i].again.text[0] != '\0'))
            put_struct(out, FILE_CALL, call_members, &work->calls[i]);
    put_matching(out, &work->matching);
    put_undo(out, &work->undo);
    if (out->size > 0)
        put_number(out, FILE_DRAFT_NOW, work->draft);
}

/* ---- reading them ---- */

static void take_number(void *to, size_t size, uint64_t value)
{
    if (size == 1) {
        *(bool *)to = value != 0;
    } else if (size == 4) {
        uint32_t four = (uint32_t)value;
        memcpy(to, &four, sizeof(four));
    } else {
        memcpy(to, &value, sizeof(value));
    }
}

static void take_text(char *to, size_t capacity, struct slice bytes)
{
    if (bytes.size >= capacity || memchr(bytes.data, '\0', bytes.size) != NULL)
        return;
    memcpy(to, bytes.data, bytes.size);
    to[bytes.size] = '\0';
}

static void take_member(const struct member *members, const struct wire_field *field, void *to)
{
    while (members->number != 0 && members->number != field->number)
        members++;
    uint8_t *at = (uint8_t *)to + members->at;
    if (members->number != 0 && members->text)
        take_text((char *)at, members->size, field->bytes);
    else if (members->number != 0)
        take_number(at, members->size, field->value);
}

static void take_struct(struct slice part, const struct member *members, void *to)
{
    struct wire_field field;
    while (wire_next(&part, &field))
        take_member(members, &field, to);
}

static bool is_kind(Tefter__PaymentKind kind)
{
    return protobuf_c_enum_descriptor_get_value(&tefter__payment_kind__descriptor, (int)kind) !=
           NULL;
}

static void take_line(struct draft *draft, struct slice part)
{
    if (draft->line_count == LINES_MAX)
        return;
    struct line *line = &draft->lines[draft->line_count];
    take_struct(part, line_members, line);
    if (line->quantity > 0)
        draft->line_count++;
    else
        *line = (struct line){.product = 0};
}

/* In the goods: who comes back types or scans those, and no quantity. */
static void settle_draft(struct draft *draft)
{
    if (draft->row != draft->line_count || draft->column != COLUMN_ITEM) {
        draft->row = draft->line_count;
        draft->column = COLUMN_ITEM;
        field_set(&draft->entry, "");
    }
    bool correction = draft->corrects.document != 0;
    if (draft->at < AT_GOODS || draft->at > (correction ? AT_WHY : AT_REFERENCE))
        draft->at = AT_GOODS;
    if (!is_kind(draft->kind))
        draft->kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    draft->used = true;
}

static void take_draft(struct tui *tui, struct work *work, struct slice part)
{
    struct wire_field field;
    struct slice rest = part;
    uint64_t place = 0;
    int64_t now = tefter_now_ms(tui->client);
    while (wire_next(&rest, &field))
        place = field.number == DRAFT_PLACE ? field.value : place;
    if (place >= DRAFTS_MAX || work->drafts[place].used)
        return;
    struct draft *draft = &work->drafts[place];
    while (wire_next(&part, &field)) {
        if (field.number == DRAFT_LINE)
            take_line(draft, field.bytes);
        else if (field.number >= DRAFT_MEMBERS)
            take_member(draft_members, &field, draft);
    }
    settle_draft(draft);
    int64_t touched = draft->changed_ms > draft->parked_ms ? draft->changed_ms : draft->parked_ms;
    if (!is_begun(draft) || now - touched > KEPT_MS)
        *draft = (struct draft){.used = false};
}

static void take_payment(struct payment *form, struct slice part)
{
    struct wire_field field;
    while (wire_next(&part, &field)) {
        if (field.number == PAYMENT_TICK && form->tick_count < TICKS_MAX)
            form->ticked[form->tick_count++] = field.value;
        else if (field.number != PAYMENT_TICK)
            take_member(payment_members, &field, form);
    }
    if (form->at == 5 && form->corrects.document != 0)
        return;                       /* why it is corrected */
    if (form->at < 0 || form->at > 3) /* of the bills nothing is known yet */
        form->at = 1;
    if (!is_kind(form->kind))
        form->kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
}

static void take_back(struct giving_back *form, struct slice part)
{
    struct wire_field field;
    while (wire_next(&part, &field)) {
        if (field.number >= BACK_COUNT && field.number < BACK_COUNT + LINES_MAX)
            take_text(form->counts[field.number - BACK_COUNT].text, FIELD_MAX, field.bytes);
        else
            take_member(back_members, &field, form);
    }
    if (form->at < 0 || form->at > LINES_MAX)
        form->at = 0;
}

static void take_counting(struct counting *form, struct slice part)
{
    struct wire_field field;
    while (wire_next(&part, &field)) {
        if (field.number >= COUNTING_PIECE && field.number < COUNTING_PIECE + PIECES_MAX) {
            struct field *piece = &form->pieces[field.number - COUNTING_PIECE];
            take_text(piece->text, sizeof(piece->text), field.bytes);
            piece->fresh = true;
        } else {
            take_member(counting_members, &field, form);
        }
    }
    if (form->at < 0 || form->at > PIECES_MAX)
        form->at = 0;
}

static void take_call(struct work *work, struct slice part)
{
    struct call call = {.customer = 0};
    take_struct(part, call_members, &call);
    if (call.result > TEFTER__CALL_RESULT__CALL_WRONG_NUMBER)
        call.result = 0;
    call.at = 0;
    for (size_t i = 0; i < CALLS_MAX; i++)
        if (work->calls[i].customer == 0) {
            work->calls[i] = call;
            return;
        }
}

static void take_matching(struct matching *form, struct slice part)
{
    struct wire_field field;
    while (wire_next(&part, &field)) {
        if (field.number == MATCHING_TICK && form->tick_count < TICKED_MAX)
            take_struct(field.bytes, tick_members, &form->ticks[form->tick_count++]);
        else if (field.number == MATCHING_ALSO && form->also_count < ALSO_MAX)
            form->also[form->also_count++] = field.value;
        else if (field.number < MATCHING_TICK)
            take_member(matching_members, &field, form);
    }
}

static void take_undo(struct undoing *undo, struct slice part)
{
    struct wire_field field;
    while (wire_next(&part, &field)) {
        struct with *with = &undo->with[undo->count];
        if (field.number == UNDO_WITH && undo->count + 1 < WITH_MAX) {
            *with = (struct with){.payment = 0};
            take_struct(field.bytes, with_members, with);
            undo->count += with->payment != 0 && is_kind(with->kind);
        } else if (field.number < UNDO_WITH) {
            take_member(undo_members, &field, undo);
        }
    }
    if (undo->bill == 0)
        *undo = (struct undoing){.count = 0};
}

/* ret_newest: what stood last in the outbox when it was written. */
static void take_work(struct tui *tui, struct work *work, struct slice body,
                      uint8_t ret_newest[TEFTER_ID_SIZE])
{
    struct wire_field field;
    struct slice rest = body;
    uint64_t saved_ms = 0;
    uint64_t now = 0;
    memset(ret_newest, 0, TEFTER_ID_SIZE);
    while (wire_next(&rest, &field)) {
        saved_ms = field.number == FILE_SAVED_MS ? field.value : saved_ms;
        now = field.number == FILE_DRAFT_NOW ? field.value : now;
        if (field.number == FILE_NEWEST && field.bytes.size == TEFTER_ID_SIZE)
            memcpy(ret_newest, field.bytes.data, TEFTER_ID_SIZE);
    }
    if (tefter_now_ms(tui->client) - (int64_t)saved_ms > KEPT_MS)
        return;
    while (wire_next(&body, &field)) {
        if (field.number == FILE_DRAFT)
            take_draft(tui, work, field.bytes);
        else if (field.number == FILE_PAYMENT)
            take_payment(&work->payment, field.bytes);
        else if (field.number == FILE_CORRECTION)
            take_payment(&work->correction, field.bytes);
        else if (field.number == FILE_BACK)
            take_back(&work->back, field.bytes);
        else if (field.number == FILE_OPENING)
            take_struct(field.bytes, opening_members, &work->opening);
        else if (field.number == FILE_MOVING)
            take_struct(field.bytes, moving_members, &work->moving);
        else if (field.number == FILE_COUNTING)
            take_counting(&work->counting, field.bytes);
        else if (field.number == FILE_CALL)
            take_call(work, field.bytes);
        else if (field.number == FILE_MATCHING)
            take_matching(&work->matching, field.bytes);
        else if (field.number == FILE_UNDO)
            take_undo(&work->undo, field.bytes);
    }
    work->draft = now < DRAFTS_MAX ? (size_t)now : 0;
}

/* ---- what was sent since ---- */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool same_line(const Tefter__InvoiceLine *a, const Tefter__InvoiceLine *b)
{
    return a->product == b->product && same_text(a->text, b->text) && same_text(a->unit, b->unit) &&
           a->quantity == b->quantity && a->has_price == b->has_price && a->price == b->price &&
           a->discount_bp == b->discount_bp && a->discount_minor == b->discount_minor;
}

static bool is_of(const struct tui *tui, const struct draft *draft,
                  const Tefter__IssueInvoice *sent)
{
    Tefter__IssueInvoice mine;
    struct arena arena;
    if (draft->approval != 0 || sent->has_approval)
        return sent->has_approval && draft->approval == sent->approval;
    arena_init(&arena, ASKED_MEMORY_MAX);
    (void)draft_invoice(tui, draft, &arena, &mine);
    bool same = mine.customer == sent->customer && mine.buyer == sent->buyer &&
                mine.n_lines == sent->n_lines;
    for (size_t i = 0; same && i < mine.n_lines; i++)
        same = same_line(mine.lines[i], sent->lines[i]);
    arena_fini(&arena);
    return same;
}

/* The one that was written when the program ended, as it stood a moment before it was sent: what
 * was typed last came to the outbox and not to this file. */
static bool is_earlier_of(const struct tui *tui, const struct draft *draft,
                          const Tefter__IssueInvoice *sent, int64_t made_ms)
{
    enum { MOMENT_MS = 60 * 1000 };
    Tefter__IssueInvoice mine;
    struct arena arena;
    if (made_ms - draft->changed_ms > MOMENT_MS || draft->approval != 0 ||
        draft->corrects.document != 0 || draft->parked_ms != 0)
        return false;
    arena_init(&arena, ASKED_MEMORY_MAX);
    (void)draft_invoice(tui, draft, &arena, &mine);
    bool earlier = mine.customer == sent->customer && mine.n_lines <= sent->n_lines;
    for (size_t i = 0; earlier && i < mine.n_lines; i++)
        earlier = mine.lines[i]->product == sent->lines[i]->product &&
                  same_text(mine.lines[i]->text, sent->lines[i]->text);
    arena_fini(&arena);
    return earlier;
}

/* What replaces a paper is known by that. */
static void forget_corrected(struct work *work, const Tefter__Command *command)
{
    if (command->kind_case == TEFTER__COMMAND__KIND_CORRECT_PAYMENT &&
        work->correction.corrects.document == command->correct_payment->document)
        work->correction = (struct payment){.kind = 0};
    if (command->kind_case == TEFTER__COMMAND__KIND_PUT_CASH ||
        command->kind_case == TEFTER__COMMAND__KIND_MOVE_MONEY)
        work->moving = (struct moving){.till = 0};
    if (command->kind_case == TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE &&
        work->back.bill == command->issue_credit_note->invoice)
        work->back = (struct giving_back){.bill = 0};
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        if (command->kind_case == TEFTER__COMMAND__KIND_CORRECT_INVOICE && work->drafts[i].used &&
            work->drafts[i].corrects.document == command->correct_invoice->document)
            work->drafts[i] = (struct draft){.used = false};
}

/* The program ended between the outbox and this file: what stands in both was sent. */
static void forget_sent(void *context, const Tefter__Command *command, int64_t made_ms)
{
    struct tui *tui = context;
    struct work *work = tui->work;
    forget_corrected(work, command);
    const Tefter__IssueInvoice *invoice =
        command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE ? command->issue_invoice
        : command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID   ? command->sell_paid->invoice
                                                                  : NULL;
    for (size_t i = 0; invoice != NULL && i < DRAFTS_MAX; i++)
        if (work->drafts[i].used && work->drafts[i].corrects.document == 0 &&
            is_of(tui, &work->drafts[i], invoice)) {
            work->drafts[i] = (struct draft){.used = false};
            return;
        }
    struct draft *now = &work->drafts[work->draft];
    if (invoice != NULL && now->used && is_earlier_of(tui, now, invoice, made_ms))
        *now = (struct draft){.used = false};
    if (command->kind_case == TEFTER__COMMAND__KIND_TAKE_PAYMENT &&
        payment_is_of(tui, &work->payment, command->take_payment))
        work->payment = (struct payment){.kind = work->payment.kind};
}

/* ---- the disk ---- */

static struct keeper *keeper_of(const struct tui *tui, const struct work *work)
{
    return &keepers[work - tui->works];
}

struct job {
    struct tui *tui;
    struct keeper *keeper;
    struct tefter_kept kept;
    struct buffer body;
    bool good;
};

static void write_it(void *context)
{
    struct job *job = context;
    struct failure failure = {0};
    job->good = tefter_kept_write(&job->kept, buffer_slice(&job->body), &failure);
}

static void written(struct tui *tui, struct keeper *keeper, bool good)
{
    tui->dirty = tui->dirty || keeper->failed == good;
    keeper->failed = !good;
    keeper->tried_ms = now_ms(tui);
    if (!good)
        keeper->disk = (struct hash){{0}};
}

static void was_written(void *context)
{
    struct job *job = context;
    struct keeper *keeper = job->keeper;
    keeper->writing = false;
    if (keeper->on && keeper->kept.staff == job->kept.staff)
        written(job->tui, keeper, job->good);
    buffer_wipe(&job->body);
    buffer_fini(&job->body);
    loop_stop(job->tui->loop);
    free(job);
}

/* The picture of now; its hash is without the time. False: it is what is on the disk. */
static bool picture(struct tui *tui, const struct work *work, const struct keeper *keeper,
                    struct buffer *out, struct hash *ret_hash)
{
    uint8_t newest[TEFTER_ID_SIZE];
    buffer_init(out, TEFTER_KEPT_BYTES_MAX);
    put_work(out, work);
    hash_of(out->data, out->size, ret_hash);
    if (hash_equal(ret_hash, &keeper->disk)) {
        buffer_fini(out);
        return false;
    }
    if (out->size > 0 && tefter_written_newest(tui->client, newest))
        put_bytes(out, FILE_NEWEST, slice_of(newest, sizeof(newest)));
    if (out->size > 0)
        put_number(out, FILE_SAVED_MS, (uint64_t)tefter_now_ms(tui->client));
    return true;
}

static void look(struct tui *tui, const struct work *work)
{
    struct hash hash;
    struct buffer body;
    struct keeper *keeper = keeper_of(tui, work);
    uint64_t apart = keeper->failed ? AGAIN_MS : APART_MS; /* letters that are typed go together */
    if (!keeper->on || keeper->writing || now_ms(tui) - keeper->tried_ms < apart ||
        !picture(tui, work, keeper, &body, &hash))
        return;
    struct job *job = malloc(sizeof(*job));
    need(job != NULL);
    *job = (struct job){.tui = tui, .keeper = keeper, .kept = keeper->kept, .body = body};
    keeper->writing = loop_work(tui->loop, write_it, was_written, job);
    if (keeper->writing) {
        keeper->disk = hash;
        return;
    }
    buffer_fini(&body);
    free(job);
}

bool keep_is_written(struct tui *tui)
{
    struct hash hash;
    struct buffer body;
    struct keeper *keeper = keeper_of(tui, tui->work);
    if (!keeper->on || keeper->failed)
        return true;
    if (keeper->writing)
        return false;
    bool changed = picture(tui, tui->work, keeper, &body, &hash);
    if (changed)
        buffer_fini(&body);
    return !changed;
}

/* What is left to be written, before it is let go. */
static void let_go(struct tui *tui, struct work *work)
{
    struct hash hash;
    struct buffer body;
    struct failure failure = {0};
    struct keeper *keeper = keeper_of(tui, work);
    while (keeper->writing)
        loop_run(tui->loop);
    if (keeper->on && picture(tui, work, keeper, &body, &hash)) {
        (void)tefter_kept_write(&keeper->kept, buffer_slice(&body), &failure);
        buffer_fini(&body);
    }
    if (keeper->on)
        tefter_kept_close(&keeper->kept);
    *keeper = (struct keeper){.on = false};
}

void keep_let_go(struct tui *tui, struct work *work)
{
    let_go(tui, work);
}

/* ---- approvals that were asked for before ---- */

static const struct draft *unknown_approval(const struct tui *tui)
{
    for (size_t i = 0; i < DRAFTS_MAX; i++) {
        const struct draft *draft = &tui->work->drafts[i];
        if (draft->used && draft->approval != 0 && draft->approval_state == 0)
            return draft;
    }
    return NULL;
}

static void ask_approval(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ApprovalView view = TEFTER__APPROVAL_VIEW__INIT;
    const struct draft *draft = unknown_approval(tui);
    if (draft == NULL || approval.flying || !connected(tui))
        return;
    query.kind_case = TEFTER__QUERY__KIND_APPROVAL;
    query.approval = &view;
    view.approval = draft->approval;
    ask(&approval, &query);
}

/* Of one that nobody knows any more the goods are kept, and it may be asked for anew. */
static void approval_came(struct tui *tui, struct asked *asked)
{
    if (asked_is(asked, TEFTER__ANSWER__KIND_APPROVAL)) {
        sale_answered(tui, asked->answer->approval->row);
        return;
    }
    struct draft *draft = (struct draft *)(uintptr_t)unknown_approval(tui);
    if (draft != NULL && asked_refused(asked) != NULL)
        draft->approval = 0;
}

/* ---- what was refused after all ---- */

/* Of before: the program that sent it died. It is noted on the loop, and written between turns. */
enum { REFUSED_MAX = DRAFTS_MAX };
static struct {
    struct arena arena;
    struct {
        uint32_t staff;
        struct slice command;
    } rows[REFUSED_MAX];
    size_t count;
} refused;

bool keep_note_refused(const Tefter__Command *command, uint32_t staff)
{
    bool sale_sent = command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE ||
                     command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID;
    if (staff == 0 || !sale_sent || refused.count == REFUSED_MAX)
        return false;
    refused.rows[refused.count].staff = staff;
    refused.rows[refused.count++].command = message_pack(&command->base, &refused.arena);
    return true;
}

static bool take_refused(struct tui *tui, struct slice packed)
{
    struct arena arena;
    bool took = true;
    arena_init(&arena, ASKED_MEMORY_MAX);
    const Tefter__Command *command =
        (const Tefter__Command *)message_unpack(&tefter__command__descriptor, packed, &arena);
    if (command != NULL && command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        took = draft_of_invoice(tui, command->issue_invoice, NULL);
    else if (command != NULL)
        took = draft_of_invoice(tui, command->sell_paid->invoice,
                                command->sell_paid->n_payments > 0 ? command->sell_paid->payments[0]
                                                                   : NULL);
    arena_fini(&arena);
    return took;
}

static void take_all_refused(struct tui *tui)
{
    size_t left = 0;
    for (size_t i = 0; i < refused.count; i++)
        if (refused.rows[i].staff != tui->work->staff ||
            !take_refused(tui, refused.rows[i].command))
            refused.rows[left++] = refused.rows[i];
    if (left < refused.count) { /* what it came to before was refused */
        sale.judged = 0;
        sale_changed(tui);
    }
    refused.count = left;
    if (left == 0)
        arena_reset(&refused.arena);
}

/* ---- when ---- */

static uint64_t sales_of(const struct work *work)
{
    uint64_t count = 0;
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        count += work->drafts[i].used && work->drafts[i].line_count > 0;
    return count;
}

static void tell_kept(struct tui *tui, const struct buffer *kept)
{
    char text[TEXT_MAX_BYTES];
    char whole[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    uint64_t sales = sales_of(tui->work);
    if (kept->size == 0 || (sales == 0 && tui->work->undo.count > 0))
        return; /* what is half undone is said once the ledger has told how it stands */
    if (sales == 0) {
        say_words(tui, MESSAGE_SAID, in_words(tui, N_("What was half typed is kept from before.")));
        return;
    }
    SAY(tui, text,
        words_many(tui->language,
                   MANY_("{count} sale kept from before", "{count} sales kept from before"), sales),
        "count", number(tui, sales, a));
    (void)JOIN(whole, text, " · g s");
    say_words(tui, MESSAGE_SAID, whole);
}

static void tell_found(struct tui *tui, const struct tefter_kept *kept,
                       enum tefter_kept_found found)
{
    char text[TEXT_MAX_BYTES];
    char file[TEFTER_KEPT_NAME_MAX + 8];
    const char *pattern =
        found == TEFTER_KEPT_DAMAGED
            ? N_("What was kept from before cannot be read. It was put aside as {file}.")
        : found == TEFTER_KEPT_NEWER
            ? N_("What was kept from before is of a newer Tefter. It was put aside as {file}.")
        : found == TEFTER_KEPT_OTHERS
            ? N_("What was kept here is not yours, and is not shown. It was put aside as {file}.")
            : NULL;
    if (pattern == NULL)
        return;
    SAY(tui, text, pattern, "file", tefter_kept_aside(kept, file));
    say_words(tui, MESSAGE_REFUSED, text);
}

/* Of a work that has just begun. */
void keep_take_up(struct tui *tui)
{
    struct arena arena;
    struct slice body;
    struct buffer kept;
    uint8_t newest[TEFTER_ID_SIZE];
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    struct work *work = tui->work;
    struct keeper *keeper = keeper_of(tui, work);
    if (work->staff == 0 || welcome == NULL || welcome->ledger.len != TEFTER_KEPT_LEDGER_SIZE)
        return;
    arena_init(&arena, 2 * (size_t)TEFTER_KEPT_BYTES_MAX);
    *keeper = (struct keeper){.on = false};
    enum tefter_kept_found found =
        tefter_kept_open(&keeper->kept, tefter_profile(tui->client), work->staff,
                         welcome->ledger.data, &arena, &body);
    keeper->on = found != TEFTER_KEPT_BUSY && found != TEFTER_KEPT_CLOSED;
    keeper->busy = found == TEFTER_KEPT_BUSY;
    if (found == TEFTER_KEPT_THERE) {
        take_work(tui, work, body, newest);
        tefter_written_behind(tui->client, newest, forget_sent, tui);
    }
    arena_fini(&arena);
    begin_part(&kept);
    put_work(&kept, work);
    if (found != TEFTER_KEPT_THERE) /* there is nothing on the disk */
        hash_of(kept.data, kept.size, &keeper->disk);
    tell_kept(tui, &kept);
    buffer_fini(&kept);
    tell_found(tui, &keeper->kept, found);
    if (work->undo.count == 0 && tui->resolved_kind == MESSAGE_NONE)
        paper_of_before(tui);
    draft_prices_anew(tui);
}

void keep_look(struct tui *tui)
{
    for (size_t i = 0; i < WORKS_MAX; i++)
        look(tui, &tui->works[i]);
    if (refused.count > 0)
        take_all_refused(tui);
    ask_approval(tui);
}

uint64_t keep_lost(const struct tui *tui)
{
    uint64_t count = 0;
    for (size_t i = 0; i < WORKS_MAX; i++)
        if (!keepers[i].on || keepers[i].failed)
            count += sales_of(&tui->works[i]);
    return count;
}

const char *keep_words(const struct tui *tui)
{
    const struct keeper *keeper = keeper_of(tui, tui->work);
    if (tui->work->staff == 0 || (keeper->on && !keeper->failed))
        return NULL;
    return keeper->busy
               ? N_("Tefter is open twice here: what is half done in this one lasts until it ends.")
               : N_("This device cannot keep what is half done: it lasts until the program ends. "
                    "Is its disk full?");
}

void keep_begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&approval, tui, approval_came);
        arena_init(&refused.arena, ASKED_MEMORY_MAX);
        return;
    }
    asked_end(&approval);
    arena_fini(&refused.arena);
}

void keep_end(struct tui *tui)
{
    for (size_t i = 0; i < WORKS_MAX; i++)
        let_go(tui, &tui->works[i]);
}
