#include "admin/challenge.h"

#include "base/plain_file.h"
#include "http/head.h"
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH "/.well-known/acme-challenge/"
#define EVERYWHERE "[::]:80"
#define EVERYWHERE_4 "0.0.0.0:80"

enum { TICK_MS = 1000, FOLDER_MAX = 1024, TOKEN_FILE_MAX = 1024 };

struct visit {
    struct visit *next;
    struct visit **link;
    struct challenge *challenge;
    struct stream *stream;
    struct buffer head;
    uint64_t since_ms;
    bool answered;
};

struct challenge {
    struct loop *loop;
    struct stream_listener *listener;
    struct loop_timer *tick;
    struct visit *visits;
    unsigned count;
    unsigned answered;
    bool closed;
    char folder[FOLDER_MAX]; /* "": none yet */
};

/* Those who are still here lead to it. */
static void free_when_alone(struct challenge *challenge)
{
    if (challenge->closed && challenge->count == 0)
        free(challenge);
}

/* ---- one question ---- */

/* What stands in the file of that token; 0: there is none. Letters of Base64url alone, so that a
 * token is never a path. */
static size_t read_token(const struct challenge *challenge, struct slice token,
                         char out[TOKEN_FILE_MAX])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char path[FOLDER_MAX + CHALLENGE_TOKEN_MAX + 2], name[CHALLENGE_TOKEN_MAX + 1];
    if (token.size == 0 || token.size > CHALLENGE_TOKEN_MAX || challenge->folder[0] == '\0')
        return 0;
    memcpy(name, token.data, token.size);
    name[token.size] = '\0';
    if (strspn(name, letters) != token.size)
        return 0;
    snprintf(path, sizeof path, "%s/%s", challenge->folder, name);
    int fd = plain_open(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, NULL);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, out, TOKEN_FILE_MAX);
    close(fd);
    return size > 0 ? (size_t)size : 0;
}

static void answer(struct visit *visit, enum http_status status, struct slice body)
{
    char head[256];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %d %s\r\nContent-Type: application/octet-stream\r\n"
                        "X-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        status, http_status_words(status), body.size);
    visit->answered = true;
    (void)stream_write(visit->stream, slice_of(head, (size_t)size));
    if (body.size > 0)
        (void)stream_write(visit->stream, body);
    stream_close(visit->stream, "answered");
}

static void answer_head(struct visit *visit, const struct http_head *head)
{
    char body[TOKEN_FILE_MAX];
    struct slice prefix = slice_text(PATH);
    size_t size = 0;
    if (slice_starts(head->path, prefix))
        size = read_token(visit->challenge,
                          slice_of(head->path.data + prefix.size, head->path.size - prefix.size),
                          body);
    if (size == 0) {
        answer(visit, HTTP_NOT_FOUND, slice_of("", 0));
        return;
    }
    visit->challenge->answered++;
    answer(visit, HTTP_OK, slice_of(body, head->head_only ? 0 : size));
}

static void visit_bytes(void *context, struct slice bytes)
{
    struct visit *visit = context;
    struct http_head head;
    size_t size, room = HTTP_HEAD_MAX + 1 - visit->head.size;
    if (visit->answered)
        return;
    if (!buffer_put(&visit->head, bytes.data, bytes.size < room ? bytes.size : room)) {
        stream_abort(visit->stream, "no memory");
        return;
    }
    enum http_status status = http_head_read(buffer_slice(&visit->head), &head, &size);
    if (status == HTTP_OK)
        answer_head(visit, &head);
    else if (status != HTTP_MORE)
        answer(visit, status, slice_of("", 0));
}

static void visit_closed(void *context, const char *reason)
{
    struct visit *visit = context;
    (void)reason;
    *visit->link = visit->next;
    if (visit->next != NULL)
        visit->next->link = visit->link;
    visit->challenge->count--;
    buffer_fini(&visit->head);
    free_when_alone(visit->challenge);
    free(visit);
}

/* ---- all of them ---- */

static bool accepted(void *owner, struct stream *stream, struct stream_events *ret_events,
                     void **ret_context)
{
    struct challenge *challenge = owner;
    struct visit *visit = challenge->count < CHALLENGE_VISITS_MAX ? calloc(1, sizeof *visit) : NULL;
    if (visit == NULL)
        return false;
    *ret_events = (struct stream_events){.bytes = visit_bytes, .closed = visit_closed};
    *ret_context = visit;
    visit->challenge = challenge;
    visit->stream = stream;
    visit->since_ms = loop_now_ms(challenge->loop);
    buffer_init(&visit->head, HTTP_HEAD_MAX + 1);
    visit->link = &challenge->visits;
    visit->next = challenge->visits;
    if (visit->next != NULL)
        visit->next->link = &visit->next;
    challenge->visits = visit;
    challenge->count++;
    return true;
}

static void tick(void *context)
{
    struct challenge *challenge = context;
    uint64_t now_ms = loop_now_ms(challenge->loop);
    for (struct visit *visit = challenge->visits; visit != NULL; visit = visit->next)
        if (now_ms - visit->since_ms >= CHALLENGE_MS)
            stream_abort(visit->stream, "it took too long");
}

static bool listen_there(struct challenge *challenge, const char *address, struct failure *failure)
{
    struct failure first = {.fault = FAULT_NONE}; /* a machine without IPv6 has the other alone */
    const char *wanted = address != NULL ? address : EVERYWHERE;
    challenge->listener = stream_listen(challenge->loop, wanted, NULL, accepted, challenge, &first);
    if (challenge->listener == NULL && address == NULL)
        challenge->listener =
            stream_listen(challenge->loop, EVERYWHERE_4, NULL, accepted, challenge, NULL);
    if (challenge->listener != NULL)
        return true;
    if (strstr(first.text, "permission denied") != NULL)
        return fail(failure, FAULT_DENIED, 0,
                    "this user may not listen on %s: run it as root, or forward port 80 to another "
                    "port and say --http",
                    wanted);
    return fail(failure, first.fault, 0,
                "%.200s. The authority asks port 80: free it, or have it forwarded to another one "
                "and say --http, or use --dns-hook",
                first.text);
}

struct challenge *challenge_open(struct loop *loop, const char *address, struct failure *failure)
{
    struct challenge *challenge = calloc(1, sizeof *challenge);
    if (challenge == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory to listen");
        return NULL;
    }
    challenge->loop = loop;
    challenge->tick = loop_timer_create(loop, tick, challenge);
    if (challenge->tick == NULL)
        fail(failure, FAULT_MEMORY, 0, "no memory to listen");
    else if (listen_there(challenge, address, failure)) {
        stream_listener_bound(challenge->listener, CHALLENGE_VISITS_MAX);
        loop_timer_start(challenge->tick, TICK_MS, TICK_MS);
        return challenge;
    }
    challenge_close(challenge);
    return NULL;
}

void challenge_folder(struct challenge *challenge, const char *folder)
{
    snprintf(challenge->folder, sizeof challenge->folder, "%s", folder);
}

unsigned challenge_answered(const struct challenge *challenge)
{
    return challenge->answered;
}

void challenge_close(struct challenge *challenge)
{
    if (challenge == NULL)
        return;
    stream_listener_close(challenge->listener);
    loop_timer_destroy(challenge->tick);
    challenge->folder[0] = '\0';
    challenge->closed = true;
    free_when_alone(challenge);
}
