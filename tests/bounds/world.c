#include "bounds/world.h"

#include "base/grow.h"
#include "base/limits.h"
#include "domain/ledger_folder.h"
#include "engine/turns.h"
#include "ledger/inside.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    GROUP = 64,
    ANSWER_MEMORY = 32 * 1024 * 1024, /* as a session has for one answer */
    JSON_MAX = 64 * 1024,
};
#define COMMAND_MEMORY ((size_t)1024 * 1024 * 1024) /* as the writer has for a group */
#define MAP_BYTES ((size_t)8 * 1024 * 1024 * 1024)

/* Of all worlds of this program. */
static struct turns turns;

/* ---- the ledger ---- */

static void settle(struct world *w)
{
    if (w->begun)
        ledger_folder_commit(w->ledger);
    w->begun = false;
    w->in_group = 0;
}

static void keep(struct world *w, struct slice entry)
{
    uint8_t *copy = malloc(entry.size);
    need(copy != NULL && GROW(w->entries, w->entry_room, w->entry_count + 1));
    memcpy(copy, entry.data, entry.size);
    w->entries[w->entry_count++] = slice_of(copy, entry.size);
}

static const Tefter__Reply *apply(struct world *w, uint32_t kind, struct slice entry)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    uint64_t seq;
    if (!w->begun && !ledger_begin(w->ledger, &failure))
        fail_msg("%s", failure.text);
    w->begun = true;
    keep(w, entry);
    struct turn turn = turn_begin(&turns);
    bool applied = ledger_apply(w->ledger, ++w->seq, entry, &w->arena, &result, &failure);
    turn_end(&turns, turn, TURN_COMMAND, kind);
    if (!applied)
        fail_msg("seq %llu: %s", (unsigned long long)w->seq, failure.text);
    ledger_state_digest(w->ledger, &seq, &w->digest);
    if (++w->in_group == GROUP)
        settle(w);
    assert_true(result.reply.size > 0);
    const Tefter__Reply *reply =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, result.reply, &w->arena);
    assert_non_null(reply);
    assert_int_not_equal(reply->result_case, TEFTER__REPLY__RESULT__NOT_SET);
    bool refused = reply->result_case == TEFTER__REPLY__RESULT_REFUSED;
    assert_int_equal(refused, result.refused != 0);
    if (refused && result.refused == TEFTER__REFUSAL_CODE__TOO_MANY)
        assert_true(reply->refused->has_most); /* a bound is named */
    w->applied++;
    w->refused += refused;
    return reply;
}

/* As the writer does it: the vault has the words, the command where they are. */
static void text_move(void *context, ProtobufCMessage *part)
{
    struct world *w = context;
    Tefter__Text *text = (Tefter__Text *)part;
    struct hash digest;
    if (text->value == NULL)
        return;
    text->has_id = text->has_size = text->has_digest = true;
    text->size = (uint32_t)strlen(text->value);
    hash_of(text->value, text->size, &digest);
    text->digest = (ProtobufCBinaryData){HASH_SIZE, arena_copy(&w->arena, digest.bytes, HASH_SIZE)};
    text->id = (ProtobufCBinaryData){18, arena_copy(&w->arena, digest.bytes, 18)};
    be64_put(text->id.data, w->counter); /* another place each time */
    text->value = NULL;
}

static struct slice entry_of(struct world *w, struct slice command)
{
    uint8_t id[COMMAND_ID_SIZE] = {0};
    be16_put(id, (uint16_t)(w->now_ms >> 32));
    be32_put(id + 2, (uint32_t)w->now_ms);
    be32_put(id + 6, w->actor.terminal);
    be32_put(id + 12, (uint32_t)++w->counter);
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = w->now_ms;
    entry.actor = &w->actor;
    entry.has_command = true;
    entry.command = (ProtobufCBinaryData){command.size, (uint8_t *)command.data};
    return message_pack(&entry.base, &w->arena);
}

/* ---- commands and questions ---- */

static const Tefter__Reply *do_bytes(struct world *w, struct slice bytes)
{
    if (bytes.size > FRAME_TO_SERVER_MAX ||
        !message_scan(&tefter__command__descriptor, bytes, NULL)) {
        w->unread++;
        return NULL;
    }
    ProtobufCMessage *command = message_unpack(&tefter__command__descriptor, bytes, &w->arena);
    assert_non_null(command);
    message_each(command, &tefter__text__descriptor, text_move, w);
    return apply(w, message_kind(bytes), entry_of(w, message_pack(command, &w->arena)));
}

const Tefter__Reply *world_do(struct world *w, const Tefter__Command *command)
{
    arena_reset(&w->arena);
    return do_bytes(w, message_pack(&command->base, &w->arena));
}

static void add_words(void *context, ProtobufCMessage *part)
{
    size_t *bytes = context;
    *bytes += ((const Tefter__Text *)part)->size;
}

