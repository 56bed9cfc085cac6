#pragma once
/*
 * A crowd: some processes, each with a few thousand terminals on one loop. What they are to do and
 * what they have seen is in memory that all of them share with the stress.
 *
 *   the stress test                         a process
 *   codes, as many as are wanted ───▶ enrols each terminal, by the protocol
 *   wanted: the first so many ──────▶ connects them and logs them in by token; or pulls their
 * cables probe: a customer's balance ────▶ counts who has seen it, and how late
 *
 * Tokens are made here with the server's key, for ten thousand passwords would be hashed for ten
 * minutes: terminals that come back in the morning have one of the day before. Everything else is
 * what a terminal does.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "terminals/terminals.h"

enum {
    CROWD_PROCESSES_MAX = 8,
    CROWD_EACH_MAX = 4000,
    CROWD_CODES = 16, /* ahead of those who use them */
    CROWD_PROBES_MAX = 200,
    CROWD_TOKEN_SIZE = 61,
    CROWD_DELAYS = 20000, /* ms */
};

struct crowd_code {
    atomic_bool there;
    char text[CODE_TEXT_MAX];
};

struct crowd_process {
    pid_t process;
    atomic_uint wanted; /* the first so many of its terminals are to be connected */
    atomic_uint enrolled;
    atomic_uint in;    /* logged in */
    atomic_uint exact; /* with a whole replica */
    atomic_uint resumed, redials, lost;
    atomic_uint seen[CROWD_PROBES_MAX + 1]; /* terminals that have seen this probe or a later one */
    atomic_uint delays[CROWD_DELAYS];       /* from commit to arrival of a probe */
    struct crowd_code codes[CROWD_CODES];   /* a ring */
};

struct crowd {
    char address[64];
    uint32_t processes;
    uint32_t each;                   /* terminals of a process */
    uint32_t probe;                  /* customer */
    uint8_t token[CROWD_TOKEN_SIZE]; /* one that the server gave, to be made others of */
    uint8_t token_key[32];
    uint32_t incarnation; /* under the seal of a token, as its nonce */
    uint8_t incarnation_nonce[8];
    atomic_bool token_there;
    atomic_bool ends;
    atomic_bool failed;
    char fault[200];
    struct crowd_process process[CROWD_PROCESSES_MAX];
};

/* Makes the processes; before any loop or TLS. NULL: cannot. */
struct crowd *crowd_create(uint32_t terminals);
void crowd_destroy(struct crowd *crowd);
/* The first `wanted` of all are to be connected, evenly spread over the processes. */
void crowd_want(struct crowd *crowd, uint32_t wanted);
uint32_t crowd_sum(const struct crowd *crowd, size_t at); /* offsetof(struct crowd_process, in) */
uint32_t crowd_seen(const struct crowd *crowd, uint32_t probe);
/* The token of a terminal; false: the one given is not of the form that is known here. */
bool crowd_token(const struct crowd *crowd, uint32_t terminal, uint8_t out[CROWD_TOKEN_SIZE]);
