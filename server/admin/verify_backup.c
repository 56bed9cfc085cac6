/*
 * tefterd verify --backup: is a backup what was written? Every part against the manifest, the chain
 * of its journal against the manifest's head, the seals of its audit log. Nothing is written beside
 * it. An encrypted one is opened too when the key is there.
 */
#include "admin/audit_copy.h"
#include "admin/backup.h"
#include "admin/backup_key.h"
#include "admin/commands.h"
#include "base/hash.h"
#include "base/tell.h"

#include <inttypes.h>
#include <stdio.h>

struct looking {
    const struct settings *settings;
    char path[FILES_PATH_MAX];
    struct manifest manifest;
    struct words words;
    struct access_audit_report audit;
};

/* Of a place that follows: of a backup the sum says that it is the vault that was verified. */
static bool words_there(struct looking *looking, struct failure *failure)
{
    struct words *words = &looking->words;
    if (!backup_words(looking->path, looking->settings, words, failure))
        return false;
    return words->lost + words->wrong == 0 ||
           fail(failure, FAULT_DAMAGED, 0,
                "in %s %" PRIu64 " of %" PRIu64 " texts are not readable: %s", looking->path,
                words->lost + words->wrong, words->texts, words->first);
}

static bool look_plain(struct looking *looking, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    struct journal_head head;
    struct manifest *manifest = &looking->manifest;
    struct journal_options options = {.path = path};
    bool follow = manifest->kind == MANIFEST_FOLLOW;
    if (!files_join(path, looking->path, "journal", failure) ||
        !backup_journal_fits(&options, &manifest->state, &head, failure))
        return false;
    uint64_t seq = head.next_seq - 1;
    bool fits = follow ? seq >= manifest->seq
                       : seq == manifest->seq && hash_equal(&head.chain, &manifest->chain);
    if (!fits)
        return fail(failure, FAULT_DAMAGED, 0,
                    "the journal of %s ends at seq %" PRIu64 ", its manifest says %" PRIu64,
                    looking->path, seq, manifest->seq);
    manifest->seq = seq;
    return (!follow || words_there(looking, failure)) &&
           audit_copy_whole(looking->path, &looking->audit, failure);
}

static bool look_sealed(struct looking *looking, struct failure *failure)
{
    struct seal_pair pair;
    if (!looking->settings->key)
        return true;
    bool good = backup_key_secret(looking->settings, &pair, failure) &&
                backup_unseal(looking->path, NULL, &pair, &looking->manifest, failure);
    secret_wipe(&pair, sizeof pair);
    return good;
}

static bool look(struct looking *looking, struct failure *failure)
{
    return backup_find(looking->settings->backup, looking->path, failure) &&
           manifest_read(looking->path, &looking->manifest, failure) &&
           manifest_check(looking->path, &looking->manifest, failure) &&
           (looking->manifest.sealed ? look_sealed : look_plain)(looking, failure);
}

int verify_backup_run(const struct settings *settings)
{
    static struct looking looking;
    struct failure failure = {.fault = FAULT_NONE};
    looking = (struct looking){.settings = settings};
    bool good = look(&looking, &failure);
    if (good)
        tell(stdout, "backup %s of %s is whole up to seq %" PRIu64 "%s\n", looking.path,
             looking.manifest.of, looking.manifest.seq,
             !looking.manifest.sealed ? ""
             : settings->key          ? ", and opens"
                                      : "; it is encrypted, and --key would show that it opens");
    if (good && looking.audit.lines > 0)
        tell(stdout, "audit log %" PRIu64 " lines, the newest %" PRIu64 " %s\n",
             looking.audit.lines, looking.audit.number, looking.audit.seal);
    manifest_fini(&looking.manifest);
    return good ? EXIT_DONE : settings_report(&failure);
}
