#pragma once
/*
 * Where entries go: counted only (dry.c), or to a server (server.c), which does it or is asked what
 * it would do. Tests have their own.
 */
#include "import/entry.h"
#include "import/known.h"

struct tefter;
struct console;

struct sink {
    /* Takes the entry over; `told` says what became of it, during this call or a later one, and
     * takes it back. False: the import ends. */
    bool (*take)(struct sink *sink, struct entry *entry, struct failure *failure);
    /* Until all is told. */
    bool (*finish)(struct sink *sink, struct failure *failure);
    /* Was something of this source taken back? NULL: it never is. */
    bool (*undone)(struct sink *sink, const char *source, bool *ret_undone,
                   struct failure *failure);
    void (*notify)(void *context, struct entry *entry, enum outcome outcome, const char *why);
    void *context; /* of told; both are set by the run */
    bool halt;     /* set by who is told: no more is sent, and what is under way is waited for */
    uint64_t customers_made;
    uint64_t products_made;
};

/* Counts what would be made. */
void dry_init(struct sink *sink);

struct server_options {
    bool create_missing;
    bool match_oldest;
    bool update; /* change what is there with other words */
    bool asking; /* a dry run: what would come of it is asked, and nothing is done */
    const struct groups *groups; /* that the ledger has */
    struct console *console;     /* told while nobody answers; may be NULL */
    uint64_t patience_ms;        /* without any answer the import ends; 0: a minute */
};
/* NULL without memory. It is the caller's; server_destroy after the run. When the import was given
 * up, answers that come later are taken and forgotten, until the client is closed. */
struct sink *server_create(struct tefter *client, const struct server_options *options);
void server_destroy(struct sink *sink); /* NULL welcome */
/* Reads the catalogue's codes, names and taxes, so that lines need not repeat them. Blocking. */
bool server_learn(struct tefter *client, struct known *known, struct failure *failure);
/* The groups of customers, with their terms. */
bool server_learn_groups(struct tefter *client, struct groups *groups, struct failure *failure);
/* The branches, by code and name, and which one this device is at. */
bool server_learn_branches(struct tefter *client, struct known *known, struct failure *failure);
/* The last refusal that ended the import was about rights. */
bool server_denied(const struct sink *sink);
