#include "session/texts.h"

#include "base/log.h"
#include "common.pb-c.h"
#include "reply.pb-c.h"
#include "wire/message.h"

#include <stdatomic.h>
#include <stdio.h>

enum { TOLD_MOST = 20 };

static _Atomic uint64_t unreadable;

void texts_begin(struct texts *texts, struct vault *vault, struct arena *arena)
{
    *texts = (struct texts){.vault = vault, .arena = arena};
}

void texts_end(struct texts *texts)
{
    vault_abort(texts->txn);
    texts->txn = NULL;
}

static bool reading(struct texts *texts)
{
    if (texts->txn == NULL && !texts->failed) {
        struct failure failure = {0};
        texts->txn = vault_read(texts->vault, &failure);
        texts->failed = texts->txn == NULL;
    }
    return texts->txn != NULL;
}

uint64_t texts_unreadable(void)
{
    return atomic_load_explicit(&unreadable, memory_order_relaxed);
}

/* Which one: its id begins with that of the command that brought it. The log names the first few,
 * `tefterd verify` all of them. */
static void tell_unreadable(const Tefter__Text *text, const char *why)
{
    char id[2 * VAULT_ID_SIZE + 1] = "";
    if (atomic_fetch_add_explicit(&unreadable, 1, memory_order_relaxed) >= TOLD_MOST)
        return;
    for (size_t i = 0; i < text->id.len && i < VAULT_ID_SIZE; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", text->id.data[i]);
    log_line(LOG_ERROR, "text_not_readable", "id", id, "why", why, "advice",
             "tefterd verify names all; tefterd restore --vault-only takes them from a backup",
             NULL);
}

static const char *why_unreadable(struct texts *texts, Tefter__Text *text)
{
    struct vault_ref ref = {.size = text->size};
    struct slice words;
    if (text->id.len != sizeof ref.id.bytes || text->digest.len != HASH_SIZE)
        return "its reference is damaged";
    if (!reading(texts))
        return "the vault cannot be read";
    memcpy(ref.id.bytes, text->id.data, sizeof ref.id.bytes);
    memcpy(ref.digest.bytes, text->digest.data, HASH_SIZE);
    switch (vault_get(texts->txn, &ref, &words)) {
    case VAULT_FOUND:
        text->value = arena_text(texts->arena, words.data, words.size);
        texts->spent = texts->spent || text->value == NULL;
        return NULL;
    case VAULT_ERASED:
        return NULL;
    case VAULT_LOST:
        return "it is not in the vault";
    case VAULT_WRONG:
        return "it is damaged";
    }
    return "it is of no known kind";
}

static void fill(struct texts *texts, Tefter__Text *text)
{
    const char *why = why_unreadable(texts, text);
    text->has_unreadable = text->unreadable = why != NULL;
    if (why)
        tell_unreadable(text, why);
}

static void each_text(void *context, ProtobufCMessage *part)
{
    Tefter__Text *text = (Tefter__Text *)part;
    if (text->value != NULL || !text->has_id)
        return;
    fill(context, text);
    text->has_id = false;
    text->has_size = false;
    text->has_digest = false;
}

void texts_fill(struct texts *texts, ProtobufCMessage *message)
{
    message_each(message, &tefter__text__descriptor, each_text, texts);
}

struct slice texts_row(struct texts *texts, struct slice row)
{
    if (message_kind(row) == TEFTER__ROW__KIND_ACCOUNT)
        return row;
    ProtobufCMessage *message = message_unpack(&tefter__row__descriptor, row, texts->arena);
    struct slice filled = {NULL, 0};
    if (message != NULL) {
        texts_fill(texts, message);
        filled = message_pack(message, texts->arena);
    }
    texts->spent = texts->spent || filled.size == 0;
    return filled.size == 0 ? row : filled;
}
