/*
 * A server that is not to be believed, over real TLS, against every verb of the command line: what
 * it answers is of another kind than was asked, cannot be read, answers nobody, or is whatever the
 * schema allows. The program never crashes, says what it met, and ends with the code for it.
 *
 * Verbs and what they need come from the program's own tables.
 */
#include "base/check.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sight.h"
#include "base/text.h"
#include "cli/cli.h"
#include "fake.h"
#include "lib/inside.h"
#include "wire/random_message.h"

extern char **environ;

enum { WORDS_MAX = 28, POLL_MS = 4, CRASHED = 128, OUTPUT_MAX = 64 * 1024 };

/* What the server does with the question that it answers untruly. */
enum lie {
    LIE_NONE, /* everything is of the right kind, and else as it happens */
    LIE_OTHER_BODY,
    LIE_OTHER_ANSWER,
    LIE_GARBAGE,
    LIE_OTHER_NUMBER,
    LIE_NO_BODY_PART, /* the member is there and what it must have is not */
    LIE_MONEY,
    LIE_OVERSIZE, /* a frame that is longer than any may be */
    LIE_EMPTY,    /* a frame of nothing */
    LIE_NO_FRAME, /* bytes that are no message */
    LIE_STRANGER, /* before the right answer, one that nobody asked for */
    LIES,
    LIE_TWICE, /* the right answer, again and again: no lie that must be found, for it may be over
                */
    LIE_CUT,   /* half of the right answer, and the connection ends */
};

/* Each verb is tried so often in each way: once, with another lie than the verb before, or as often
 * as TEFTER_UNTRUE says: tools/stress untrue. */
static uint32_t tries_each(void)
{
    const char *said = getenv("TEFTER_UNTRUE");
    return said == NULL ? 1 : (uint32_t)strtoul(said, NULL, 10);
}

static struct {
    struct loop *loop;
    struct loop_timer *poll;
    struct fake fake;
    struct prng prng;
    struct failure failure;
    char folder[64];
    char said[OUTPUT_MAX]; /* on both outputs */
    enum lie lie;
    uint32_t at;    /* which question it is told at, from 1 */
    uint32_t asked; /* in this run */
    bool lied;
    pid_t child;
    int status;
    bool over;
} world;

/* ---- what it answers ---- */

/* Most amounts are such as a ledger may have; the others are a lie of their own. */
static void tame(ProtobufCMessage *message)
{
    if (message->descriptor == &tefter__refusal__descriptor &&
        ((Tefter__Refusal *)message)->code == TEFTER__REFUSAL_CODE__BUSY)
        ((Tefter__Refusal *)message)->code = TEFTER__REFUSAL_CODE__NOT_FOUND; /* would take time */
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        size_t count = reflect_count(message, field);
        for (size_t k = 0; k < count; k++) {
            void *at = reflect_at(message, field, k);
            if (field->type == PROTOBUF_C_TYPE_MESSAGE)
                tame(*(ProtobufCMessage **)at);
            else if (field->type == PROTOBUF_C_TYPE_INT64 && strstr(field->name, "_minor") != NULL)
                *(int64_t *)at %= MONEY_MAX;
        }
    }
}

static ProtobufCMessage *some(const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = random_message(type, &world.prng, &world.fake.arena);
    tame(message);
    return message;
}

static void put_member(ProtobufCMessage *whole, uint32_t number)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(whole->descriptor, number);
    uint8_t *base = (uint8_t *)whole;
    *(uint32_t *)(void *)(base + field->quantifier_offset) = field->id;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        *(ProtobufCMessage **)(void *)(base + field->offset) = some(field->descriptor);
    else
        *(ProtobufCBinaryData *)(void *)(base + field->offset) =
            (ProtobufCBinaryData){5, (uint8_t *)(uintptr_t) "\xff\x01\x02\x03\x04"};
}

static ProtobufCBinaryData packed(const ProtobufCMessage *message)
{
    struct slice bytes = message_pack(message, &world.fake.arena);
    return (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
}

static uint32_t other_member(const ProtobufCMessageDescriptor *type, uint32_t right)
{
    for (;;) {
        const ProtobufCFieldDescriptor *field =
            &type->fields[prng_below(&world.prng, type->n_fields)];
        bool refusal = field->descriptor == &tefter__refusal__descriptor;
        bool goodbye = field->descriptor == &tefter__goodbye__descriptor;
        bool feed = field->id >= 18 && field->id <= 20 && type == &tefter__to_terminal__descriptor;
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && field->id != right && !refusal &&
            !goodbye && !feed)
            return field->id;
    }
}

