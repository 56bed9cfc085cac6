/*
 * Any message of the protocol by its name: fields from JSON or key=value, the answer as JSON. New
 * commands and queries are here as soon as the schema has them.
 */
#include "base/tell.h"
#include "cli/cli.h"
#include "cli/schema.h"
#include "wire/message.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_MAX = 1024 * 1024, SEEN_MAX = 64 };

static const struct param call_params[] = {
    OPTIONAL("NAME", TEXT, NULL, "IssueInvoice, CustomerCard … (default: list all names)"),
    SOME("FIELD", TEXT, NULL,
         "'{json}', key=value (lines[0].quantity=2500), or - for standard "
         "input"),
    END,
};

/* ---- which message ---- */

static const struct family {
    const char *title;
    const ProtobufCMessageDescriptor *type;
} families[] = {
    {"Commands (change the ledger)", &tefter__command__descriptor},
    {"Queries", &tefter__query__descriptor},
    {"Requests of the line", &tefter__from_terminal__descriptor},
};

enum { FAMILY_COMMAND, FAMILY_QUERY, FAMILY_REQUEST, FAMILIES };

/* What the program itself does, in its place and time. */
static const char *const plumbing[] = {"Hello",       "UseToken", "SubmitCommand", "Subscribe",
                                       "Unsubscribe", "Enrol",    "Renew"};

static const ProtobufCMessageDescriptor *member_type(const ProtobufCFieldDescriptor *field)
{
    bool member =
        (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && field->type == PROTOBUF_C_TYPE_MESSAGE;
    const ProtobufCMessageDescriptor *type = member ? field->descriptor : NULL;
    for (size_t i = 0; type != NULL && i < sizeof(plumbing) / sizeof(plumbing[0]); i++) {
        if (strcmp(type->short_name, plumbing[i]) == 0)
            return NULL;
    }
    return type;
}

/* "issue-invoice", "IssueInvoice" and "issueinvoice" are one name. */
static bool same_name(const char *a, const char *b)
{
    for (;;) {
        while (*a == '_' || *a == '-')
            a++;
        while (*b == '_' || *b == '-')
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

struct callee {
    size_t family;
    const ProtobufCFieldDescriptor *field; /* NULL: none */
};

static struct callee find_callee(const char *name)
{
    for (size_t family = 0; family < FAMILIES; family++) {
        const ProtobufCMessageDescriptor *type = families[family].type;
        for (unsigned i = 0; i < type->n_fields; i++) {
            const ProtobufCMessageDescriptor *member = member_type(&type->fields[i]);
            if (member != NULL &&
                (same_name(name, member->short_name) || same_name(name, type->fields[i].name)))
                return (struct callee){family, &type->fields[i]};
        }
    }
    return (struct callee){0, NULL};
}

static void list_names(void)
{
    char remark[LINE_MAX_BYTES];
    for (size_t family = 0; family < FAMILIES; family++) {
        const ProtobufCMessageDescriptor *type = families[family].type;
        (void)fputs(family == 0 ? "" : "\n", stdout);
        tell(stdout, "%s\n", families[family].title);
        for (unsigned i = 0; i < type->n_fields; i++) {
            const ProtobufCMessageDescriptor *member = member_type(&type->fields[i]);
            if (member == NULL)
                continue;
            schema_message(member->short_name, remark, sizeof(remark));
            tell(stdout, "  %-22s %s\n", member->short_name, remark);
        }
    }
    tell(stdout, "\ntefter call NAME --help lists its fields.\n");
}

/* ---- its fields ---- */

static const char *type_name(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return "int32";
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return "int64";
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return "uint32";
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return "uint64";
    case PROTOBUF_C_TYPE_FLOAT:
        return "float";
    case PROTOBUF_C_TYPE_DOUBLE:
        return "double";
    case PROTOBUF_C_TYPE_BOOL:
        return "bool";
    case PROTOBUF_C_TYPE_STRING:
        return "text";
    case PROTOBUF_C_TYPE_BYTES:
        return "hex";
    case PROTOBUF_C_TYPE_ENUM:
        return ((const ProtobufCEnumDescriptor *)field->descriptor)->short_name;
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    return field->descriptor == &tefter__text__descriptor
               ? "text"
               : ((const ProtobufCMessageDescriptor *)field->descriptor)->short_name;
}

static void put_type(const ProtobufCFieldDescriptor *field, char *out, size_t capacity)
{
    const char *list = field->label == PROTOBUF_C_LABEL_REPEATED ? "list of " : "";
    (void)snprintf(out, capacity, "%s%s", list, type_name(field));
}

struct seen {
    const void *types[SEEN_MAX];
    size_t count;
};

static bool see(struct seen *seen, const void *type)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->types[i] == type)
            return false;
    }
    if (seen->count == SEEN_MAX)
        return false;
    seen->types[seen->count++] = type;
    return true;
}

