#include "datadir/web_identity.h"

#include "net/ca.h"
#include "net/tls.h"

#include <stdio.h>
#include <unistd.h>

enum { NOTE_MAX = 8 * 1024, ARENA_MAX = 1024 * 1024, RENEW_SHARE = 3, LATE_SHARE = 6 };

bool web_paths(const struct datadir *folder, struct web_paths *ret_paths, struct failure *failure)
{
    return files_join(ret_paths->folder, folder->root, "web", failure) &&
           files_join(ret_paths->page, folder->root, "web/page.pem", failure) &&
           files_join(ret_paths->root, folder->root, "web/root.pem", failure) &&
           files_join(ret_paths->acme, folder->root, "acme", failure) &&
           files_join(ret_paths->failed, folder->root, "acme/failed", failure);
}

/* ---- the note: a word and its text a line ---- */

static const char *const kinds[] = {"none", "acme", "root"};

static bool take_text(char *out, size_t capacity, const char *text)
{
    int size = snprintf(out, capacity, "%s", text);
    return size > 0 && (size_t)size < capacity;
}

static bool take_kind(struct web_identity *identity, const char *text)
{
    for (int kind = WEB_KIND_ACME; kind <= WEB_KIND_ROOT; kind++) {
        if (strcmp(text, kinds[kind]) != 0)
            continue;
        identity->kind = (enum web_kind)kind;
        return true;
    }
    return false;
}

static bool take_line(struct web_identity *identity, const char *word, const char *text)
{
    const struct {
        const char *word;
        char *out;
        size_t capacity;
    } texts[] = {
        {"directory", identity->directory, sizeof identity->directory},
        {"ca-file", identity->ca_file, sizeof identity->ca_file},
        {"hook", identity->hook, sizeof identity->hook},
        {"listen", identity->listen, sizeof identity->listen},
        {"email", identity->email, sizeof identity->email},
    };
    if (strcmp(word, "kind") == 0)
        return take_kind(identity, text);
    if (strcmp(word, "name") == 0)
        return identity->name_count < WEB_NAMES_MAX &&
               take_text(identity->names[identity->name_count++], WEB_NAME_SIZE, text);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(word, texts[i].word) == 0)
            return take_text(texts[i].out, texts[i].capacity, text);
    return false;
}

static bool take_note(struct web_identity *identity, char *text)
{
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        char *blank = strchr(line, ' ');
        if (*line == '\0')
            continue;
        if (blank == NULL)
            return false;
        *blank = '\0';
        if (!take_line(identity, line, blank + 1))
            return false;
    }
    return identity->kind != WEB_KIND_NONE && identity->name_count > 0;
}

bool web_identity_read(const struct datadir *folder, struct web_identity *ret_identity,
                       struct failure *failure)
{
    char path[FILES_PATH_MAX], text[NOTE_MAX];
    size_t size;
    *ret_identity = (struct web_identity){.kind = WEB_KIND_NONE};
    if (!files_join(path, folder->root, "web-name", failure))
        return false;
    if (!files_exist(path))
        return true;
    if (!files_read(path, text, sizeof text, &size, failure))
        return false;
    if (take_note(ret_identity, text))
        return true;
    *ret_identity = (struct web_identity){.kind = WEB_KIND_NONE};
    return fail(failure, FAULT_DAMAGED, 0,
                "%s cannot be understood: remove it, and say tefterd web-name NAME or tefterd "
                "web-root NAME again",
                path);
}

static size_t put_line(char *out, size_t used, const char *word, const char *text)
{
    if (*text == '\0' || used >= NOTE_MAX)
        return used;
    return used + (size_t)snprintf(out + used, NOTE_MAX - used, "%s %s\n", word, text);
}

bool web_identity_write(const struct datadir *folder, const struct web_identity *identity,
                        struct failure *failure)
{
    char path[FILES_PATH_MAX], text[NOTE_MAX];
    size_t used = put_line(text, 0, "kind", kinds[identity->kind]);
    for (size_t i = 0; i < identity->name_count; i++)
        used = put_line(text, used, "name", identity->names[i]);
    used = put_line(text, used, "directory", identity->directory);
    used = put_line(text, used, "ca-file", identity->ca_file);
    used = put_line(text, used, "hook", identity->hook);
    used = put_line(text, used, "listen", identity->listen);
    used = put_line(text, used, "email", identity->email);
    if (used >= NOTE_MAX)
        return fail(failure, FAULT_USE, 0, "the names and paths are too long together");
    return files_join(path, folder->root, "web-name", failure) &&
           files_write(path, slice_of(text, used), 0600, failure);
}