static ProtobufCBinaryData some_reply(bool with_money)
{
    Tefter__Reply reply = TEFTER__REPLY__INIT;
    reply.seq = 7;
    put_member(&reply.base, prng_below(&world.prng, 3) == 0 && !with_money ? 3 : 2);
    if (with_money) {
        reply.done->has_total_minor = true;
        reply.done->total_minor = INT64_MIN;
    }
    return packed(&reply.base);
}

static ProtobufCBinaryData some_answer(uint32_t member, bool with_money)
{
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    Tefter__CompanyAnswer company = TEFTER__COMPANY_ANSWER__INIT;
    Tefter__LimitTerms policy = TEFTER__LIMIT_TERMS__INIT;
    answer.seq = 7;
    if (with_money) { /* of whatever kind: amounts are looked at first */
        company.name = (char *)"Minh";
        company.currency = (char *)"VND";
        company.policy = &policy;
        company.owed_minor = INT64_MIN;
        answer.kind_case = TEFTER__ANSWER__KIND_COMPANY;
        answer.company = &company;
    } else {
        put_member(&answer.base, member);
    }
    return packed(&answer.base);
}

static void fill_body(Tefter__ToTerminal *message, const Tefter__FromTerminal *frame, enum lie lie)
{
    uint32_t right = expect_body(frame->body_case);
    if (lie == LIE_OTHER_BODY) {
        put_member(&message->base, other_member(&tefter__to_terminal__descriptor, right));
        return;
    }
    put_member(&message->base, right);
    if (lie == LIE_GARBAGE)
        return;
    if (right == TEFTER__TO_TERMINAL__BODY_REPLY)
        message->reply = some_reply(lie == LIE_MONEY);
    if (right != TEFTER__TO_TERMINAL__BODY_ANSWER)
        return;
    uint32_t member = expect_answer(slice_of(frame->query.data, frame->query.len));
    if (lie == LIE_OTHER_ANSWER)
        member = other_member(&tefter__answer__descriptor, member);
    message->answer = some_answer(member, lie == LIE_MONEY);
}

/* The lie that makes sense for this question. */
static enum lie lie_for(const Tefter__FromTerminal *frame)
{
    bool query = frame->body_case == TEFTER__FROM_TERMINAL__BODY_QUERY;
    bool submit = frame->body_case == TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    if (world.lie == LIE_OTHER_ANSWER && !query)
        return LIE_OTHER_BODY;
    if ((world.lie == LIE_GARBAGE || world.lie == LIE_MONEY) && !query && !submit)
        return LIE_OTHER_BODY;
    return world.lie;
}

/* A member of which nothing is there. */
static void send_hollow(uint64_t request, uint32_t member)
{
    uint8_t bytes[32] = {0, 0, 0, 0, 1 << 3};
    struct buffer out;
    size_t size = 5;
    uint64_t number = request;
    for (; number >= 0x80; number >>= 7)
        bytes[size++] = (uint8_t)(number | 0x80);
    bytes[size++] = (uint8_t)number;
    uint32_t tag = member << 3 | 2;
    bytes[size++] = (uint8_t)(tag | 0x80);
    bytes[size++] = (uint8_t)(tag >> 7);
    bytes[size++] = 0;
    be32_put(bytes, (uint32_t)size - 4);
    buffer_init(&out, sizeof(bytes));
    need(buffer_put(&out, bytes, size));
    (void)stream_write(world.fake.stream, buffer_slice(&out));
    buffer_fini(&out);
}

static void send_frame(uint32_t size_told, struct slice bytes)
{
    struct buffer out;
    uint8_t head[4];
    be32_put(head, size_told);
    buffer_init(&out, FRAME_TO_CLIENT_MAX + FRAME_HEAD_SIZE);
    need(buffer_put(&out, head, sizeof(head)) && buffer_put(&out, bytes.data, bytes.size));
    if (world.fake.stream != NULL)
        (void)stream_write(world.fake.stream, buffer_slice(&out));
    buffer_fini(&out);
}

