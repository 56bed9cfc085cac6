#pragma once
/*
 * A program that this server starts beside itself: started again when it dies (0.2 s, doubled up to
 * 30 s), told of HUP, and ended with TERM. Its lines go where ours go.
 *
 * Used by page and notifier.
 */
#include "net/loop.h"
#include "notice/program.h"

struct child;

struct child_options {
    struct loop *loop;
    const char *const *words; /* its name and its arguments, NULL at the end; kept by the caller */
    const char *what;         /* "the page is served by", for a failure */
    const char *ended;        /* event of the log line */
};

struct child *child_create(const struct child_options *options, struct failure *failure);
pid_t child_pid(const struct child *child); /* 0: it does not run */
void child_reload(struct child *child);
void child_stop(struct child *child);    /* it is not started again */
void child_destroy(struct child *child); /* ends it; NULL welcome */
