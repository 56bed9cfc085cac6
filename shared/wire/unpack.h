#pragma once
/*
 * Unpacks what is written as it mostly is, in one walk and with arrays of the right size at once;
 * the message is the one that protobuf-c makes of the same bytes.
 */
#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/bytes.h"

/* NULL: there is something here that protobuf-c has to say: unknown fields, a field that stands
 * twice, repetitions with something in between, bytes that are no such message, or the arena is
 * spent. */
ProtobufCMessage *unpack_plain(const ProtobufCMessageDescriptor *type, struct slice bytes,
                               struct arena *arena);
