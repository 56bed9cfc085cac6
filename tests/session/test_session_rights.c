/*
 * The whole matrix: every role with every command and every query, and every request in every
 * state of a session. What is not allowed is refused by name, and never reaches the ledger.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "session/inside.h"
#include "wire/reflect.h"

static const Tefter__Role roles[] = {
    TEFTER__ROLE__ROLE_SALES,   TEFTER__ROLE__ROLE_CONTROLLER, TEFTER__ROLE__ROLE_ACCOUNTANT,
    TEFTER__ROLE__ROLE_MANAGER, TEFTER__ROLE__ROLE_OWNER,
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static void enter_as(struct client *client, Tefter__Role role)
{
    char login[20];
    (void)snprintf(login, sizeof login, "person%d", (int)role);
    (void)world_staff(login, role, "password of all", NULL);
    client_enter(client, login, "password of all");
}

/* ---- any message: its required fields with the least there is ---- */

static ProtobufCMessage *least(const ProtobufCMessageDescriptor *type, struct arena *arena);

static void fill(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                 struct arena *arena)
{
    char *at = (char *)message + field->offset;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        *(char **)at = arena_text(arena, "x", 1);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)at = (ProtobufCBinaryData){16, arena_zero(arena, 16)};
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)at = least(field->descriptor, arena);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *)at = ((const ProtobufCEnumDescriptor *)field->descriptor)->values[0].value;
        break;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        *(int64_t *)at = 1;
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_BOOL:
    default:
        *(uint32_t *)at = 1;
        break;
    }
}

static ProtobufCMessage *least(const ProtobufCMessageDescriptor *type, struct arena *arena)
{
    ProtobufCMessage *message = message_new(type, arena);
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (type->fields[i].label == PROTOBUF_C_LABEL_REQUIRED)
            fill(message, &type->fields[i], arena);
    }
    return message;
}

/* A Command or Query with this member, and the least in it. */
static ProtobufCMessage *member(const ProtobufCMessageDescriptor *type, unsigned i,
                                struct arena *arena)
{
    ProtobufCMessage *message = message_new(type, arena);
    const ProtobufCFieldDescriptor *field = &type->fields[i];
    *(uint32_t *)((char *)message + field->quantifier_offset) = field->id;
    *(ProtobufCMessage **)((char *)message + field->offset) = least(field->descriptor, arena);
    return message;
}

/* ---- roles and commands ---- */