/* Lists whose pages nobody can ask to be smaller: what does not fit would never be seen. */
static bool must_fit(Tefter__Answer__KindCase kind)
{
    return kind == TEFTER__ANSWER__KIND_CUSTOMER_CHANGES || kind == TEFTER__ANSWER__KIND_LIMITS ||
           kind == TEFTER__ANSWER__KIND_APPROVALS || kind == TEFTER__ANSWER__KIND_STAFF ||
           kind == TEFTER__ANSWER__KIND_CUSTOMER_CARD || kind == TEFTER__ANSWER__KIND_BRANCHES ||
           kind == TEFTER__ANSWER__KIND_TERMINALS || kind == TEFTER__ANSWER__KIND_GROUPS ||
           kind == TEFTER__ANSWER__KIND_MONEY_ACCOUNTS ||
           kind == TEFTER__ANSWER__KIND_UNPAID_BILLS || kind == TEFTER__ANSWER__KIND_DOCUMENT ||
           kind == TEFTER__ANSWER__KIND_UNMATCHED_MONEY ||
           kind == TEFTER__ANSWER__KIND_PREVIEW_MATCH || kind == TEFTER__ANSWER__KIND_TRIAL_BALANCE;
}

/* An answer must come to bytes that fit in a frame, with the words of its texts; and those be read
 * again. */
static void check_answer(struct world *w, Tefter__Answer *answer)
{
    struct slice bytes = message_pack(&answer->base, &w->arena);
    struct message_fault fault = {.path = ""};
    size_t size = bytes.size;
    assert_true(bytes.size > 0);
    message_each(&answer->base, &tefter__text__descriptor, add_words, &size);
    if (must_fit(answer->kind_case) && size > FRAME_TO_CLIENT_MAX)
        fail_msg("an answer of kind %d of %zu bytes", (int)answer->kind_case, size);
    if (!message_scan_as(&tefter__answer__descriptor, bytes, MESSAGE_OF_SERVER, &fault))
        fail_msg("an answer that no client reads: %s: %s", fault.path, fault.what);
}

static const Tefter__Answer *ask_bytes(struct world *w, struct slice bytes)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (bytes.size > FRAME_TO_SERVER_MAX ||
        !message_scan(&tefter__query__descriptor, bytes, NULL)) {
        w->unread++;
        return NULL;
    }
    const Tefter__Query *query =
        (Tefter__Query *)message_unpack(&tefter__query__descriptor, bytes, &w->arena);
    assert_non_null(query);
    settle(w);
    struct ledger_view *view = ledger_view_begin(w->ledger, &w->arena, &failure);
    assert_non_null(view);
    /* What the search index found: customers, and one that this view does not know yet. */
    static const uint32_t found[] = {1, 2, 3, 4000000};
    static const struct ledger_hits hits = {found, sizeof found / sizeof found[0]};
    struct turn turn = turn_begin(&turns);
    Tefter__Answer *answer = ledger_view_answer(view, query, &w->actor, &hits, LEDGER_WORK_ANY);
    turn_end(&turns, turn, TURN_QUERY, (uint32_t)query->kind_case);
    check_answer(w, answer);
    ledger_view_end(view);
    w->answered++;
    w->answers_refused += answer->kind_case == TEFTER__ANSWER__KIND_REFUSED;
    return answer;
}

const Tefter__Answer *world_ask(struct world *w, const Tefter__Query *query)
{
    arena_reset(&w->arena);
    w->arena.bound = ANSWER_MEMORY;
    const Tefter__Answer *answer = ask_bytes(w, message_pack(&query->base, &w->arena));
    w->arena.bound = COMMAND_MEMORY;
    return answer;
}

__attribute__((format(printf, 3, 0))) static struct slice
packed_json(struct world *w, const ProtobufCMessageDescriptor *type, const char *format,
            va_list arguments)
{
    static char text[JSON_MAX];
    struct message_fault fault = {.path = ""};
    int size = vsnprintf(text, sizeof text, format, arguments);
    need(size > 0 && (size_t)size < sizeof text);
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    arena_reset(&w->arena);
    const ProtobufCMessage *message = message_of_json(type, slice_text(text), &w->arena, &fault);
    if (message == NULL)
        fail_msg("%s: %s: %s", text, fault.path, fault.what);
    return message_pack(message, &w->arena);
}

const Tefter__Reply *world_say(struct world *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct slice bytes = packed_json(w, &tefter__command__descriptor, format, arguments);
    va_end(arguments);
    return do_bytes(w, bytes);
}

const Tefter__Done *world_done(struct world *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct slice bytes = packed_json(w, &tefter__command__descriptor, format, arguments);
    va_end(arguments);
    const Tefter__Reply *reply = do_bytes(w, bytes);
    if (reply == NULL || reply->result_case != TEFTER__REPLY__RESULT_DONE)
        fail_msg("%s: refused with %s (%s)", format,
                 reply != NULL ? world_word(reply->refused) : "an error of form",
                 reply != NULL && reply->refused->field != NULL ? reply->refused->field : "");
    return reply->done;
}

const Tefter__Answer *world_wonder(struct world *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct slice bytes = packed_json(w, &tefter__query__descriptor, format, arguments);
    va_end(arguments);
    w->arena.bound = ANSWER_MEMORY;
    const Tefter__Answer *answer = ask_bytes(w, bytes);
    w->arena.bound = COMMAND_MEMORY;
    return answer;
}

