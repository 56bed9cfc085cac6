#pragma once
/*
 * Messages: protobuf bytes that are looked at before they are believed, and unpacked into an
 * arena. Used by session, ledger and client/lib.
 *
 * message_scan reads the wire without allocating and refuses: unknown fields, wrong wire types,
 * bad varints and lengths, a field that may stand once standing twice (two members of a oneof
 * too), missing required fields, more repetitions than message_bound allows, depth over
 * MESSAGE_DEPTH_MAX, strings that are not valid text (text_valid: UTF-8, no NUL) or longer than
 * TEXT_MAX, enum values the schema does not know, booleans other than 0 and 1, 32-bit fields
 * that do not fit. So what was scanned can be unpacked without surprises, and the bytes stored are
 * the bytes received.
 *
 * message_scan_as leaves out what a peer of a later version would run into: see proto/README.md.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/sight.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

enum { MESSAGE_PATH_MAX = 120 };

/* What is wrong and where: path "command.issue_invoice.lines[3].quantity" (its end is lost when it
 * is longer than this; "#77" is a field number the schema does not have). */
struct message_fault {
    char path[MESSAGE_PATH_MAX];
    const char *what;        /* a short sentence: static, or in the arena that was given */
    struct sight_fault text; /* a text in which something is not seen; else SIGHT_CLEAR */
};

/* What `what` says of a text of more than TEXT_MAX bytes. */
#define MESSAGE_TEXT_TOO_LONG "the text is too long"

/* ret_fault may be NULL. Varints must be in their shortest form; [packed=true] fields may come
 * packed or one by one, others only one by one. */
bool message_scan(const ProtobufCMessageDescriptor *type, struct slice bytes,
                  struct message_fault *ret_fault);

/* What is left out of the scan, or added to it. */
enum {
    /* Fields the schema does not have are passed over, as are values its enums do not have: where
     * a newer peer speaks, a terminal to its server's greeting or a server to its terminals. */
    MESSAGE_UNKNOWN_PASSES = 1,
    /* No bound of repetitions and of text: where the writer had its own, and another version of it
     * may have had others. The frame and the arena still bound it. */
    MESSAGE_UNBOUNDED = 2,
    /* Texts are not looked at: whoever stored them did, by the rules of their time. */
    MESSAGE_ANY_TEXT = 4,
    /* What a server says to a terminal. */
    MESSAGE_OF_SERVER = MESSAGE_UNKNOWN_PASSES | MESSAGE_UNBOUNDED,
    /* What a ledger holds, maybe written by a later version: nothing unknown may be passed over. */
    MESSAGE_OF_LEDGER = MESSAGE_UNBOUNDED | MESSAGE_ANY_TEXT,
    /* And what is asked besides: every text as people see it (sight.h), for what somebody enters.
     */
    MESSAGE_SEEN_TEXT = 8,
};
bool message_scan_as(const ProtobufCMessageDescriptor *type, struct slice bytes, unsigned leave,
                     struct message_fault *ret_fault);

/* Bytes-typed fields that hold a packed message of a known type are scanned by the caller. How many
 * times a repeated field may stand: REPEATED_MAX unless the table in message.c says otherwise. */
uint32_t message_bound(const ProtobufCMessageDescriptor *type,
                       const ProtobufCFieldDescriptor *field);

/* Unpacks into the arena (nothing is to be freed); NULL when it does not parse or the arena's
 * bound is reached. Scan first what comes from outside. */
ProtobufCMessage *message_unpack(const ProtobufCMessageDescriptor *type, struct slice bytes,
                                 struct arena *arena);

/* Packs; empty slice without memory (and for a message in which nothing is set). */
struct slice message_pack(const ProtobufCMessage *message, struct arena *arena);
/* Packs at the end of a buffer; false past its bound. */
bool message_put(const ProtobufCMessage *message, struct buffer *out);

/* The number of the first field on the wire (the member of a command's oneof), 0 when none. Looks
 * at one tag only: scan first. */
uint32_t message_kind(struct slice bytes);

/* Walks every sub-message of type `wanted` in a message (its own fields, nested, repeated), calling
 * each with the place; order is the schema's. Used to move texts to and from the vault. */
typedef void (*message_each_fn)(void *context, ProtobufCMessage *part);
void message_each(ProtobufCMessage *message, const ProtobufCMessageDescriptor *wanted,
                  message_each_fn each, void *context);
/* Leaves out every field of this number or a higher one, at every level, but for members of oneofs:
 * what a reader of the first schema must not be sent. The message is changed. */
enum { MESSAGE_LATER_FIELDS = 180 };
void message_leave_out(ProtobufCMessage *message, uint32_t from_number);
/* Can a message of this type hold one of type wanted? */
bool message_can_hold(const ProtobufCMessageDescriptor *type,
                      const ProtobufCMessageDescriptor *wanted);

/* Do these bytes, scanned before, hold one? Without unpacking. */
bool message_holds(const ProtobufCMessageDescriptor *type, struct slice bytes,
                   const ProtobufCMessageDescriptor *wanted);

/* Reflection for the command line: JSON of any message, and a message from JSON or key=value. JSON
 * follows protobuf's own mapping with names as in the schema: 64-bit integers as numbers, bytes as
 * lower-case hex, enums by name, absent fields left out. A tefter.Text that has a value is a plain
 * string. */
bool message_to_json(const ProtobufCMessage *message, struct buffer *out);
/* The same for programs of people: days as "2026-11-23", a tefter.Text without words left out. */
bool message_to_plain_json(const ProtobufCMessage *message, struct buffer *out);
/* Into the arena; NULL with *ret_fault set (and without memory). Strict: unknown and repeated
 * names, two members of a oneof, missing required fields, numbers that are not whole or do not fit
 * are refused. Names and enum values are known in any case, with '-' for '_', enum values with or
 * without their prefix; integers may be strings, and 32-bit ones days ("2026-11-23"); null is
 * absent; a plain value stands for a tefter.Text. */
ProtobufCMessage *message_of_json(const ProtobufCMessageDescriptor *type, struct slice json,
                                  struct arena *arena, struct message_fault *ret_fault);
/* Sets one field by a dotted path: "customer=17", "lines[0].quantity=2500", "name=Anh". Messages on
 * the way are made; an index may be one past the last; a repeated field without an index gets one
 * more. A value that begins with '{' is JSON for a message. Setting again replaces. false: nothing
 * of the value was set. Required fields are not looked for: scan what was packed. */
bool message_set(ProtobufCMessage *message, const char *path, const char *value,
                 struct arena *arena, struct message_fault *ret_fault);
/* An empty message of a type, ready for message_set. NULL without memory. */
ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *type, struct arena *arena);
