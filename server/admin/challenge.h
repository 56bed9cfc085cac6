#pragma once
/*
 * The answer to an HTTP-01 challenge (RFC 8555, 8.3): an authority asks port 80 of the name for
 * /.well-known/acme-challenge/TOKEN, and hears what its client has put into one folder. A listener
 * that lives only while the client runs: so nothing of Tefter speaks plain HTTP to the network
 * between two renewals, and the relay never does.
 *
 * It knows GET of that one path and answers 404 to everything else; CHALLENGE_VISITS_MAX
 * connections at once, CHALLENGE_MS for each.
 */
#include "base/fault.h"
#include "net/loop.h"

enum { CHALLENGE_VISITS_MAX = 32, CHALLENGE_MS = 10 * 1000, CHALLENGE_TOKEN_MAX = 128 };

struct challenge;

/* address NULL: port 80 of every address of this machine. Listens at once, so that root may still
 * open a port that the folder's owner may not; answers 404 until it has a folder. */
struct challenge *challenge_open(struct loop *loop, const char *address, struct failure *failure);
/* Of the tokens' files; the path is kept. */
void challenge_folder(struct challenge *challenge, const char *folder);
/* How many asked for a token that was there. */
unsigned challenge_answered(const struct challenge *challenge);
void challenge_close(struct challenge *challenge); /* NULL welcome */