const char *world_word(const Tefter__Refusal *refusal)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&tefter__refusal_code__descriptor, (int)refusal->code);
    return value != NULL ? value->name : "?";
}

void world_as(struct world *w, uint32_t staff)
{
    w->actor.has_staff = w->actor.has_terminal = w->actor.has_branch = staff != 0;
    w->actor.staff = staff;
    w->actor.terminal = staff != 0;
    w->actor.branch = staff != 0;
}

/* ---- beginning and end ---- */

void world_begin(struct world *w, uint32_t rules_version)
{
    need(hash_setup());
    if (turns.thread == NULL)
        turns_init(&turns, "test", UINT32_MAX);
    *w = (struct world){.now_ms = (int64_t)WORLD_DAY * 24 * 3600 * 1000,
                        .actor = TEFTER__ACTOR__INIT};
    arena_init(&w->arena, COMMAND_MEMORY);
    snprintf(w->path, sizeof w->path, "/tmp/tefter-bounds-XXXXXX");
    assert_non_null(mkdtemp(w->path));
    w->ledger = ledger_folder_open(w->path, MAP_BYTES);
    world_done(w,
               "{'create_company': {'name': 'Hải Long', 'currency': 'EUR', 'admin_login': 'owner', "
               "'rules_version': %u, 'date': %d}}",
               rules_version, WORLD_DAY);
    world_done(w, "{'add_terminal': {'branch': 1, 'name': 'till 1'}}");
    world_as(w, WORLD_OWNER);
}

void world_check(struct world *w)
{
    struct ledger_check check;
    struct failure failure = {.fault = FAULT_NONE};
    settle(w);
    if (!ledger_check(w->ledger, &check, &failure))
        fail_msg("%s", failure.text);
    if (check.what[0] != '\0')
        fail_msg("customer %llu: %s", (unsigned long long)check.wrong_customer, check.what);
}

static void replay(struct world *w, size_t group)
{
    char path[] = "/tmp/tefter-bounds-XXXXXX";
    struct failure failure = {.fault = FAULT_NONE};
    struct hash digest = {{0}};
    assert_non_null(mkdtemp(path));
    struct ledger *ledger = ledger_folder_open(path, MAP_BYTES);
    for (size_t i = 0; i < w->entry_count; i++) {
        struct ledger_result result;
        uint64_t seq;
        if (i % group == 0)
            assert_true(ledger_begin(ledger, &failure));
        arena_reset(&w->arena);
        assert_true(ledger_apply(ledger, i + 1, w->entries[i], &w->arena, &result, &failure));
        ledger_state_digest(ledger, &seq, &digest);
        if (i % group == group - 1 || i + 1 == w->entry_count)
            ledger_folder_commit(ledger);
    }
    assert_memory_equal(&digest, &w->digest, sizeof digest);
    ledger_close(ledger);
    ledger_folder_remove(path);
}

static void put_bytes(struct world *w, const struct key *key, struct slice value)
{
    struct failure failure = {.fault = FAULT_NONE};
    settle(w);
    if (!ledger_begin(w->ledger, &failure))
        fail_msg("%s", failure.text);
    store_put(w->ledger->txn, key->tree, slice_of(key->bytes, key->size), value);
    ledger_folder_commit(w->ledger);
}

void world_put(struct world *w, const struct key *key, const ProtobufCMessage *record)
{
    arena_reset(&w->arena);
    put_bytes(w, key, message_pack(record, &w->arena));
}

void world_put_number(struct world *w, const struct key *key, int64_t value)
{
    uint8_t bytes[8];
    be64_put(bytes, (uint64_t)value);
    put_bytes(w, key, slice_of(bytes, sizeof bytes));
}

void world_end(struct world *w)
{
    world_check(w);
    replay(w, 511);
    world_drop(w);
}

void world_drop(struct world *w)
{
    settle(w);
    ledger_close(w->ledger);
    ledger_folder_remove(w->path);
    for (size_t i = 0; i < w->entry_count; i++)
        free((uint8_t *)w->entries[i].data);
    free(w->entries);
    arena_fini(&w->arena);
}

static int compare_turns(const void *a, const void *b)
{
    uint64_t left = ((const struct turn_longest *)a)->us;
    uint64_t right = ((const struct turn_longest *)b)->us;
    return (left < right) - (left > right);
}

void world_print_turns(void)
{
    enum { SHOWN = 8 };
    static struct turn_longest all[TURN_KINDS * TURN_NUMBERS];
    size_t place = 0;
    size_t count = 0;
    while (turns_next(&turns, &place, &all[count]))
        count++;
    qsort(all, count, sizeof all[0], compare_turns);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        printf("the longest turns: %llu.%03llu ms  %s\n", (unsigned long long)all[i].us / 1000,
               (unsigned long long)all[i].us % 1000, all[i].name);
}

double world_seconds(void)
{
    static struct timespec begin;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (begin.tv_sec == 0)
        begin = now;
    return (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9;
}
