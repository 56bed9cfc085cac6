#pragma once
/*
 * Inside founding: what the process and its connections share.
 */
#include "founding/secret.h"

#include "base/arena.h"
#include "datadir/datadir.h"
#include "http/site.h"
#include "net/loop.h"
#include "net/stream.h"
#include "serve/page.h"
#include "settings/settings.h"
#include "wire.pb-c.h"

enum { OPENERS_MAX = 32, OPENER_SIZE = 16 };

struct talk;

struct founding {
    const struct settings *settings;
    struct datadir work;        /* DIR.founding */
    char place[FILES_PATH_MAX]; /* DIR */
    char made[FILES_PATH_MAX];  /* DIR.founding/ledger, until it is DIR */
    struct loop *loop;
    struct loop_timer *end; /* of the last goodbye */
    struct loop_timer *cut;
    struct stream_listener *listener;
    struct site site;
    const char *origins[SITE_ORIGINS_MAX];
    struct page *page;
    struct arena arena; /* of one request */
    struct founding_secret secret;
    int64_t refused_said_ms; /* on the loop's clock; 0: none was */
    uint32_t refused_unsaid;
    uint8_t openers[OPENERS_MAX]
                   [OPENER_SIZE]; /* browsers that opened the link; more are not told apart */
    uint32_t opener_count;
    struct ledger_id id; /* that it will have */
    struct talk *talks;
    size_t talk_count;
    bool founded;
};

/* The login of who founds it; told with the recovery code. */
#define FOUNDING_LOGIN "owner"
/* The first terminal is called as init calls it. */
#define FOUNDING_TERMINAL "office"

/* Makes the ledger of what was asked for and puts it in place. recovery: the owner's password. */
bool founding_make(struct founding *founding, const Tefter__FoundCompany *found,
                   const char *recovery, struct failure *failure);

/* ---- connections ---- */

/* Of stream_listen_local. */
bool talk_accept(void *owner, struct stream *stream, struct stream_events *ret_events,
                 void **ret_context);
/* Those that say nothing are cut. */
void talk_cut_silent(struct founding *founding);

/* ---- what was typed ---- */

/* The field that is not such as a company can be made of; NULL: all are. */
const char *wish_fault(const Tefter__FoundCompany *found);
