/*
 * Renewal: when the greeting says that the certificate is past half its life, a new key is made and
 * signed, and the profile's identity is replaced in one rename. One process of a profile at a time;
 * the connection that asks keeps its old certificate, the next one uses the new.
 */
#include "base/plain_file.h"
#include "lib/inside.h"
#include "net/ca.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static void renewal_over(struct tefter *client)
{
    struct buffer *key = &client->renewal_key;
    if (key->data != NULL)
        secret_wipe(key->data, key->size);
    buffer_fini(key);
    if (client->renewing)
        (void)close(client->renewal_lock);
    client->renewing = false;
}

void renewal_fini(struct tefter *client)
{
    renewal_over(client);
}

/* false: another process does it, or has done it just now. */
static bool renewal_lock(struct tefter *client)
{
    char path[TEFTER_PATH_MAX];
    struct tefter_enrolment now;
    if (!folder_path(client->folder, "renewal", path, NULL))
        return false;
    int fd = plain_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0600, NULL);
    if (fd < 0)
        return false;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !tefter_profile_read(client->folder, &now, NULL) ||
        now.not_after_ms != client->enrolment.not_after_ms) {
        (void)close(fd);
        return false;
    }
    client->renewal_lock = fd;
    client->renewing = true;
    return true;
}

static void keep_certificate(struct tefter *client, const Tefter__Enrolled *enrolled)
{
    struct slice certificate = slice_text(enrolled->certificate);
    if (!profile_identity_write(client->folder, certificate, buffer_slice(&client->renewal_key),
                                NULL))
        return;
    client->enrolment.not_after_ms = enrolled->not_after_ms;
    (void)profile_config_write(client->folder, &client->enrolment, NULL);
    struct tls_identity identity = {certificate, buffer_slice(&client->renewal_key)};
    struct tls_context *tls =
        tls_context_client(&identity, &client->enrolment.root, TLS_ALPN_TERMINAL, NULL);
    if (tls == NULL)
        return;
    tls_context_release(client->tls);
    client->tls = tls;
    client->renewed = true;
}

static void renewal_answered(struct tefter *client, struct request *request,
                             const Tefter__ToTerminal *answer)
{
    request_end(client, request);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_ENROLLED)
        keep_certificate(client, answer->enrolled);
    renewal_over(client);
    if (client->link.expired && answer != NULL)
        link_again(client,
                   client->renewed ? "the certificate was renewed" : "the certificate has expired");
}

static void ask_renewal(struct tefter *client, const char *request_pem)
{
    Tefter__Renew renew = TEFTER__RENEW__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    renew.request = (char *)(uintptr_t)request_pem;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_RENEW;
    frame.renew = &renew;
    struct request *request = request_begin(client, REQUEST_OTHER, &frame, NULL);
    if (request == NULL) {
        renewal_over(client);
        return;
    }
    request->answered = renewal_answered;
    requests_pump(client);
}

void renewal_begin(struct tefter *client)
{
    struct arena arena;
    struct slice key;
    struct slice pem;
    bool wanted = client->welcome->has_renew && client->welcome->renew;
    if (!wanted || client->renewing || !renewal_lock(client))
        return;
    arena_init(&arena, 64 * 1024);
    buffer_init(&client->renewal_key, PROFILE_FILE_MAX);
    if (ca_request_create(&arena, &key, &pem, NULL) &&
        buffer_put(&client->renewal_key, key.data, key.size))
        ask_renewal(client, arena_text(&arena, pem.data, pem.size));
    else
        renewal_over(client);
    arena_fini(&arena);
}
