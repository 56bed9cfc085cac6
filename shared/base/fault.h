#pragma once
/*
 * Faults: what must not happen (a full disk, a damaged record, a bug), told once and in words.
 *
 * A function that can meet a fault returns bool and takes a `struct failure *` last; on false the
 * failure says what happened and what to do. A refusal (a limit exceeded, a name taken) is never
 * a fault: refusals are answers, see proto/refusal.proto.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum fault {
    FAULT_NONE,
    FAULT_USE,     /* the caller's words or settings are wrong */
    FAULT_IO,      /* the system refused a read, a write or a sync */
    FAULT_FULL,    /* the disk or a bound is full */
    FAULT_BUSY,    /* somebody else holds it; trying later may help */
    FAULT_DAMAGED, /* bytes that were written are not what is read */
    FAULT_NEWER,   /* written by a newer version of the program */
    FAULT_OLDER,   /* written in a way that no version reads any more */
    FAULT_STALE,   /* derived from what is truth, and of another layout: made anew by who may */
    FAULT_DIFFERS, /* this program decides otherwise than the one that wrote it */
    FAULT_PEER,    /* the other end broke the protocol */
    FAULT_DENIED,  /* no right to do this */
    FAULT_MEMORY,
    FAULT_BUG,
};

enum { FAILURE_TEXT_MAX = 320 };

struct failure {
    enum fault fault;
    int os_error; /* errno of the call that failed, 0 when none */
    char text[FAILURE_TEXT_MAX];
};

/* Sets *failure (first one wins: an earlier fault is kept) and returns false, so that a function
 * can end with `return fail(failure, FAULT_IO, errno, "cannot open %s", path);`. The
 * system's words for os_error are added behind the text. A NULL failure is allowed. */
__attribute__((cold, format(printf, 4, 5))) bool fail(struct failure *failure, enum fault fault,
                                                      int os_error, const char *format, ...);

/* The word of a fault, for logs: "io", "full", ... Never NULL. */
const char *fault_word(enum fault fault);

/* A condition of the program itself. Kept in release builds: a ledger that has lost its own
 * footing must stop, not go on. */
#define need(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fault_need(__FILE__, __LINE__, #condition);                                            \
    } while (0)
__attribute__((cold, noreturn)) void fault_need(const char *file, int line, const char *condition);
