#pragma once
/*
 * Files that people give to the page, and the processes that read them. A file comes in pieces and
 * lies in memory without a name; each step of an import is a process (tefter-importer) that is
 * given the file, a place for what it rejects, and a connection lent by session. What it says is
 * kept as it came and handed on: nothing here looks into a file, nor into what is said of it.
 *
 * Used by session. On the loop's thread; no call waits for the disk or for a process.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "net/loop.h"
#include "wire.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

struct importer;

/* NULL without memory. `program` NULL: tefter-importer beside this program. */
struct importer *importer_create(struct loop *loop, const char *program, struct failure *failure);
void importer_destroy(struct importer *importer); /* ends what goes on; NULL welcome */

enum importer_answer {
    IMPORTER_GOOD,
    IMPORTER_UNKNOWN, /* no such import of this person */
    IMPORTER_FULL,    /* others have theirs here */
    IMPORTER_WRONG,   /* a piece that does not fit, or a file that is too large */
    IMPORTER_EARLY,   /* not all of the file is here */
    IMPORTER_DIFFERS, /* what came is not what was begun: it is forgotten */
    IMPORTER_BROKEN,  /* no memory, no process: the failure says so */
};

/* A new one, or the one this person has of the same file; an older one of theirs gives way, unless
 * it is being worked on (FULL). */
enum importer_answer importer_open(struct importer *importer, uint32_t staff,
                                   const Tefter__ImportOpen *open, uint64_t *ret_import);
enum importer_answer importer_piece(struct importer *importer, uint32_t staff,
                                    const Tefter__ImportPiece *piece);

/* Who a step is done for. `lend` is given one end of a pair of sockets, which is theirs; false: it
 * cannot be lent. */
struct importer_asker {
    uint32_t terminal;
    struct slice token;
    bool (*lend)(void *context, int socket);
    void *context;
};
/* Begins a step, stops it, or forgets the import. GOOD though nothing was begun, when a step goes
 * on already, or when too many others do: the state says so (`working`, `waits_for`). */
enum importer_answer importer_do(struct importer *importer, uint32_t staff,
                                 const Tefter__ImportDo *what, const struct importer_asker *asker,
                                 struct failure *failure);

/* Of one, or the newest of this person (import 0). False: there is none. What it points to lives
 * until the next call of anything here. */
bool importer_state(struct importer *importer, uint32_t staff, uint64_t import,
                    Tefter__ImportState *ret_state);

/* A piece of its rejected rows; 0 at the end. *ret_size: of all. -1: there is no such import. */
int64_t importer_rejects(struct importer *importer, uint32_t staff, uint64_t import,
                         uint64_t offset, void *out, size_t size, uint64_t *ret_size);
