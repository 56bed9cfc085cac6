#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512 };

/* How an image treats what is not synced. */
enum mood { NOTHING_KEPT, ALL_KEPT, ANYTHING };

void stop(const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    fputs("power: ", stderr);
    vfprintf(stderr, format, rest);
    fputs("\n", stderr);
    va_end(rest);
    exit(2);
}

static void *more(void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    *capacity = *capacity ? 2 * *capacity : 16;
    list = realloc(list, *capacity * size);
    return list ? list : (stop("no memory"), NULL);
}

static char *copy_of(const void *text, size_t size)
{
    char *copy = malloc(size + 1);
    if (!copy)
        stop("no memory");
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

/* Bytes */

static void bytes_resize(struct bytes *bytes, size_t size)
{
    if (size > bytes->capacity) {
        size_t capacity = size + size / 2 + SECTOR;
        bytes->data = realloc(bytes->data, capacity);
        if (!bytes->data)
            stop("no memory");
        bytes->capacity = capacity;
    }
    if (size > bytes->size)
        memset(bytes->data + bytes->size, 0, size - bytes->size);
    bytes->size = size;
}

static void bytes_write(struct bytes *bytes, uint64_t at, const uint8_t *data, size_t size)
{
    if (at + size > bytes->size)
        bytes_resize(bytes, at + size);
    if (size)
        memcpy(bytes->data + at, data, size);
}

/* Each sector of the write is there or not. */
static void bytes_write_torn(struct bytes *bytes, const struct change *change, struct prng *prng)
{
    for (uint64_t at = change->at; at < change->at + change->size;) {
        uint64_t end = (at / SECTOR + 1) * SECTOR;
        if (end > change->at + change->size)
            end = change->at + change->size;
        if (prng_below(prng, 2))
            bytes_write(bytes, at, change->data + (at - change->at), end - at);
        at = end;
    }
}

static void change_apply(struct bytes *bytes, const struct change *change)
{
    if (change->sized)
        bytes_resize(bytes, change->at);
    else
        bytes_write(bytes, change->at, change->data, change->size);
}

/* 35 % gone, 35 % there, 30 % torn; of what is gone a file system may still have noted the size. */
static void change_maybe(struct bytes *bytes, const struct change *change, enum mood mood,
                         struct prng *prng)
{
    uint64_t roll = mood == ANYTHING ? prng_below(prng, 100) : mood == ALL_KEPT ? 50 : 0;
    if (change->durable || (roll >= 35 && roll < 70))
        change_apply(bytes, change);
    else if (roll >= 70 && !change->sized)
        bytes_write_torn(bytes, change, prng);
    else if (mood == ANYTHING && roll < 10 && change->at + change->size > bytes->size)
        bytes_resize(bytes, change->at + change->size);
}

/* Files */

static struct file *file_new(void)
{
    struct file *file = calloc(1, sizeof *file);
    return file ? file : (stop("no memory"), NULL);
}

static void file_change(struct file *file, struct change change)
{
    file->changes =
        more(file->changes, file->change_count, &file->change_capacity, sizeof *file->changes);
    file->changes[file->change_count++] = change;
}

static void file_sync(struct file *file)
{
    for (size_t i = 0; i < file->change_count; i++)
        change_apply(&file->synced, &file->changes[i]);
    file->change_count = 0;
}

static struct bytes bytes_of(const struct bytes *bytes)
{
    struct bytes copy = {0};
    bytes_write(&copy, 0, bytes->data, bytes->size);
    return copy;
}

/* Names */

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return copy_of(path, slash ? (size_t)(slash - path) : 0);
}

static struct name *names_find(const struct names *names, const char *path)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->all[i].path, path) == 0)
            return &names->all[i];
    return NULL;
}

static void names_remove(struct names *names, const char *path)
{
    struct name *name = names_find(names, path);
    if (!name)
        return;
    free(name->path);
    *name = names->all[--names->count];
}

static void names_put(struct names *names, const char *path, struct file *file)
{
    names_remove(names, path);
    names->all = more(names->all, names->count, &names->capacity, sizeof *names->all);
    names->all[names->count++] = (struct name){copy_of(path, strlen(path)), file};
}

/* Of a folder everything in it moves along. */
static void names_move(struct names *names, const char *path, const char *to)
{
    size_t length = strlen(path);
    if (names_find(names, path))
        names_remove(names, to);
    for (size_t i = 0; i < names->count; i++) {
        char *old = names->all[i].path;
        if (strncmp(old, path, length) != 0 || (old[length] != 0 && old[length] != '/'))
            continue;
        char moved[PATH_MAX];
        snprintf(moved, sizeof moved, "%s%s", to, old + length);
        names->all[i].path = copy_of(moved, strlen(moved));
        free(old);
    }
}

static void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->all[i].path);
    free(names->all);
    *names = (struct names){0};
}

