#pragma once
/*
 * The certificate of the page, where this ledger looks after it itself: one that `tefterd web-name`
 * had from a public authority, or one of the page's own root (`tefterd web-root`).
 *
 *   web/page.pem             certificate, chain and key in one file, replaced whole: no moment
 *                            shows one that does not fit. The relay may read this folder
 *   web/root.pem             what devices are given to trust, in use with a root of its own
 *   web-name                 how it was made, so that it is renewed in the same way
 *   acme/                    account, work and last words of the ACME client
 *   keys/web-root.pem, keys/web-issuer.pem, keys/web-issuer-key.pem
 *                            the page's own root and what signs below it, for backups too
 */
#include "datadir/datadir.h"

enum { WEB_NAMES_MAX = 8, WEB_NAME_SIZE = 256 };
#define WEB_ISSUER_KEY_NAME "web-issuer-key.pem"

enum web_kind { WEB_KIND_NONE, WEB_KIND_ACME, WEB_KIND_ROOT };

/* How it was made. Texts that are "" were not said. */
struct web_identity {
    enum web_kind kind;
    size_t name_count;
    char names[WEB_NAMES_MAX][WEB_NAME_SIZE];
    char directory[FILES_PATH_MAX]; /* of the ACME server, */
    char ca_file[FILES_PATH_MAX];   /* its root, */
    char hook[FILES_PATH_MAX];      /* a program that sets DNS records, */
    char listen[WEB_NAME_SIZE];     /* or where HTTP challenges are answered, */
    char email[WEB_NAME_SIZE];      /* and who is written to */
};

struct web_paths {
    char folder[FILES_PATH_MAX]; /* web/ */
    char page[FILES_PATH_MAX];
    char root[FILES_PATH_MAX];
    char acme[FILES_PATH_MAX];
    char failed[FILES_PATH_MAX]; /* acme/failed: why the last try came to nothing */
};
bool web_paths(const struct datadir *folder, struct web_paths *ret_paths, struct failure *failure);

/* The note. Reading: false with a failure when it cannot be understood; kind NONE: there is none.
 */
bool web_identity_read(const struct datadir *folder, struct web_identity *ret_identity,
                       struct failure *failure);
bool web_identity_write(const struct datadir *folder, const struct web_identity *identity,
                        struct failure *failure);

/* What a server takes by itself that was told no certificate: for a page at this address, of the
 * ledger in this folder. page "": there is none. */
struct web_adopted {
    char page[FILES_PATH_MAX];
    char root[FILES_PATH_MAX];                          /* the file may come and go with the kind */
    char origins[WEB_NAMES_MAX * (WEB_NAME_SIZE + 24)]; /* with blanks between */
};
bool web_adopt(const char *ledger, const char *address, struct web_adopted *ret_adopted,
               struct failure *failure);

/* Days of web/page.pem, or of any other; false: there is none that can be read. */
bool web_certificate_days(const char *path, int64_t *ret_begins_ms, int64_t *ret_ends_ms);
/* A third of its life is left: whatever an authority makes its life. */
bool web_renewal_due(int64_t begins_ms, int64_t ends_ms, int64_t now_ms);
/* A sixth is left: it should have been renewed long ago. */
bool web_renewal_late(int64_t begins_ms, int64_t ends_ms, int64_t now_ms);

/* Puts a pair, as PEM, in place as page.pem, after a look whether it could be shown. */
bool web_page_put(const struct datadir *folder, struct slice certificate, struct slice key,
                  struct failure *failure);

/* A root of its own for these names, or the one there is when `anew` is false; then the page's
 * certificate under it. *ret_made: devices have to be given it. FAULT_DENIED: the one there is
 * counts for other names. */
bool web_root_make(const struct datadir *folder, const struct web_identity *identity, bool anew,
                   int64_t now_ms, bool *ret_made, struct failure *failure);
/* Another certificate of the page under the root that is there. */
bool web_root_renew(const struct datadir *folder, const struct web_identity *identity,
                    int64_t now_ms, struct failure *failure);
