/*
 * The file of a local listener. It is made with its mode (600) at once; a stale one, at which
 * nobody answers, is taken away. All under a lock of its folder, so that of two who find a stale
 * file one takes it away and the other finds the first one's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/stream_inside.h"

bool local_address_make(const char *path, struct sockaddr_un *ret_address, struct failure *failure)
{
    size_t size = strlen(path);
    *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (size == 0 || size >= sizeof(ret_address->sun_path))
        return fail(failure, FAULT_USE, 0, "'%s' is no path of a socket: 1 to %zu bytes", path,
                    sizeof(ret_address->sun_path) - 1);
    memcpy(ret_address->sun_path, path, size + 1);
    return true;
}

int local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Its folder, locked until it is closed; -1: errno says why. */
static int lock_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)] = ".";
    if (slash != NULL) {
        size_t size = slash == path ? 1 : (size_t)(slash - path);
        memcpy(folder, path, size);
        folder[size] = '\0';
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        errno = EADDRINUSE; /* somebody is at it just now */
        return -1;
    }
    return fd;
}

/* A socket at which nobody listens any more. Whatever else it may be is not ours to take away. */
static bool is_stale(const struct sockaddr_un *address)
{
    struct stat found;
    if (lstat(address->sun_path, &found) != 0 || !S_ISSOCK(found.st_mode))
        return false;
    int fd = local_socket();
    bool refused = fd >= 0 &&
                   connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return refused;
}

static bool bind_file(int socket, const struct sockaddr_un *address)
{
    const struct sockaddr *to = (const struct sockaddr *)address;
    if (fchmod(socket, 0600) != 0) /* the file is made with it */
        return false;
    if (bind(socket, to, sizeof(*address)) == 0)
        return true;
    if (errno != EADDRINUSE)
        return false;
    if (!is_stale(address)) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->sun_path) == 0 && bind(socket, to, sizeof(*address)) == 0;
}

int local_listen(int socket, const struct sockaddr_un *address, int backlog,
                 struct local_file *ret_file)
{
    struct stat made;
    int folder = lock_folder(address->sun_path);
    if (folder < 0)
        return uv_translate_sys_error(errno);
    bool good = bind_file(socket, address) && listen(socket, backlog) == 0 &&
                lstat(address->sun_path, &made) == 0;
    int bad = good ? 0 : uv_translate_sys_error(errno);
    if (good)
        *ret_file = (struct local_file){strdup(address->sun_path), made.st_dev, made.st_ino};
    close(folder);
    return bad;
}

void local_forget(struct local_file *file)
{
    struct stat found;
    if (file->path != NULL && lstat(file->path, &found) == 0 && found.st_dev == file->device &&
        found.st_ino == file->number)
        (void)unlink(file->path);
    free(file->path);
    file->path = NULL;
}
