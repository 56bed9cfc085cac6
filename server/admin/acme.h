#pragma once
/*
 * A certificate from a public authority (ACME, RFC 8555), by Debian's client `dehydrated`, which is
 * run as a process of its own: no protocol of an authority's is written here. What it says is told
 * as one sentence with what to do.
 */
#include "admin/challenge.h"
#include "datadir/web_identity.h"

#define ACME_LETS_ENCRYPT "https://acme-v02.api.letsencrypt.org/directory"
#define ACME_STAGING "https://acme-staging-v02.api.letsencrypt.org/directory"

enum { ACME_MS = 10 * 60 * 1000 }; /* for all of it: DNS may take some minutes */

/* Could a public authority know this name? FAULT_USE: not, and why. */
bool acme_name_check(const char *name, struct failure *failure);

/* Gets a certificate for the identity's names and puts it in place as page.pem. challenge is NULL
 * with a hook. Runs the loop meanwhile; TERM or INT ends it. FAULT_BUSY: another run is on. */
bool acme_obtain(struct loop *loop, struct challenge *challenge, const struct datadir *folder,
                 const struct web_identity *identity, struct failure *failure);
