#pragma once
/*
 * Sessions: everything between a terminal's stream and the ledger. Listens, greets, asks
 * access who they are and whether they may, turns requests into commands and hands them over,
 * answers queries, feeds subscriptions. Lives on the loop's thread; long queries go to the pool.
 *
 * What it does not do: write the ledger. Commands go through `submit` to the writer; what came of
 * them comes back with sessions_replied and sessions_published.
 */
#include "base/death.h"
#include "base/fault.h"
#include "engine/receipt.h"
#include "engine/submission.h"
#include "ledger/ledger.h"
#include "net/ca.h"
#include "net/loop.h"
#include "net/tls.h"
#include "notify.pb-c.h"
#include "vault/vault.h"
#include "wire.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

struct sessions;
struct turns;

/* Notices of approvals, to people who look at no page. */
struct sessions_notices {
    bool push;  /* Web Push is sent, by this key */
    bool phone; /* messages to telephones are */
    bool details;
    bool any_address; /* push services may be in private networks, and without TLS */
    uint32_t after_s; /* without an answer the next are told */
    uint32_t most;    /* messages a person in ten minutes; NOTICE_MESSAGES_MAX at most */
    uint8_t push_key[65];
    /* false: not now. What came of it comes with sessions_noticed, not within the call. */
    bool (*send)(void *owner, const Tefter__NoticeOrder *order);
    void (*cancel)(void *owner, uint64_t number);
};

struct sessions_options {
    struct loop *loop;
    struct ledger *ledger;
    struct vault *vault;
    const char *listen;     /* address for terminals */
    size_t row_cache_bytes; /* for rows kept as they are sent; 0: none are kept */
    uint32_t per_terminal;  /* connections of one; 0 in these three: as usual (limits.h) */
    uint32_t per_address;
    uint32_t unproven_per_address; /* that have not shown a certificate of ours */
    const char *browser_socket;    /* path of the relay's socket; NULL: no browsers are served */
    const char *importer;   /* program that reads files; NULL: tefter-importer beside this one */
    uint32_t browsers_most; /* their connections; 0: as usual */
    const char *const *origins; /* of their pages, as access has them */
    size_t origin_count;
    const char *found_link;    /* a practice ledger's page leads there; NULL: nowhere */
    const char *audit_path;    /* bounded log of who tried to get in */
    const char *ended_path;    /* logins that were ended; NULL: a restart forgets them */
    const char *marks_path;    /* of terminals' profiles; NULL: a restart forgets them */
    const char *contacts_path; /* how people are told; NULL: a restart forgets it */
    const struct sessions_notices *notices; /* during the call; NULL: nobody is sent any */
    struct tls_identity identity;
    struct ca_pair root; /* signs terminals */
    uint8_t token_key[32];
    const struct receipt_seal *seal; /* of receipts; NULL: no offers are taken */
    enum submit_answer (*submit)(void *owner, const struct submission *submission);
    /* Would it say BUSY? Asked before a command is even looked at; NULL: no. */
    bool (*busy)(void *owner);
    /* When one whom `submit` did not take is to come back; NULL: always after the same time. */
    uint32_t (*retry_ms)(void *owner);
    /* Waits until views see all that came with sessions_replied and sessions_published; NULL: they
     * always do. On the loop. */
    void (*make_visible)(void *owner);
    int64_t (*now_ms)(void *owner); /* wall clock, from the engine's clock */
    struct turns *turns;            /* what requests cost the loop; NULL: not counted */
    /* Fills what only the server knows of a StatusAnswer (disk, backup, journal ...). */
    void (*status)(void *owner, Tefter__StatusAnswer *answer);
    /* Why nothing is written now; 0: not known. NULL: never known. */
    Tefter__ReadOnlyCause (*read_only_cause)(void *owner);
    /* Has a query of this kind or a subscription to this topic (DEATH_QUERY, DEATH_TOPIC) ended the
     * program, and would again? It is refused then; NULL: none has. */
    bool (*disabled)(void *owner, enum death_task task, uint64_t number);
    /* Fresh command ids and numbers for what the server does itself. */
    void (*new_id)(void *owner, uint8_t ret_id[COMMAND_ID_SIZE]);
    void *owner;
};

bool sessions_create(const struct sessions_options *options, struct sessions **ret_sessions,
                     struct failure *failure);
uint16_t sessions_port(const struct sessions *sessions);

/* The reply to a submission; before sessions_published of the same group. An empty reply with
 * `refused` set: the writer did not take it (deadline passed, read only). */
void sessions_replied(struct sessions *sessions, uint64_t reply_token, struct slice reply,
                      const Tefter__Refusal *refused);

/* A group is durable and applied. */
void sessions_published(struct sessions *sessions, const struct published_group *group);

/* What came of a notice. */
void sessions_noticed(struct sessions *sessions, const Tefter__NoticeOutcome *outcome);

/* No new connections; every terminal hears Goodbye, and when to come back (0: that is not known);
 * then all are closed. `drained` is called on the loop when the last is gone. */
void sessions_drain(struct sessions *sessions, const char *reason, uint32_t retry_ms,
                    loop_fn drained, void *context);
/* NULL welcome. What is still open is cut; streams and jobs on the pool that are under way end with
 * the loop, so ledger and vault are closed after loop_destroy. */
void sessions_destroy(struct sessions *sessions);

struct sessions_metrics {
    uint32_t open;
    uint32_t logged_in;
    uint32_t subscriptions;
    uint32_t not_reading; /* their news wait, the newest of each row */
    uint64_t accepted;
    uint64_t cut_slow;
    uint64_t bad_frames;
    uint64_t texts_unreadable;     /* that the vault could not give as they were written */
    uint32_t slots;                /* terminals that descriptors allow */
    uint64_t turned_away;          /* for want of a place */
    char turned_away_last[64];     /* the address of the last one, */
    uint32_t turned_away_of;       /* which had so many that had not shown who they are */
    uint64_t too_many;             /* told that their terminal or address has enough */
    char too_many_last[96];        /* which */
    uint64_t starved;              /* times that not even one descriptor was to be had */
    uint32_t browsers;             /* of those open, and */
    uint64_t browsers_turned_away; /* before they had shown a key, or for want of a place */
    char browsers_away_last[64];   /* the address of the last one */
};
void sessions_metrics(const struct sessions *sessions, struct sessions_metrics *ret_metrics);

/* All that is known of the server, as a terminal is told it; lives in the arena, and until the
 * next call of anything here. */
void sessions_status(struct sessions *sessions, struct arena *arena,
                     Tefter__StatusAnswer *ret_status);

/* New certificate after a HUP. */
bool sessions_reload(struct sessions *sessions, const struct tls_identity *identity,
                     struct failure *failure);
