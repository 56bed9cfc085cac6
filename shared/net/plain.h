#pragma once
/*
 * Inside net: a connection without TLS, in memory, with the calls of one with it (tls.h): what goes
 * in comes out, either way. For sockets of this machine, where the kernel says who is at the other
 * end. It is open from the first moment and knows no end of its own: that is the socket's.
 */
#include "base/bytes.h"
#include "net/tls.h"

struct plain;

struct plain *plain_create(void); /* NULL without memory */
void plain_destroy(struct plain *plain);

enum tls_state plain_state(const struct plain *plain);
const char *plain_reason(const struct plain *plain);

void plain_input(struct plain *plain, struct slice bytes);
size_t plain_read(struct plain *plain, void *out, size_t capacity);
bool plain_write(struct plain *plain, struct slice bytes);
struct slice plain_output(const struct plain *plain);
void plain_output_taken(struct plain *plain, size_t size);
void plain_output_move(struct plain *plain, struct buffer *ret_buffer, size_t *ret_from);
void plain_end(struct plain *plain);