static void renaming_apply(struct names *names, const struct renaming *renaming)
{
    if (renaming->kind == TRACE_FILE || renaming->kind == TRACE_MKDIR)
        names_put(names, renaming->path, renaming->file);
    else if (renaming->kind == TRACE_RENAME)
        names_move(names, renaming->path, renaming->to);
    else
        names_remove(names, renaming->path);
}

static void disk_renaming(struct disk *disk, enum trace_kind kind, char *path, char *to,
                          struct file *file)
{
    struct renaming renaming = {kind, folder_of(to ? to : path), path, to, file};
    renaming_apply(&disk->live, &renaming);
    disk->renamings = more(disk->renamings, disk->renaming_count, &disk->renaming_capacity,
                           sizeof *disk->renamings);
    disk->renamings[disk->renaming_count++] = renaming;
}

static void disk_folder_sync(struct disk *disk, const char *folder)
{
    size_t left = 0;
    for (size_t i = 0; i < disk->renaming_count; i++) {
        struct renaming renaming = disk->renamings[i];
        if (strcmp(renaming.folder, folder) != 0) {
            disk->renamings[left++] = renaming;
            continue;
        }
        renaming_apply(&disk->synced, &renaming);
        free(renaming.folder);
        free(renaming.path);
        free(renaming.to);
    }
    disk->renaming_count = left;
}

/* Steps */

static struct file *file_numbered(const struct disk *disk, uint64_t number)
{
    for (size_t i = disk->number_count; i-- > 0;)
        if (disk->numbers[i].number == number)
            return disk->numbers[i].file;
    stop("the trace speaks of a file it did not name");
}

static void disk_file(struct disk *disk, const struct trace_record *record, char *path)
{
    struct file *file;
    const struct name *name = names_find(&disk->live, path);
    if (record->at) {
        file = file_new();
        disk_renaming(disk, TRACE_FILE, copy_of(path, strlen(path)), NULL, file);
    } else if (name) {
        file = name->file;
    } else {
        stop("%s was there before, but not in --base", path);
    }
    disk->numbers =
        more(disk->numbers, disk->number_count, &disk->number_capacity, sizeof *disk->numbers);
    disk->numbers[disk->number_count++] = (struct number){record->file, file};
    free(path);
}

static struct change change_of(const struct trace_record *record, const uint8_t *data)
{
    return (struct change){.sized = record->kind == TRACE_SIZE,
                           .durable = record->kind == TRACE_DURABLE,
                           .at = record->at,
                           .data = data,
                           .size = record->kind == TRACE_SIZE ? 0 : record->size};
}

static void disk_names(struct disk *disk, const struct trace_record *record, const uint8_t *data)
{
    char *path = copy_of(data, record->size), *to = NULL;
    enum trace_kind kind = (enum trace_kind)record->kind;
    if (kind == TRACE_FILE) {
        disk_file(disk, record, path);
        return;
    }
    if (kind == TRACE_FOLDER_SYNC) {
        disk_folder_sync(disk, path);
        free(path);
        return;
    }
    if (kind == TRACE_RENAME)
        to = copy_of(path + strlen(path) + 1, strlen(path + strlen(path) + 1));
    disk_renaming(disk, kind, path, to, NULL);
}

void disk_step(struct disk *disk, const struct trace_record *record, const uint8_t *data)
{
    switch ((enum trace_kind)record->kind) {
    case TRACE_WRITE:
    case TRACE_DURABLE:
    case TRACE_SIZE:
        file_change(file_numbered(disk, record->file), change_of(record, data));
        break;
    case TRACE_SYNC:
        file_sync(file_numbered(disk, record->file));
        break;
    case TRACE_ACK:
    case TRACE_NOTHING:
        break;
    case TRACE_FILE:
    case TRACE_FOLDER_SYNC:
    case TRACE_RENAME:
    case TRACE_UNLINK:
    case TRACE_MKDIR:
    case TRACE_RMDIR:
        disk_names(disk, record, data);
        break;
    }
}

/* Images */

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    (void)stat, (void)flag;
    return ftw->level ? remove(path) : 0;
}

void folder_clear(const char *folder)
{
    if (mkdir(folder, 0700) && errno != EEXIST)
        stop("cannot make %s: %s", folder, strerror(errno));
    if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS))
        stop("cannot empty %s: %s", folder, strerror(errno));
}

/* The names of an image: of each folder the synced ones, and of the changes since then as many as
 * came about, in their order. */
static struct names names_maybe(const struct disk *disk, enum mood mood, struct prng *prng)
{
    struct names names = {0};
    const char *stopped[64];
    size_t stopped_count = 0;
    for (size_t i = 0; i < disk->synced.count; i++)
        names_put(&names, disk->synced.all[i].path, disk->synced.all[i].file);
    for (size_t i = 0; i < disk->renaming_count && mood != NOTHING_KEPT; i++) {
        const struct renaming *renaming = &disk->renamings[i];
        bool over = mood == ANYTHING && prng_below(prng, 3) == 0;
        for (size_t j = 0; j < stopped_count; j++)
            over = over || strcmp(stopped[j], renaming->folder) == 0;
        if (!over)
            renaming_apply(&names, renaming);
        else if (stopped_count < sizeof stopped / sizeof *stopped)
            stopped[stopped_count++] = renaming->folder;
    }
    return names;
}