/* Does it spoil the frame, whatever would be in it? */
static bool spoil_frame(enum lie lie)
{
    static const uint8_t noise[64] = {0x0b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (lie == LIE_OVERSIZE)
        send_frame(UINT32_MAX, slice_of(noise, sizeof(noise)));
    else if (lie == LIE_EMPTY)
        send_frame(0, slice_of(noise, 0));
    else if (lie == LIE_NO_FRAME)
        send_frame(sizeof(noise), slice_of(noise, sizeof(noise)));
    return lie == LIE_OVERSIZE || lie == LIE_EMPTY || lie == LIE_NO_FRAME;
}

static void answer_in_part(struct fake *fake, uint64_t request, Tefter__ToTerminal *message)
{
    message->has_request = true;
    message->request = request;
    struct slice bytes = fake_pack(fake, &message->base);
    send_frame((uint32_t)bytes.size, slice_of(bytes.data, bytes.size / 2));
    fake_cut(fake);
}

static void answer(struct fake *fake, const Tefter__FromTerminal *frame)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    enum lie lie = ++world.asked == world.at ? lie_for(frame) : LIE_NONE;
    world.lied = world.lied || lie != LIE_NONE;
    if (spoil_frame(lie))
        return;
    if (lie == LIE_NO_BODY_PART && frame->body_case != TEFTER__FROM_TERMINAL__BODY_LOGOUT &&
        frame->body_case != TEFTER__FROM_TERMINAL__BODY_SET_PASSWORD &&
        frame->body_case != TEFTER__FROM_TERMINAL__BODY_AUDIT_LIST) {
        send_hollow(frame->request, expect_body(frame->body_case));
        return;
    }
    fill_body(&message, frame, lie);
    if (lie == LIE_NO_BODY_PART)
        put_member(&message.base, TEFTER__TO_TERMINAL__BODY_CODE); /* these may be hollow */
    if (lie == LIE_CUT) {
        answer_in_part(fake, frame->request, &message);
        return;
    }
    bool other = lie == LIE_OTHER_NUMBER || lie == LIE_STRANGER;
    fake_send(fake, frame->request + (other ? 1 << 20 : 0), &message);
    for (int i = 0; i < (lie == LIE_TWICE ? 3 : lie == LIE_STRANGER); i++)
        fake_send(fake, frame->request, &message);
}

static bool takes(struct fake *fake, const Tefter__FromTerminal *frame)
{
    switch ((int)frame->body_case) {
    case TEFTER__FROM_TERMINAL__BODY_HELLO:
    case TEFTER__FROM_TERMINAL__BODY_USE_TOKEN:
    case TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE:
    case TEFTER__FROM_TERMINAL__BODY_UNSUBSCRIBE:
        return false;
    default:
        break;
    }
    if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_PING && frame->request < 256)
        return false;
    answer(fake, frame);
    return true;
}

/* ---- running the program ---- */

static void poll_child(void *context)
{
    (void)context;
    if (waitpid(world.child, &world.status, WNOHANG) != world.child)
        return;
    world.over = true;
    loop_stop(world.loop);
}

static void read_said(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t size = file == NULL ? 0 : fread(world.said, 1, sizeof(world.said) - 1, file);
    world.said[size] = '\0';
    if (file != NULL)
        (void)fclose(file);
}

static int run_program(char *const words[])
{
    char errors[96];
    posix_spawn_file_actions_t actions;
    (void)snprintf(errors, sizeof(errors), "%s/outbox", world.folder);
    (void)unlink(errors); /* nothing is left of the run before, not even that nobody is logged in */
    (void)snprintf(errors, sizeof(errors), "%s/errors", world.folder);
    fake_profile(&world.fake, world.folder, true);
    world.asked = 0;
    world.lied = false;
    world.over = false;
    need(posix_spawn_file_actions_init(&actions) == 0);
    (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)posix_spawn_file_actions_adddup2(&actions, 2, 1);
    need(posix_spawn(&world.child, TEFTER_PROGRAM, &actions, NULL, words, environ) == 0);
    (void)posix_spawn_file_actions_destroy(&actions);
    loop_timer_start(world.poll, POLL_MS, POLL_MS);
    while (!world.over)
        loop_run(world.loop);
    loop_timer_stop(world.poll);
    read_said(errors);
    return WIFEXITED(world.status) ? WEXITSTATUS(world.status) : CRASHED;
}