static void expect_right(const Tefter__Refusal *refusal, Tefter__Right right)
{
    assert_int_equal(refusal->code, TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    assert_int_equal(refusal->right, right);
    for (size_t i = 0; i < refusal->n_roles; i++)
        assert_true(ledger_may(refusal->roles[i], right));
}

static void commands_of_every_role(void **state)
{
    (void)state;
    unsigned refused = 0;
    const ProtobufCMessageDescriptor *type = &tefter__command__descriptor;
    for (int r = 0; r < ROLES; r++) {
        struct client client;
        enter_as(&client, roles[r]);
        for (unsigned i = 0; i < type->n_fields; i++) {
            const char *name = type->fields[i].name;
            if (strcmp(name, "change_staff") == 0 || strcmp(name, "change_terminal") == 0 ||
                strcmp(name, "sign_out") == 0 || strcmp(name, "set_buyer_pin") == 0)
                continue; /* "1" is the owner or the terminal itself: they work, and cut us off; no
                           hash of a PIN is taken from anybody */
            uint64_t seq = world.seq;
            Tefter__Right right = ledger_command_right(type->fields[i].id);
            const Tefter__Reply *reply =
                client_command(&client, (const Tefter__Command *)member(type, i, &client.arena));
            assert_non_null(reply);
            if (right == TEFTER__RIGHT__RIGHT_NONE || ledger_may(roles[r], right)) {
                assert_int_equal(reply->seq, seq + 1);
                continue;
            }
            expect_right(reply->refused, right);
            assert_int_equal(reply->seq, 0);
            assert_int_equal(world.seq, seq); /* it never got there */
            refused++;
        }
        client_close(&client);
    }
    print_message("%u commands x %d roles, %u refused\n", type->n_fields, ROLES, refused);
    assert_true(refused > 30);
}

static void the_servers_own_commands_are_nobodys(void **state)
{
    (void)state;
    struct client client;
    const ProtobufCMessageDescriptor *type = &tefter__command__descriptor;
    client_enter(&client, "boss", "correct horse");
    static const char *const names[] = {
        "create_company", "adopt_rules_version", "turn_day",
        "step_job",       "set_secret",          "set_enrolment_code",
        "enrol_terminal", "renew_terminal",      "begin_recovery",
        "stage_offer",    "report_offers",       "recall_next",
        "alarm_terminal", "set_buyer_pin",       NULL};
    for (int n = 0; names[n] != NULL; n++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(type, names[n]);
        const Tefter__Reply *reply = client_command(
            &client,
            (const Tefter__Command *)member(type, (unsigned)(field - type->fields), &client.arena));
        expect_right(reply->refused, TEFTER__RIGHT__RIGHT_SERVER);
        assert_int_equal(reply->refused->n_roles, 0);
    }
    client_close(&client);
}

static const char *answer_name(const Tefter__Answer *answer)
{
    return protobuf_c_message_descriptor_get_field(&tefter__answer__descriptor,
                                                   (unsigned)answer->kind_case)
        ->name;
}

static void queries_of_every_role(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *type = &tefter__query__descriptor;
    for (int r = 0; r < ROLES; r++) {
        struct client client;
        enter_as(&client, roles[r]);
        for (unsigned i = 0; i < type->n_fields; i++) {
            Tefter__Right right = ledger_query_right(type->fields[i].id);
            const Tefter__Answer *answer =
                client_query(&client, (const Tefter__Query *)member(type, i, &client.arena));
            assert_non_null(answer);
            bool missing = answer->kind_case == TEFTER__ANSWER__KIND_REFUSED &&
                           answer->refused->code == TEFTER__REFUSAL_CODE__RIGHT_MISSING;
            assert_int_equal(missing,
                             right != TEFTER__RIGHT__RIGHT_NONE && !ledger_may(roles[r], right));
            if (missing)
                expect_right(answer->refused, right);
            else if (answer->kind_case != TEFTER__ANSWER__KIND_REFUSED)
                assert_string_equal(answer_name(answer), type->fields[i].name);
        }
        client_close(&client);
    }
}

/* ---- requests and states ---- */

enum verdict { CUT, NOT_LOGGED, EXPIRED, HEARD };

struct expectation {
    const char *body;
    enum verdict greeted;
    enum verdict logged_in;
    enum verdict expired;
};
static const struct expectation expectations[] = {
    {"hello", CUT, CUT, CUT},
    {"login", HEARD, HEARD, EXPIRED},
    {"use_token", HEARD, HEARD, EXPIRED},
    {"switch_staff", NOT_LOGGED, HEARD, EXPIRED},
    {"logout", HEARD, HEARD, EXPIRED},
    {"ping", HEARD, HEARD, HEARD},
    {"submit", NOT_LOGGED, HEARD, EXPIRED},
    {"query", NOT_LOGGED, HEARD, EXPIRED},
    {"subscribe", NOT_LOGGED, HEARD, EXPIRED},
    {"unsubscribe", NOT_LOGGED, HEARD, EXPIRED},
    {"set_password", NOT_LOGGED, HEARD, EXPIRED},
    {"set_buyer_pin", NOT_LOGGED, HEARD, EXPIRED},
    {"make_code", NOT_LOGGED, HEARD, EXPIRED},
    {"renew", HEARD, HEARD, HEARD},
    {"server_status", NOT_LOGGED, HEARD, EXPIRED},
    {"audit_list", NOT_LOGGED, HEARD, EXPIRED},
    {"print", NOT_LOGGED, HEARD, EXPIRED},
    {"take_print_job", HEARD, HEARD, EXPIRED},
    {"left_undone", NOT_LOGGED, HEARD, EXPIRED},
    {"enrol", CUT, CUT, CUT},
    {"enrol_browser", CUT, CUT, CUT},
    {"offer", HEARD, HEARD, HEARD}, /* with nobody logged in, and an old certificate */
    {"offers_done", HEARD, HEARD, HEARD},
    {"open_founding", CUT, CUT, CUT}, /* there is a ledger */
    {"found_company", CUT, CUT, CUT},
    {"import_open", NOT_LOGGED, HEARD, EXPIRED},
    {"import_piece", NOT_LOGGED, HEARD, EXPIRED},
    {"import_do", NOT_LOGGED, HEARD, EXPIRED},
    {"import_look", NOT_LOGGED, HEARD, EXPIRED},
    {"import_rejects", NOT_LOGGED, HEARD, EXPIRED},
    {"watching", NOT_LOGGED, HEARD, EXPIRED},
    {"notice_settings", NOT_LOGGED, HEARD, EXPIRED},
    {"put_push", NOT_LOGGED, HEARD, EXPIRED},
    {"remove_push", NOT_LOGGED, HEARD, EXPIRED},
    {"set_notices", NOT_LOGGED, HEARD, EXPIRED},
    {"test_notice", NOT_LOGGED, HEARD, EXPIRED},
};

static const struct expectation *expectation_of(const char *body)
{
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        if (strcmp(expectations[i].body, body) == 0)
            return &expectations[i];
    }
    fail_msg("%s: what is expected of it in each state?", body);
    return NULL;
}

