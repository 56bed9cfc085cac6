#pragma once
/*
 * Features: what the other side reads. A server describes the schema it reads (`Features`, in its
 * Welcome); a client compares that with its own schema and keeps what the server lacks, mostly
 * nothing. What stands in no list stands in the schema alone: a new command, query, field or enum
 * value needs no line here. Used by session and client/lib.
 */
#include "wire/message.h"

struct feature_gap {
    const void *type; /* descriptor of a message or an enum */
    uint32_t number;  /* of the field or value that the peer lacks */
};

/* What the peer lacks of our schema; zeroed: nothing. */
struct features {
    struct feature_gap *gaps;
    size_t count;
    size_t capacity;
};

/* A packed Features of everything below `root`, in the arena; empty without memory. */
struct slice features_describe(const ProtobufCMessageDescriptor *root, struct arena *arena);

/* Replaces what is known of the peer by what its description says. false: the description makes no
 * sense, or there is no memory for it; then nothing is known to be lacking. */
bool features_read(struct features *features, const ProtobufCMessageDescriptor *root,
                   struct slice description);
void features_fini(struct features *features);

/* Does the peer know this field of a message, or this value of an enum? */
bool features_have(const struct features *features, const void *type, uint32_t number);

/* Does a packed message, which this program made itself, hold only what the peer knows? Else
 * ret_fault->path names what it does not: "take_payment.kind.voucher". The path begins inside a
 * command or query, like the paths that a server names. */
bool features_suit(const struct features *features, const ProtobufCMessageDescriptor *root,
                   struct slice bytes, struct message_fault *ret_fault);