/* ---- verbs, as their tables say ---- */

static char *word_for(const struct verb *verb, const struct param *param)
{
    static char first[64];
    switch (param->kind) {
    case VALUE_FILE:
        return (char *)"/dev/null";
    case VALUE_FOLDER:
        return world.folder;
    case VALUE_DATE:
        return (char *)"2026-11-23";
    case VALUE_OFFSET:
        return (char *)"+07:00";
    case VALUE_PERCENT:
        return (char *)"5%";
    case VALUE_NUMBER:
    case VALUE_AMOUNT:
    case VALUE_PRICE:
    case VALUE_QUANTITY:
        return (char *)"100";
    case VALUE_CUSTOMER:
    case VALUE_BRANCH:
    case VALUE_STAFF:
    case VALUE_TERMINAL:
    case VALUE_GROUP:
    case VALUE_PRODUCT:
    case VALUE_PLACE:
        return (char *)"#1";
    case VALUE_DOCUMENT:
        return (char *)"HQ-1";
    case VALUE_FLAG:
    case VALUE_NOT:
    case VALUE_TEXT:
    case VALUE_ENUM:
        break;
    }
    if (param->words != NULL) {
        (void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(param->words, " "), param->words);
        return first;
    }
    if (strcmp(verb->entity, "sell") == 0 && strcmp(param->name, "LINE") == 0)
        return (char *)"#1=2@100";
    if (strstr(param->name, "AMOUNT") != NULL || strcmp(param->name, "ROLE") == 0)
        return param->name[0] == 'R' ? (char *)"sales" : (char *)"100";
    return (char *)"x";
}

/* The words of a verb with all it needs; 0: it is for other tests. */
static size_t words_of(const struct verb *verb, bool json, char *words[WORDS_MAX])
{
    static char texts[WORDS_MAX][sizeof(world.folder)];
    size_t count = 0;
    words[count++] = (char *)"tefter";
    words[count++] = (char *)(uintptr_t)verb->entity;
    if (verb->verb != NULL)
        words[count++] = (char *)(uintptr_t)verb->verb;
    for (const struct param *param = verb->params; param != NULL && param->name != NULL; param++) {
        bool wanted = is_option(param) ? param->needed : !param->optional;
        if (!wanted || count + 6 > WORDS_MAX)
            continue;
        if (is_option(param))
            words[count++] = (char *)(uintptr_t)param->name;
        if (param->kind != VALUE_FLAG) {
            (void)snprintf(texts[count], sizeof(texts[count]), "%s", word_for(verb, param));
            words[count] = texts[count];
            count++;
        }
    }
    words[count++] = (char *)"--profile";
    words[count++] = world.folder;
    if (json)
        words[count++] = (char *)"--json";
    words[count] = NULL;
    return count;
}

static bool is_tried(const struct verb *verb)
{
    static const char *const others[] = {"enrol", "import", "login", "pin", "printer", "watch"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(verb->entity, others[i]) == 0)
            return false;
    }
    return true;
}

static void say_words(char *const words[], int code)
{
    for (size_t i = 1; words[i] != NULL; i++)
        print_error("%s ", words[i]);
    print_error("(lie %d at question %u): exit %d\n%s\n", (int)world.lie, world.at, code,
                world.said);
}

/* ---- tests ---- */

struct seen {
    uint32_t verbs;
    uint32_t lies;
    uint32_t bad;
    uint32_t runs;
};

static bool try_random(void *context, const struct verb *verb)
{
    struct seen *seen = context;
    char *words[WORDS_MAX];
    world.at = 0;
    world.lie = LIE_NONE;
    for (uint32_t i = 0; is_tried(verb) && i < tries_each(); i++) {
        (void)words_of(verb, seen->runs++ % 2 == 1, words);
        int code = run_program(words);
        if (code >= EXIT_CODES)
            say_words(words, code);
        seen->bad += code >= EXIT_CODES;
        seen->verbs += world.asked > 0;
    }
    return true;
}

