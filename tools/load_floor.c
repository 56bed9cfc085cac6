/*
 * What one charge cannot do without, alone: an append that is synced, and a round trip. Measured in
 * the same run as the charge, so that the disk and the machine are the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

enum { RECORD_BYTES = 128, MESSAGE_BYTES = 100 };

static int told(struct figures *figures, bool good, const char *what)
{
    struct failure failure = {0};
    if (good) {
        figures_print(figures, "");
        return 0;
    }
    (void)fail(&failure, FAULT_IO, errno, "%s cannot be measured", what);
    return job_failed(&failure);
}

static bool sync_on(int file, uint64_t ms, struct figures *figures)
{
    static const uint8_t record[RECORD_BYTES] = {1};
    bool good = true;
    figures_begin(figures);
    uint64_t until_ns = now_ns() + ms * 1000000;
    while (good && now_ns() < until_ns) {
        uint64_t began_ns = now_ns();
        good = write(file, record, sizeof record) == (ssize_t)sizeof record && fdatasync(file) == 0;
        figures_latency(figures, now_ns() - began_ns);
        figures->count++;
    }
    figures_end(figures);
    return good;
}

int job_sync(const struct settings *settings)
{
    static struct figures figures;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/sync.tmp", settings->folder);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    bool good = file >= 0 && sync_on(file, settings->ms, &figures);
    if (file >= 0)
        close(file);
    unlink(path);
    return told(&figures, good, "a sync");
}

static bool pass_on(int from, int to)
{
    uint8_t message[MESSAGE_BYTES];
    ssize_t size = read(from, message, sizeof message);
    return size > 0 && write(to, message, (size_t)size) == size;
}

static bool trips(int peer, uint64_t ms, struct figures *figures)
{
    uint8_t message[MESSAGE_BYTES] = {1};
    bool good = true;
    figures_begin(figures);
    uint64_t until_ns = now_ns() + ms * 1000000;
    while (good && now_ns() < until_ns) {
        uint64_t began_ns = now_ns();
        good = write(peer, message, sizeof message) == (ssize_t)sizeof message &&
               recv(peer, message, sizeof message, MSG_WAITALL) == (ssize_t)sizeof message;
        figures_latency(figures, now_ns() - began_ns);
        figures->count++;
    }
    figures_end(figures);
    return good;
}

/* Over TCP on loopback, as a terminal's; the other side sends back what comes. */
int job_trip(const struct settings *settings)
{
    static struct figures figures;
    uint16_t port;
    int listener = load_listen(&port);
    pid_t child = listener < 0 ? -1 : fork();
    if (child == 0) {
        int peer = accept(listener, NULL, NULL);
        while (pass_on(peer, peer)) {
        }
        _exit(0);
    }
    int peer = child < 0 ? -1 : load_dial(port);
    bool good = peer >= 0 && trips(peer, settings->ms, &figures);
    if (peer >= 0)
        close(peer);
    if (child > 0)
        waitpid(child, NULL, 0);
    return told(&figures, good, "a round trip");
}
