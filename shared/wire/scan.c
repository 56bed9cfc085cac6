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
#include "wire/path.h"

enum {
    FIELDS_MAX = 256, /* of one message type; tests look at every type of the schema */
    ONEOFS_MAX = 8,
    VARINT_MAX_BYTES = 10,
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
    {"tefter.CustomerRow", "persons", PERSONS_PER_CUSTOMER_MAX},
    {"tefter.InvoiceLine", "serials", DOCUMENT_LINES_MAX},
    {"tefter.DocumentLine", "serials", DOCUMENT_LINES_MAX},
    {"tefter.IssueInvoice", "lines", DOCUMENT_LINES_MAX},
    {"tefter.IssueInvoice", "charges", DOCUMENT_CHARGES_MAX},
    {"tefter.IssueCreditNote", "credit", DOCUMENT_LINES_MAX},
    {"tefter.IssueCreditNote", "lines", DOCUMENT_LINES_MAX},
    {"tefter.IssueCreditNote", "charges", DOCUMENT_CHARGES_MAX},
    {"tefter.MatchItems", NULL, MATCH_PARTS_MAX},
    {"tefter.TakePayment", "bills", MATCH_PARTS_MAX},
    {"tefter.Subscribe", "customers", SUBSCRIPTION_IDS_MAX},
    {"tefter.Page", NULL, ANSWER_ROWS_MAX},
    {"tefter.FeedSet", NULL, ANSWER_ROWS_MAX},
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

/* ---- faults ---- */

static bool fault_unknown(struct message_fault *fault, uint64_t number)
{
    path_fault(fault, "no such field");
    snprintf(fault->path, sizeof(fault->path), "#%llu", (unsigned long long)number);
    return false;
}

/* ---- the bytes ---- */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

/* A varint in its shortest form that fits 64 bits. */
static bool read_varint(struct reader *reader, uint64_t *ret_value)
{
    if (reader->at < reader->end && *reader->at < 0x80) {
        *ret_value = *reader->at++;
        return true;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < VARINT_MAX_BYTES && reader->at < reader->end; i++) {
        uint8_t byte = *reader->at++;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte >= 0x80)
            continue;
        *ret_value = value;
        return byte != 0 && !(i == VARINT_MAX_BYTES - 1 && byte > 1);
    }
    return false;
}

static bool read_part(struct reader *reader, struct reader *ret_part)
{
    uint64_t size = 0;
    if (!read_varint(reader, &size) || size > (uint64_t)(reader->end - reader->at))
        return false;
    *ret_part = (struct reader){reader->at, reader->at + size};
    reader->at += size;
    return true;
}

static bool skip_fixed(struct reader *reader, size_t size)
{
    if ((size_t)(reader->end - reader->at) < size)
        return false;
    reader->at += size;
    return true;
}

/* ---- values ---- */

static bool scan_message(const ProtobufCMessageDescriptor *type, struct reader reader,
                         unsigned depth, struct message_fault *fault);

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

static bool scan_varint(const ProtobufCFieldDescriptor *field, struct reader *reader,
                        struct message_fault *fault)
{
    uint64_t value = 0;
    if (!read_varint(reader, &value))
        return path_fault(fault, "a number is cut off or not in its shortest form");
    if (field->type == PROTOBUF_C_TYPE_BOOL && value > 1)
        return path_fault(fault, "neither true nor false");
    if (field->type == PROTOBUF_C_TYPE_ENUM && !enum_knows(field->descriptor, value))
        return path_fault(fault, "not one of the values of this field");
    if (field->type == PROTOBUF_C_TYPE_INT32 && !fits_int32(value))
        return path_fault(fault, "does not fit in 32 bits");
    bool wide = field->type != PROTOBUF_C_TYPE_UINT32 && field->type != PROTOBUF_C_TYPE_SINT32;
    return wide || value <= UINT32_MAX || path_fault(fault, "does not fit in 32 bits");
}

static bool scan_string(struct reader part, struct message_fault *fault)
{
    size_t size = (size_t)(part.end - part.at);
    if (size > TEXT_MAX)
        return path_fault(fault, "the text is too long");
    return text_valid(part.at, size) || path_fault(fault, "not valid text");
}

static bool scan_part(const ProtobufCFieldDescriptor *field, struct reader *reader, unsigned depth,
                      struct message_fault *fault)
{
    struct reader part;
    if (!read_part(reader, &part))
        return path_fault(fault, "longer than the bytes that are there");
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return scan_string(part, fault);
    return field->type != PROTOBUF_C_TYPE_MESSAGE ||
           scan_message(field->descriptor, part, depth + 1, fault);
}