static Tefter__FromTerminal *request_of(const ProtobufCFieldDescriptor *field, struct arena *arena)
{
    Tefter__FromTerminal *frame =
        (Tefter__FromTerminal *)message_new(&tefter__from_terminal__descriptor, arena);
    frame->body_case = (Tefter__FromTerminal__BodyCase)field->id;
    char *at = (char *)frame + field->offset;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        *(ProtobufCMessage **)at = least(field->descriptor, arena);
    else
        frame->query = (ProtobufCBinaryData){2, arena_copy(arena, "\x12\x00", 2)};
    return frame;
}

static Tefter__RefusalCode refused_in(struct client *client, const Tefter__ToTerminal *answer)
{
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_REPLY) {
        const Tefter__Reply *reply = (const Tefter__Reply *)message_unpack(
            &tefter__reply__descriptor, slice_of(answer->reply.data, answer->reply.len),
            &client->arena);
        return reply->result_case == TEFTER__REPLY__RESULT_REFUSED ? reply->refused->code : 0;
    }
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_ANSWER) {
        const Tefter__Answer *found = (const Tefter__Answer *)message_unpack(
            &tefter__answer__descriptor, slice_of(answer->answer.data, answer->answer.len),
            &client->arena);
        return found->kind_case == TEFTER__ANSWER__KIND_REFUSED ? found->refused->code : 0;
    }
    return refusal_of(answer);
}

static enum verdict verdict_of(struct client *client, const Tefter__ToTerminal *answer)
{
    if (answer == NULL)
        return CUT;
    switch ((int)refused_in(client, answer)) {
    case TEFTER__REFUSAL_CODE__NOT_LOGGED_IN:
        return NOT_LOGGED;
    case TEFTER__REFUSAL_CODE__CERTIFICATE_EXPIRED:
        return EXPIRED;
    default:
        return HEARD;
    }
}

static struct session *session_of_terminal(void)
{
    for (uint32_t i = 0; i < world.sessions->slot_count; i++) {
        struct session *session = world.sessions->slots[i].session;
        if (session != NULL && session->state != SESSION_CLOSING)
            return session;
    }
    return NULL;
}

enum stage { STAGE_CONNECTED, STAGE_GREETED, STAGE_LOGGED_IN, STAGE_EXPIRED };

static void arrive(struct client *client, enum stage stage)
{
    if (stage == STAGE_CONNECTED)
        client_open(client, &world.terminal);
    else if (stage == STAGE_LOGGED_IN)
        client_enter(client, "boss", "correct horse");
    else
        client_greet(client, &world.terminal);
    if (stage == STAGE_EXPIRED)
        session_of_terminal()->expired = true;
}

static enum verdict expected(const struct expectation *row, enum stage stage)
{
    if (stage == STAGE_CONNECTED)
        return strcmp(row->body, "hello") == 0 ? HEARD : CUT;
    return stage == STAGE_GREETED     ? row->greeted
           : stage == STAGE_LOGGED_IN ? row->logged_in
                                      : row->expired;
}

static void requests_in_every_state(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *type = &tefter__from_terminal__descriptor;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
            continue;
        const struct expectation *row = expectation_of(field->name);
        for (enum stage stage = STAGE_CONNECTED; stage <= STAGE_EXPIRED; stage++) {
            struct client client;
            arrive(&client, stage);
            const Tefter__ToTerminal *answer =
                client_ask(&client, request_of(field, &client.arena));
            if (verdict_of(&client, answer) != expected(row, stage))
                fail_msg("%s at stage %d: %d", field->name, stage, verdict_of(&client, answer));
            if (answer == NULL)
                assert_non_null(client_goodbye(&client));
            client_close(&client);
        }
    }
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(commands_of_every_role),
        world_test(the_servers_own_commands_are_nobodys),
        world_test(queries_of_every_role),
        world_test(requests_in_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
