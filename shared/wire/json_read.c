/*
 * message_of_json and message_set: a message from what a person typed. The reader follows the
 * schema, never the text, so its depth is the schema's and no value is kept but in the message.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"
#include "wire/path.h"
#include "wire/reflect.h"

enum { SENTENCE_MAX = 600, SEEN_MAX = 256 };

struct json {
    const char *at;
    const char *end;
    struct arena *arena;
    struct message_fault *fault;
    unsigned depth;
};

/* ---- faults ---- */

static bool fault_set(struct json *json, const char *what)
{
    return path_fault(json->fault, what);
}

static bool fault_memory(struct json *json)
{
    return fault_set(json, "too much for one message");
}

__attribute__((format(printf, 2, 3))) static bool fault_say(struct json *json, const char *format,
                                                            ...)
{
    char sentence[SENTENCE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    const char *kept = arena_text(json->arena, sentence, strlen(sentence));
    return fault_set(json, kept == NULL ? "not understood" : kept);
}

/* "a, b, c", or as many as fit. */
static void add_name(char *list, size_t capacity, const char *name)
{
    size_t used = strlen(list);
    if (used + strlen(name) + 8 < capacity)
        snprintf(list + used, capacity - used, "%s%s", used == 0 ? "" : ", ", name);
    else if (used > 3 && used + 6 < capacity && strcmp(list + used - 3, "...") != 0)
        snprintf(list + used, capacity - used, ", ...");
}

static bool fault_no_field(struct json *json, const ProtobufCMessageDescriptor *type,
                           const char *name, size_t size)
{
    char names[SENTENCE_MAX / 2] = "";
    for (unsigned i = 0; i < type->n_fields; i++)
        add_name(names, sizeof(names), type->fields[i].name);
    if (names[0] == '\0')
        fault_say(json, "%s has no fields", type->short_name);
    else
        fault_say(json, "%s has no such field; it has: %s", type->short_name, names);
    char typed[40];
    snprintf(typed, sizeof(typed), "%.*s", (int)(size < sizeof(typed) ? size : sizeof(typed)),
             name);
    return path_within(json->fault, typed, -1);
}

static bool fault_enum(struct json *json, const ProtobufCEnumDescriptor *type)
{
    char names[SENTENCE_MAX / 2] = "";
    size_t prefix = reflect_enum_prefix(type);
    for (unsigned i = 0; i < type->n_values; i++)
        add_name(names, sizeof(names), type->values[i].name + prefix);
    return fault_say(json, "must be one of: %s", names);
}

/* ---- single values, from their words ---- */

/* Decimal digits with a sign, exactly; no fraction, no exponent. */
static bool whole_number(struct slice words, bool *ret_negative, uint64_t *ret_value)
{
    size_t at = words.size > 0 && (words.data[0] == '-' || words.data[0] == '+') ? 1 : 0;
    *ret_negative = at == 1 && words.data[0] == '-';
    *ret_value = 0;
    if (at == words.size)
        return false;
    for (; at < words.size; at++) {
        unsigned digit = (unsigned)words.data[at] - '0';
        if (digit > 9 || __builtin_mul_overflow(*ret_value, 10, ret_value) ||
            __builtin_add_overflow(*ret_value, digit, ret_value))
            return false;
    }
    return true;
}

static bool set_signed(struct json *json, struct slice words, int64_t least, int64_t most,
                       int64_t *ret_value)
{
    bool negative = false;
    uint64_t size = 0;
    if (!whole_number(words, &negative, &size))
        return fault_set(json, "must be a whole number");
    uint64_t room = negative ? (uint64_t)0 - (uint64_t)least : (uint64_t)most;
    if (size > room)
        return fault_set(json, "the number is too big for this field");
    *ret_value = negative ? (int64_t)((uint64_t)0 - size) : (int64_t)size;
    return true;
}

static bool set_unsigned(struct json *json, struct slice words, uint64_t most, uint64_t *ret_value)
{
    bool negative = false;
    if (!whole_number(words, &negative, ret_value))
        return fault_set(json, "must be a whole number");
    if (negative && *ret_value != 0)
        return fault_set(json, "must not be negative");
    return *ret_value <= most || fault_set(json, "the number is too big for this field");
}

static bool set_int(struct json *json, ProtobufCType type, struct slice words, void *at)
{
    bool wide = reflect_size(type) == sizeof(int64_t);
    int64_t value = 0;
    if (!set_signed(json, words, wide ? INT64_MIN : INT32_MIN, wide ? INT64_MAX : INT32_MAX,
                    &value))
        return false;
    int32_t narrow = (int32_t)value;
    memcpy(at, wide ? (void *)&value : (void *)&narrow, reflect_size(type));
    return true;
}

static bool set_uint(struct json *json, ProtobufCType type, struct slice words, void *at)
{
    bool wide = reflect_size(type) == sizeof(uint64_t);
    uint64_t value = 0;
    uint32_t day = 0;
    if (!wide && words.size == DATE_TEXT_SIZE - 1 &&
        date_read((const char *)words.data, words.size, &day)) {
        memcpy(at, &day, sizeof(day));
        return true;
    }
    if (!set_unsigned(json, words, wide ? UINT64_MAX : UINT32_MAX, &value))
        return false;
    uint32_t narrow = (uint32_t)value;
    memcpy(at, wide ? (void *)&value : (void *)&narrow, reflect_size(type));
    return true;
}

static bool is_word(struct slice words, const char *word)
{
    return slice_equal(words, slice_text(word));
}

static bool set_bool(struct json *json, struct slice words, protobuf_c_boolean *at)
{
    *at = is_word(words, "true") || is_word(words, "yes") || is_word(words, "1");
    if (*at || is_word(words, "false") || is_word(words, "no") || is_word(words, "0"))
        return true;
    return fault_set(json, "must be true or false");
}

static bool set_enum(struct json *json, const ProtobufCEnumDescriptor *type, struct slice words,
                     int32_t *at)
{
    const ProtobufCEnumValue *value = reflect_enum_find(type, (const char *)words.data, words.size);
    bool negative = false;
    uint64_t number = 0;
    if (value == NULL && whole_number(words, &negative, &number) && number <= INT32_MAX)
        value = protobuf_c_enum_descriptor_get_value(type, (int32_t)number);
    if (value == NULL)
        return fault_enum(json, type);
    *at = value->value;
    return true;
}

static bool fault_text(struct json *json, struct slice words)
{
    char said[SIGHT_SAID_MAX];
    struct sight_fault found;
    (void)sight_clear(words.data, words.size, SIGHT_OF_LINES, &found);
    return found.flaw == SIGHT_NOT_UTF8 ? fault_set(json, "not valid text")
                                        : fault_say(json, "%s", sight_say(&found, said));
}

static bool set_string(struct json *json, struct slice words, char **at)
{
    if (words.size > TEXT_MAX)
        return fault_say(json, "the text is too long: %zu bytes, at most %d", words.size, TEXT_MAX);
    if (!text_valid(words.data, words.size))
        return fault_text(json, words);
    *at = arena_text(json->arena, words.data, words.size);
    return *at != NULL || fault_memory(json);
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool set_bytes(struct json *json, struct slice words, ProtobufCBinaryData *at)
{
    if (words.size % 2 != 0)
        return fault_set(json, "must be hex: two digits a byte");
    at->data = arena_take(json->arena, words.size / 2);
    if (at->data == NULL)
        return fault_memory(json);
    for (at->len = 0; at->len < words.size / 2; at->len++) {
        int high = hex_digit(words.data[2 * at->len]);
        int low = hex_digit(words.data[2 * at->len + 1]);
        if (high < 0 || low < 0)
            return fault_set(json, "must be hex: two digits a byte");
        at->data[at->len] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool set_words(struct json *json, const ProtobufCFieldDescriptor *field, struct slice words,
                      void *at);

static bool set_text(struct json *json, const ProtobufCMessageDescriptor *type, struct slice words,
                     ProtobufCMessage **at)
{
    const ProtobufCFieldDescriptor *value = reflect_text_value(type);
    if (value == NULL)
        return fault_say(json, "is a %s: name one of its fields, or give {...}", type->short_name);
    *at = message_new(type, json->arena);
    return *at == NULL ? fault_memory(json)
                       : set_words(json, value, words, reflect_add(*at, value));
}

/* Sets one value of any type from its words. */
static bool set_words(struct json *json, const ProtobufCFieldDescriptor *field, struct slice words,
                      void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return set_int(json, field->type, words, at);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return set_uint(json, field->type, words, at);
    case PROTOBUF_C_TYPE_BOOL:
        return set_bool(json, words, at);
    case PROTOBUF_C_TYPE_ENUM:
        return set_enum(json, field->descriptor, words, at);
    case PROTOBUF_C_TYPE_STRING:
        return set_string(json, words, at);
    case PROTOBUF_C_TYPE_BYTES:
        return set_bytes(json, words, at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return set_text(json, field->descriptor, words, at);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        break;
    }
    return fault_set(json, "fractions are not used here");
}

/* ---- the words of JSON ---- */

static char peek(struct json *json)
{
    while (json->at < json->end && memchr(" \t\r\n", *json->at, 4) != NULL)
        json->at++;
    return json->at < json->end ? *json->at : '\0';
}

static bool take(struct json *json, char wanted)
{
    if (peek(json) != wanted)
        return false;
    json->at++;
    return true;
}

static bool take_hex4(struct json *json, uint32_t *ret_value)
{
    *ret_value = 0;
    for (int i = 0; i < 4; i++, json->at++) {
        int digit = json->at < json->end ? hex_digit((uint8_t)*json->at) : -1;
        if (digit < 0)
            return false;
        *ret_value = *ret_value << 4 | (uint32_t)digit;
    }
    return true;
}

/* Behind "\u": one code point, of two halves when it is a surrogate. */
static bool take_code_point(struct json *json, uint32_t *ret_point)
{
    if (!take_hex4(json, ret_point))
        return false;
    if (*ret_point < 0xd800 || *ret_point > 0xdfff)
        return true;
    uint32_t low = 0;
    if (*ret_point > 0xdbff || json->end - json->at < 2 || memcmp(json->at, "\\u", 2) != 0)
        return false;
    json->at += 2;
    if (!take_hex4(json, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *ret_point = 0x10000 + ((*ret_point - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static size_t utf8_put(uint8_t *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        out[i] = (uint8_t)(0x80 | (point & 0x3f));
    out[0] = (uint8_t)(heads[size] | point);
    return size;
}

/* Behind a backslash. */
static bool take_escape(struct json *json, uint8_t *out, size_t *ret_size)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (json->at == json->end)
        return false;
    char name = *json->at++;
    const char *known = name == '\0' ? NULL : strchr(names, name);
    uint32_t point = 0;
    if (known != NULL)
        point = (uint8_t)meanings[known - names];
    else if (name != 'u' || !take_code_point(json, &point))
        return false;
    *ret_size += utf8_put(out + *ret_size, point);
    return true;
}

/* A string with its quotes; escapes only ever make it shorter. */
static bool take_string(struct json *json, struct slice *ret_words)
{
    if (!take(json, '"'))
        return fault_set(json, "a name in quotes is missing");
    const char *quote = json->at;
    const char *end = quote;
    while (end < json->end && *end != '"')
        end += *end == '\\' ? 2 : 1;
    if (end >= json->end)
        return fault_set(json, "a string is not closed");
    uint8_t *out = arena_take(json->arena, (size_t)(end - quote) + 1);
    if (out == NULL)
        return fault_memory(json);
    size_t size = 0;
    while (json->at < end) {
        char c = *json->at++;
        if (c != '\\')
            out[size++] = (uint8_t)c;
        else if (!take_escape(json, out, &size))
            return fault_set(json, "an escape in a string is not known");
    }
    json->at = end + 1;
    *ret_words = slice_of(out, size);
    return true;
}

/* A number, true, false or null, as it stands. */
static bool take_bare(struct json *json, struct slice *ret_words)
{
    peek(json);
    const char *from = json->at;
    while (json->at < json->end && memchr(" \t\r\n,]}:{[\"", *json->at, 11) == NULL)
        json->at++;
    *ret_words = slice_of(from, (size_t)(json->at - from));
    return ret_words->size > 0 || fault_set(json, "a value is missing");
}

static bool take_null(struct json *json)
{
    peek(json);
    if (json->end - json->at < 4 || memcmp(json->at, "null", 4) != 0)
        return false;
    json->at += 4;
    return true;
}

/* ---- messages ---- */

static bool take_message(struct json *json, const ProtobufCMessageDescriptor *type,
                         ProtobufCMessage **ret_message);

static bool wants_quotes(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES;
}

static bool take_value(struct json *json, const ProtobufCFieldDescriptor *field, void *at)
{
    char next = peek(json);
    if (next == '{' && field->type == PROTOBUF_C_TYPE_MESSAGE)
        return take_message(json, field->descriptor, at);
    if (next == '{' || next == '[')
        return fault_set(json, next == '{' ? "is not an object" : "is not a list");
    struct slice words;
    if (next == '"')
        return take_string(json, &words) && set_words(json, field, words, at);
    if (!take_bare(json, &words))
        return false;
    if (wants_quotes(field))
        return fault_set(json, "must be in quotes");
    return set_words(json, field, words, at);
}

/* How many elements the list at hand can have at most: its commas, whatever they stand in. */
static size_t count_elements(const struct json *json)
{
    size_t count = 1;
    unsigned depth = 0;
    bool quoted = false;
    for (const char *at = json->at; at < json->end; at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (quoted)
            at += *at == '\\' ? 1 : 0;
        else if (*at == '[' || *at == '{')
            depth++;
        else if ((*at == ']' || *at == '}') && depth-- == 0)
            break;
        else if (*at == ',' && depth == 0)
            count++;
    }
    return count;
}

static bool take_elements(struct json *json, ProtobufCMessage *message,
                          const ProtobufCFieldDescriptor *field, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        /* The value counts once it is whole, so that no half message is ever looked at. */
        union {
            void *pointer;
            int64_t wide;
            ProtobufCBinaryData bytes;
        } value = {.bytes = {0, NULL}};
        if (!take_value(json, field, &value))
            return path_within(json->fault, "", (int64_t)i);
        memcpy(reflect_add(message, field), &value, reflect_size(field->type));
        if (take(json, ']'))
            return true;
        if (!take(json, ','))
            break;
    }
    return fault_set(json, "a comma or ] is missing in a list");
}

static bool take_list(struct json *json, ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field)
{
    if (!take(json, '['))
        return fault_set(json, "must be a list: [...]");
    if (take(json, ']'))
        return true;
    size_t count = count_elements(json);
    uint32_t bound = message_bound(message->descriptor, field);
    if (count > bound)
        return fault_say(json, "has too many elements: %zu, at most %u", count, bound);
    if (!reflect_reserve(message, field, count, json->arena))
        return fault_memory(json);
    return take_elements(json, message, field, count);
}

/* Is the oneof of this field still free for it? */
static bool oneof_free(struct json *json, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field)
{
    const ProtobufCFieldDescriptor *other = reflect_oneof(message, field);
    return other == NULL || other == field ||
           fault_say(json, "cannot stand beside %s", other->name);
}

static bool take_field_value(struct json *json, ProtobufCMessage *message,
                             const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return take_list(json, message, field);
    return oneof_free(json, message, field) && take_value(json, field, reflect_add(message, field));
}

static bool take_field(struct json *json, ProtobufCMessage *message, bool seen[SEEN_MAX])
{
    struct slice name;
    if (!take_string(json, &name))
        return false;
    const ProtobufCMessageDescriptor *type = message->descriptor;
    const ProtobufCFieldDescriptor *field = reflect_find(type, (const char *)name.data, name.size);
    if (field == NULL)
        return fault_no_field(json, type, (const char *)name.data, name.size);
    if (!take(json, ':'))
        return fault_set(json, "a colon is missing") || path_within(json->fault, field->name, -1);
    if (take_null(json))
        return true;
    bool *twice = &seen[field - type->fields];
    bool good = *twice ? fault_set(json, "there twice") : take_field_value(json, message, field);
    *twice = true;
    return good || path_within(json->fault, field->name, -1);
}

static bool take_fields(struct json *json, ProtobufCMessage *message, bool seen[SEEN_MAX])
{
    if (!take(json, '{'))
        return fault_set(json, "must be an object: {...}");
    if (take(json, '}'))
        return true;
    do {
        if (!take_field(json, message, seen))
            return false;
    } while (take(json, ','));
    return take(json, '}') || fault_set(json, "a comma or } is missing");
}

static bool all_required(struct json *json, const ProtobufCMessageDescriptor *type,
                         const bool seen[SEEN_MAX])
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (type->fields[i].label != PROTOBUF_C_LABEL_REQUIRED || seen[i])
            continue;
        fault_set(json, "missing");
        return path_within(json->fault, type->fields[i].name, -1);
    }
    return true;
}

static bool take_message(struct json *json, const ProtobufCMessageDescriptor *type,
                         ProtobufCMessage **ret_message)
{
    bool seen[SEEN_MAX] = {false};
    if (json->depth >= MESSAGE_DEPTH_MAX)
        return fault_set(json, "nested too deep");
    ProtobufCMessage *message = message_new(type, json->arena);
    if (message == NULL || type->n_fields > SEEN_MAX)
        return fault_memory(json);
    json->depth++;
    bool good = take_fields(json, message, seen) && all_required(json, type, seen);
    json->depth--;
    if (good)
        *ret_message = message;
    return good;
}

static bool take_whole(struct json *json, const ProtobufCMessageDescriptor *type,
                       ProtobufCMessage **ret_message)
{
    if (!take_message(json, type, ret_message))
        return false;
    return peek(json) == '\0' && json->at == json->end
               ? true
               : fault_set(json, "something stands behind the message");
}

ProtobufCMessage *message_of_json(const ProtobufCMessageDescriptor *type, struct slice words,
                                  struct arena *arena, struct message_fault *ret_fault)
{
    const char *text = words.size == 0 ? "" : (const char *)words.data;
    struct json json = {text, text + words.size, arena, ret_fault, 0};
    ProtobufCMessage *message = NULL;
    fault_set(&json, "");
    return take_whole(&json, type, &message) ? message : NULL;
}

/* ---- one field by its path ---- */

/* One step of a path: "lines[3]". */
struct step {
    const ProtobufCFieldDescriptor *field;
    int64_t index; /* -1: none given */
};

static bool step_index(struct json *json, const char *text, size_t size, int64_t *ret_index)
{
    bool closed = size > 2 && text[size - 1] == ']';
    struct slice digits = slice_of(text + 1, closed ? size - 2 : 0);
    if (closed && set_signed(json, digits, 0, UINT32_MAX, ret_index))
        return true;
    return fault_set(json, "an index looks like [0]");
}

static bool step_of(struct json *json, const ProtobufCMessage *message, const char *text,
                    struct step *ret_step)
{
    size_t size = strcspn(text, ".");
    size_t name = strcspn(text, ".[");
    ret_step->index = -1;
    ret_step->field = reflect_find(message->descriptor, text, name);
    if (ret_step->field == NULL)
        return fault_no_field(json, message->descriptor, text, name);
    if (name < size && !step_index(json, text + name, size - name, &ret_step->index))
        return path_within(json->fault, ret_step->field->name, -1);
    return true;
}

static bool append_slot(struct json *json, ProtobufCMessage *message,
                        const ProtobufCFieldDescriptor *field, void **ret_at)
{
    size_t count = reflect_count(message, field);
    if (count >= message_bound(message->descriptor, field))
        return fault_set(json, "too many");
    if (!reflect_reserve(message, field, 1, json->arena))
        return fault_memory(json);
    *ret_at = reflect_at(message, field, count);
    return true;
}

/* Where the value of a step is, or will be once it is added. */
static bool slot_of(struct json *json, ProtobufCMessage *message, const struct step *step,
                    bool *ret_new, void **ret_at)
{
    size_t count = reflect_count(message, step->field);
    bool repeated = step->field->label == PROTOBUF_C_LABEL_REPEATED;
    if (!repeated && step->index > 0)
        return fault_set(json, "is not a list");
    if (repeated && step->index > (int64_t)count)
        return fault_say(json, "the next index is %zu", count);
    size_t index = !repeated ? 0 : step->index < 0 ? count : (size_t)step->index;
    *ret_new = index == count;
    if (repeated && *ret_new)
        return append_slot(json, message, step->field, ret_at);
    *ret_at = reflect_at(message, step->field, index);
    return oneof_free(json, message, step->field);
}

static bool set_at(struct json *json, ProtobufCMessage *message, const char *path,
                   const char *value);

static bool value_of_step(struct json *json, const ProtobufCFieldDescriptor *field,
                          const char *rest, const char *words, ProtobufCMessage **message)
{
    if (rest == NULL && words[0] == '{' && field->type == PROTOBUF_C_TYPE_MESSAGE) {
        json->at = words;
        json->end = words + strlen(words);
        return take_whole(json, field->descriptor, message);
    }
    if (rest == NULL)
        return set_words(json, field, slice_text(words), message);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return fault_set(json, "has no fields of its own");
    if (*message == NULL)
        *message = message_new(field->descriptor, json->arena);
    return *message == NULL ? fault_memory(json) : set_at(json, *message, rest, words);
}

static bool set_step(struct json *json, ProtobufCMessage *message, const struct step *step,
                     const char *rest, const char *words)
{
    bool new = false;
    void *at = NULL;
    if (!slot_of(json, message, step, &new, &at))
        return false;
    union {
        ProtobufCMessage *message;
        int64_t wide;
        ProtobufCBinaryData bytes;
    } value = {.bytes = {0, NULL}};
    if (rest != NULL && !new)
        memcpy(&value, at, reflect_size(step->field->type));
    if (!value_of_step(json, step->field, rest, words, &value.message))
        return false;
    memcpy(new ? reflect_add(message, step->field) : at, &value, reflect_size(step->field->type));
    return true;
}

static bool set_at(struct json *json, ProtobufCMessage *message, const char *path,
                   const char *words)
{
    struct step step;
    if (++json->depth > MESSAGE_DEPTH_MAX)
        return fault_set(json, "nested too deep");
    if (!step_of(json, message, path, &step))
        return false;
    const char *dot = strchr(path, '.');
    return set_step(json, message, &step, dot == NULL ? NULL : dot + 1, words) ||
           path_within(json->fault, step.field->name, step.index);
}

bool message_set(ProtobufCMessage *message, const char *path, const char *value,
                 struct arena *arena, struct message_fault *ret_fault)
{
    struct json json = {value, value, arena, ret_fault, 0};
    fault_set(&json, "");
    return set_at(&json, message, path, value);
}
