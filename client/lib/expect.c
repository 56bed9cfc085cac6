/*
 * What the other end may say, by the schema. A server is believed only as far as it answers what
 * was asked: each request has its kinds of answer, and a query's has the query's own name. Money
 * stays in bounds that sums of a few amounts do not leave.
 */
#include "lib/inside.h"
#include "wire/message.h"

#include <string.h>

#define FROM(name) TEFTER__FROM_TERMINAL__BODY_##name
#define TO(name) TEFTER__TO_TERMINAL__BODY_##name

/* Two amounts can be added, and one can be turned round. No ledger goes further. */
#define MONEY_BELIEVED (INT64_MAX / 2)

static const struct {
    Tefter__FromTerminal__BodyCase asked;
    Tefter__ToTerminal__BodyCase answered;
} answers[] = {
    {FROM(HELLO), TO(WELCOME)},
    {FROM(LOGIN), TO(LOGGED_IN)},
    {FROM(USE_TOKEN), TO(LOGGED_IN)},
    {FROM(SWITCH_STAFF), TO(LOGGED_IN)},
    {FROM(LOGOUT), TO(ACCEPTED)},
    {FROM(PING), TO(PONG)},
    {FROM(SUBMIT), TO(REPLY)},
    {FROM(QUERY), TO(ANSWER)},
    {FROM(SUBSCRIBE), TO(SUBSCRIBED)},
    {FROM(UNSUBSCRIBE), TO(ACCEPTED)},
    {FROM(SET_PASSWORD), TO(ACCEPTED)},
    {FROM(SET_BUYER_PIN), TO(ACCEPTED)},
    {FROM(MAKE_CODE), TO(CODE)},
    {FROM(RENEW), TO(ENROLLED)},
    {FROM(SERVER_STATUS), TO(STATUS)},
    {FROM(AUDIT_LIST), TO(AUDIT)},
    {FROM(ENROL), TO(ENROLLED)},
    {FROM(ENROL_BROWSER), TO(BROWSER_ENROLLED)},
    {FROM(OFFER), TO(REPLY)},
    {FROM(OFFER), TO(ACCEPTED)},
    {FROM(OFFERS_DONE), TO(REPLY)},
    {FROM(OFFERS_DONE), TO(ACCEPTED)},
    {FROM(LEFT_UNDONE), TO(ACCEPTED)},
    {FROM(WATCHING), TO(ACCEPTED)},
    {FROM(NOTICE_SETTINGS), TO(NOTICES)},
    {FROM(PUT_PUSH), TO(NOTICES)},
    {FROM(REMOVE_PUSH), TO(NOTICES)},
    {FROM(SET_NOTICES), TO(NOTICES)},
    {FROM(TEST_NOTICE), TO(NOTICE_TESTED)},
    {FROM(OPEN_FOUNDING), TO(FOUNDING_OPENED)},
    {FROM(FOUND_COMPANY), TO(FOUNDED)},
    {FROM(PRINT), TO(PRINTED)},
    {FROM(TAKE_PRINT_JOB), TO(PRINT_JOB)},
    {FROM(TAKE_PRINT_JOB), TO(ACCEPTED)},
    {FROM(IMPORT_OPEN), TO(IMPORT_STATE)},
    {FROM(IMPORT_PIECE), TO(IMPORT_STATE)},
    {FROM(IMPORT_DO), TO(IMPORT_STATE)},
    {FROM(IMPORT_LOOK), TO(IMPORT_STATE)},
    {FROM(IMPORT_REJECTS), TO(IMPORT_REJECTED)},
};

uint32_t expect_body(Tefter__FromTerminal__BodyCase asked)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].asked == asked)
            return answers[i].answered;
    }
    return 0;
}

bool expect_answers(Tefter__FromTerminal__BodyCase asked, Tefter__ToTerminal__BodyCase answered)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].asked == asked && answers[i].answered == answered)
            return true;
    }
    return false;
}

uint32_t expect_answer(struct slice query)
{
    const ProtobufCFieldDescriptor *asked =
        protobuf_c_message_descriptor_get_field(&tefter__query__descriptor, message_kind(query));
    const ProtobufCFieldDescriptor *answer =
        asked == NULL ? NULL
                      : protobuf_c_message_descriptor_get_field_by_name(&tefter__answer__descriptor,
                                                                        asked->name);
    return answer == NULL ? 0 : answer->id;
}

/* ---- money ---- */

static bool is_money(const ProtobufCFieldDescriptor *field)
{
    size_t size = strlen(field->name);
    return field->type == PROTOBUF_C_TYPE_INT64 && size > 6 &&
           strcmp(field->name + size - 6, "_minor") == 0;
}

static bool money_in_bounds(const int64_t *amounts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (amounts[i] > MONEY_BELIEVED || amounts[i] < -MONEY_BELIEVED)
            return false;
    }
    return true;
}

static bool parts_believed(ProtobufCMessage *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i] != NULL && !expect_money(parts[i]))
            return false;
    }
    return true;
}

static bool field_believed(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *base = (const uint8_t *)message;
    const void *value = base + field->offset;
    const void *quantifier = base + field->quantifier_offset;
    bool part = field->type == PROTOBUF_C_TYPE_MESSAGE;
    if (!part && !is_money(field))
        return true;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)quantifier;
        return part ? parts_believed(*(ProtobufCMessage *const *const *)value, count)
                    : money_in_bounds(*(const int64_t *const *)value, count);
    }
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
        *(const uint32_t *)quantifier != field->id)
        return true;
    return part ? parts_believed(value, 1) : money_in_bounds(value, 1);
}

bool expect_money(const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        if (!field_believed(message, &message->descriptor->fields[i]))
            return false;
    }
    return true;
}