/* ---- taken by the server ---- */

/* "https://NAME:PORT"; an address of version 6 between brackets. */
static void write_origins(const struct web_identity *identity, const char *port, char *out,
                          size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < identity->name_count && used < capacity; i++) {
        const char *name = identity->names[i];
        bool six = strchr(name, ':') != NULL;
        used += (size_t)snprintf(out + used, capacity - used, "%shttps://%s%s%s%s",
                                 i == 0 ? "" : " ", six ? "[" : "", name, six ? "]" : "", port);
    }
}

bool web_adopt(const char *ledger, const char *address, struct web_adopted *ret_adopted,
               struct failure *failure)
{
    struct datadir folder; /* of it only the path */
    struct web_identity identity;
    struct web_paths paths;
    const char *port = strrchr(address, ':');
    ret_adopted->page[0] = '\0';
    if (strlen(ledger) >= sizeof folder.root || port == NULL)
        return true; /* whoever opens it says so */
    memcpy(folder.root, ledger, strlen(ledger) + 1);
    if (!web_paths(&folder, &paths, failure) || !web_identity_read(&folder, &identity, failure))
        return false;
    if (identity.kind == WEB_KIND_NONE || !files_exist(paths.page))
        return true;
    memcpy(ret_adopted->page, paths.page, sizeof paths.page);
    memcpy(ret_adopted->root, paths.root, sizeof paths.root);
    write_origins(&identity, strcmp(port, ":443") == 0 ? "" : port, ret_adopted->origins,
                  sizeof ret_adopted->origins);
    return true;
}

/* ---- days ---- */

bool web_certificate_days(const char *path, int64_t *ret_begins_ms, int64_t *ret_ends_ms)
{
    static _Thread_local char text[FILES_SMALL_MAX];
    size_t size;
    bool good = files_exist(path) && files_read(path, text, sizeof text, &size, NULL) &&
                ca_certificate_days(slice_of(text, size), ret_begins_ms, ret_ends_ms);
    secret_wipe(text, sizeof text); /* the key may stand in it too */
    return good;
}

static bool share_left(int64_t begins_ms, int64_t ends_ms, int64_t now_ms, int64_t share)
{
    return ends_ms - now_ms < (ends_ms - begins_ms) / share;
}

bool web_renewal_due(int64_t begins_ms, int64_t ends_ms, int64_t now_ms)
{
    return now_ms < begins_ms || share_left(begins_ms, ends_ms, now_ms, RENEW_SHARE);
}

bool web_renewal_late(int64_t begins_ms, int64_t ends_ms, int64_t now_ms)
{
    return share_left(begins_ms, ends_ms, now_ms, LATE_SHARE);
}

/* ---- page.pem ---- */

static bool may_be_shown(struct slice certificate, struct slice key, struct failure *failure)
{
    const struct tls_identity identity = {certificate, key};
    struct tls_context *tls = tls_context_web(&identity, failure);
    tls_context_release(tls);
    return tls != NULL;
}

bool web_page_put(const struct datadir *folder, struct slice certificate, struct slice key,
                  struct failure *failure)
{
    struct web_paths paths;
    struct buffer both;
    if (!web_paths(folder, &paths, failure) || !may_be_shown(certificate, key, failure) ||
        !files_make_folder(paths.folder, failure))
        return false;
    buffer_init(&both, FILES_SMALL_MAX);
    bool good = ((buffer_put(&both, certificate.data, certificate.size) &&
                  buffer_put(&both, key.data, key.size)) ||
                 fail(failure, FAULT_USE, 0, "the page's certificate is too long")) &&
                files_write(paths.page, buffer_slice(&both), 0600, failure);
    buffer_wipe(&both);
    buffer_fini(&both);
    return good;
}

/* ---- a root of its own ---- */

struct issuer {
    char root[FILES_PATH_MAX];
    char certificate[FILES_PATH_MAX];
    char key[FILES_PATH_MAX];
};

