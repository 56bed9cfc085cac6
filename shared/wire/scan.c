/*
 * message_scan: one walk over the wire, without memory of its own.
 *
 *   bytes -> scan_message -> per field: scan_field -> scan_single | scan_packed -> scan_value
 *                 ^                                                                  |
 *                 +----------------------- sub-messages, at most MESSAGE_DEPTH_MAX --+
 *
 * A fault is named where it is found; its path is put together on the way back up, so that good
 * bytes pay nothing for it.
 */
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/limits.h"
#include "base/text.h"
#include "common.pb-c.h"
#include "wire/path.h"
#include "wire/reader.h"

enum {
    FIELDS_MAX = 256, /* of one message type; tests look at every type of the schema */
    ONEOFS_MAX = 8,
    FIELD_NUMBER_MAX = (1 << 29) - 1, /* of any schema */
    ANSWER_ROWS_MAX = 5000, /* what only servers send: as many rows as FRAME_TO_CLIENT_MAX holds */
};

/* ---- bounds of repeated fields ---- */

static const struct bound {
    const char *type;
    const char *field; /* NULL: every field of the type */
    uint32_t most;
} bounds[] = {
    {"tefter.OpenCustomer", "groups", GROUPS_PER_CUSTOMER_MAX},
    {"tefter.CustomerRow", "groups", GROUPS_PER_CUSTOMER_MAX},
    {"tefter.CustomerRow", "buyers", BUYERS_PER_CUSTOMER_MAX},
    {"tefter.InvoiceLine", "serials", DOCUMENT_LINES_MAX},
    {"tefter.DocumentLine", "serials", DOCUMENT_LINES_MAX},
    {"tefter.IssueInvoice", "lines", DOCUMENT_LINES_MAX},
    {"tefter.IssueInvoice", "charges", DOCUMENT_CHARGES_MAX},
    {"tefter.IssueCreditNote", "credit", DOCUMENT_LINES_MAX},
    {"tefter.IssueCreditNote", "lines", DOCUMENT_LINES_MAX},
    {"tefter.IssueCreditNote", "charges", DOCUMENT_CHARGES_MAX},
    {"tefter.MatchItems", NULL, MATCH_PARTS_MAX},
    {"tefter.TakePayment", "bills", MATCH_PARTS_MAX},
    {"tefter.SetPrices", "prices", PRICES_AT_ONCE_MAX},
    {"tefter.SetWorkdays", "holidays", BRANCH_HOLIDAYS_MAX},
    {"tefter.AddProduct", "units", PRODUCT_UNITS_MAX},
    {"tefter.ChangeProduct", "units", PRODUCT_UNITS_MAX},
    {"tefter.Subscribe", "customers", SUBSCRIPTION_IDS_MAX},
    {"tefter.ImportDo", "columns", IMPORT_COLUMNS_MAX},
    {"tefter.ImportDo", "edits", IMPORT_EDITS_MAX},
    {"tefter.SnapshotChunk", NULL, ANSWER_ROWS_MAX},
    {"tefter.Delta", NULL, ANSWER_ROWS_MAX},
};

static bool ends_with(const char *text, const char *end)
{
    size_t text_size = strlen(text);
    size_t end_size = strlen(end);
    return text_size >= end_size && strcmp(text + text_size - end_size, end) == 0;
}

uint32_t message_bound(const ProtobufCMessageDescriptor *type,
                       const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        if (bounds[i].field != NULL && strcmp(bounds[i].field, field->name) != 0)
            continue;
        if (strcmp(bounds[i].type, type->name) == 0)
            return bounds[i].most;
    }
    /* Answers and records are made by the server alone, which has bounded what is in them. */
    bool own = ends_with(type->name, "Answer") || ends_with(type->name, "Record");
    return own ? ANSWER_ROWS_MAX : REPEATED_MAX;
}

/* ---- forms of texts ---- */

/* By the name of the field, or of the field that holds a tefter.Text. What is in neither list is
 * one line. */
static const char *const texts_of_lines[] = {"note", "reason", "address"};
static const char *const texts_as_keys[] = {
    "code",        "number", "barcodes",  "serials",  "login",    "admin_login", "source",
    "head_office", "phone",  "reference", "identity", "tax_code", "currency"};
