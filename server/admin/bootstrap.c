#include "admin/bootstrap.h"

#include "access/access.h"
#include "base/limits.h"
#include "base/sight.h"
#include "base/tell.h"

#include <stdio.h>
#include <unistd.h>

enum { HOST_SIZE = 256 };

static bool root_hash(const struct datadir *folder, struct hash *ret_hash, struct failure *failure)
{
    struct keys keys;
    int64_t ends_ms;
    if (!keys_read(folder, &keys, failure))
        return false;
    bool good = ca_certificate_facts(keys.root.certificate, ret_hash, &ends_ms, failure);
    keys_fini(&keys);
    return good;
}

bool bootstrap_code(struct instance *instance, uint32_t terminal, struct arena *arena,
                    char ret_code[], struct failure *failure)
{
    struct enrolment_code code;
    struct hash root;
    if (!root_hash(&instance->folder, &root, failure))
        return false;
    access_new_code(&root, &code);
    memcpy(ret_code, code.text, sizeof code.text);
    Tefter__SetEnrolmentCode set = TEFTER__SET_ENROLMENT_CODE__INIT;
    set.terminal = terminal;
    set.code_digest = (ProtobufCBinaryData){HASH_SIZE, code.digest.bytes};
    set.expires_ms = clock_now_ms(&instance->clock) + CODE_LIFE_MS;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE;
    command.set_enrolment_code = &set;
    return commit_one(instance->commit, &command, arena, NULL, failure);
}

bool bootstrap_browser(struct instance *instance, uint32_t terminal, const char *code,
                       struct slice key, struct arena *arena, struct failure *failure)
{
    Tefter__EnrolTerminal enrol = TEFTER__ENROL_TERMINAL__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    uint8_t secret[ENROL_SECRET_SIZE], root[ENROL_ROOT_SIZE];
    struct hash digest, fingerprint;
    if (!enrol_code_read(code, strlen(code), secret, root))
        return fail(failure, FAULT_BUG, 0, "the code of terminal %u cannot be read", terminal);
    enrol_code_digest(secret, &digest);
    hash_of(key.data, key.size, &fingerprint);
    enrol.terminal = terminal;
    enrol.code_digest = (ProtobufCBinaryData){HASH_SIZE, digest.bytes};
    enrol.serial = 1;
    enrol.fingerprint = (ProtobufCBinaryData){HASH_SIZE, fingerprint.bytes};
    enrol.has_key = 1;
    enrol.key = (ProtobufCBinaryData){key.size, (uint8_t *)(uintptr_t)key.data};
    command.kind_case = TEFTER__COMMAND__KIND_ENROL_TERMINAL;
    command.enrol_terminal = &enrol;
    return commit_one(instance->commit, &command, arena, NULL, failure);
}

static ProtobufCBinaryData text_bytes(const char *text)
{
    return (ProtobufCBinaryData){strlen(text), (uint8_t *)(uintptr_t)text};
}

bool bootstrap_secret(struct instance *instance, uint32_t staff, const char *password_hash,
                      const char *pin_hash, struct arena *arena, struct failure *failure)
{
    Tefter__SetSecret set = TEFTER__SET_SECRET__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    set.staff = staff;
    set.has_password_hash = 1;
    set.password_hash = text_bytes(password_hash);
    set.has_pin_hash = pin_hash != NULL;
    if (pin_hash != NULL)
        set.pin_hash = text_bytes(pin_hash);
    command.kind_case = TEFTER__COMMAND__KIND_SET_SECRET;
    command.set_secret = &set;
    return commit_one(instance->commit, &command, arena, NULL, failure);
}

/* ---- what to type next ---- */

/* Does a terminal show another text than the one that is told? */
static bool shown_otherwise(const char *word)
{
    struct sight_fault found;
    return !sight_clear(word, strlen(word), SIGHT_OF_A_LINE, &found) && found.flaw != SIGHT_EDGE &&
           found.flaw != SIGHT_BLANK;
}

/* As a shell reads it: in quotes when it needs them, and $'\x1b' for what nobody sees. */
static void put_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    bool named = shown_otherwise(word);
    const char *apart = named ? "'\\" : "'";
    if (*word && word[strspn(word, plain)] == '\0') {
        tell(stdout, "%s", word);
        return;
    }
    tell(stdout, named ? "$'" : "'");
    while (*word) {
        size_t size = strcspn(word, apart);
        tell(stdout, "%.*s", (int)size, word);
        word += size;
        if (*word)
            tell(stdout, named ? "\\%c" : "'\\%c'", *word++);
    }
    tell(stdout, "'");
}

void bootstrap_tell_serve(const struct settings *settings)
{
    tell(stdout, "  tefterd --ledger ");
    put_word(settings->ledger);
    if (settings->config) {
        tell(stdout, " --config ");
        put_word(settings->config);
    }
    if (strcmp(settings->listen, SETTINGS_LISTEN) != 0) {
        tell(stdout, " --listen ");
        put_word(settings->listen);
    }
    tell(stdout, "\n");
}

static bool one_of(const char *host, size_t size, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == size && strncmp(*names, host, size) == 0)
            return true;
    return false;
}

bool bootstrap_listens_to_all(const struct settings *settings)
{
    static const char *const every[] = {"", "0.0.0.0", "[::]", "::", "*", NULL};
    const char *colon = strrchr(settings->listen, ':');
    size_t size = colon ? (size_t)(colon - settings->listen) : strlen(settings->listen);
    return one_of(settings->listen, size, every);
}

/* How other devices can reach it, too. */
static void tell_to_open(const struct settings *settings, int size, const char *port)
{
    tell(stdout, "\nOnly this machine reaches %.*s. For other devices ", size, settings->listen);
    if (!settings->config) {
        tell(stdout, "the server needs --listen 0.0.0.0:%s.\n", port);
        return;
    }
    tell(stdout, "write listen = \"0.0.0.0:%s\" into ", port);
    put_word(settings->config);
    tell(stdout, " and start the server again.\n");
}

void bootstrap_tell(const char *code, const struct settings *settings)
{
    static const char *const here[] = {"127.0.0.1", "[::1]", "localhost", NULL};
    char own[HOST_SIZE] = "";
    const char *listen = settings->listen;
    const char *colon = strrchr(listen, ':');
    const char *port = colon ? colon + 1 : "7420";
    size_t size = colon ? (size_t)(colon - listen) : strlen(listen);
    bool open = strcmp(port, "0") == 0;
    bool any = bootstrap_listens_to_all(settings);
    if (gethostname(own, sizeof own - 1) != 0 || !*own)
        snprintf(own, sizeof own, "localhost");
    /* Every address is none that a device could call: a name in the certificate is. */
    const char *host = !any ? listen : settings->host_count ? settings->hosts[0] : own;
    size = any ? strlen(host) : size;
    bool brackets = any && strchr(host, ':');
    tell(stdout,
         "code %s\n\n"
         "It is good for %d minutes and for one device. On that device:\n\n"
         "  tefter enrol %s%.*s%s:%s %s\n"
         "  tefter login\n",
         code, (int)(CODE_LIFE_MS / 60000), brackets ? "[" : "", (int)size, host,
         brackets ? "]" : "", open ? "PORT" : port, code);
    if (open)
        tell(stdout, "\nPORT is what the server says at its start: listening on …\n");
    if (any)
        tell(stdout,
             "\n%s%.*s%s is this machine as other devices call it: its name on the network, "
             "or its address.\n",
             brackets ? "[" : "", (int)size, host, brackets ? "]" : "");
    if (!any && one_of(listen, size, here))
        tell_to_open(settings, (int)size, open ? "7420" : port);
}
