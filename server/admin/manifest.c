#include "admin/manifest.h"

#include "base/date.h"
#include "base/grow.h"
#include "base/tell.h"
#include "datadir/hex.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MANIFEST_VERSION = 3, MANIFEST_BYTES_MAX = 16 * 1024 * 1024, PART_WORDS = 3 };

static const char file_name[] = "manifest";
static const char *const folders[] = {"", "journal", "keys", "state", "vault"};
enum { FOLDER_COUNT = sizeof folders / sizeof folders[0] };

static const char *word_of(enum manifest_kind kind)
{
    switch (kind) {
    case MANIFEST_BACKUP:
        return "backup";
    case MANIFEST_FOLLOW:
        return "follow";
    }
    return "";
}

/* ---- what lies there ---- */

/* Whoever looks at an LMDB leaves a lock; a file that was not written to its end another name. */
static bool is_part(const char *name)
{
    size_t size = strlen(name);
    bool unfinished = size > 4 && strcmp(name + size - 4, ".new") == 0;
    return name[0] != '.' && strcmp(name, file_name) != 0 && !unfinished &&
           strcmp(name, "lock.mdb") != 0;
}

static int part_entry(const struct dirent *entry)
{
    return is_part(entry->d_name);
}

typedef bool (*file_fn)(void *context, const char *path, const char *file, uint64_t size,
                        struct failure *failure);

/* A file by its path in the backup; folders are passed over. */
static bool visit(const char *backup, const char *folder, const char *name, file_fn each,
                  void *context, struct failure *failure)
{
    char path[FILES_PATH_MAX], file[FILES_PATH_MAX];
    struct stat facts;
    if (*folder && !files_join(path, folder, name, failure))
        return false;
    if (!files_join(file, backup, *folder ? path : name, failure))
        return false;
    if (stat(file, &facts))
        return fail(failure, FAULT_IO, errno, "cannot look at %s", file);
    return S_ISDIR(facts.st_mode) ||
           each(context, *folder ? path : name, file, (uint64_t)facts.st_size, failure);
}

