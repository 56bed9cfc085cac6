#include "lib/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- which folder ---- */

static bool folder_from(const char *base, const char *tail, char out[TEFTER_PATH_MAX])
{
    if (base == NULL || base[0] == '\0')
        return false;
    int size = snprintf(out, TEFTER_PATH_MAX, "%s%s", base, tail);
    return size > 0 && size < TEFTER_PATH_MAX;
}

bool tefter_profile_folder(const char *wanted, char out[TEFTER_PATH_MAX], struct failure *failure)
{
    if (folder_from(wanted, "", out) || folder_from(getenv("TEFTER_PROFILE"), "", out) ||
        folder_from(getenv("XDG_CONFIG_HOME"), "/tefter", out) ||
        folder_from(getenv("HOME"), "/.config/tefter", out))
        return true;
    return fail(failure, FAULT_USE, 0,
                "there is no folder for the profile: say --profile DIR or set TEFTER_PROFILE");
}

/* ---- key = value ---- */

static bool text_bytes(const char *hex, size_t size, uint8_t *out, size_t wanted)
{
    if (size != 2 * wanted)
        return false;
    for (size_t i = 0; i < wanted; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        char *end = NULL;
        out[i] = (uint8_t)strtoul(pair, &end, 16);
        if (end != pair + 2)
            return false;
    }
    return true;
}

static void take_text(char *out, size_t capacity, const char *value)
{
    (void)snprintf(out, capacity, "%s", value);
}

static bool take_pair(struct tefter_enrolment *enrolment, const char *key, const char *value)
{
    if (strcmp(key, "server") == 0)
        take_text(enrolment->address, sizeof(enrolment->address), value);
    else if (strcmp(key, "name") == 0)
        take_text(enrolment->name, sizeof(enrolment->name), value);
    else if (strcmp(key, "company") == 0)
        take_text(enrolment->company, sizeof(enrolment->company), value);
    else if (strcmp(key, "terminal") == 0)
        enrolment->terminal = (uint32_t)strtoul(value, NULL, 10);
    else if (strcmp(key, "not_after") == 0)
        enrolment->not_after_ms = strtoll(value, NULL, 10);
    else if (strcmp(key, "root") == 0)
        return text_bytes(value, strlen(value), enrolment->root.bytes, HASH_SIZE);
    return true; /* of a later version */
}

static char *trimmed(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t size = strlen(text);
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r'))
        text[--size] = '\0';
    return text;
}

static bool take_line(struct tefter_enrolment *enrolment, char *line)
{
    char *start = trimmed(line);
    if (*start == '\0' || *start == '#')
        return true;
    char *equals = strchr(start, '=');
    if (equals == NULL)
        return false;
    *equals = '\0';
    return take_pair(enrolment, trimmed(start), trimmed(equals + 1));
}

static bool take_config(struct tefter_enrolment *enrolment, char *text, const char *folder,
                        struct failure *failure)
{
    char *rest = text;
    for (int number = 1; rest != NULL && *rest != '\0'; number++) {
        char *line = strsep(&rest, "\n");
        if (!take_line(enrolment, line))
            return fail(failure, FAULT_USE, 0, "%s/config:%d: this is not \"key = value\"", folder,
                        number);
    }
    return true;
}

static bool read_config(const char *folder, struct arena *arena, struct tefter_enrolment *enrolment,
                        struct failure *failure)
{
    struct slice config;
    if (!folder_read(folder, "config", PROFILE_FILE_MAX, arena, &config, failure))
        return false;
    if (config.data == NULL)
        return true;
    char *text = arena_text(arena, config.data, config.size);
    if (text == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the profile");
    return take_config(enrolment, text, folder, failure);
}

bool tefter_profile_read(const char *folder, struct tefter_enrolment *ret_enrolment,
                         struct failure *failure)
{
    struct arena arena;
    struct tls_identity identity;
    *ret_enrolment = (struct tefter_enrolment){0};
    arena_init(&arena, 4 * PROFILE_FILE_MAX);
    bool good = read_config(folder, &arena, ret_enrolment, failure) &&
                profile_identity(folder, &arena, &identity, failure);
    if (good)
        ret_enrolment->enrolled = identity.key.size > 0 && ret_enrolment->terminal != 0;
    arena_fini(&arena);
    return good;
}

/* A value stands on one line. */
static void put_pair(char *out, size_t capacity, const char *key, const char *value)
{
    size_t used = strlen(out);
    (void)snprintf(out + used, capacity - used, "%s = %s\n", key, value);
    for (char *at = out + used; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 && at[1] != '\0')
            *at = ' ';
    }
}