/* These name what is there, which may be older than the rule; nothing new is made of them. */
static const char *const texts_that_refer[] = {"customer_code", "product_code", "invoice_number",
                                               "bill_number", "salesperson"};

static bool is_listed(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

#define LISTED(name, names) is_listed(name, names, sizeof(names) / sizeof((names)[0]))

static enum sight_form form_of(const char *name)
{
    if (LISTED(name, texts_of_lines))
        return SIGHT_OF_LINES;
    return LISTED(name, texts_as_keys) ? SIGHT_OF_A_KEY : SIGHT_OF_A_LINE;
}

/* ---- faults ---- */

/* What one call of message_scan_as is about. */
struct walk {
    unsigned leave; /* MESSAGE_UNKNOWN_PASSES, MESSAGE_UNBOUNDED and so on */
    struct message_fault *fault;
    const char *holder; /* name of the field that holds the tefter.Text at hand; else NULL */
};

static bool fault_unknown(struct message_fault *fault, uint64_t number)
{
    path_fault(fault, "no such field");
    snprintf(fault->path, sizeof(fault->path), "#%llu", (unsigned long long)number);
    return false;
}

/* ---- values ---- */

static bool scan_message(const ProtobufCMessageDescriptor *type, struct reader reader,
                         unsigned depth, const struct walk *walk);

static ProtobufCWireType wire_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        break;
    }
    return PROTOBUF_C_WIRE_TYPE_VARINT;
}

static bool fits_int32(uint64_t value)
{
    return value <= INT32_MAX || value >= UINT64_MAX - INT32_MAX;
}

static bool enum_knows(const ProtobufCEnumDescriptor *type, uint64_t value)
{
    return fits_int32(value) &&
           protobuf_c_enum_descriptor_get_value(type, (int32_t)(uint32_t)value) != NULL;
}

/* A value that a later schema has is passed over only where it can be held at all. */
static bool enum_taken(const ProtobufCEnumDescriptor *type, uint64_t value, const struct walk *walk)
{
    if ((walk->leave & MESSAGE_UNKNOWN_PASSES) != 0)
        return fits_int32(value);
    return enum_knows(type, value);
}

static bool scan_varint(const ProtobufCFieldDescriptor *field, struct reader *reader,
                        const struct walk *walk)
{
    uint64_t value = 0;
    if (!read_varint(reader, &value))
        return path_fault(walk->fault, "a number is cut off or not in its shortest form");
    if (field->type == PROTOBUF_C_TYPE_BOOL && value > 1)
        return path_fault(walk->fault, "neither true nor false");
    if (field->type == PROTOBUF_C_TYPE_ENUM && !enum_taken(field->descriptor, value, walk))
        return path_fault(walk->fault, "not one of the values of this field");
    if (field->type == PROTOBUF_C_TYPE_INT32 && !fits_int32(value))
        return path_fault(walk->fault, "does not fit in 32 bits");
    bool wide = field->type != PROTOBUF_C_TYPE_UINT32 && field->type != PROTOBUF_C_TYPE_SINT32;
    return wide || value <= UINT32_MAX || path_fault(walk->fault, "does not fit in 32 bits");
}

/* What is clear as a key is clear as anything: only the rest is looked up by its name. */
static bool scan_sight(const char *name, const uint8_t *text, size_t size, const struct walk *walk)
{
    struct sight_fault found;
    if (sight_clear(text, size, SIGHT_OF_A_KEY, &found) ||
        (LISTED(name, texts_that_refer) && text_valid(text, size)) ||
        sight_clear(text, size, form_of(name), &found))
        return true;
    path_fault(walk->fault, "not valid text");
    if (found.flaw != SIGHT_NOT_UTF8)
        walk->fault->text = found;
    return false;
}

