/*
 * Judges one image of a real ledger's folder after a power cut, by what a start does to it.
 *
 *   power_ledger IMAGE ACKS TEFTERD [distrust]
 *
 * ACKS holds a line `seq id reply` (the last two in hex) for each reply that a terminal had before
 * the cut. The image is recovered as by a machine that was booted again; then
 *
 *   - each acknowledged id is in the journal once, at its seq, and its reply is the same (lost);
 *   - no id is there twice, every text a command speaks of is in the vault, with its digest;
 *   - the chain is whole, the state stands at its end, balances and books add up;
 *   - closed and opened once more it stands at the same seq, and is trusted.
 *
 * The last word said is the last seq there is, or 0 for a loss.
 */
#include "ledger.h"

#include "base/grow.h"
#include "datadir/hex.h"
#include "engine/instance.h"
#include "recovery/shutdown_marker.h"
#include "recovery/subprocess.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 256 * 1024, ARENA_BYTES = 256 << 20 };

struct entry {
    uint8_t id[COMMAND_ID_SIZE];
    uint64_t seq;
    struct hash request;
};

struct image {
    struct instance instance;
    struct settings settings;
    struct entry *entries;
    size_t count, capacity;
    struct arena arena;
    struct vault_txn *texts;
    uint64_t seq;
};

/* What the image tells of its boot cannot be the boot in which it is judged. */
static bool boot_again(const struct image *image, struct failure *failure)
{
    struct datadir folder;
    struct marker marker;
    if (!datadir_init(&folder, image->settings.ledger, failure))
        return false;
    marker_read(folder.marker, &marker);
    if (marker.kind != MARKER_DIRTY)
        return true;
    snprintf(marker.place.boot, sizeof marker.place.boot, "00000000-0000-0000-0000-000000000000");
    return marker_write(folder.marker, &marker, failure);
}

/* ---- the journal: every entry, its texts ---- */

struct texts {
    struct image *image;
    uint64_t seq;
    struct failure *failure;
};

static void text_check(void *context, ProtobufCMessage *part)
{
    struct texts *texts = context;
    const Tefter__Text *text = (const Tefter__Text *)part;
    struct vault_ref ref = {.size = text->size};
    struct slice words;
    if (!text->has_id || texts->failure->fault)
        return;
    if (text->id.len != VAULT_ID_SIZE || text->digest.len != HASH_SIZE) {
        fail(texts->failure, FAULT_DAMAGED, 0, "a text of seq %" PRIu64 " has no id", texts->seq);
        return;
    }
    memcpy(ref.id.bytes, text->id.data, VAULT_ID_SIZE);
    memcpy(ref.digest.bytes, text->digest.data, HASH_SIZE);
    switch (vault_get(texts->image->texts, &ref, &words)) {
    case VAULT_FOUND:
        return;
    case VAULT_LOST:
    case VAULT_ERASED:
        fail(texts->failure, FAULT_DAMAGED, 0, "a text of seq %" PRIu64 " is not in the vault",
             texts->seq);
        return;
    case VAULT_WRONG:
        fail(texts->failure, FAULT_DAMAGED, 0, "a text of seq %" PRIu64 " is another", texts->seq);
        return;
    }
}

static bool entry_take(struct image *image, uint64_t seq, struct slice bytes,
                       struct failure *failure)
{
    struct texts texts = {image, seq, failure};
    arena_reset(&image->arena);
    const Tefter__Entry *entry =
        (const Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &image->arena);
    if (!entry || entry->id.len != COMMAND_ID_SIZE)
        return fail(failure, FAULT_DAMAGED, 0, "entry %" PRIu64 " cannot be read", seq);
    need(GROW(image->entries, image->capacity, image->count + 1));
    struct entry *kept = &image->entries[image->count++];
    struct slice command = slice_of(entry->command.data, entry->command.len);
    memcpy(kept->id, entry->id.data, COMMAND_ID_SIZE);
    kept->seq = seq;
    ledger_request_digest(command, &kept->request);
    ProtobufCMessage *whole = message_unpack(&tefter__command__descriptor, command, &image->arena);
    if (!whole)
        return fail(failure, FAULT_DAMAGED, 0, "command %" PRIu64 " cannot be read", seq);
    message_each(whole, &tefter__text__descriptor, text_check, &texts);
    return failure->fault == FAULT_NONE;
}

static bool batch_take(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct image *image = context;
    for (uint32_t i = 0; i < batch->count; i++)
        if (!entry_take(image, batch->first_seq + i, batch->entries[i], failure))
            return false;
    return true;
}

static int id_order(const void *a, const void *b)
{
    return memcmp(a, b, COMMAND_ID_SIZE);
}

