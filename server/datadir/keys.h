#pragma once
/*
 * The folder keys/: the company's root, the server's certificate, the key of session tokens, and
 * that of receipts. Made by init, read at each start; the server's pair is read again after a HUP.
 * A ledger of before receipts gets their key when it is first read. All files 0600.
 */
#include "base/arena.h"
#include "datadir/datadir.h"
#include "net/ca.h"
#include "net/tls.h"

enum { TOKEN_KEY_SIZE = 32, RECEIPT_KEY_SIZE = 32 };
#define ROOT_KEY_NAME "root-key.pem"

struct keys {
    struct arena arena;
    struct ca_pair root;
    struct tls_identity server;
    uint8_t token[TOKEN_KEY_SIZE];
    uint8_t receipt[RECEIPT_KEY_SIZE];
};

/* hosts: NULL-terminated names and addresses of the server; this machine's own are added. */
bool keys_make(const struct datadir *folder, const char *company, const char *const *hosts,
               int64_t now_ms, struct failure *failure);
/* Each key is that of its certificate; FAULT_DAMAGED names the file that is not. */
bool keys_read(const struct datadir *folder, struct keys *ret_keys, struct failure *failure);
/* The server's certificate anew, with the same key: one file, replaced whole. */
bool keys_renew(const struct datadir *folder, const struct keys *keys, int64_t now_ms,
                struct failure *failure);
/* The key by which push services know this server; made when it is first asked for. Browsers that
 * take notices took them by it. */
struct push_key;
bool keys_push(const struct datadir *folder, struct push_key *ret_key, struct failure *failure);
void keys_fini(struct keys *keys); /* wiped */
