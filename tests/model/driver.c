/*
 * The ledger as a filter, for the model beside it: one line in, one line out.
 *
 *   {"staff":1,"terminal":1,"branch":1,"now_ms":N,"id":"hex32","command":{"issue_invoice":{…}}}
 *   {"staff":1,"branch":1,"query":{"customer_card":{…}}}
 *   {"digest":true}   ->  {"seq":N,"digest":"hex"}
 *   an empty line     ->  nothing; the answers so far are wanted now
 *
 * The answer is the Reply or Answer as JSON. Groups of --group N commands share a transaction; the
 * folder is the argument. With --totals N the totals are compared after every N commands. At the
 * end the ledger checks itself; exit 1 when a figure is wrong.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "totals.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>

static const uint8_t ledger_id[16] = "model";

struct driver {
    struct ledger *ledger;
    struct arena arena;
    struct buffer out;
    uint64_t seq;
    uint32_t group;
    uint32_t in_group;
    struct beside *beside; /* NULL: none are looked at */
    uint64_t totals_each;
    uint64_t compared;
    bool untold; /* it was under rules that do not tell a turned day */
};

static void stop(const char *what)
{
    fprintf(stderr, "driver: %s\n", what);
    exit(2);
}

static void commit(struct driver *driver)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct hash chain = {{0}};
    if (driver->in_group > 0 &&
        !ledger_commit(driver->ledger, ledger_id, &(struct incarnation){.number = 1}, driver->seq,
                       &chain, &failure))
        stop(failure.text);
    driver->in_group = 0;
}

/* At the end of a group, when so many commands have come since it was done last. */
static void compare_totals(struct driver *driver)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (driver->beside == NULL || driver->seq < driver->compared + driver->totals_each)
        return;
    driver->compared = driver->seq;
    struct ledger_view *view = ledger_view_begin(driver->ledger, &driver->arena, &failure);
    if (view == NULL)
        stop(failure.text);
    uint64_t job;
    struct ledger_state state;
    if (!ledger_state(driver->ledger, &state, &failure))
        stop(failure.text);
    driver->untold =
        driver->untold || (state.rules_version > 0 && state.rules_version < LEDGER_RULES);
    bool behind = driver->untold || ledger_jobs(driver->ledger, &job, 1) > 0;
    const char *wrong = beside_compare(driver->beside, view, behind, &driver->arena);
    ledger_view_end(view);
    if (wrong == NULL)
        return;
    fprintf(stderr, "driver: after command %llu\n", (unsigned long long)driver->seq);
    stop(wrong);
}

/* ---- reading a line: {"key":value,…}, values flat or one nested object ---- */

/* The raw text of a member of the outer object, or empty. Good enough for lines our own model
 * writes: it knows strings and nesting. */
static struct slice member(struct slice line, const char *name)
{
    int depth = 0;
    size_t length = strlen(name);
    for (size_t i = 0; i < line.size; i++) {
        uint8_t c = line.data[i];
        if (c == '"') {
            size_t start = i + 1;
            for (i++; i < line.size && line.data[i] != '"'; i++)
                i += line.data[i] == '\\';
            bool key = depth == 1 && i + 1 < line.size && line.data[i + 1] == ':' &&
                       i - start == length && memcmp(line.data + start, name, length) == 0;
            if (key)
                return (struct slice){line.data + i + 2, line.size - i - 2};
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    }
    return (struct slice){NULL, 0};
}

static struct slice object(struct slice text)
{
    int depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            for (i++; i < text.size && text.data[i] != '"'; i++)
                i += text.data[i] == '\\';
        depth += (text.data[i] == '{') - (text.data[i] == '}');
        if (depth == 0)
            return (struct slice){text.data, i + 1};
    }
    return text;
}

static int64_t number(struct slice line, const char *name)
{
    struct slice text = member(line, name);
    return text.size > 0 ? strtoll((const char *)text.data, NULL, 10) : 0;
}

static void hex_id(struct slice line, uint8_t id[COMMAND_ID_SIZE])
{
    struct slice text = member(line, "id");
    unsigned byte;
    for (size_t i = 0; i < COMMAND_ID_SIZE; i++) {
        if (text.size < 3 + 2 * i || sscanf((const char *)text.data + 1 + 2 * i, "%2x", &byte) != 1)
            stop("an id is 32 hex digits");
        id[i] = (uint8_t)byte;
    }
}

static Tefter__Actor actor_of(struct slice line)
{
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    actor.staff = (uint32_t)number(line, "staff");
    actor.has_staff = actor.staff != 0;
    actor.terminal = (uint32_t)number(line, "terminal");
    actor.has_terminal = actor.terminal != 0;
    actor.branch = (uint32_t)number(line, "branch");
    actor.has_branch = actor.branch != 0;
    return actor;
}

/* ---- answering ---- */