static bool scan_string(const ProtobufCFieldDescriptor *field, struct reader part,
                        const struct walk *walk)
{
    size_t size = (size_t)(part.end - part.at);
    if ((walk->leave & MESSAGE_ANY_TEXT) != 0)
        return true;
    if (size > TEXT_MAX && (walk->leave & MESSAGE_UNBOUNDED) == 0)
        return path_fault(walk->fault, MESSAGE_TEXT_TOO_LONG);
    if ((walk->leave & MESSAGE_SEEN_TEXT) != 0)
        return scan_sight(walk->holder != NULL ? walk->holder : field->name, part.at, size, walk);
    return text_valid(part.at, size) || path_fault(walk->fault, "not valid text");
}

static bool scan_part(const ProtobufCFieldDescriptor *field, struct reader *reader, unsigned depth,
                      const struct walk *walk)
{
    struct reader part;
    if (!read_part(reader, &part))
        return path_fault(walk->fault, "longer than the bytes that are there");
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return scan_string(field, part, walk);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return true;
    bool is_text = field->descriptor == &tefter__text__descriptor;
    struct walk inside = {walk->leave, walk->fault, is_text ? field->name : NULL};
    return scan_message(field->descriptor, part, depth + 1, &inside);
}

static bool scan_value(const ProtobufCFieldDescriptor *field, struct reader *reader, unsigned depth,
                       const struct walk *walk)
{
    switch (wire_of(field->type)) {
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        return scan_part(field, reader, depth, walk);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip_fixed(reader, 4) || path_fault(walk->fault, "cut off");
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip_fixed(reader, 8) || path_fault(walk->fault, "cut off");
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        break;
    }
    return scan_varint(field, reader, walk);
}

/* ---- fields ---- */

struct tally {
    uint32_t count;
    uint32_t most; /* looked up when the first one comes */
};

/* One message of the walk. */
struct scan {
    const ProtobufCMessageDescriptor *type;
    struct reader reader;
    unsigned depth;
    const struct walk *walk;
    unsigned guess;              /* the field that came last */
    unsigned oneofs[ONEOFS_MAX]; /* quantifier offsets of the oneofs that have a member */
    unsigned oneof_count;
    struct tally tallies[FIELDS_MAX];
};

static bool count_oneof(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    for (unsigned i = 0; i < scan->oneof_count; i++) {
        if (scan->oneofs[i] == field->quantifier_offset)
            return path_fault(scan->walk->fault, "only one of several fields may be there");
    }
    need(scan->oneof_count < ONEOFS_MAX);
    scan->oneofs[scan->oneof_count++] = field->quantifier_offset;
    return true;
}

/* Counts one more of a field before its value is looked at. */
static bool count_field(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    struct tally *tally = &scan->tallies[field - scan->type->fields];
    if (tally->count == 0) {
        bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
        bool bounded = (scan->walk->leave & MESSAGE_UNBOUNDED) == 0;
        tally->most = !repeated ? 1 : bounded ? message_bound(scan->type, field) : UINT32_MAX;
    }
    if (tally->count >= tally->most)
        return path_fault(scan->walk->fault, tally->most == 1 ? "there twice" : "too many");
    tally->count++;
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 || count_oneof(scan, field);
}

static bool scan_packed(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    struct reader part;
    if (!read_part(&scan->reader, &part))
        return path_fault(scan->walk->fault, "longer than the bytes that are there");
    while (part.at < part.end) {
        if (!count_field(scan, field) || !scan_value(field, &part, scan->depth, scan->walk))
            return false;
    }
    return true;
}

static bool scan_single(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    return count_field(scan, field) && scan_value(field, &scan->reader, scan->depth, scan->walk);
}

/* Fields mostly come in order: the next one is tried before the search. */
static const ProtobufCFieldDescriptor *find_field(struct scan *scan, uint64_t number)
{
    const ProtobufCMessageDescriptor *type = scan->type;
    for (unsigned i = scan->guess; i < type->n_fields && i < scan->guess + 2; i++) {
        if (type->fields[i].id == number)
            return &type->fields[i];
    }
    if (number > INT32_MAX || type->n_fields == 0)
        return NULL;
    return protobuf_c_message_descriptor_get_field(type, (unsigned)number);
}

static bool fault_in_field(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    int64_t count = scan->tallies[field - scan->type->fields].count;
    return path_within(scan->walk->fault, field->name, repeated && count > 0 ? count - 1 : -1);
}