static bool each_in(const char *backup, const char *folder, file_fn each, void *context,
                    struct failure *failure)
{
    char place[FILES_PATH_MAX];
    struct dirent **entries;
    if (!files_join(place, backup, folder, failure))
        return false;
    int count = scandir(place, &entries, part_entry, alphasort);
    if (count < 0)
        return errno == ENOENT || fail(failure, FAULT_IO, errno, "cannot list %s", place);
    bool good = true;
    for (int i = 0; i < count; i++) {
        good = good && visit(backup, folder, entries[i]->d_name, each, context, failure);
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool each_file(const char *backup, file_fn each, void *context, struct failure *failure)
{
    for (int i = 0; i < FOLDER_COUNT; i++)
        if (!each_in(backup, folders[i], each, context, failure))
            return false;
    return true;
}

/* Journal, vault and audit log of a second place prove themselves. */
static bool summed(const struct manifest *manifest, const char *path)
{
    return manifest->kind == MANIFEST_BACKUP ||
           (strncmp(path, "journal/", 8) != 0 && strncmp(path, "vault/", 6) != 0 &&
            strncmp(path, "audit.log", 9) != 0);
}

static struct manifest_part *part_add(struct manifest *manifest, const char *path)
{
    if (strlen(path) >= FILES_NAME_MAX ||
        !GROW(manifest->parts, manifest->part_capacity, manifest->part_count + 1))
        return NULL;
    struct manifest_part *part = &manifest->parts[manifest->part_count++];
    *part = (struct manifest_part){.size = 0};
    memcpy(part->path, path, strlen(path) + 1);
    return part;
}

static bool collect_file(void *context, const char *path, const char *file, uint64_t size,
                         struct failure *failure)
{
    struct manifest *manifest = context;
    if (!summed(manifest, path))
        return true;
    struct manifest_part *part = part_add(manifest, path);
    if (!part)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the part %s", path);
    part->size = size;
    return files_sum(file, &part->sum, failure);
}

bool manifest_collect(const char *backup, struct manifest *manifest, struct failure *failure)
{
    manifest->part_count = 0;
    return each_file(backup, collect_file, manifest, failure);
}

/* ---- writing ---- */

static void write_lines(const struct manifest *manifest, FILE *out)
{
    char made[INSTANT_TEXT_SIZE], sum[HASH_TEXT_SIZE], plain[HASH_TEXT_SIZE];
    char incarnation[INCARNATION_TEXT_SIZE], state[STATE_LINE_MAX];
    char key[2 * MANIFEST_KEY_SIZE + 1];
    instant_write(manifest->made_ms, made);
    hash_text(&manifest->chain, sum);
    incarnation_write(&manifest->incarnation, incarnation);
    state_report_write(&manifest->state, state);
    fprintf(out, "tefter %s %d\nmade %s\n", word_of(manifest->kind), MANIFEST_VERSION, made);
    tell(out, "of %s\n", manifest->of); /* a folder's name writes no line of its own */
    fprintf(out, "journal seq=%" PRIu64 " batch=%" PRIu64 " incarnation=%s chain=%s\n%s\n",
            manifest->seq, manifest->batch, incarnation, sum,
            manifest->with_state ? state : "no state");
    hex_write(manifest->key, sizeof manifest->key, key);
    if (manifest->sealed)
        fprintf(out, "sealed-to %s\n", key);
    for (size_t i = 0; i < manifest->part_count; i++) {
        const struct manifest_part *part = &manifest->parts[i];
        hash_text(&part->sum, sum);
        hash_text(&part->plain, plain);
        fprintf(out, "part %" PRIu64 " %s %s%s%s\n", part->size, sum, part->path,
                manifest->sealed ? " " : "", manifest->sealed ? plain : "");
    }
}

static bool write_end(char **text, size_t *size)
{
    struct hash sum;
    char hex[HASH_TEXT_SIZE];
    hash_of(*text, *size, &sum);
    hash_text(&sum, hex);
    char *whole = realloc(*text, *size + sizeof "end \n" + HASH_TEXT_SIZE);
    if (!whole)
        return false;
    *text = whole;
    *size += (size_t)snprintf(whole + *size, sizeof "end \n" + HASH_TEXT_SIZE, "end %s\n", hex);
    return true;
}

bool manifest_write(const char *backup, const struct manifest *manifest, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return fail(failure, FAULT_MEMORY, errno, "no memory for the manifest");
    write_lines(manifest, out);
    bool good = fclose(out) == 0 && write_end(&text, &size);
    if (!good)
        fail(failure, FAULT_MEMORY, 0, "no memory for the manifest");
    good = good && files_join(path, backup, file_name, failure) &&
           files_write(path, slice_of(text, size), 0600, failure);
    free(text);
    return good;
}

/* ---- reading ---- */

static bool hash_read(const char *text, struct hash *ret_hash)
{
    return strlen(text) == HASH_TEXT_SIZE - 1 && hex_read(text, ret_hash->bytes, HASH_SIZE);
}

/* A file below the backup, whoever wrote the line. */
static bool path_sound(const char *path)
{
    return path[0] != '/' && !strstr(path, "..");
}

static bool read_part(struct manifest *manifest, const char *line)
{
    char sum[HASH_TEXT_SIZE], path[FILES_NAME_MAX], plain[HASH_TEXT_SIZE];
    uint64_t size;
    int words = sscanf(line, "part %" SCNu64 " %64[0-9a-f] %127[A-Za-z0-9._/-] %64[0-9a-f]", &size,
                       sum, path, plain);
    if (words != PART_WORDS + manifest->sealed || !path_sound(path))
        return false;
    struct manifest_part *part = part_add(manifest, path);
    if (!part)
        return false;
    part->size = size;
    return hash_read(sum, &part->sum) && (!manifest->sealed || hash_read(plain, &part->plain));
}

static bool read_journal(struct manifest *manifest, const char *line)
{
    char incarnation[INCARNATION_TEXT_SIZE], chain[HASH_TEXT_SIZE];
    return sscanf(line,
                  "journal seq=%" SCNu64 " batch=%" SCNu64
                  " incarnation=%27[0-9a-f-] chain=%64[0-9a-f]",
                  &manifest->seq, &manifest->batch, incarnation, chain) == 4 &&
           incarnation_read(incarnation, &manifest->incarnation) &&
           hash_read(chain, &manifest->chain);
}

static bool read_line(struct manifest *manifest, const char *line)
{
    if (strncmp(line, "part ", 5) == 0)
        return read_part(manifest, line);
    if (strncmp(line, "journal ", 8) == 0)
        return read_journal(manifest, line);
    if (strncmp(line, "state ", 6) == 0) {
        manifest->with_state = true;
        return state_report_read(line, &manifest->state);
    }
    if (strncmp(line, "sealed-to ", 10) == 0) {
        manifest->sealed = true;
        return strlen(line) == 10 + 2 * sizeof manifest->key &&
               hex_read(line + 10, manifest->key, sizeof manifest->key);
    }
    if (strncmp(line, "of ", 3) == 0)
        return snprintf(manifest->of, sizeof manifest->of, "%s", line + 3) > 0;
    return strncmp(line, "made ", 5) == 0 || strcmp(line, "no state") == 0;
}

/* The last line has the sum of what stands before it. */
static char *end_of(char *text, size_t size)
{
    const size_t tail = sizeof "end \n" - 1 + HASH_TEXT_SIZE - 1;
    char hex[HASH_TEXT_SIZE];
    struct hash sum;
    if (size <= tail || strlen(text) != size)
        return NULL;
    char *end = text + size - tail;
    hash_of(text, (size_t)(end - text), &sum);
    hash_text(&sum, hex);
    bool same = end[-1] == '\n' && memcmp(end, "end ", 4) == 0 &&
                memcmp(end + 4, hex, HASH_TEXT_SIZE - 1) == 0 && text[size - 1] == '\n';
    return same ? end : NULL;
}

static bool read_head(struct manifest *manifest, const char *path, char *text, size_t size,
                      char **ret_end, struct failure *failure)
{
    char word[16] = "";
    int version = 0;
    if (sscanf(text, "tefter %15[a-z] %d\n", word, &version) == 2 && version < MANIFEST_VERSION &&
        version > 0)
        return fail(failure, FAULT_OLDER, 0,
                    "%s: this backup was made by an older tefterd, which wrote no sums; restore it "
                    "with that one, then upgrade",
                    path);
    *ret_end = end_of(text, size);
    if (!*ret_end)
        return fail(failure, FAULT_DAMAGED, 0, "%s is not what was written", path);
    if (version > MANIFEST_VERSION)
        return fail(failure, FAULT_NEWER, 0, "%s is of a newer tefterd", path);
    manifest->kind = strcmp(word, "follow") == 0 ? MANIFEST_FOLLOW : MANIFEST_BACKUP;
    return true;
}

static bool read_text(struct manifest *manifest, const char *path, char *text, size_t size,
                      struct failure *failure)
{
    char *end = text, *next;
    if (!read_head(manifest, path, text, size, &end, failure))
        return false;
    *end = '\0';
    char *line = strchr(text, '\n');
    for (line = line ? line + 1 : end; line < end; line = next + 1) {
        next = strchr(line, '\n');
        *next = '\0';
        if (!read_line(manifest, line))
            return fail(failure, FAULT_DAMAGED, 0, "%s has a line that makes no sense: %.80s", path,
                        line);
    }
    return true;
}

bool manifest_read(const char *backup, struct manifest *ret_manifest, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    size_t size;
    *ret_manifest = (struct manifest){.seq = 0};
    if (!files_join(path, backup, file_name, failure))
        return false;
    char *text = malloc(MANIFEST_BYTES_MAX);
    if (!text)
        return fail(failure, FAULT_MEMORY, 0, "no memory for %s", path);
    bool good = files_read(path, text, MANIFEST_BYTES_MAX, &size, failure) &&
                read_text(ret_manifest, path, text, size, failure);
    free(text);
    if (!good)
        manifest_fini(ret_manifest);
    return good;
}

void manifest_fini(struct manifest *manifest)
{
    free(manifest->parts);
    *manifest = (struct manifest){.seq = 0};
}

/* ---- checking ---- */

const struct manifest_part *manifest_part(const struct manifest *manifest, const char *path)
{
    for (size_t i = 0; i < manifest->part_count; i++)
        if (strcmp(manifest->parts[i].path, path) == 0)
            return &manifest->parts[i];
    return NULL;
}

static bool check_part(const char *backup, const struct manifest_part *part,
                       struct failure *failure)
{
    char file[FILES_PATH_MAX];
    struct stat facts;
    struct hash sum;
    if (!files_join(file, backup, part->path, failure))
        return false;
    if (stat(file, &facts))
        return fail(failure, FAULT_DAMAGED, errno, "%s is missing: the manifest names it", file);
    if ((uint64_t)facts.st_size != part->size)
        return fail(failure, FAULT_DAMAGED, 0, "%s has %lld bytes, and had %" PRIu64, file,
                    (long long)facts.st_size, part->size);
    if (!files_sum(file, &sum, failure))
        return false;
    return hash_equal(&sum, &part->sum) ||
           fail(failure, FAULT_DAMAGED, 0, "%s is not what was written: its sum is another", file);
}

static bool known_file(void *context, const char *path, const char *file, uint64_t size,
                       struct failure *failure)
{
    const struct manifest *manifest = context;
    (void)size;
    return !summed(manifest, path) || manifest_part(manifest, path) ||
           fail(failure, FAULT_DAMAGED, 0, "%s does not belong to this backup: no part of it",
                file);
}

/* What no ledger can be made without. */
static bool needed_there(const char *backup, const struct manifest *manifest,
                         struct failure *failure)
{
    static const char *const needed[] = {
        "format",          "journal/identity",    "vault/data.mdb", "keys/root.pem",
        "keys/server.pem", "keys/server-key.pem", "keys/token-key", "state/data.mdb"};
    char file[FILES_PATH_MAX];
    size_t count = sizeof needed / sizeof needed[0] - !manifest->with_state;
    for (size_t i = 0; i < count; i++) {
        if (!files_join(file, backup, needed[i], failure))
            return false;
        if (summed(manifest, needed[i]) ? !manifest_part(manifest, needed[i]) : !files_exist(file))
            return fail(failure, FAULT_DAMAGED, 0, "the backup %s has no %s", backup, needed[i]);
    }
    return true;
}

bool manifest_check(const char *backup, const struct manifest *manifest, struct failure *failure)
{
    if (!needed_there(backup, manifest, failure))
        return false;
    for (size_t i = 0; i < manifest->part_count; i++)
        if (!check_part(backup, &manifest->parts[i], failure))
            return false;
    return each_file(backup, known_file, (void *)(uintptr_t)manifest, failure);
}
