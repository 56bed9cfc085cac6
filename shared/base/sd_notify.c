#include "base/sd_notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { NOTIFY_TEXT_MAX = 300 };

static void send_text(const char *text)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!name || (name[0] != '/' && name[0] != '@') || strlen(name) >= sizeof address.sun_path)
        return;
    size_t size = strlen(name);
    memcpy(address.sun_path, name, size);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address,
           length);
    close(fd);
}

void notify_ready(void)
{
    send_text("READY=1");
}

void notify_stopping(void)
{
    send_text("STOPPING=1");
}

void notify_status(const char *status)
{
    char text[NOTIFY_TEXT_MAX];
    snprintf(text, sizeof text, "STATUS=%s", status);
    send_text(text);
}

void notify_starting(const char *status)
{
    char text[NOTIFY_TEXT_MAX];
    snprintf(text, sizeof text, "STATUS=%s\nEXTEND_TIMEOUT_USEC=60000000", status);
    send_text(text);
}
