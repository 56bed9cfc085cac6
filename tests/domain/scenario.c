#include "domain/scenario.h"

#include "base/grow.h"
#include "domain/ledger_folder.h"
#include "wire/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAY = 20000, ARENA_MAX = 256 * 1024 * 1024, SCENARIO_MAP = 256 * 1024 * 1024 };

const char *json(const char *format, ...)
{
    static char lines[64][16384];
    static unsigned next;
    char *line = lines[next++ % 64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof lines[0], format, arguments);
    va_end(arguments);
    return line;
}

static struct slice double_quoted(struct scenario *s, const char *text)
{
    char *copy = arena_text(&s->arena, text, strlen(text));
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    return slice_text(copy);
}

/* {"<name>": {fields}} as a message of the type. */
static ProtobufCMessage *wrapped(struct scenario *s, const ProtobufCMessageDescriptor *type,
                                 const char *name, const char *fields)
{
    struct message_fault fault = {.path = ""};
    const char *text = json("{'%s': %s}", name, fields);
    ProtobufCMessage *message = message_of_json(type, double_quoted(s, text), &s->arena, &fault);
    if (message == NULL)
        fail_msg("%s: %s: %s", text, fault.path, fault.what);
    return message;
}

/* ---- the ledger ---- */

static void remember(struct scenario *s, struct slice entry)
{
    need(GROW(s->entries, s->entry_room, s->entry_count + 1));
    s->entries[s->entry_count++] = entry;
}

const Tefter__Reply *scenario_apply_entry(struct scenario *s, const Tefter__Entry *entry)
{
    struct slice bytes = message_pack(&entry->base, &s->arena);
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    remember(s, bytes);
    if (entry->has_after) {
        s->jumped_at = s->entry_count - 1;
        s->jumped = entry->after - s->seq;
        s->seq = entry->after;
    }
    if (!ledger_begin(s->ledger, &failure) ||
        !ledger_apply(s->ledger, ++s->seq, bytes, &s->arena, &result, &failure))
        fail_msg("%s", failure.text);
    memcpy(s->last.id, entry->id.data, COMMAND_ID_SIZE);
    s->last.command = slice_of(entry->command.data, entry->command.len);
    s->last.receipt = result.receipt;
    uint64_t seq;
    ledger_state_digest(s->ledger, &seq, &s->state_digest);
    ledger_folder_commit(s->ledger);
    return (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, result.reply, &s->arena);
}

/* As the writer does it: the vault has the text, the command its id, size and digest. */
static void text_move(void *context, ProtobufCMessage *part)
{
    struct scenario *s = context;
    Tefter__Text *text = (Tefter__Text *)part;
    struct hash digest;
    if (text->value == NULL)
        return;
    text->size = (uint32_t)strlen(text->value);
    hash_of(text->value, text->size, &digest);
    uint8_t *bytes = arena_take(&s->arena, 2 * HASH_SIZE);
    memcpy(bytes, digest.bytes, HASH_SIZE);
    memcpy(bytes + HASH_SIZE, digest.bytes, HASH_SIZE);
    be64_put(bytes + HASH_SIZE, s->counter); /* another reference each time */
    text->value = NULL;
    text->has_id = text->has_size = text->has_digest = true;
    text->id = (ProtobufCBinaryData){18, bytes + HASH_SIZE};
    text->digest = (ProtobufCBinaryData){HASH_SIZE, bytes};
}

/* What a terminal hears that asks first; 0: that it would be done, -1: they may not ask. */
static int code_tried(struct scenario *s, const Tefter__Command *command)
{
    enum { TRY_BYTES = 512 * 1024 * 1024 };
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    Tefter__TryCommand what = TEFTER__TRY_COMMAND__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    what.command = (Tefter__Command *)(uintptr_t)command;
    query.kind_case = TEFTER__QUERY__KIND_TRY_COMMAND;
    query.try_command = &what;
    arena_init(&arena, TRY_BYTES);
    struct ledger_view *view = ledger_view_begin(s->ledger, &arena, &failure);
    assert_non_null(view);
    const Tefter__Answer *answer =
        ledger_view_answer(view, &query, &s->actor, NULL, LEDGER_WORK_ANY);
    const Tefter__Refusal *refusal = answer->kind_case == TEFTER__ANSWER__KIND_REFUSED
                                         ? answer->refused
                                         : answer->try_command->refusal;
    bool untold = answer->kind_case == TEFTER__ANSWER__KIND_REFUSED &&
                  refusal->code == TEFTER__REFUSAL_CODE__RIGHT_MISSING;
    int code = refusal == NULL ? 0 : untold ? -1 : (int)refusal->code;
    ledger_view_end(view);
    arena_fini(&arena);
    return code;
}

