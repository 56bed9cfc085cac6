#pragma once
/*
 * The ledger's folder: where everything lies, who holds it, how much room is left.
 *
 *   lock            flock of the process that serves, with its pid
 *   format          one integer; written last by init
 *   journal/        the truth
 *   state/          LMDB, what the journal leads to
 *   vault/          personal text and files
 *   checkpoints/    SEQ/: verified copies of state
 *   keys/           root.pem root-key.pem server.pem server-key.pem token-key, all 0600
 *   shutdown-marker CLEAN or DIRTY, see recovery/shutdown_marker.h
 *   inflight        the entry that is being applied, and what stopped the program, see inflight.h
 *   backup          the last good backup
 *   audit.log       who tried to get in, sealed line by line
 *   ended-logins    whose tokens count no longer, until they would end anyway
 *   profile-marks   which copy of each terminal's profile goes on, see access/marks.c
 *   contacts        how people are told of approvals: devices and telephones, see
 *                   access/contacts.c; in no backup
 *   status          what the running server says of itself, or said last
 *   lost-words      up to which seq words that the vault has lost are given up
 *   follower        where a second place is kept up to date, and how far it is
 *   server.address  where the running server listens, for tools on this machine
 *   metrics.address where it shows metrics, if it does
 *   web/ acme/ web-name
 *                   the page's certificate, where it is looked after here: see web_identity.h
 *   web.socket      where the relay of browsers finds it, if it serves them
 *   notify.socket   where tefter-notify finds it, if notices are sent
 */
#include "base/fault.h"
#include "datadir/files.h"
#include "datadir/inflight.h"
#include "journal/journal.h"

#include <stdbool.h>
#include <stdint.h>

enum { DATADIR_NAME_MAX = 900 };

struct datadir {
    char root[FILES_PATH_MAX];
    char journal[FILES_PATH_MAX];
    char state[FILES_PATH_MAX];
    char vault[FILES_PATH_MAX];
    char checkpoints[FILES_PATH_MAX];
    char keys[FILES_PATH_MAX];
    char marker[FILES_PATH_MAX];
    char inflight[FILES_PATH_MAX];
    char lost_words[FILES_PATH_MAX];
    char follower[FILES_PATH_MAX];
    char backup[FILES_PATH_MAX];
    char audit[FILES_PATH_MAX];
    char ended[FILES_PATH_MAX];
    char marks[FILES_PATH_MAX];
    char contacts[FILES_PATH_MAX];
    char status[FILES_PATH_MAX];
    char address[FILES_PATH_MAX];
    char metrics[FILES_PATH_MAX];
    char web[FILES_PATH_MAX];
    char notify[FILES_PATH_MAX];
    char format[FILES_PATH_MAX];
    char lock[FILES_PATH_MAX];
    int lock_fd;           /* -1: not held by us */
    struct inflight *page; /* of `inflight`, ours as long as the lock is; NULL: none is kept */
    bool made;             /* by datadir_make: it was not there before */
};

/* Fills the paths. A process of root's acts from here on as the owner of the folder (or, when it is
 * not there yet, of the one it will lie in), for good: what root leaves in it, the service could
 * not use. */
bool datadir_init(struct datadir *folder, const char *path, struct failure *failure);

/* "user tefter (998)", when it is not itself any more; else NULL. */
const char *datadir_acts_as(void);

/* Its journal, for reading and writing. */
struct journal_options datadir_journal(const struct datadir *folder);

/* Makes the folder (it may be there, empty) and its folders, all 0700; `format` comes last, by
 * datadir_finish: a folder without it is no ledger. What fails in between is undone by
 * datadir_abandon; what is broken off is found and named. */
bool datadir_make(struct datadir *folder, struct failure *failure);
bool datadir_finish(struct datadir *folder, struct failure *failure);
void datadir_abandon(struct datadir *folder);

/* Is it a ledger, of a format this program knows, on a disk that keeps its word, closed to
 * others? */
bool datadir_check(const struct datadir *folder, struct failure *failure);

/* FAULT_BUSY: "already served by pid N". The page is opened by who takes it, and closed here. */
bool datadir_take(struct datadir *folder, struct failure *failure);
void datadir_leave(struct datadir *folder);
/* The pid that serves it, 0 when nobody does; -1: somebody does who had no room to write their pid.
 */
int datadir_served_by(const struct datadir *folder);

/* Removes what is named PREFIX-PID.tmp in a folder, of processes that are gone. */
void datadir_clear_work(const char *place, const char *prefix);

struct datadir_space {
    uint64_t free_bytes;
    uint64_t total_bytes;
};
bool datadir_space(const struct datadir *folder, struct datadir_space *ret_space);
/* What must stay free: what was set, or for DATADIR_SPACE_USUAL max(5 %, 256 MiB). */
#define DATADIR_SPACE_USUAL UINT64_MAX
uint64_t datadir_space_least(const struct datadir_space *space, uint64_t set_bytes);
