#pragma once
/*
 * Records that many commands look at and few change (the company, staff, terminals, groups,
 * products), decoded once for all of them. The writer's alone; inside of tx, and created by the
 * machine.
 *
 * A record stays until it is put or deleted, or until there are too many: then, between two
 * commands, all are forgotten. So what is handed out lives as long as the command.
 */
#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key;

enum { LOOKED_SLOTS = 8192, LOOKED_MAX = LOOKED_SLOTS / 2, LOOKED_KEY_MAX = 22 };
enum { LOOKED_BYTES_MAX = 16 * 1024 * 1024 };

struct tx_looked_slot {
    const void *record; /* NULL: changed since, or never looked at */
    uint8_t tree;
    uint8_t size; /* of the key; 0: free */
    uint8_t bytes[LOOKED_KEY_MAX];
};

struct tx_looked {
    struct arena arena;
    size_t count;
    struct tx_looked_slot slots[LOOKED_SLOTS];
};

void tx_looked_init(struct tx_looked *looked);
void tx_looked_fini(struct tx_looked *looked);
void tx_looked_clear(struct tx_looked *looked);
/* Between two commands: makes room when it is full. */
void tx_looked_turn(struct tx_looked *looked);

/* Its slot, whether or not it holds a record; NULL: the key is too long, or (with `make`) there is
 * no room, or (without) nobody looked at it. */
struct tx_looked_slot *tx_looked_slot(struct tx_looked *looked, const struct key *key, bool make);