/* A copy, for what is tried may be filled in on the way. */
static int code_foretold(struct scenario *s, const Tefter__Command *command)
{
    struct slice packed = message_pack(&command->base, &s->arena);
    return code_tried(
        s, (Tefter__Command *)message_unpack(&tefter__command__descriptor, packed, &s->arena));
}

/* A question knows the time of the newest command, by which no approval has lapsed yet. */
static bool needs_approval(const Tefter__Command *command)
{
    return command->kind_case == TEFTER__COMMAND__KIND_DECIDE_APPROVAL ||
           command->kind_case == TEFTER__COMMAND__KIND_ASK_APPROVAL ||
           (command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE &&
            command->issue_invoice->has_approval);
}

const Tefter__Reply *scenario_apply(struct scenario *s, const Tefter__Command *command)
{
    uint8_t id[COMMAND_ID_SIZE];
    bool known = s->actor.has_staff && !needs_approval(command) && s->buyer_pin == 0;
    int foretold = known ? code_foretold(s, command) : -1;
    be16_put(id, (uint16_t)(s->now_ms >> 32));
    be32_put(id + 2, (uint32_t)s->now_ms);
    be32_put(id + 6, s->actor.terminal);
    be16_put(id + 10, 0);
    be32_put(id + 12, (uint32_t)++s->counter);
    if (s->texts_apart)
        message_each((ProtobufCMessage *)(uintptr_t)command, &tefter__text__descriptor, text_move,
                     s);
    struct slice packed = message_pack(&command->base, &s->arena);
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = s->now_ms;
    entry.actor = &s->actor;
    entry.has_buyer_pin = s->buyer_pin != 0;
    entry.buyer_pin = s->buyer_pin;
    entry.has_command = true;
    entry.command = (ProtobufCBinaryData){packed.size, (uint8_t *)packed.data};
    const Tefter__Reply *reply = scenario_apply_entry(s, &entry);
    int came = reply->result_case == TEFTER__REPLY__RESULT_REFUSED ? (int)reply->refused->code : 0;
    if (foretold >= 0 && foretold != came)
        fail_msg("command %d: TryCommand says %d, and it came to %d", (int)command->kind_case,
                 foretold, came);
    return reply;
}

/* ---- after a restore ---- */

static const uint8_t first_nonce[8] = "before!";

static void as_server(struct scenario *s, const Tefter__Command *command, uint64_t after)
{
    Tefter__Actor nobody = TEFTER__ACTOR__INIT;
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    uint8_t id[COMMAND_ID_SIZE] = {0};
    be16_put(id, (uint16_t)(s->now_ms >> 32));
    be32_put(id + 2, (uint32_t)s->now_ms);
    be32_put(id + 12, (uint32_t)++s->counter);
    struct slice packed = message_pack(&command->base, &s->arena);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = s->now_ms;
    entry.actor = &nobody;
    entry.has_command = true;
    entry.command = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    entry.has_after = after != 0;
    entry.after = after;
    s->reply = scenario_apply_entry(s, &entry);
}

void scenario_restored(struct scenario *s, uint64_t last_seq)
{
    enum { AHEAD = 1000000 };
    Tefter__BeginRecovery begin = TEFTER__BEGIN_RECOVERY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    begin.incarnation = 1;
    begin.incarnation_nonce =
        (ProtobufCBinaryData){sizeof first_nonce, (uint8_t *)(uintptr_t)first_nonce};
    begin.last_seq = last_seq;
    command.kind_case = TEFTER__COMMAND__KIND_BEGIN_RECOVERY;
    command.begin_recovery = &begin;
    as_server(s, &command, s->seq + AHEAD);
    s->counter += AHEAD; /* what is made from now on has other ids than what was made before */
}

const Tefter__Reply *scenario_offer(struct scenario *s, const struct offer *offer)
{
    Tefter__StageOffer stage = TEFTER__STAGE_OFFER__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    stage.id = (ProtobufCBinaryData){COMMAND_ID_SIZE, (uint8_t *)(uintptr_t)offer->id};
    stage.command =
        (ProtobufCBinaryData){offer->command.size, (uint8_t *)(uintptr_t)offer->command.data};
    stage.incarnation = 1;
    stage.incarnation_nonce =
        (ProtobufCBinaryData){sizeof first_nonce, (uint8_t *)(uintptr_t)first_nonce};
    stage.receipt =
        (ProtobufCBinaryData){offer->receipt.size, (uint8_t *)(uintptr_t)offer->receipt.data};
    command.kind_case = TEFTER__COMMAND__KIND_STAGE_OFFER;
    command.stage_offer = &stage;
    as_server(s, &command, 0);
    return s->reply;
}