static void put_number(char *out, size_t capacity, const char *key, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    put_pair(out, capacity, key, text);
}

bool profile_config_write(const char *folder, const struct tefter_enrolment *enrolment,
                          struct failure *failure)
{
    char text[2048] = "# written by `tefter enrol`\n";
    char root[HASH_TEXT_SIZE];
    hash_text(&enrolment->root, root);
    put_pair(text, sizeof(text), "server", enrolment->address);
    put_number(text, sizeof(text), "terminal", enrolment->terminal);
    put_pair(text, sizeof(text), "name", enrolment->name);
    put_pair(text, sizeof(text), "company", enrolment->company);
    put_pair(text, sizeof(text), "root", root);
    put_number(text, sizeof(text), "not_after", enrolment->not_after_ms);
    return folder_write(folder, "config", slice_text(text), 0644, failure);
}

/* Is it the line of this key? */
static bool says(const char *line, size_t size, const char *key)
{
    size_t start = strspn(line, " \t");
    size_t length = strlen(key);
    return start + length < size && strncmp(line + start, key, length) == 0 &&
           line[start + length + strspn(line + start + length, " \t")] == '=';
}

static bool with_server(const char *config, const char *address, struct buffer *out)
{
    bool good = buffer_put(out, "server = ", 9) && buffer_put(out, address, strlen(address)) &&
                buffer_put(out, "\n", 1);
    while (good && *config != '\0') {
        size_t size = strcspn(config, "\n");
        size += config[size] == '\n';
        good = says(config, size, "server") || buffer_put(out, config, size);
        config += size;
    }
    return good;
}

bool tefter_profile_move(const char *folder, const char *address, struct failure *failure)
{
    struct arena arena;
    struct slice config;
    struct buffer out;
    int lock = -1;
    arena_init(&arena, 4 * PROFILE_FILE_MAX);
    buffer_init(&out, PROFILE_FILE_MAX);
    bool good = folder_lock(folder, &lock, failure) &&
                folder_read(folder, "config", PROFILE_FILE_MAX, &arena, &config, failure);
    if (good && !with_server(config.data == NULL ? "" : (const char *)config.data, address, &out))
        good = fail(failure, FAULT_FULL, 0, "%s/config is too long", folder);
    good = good && folder_write(folder, "config", buffer_slice(&out), 0644, failure);
    if (lock >= 0)
        folder_unlock(lock);
    buffer_fini(&out);
    arena_fini(&arena);
    return good;
}

/* ---- certificate and key ---- */

static struct slice pem_part(struct slice file, const char *begin, const char *end)
{
    const char *start = memmem(file.data, file.size, begin, strlen(begin));
    if (start == NULL)
        return (struct slice){NULL, 0};
    size_t left = file.size - (size_t)((const uint8_t *)start - file.data);
    const char *stop = memmem(start, left, end, strlen(end));
    if (stop == NULL)
        return (struct slice){NULL, 0};
    return slice_of(start, (size_t)(stop - start) + strlen(end));
}

bool profile_identity(const char *folder, struct arena *arena, struct tls_identity *ret_identity,
                      struct failure *failure)
{
    struct slice file;
    *ret_identity = (struct tls_identity){{NULL, 0}, {NULL, 0}};
    if (!folder_read(folder, "identity.pem", PROFILE_FILE_MAX, arena, &file, failure))
        return false;
    if (file.data == NULL)
        return true;
    ret_identity->certificate =
        pem_part(file, "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----\n");
    ret_identity->key =
        pem_part(file, "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----\n");
    if (ret_identity->certificate.size == 0 || ret_identity->key.size == 0)
        return fail(failure, FAULT_DAMAGED, 0,
                    "%s/identity.pem holds no certificate and key; enrol this terminal anew",
                    folder);
    return true;
}

