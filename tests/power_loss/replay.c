/*
 * The replayer: builds images from a trace and has them verified; see trace.h.
 *
 *   power_replay --trace FILE --verify CMD [--base DIR] [--final DIR] [--images N] [--seed S]
 *                [--skip lock.mdb] [--only N] [--keep DIR] [--acks FILE] [--deaf NAME]
 *
 * CMD is for the shell: $1 is the folder of the image, $2 the last acknowledgement before the cut
 * (empty when there was none). It exits 0 when the image is sound, and prints as its last word the
 * number of the last thing that is there; less than $2 is a loss. --acks: before each verify all
 * acknowledgements up to the cut are written to FILE, one a line. --base is what the root held
 * before; --final what it holds now: if the trace leads to anything else, something was missed.
 * --deaf: the disk lies about files whose names end so: it says they are synced and does nothing.
 * --only N builds image N alone; --keep leaves the first bad image in DIR.
 *
 * Exits 0 when every image is good, 1 when one is not, 2 when the test itself is not sound.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VERIFY_SECONDS = 60, BAD_SHOWN = 5, OUTPUT_MAX = 4096, ACK_MAX = 64, DEAF_MAX = 4096 };

struct options {
    const char *trace, *verify, *base, *final, *skip, *keep, *acks, *deaf;
    uint64_t images, seed, only;
};

struct entry {
    struct trace_record record;
    const uint8_t *data;
};

struct trace {
    struct entry *entries;
    size_t count;
    size_t *acks; /* places of the acknowledgements */
    size_t ack_count;
};

struct cut {
    size_t at; /* records before it happened */
    uint64_t image;
};

struct figures {
    uint64_t good, lost, damaged, crashed;
};

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = strtoull(text, &end, 0);
    if (end == text || *end)
        stop("%s is not a number", text);
    return number;
}

static struct options options_of(int argc, char **argv)
{
    static const struct option names[] = {
        {"trace", 1, 0, 't'},  {"verify", 1, 0, 'v'}, {"base", 1, 0, 'b'}, {"final", 1, 0, 'f'},
        {"skip", 1, 0, 'x'},   {"keep", 1, 0, 'k'},   {"acks", 1, 0, 'a'}, {"deaf", 1, 0, 'd'},
        {"images", 1, 0, 'n'}, {"seed", 1, 0, 's'},   {"only", 1, 0, 'o'}, {0},
    };
    struct options options = {.images = 1000, .seed = 1, .only = UINT64_MAX};
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 't':
            options.trace = optarg;
            break;
        case 'v':
            options.verify = optarg;
            break;
        case 'b':
            options.base = optarg;
            break;
        case 'f':
            options.final = optarg;
            break;
        case 'x':
            options.skip = optarg;
            break;
        case 'k':
            options.keep = optarg;
            break;
        case 'a':
            options.acks = optarg;
            break;
        case 'd':
            options.deaf = optarg;
            break;
        case 'n':
            options.images = number_of(optarg);
            break;
        case 's':
            options.seed = number_of(optarg);
            break;
        case 'o':
            options.only = number_of(optarg);
            break;
        default:
            stop("see the head of replay.c");
        }
    }
    if (!options.trace || !options.verify || optind < argc)
        stop("--trace and --verify are needed; see the head of replay.c");
    return options;
}

static struct trace trace_load(const char *path)
{
    struct trace trace = {0};
    struct stat stat;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &stat) || stat.st_size == 0)
        stop("no trace in %s", path);
    size_t size = (size_t)stat.st_size;
    const uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        stop("cannot read %s: %s", path, strerror(errno));
    close(fd);
    trace.entries = calloc(size / sizeof(struct trace_record) + 1, sizeof *trace.entries);
    trace.acks = calloc(size / sizeof(struct trace_record) + 1, sizeof *trace.acks);
    for (size_t at = 0; at < size;) {
        struct entry *entry = &trace.entries[trace.count];
        memcpy(&entry->record, bytes + at, sizeof entry->record);
        if (entry->record.magic != TRACE_MAGIC)
            stop("the trace is not whole at %zu", at);
        entry->data = bytes + at + sizeof entry->record;
        if (entry->record.kind == TRACE_ACK)
            trace.acks[trace.ack_count++] = trace.count;
        at += sizeof entry->record + entry->record.size;
        trace.count++;
    }
    return trace;
}

