#include "datadir/keys.h"

#include "net/web_push.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define PUSH_KEY_NAME "push-key"

enum { HOSTS_MAX = 32, HOST_SIZE = 256, KEYS_ARENA_MAX = 1024 * 1024 };

static bool write_key(const struct datadir *folder, const char *name, struct slice bytes,
                      struct failure *failure)
{
    char path[FILES_PATH_MAX];
    return files_join(path, folder->keys, name, failure) && files_write(path, bytes, 0600, failure);
}

/* Those that were named, and what this machine is called by programs on it. */
static void collect_hosts(const char *const *hosts, char own[HOST_SIZE],
                          const char *ret_hosts[HOSTS_MAX + 1])
{
    static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
    size_t count = 0;
    for (; *hosts && count < HOSTS_MAX - 4; hosts++)
        ret_hosts[count++] = *hosts;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        ret_hosts[count++] = always[i];
    if (gethostname(own, HOST_SIZE) == 0 && own[0]) {
        own[HOST_SIZE - 1] = '\0';
        if (strspn(own, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
            strlen(own))
            ret_hosts[count++] = own;
    }
    ret_hosts[count] = NULL;
}

static bool make_pairs(const struct datadir *folder, const char *company, const char *const *hosts,
                       int64_t now_ms, struct arena *arena, struct failure *failure)
{
    const char *names[HOSTS_MAX + 1];
    char own[HOST_SIZE] = "";
    struct ca_pair root, server;
    collect_hosts(hosts, own, names);
    return ca_root_create(company, now_ms, arena, &root, failure) &&
           ca_server_create(&root, names, now_ms, arena, &server, failure) &&
           write_key(folder, "root.pem", root.certificate, failure) &&
           write_key(folder, ROOT_KEY_NAME, root.key, failure) &&
           write_key(folder, "server.pem", server.certificate, failure) &&
           write_key(folder, "server-key.pem", server.key, failure);
}

static bool make_receipt_key(const struct datadir *folder, struct failure *failure)
{
    uint8_t key[RECEIPT_KEY_SIZE];
    random_bytes(key, sizeof key);
    bool good = write_key(folder, "receipt-key", slice_of(key, sizeof key), failure);
    secret_wipe(key, sizeof key);
    return good;
}

bool keys_make(const struct datadir *folder, const char *company, const char *const *hosts,
               int64_t now_ms, struct failure *failure)
{
    struct arena arena;
    uint8_t token[TOKEN_KEY_SIZE];
    arena_init(&arena, KEYS_ARENA_MAX);
    random_bytes(token, sizeof token);
    bool good = make_pairs(folder, company, hosts, now_ms, &arena, failure) &&
                write_key(folder, "token-key", slice_of(token, sizeof token), failure) &&
                make_receipt_key(folder, failure);
    secret_wipe(token, sizeof token);
    arena_fini(&arena);
    return good;
}

static bool read_key(const struct datadir *folder, const char *name, struct arena *arena,
                     struct slice *ret_bytes, struct failure *failure)
{
    static _Thread_local char text[FILES_SMALL_MAX];
    char path[FILES_PATH_MAX];
    size_t size;
    if (!files_join(path, folder->keys, name, failure) ||
        !files_read(path, text, sizeof text, &size, failure))
        return false;
    void *copy = arena_text(arena, text, size);
    secret_wipe(text, size);
    *ret_bytes = slice_of(copy, size);
    return copy || fail(failure, FAULT_MEMORY, 0, "no memory for %s", path);
}

/* NAME.pem and NAME-key.pem belong together. */
static bool pair_fits(const struct datadir *folder, const char *name, const struct ca_pair *pair,
                      struct failure *failure)
{
    struct failure why = {.fault = FAULT_NONE};
    return ca_pair_check(pair, &why) ||
           fail(failure, why.fault, 0,
                "%s/%s-key.pem and %s.pem cannot be used: %s; put them back from a backup "
                "(its folder keys)",
                folder->keys, name, name, why.text);
}

static bool receipt_key_there(const struct datadir *folder, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    return files_join(path, folder->keys, "receipt-key", failure) &&
           (files_exist(path) || make_receipt_key(folder, failure));
}

/* A key file that holds just this many bytes. */
static bool read_secret(const struct datadir *folder, const char *name, struct arena *arena,
                        uint8_t *out, size_t size, struct failure *failure)
{
    struct slice key;
    if (!read_key(folder, name, arena, &key, failure))
        return false;
    if (key.size != size)
        return fail(failure, FAULT_DAMAGED, 0, "%s/%s does not hold %zu bytes", folder->keys, name,
                    size);
    memcpy(out, key.data, size);
    return true;
}

bool keys_read(const struct datadir *folder, struct keys *ret_keys, struct failure *failure)
{
    struct keys *keys = ret_keys;
    *keys = (struct keys){.token = {0}};
    arena_init(&keys->arena, KEYS_ARENA_MAX);
    bool good =
        read_key(folder, "root.pem", &keys->arena, &keys->root.certificate, failure) &&
        read_key(folder, ROOT_KEY_NAME, &keys->arena, &keys->root.key, failure) &&
        read_key(folder, "server.pem", &keys->arena, &keys->server.certificate, failure) &&
        read_key(folder, "server-key.pem", &keys->arena, &keys->server.key, failure) &&
        read_secret(folder, "token-key", &keys->arena, keys->token, TOKEN_KEY_SIZE, failure) &&
        receipt_key_there(folder, failure) &&
        read_secret(folder, "receipt-key", &keys->arena, keys->receipt, RECEIPT_KEY_SIZE, failure);
    good = good && pair_fits(folder, "root", &keys->root, failure) &&
           pair_fits(folder, "server",
                     &(struct ca_pair){keys->server.certificate, keys->server.key}, failure);
    if (!good)
        keys_fini(keys);
    return good;
}

bool keys_renew(const struct datadir *folder, const struct keys *keys, int64_t now_ms,
                struct failure *failure)
{
    struct arena arena;
    struct slice certificate;
    struct ca_pair server = {keys->server.certificate, keys->server.key};
    arena_init(&arena, KEYS_ARENA_MAX);
    bool good = ca_server_renew(&keys->root, &server, now_ms, &arena, &certificate, failure) &&
                write_key(folder, "server.pem", certificate, failure);
    arena_fini(&arena);
    return good;
}

static bool make_push_key(const struct datadir *folder, struct failure *failure)
{
    struct push_key key;
    if (!push_key_make(&key))
        return fail(failure, FAULT_MEMORY, 0, "no key for push services can be made");
    bool good = write_key(folder, PUSH_KEY_NAME, slice_of(key.secret, PUSH_SECRET_SIZE), failure);
    secret_wipe(&key, sizeof key);
    return good;
}

bool keys_push(const struct datadir *folder, struct push_key *ret_key, struct failure *failure)
{
    struct arena arena;
    char path[FILES_PATH_MAX];
    uint8_t secret[PUSH_SECRET_SIZE] = {0};
    arena_init(&arena, FILES_SMALL_MAX);
    bool good = files_join(path, folder->keys, PUSH_KEY_NAME, failure) &&
                (files_exist(path) || make_push_key(folder, failure)) &&
                read_secret(folder, PUSH_KEY_NAME, &arena, secret, sizeof secret, failure);
    if (good && !push_key_of(secret, ret_key))
        good = fail(failure, FAULT_DAMAGED, 0, "%s holds no key", path);
    secret_wipe(secret, sizeof secret);
    arena_wipe(&arena);
    arena_fini(&arena);
    return good;
}

void keys_fini(struct keys *keys)
{
    if (keys->root.key.data)
        secret_wipe((void *)(uintptr_t)keys->root.key.data, keys->root.key.size);
    if (keys->server.key.data)
        secret_wipe((void *)(uintptr_t)keys->server.key.data, keys->server.key.size);
    secret_wipe(keys->token, sizeof keys->token);
    secret_wipe(keys->receipt, sizeof keys->receipt);
    arena_fini(&keys->arena);
    *keys = (struct keys){.token = {0}};
}
