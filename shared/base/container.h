#pragma once
/*
 * From a member back to the structure that holds it.
 *
 *   struct stream *stream = CONTAINER(part, struct stream, part);
 */
#include <stddef.h>

#define CONTAINER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))