void scenario_recall(struct scenario *s)
{
    Tefter__RecallNext next = TEFTER__RECALL_NEXT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_RECALL_NEXT;
    command.recall_next = &next;
    while (ledger_recall_due(s->ledger)) {
        as_server(s, &command, 0);
        assert_int_equal(s->reply->result_case, TEFTER__REPLY__RESULT_DONE);
    }
}

/* ---- commands and questions ---- */

const Tefter__Reply *scenario_do(struct scenario *s, const char *command, const char *fields)
{
    return scenario_apply(
        s, (Tefter__Command *)wrapped(s, &tefter__command__descriptor, command, fields));
}

static const char *refusal_word(const Tefter__Refusal *refusal)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&tefter__refusal_code__descriptor, (int)refusal->code);
    return value != NULL ? value->name : "?";
}

const Tefter__Done *scenario_done(struct scenario *s, const char *command, const char *fields)
{
    const Tefter__Reply *reply = scenario_do(s, command, fields);
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE)
        fail_msg("%s %s: refused %s %s", command, fields, refusal_word(reply->refused),
                 reply->refused->field != NULL ? reply->refused->field : "");
    return reply->done;
}

static void check_refusal(const char *what, const Tefter__Refusal *refusal,
                          Tefter__RefusalCode code, const char *field)
{
    if (refusal->code != code)
        fail_msg("%s: refused with %s (%s)", what, refusal_word(refusal),
                 refusal->field != NULL ? refusal->field : "");
    if (field != NULL)
        assert_string_equal(refusal->field != NULL ? refusal->field : "", field);
}

const Tefter__Refusal *scenario_refused(struct scenario *s, const char *command, const char *fields,
                                        Tefter__RefusalCode code, const char *field)
{
    const Tefter__Reply *reply = scenario_do(s, command, fields);
    if (reply->result_case != TEFTER__REPLY__RESULT_REFUSED)
        fail_msg("%s %s: was done", command, fields);
    check_refusal(fields, reply->refused, code, field);
    return reply->refused;
}

const Tefter__Answer *scenario_ask(struct scenario *s, const char *query, const char *fields)
{
    struct failure failure = {.fault = FAULT_NONE};
    const Tefter__Query *message =
        (Tefter__Query *)wrapped(s, &tefter__query__descriptor, query, fields);
    struct ledger_view *view = ledger_view_begin(s->ledger, &s->arena, &failure);
    assert_non_null(view);
    const Tefter__Answer *answer =
        ledger_view_answer(view, message, &s->actor, NULL, LEDGER_WORK_ANY);
    ledger_view_end(view);
    return answer;
}

const Tefter__Refusal *scenario_ask_refused(struct scenario *s, const char *query,
                                            const char *fields, Tefter__RefusalCode code)
{
    const Tefter__Answer *answer = scenario_ask(s, query, fields);
    if (answer->kind_case != TEFTER__ANSWER__KIND_REFUSED)
        fail_msg("%s %s: was answered", query, fields);
    check_refusal(fields, answer->refused, code, NULL);
    return answer->refused;
}

void scenario_as(struct scenario *s, uint32_t staff)
{
    s->actor.has_staff = staff != 0;
    s->actor.staff = staff;
    s->actor.has_terminal = staff != 0;
    s->actor.terminal = staff != 0;
    s->actor.has_branch = staff != 0;
}

void scenario_at(struct scenario *s, uint32_t branch)
{
    s->actor.has_branch = true;
    s->actor.branch = branch;
}

void scenario_wait(struct scenario *s, int64_t ms)
{
    s->now_ms += ms;
}

/* ---- beginning and end ---- */

struct scenario *scenario_begin(void)
{
    return scenario_begin_at(LEDGER_RULES);
}

static struct scenario *begin(uint32_t rules_version, const char *more)
{
    need(hash_setup());
    struct scenario *s = calloc(1, sizeof *s);
    arena_init(&s->arena, ARENA_MAX);
    snprintf(s->path, sizeof s->path, "/tmp/tefter-scenario-XXXXXX");
    assert_non_null(mkdtemp(s->path));
    s->ledger = ledger_folder_open(s->path, SCENARIO_MAP);
    s->now_ms = (int64_t)DAY * 24 * 3600 * 1000;
    s->actor = (Tefter__Actor)TEFTER__ACTOR__INIT;
    scenario_done(s, "create_company",
                  json("{'name': 'Hải Long', 'currency': 'EUR', 'admin_login': 'owner', "
                       "'rules_version': %u, 'date': %d%s}",
                       rules_version, DAY, more));
    scenario_as(s, 0);
    scenario_done(s, "add_terminal", "{'branch': 1, 'name': 'till 1'}");
    s->actor.branch = 1;
    scenario_as(s, ROLE_STAFF_OWNER);
    return s;
}