/* ---- a disk that lies ---- */

static bool ends_with(const struct entry *entry, const char *tail)
{
    size_t size = strlen(tail);
    return entry->record.size >= size &&
           memcmp(entry->data + entry->record.size - size, tail, size) == 0;
}

/* Takes the syncs of those files out of the trace. */
static void deafen(struct trace *trace, const char *tail)
{
    uint64_t numbers[DEAF_MAX];
    size_t count = 0;
    for (size_t i = 0; i < trace->count; i++) {
        struct trace_record *record = &trace->entries[i].record;
        if (record->kind == TRACE_FILE && ends_with(&trace->entries[i], tail)) {
            if (count == DEAF_MAX)
                stop("too many files are called %s", tail);
            numbers[count++] = record->file;
        }
        for (size_t j = 0; j < count; j++) {
            if (record->file != numbers[j])
                continue;
            if (record->kind == TRACE_DURABLE)
                record->kind = TRACE_WRITE;
            else if (record->kind == TRACE_SYNC)
                record->kind = TRACE_NOTHING;
        }
    }
}

static int cut_order(const void *a, const void *b)
{
    const struct cut *left = a, *right = b;
    return (left->at > right->at) - (left->at < right->at);
}

/* Half of the cuts anywhere, half right behind an acknowledgement. */
static struct cut *cuts_choose(const struct options *options, const struct trace *trace)
{
    struct prng prng = {options->seed};
    struct cut *cuts = calloc(options->images, sizeof *cuts);
    for (uint64_t i = 0; i < options->images; i++) {
        cuts[i] = (struct cut){prng_below(&prng, trace->count + 1), i};
        if (i % 2 && trace->ack_count)
            cuts[i].at = trace->acks[prng_below(&prng, trace->ack_count)] + 1;
    }
    qsort(cuts, options->images, sizeof *cuts, cut_order);
    return cuts;
}

/* Runs the verify command; its output's last word, and how it ended. */
static int verify(const char *command, const char *image, const char *ack, char output[OUTPUT_MAX])
{
    int ends[2], status;
    size_t size = 0;
    if (pipe(ends))
        stop("no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        alarm(VERIFY_SECONDS);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        execl("/bin/sh", "sh", "-c", command, "verify", image, ack, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got;
         size < OUTPUT_MAX - 1 && (got = read(ends[0], output + size, OUTPUT_MAX - 1 - size)) > 0;)
        size += (size_t)got;
    output[size] = 0;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child)
        stop("cannot run the verify command: %s", strerror(errno));
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool behind(const char *output, const char *ack)
{
    size_t end = strlen(output);
    while (end > 0 && (output[end - 1] < '0' || output[end - 1] > '9'))
        end--;
    size_t start = end;
    while (start > 0 && output[start - 1] >= '0' && output[start - 1] <= '9')
        start--;
    if (*ack == 0)
        return false;
    return start == end || strtoull(output + start, NULL, 10) < strtoull(ack, NULL, 10);
}

static void ack_text(const struct entry *entry, char out[ACK_MAX])
{
    size_t size = entry->record.size < ACK_MAX - 1 ? entry->record.size : ACK_MAX - 1;
    memcpy(out, entry->data, size);
    while (size > 0 && (out[size - 1] == '\n' || out[size - 1] == ' '))
        size--;
    out[size] = 0;
    char *line = strrchr(out, '\n');
    if (line)
        memmove(out, line + 1, strlen(line + 1) + 1);
}

static void acks_write(const char *path, const struct trace *trace, size_t before)
{
    FILE *out = fopen(path, "w");
    if (!out)
        stop("cannot write %s: %s", path, strerror(errno));
    for (size_t i = 0; i < trace->ack_count && trace->acks[i] < before; i++) {
        const struct entry *entry = &trace->entries[trace->acks[i]];
        fwrite(entry->data, 1, entry->record.size, out);
        if (entry->record.size && entry->data[entry->record.size - 1] != '\n')
            fputc('\n', out);
    }
    fclose(out);
}