static void put_enum(const ProtobufCEnumDescriptor *type, struct seen *seen)
{
    char word[CELL_MAX];
    if (!see(seen, type))
        return;
    tell(stdout, "\n%s:", type->short_name);
    for (unsigned i = 0; i < type->n_values; i++)
        tell(stdout, " %s", enum_word(type, type->values[i].value, word, sizeof(word)));
    tell(stdout, "\n");
}

static void put_fields(const ProtobufCMessageDescriptor *type, struct seen *seen)
{
    char words[CELL_MAX];
    char remark[LINE_MAX_BYTES];
    if (type == &tefter__text__descriptor || !see(seen, type))
        return;
    (void)fputs(seen->count > 1 ? "\n" : "", stdout);
    tell(stdout, "%s\n", type->short_name);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        put_type(field, words, sizeof(words));
        schema_field(type->short_name, field->name, remark, sizeof(remark));
        tell(stdout, "  %-20s %-22s %s%s\n", field->name, words,
             field->label == PROTOBUF_C_LABEL_REQUIRED ? "needed  " : "", remark);
    }
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            put_fields(field->descriptor, seen);
        else if (field->type == PROTOBUF_C_TYPE_ENUM)
            put_enum(field->descriptor, seen);
    }
}

static int help_callee(const struct callee *callee)
{
    char remark[LINE_MAX_BYTES];
    struct seen seen = {.count = 0};
    const ProtobufCMessageDescriptor *type = callee->field->descriptor;
    schema_message(type->short_name, remark, sizeof(remark));
    tell(stdout, "tefter call %s '{…}' or key=value …\n", type->short_name);
    tell(stdout, "%s\n", remark);
    (void)fputs(remark[0] == '\0' ? "" : "\n", stdout);
    put_fields(type, &seen);
    return EXIT_DONE;
}

/* ---- calling ---- */

/* Secrets do not stand among a program's arguments, where every process can read them. */
static bool has_secret(const ProtobufCMessageDescriptor *type)
{
    return type == &tefter__login__descriptor || type == &tefter__switch_staff__descriptor ||
           type == &tefter__set_password__descriptor;
}

static bool take_json(struct run *run, ProtobufCMessage **slot, struct slice json)
{
    struct message_fault fault = {.path = "", .what = ""};
    ProtobufCMessage *message = message_of_json((*slot)->descriptor, json, &run->arena, &fault);
    if (message == NULL)
        (void)run_say(run, EXIT_USE, "|{path}: |{fault}", "path", if_any(fault.path), "fault",
                      fault.what, NULL);
    else
        *slot = message;
    return message != NULL;
}

static bool take_input(struct run *run, ProtobufCMessage **slot)
{
    char *text = arena_take(&run->arena, INPUT_MAX);
    need(text != NULL);
    size_t size = fread(text, 1, INPUT_MAX, stdin);
    return take_json(run, slot, slice_of(text, size));
}

static bool take_pair(struct run *run, ProtobufCMessage *message, const char *text)
{
    struct message_fault fault = {.path = "", .what = "write key=value"};
    char *copy = arena_text(&run->arena, text, strlen(text));
    char *equals = copy == NULL ? NULL : strchr(copy, '=');
    bool good = equals != NULL;
    if (good) {
        *equals = '\0';
        good = message_set(message, copy, equals + 1, &run->arena, &fault);
    }
    if (!good)
        (void)run_say(run, EXIT_USE, "{text}: {fault}", "text", text, "fault", fault.what, NULL);
    return good;
}

