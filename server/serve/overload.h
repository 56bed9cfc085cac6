#pragma once
/*
 * Says in the log when more want in than can be let in: terminals without a place, a system without
 * descriptors, commands that were told to come back. At once, and then every ten seconds while it
 * lasts. Used by the server; reads the figures of sessions and writer.
 */
#include "engine/writer.h"
#include "session/sessions.h"

struct overload;

/* NULL with a failure without memory. Sessions and writer must live as long. */
struct overload *overload_create(struct loop *loop, const struct sessions *sessions,
                                 struct writer *writer, struct failure *failure);
void overload_destroy(struct overload *overload); /* NULL welcome */