struct scenario *scenario_begin_at(uint32_t rules_version)
{
    return begin(rules_version, "");
}

struct scenario *scenario_begin_with(const char *more)
{
    return begin(LEDGER_RULES, more);
}

static void replay(const struct scenario *s, size_t group)
{
    char path[] = "/tmp/tefter-replay-XXXXXX";
    assert_non_null(mkdtemp(path));
    struct ledger *ledger = ledger_folder_open(path, SCENARIO_MAP);
    struct arena arena;
    arena_init(&arena, ARENA_MAX);
    struct failure failure = {.fault = FAULT_NONE};
    struct hash state_digest = {{0}};
    for (size_t i = 0; i < s->entry_count; i++) {
        struct ledger_result result;
        uint64_t seq;
        if (i % group == 0)
            assert_true(ledger_begin(ledger, &failure));
        uint64_t at = i + 1 + (s->jumped > 0 && i >= s->jumped_at ? s->jumped : 0);
        assert_true(ledger_apply(ledger, at, s->entries[i], &arena, &result, &failure));
        ledger_state_digest(ledger, &seq, &state_digest);
        if (i % group == group - 1 || i + 1 == s->entry_count)
            ledger_folder_commit(ledger);
        arena_reset(&arena);
    }
    assert_memory_equal(&state_digest, &s->state_digest, sizeof state_digest);
    ledger_close(ledger);
    arena_fini(&arena);
    ledger_folder_remove(path);
}

void scenario_end(struct scenario *s)
{
    struct ledger_check check;
    struct failure failure = {.fault = FAULT_NONE};
    assert_true(ledger_check(s->ledger, &check, &failure));
    if (check.what[0] != '\0')
        fail_msg("customer %llu: %s", (unsigned long long)check.wrong_customer, check.what);
    assert_int_equal(check.postings_minor, 0);
    replay(s, 7);
    replay(s, s->entry_count);
    ledger_close(s->ledger);
    ledger_folder_remove(s->path);
    arena_fini(&s->arena);
    free(s->entries);
    free(s);
}

/* ---- short for what many scenarios begin with ---- */

uint32_t scenario_customer(struct scenario *s, const char *name, int64_t limit_minor)
{
    uint32_t customer = (uint32_t)scenario_done(s, "open_customer",
                                                json("{'name': '%s', 'phone': '0901', "
                                                     "'area': 'Thủ Đức'}",
                                                     name))
                            ->id;
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': %lld}}", customer, (long long)limit_minor));
    return customer;
}

uint32_t scenario_staff(struct scenario *s, const char *login, Tefter__Role role)
{
    return (uint32_t)scenario_done(
               s, "add_staff",
               json("{'login': '%s', 'name': '%s', 'role': %d}", login, login, (int)role))
        ->id;
}

uint32_t scenario_till(struct scenario *s)
{
    return (uint32_t)scenario_done(s, "add_till",
                                   json("{'branch': %u, 'name': 'till'}", s->actor.branch))
        ->id;
}

uint32_t scenario_bank(struct scenario *s)
{
    return (uint32_t)scenario_done(
               s, "add_bank_account",
               json("{'name': 'VCB', 'number': 'VN%llu'}", (unsigned long long)s->counter))
        ->id;
}

const Tefter__Done *scenario_sell(struct scenario *s, uint32_t customer, int64_t amount_minor)
{
    return scenario_done(s, "issue_invoice",
                         json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, "
                              "'price': %lld}]}",
                              customer, (long long)amount_minor * 1000));
}

const Tefter__Reply *scenario_match_often(struct scenario *s, uint32_t customer, uint64_t debit,
                                          uint64_t credit, size_t times)
{
    Tefter__MatchItems match = TEFTER__MATCH_ITEMS__INIT;
    Tefter__MatchPart part = TEFTER__MATCH_PART__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__MatchPart **parts = arena_take(&s->arena, times * sizeof *parts);
    part.debit = debit;
    part.credit = credit;
    part.has_amount_minor = true;
    part.amount_minor = 1;
    for (size_t i = 0; i < times; i++)
        parts[i] = &part;
    match.customer = customer;
    match.parts = parts;
    match.n_parts = times;
    command.kind_case = TEFTER__COMMAND__KIND_MATCH_ITEMS;
    command.match_items = &match;
    return scenario_apply(s, &command);
}

const Tefter__AccountRow *scenario_account(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "customer_card", json("{'customer': %u}", customer))
        ->customer_card->account;
}