bool profile_identity_write(const char *folder, struct slice certificate, struct slice key,
                            struct failure *failure)
{
    struct buffer file;
    buffer_init(&file, PROFILE_FILE_MAX);
    bool good = buffer_put(&file, certificate.data, certificate.size) &&
                buffer_put(&file, "\n", 1) && buffer_put(&file, key.data, key.size);
    if (!good)
        (void)fail(failure, FAULT_MEMORY, 0, "the certificate is too big");
    good = good && folder_write(folder, "identity.pem", buffer_slice(&file), 0600, failure);
    if (file.data != NULL)
        secret_wipe(file.data, file.size);
    buffer_fini(&file);
    return good;
}

/* ---- token: eight bytes of expiry, then the token ---- */

bool profile_token_read(const char *folder, struct profile_token *ret_token,
                        struct failure *failure)
{
    struct arena arena;
    struct slice file;
    *ret_token = (struct profile_token){0};
    arena_init(&arena, 4 * PROFILE_TOKEN_MAX);
    bool good = folder_read(folder, "token", 8 + PROFILE_TOKEN_MAX, &arena, &file, failure);
    if (good && file.size > 8) {
        ret_token->expires_ms = (int64_t)be64_get(file.data);
        ret_token->size = file.size - 8;
        memcpy(ret_token->bytes, file.data + 8, ret_token->size);
    }
    arena_fini(&arena);
    return good;
}

bool profile_token_write(const char *folder, const struct profile_token *token,
                         struct failure *failure)
{
    uint8_t file[8 + PROFILE_TOKEN_MAX];
    if (token->size == 0)
        return folder_remove(folder, "token", failure);
    be64_put(file, (uint64_t)token->expires_ms);
    memcpy(file + 8, token->bytes, token->size);
    bool good = folder_write(folder, "token", slice_of(file, 8 + token->size), 0600, failure);
    secret_wipe(file, sizeof(file));
    return good;
}

/* ---- incarnation ---- */

bool profile_incarnation_read(const char *folder, struct incarnation *ret_incarnation)
{
    struct arena arena;
    struct slice file;
    *ret_incarnation = (struct incarnation){0};
    arena_init(&arena, PROFILE_FILE_MAX);
    bool good = folder_read(folder, "incarnation", INCARNATION_TEXT_SIZE, &arena, &file, NULL);
    if (good && file.data != NULL) {
        const char *text = arena_text(&arena, file.data, file.size);
        good = text != NULL && incarnation_read(text, ret_incarnation);
    }
    if (!good)
        *ret_incarnation = (struct incarnation){0};
    arena_fini(&arena);
    return good;
}

bool profile_incarnation_write(const char *folder, const struct incarnation *incarnation,
                               struct failure *failure)
{
    char text[INCARNATION_TEXT_SIZE];
    incarnation_write(incarnation, text);
    return folder_write(folder, "incarnation", slice_text(text), 0600, failure);
}

/* ---- mark ---- */

void profile_mark_read(const char *folder, struct profile_mark *ret_mark)
{
    struct arena arena;
    struct slice file;
    ret_mark->size = 0;
    arena_init(&arena, 1024);
    if (folder_read(folder, "mark", PROFILE_MARK_MAX, &arena, &file, NULL) && file.size > 0) {
        memcpy(ret_mark->bytes, file.data, file.size);
        ret_mark->size = file.size;
    }
    arena_fini(&arena);
}

static bool is_newer(struct slice mark, const struct profile_mark *kept)
{
    return kept->size < 8 || be64_get(mark.data) > be64_get(kept->bytes);
}

bool profile_mark_keep(const char *folder, struct slice mark)
{
    int lock = -1;
    struct profile_mark kept;
    if (mark.size < 8 || mark.size > PROFILE_MARK_MAX || !folder_lock(folder, &lock, NULL))
        return false;
    profile_mark_read(folder, &kept);
    bool good = !is_newer(mark, &kept) || folder_write(folder, "mark", mark, 0600, NULL);
    folder_unlock(lock);
    return good;
}