static void whatever_the_schema_allows_ends_no_program(void **state)
{
    (void)state;
    struct seen seen = {0};
    verbs_each(try_random, &seen);
    print_message("%u runs asked something\n", seen.verbs);
    assert_true(seen.verbs > 80);
    assert_int_equal(seen.bad, 0);
}

static bool try_lie(struct seen *seen, char *const words[])
{
    int code = run_program(words);
    bool named = strstr(world.said, "does not keep to the protocol") != NULL;
    bool good = !world.lied || (code == EXIT_NO_SERVER && named);
    seen->lies += world.lied;
    if (!good)
        say_words(words, code);
    seen->bad += !good;
    return world.lied;
}

static bool try_lies(void *context, const struct verb *verb)
{
    struct seen *seen = context;
    char *words[WORDS_MAX];
    if (!is_tried(verb))
        return true;
    (void)words_of(verb, false, words);
    for (uint32_t i = 0; i < tries_each(); i++) {
        world.lie = (enum lie)(LIE_NONE + 1 + seen->verbs++ % (LIES - 1));
        world.at = 1 + prng_below(&world.prng, 2) % 2;
        if (!try_lie(seen, words) && world.at == 2) {
            world.at = 1;
            (void)try_lie(seen, words);
        }
    }
    return true;
}

static void another_answer_than_was_asked_for_is_a_broken_peer(void **state)
{
    (void)state;
    struct seen seen = {0};
    verbs_each(try_lies, &seen);
    print_message("%u lies were told\n", seen.lies);
    assert_true(seen.lies > 80);
    assert_int_equal(seen.bad, 0);
}

/* It may have its answer before, or get it on the next connection: but it ends in order. */
static bool try_broken(void *context, const struct verb *verb)
{
    struct seen *seen = context;
    char *words[WORDS_MAX];
    if (!is_tried(verb))
        return true;
    size_t count = words_of(verb, false, words);
    words[count++] = (char *)"--wait";
    words[count++] = (char *)"1";
    words[count] = NULL;
    world.lie = seen->verbs++ % 2 == 0 ? LIE_TWICE : LIE_CUT;
    world.at = 1;
    int code = run_program(words);
    seen->lies += world.lied;
    seen->bad += code >= EXIT_CODES;
    if (code >= EXIT_CODES)
        say_words(words, code);
    return true;
}

static void an_answer_that_comes_twice_or_in_half_ends_no_program(void **state)
{
    (void)state;
    struct seen seen = {0};
    verbs_each(try_broken, &seen);
    assert_true(seen.lies > 40);
    assert_int_equal(seen.bad, 0);
}