static bool issuer_paths(const struct datadir *folder, struct issuer *ret_issuer,
                         struct failure *failure)
{
    return files_join(ret_issuer->root, folder->keys, "web-root.pem", failure) &&
           files_join(ret_issuer->certificate, folder->keys, "web-issuer.pem", failure) &&
           files_join(ret_issuer->key, folder->keys, WEB_ISSUER_KEY_NAME, failure);
}

static void list_names(const struct web_identity *identity,
                       const char *ret_names[WEB_NAMES_MAX + 1])
{
    for (size_t i = 0; i < identity->name_count; i++)
        ret_names[i] = identity->names[i];
    ret_names[identity->name_count] = NULL;
}

static bool put_authority(const struct datadir *folder, const struct ca_web_authority *authority,
                          struct failure *failure)
{
    struct issuer issuer;
    return issuer_paths(folder, &issuer, failure) &&
           files_write(issuer.key, authority->issuer.key, 0600, failure) &&
           files_write(issuer.certificate, authority->issuer.certificate, 0600, failure) &&
           files_write(issuer.root, authority->root, 0600, failure);
}

static bool make_authority(const struct datadir *folder, const struct web_identity *identity,
                           int64_t now_ms, struct failure *failure)
{
    const char *names[WEB_NAMES_MAX + 1];
    struct arena arena;
    struct ca_web_authority authority;
    list_names(identity, names);
    arena_init(&arena, ARENA_MAX);
    bool good = ca_web_authority_create(names, now_ms, &arena, &authority, failure) &&
                put_authority(folder, &authority, failure);
    arena_wipe(&arena);
    arena_fini(&arena);
    return good;
}

/* The root first: who sees the new certificate can be given what it stands under. */
static bool put_page(const struct datadir *folder, struct slice root, const struct ca_pair *page,
                     struct failure *failure)
{
    struct web_paths paths;
    return web_paths(folder, &paths, failure) && files_make_folder(paths.folder, failure) &&
           files_write(paths.root, root, 0600, failure) &&
           web_page_put(folder, page->certificate, page->key, failure);
}

static bool sign_page(const struct datadir *folder, const struct web_identity *identity,
                      int64_t now_ms, struct arena *arena, struct failure *failure)
{
    static _Thread_local char texts[3][FILES_SMALL_MAX];
    const char *names[WEB_NAMES_MAX + 1];
    struct issuer issuer;
    struct ca_pair page;
    size_t sizes[3];
    list_names(identity, names);
    if (!issuer_paths(folder, &issuer, failure))
        return false;
    const char *const files[] = {issuer.root, issuer.certificate, issuer.key};
    for (size_t i = 0; i < 3; i++)
        if (!files_read(files[i], texts[i], sizeof texts[i], &sizes[i], failure))
            return false;
    const struct ca_pair pair = {slice_of(texts[1], sizes[1]), slice_of(texts[2], sizes[2])};
    struct slice root = slice_of(texts[0], sizes[0]);
    bool good = ca_web_create(&pair, names, now_ms, arena, &page, failure) &&
                ca_web_verify(root, page.certificate, now_ms, failure) &&
                put_page(folder, root, &page, failure);
    secret_wipe(texts[2], sizeof texts[2]);
    return good;
}

bool web_root_renew(const struct datadir *folder, const struct web_identity *identity,
                    int64_t now_ms, struct failure *failure)
{
    struct arena arena;
    arena_init(&arena, ARENA_MAX);
    bool good = sign_page(folder, identity, now_ms, &arena, failure);
    arena_wipe(&arena);
    arena_fini(&arena);
    return good;
}

bool web_root_make(const struct datadir *folder, const struct web_identity *identity, bool anew,
                   int64_t now_ms, bool *ret_made, struct failure *failure)
{
    struct issuer issuer;
    struct failure why = {.fault = FAULT_NONE};
    if (!issuer_paths(folder, &issuer, failure))
        return false;
    bool there =
        files_exist(issuer.root) && files_exist(issuer.certificate) && files_exist(issuer.key);
    *ret_made = anew || !there;
    if (*ret_made && !make_authority(folder, identity, now_ms, failure))
        return false;
    if (web_root_renew(folder, identity, now_ms, &why))
        return web_identity_write(folder, identity, failure);
    return fail(failure, why.fault, why.os_error, "%s%s", why.text,
                why.fault == FAULT_DENIED
                    ? ". --new-root makes another one, which every device has to be given"
                    : "");
}