static bool skipped(const char *path, const char *skip)
{
    size_t length = strlen(path), tail = skip ? strlen(skip) : 0;
    return tail > 0 && length >= tail && strcmp(path + length - tail, skip) == 0;
}

static void file_out(const char *path, const struct bytes *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return; /* its folder did not come about */
    if (write(fd, bytes->data, bytes->size) != (ssize_t)bytes->size)
        stop("cannot write %s: %s", path, strerror(errno));
    close(fd);
}

static void file_image(const struct file *file, const char *path, enum mood mood, struct prng *prng)
{
    struct bytes bytes = bytes_of(&file->synced);
    for (size_t i = 0; i < file->change_count; i++)
        change_maybe(&bytes, &file->changes[i], mood, prng);
    file_out(path, &bytes);
    free(bytes.data);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->path, ((const struct name *)b)->path);
}

static void image_build(const struct disk *disk, struct prng *prng, const char *folder,
                        const char *skip)
{
    uint64_t roll = prng_below(prng, 10);
    enum mood mood = roll < 2 ? NOTHING_KEPT : roll < 3 ? ALL_KEPT : ANYTHING;
    struct names names = names_maybe(disk, mood, prng);
    if (names.count)
        qsort(names.all, names.count, sizeof *names.all, by_path);
    for (size_t i = 0; i < names.count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, names.all[i].path);
        if (!names.all[i].file)
            mkdir(path, 0700);
        else if (!skipped(path, skip))
            file_image(names.all[i].file, path, mood, prng);
    }
    names_free(&names);
}

void disk_image(struct disk *disk, const struct trace_record *next, const uint8_t *data,
                struct prng *prng, const char *folder, const char *skip)
{
    struct file *file = NULL;
    folder_clear(folder);
    if (next && (next->kind == TRACE_WRITE || next->kind == TRACE_DURABLE)) {
        file = file_numbered(disk, next->file);
        struct change change = change_of(next, data);
        change.durable = false; /* not before it returns */
        file_change(file, change);
    }
    image_build(disk, prng, folder, skip);
    if (file)
        file->change_count--;
}

/* Loading and comparing */

static void file_in(const char *path, struct bytes *ret_bytes)
{
    struct stat stat;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &stat))
        stop("cannot open %s: %s", path, strerror(errno));
    *ret_bytes = (struct bytes){0};
    bytes_resize(ret_bytes, (size_t)stat.st_size);
    for (size_t at = 0; at < ret_bytes->size;) {
        ssize_t got = read(fd, ret_bytes->data + at, ret_bytes->size - at);
        if (got <= 0)
            stop("cannot read %s: %s", path, strerror(errno));
        at += (size_t)got;
    }
    close(fd);
}

static struct disk *loading;
static size_t loading_from;

static int load_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    (void)flag;
    if (ftw->level == 0)
        return 0;
    struct file *file = NULL;
    if (S_ISREG(stat->st_mode)) {
        file = file_new();
        file_in(path, &file->synced);
    }
    names_put(&loading->live, path + loading_from, file);
    names_put(&loading->synced, path + loading_from, file);
    return 0;
}

void disk_load(struct disk *disk, const char *folder)
{
    loading = disk;
    loading_from = strlen(folder) + 1;
    if (nftw(folder, load_one, 16, FTW_PHYS))
        stop("cannot read %s: %s", folder, strerror(errno));
}

static bool file_matches(const struct file *file, const struct file *real)
{
    struct bytes seen = bytes_of(&file->synced);
    for (size_t i = 0; i < file->change_count; i++)
        change_apply(&seen, &file->changes[i]);
    bool same = seen.size == real->synced.size &&
                (seen.size == 0 || memcmp(seen.data, real->synced.data, seen.size) == 0);
    free(seen.data);
    return same;
}

/* Every name of `a` is in `b`, and what it names is of the same kind. */
static bool names_match(const struct names *a, const struct names *b, const char *skip,
                        const char **ret_path)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct name *other = names_find(b, a->all[i].path);
        *ret_path = a->all[i].path;
        if (!skipped(a->all[i].path, skip) && (!other || !a->all[i].file != !other->file))
            return false;
    }
    return true;
}

bool disk_matches(const struct disk *disk, const char *folder, const char *skip,
                  const char **ret_path)
{
    static struct disk real;
    disk_load(&real, folder);
    if (!names_match(&disk->live, &real.live, skip, ret_path) ||
        !names_match(&real.live, &disk->live, skip, ret_path))
        return false;
    for (size_t i = 0; i < disk->live.count; i++) {
        const struct name *name = &disk->live.all[i];
        *ret_path = name->path;
        if (name->file && !skipped(name->path, skip) &&
            !file_matches(name->file, names_find(&real.live, name->path)->file))
            return false;
    }
    return true;
}
