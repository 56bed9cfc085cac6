#pragma once
/*
 * The audit log: who tried to get in, from where, and what came of it. Lines of text at the end of
 * one file, written at once; past AUDIT_LINES_MAX the file becomes "<path>.1" and a new one begins.
 * What was tried is never written: no password, no code, no login that nobody has.
 *
 *   ms=1763890867123 time=2026-11-23T09:41:07.123Z event=login_wrong key=5a… staff=3 terminal=7 …
 */
#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct audit;

enum { AUDIT_EVENT_MAX = 32 };

struct audit_line {
    const char *event; /* one word */
    int64_t at_ms;
    uint64_t key;        /* of the throttle, 0: none */
    uint32_t staff;      /* 0: nobody that is known */
    uint32_t terminal;   /* 0: none */
    const char *carrier; /* NULL: the usual one, TLS */
    const char *address; /* NULL: not told */
    const char *about;   /* NULL: nothing more to say */
    bool noisy;          /* may be left out when there are many a second */
};

/* path NULL: a log that keeps nothing. */
bool audit_open(const char *path, struct audit **ret_audit, struct failure *failure);
void audit_close(struct audit *audit);
void audit_write(struct audit *audit, const struct audit_line *line);

/* Calls `each` with every line at or after `since_ms`, oldest first; event, at_ms, key, staff and
 * terminal are filled. */
void audit_recall(struct audit *audit, int64_t since_ms,
                  void (*each)(void *context, const struct audit_line *line), void *context);
