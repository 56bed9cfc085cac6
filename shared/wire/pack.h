#pragma once
/*
 * Packs a message from its last byte to its first, so that each length is known when its head is
 * written: one walk over the message, where protobuf-c walks it once for the size and each part of
 * it again for each part around it. The bytes are protobuf-c's own, in its order.
 */
#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

/* Packs into the end of [begin, end). Where the message begins; NULL: there is no room, or it holds
 * what this schema has nowhere (fixed and zigzag numbers, unknown fields). */
uint8_t *pack_before(const ProtobufCMessage *message, uint8_t *begin, uint8_t *end);
