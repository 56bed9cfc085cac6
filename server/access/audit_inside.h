#pragma once
/*
 * Inside the audit log: a line of text and its seal, shared by audit.c, which writes, and
 * audit_read.c, which reads.
 */
#include "access/audit.h"

#include "base/bytes.h"

enum {
    AUDIT_TEXT_MAX = 640,  /* of a line before its number */
    AUDIT_BYTES_MAX = 768, /* of a whole line */
};

struct audit {
    char *path;
    char *older;
    int fd;
    uint8_t key[HASH_SIZE];
    int64_t size;    /* of the file, up to the newest line */
    uint64_t lines;  /* in it */
    uint64_t number; /* of the newest line */
    struct hash seal;
    int64_t second; /* of the newest noisy line */
    uint32_t noisy;
    uint64_t left_out;
};

/* The key of the seals is not the key it comes from. */
void audit_key(const uint8_t key[AUDIT_KEY_SIZE], uint8_t ret_key[HASH_SIZE]);
/* text: of the line, up to its seal. */
void audit_seal(const uint8_t key[HASH_SIZE], const struct hash *before, struct slice text,
                struct hash *ret_seal);

/* What other processes wrote meanwhile is known after it. */
void audit_look(struct audit *audit);

/* One line, without its end, as it stands in a file. */
struct audit_text {
    struct slice whole;
    size_t sealed; /* bytes that the seal is over; 0: it has none */
    uint64_t number;
    struct hash seal;
    bool begins; /* it names the seal before it */
    struct hash before;
};
void audit_text_read(struct slice line, struct audit_text *ret_text);

/* Lines of a file, from a place on; a line that has no end yet is not told. false stops. Returns
 * the place behind the last whole line, -1: it cannot be read. */
int64_t audit_each_text(int fd, int64_t from,
                        bool (*each)(void *context, const struct audit_text *text), void *context);