static bool pass_unknown(struct scan *scan, uint64_t tag)
{
    struct reader ignored;
    uint64_t number = tag >> 3;
    bool passes = (scan->walk->leave & MESSAGE_UNKNOWN_PASSES) != 0;
    if (!passes || number == 0 || number > FIELD_NUMBER_MAX)
        return fault_unknown(scan->walk->fault, number);
    return skip_value(&scan->reader, (unsigned)(tag & 7), &ignored) ||
           path_fault(scan->walk->fault, "a field that is not known is cut off");
}

static bool scan_field(struct scan *scan)
{
    uint64_t tag = 0;
    if (!read_varint(&scan->reader, &tag))
        return path_fault(scan->walk->fault, "a tag is cut off or not in its shortest form");
    const ProtobufCFieldDescriptor *field = find_field(scan, tag >> 3);
    if (field == NULL)
        return pass_unknown(scan, tag);
    scan->guess = (unsigned)(field - scan->type->fields);
    bool packed = (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0 &&
                  (tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    if (!packed && (tag & 7) != wire_of(field->type)) {
        path_fault(scan->walk->fault, "of another type on the wire");
        return fault_in_field(scan, field);
    }
    return (packed ? scan_packed(scan, field) : scan_single(scan, field)) ||
           fault_in_field(scan, field);
}

static bool scan_required(struct scan *scan)
{
    for (unsigned i = 0; i < scan->type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &scan->type->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REQUIRED && scan->tallies[i].count == 0) {
            path_fault(scan->walk->fault, "missing");
            return path_within(scan->walk->fault, field->name, -1);
        }
    }
    return true;
}

static bool scan_message(const ProtobufCMessageDescriptor *type, struct reader reader,
                         unsigned depth, const struct walk *walk)
{
    if (depth > MESSAGE_DEPTH_MAX)
        return path_fault(walk->fault, "nested too deep");
    need(type->n_fields <= FIELDS_MAX);
    struct scan scan; /* not zeroed whole: most of it is tallies that this type does not have */
    scan.type = type;
    scan.reader = reader;
    scan.depth = depth;
    scan.walk = walk;
    scan.guess = 0;
    scan.oneof_count = 0;
    memset(scan.tallies, 0, type->n_fields * sizeof(scan.tallies[0]));
    while (scan.reader.at < scan.reader.end) {
        if (!scan_field(&scan))
            return false;
    }
    return scan_required(&scan);
}

bool message_scan_as(const ProtobufCMessageDescriptor *type, struct slice bytes, unsigned leave,
                     struct message_fault *ret_fault)
{
    struct message_fault ignored;
    struct walk walk = {leave, ret_fault != NULL ? ret_fault : &ignored, NULL};
    path_fault(walk.fault, "");
    return scan_message(type, reader_of(bytes), 1, &walk);
}

bool message_scan(const ProtobufCMessageDescriptor *type, struct slice bytes,
                  struct message_fault *ret_fault)
{
    return message_scan_as(type, bytes, 0, ret_fault);
}

uint32_t message_kind(struct slice bytes)
{
    struct reader reader = reader_of(bytes);
    uint64_t tag = 0;
    if (!read_varint(&reader, &tag) || tag >> 3 > UINT32_MAX)
        return 0;
    return (uint32_t)(tag >> 3);
}

/* ---- looking for a part ---- */

static bool holds(const ProtobufCMessageDescriptor *type, struct reader reader,
                  const ProtobufCMessageDescriptor *wanted, unsigned depth)
{
    uint64_t tag = 0;
    while (reader.at < reader.end && read_varint(&reader, &tag)) {
        struct reader part;
        if (!skip_value(&reader, (unsigned)(tag & 7), &part))
            return false;
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
        if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        if (field->descriptor == wanted)
            return true;
        if (depth < MESSAGE_DEPTH_MAX && message_can_hold(field->descriptor, wanted) &&
            holds(field->descriptor, part, wanted, depth + 1))
            return true;
    }
    return false;
}

bool message_holds(const ProtobufCMessageDescriptor *type, struct slice bytes,
                   const ProtobufCMessageDescriptor *wanted)
{
    return holds(type, reader_of(bytes), wanted, 1);
}