static void judge(const struct options *options, const struct cut *cut, const char *image,
                  const char *ack, struct figures *figures)
{
    char output[OUTPUT_MAX];
    uint64_t bad = figures->lost + figures->damaged + figures->crashed;
    int rc = verify(options->verify, image, ack, output);
    const char *verdict = rc >= 128 ? "crashed" : rc ? "damaged" : "lost";
    if (rc == 0 && !behind(output, ack)) {
        figures->good++;
        return;
    }
    *(rc >= 128 ? &figures->crashed : rc ? &figures->damaged : &figures->lost) += 1;
    if (bad < BAD_SHOWN)
        printf("image %" PRIu64 ", %zu records, acknowledged %s: %s (%d): %s\n", cut->image,
               cut->at, *ack ? ack : "nothing", verdict, rc, output);
}

static void image_judge(const struct options *options, struct disk *disk, const struct trace *trace,
                        const struct cut *cut, const char *image, const char *ack,
                        struct figures *figures)
{
    const struct entry *next = cut->at < trace->count ? &trace->entries[cut->at] : NULL;
    uint64_t bad = figures->lost + figures->damaged + figures->crashed;
    struct prng prng = {options->seed * UINT64_C(1000003) + cut->image}, again = prng;
    disk_image(disk, next ? &next->record : NULL, next ? next->data : NULL, &prng, image,
               options->skip);
    if (options->acks)
        acks_write(options->acks, trace, cut->at);
    judge(options, cut, image, ack, figures);
    /* verifying may have mended it: it is built again */
    if (options->keep && bad == 0 && figures->lost + figures->damaged + figures->crashed > 0)
        disk_image(disk, next ? &next->record : NULL, next ? next->data : NULL, &again,
                   options->keep, options->skip);
}

static void replay(const struct options *options, struct disk *disk, const struct trace *trace,
                   const char *image, struct figures *figures)
{
    struct cut *cuts = cuts_choose(options, trace);
    char ack[ACK_MAX] = "";
    uint64_t done = 0;
    for (size_t at = 0; at <= trace->count; at++) {
        for (; done < options->images && cuts[done].at == at; done++)
            if (options->only == UINT64_MAX || cuts[done].image == options->only)
                image_judge(options, disk, trace, &cuts[done], image, ack, figures);
        if (at == trace->count)
            break;
        disk_step(disk, &trace->entries[at].record, trace->entries[at].data);
        if (trace->entries[at].record.kind == TRACE_ACK)
            ack_text(&trace->entries[at], ack);
    }
    free(cuts);
}

int main(int argc, char **argv)
{
    struct options options = options_of(argc, argv);
    struct trace trace = trace_load(options.trace);
    struct figures figures = {0};
    static struct disk disk;
    const char *missed;
    char image[] = "/dev/shm/power-image-XXXXXX", elsewhere[] = "./power-image-XXXXXX";
    char *folder = mkdtemp(image) ? image : mkdtemp(elsewhere);
    if (!folder)
        stop("no folder for images: %s", strerror(errno));
    if (options.deaf)
        deafen(&trace, options.deaf);
    if (options.base)
        disk_load(&disk, options.base);
    replay(&options, &disk, &trace, folder, &figures);
    folder_clear(folder);
    rmdir(folder);
    printf("%" PRIu64 " good, %" PRIu64 " lost, %" PRIu64 " damaged, %" PRIu64
           " crashed; %zu records, %zu acknowledgements, seed %" PRIu64 "\n",
           figures.good, figures.lost, figures.damaged, figures.crashed, trace.count,
           trace.ack_count, options.seed);
    if (options.final && !disk_matches(&disk, options.final, options.skip, &missed))
        stop("the trace does not lead to what %s holds: %s", options.final, missed);
    if (trace.ack_count == 0)
        stop("nothing was acknowledged");
    return figures.lost + figures.damaged + figures.crashed > 0;
}
