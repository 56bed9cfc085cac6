#pragma once
/* The comments of the .proto files, for help. */
#include <stddef.h>

extern const unsigned char schema_text[];

/* The remark behind a field of a message: copied to out, "" when there is none. */
void schema_field(const char *message, const char *field, char *out, size_t capacity);
/* The lines of comment above a message or enum. */
void schema_message(const char *message, char *out, size_t capacity);