static void print(struct driver *driver, const ProtobufCMessage *message)
{
    buffer_clear(&driver->out);
    if (message == NULL || !message_to_json(message, &driver->out))
        stop("no answer");
    fwrite(driver->out.data, 1, driver->out.size, stdout);
    fputc('\n', stdout);
}

static ProtobufCMessage *parse(struct driver *driver, const ProtobufCMessageDescriptor *type,
                               struct slice text)
{
    struct message_fault fault = {.what = ""};
    ProtobufCMessage *message = message_of_json(type, text, &driver->arena, &fault);
    if (message == NULL) {
        fprintf(stderr, "driver: %s: %s\n", fault.path, fault.what);
        exit(2);
    }
    return message;
}

static void run_command(struct driver *driver, struct slice line, struct slice text)
{
    uint8_t id[COMMAND_ID_SIZE];
    Tefter__Actor actor = actor_of(line);
    struct slice packed =
        message_pack(parse(driver, &tefter__command__descriptor, object(text)), &driver->arena);
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    hex_id(line, id);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = number(line, "now_ms");
    entry.actor = &actor;
    entry.buyer_pin = (uint64_t)number(line, "buyer_pin");
    entry.has_buyer_pin = entry.buyer_pin != 0;
    entry.has_command = true;
    entry.command = (ProtobufCBinaryData){packed.size, (uint8_t *)packed.data};
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    if (driver->in_group == 0 && !ledger_begin(driver->ledger, &failure))
        stop(failure.text);
    if (!ledger_apply(driver->ledger, ++driver->seq, message_pack(&entry.base, &driver->arena),
                      &driver->arena, &result, &failure))
        stop(failure.text);
    print(driver, message_unpack(&tefter__reply__descriptor, result.reply, &driver->arena));
    if (driver->beside != NULL)
        beside_move(driver->beside, &result);
    if (++driver->in_group == driver->group) {
        commit(driver);
        compare_totals(driver);
    }
}

static void run_query(struct driver *driver, struct slice line, struct slice text)
{
    commit(driver);
    Tefter__Actor actor = actor_of(line);
    const Tefter__Query *query =
        (Tefter__Query *)parse(driver, &tefter__query__descriptor, object(text));
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_view *view = ledger_view_begin(driver->ledger, &driver->arena, &failure);
    if (view == NULL)
        stop(failure.text);
    print(driver, &ledger_view_answer(view, query, &actor, NULL, LEDGER_WORK_ANY)->base);
    ledger_view_end(view);
}

static void print_digest(struct driver *driver)
{
    struct ledger_state state;
    struct failure failure = {.fault = FAULT_NONE};
    char text[HASH_TEXT_SIZE];
    commit(driver);
    if (!ledger_state(driver->ledger, &state, &failure))
        stop(failure.text);
    hash_text(&state.state_digest, text);
    printf("{\"seq\":%llu,\"digest\":\"%s\"}\n", (unsigned long long)state.seq, text);
}

static void run_line(struct driver *driver, struct slice line)
{
    struct slice command = member(line, "command");
    struct slice query = member(line, "query");
    if (line.size == 1) {
        fflush(stdout);
        return;
    }
    if (command.size > 0)
        run_command(driver, line, command);
    else if (query.size > 0)
        run_query(driver, line, query);
    else
        print_digest(driver);
    arena_reset(&driver->arena);
}

static int finish(struct driver *driver)
{
    struct ledger_check check;
    struct failure failure = {.fault = FAULT_NONE};
    commit(driver);
    if (!ledger_check(driver->ledger, &check, &failure))
        stop(failure.text);
    if (check.what[0] != '\0')
        fprintf(stderr, "driver: customer %llu: %s\n", (unsigned long long)check.wrong_customer,
                check.what);
    if (driver->beside != NULL)
        beside_destroy(driver->beside);
    ledger_close(driver->ledger);
    arena_fini(&driver->arena);
    buffer_fini(&driver->out);
    return check.what[0] != '\0';
}

int main(int argc, char **argv)
{
    struct driver driver = {.group = 1};
    struct failure failure = {.fault = FAULT_NONE};
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--group") == 0)
            driver.group = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--totals") == 0)
            driver.totals_each = strtoul(argv[i + 1], NULL, 10);
        else
            argc = 0;
    }
    if (argc < 2 || argc % 2 != 0)
        stop("usage: driver FOLDER [--group N] [--totals N]");
    if (driver.totals_each > 0)
        driver.beside = beside_create();
    struct ledger_options options = {.path = argv[1], .map_bytes = (size_t)1 << 30};
    arena_init(&driver.arena, 64 * 1024 * 1024);
    buffer_init(&driver.out, FRAME_TO_CLIENT_MAX * 8);
    if (!hash_setup() || !ledger_open(&options, &driver.ledger, &failure))
        stop(failure.text);
    while ((size = getline(&line, &room, stdin)) > 0)
        run_line(&driver, slice_of(line, (size_t)size));
    free(line);
    return finish(&driver);
}
