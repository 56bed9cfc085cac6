#include "session/texts.h"

#include "common.pb-c.h"
#include "reply.pb-c.h"
#include "wire/message.h"

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

static void fill(struct texts *texts, Tefter__Text *text)
{
    struct vault_id id;
    struct slice words;
    if (text->id.len != sizeof id.bytes || !reading(texts))
        return;
    memcpy(id.bytes, text->id.data, sizeof id.bytes);
    if (!vault_get(texts->txn, &id, &words))
        return;
    text->value = arena_text(texts->arena, words.data, words.size);
    texts->spent = texts->spent || text->value == NULL;
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