static bool journal_check(struct image *image, struct failure *failure)
{
    image->texts = vault_read(image->instance.vault, failure);
    if (!image->texts)
        return false;
    bool good = journal_read(image->instance.journal, 1, batch_take, image, failure);
    vault_abort(image->texts);
    if (!good)
        return false;
    qsort(image->entries, image->count, sizeof *image->entries, id_order);
    for (size_t i = 1; i < image->count; i++)
        if (id_order(&image->entries[i - 1], &image->entries[i]) == 0)
            return fail(failure, FAULT_DAMAGED, 0,
                        "seq %" PRIu64 " and %" PRIu64 " are one command",
                        image->entries[i - 1].seq, image->entries[i].seq);
    return true;
}

/* ---- the state ---- */

static bool state_check(struct image *image, struct failure *failure)
{
    struct ledger_state state;
    struct journal_head head;
    journal_head(image->instance.journal, &head);
    if (!ledger_state(image->instance.ledger, &state, failure))
        return false;
    image->seq = state.seq;
    if (state.seq + 1 != head.next_seq || !hash_equal(&state.chain, &head.chain))
        return fail(failure, FAULT_DAMAGED, 0, "the state is not at the journal's end");
    return books_right(image->instance.ledger, failure);
}

/* ---- what was acknowledged ---- */

/* NULL: it is there; else what is missing. */
static const char *ack_miss(struct image *image, char *line, uint64_t *ret_seq)
{
    static uint8_t reply[LINE_BYTES / 2];
    char *id_text = NULL, *reply_text = NULL;
    struct entry wanted;
    struct ledger_answered known;
    bool same;
    line[strcspn(line, "\n")] = '\0';
    *ret_seq = strtoull(line, &id_text, 10);
    id_text += *id_text == ' ';
    reply_text = strchr(id_text, ' ');
    reply_text = reply_text ? reply_text + 1 : id_text;
    if (!hex_read(id_text, wanted.id, sizeof wanted.id) ||
        !hex_read(reply_text, reply, strlen(reply_text) / 2))
        return "its acknowledgement cannot be read";
    const struct entry *found =
        image->count ? bsearch(&wanted, image->entries, image->count, sizeof wanted, id_order)
                     : NULL;
    if (!found)
        return "it is not in the journal";
    if (found->seq != *ret_seq)
        return "it has another seq";
    arena_reset(&image->arena);
    if (!ledger_known(image->instance.ledger, wanted.id, &found->request, &image->arena, &known,
                      &same) ||
        !same)
        return "the ledger does not know it";
    if (known.reply.size != strlen(reply_text) / 2 ||
        memcmp(known.reply.data, reply, known.reply.size) != 0)
        return "it has another reply";
    return NULL;
}

static bool acks_check(struct image *image, const char *path)
{
    static char line[LINE_BYTES];
    uint64_t seq;
    FILE *acks = fopen(path, "r");
    need(acks);
    while (fgets(line, sizeof line, acks)) {
        const char *miss = ack_miss(image, line, &seq);
        if (miss) {
            printf("lost: of seq %" PRIu64 " a terminal was told, but %s: 0\n", seq, miss);
            fclose(acks);
            return false;
        }
    }
    fclose(acks);
    return true;
}

/* ---- all of it ---- */

static bool reopen(struct image *image, struct failure *failure)
{
    struct ledger_state state;
    instance_close(&image->instance);
    image->settings.distrust = false;
    if (!instance_open(&image->instance, &image->settings, INSTANCE_USUAL, failure))
        return false;
    bool good = ledger_state(image->instance.ledger, &state, failure);
    if (good && (state.seq != image->seq || image->instance.recovered.distrust))
        good = fail(failure, FAULT_DAMAGED, 0, "opened once more it is not the same");
    instance_close(&image->instance);
    return good;
}

static int judge(struct image *image, const char *acks)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!boot_again(image, &failure) ||
        !instance_open(&image->instance, &image->settings, INSTANCE_USUAL, &failure)) {
        told(&failure);
        return CANNOT_OPEN;
    }
    if (!journal_check(image, &failure) || !state_check(image, &failure))
        return told(&failure);
    if (!acks_check(image, acks))
        return SOUND;
    if (!reopen(image, &failure))
        return told(&failure);
    printf("whole up to %" PRIu64 "\n", image->seq);
    return SOUND;
}

int main(int argc, char **argv)
{
    static struct image image;
    if (argc < 4 || !hash_setup())
        return WRONG_USE;
    subprocess_set_program(argv[3]);
    subprocess_set_map(MAP_BYTES);
    image.settings = (struct settings){.ledger = argv[1], .map_bytes = MAP_BYTES};
    image.settings.distrust = argc > 4 && strcmp(argv[4], "distrust") == 0;
    arena_init(&image.arena, ARENA_BYTES);
    return judge(&image, argv[2]);
}
