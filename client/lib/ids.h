#pragma once
/*
 * Inside client/lib: command ids. 16 bytes: milliseconds 6, terminal 4, counter 6, big-endian. The
 * counter's next free block is in the profile's file `counter`; each process takes a block under
 * the profile's lock before it uses it, so no two ids of a terminal are ever the same, and they
 * rise also when the clock is set back.
 */
#include "base/fault.h"
#include "lib/tefter.h"

#include <stdbool.h>
#include <stdint.h>

enum { IDS_BLOCK = 4096 };

struct ids {
    char folder[TEFTER_PATH_MAX];
    uint32_t terminal;
    uint64_t next;   /* counter of the next id */
    uint64_t end;    /* of the block */
    int64_t last_ms; /* of the newest id of any process that we know of */
    bool lent;       /* there is no folder */
};

void ids_init(struct ids *ids, const char *folder, uint32_t terminal);
bool ids_make(struct ids *ids, int64_t now_ms, uint8_t ret_id[TEFTER_ID_SIZE],
              struct failure *failure);
/* Without a folder: the counter begins where no other one is, by chance. */
void ids_init_lent(struct ids *ids, uint32_t terminal);
/* Leaves the newest milliseconds for the next process. */
void ids_fini(struct ids *ids);

int64_t id_ms(const uint8_t id[TEFTER_ID_SIZE]);
