#include "golden/golden.h"

#include "base/check.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>

struct telling {
    struct ledger *ledger;
    struct ledger_id id;
    struct buffer *text;
    struct golden_cover *cover;
    struct arena arena;
};

__attribute__((format(printf, 2, 3))) static void say(struct telling *telling, const char *format,
                                                      ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    need(size > 0 && (size_t)size < sizeof line && buffer_put(telling->text, line, (size_t)size));
}

/* 0: none that this program can read. */
static unsigned kind_of(struct telling *telling, struct slice bytes)
{
    const Tefter__Entry *entry =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &telling->arena);
    if (entry == NULL || !entry->has_command)
        return 0;
    const Tefter__Command *command = (Tefter__Command *)message_unpack(
        &tefter__command__descriptor, slice_of(entry->command.data, entry->command.len),
        &telling->arena);
    return command != NULL ? command->kind_case : 0;
}

static void note(struct golden_cover *cover, unsigned kind, const struct ledger_result *result)
{
    need(kind < GOLDEN_NUMBERS && (unsigned)result->refused < GOLDEN_NUMBERS);
    cover->met[kind] = true;
    cover->done[kind] |= result->refused == 0 && !result->repeated;
    cover->refused[result->refused] = true;
}

static void tell_entry(struct telling *telling, uint64_t seq, struct slice bytes)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    arena_reset(&telling->arena);
    if (!ledger_apply(telling->ledger, seq, bytes, &telling->arena, &result, &failure))
        fail_msg("%s", failure.text);
    unsigned kind = kind_of(telling, bytes);
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tefter__command__descriptor, kind);
    const ProtobufCEnumValue *code = protobuf_c_enum_descriptor_get_value(
        &tefter__refusal_code__descriptor, (int)result.refused);
    note(telling->cover, kind, &result);
    say(telling, "%" PRIu64 " %s %s\n", seq, field != NULL ? field->name : "nothing",
        result.repeated       ? "repeated"
        : result.refused == 0 ? "done"
        : code != NULL        ? code->name
                              : "?");
}

static bool tell_batch(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct telling *telling = context;
    char digest_text[HASH_TEXT_SIZE];
    uint64_t seq;
    struct hash digest;
    if (!ledger_begin(telling->ledger, failure))
        return false;
    for (uint32_t i = 0; i < batch->count; i++)
        tell_entry(telling, batch->first_seq + i, batch->entries[i]);
    ledger_state_digest(telling->ledger, &seq, &digest);
    hash_text(&digest, digest_text);
    say(telling, "batch %" PRIu64 ": seq %" PRIu64 " to %" PRIu64 ", digest %s\n", batch->batch,
        batch->first_seq, seq, digest_text);
    return ledger_commit(telling->ledger, telling->id.bytes, &batch->incarnation, batch->batch,
                         &batch->chain, failure);
}

void golden_tell(struct journal *journal, struct ledger *ledger, struct buffer *text,
                 struct golden_cover *cover)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct telling telling = {.ledger = ledger, .text = text, .cover = cover};
    struct journal_head head;
    journal_head(journal, &head);
    telling.id = head.ledger;
    *cover = (struct golden_cover){.met = {false}};
    arena_init(&telling.arena, GOLDEN_MAP);
    if (!journal_read(journal, 1, tell_batch, &telling, &failure))
        fail_msg("%s", failure.text);
    arena_fini(&telling.arena);
}
