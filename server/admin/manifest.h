#pragma once
/*
 * The manifest of a backup: what it holds, and every part of it with its size and sum. So a part
 * that was cut, swapped, emptied or is missing is named before anything is taken from it.
 *
 *   tefter backup 3
 *   made 2026-11-23T09:41:07Z
 *   of /var/lib/tefter
 *   journal seq=6120 batch=410 incarnation=1-… chain=…
 *   state …                     or: no state
 *   sealed-to KEY               when it is encrypted
 *   part SIZE SUM PATH          and, when it is encrypted, SUM of what it was before
 *   end SUM                     of all lines before
 *
 * One of the kind "follow" is being written batch by batch (backup --follow): its journal proves
 * itself by its chain, its vault by the digests in the journal, its audit log by its seals, so none
 * of them is a part; the journal reaches at least to seq.
 */
#include "base/incarnation.h"
#include "datadir/files.h"
#include "recovery/subprocess.h"

enum manifest_kind { MANIFEST_BACKUP, MANIFEST_FOLLOW };
enum { MANIFEST_KEY_SIZE = 32 };

struct manifest_part {
    char path[FILES_NAME_MAX]; /* "journal/identity" */
    uint64_t size;
    struct hash sum;
    struct hash plain; /* when sealed: of what was encrypted */
};

struct manifest {
    enum manifest_kind kind;
    int64_t made_ms;
    char of[FILES_PATH_MAX];
    uint64_t seq;
    uint64_t batch;
    struct incarnation incarnation;
    struct hash chain;
    bool with_state;
    struct state_report state;
    bool sealed;
    uint8_t key[MANIFEST_KEY_SIZE]; /* public half that it is sealed to */
    struct manifest_part *parts;
    size_t part_count;
    size_t part_capacity;
};

/* FAULT_DAMAGED: it is not what was written; FAULT_OLDER, FAULT_NEWER: of another program. */
bool manifest_read(const char *backup, struct manifest *ret_manifest, struct failure *failure);
void manifest_fini(struct manifest *manifest);

/* Each part against its size and sum; all that a ledger needs is a part, and nothing else lies
 * there. FAULT_DAMAGED names the first that is wrong. */
bool manifest_check(const char *backup, const struct manifest *manifest, struct failure *failure);

/* Lists and sums what lies in the backup's folder; `parts` alone is set. */
bool manifest_collect(const char *backup, struct manifest *manifest, struct failure *failure);
bool manifest_write(const char *backup, const struct manifest *manifest, struct failure *failure);

/* NULL: there is no such part. */
const struct manifest_part *manifest_part(const struct manifest *manifest, const char *path);