static bool take_fields(struct run *run, ProtobufCMessage **slot)
{
    size_t at = 0;
    for (const char *text = arg_next(&run->args, "FIELD", &at); text != NULL;
         text = arg_next(&run->args, "FIELD", &at)) {
        bool good = false;
        if (strcmp(text, "-") == 0)
            good = take_input(run, slot);
        else if (has_secret((*slot)->descriptor))
            (void)run_say(run, EXIT_USE,
                          N_("this holds a secret: give JSON on standard input and -"), NULL);
        else if (text[0] == '{')
            good = take_json(run, slot, slice_text(text));
        else
            good = take_pair(run, *slot, text);
        if (!good)
            return false;
    }
    return true;
}

static int call_command(struct run *run, const ProtobufCMessage *message)
{
    run->json = true;
    return run_call(run, (const Tefter__Command *)message) == NULL ? run->exit_code : EXIT_DONE;
}

static int call_query(struct run *run, const ProtobufCMessage *message)
{
    run->json = true;
    const Tefter__Answer *answer = run_ask(run, (const Tefter__Query *)message);
    if (answer == NULL)
        return run->exit_code;
    run_json(run, &answer->base);
    return EXIT_DONE;
}

static int call_request(struct run *run, ProtobufCMessage *message)
{
    run->json = true;
    const Tefter__ToTerminal *answer = run_request(run, (Tefter__FromTerminal *)message);
    if (answer == NULL)
        return run->exit_code;
    const ProtobufCMessage *member = message_member(&answer->base);
    if (member != NULL)
        run_json(run, member);
    return EXIT_DONE;
}

/* Required fields are looked for here: what lacks one must not be packed. */
static bool is_whole(struct run *run, const ProtobufCMessage *message)
{
    struct message_fault fault = {.path = "", .what = ""};
    if (protobuf_c_message_check(message))
        return true;
    struct slice packed = message_pack(message, &run->arena);
    (void)message_scan(message->descriptor, packed, &fault);
    (void)run_say(run, EXIT_USE, N_("something needed is missing: {path}. See --help"), "path",
                  fault.path, NULL);
    return false;
}

static int call_callee(struct run *run, const struct callee *callee)
{
    const struct family *family = &families[callee->family];
    ProtobufCMessage *message = message_new(family->type, &run->arena);
    ProtobufCMessage *member =
        message == NULL ? NULL : member_make(message, callee->field->name, &run->arena);
    need(member != NULL);
    if (!take_fields(run, &member))
        return run->exit_code;
    uint8_t *base = (uint8_t *)message;
    *(ProtobufCMessage **)(void *)(base + callee->field->offset) = member;
    if (!is_whole(run, message))
        return run->exit_code;
    if (!run_open(run, callee->family == FAMILY_COMMAND))
        return run->exit_code;
    if (callee->family == FAMILY_COMMAND)
        return call_command(run, message);
    return callee->family == FAMILY_QUERY ? call_query(run, message) : call_request(run, message);
}

static int call_run(struct run *run)
{
    const char *name = arg_text(&run->args, "NAME");
    if (name == NULL && run->args.help) {
        help_verb(run->args.verb, stdout);
        return EXIT_DONE;
    }
    if (name == NULL) {
        list_names();
        return EXIT_DONE;
    }
    struct callee callee = find_callee(name);
    if (callee.field == NULL)
        return run_say(run, EXIT_USE, N_("there is no message {name}; tefter call lists them"),
                       "name", name, NULL);
    return run->args.help ? help_callee(&callee) : call_callee(run, &callee);
}

const struct verb call_verbs[] = {
    {.entity = "call",
     .summary = "send any command, query or request; JSON in, JSON out",
     .params = call_params,
     .run = call_run,
     .offline = true,
     .helps = true},
    END_VERBS,
};
