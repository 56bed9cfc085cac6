#pragma once
/*
 * Certificates of the company as they age: the server's is renewed long before its end, and when it
 * was made by a clock that was ahead or behind; the root cannot be, so its end is told years
 * before. That of the page is renewed here when it stands under a root of the page's own, and else
 * watched. Looked at each minute, by the believed clock and only while there is one.
 */
#include "datadir/keys.h"
#include "engine/clock.h"
#include "net/loop.h"
#include "session/sessions.h"

struct certificates;

struct certificates_options {
    struct loop *loop;
    const struct datadir *folder;
    const struct clock *clock;
    struct sessions *sessions;
    const char *page; /* file of the page's certificate; NULL: it has none */
    bool page_kept; /* made by tefterd web-name or web-root: one under a root of its own is renewed
                       here, one of a public authority by the timer */
};

struct certificates *certificates_create(const struct certificates_options *options,
                                         const struct keys *keys, struct failure *failure);
void certificates_destroy(struct certificates *certificates);
/* Reads the files again, and shows new connections what is in them. */
void certificates_reload(struct certificates *certificates);

struct certificates_facts {
    int64_t server_ends_ms; /* 0: not known */
    int64_t root_ends_ms;
    int64_t page_ends_ms; /* 0: it has none */
    const char *alarm;    /* what people must know and do; NULL: nothing */
};
void certificates_facts(const struct certificates *certificates,
                        struct certificates_facts *ret_facts);
