#pragma once
/*
 * tefter-web: serves the page's files over HTTP(S) and carries the bytes of its WebSockets to
 * tefterd's local socket and back, each connection begun with a PROXY protocol header that names
 * the browser's address. It has no key of the ledger and no right: whoever takes it over has
 * gained what a browser has.
 *
 *   browser ─ TLS ─ head ─┬─ file of the page
 *                         └─ WebSocket ─ frames undone ─ PROXY header ─ local socket ─ tefterd
 */
#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A file as it is built in, plain and compressed, each from its first byte to behind its last; a
 * compressed one may be NULL: there is none. */
struct web_file {
    const char *path; /* "/app.js" */
    const uint8_t *plain, *plain_end;
    const uint8_t *gzip, *gzip_end;
    const uint8_t *brotli, *brotli_end;
};

struct web_options {
    const char *listen;      /* "127.0.0.1:8080" */
    const char *socket;      /* of tefterd */
    const char *certificate; /* files with PEM; NULL, both: HTTP, for this machine alone */
    const char *key;
    const char *root; /* that the certificate stands under, where devices have to be given it: PEM,
                         shown at /trust while the file is there; NULL: never */
    const char *origins; /* NULL: what the address says */
    pid_t parent;        /* ends with it; 0: with nobody */
    const struct web_file *files;
    size_t file_count;
};

/* Until a signal ends it. An exit code: 0 done, 1 a fault, 2 wrong use; a sentence is told. */
int web_run(const struct web_options *options);