static bool scan_value(const ProtobufCFieldDescriptor *field, struct reader *reader, unsigned depth,
                       struct message_fault *fault)
{
    switch (wire_of(field->type)) {
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        return scan_part(field, reader, depth, fault);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip_fixed(reader, 4) || path_fault(fault, "cut off");
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip_fixed(reader, 8) || path_fault(fault, "cut off");
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        break;
    }
    return scan_varint(field, reader, fault);
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
    struct message_fault *fault;
    unsigned guess;              /* the field that came last */
    unsigned oneofs[ONEOFS_MAX]; /* quantifier offsets of the oneofs that have a member */
    unsigned oneof_count;
    struct tally tallies[FIELDS_MAX];
};

static bool count_oneof(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    for (unsigned i = 0; i < scan->oneof_count; i++) {
        if (scan->oneofs[i] == field->quantifier_offset)
            return path_fault(scan->fault, "only one of several fields may be there");
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
        tally->most = repeated ? message_bound(scan->type, field) : 1;
    }
    if (tally->count >= tally->most)
        return path_fault(scan->fault, tally->most == 1 ? "there twice" : "too many");
    tally->count++;
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 || count_oneof(scan, field);
}

static bool scan_packed(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    struct reader part;
    if (!read_part(&scan->reader, &part))
        return path_fault(scan->fault, "longer than the bytes that are there");
    while (part.at < part.end) {
        if (!count_field(scan, field) || !scan_value(field, &part, scan->depth, scan->fault))
            return false;
    }
    return true;
}

static bool scan_single(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    return count_field(scan, field) && scan_value(field, &scan->reader, scan->depth, scan->fault);
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
    return path_within(scan->fault, field->name, repeated && count > 0 ? count - 1 : -1);
}

static bool scan_field(struct scan *scan)
{
    uint64_t tag = 0;
    if (!read_varint(&scan->reader, &tag))
        return path_fault(scan->fault, "a tag is cut off or not in its shortest form");
    const ProtobufCFieldDescriptor *field = find_field(scan, tag >> 3);
    if (field == NULL)
        return fault_unknown(scan->fault, tag >> 3);
    scan->guess = (unsigned)(field - scan->type->fields);
    bool packed = (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0 &&
                  (tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    if (!packed && (tag & 7) != wire_of(field->type)) {
        path_fault(scan->fault, "of another type on the wire");
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
            path_fault(scan->fault, "missing");
            return path_within(scan->fault, field->name, -1);
        }
    }
    return true;
}

static bool scan_message(const ProtobufCMessageDescriptor *type, struct reader reader,
                         unsigned depth, struct message_fault *fault)
{
    if (depth > MESSAGE_DEPTH_MAX)
        return path_fault(fault, "nested too deep");
    need(type->n_fields <= FIELDS_MAX);
    struct scan scan; /* not zeroed whole: most of it is tallies that this type does not have */
    scan.type = type;
    scan.reader = reader;
    scan.depth = depth;
    scan.fault = fault;
    scan.guess = 0;
    scan.oneof_count = 0;
    memset(scan.tallies, 0, type->n_fields * sizeof(scan.tallies[0]));
    while (scan.reader.at < scan.reader.end) {
        if (!scan_field(&scan))
            return false;
    }
    return scan_required(&scan);
}

bool message_scan(const ProtobufCMessageDescriptor *type, struct slice bytes,
                  struct message_fault *ret_fault)
{
    struct message_fault ignored;
    struct message_fault *fault = ret_fault != NULL ? ret_fault : &ignored;
    path_fault(fault, "");
    if (bytes.size == 0)
        return scan_message(type, (struct reader){NULL, NULL}, 1, fault);
    return scan_message(type, (struct reader){bytes.data, bytes.data + bytes.size}, 1, fault);
}

uint32_t message_kind(struct slice bytes)
{
    struct reader reader = {bytes.data, bytes.data + bytes.size};
    uint64_t tag = 0;
    if (bytes.size == 0 || !read_varint(&reader, &tag) || tag >> 3 > UINT32_MAX)
        return 0;
    return (uint32_t)(tag >> 3);
}

/* ---- looking for a part ---- */

static bool skip_value(struct reader *reader, unsigned wire, struct reader *ret_part)
{
    uint64_t ignored = 0;
    *ret_part = (struct reader){NULL, NULL};
    switch (wire) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(reader, &ignored);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip_fixed(reader, 8);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip_fixed(reader, 4);
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        return read_part(reader, ret_part);
    default:
        return false;
    }
}

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
    return bytes.size > 0 &&
           holds(type, (struct reader){bytes.data, bytes.data + bytes.size}, wanted, 1);
}
