#pragma once
/*
 * The audit log: who tried to get in, from where, and what came of it. Lines of text at the end of
 * one file, written at once; past AUDIT_LINES_MAX the file becomes "<path>.1" and a new one begins.
 * What was tried is never written: no password, no code, no login that nobody has.
 *
 *   ms=1763890867123 time=2026-11-23T09:41:07.123Z event=login_wrong key=5a… staff=3 login=ali …
 *     line=17 seal=…
 *
 * Lines are numbered, and each has a seal: a keyed hash over the seal before it and its own text.
 * A line that is changed, taken out, put in or moved is found by who has the key (audit_verify).
 * Lines cut off the end leave no trace in the file: they are found by who kept the newest line's
 * number and seal (audit_head). Several processes may write; each locks the file for one line.
 */
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

struct audit;

enum { AUDIT_EVENT_MAX = 32, AUDIT_KEY_SIZE = 32, AUDIT_PAGE_MAX = 500 };

struct audit_line {
    const char *event; /* one word */
    int64_t at_ms;
    uint64_t key;        /* of the throttle, 0: none */
    uint32_t staff;      /* 0: nobody that is known */
    const char *login;   /* theirs; NULL: not told */
    uint32_t terminal;   /* 0: none */
    const char *device;  /* its name; NULL: not told */
    const char *carrier; /* NULL: the usual one, TLS */
    const char *address; /* NULL: not told */
    const char *about;   /* NULL: nothing more to say */
    bool noisy;          /* may be left out when there are many a second */
    /* of a line that is read */
    uint64_t number;
    uint64_t left_out; /* noisy ones before it */
    bool changed;      /* its seal does not fit */
};

/* path NULL: a log that keeps nothing. */
bool audit_open(const char *path, const uint8_t key[AUDIT_KEY_SIZE], struct audit **ret_audit,
                struct failure *failure);
void audit_close(struct audit *audit); /* NULL welcome */
void audit_write(struct audit *audit, const struct audit_line *line);
/* The newest line; number 0: there is none. */
void audit_head(struct audit *audit, uint64_t *ret_number, struct hash *ret_seal);

typedef void (*audit_line_fn)(void *context, const struct audit_line *line);

/* Calls `each` with every line at or after `since_ms`, oldest first. */
void audit_recall(struct audit *audit, int64_t since_ms, audit_line_fn each, void *context);
/* At most `rows` lines (AUDIT_PAGE_MAX) with a smaller number than `before` (0: the newest), newest
 * first. Returns `before` of the next page, 0: there is none. */
uint64_t audit_page(struct audit *audit, uint64_t before, uint32_t rows, audit_line_fn each,
                    void *context);

struct audit_report {
    uint64_t lines;
    uint64_t unsealed; /* before the first seal: of a program that knew none */
    uint64_t number;   /* of the newest */
    struct hash seal;  /* and its seal */
};
/* Both files of a log, from the oldest line on; no log is no fault. FAULT_DAMAGED names the first
 * line that does not fit. */
bool audit_verify(const char *path, const uint8_t key[AUDIT_KEY_SIZE],
                  struct audit_report *ret_report, struct failure *failure);