static void every_question_has_its_answer_in_the_schema(void **state)
{
    (void)state;
    for (unsigned i = 0; i < tefter__query__descriptor.n_fields; i++) {
        Tefter__Query query = TEFTER__QUERY__INIT;
        world.prng = (struct prng){i + 1};
        put_member(&query.base, tefter__query__descriptor.fields[i].id);
        struct slice bytes = message_pack(&query.base, &world.fake.arena);
        const ProtobufCFieldDescriptor *answered = protobuf_c_message_descriptor_get_field(
            &tefter__answer__descriptor, expect_answer(bytes));
        assert_non_null(answered);
        assert_string_equal(answered->name, tefter__query__descriptor.fields[i].name);
    }
    for (unsigned i = 0; i < tefter__from_terminal__descriptor.n_fields; i++) {
        const ProtobufCFieldDescriptor *asked = &tefter__from_terminal__descriptor.fields[i];
        if ((asked->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
            assert_int_not_equal(expect_body((Tefter__FromTerminal__BodyCase)asked->id), 0);
    }
}

/* Nothing but lines of visible characters. */
static void assert_visible(void)
{
    uint32_t point = 0;
    for (const char *at = world.said; *at != '\0';) {
        size_t size = text_decode(at, strlen(at), &point);
        if (size == 0 || (point != '\n' && sight_hides(point)))
            print_error("not visible: %s\n", at);
        assert_int_not_equal(size, 0);
        assert_true(point == '\n' || !sight_hides(point));
        at += size;
    }
}

static void what_was_typed_is_told_visibly(void **state)
{
    (void)state;
    static const char evil[] = "a\x1b]0;owned\a\x1b[2J\u202e\xff\nb";
    static const char shown[] = "a\\x1b]0;owned\\x07\\x1b[2J\\u202e\\xff\\nb";
    static const char *const lines[][6] = {
        {"tefter", evil},
        {"tefter", "customer", evil},
        {"tefter", "help", evil},
        {"tefter", "pay", "#1", evil, "--profile", world.folder},
        {"tefter", "call", evil, "--profile", world.folder},
        {"tefter", "status", "--profile", evil},
        {"tefter", "import", "invoices", evil, "--dry-run"},
        {"tefter", "import", evil, "/dev/null"},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char *words[7] = {NULL};
        memcpy(words, lines[i], sizeof(lines[i]));
        assert_int_not_equal(run_program(words), CRASHED);
        if (strstr(world.said, shown) == NULL)
            say_words(words, 0);
        assert_non_null(strstr(world.said, shown));
        assert_visible();
    }
}

static void what_a_file_holds_is_told_visibly(void **state)
{
    (void)state;
    static const char text[] = "number,date,customer,\x1b[2Jcode,amount,na\u202eme\n"
                               "1,2026-11-23,C\x1b]0;x\a,\x1b[31mP,\x1b[5m100,\u202eword\n"
                               "2,\x1b[2J,C,P,12,w\n"
                               "3,2026-11-23,C\n";
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/rows.csv", world.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
    char *const plain[] = {
        (char *)"tefter", (char *)"import",    (char *)"invoices", path, (char *)"--dry-run",
        (char *)"--yes",  (char *)"--profile", world.folder,       NULL};
    char *const json[] = {(char *)"tefter",    (char *)"import", (char *)"invoices", path,
                          (char *)"--dry-run", (char *)"--yes",  (char *)"--json",   NULL};
    char *const *const lines[] = {plain, json};
    for (size_t i = 0; i < 2; i++) {
        assert_int_not_equal(run_program(lines[i]), CRASHED);
        if (strstr(world.said, "\\x1b") == NULL && strstr(world.said, "\\u001b") == NULL)
            say_words(lines[i], 0);
        assert_true(strstr(world.said, "\\x1b") != NULL || strstr(world.said, "\\u001b") != NULL);
        assert_visible();
    }
}

static void what_fails_under_json_is_json(void **state)
{
    (void)state;
    char *const nowhere[] = {(char *)"tefter",
                             (char *)"customer",
                             (char *)"list",
                             (char *)"--json",
                             (char *)"--profile",
                             (char *)"/dev/null/\x1b\"x",
                             NULL};
    char *const wrong[] = {(char *)"tefter",   (char *)"customer", (char *)"list",
                           (char *)"--nosuch", (char *)"--json",   NULL};
    assert_int_not_equal(run_program(nowhere), EXIT_DONE);
    assert_non_null(strstr(world.said, "{\"failure\":\""));
    assert_non_null(strstr(world.said, "\\u001b\\\"x"));
    assert_visible();
    assert_int_equal(run_program(wrong), EXIT_USE);
    assert_non_null(strstr(world.said, "{\"failure\":\""));
    assert_non_null(strstr(world.said, "\"exit_code\":2}"));
}

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    world.prng = (struct prng){77};
    (void)snprintf(world.folder, sizeof(world.folder), "/tmp/tefter-client-XXXXXX");
    world.loop = loop_create(&world.failure);
    if (world.loop == NULL || mkdtemp(world.folder) == NULL)
        return 1;
    (void)setenv("TEFTER_PROFILE", world.folder, 1);
    world.poll = loop_timer_create(world.loop, poll_child, NULL);
    fake_init(&world.fake, world.loop);
    world.fake.takes = takes;
    fake_profile(&world.fake, world.folder, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    loop_timer_destroy(world.poll);
    fake_fini(&world.fake);
    loop_destroy(world.loop);
    (void)snprintf(command, sizeof(command), "rm -rf %s", world.folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_question_has_its_answer_in_the_schema, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_answer_than_was_asked_for_is_a_broken_peer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_comes_twice_or_in_half_ends_no_program,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_typed_is_told_visibly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_fails_under_json_is_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_file_holds_is_told_visibly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whatever_the_schema_allows_ends_no_program, set_up,
                                        tear_down),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
