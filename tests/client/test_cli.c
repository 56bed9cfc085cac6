/*
 * The tables of the command line: every field, column and word they name exists in the schema, and
 * a person's words become what the tables say.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "cli/sale.h"
#include "wire/message.h"

/* ---- names in the schema ---- */

/* The field at a path from a type; NULL: there is none. */
static const ProtobufCFieldDescriptor *at_path(const ProtobufCMessageDescriptor *type,
                                               const char *path)
{
    char name[64];
    for (;;) {
        size_t size = strcspn(path, ".");
        (void)snprintf(name, sizeof(name), "%.*s", (int)size, path);
        const ProtobufCFieldDescriptor *field = member_find(type, name);
        if (field == NULL || path[size] == '\0')
            return field;
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            return NULL;
        type = field->descriptor;
        path += size + 1;
    }
}

static void say_row(const struct verb *verb, const char *what)
{
    print_error("in %s %s: %s\n", verb->entity, verb->verb == NULL ? "" : verb->verb, what);
}

static const ProtobufCMessageDescriptor *filled_type(const struct verb *verb)
{
    const ProtobufCFieldDescriptor *member = NULL;
    if (verb->command != NULL)
        member = member_find(&tefter__command__descriptor, verb->command);
    if (verb->query != NULL)
        member = member_find(&tefter__query__descriptor, verb->query);
    return member == NULL ? NULL : member->descriptor;
}

static bool fits(const struct param *param, const ProtobufCFieldDescriptor *field)
{
    enum value_kind kind = param->kind;
    bool text =
        field->type == PROTOBUF_C_TYPE_STRING || field->descriptor == &tefter__text__descriptor;
    if (kind == VALUE_FLAG || kind == VALUE_NOT)
        return field->type == PROTOBUF_C_TYPE_BOOL;
    if (kind == VALUE_TEXT && field->type == PROTOBUF_C_TYPE_BOOL)
        return param->words != NULL && strcmp(param->words, "true false") == 0;
    if (kind == VALUE_TEXT)
        return text;
    if (kind == VALUE_ENUM)
        return field->type == PROTOBUF_C_TYPE_ENUM;
    return !text && field->type != PROTOBUF_C_TYPE_ENUM && field->type != PROTOBUF_C_TYPE_BOOL;
}

static bool params_exist(void *context, const struct verb *verb)
{
    const ProtobufCMessageDescriptor *type = filled_type(verb);
    uint32_t *bad = context;
    bool is_row = verb->run == NULL;
    if (is_row && (type == NULL || (verb->command == NULL) == (verb->query == NULL))) {
        say_row(verb, "its command or query");
        (*bad)++;
    }
    for (const struct param *param = verb->params;
         type != NULL && param != NULL && param->name != NULL; param++) {
        if (param->field == NULL)
            continue;
        const ProtobufCFieldDescriptor *field = at_path(type, param->field);
        bool many = field != NULL && field->label == PROTOBUF_C_LABEL_REPEATED;
        if (field == NULL || !fits(param, field) || many != param->many) {
            say_row(verb, param->name);
            (*bad)++;
        }
    }
    return true;
}

static void every_param_names_a_field_of_its_kind(void **state)
{
    (void)state;
    uint32_t bad = 0;
    verbs_each(params_exist, &bad);
    assert_int_equal(bad, 0);
}

static bool column_fits(const struct column *column, const ProtobufCFieldDescriptor *field)
{
    if (column->kind == COLUMN_TEXT || column->kind == COLUMN_SELDOM)
        return field->type == PROTOBUF_C_TYPE_STRING ||
               field->descriptor == &tefter__text__descriptor;
    if (column->kind == COLUMN_LIMIT || column->kind == COLUMN_AVAILABLE)
        return field->descriptor == &tefter__account_row__descriptor;
    if (column->kind == COLUMN_STATE)
        return field->descriptor == &tefter__document_state__descriptor;
    if (column->kind == COLUMN_ENUM)
        return field->type == PROTOBUF_C_TYPE_ENUM;
    return field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE;
}

static bool columns_exist(void *context, const struct verb *verb)
{
    uint32_t *bad = context;
    if (verb->rows == NULL)
        return true;
    const ProtobufCFieldDescriptor *answer = member_find(&tefter__answer__descriptor, verb->query);
    const ProtobufCFieldDescriptor *rows =
        answer == NULL ? NULL : member_find(answer->descriptor, verb->rows);
    if (rows == NULL || rows->label != PROTOBUF_C_LABEL_REPEATED) {
        say_row(verb, "its rows");
        (*bad)++;
        return true;
    }
    if (verb->paged && (at_path(answer->descriptor, "next") == NULL ||
                        at_path(filled_type(verb), "page") == NULL ||
                        at_path(filled_type(verb), "rows") == NULL)) {
        say_row(verb, "its pages");
        (*bad)++;
    }
    for (const struct column *column = verb->columns; column->title != NULL; column++) {
        const ProtobufCFieldDescriptor *field = at_path(rows->descriptor, column->path);
        if (field == NULL || !column_fits(column, field)) {
            say_row(verb, column->title);
            (*bad)++;
        }
    }
    return true;
}

static void every_column_names_a_field_of_its_kind(void **state)
{
    (void)state;
    uint32_t bad = 0;
    verbs_each(columns_exist, &bad);
    assert_int_equal(bad, 0);
}

static bool required_are_filled(void *context, const struct verb *verb)
{
    uint32_t *bad = context;
    const ProtobufCMessageDescriptor *type = filled_type(verb);
    if (type == NULL || verb->run != NULL)
        return true;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->label != PROTOBUF_C_LABEL_REQUIRED)
            continue;
        char fixed[96];
        (void)snprintf(fixed, sizeof(fixed), "%s=", field->name);
        bool filled = verb->fixed != NULL && strstr(verb->fixed, fixed) != NULL;
        for (const struct param *param = verb->params; !filled && param->name != NULL; param++) {
            size_t size = strlen(field->name);
            bool there = param->field != NULL && strncmp(param->field, field->name, size) == 0;
            bool always = param->name[0] != '-' ? !param->optional : param->needed;
            filled = there && (always || param->field[size] == '.');
        }
        if (!filled) {
            say_row(verb, field->name);
            (*bad)++;
        }
    }
    return true;
}

static void what_a_message_needs_is_always_asked_for(void **state)
{
    (void)state;
    uint32_t bad = 0;
    verbs_each(required_are_filled, &bad);
    assert_int_equal(bad, 0);
}

/* Words of a Done, and of the person's own line. */
static bool word_known(const struct verb *verb, const char *word, size_t size)
{
    static const char *const known[] = {
        "id",  "match", "number", "reversal", "total$",    "matched$", "owes",  "available", "due",
        "job", "paid$", "taken$", "rounded$", "expected$", "more$",    "less$", "way"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i]) == size && strncmp(known[i], word, size) == 0)
            return true;
    }
    for (const struct param *param = verb->params; param != NULL && param->name != NULL; param++) {
        if (strlen(param->name) == size && strncmp(param->name, word, size) == 0)
            return true;
    }
    return false;
}

static bool patterns_are_known(void *context, const struct verb *verb)
{
    uint32_t *bad = context;
    if (verb->command != NULL && verb->run == NULL && verb->done == NULL) {
        say_row(verb, "its sentence");
        (*bad)++;
    }
    for (const char *at = verb->done == NULL ? NULL : strchr(verb->done, '{'); at != NULL;
         at = strchr(at + 1, '{')) {
        if (!word_known(verb, at + 1, strcspn(at + 1, "}"))) {
            say_row(verb, at);
            (*bad)++;
        }
    }
    return true;
}

static void every_sentence_has_known_words(void **state)
{
    (void)state;
    uint32_t bad = 0;
    verbs_each(patterns_are_known, &bad);
    assert_int_equal(bad, 0);
}

/* ---- words of the line ---- */

static struct failure failure;

static bool read_words(struct args *args, const char *noun, const char *verb, int count,
                       char **words)
{
    *args = (struct args){.verb = NULL};
    failure = (struct failure){.fault = FAULT_NONE};
    const struct verb *found = verb_find(noun, verb);
    assert_non_null(found);
    return args_read(args, found, count, words, &failure);
}

static void operands_and_options_come_in_any_order(void **state)
{
    (void)state;
    static struct args args;
    char *words[] = {"--note",   "-5",        "C-1",      "A=1", "--charge=x=1", "--json",
                     "--custom", "work=2@5k", "--charge", "y=2", "--",           "--B=2"};
    assert_true(read_words(&args, "sell", NULL, 12, words));
    assert_string_equal(arg_text(&args, "CUSTOMER"), "C-1");
    assert_string_equal(arg_text(&args, "--note"), "-5");
    assert_true(args.json);
    size_t at = 0;
    assert_string_equal(arg_next(&args, "LINE", &at), "A=1");
    assert_string_equal(arg_next(&args, "LINE", &at), "--B=2");
    assert_null(arg_next(&args, "LINE", &at));
    at = 0;
    assert_string_equal(arg_next(&args, "--charge", &at), "x=1");
    assert_string_equal(arg_next(&args, "--charge", &at), "y=2");
    assert_string_equal(arg_text(&args, "--custom"), "work=2@5k");
    assert_false(arg_flag(&args, "--what-if"));
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static struct args args;
    char *none[] = {"C-1"};
    assert_false(read_words(&args, "pay", NULL, 1, none));
    assert_non_null(strstr(failure.text, "AMOUNT is missing"));
    char *unknown[] = {"C-1", "5", "--no-such"};
    assert_false(read_words(&args, "pay", NULL, 3, unknown));
    assert_non_null(strstr(failure.text, "--no-such"));
    char *twice[] = {"C-1", "5", "--note", "a", "--note", "b"};
    assert_false(read_words(&args, "pay", NULL, 6, twice));
    char *valued[] = {"C-1", "5", "--oldest=yes"};
    assert_false(read_words(&args, "pay", NULL, 3, valued));
    char *without[] = {"C-1", "5", "--note"};
    assert_false(read_words(&args, "pay", NULL, 3, without));
    char *many[] = {"C-1", "5", "6"};
    assert_false(read_words(&args, "pay", NULL, 3, many));
    char *needed[] = {"anna"};
    assert_false(read_words(&args, "staff", "add", 1, needed));
    assert_non_null(strstr(failure.text, "--role"));
    char *help[] = {"--help"};
    assert_true(read_words(&args, "pay", NULL, 1, help));
    assert_true(args.help);
}

static void the_nearest_word_is_offered(void **state)
{
    (void)state;
    assert_string_equal(nearest_noun("custmer"), "customer");
    assert_string_equal(nearest_noun("sel"), "sell");
    assert_string_equal(nearest_noun("cust"), "customer");
    assert_null(nearest_noun("zzzzzz"));
    assert_string_equal(nearest_verb("customer", "shwo"), "show");
    assert_string_equal(nearest_verb("till", "lst"), "list");
    assert_null(verb_find("customer", "sell"));
}

/* ---- lines of a sale ---- */

static struct run run;

static int begin_run(void **state)
{
    (void)state;
    run = (struct run){.exit_code = 0};
    arena_init(&run.arena, 4 << 20);
    return 0;
}

static int end_run(void **state)
{
    (void)state;
    arena_fini(&run.arena);
    return 0;
}

static void a_line_is_read_as_it_is_typed(void **state)
{
    (void)state;
    Tefter__InvoiceLine line;
    assert_true(sale_line(&run, "CEM-40=2.5@92k-5%", false, &line));
    assert_string_equal(line.product_code, "CEM-40");
    assert_true(line.quantity == 2500);
    assert_true(line.has_price && line.price == INT64_C(92000) * 1000);
    assert_true(line.has_discount_bp && line.discount_bp == 500);
    assert_false(line.has_discount_minor);
    assert_true(sale_line(&run, "CEM=3-2000", false, &line));
    assert_true(line.has_discount_minor && line.discount_minor == 2000);
    assert_false(line.has_price);
    assert_true(sale_line(&run, "CEM", false, &line));
    assert_true(line.quantity == 1000);
    assert_true(sale_line(&run, "delivery=1@50k", true, &line));
    assert_string_equal(line.text, "delivery");
    assert_null(line.product_code);
    assert_true(line.price == INT64_C(50000) * 1000);
}

static void a_line_that_is_unclear_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"=5",     "CEM=",     "CEM=x",     "CEM=1@",
                                      "CEM=1-", "CEM=1-x%", "CEM=1.500", "CEM=1@1.50.0"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        Tefter__InvoiceLine line;
        if (sale_line(&run, bad[i], false, &line))
            fail_msg("\"%s\" was read", bad[i]);
        assert_int_equal(run.exit_code, EXIT_USE);
    }
}

/* ---- exit codes, words, JSON ---- */

static void every_refusal_has_an_exit_code(void **state)
{
    (void)state;
    const ProtobufCEnumDescriptor *codes = &tefter__refusal_code__descriptor;
    for (unsigned i = 0; i < codes->n_values; i++) {
        int code = refusal_exit((Tefter__RefusalCode)codes->values[i].value);
        assert_in_range(code, EXIT_REFUSED, EXIT_CONFLICT);
    }
    assert_int_equal(refusal_exit(TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED), EXIT_REFUSED);
    assert_int_equal(refusal_exit(TEFTER__REFUSAL_CODE__RIGHT_MISSING), EXIT_NOT_ALLOWED);
    assert_int_equal(refusal_exit(TEFTER__REFUSAL_CODE__NUMBER_TAKEN), EXIT_CONFLICT);
    assert_int_equal(refusal_exit(TEFTER__REFUSAL_CODE__FIELD_MISSING), EXIT_USE);
}

static void enums_are_shown_as_words(void **state)
{
    (void)state;
    char out[CELL_MAX];
    assert_string_equal(enum_word(&tefter__document_kind__descriptor,
                                  TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE, out, sizeof(out)),
                        "credit note");
    assert_string_equal(
        enum_word(&tefter__role__descriptor, TEFTER__ROLE__ROLE_OWNER, out, sizeof(out)), "owner");
    assert_string_equal(enum_word(&tefter__role__descriptor, 77, out, sizeof(out)), "other (77)");
}

static void a_cell_shows_its_field(void **state)
{
    (void)state;
    char out[CELL_MAX];
    Tefter__CustomerEntry entry = TEFTER__CUSTOMER_ENTRY__INIT;
    Tefter__CustomerRow who = TEFTER__CUSTOMER_ROW__INIT;
    Tefter__AccountRow account = TEFTER__ACCOUNT_ROW__INIT;
    Tefter__Text name = TEFTER__TEXT__INIT;
    name.value = (char *)"An\nBinh";
    who.code = (char *)"C-1";
    who.name = &name;
    account.available_minor = -64500000;
    account.balance_minor = 1234567;
    entry.who = &who;
    entry.account = &account;
    struct column columns[] = {{"", "who.name", COLUMN_TEXT},
                               {"", "account.balance_minor", COLUMN_MONEY},
                               {"", "account", COLUMN_AVAILABLE},
                               {"", "who.phone", COLUMN_TEXT},
                               {"", "who.locked", COLUMN_FLAG}};
    cell_write(&run, &entry.base, &columns[0], out);
    assert_string_equal(out, "An\nBinh"); /* how it is shown is for whoever tells it */
    cell_write(&run, &entry.base, &columns[1], out);
    assert_string_equal(out, "1,234,567");
    cell_write(&run, &entry.base, &columns[2], out);
    assert_string_equal(out, "^ over 64,500,000");
    cell_write(&run, &entry.base, &columns[3], out);
    assert_string_equal(out, "");
    cell_write(&run, &entry.base, &columns[4], out);
    assert_string_equal(out, "");
    run.unicode = true;
    cell_write(&run, &entry.base, &columns[2], out);
    assert_string_equal(out, "▲ over 64,500,000");
}

static void numbers_are_shown_without_idle_zeros(void **state)
{
    (void)state;
    char out[CELL_MAX];
    assert_string_equal(quantity_text(&run, 2500, out), "2.5");
    assert_string_equal(quantity_text(&run, 6000000, out), "6,000");
    assert_string_equal(price_text(&run, 92000000, out), "92,000");
    assert_string_equal(price_text(&run, 92000500, out), "92,000.5");
}

static void columns_line_up_in_any_script(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct table *table = table_create(&run);
    table_column(table, "NAME", false);
    table_column(table, "OWES", true);
    table_column(table, "NOTE", false);
    table_cell(table, "Nguyễn");
    table_cell(table, "1,000");
    table_cell(table, "");
    table_cell(table, "李明");
    table_cell(table, "12");
    table_cell(table, "x");
    table_print(table, out);
    (void)fclose(out);
    assert_string_equal(text, "NAME     OWES  NOTE\n"
                              "Nguyễn  1,000  \n"
                              "李明       12  x\n");
    free(text);
}

/* As wide as they come in a shop. */
static const char *usual(enum column_kind kind)
{
    switch (kind) {
    case COLUMN_DATE:
        return "2026-11-29";
    case COLUMN_TIME:
        return "2026-11-29 14:05:07";
    case COLUMN_MONEY:
        return "-1,234,567.00";
    case COLUMN_LIMIT:
    case COLUMN_AVAILABLE:
        return "▲ over 1,234,567.00";
    case COLUMN_PRICE:
    case COLUMN_QUANTITY:
        return "12,345.5";
    case COLUMN_PERCENT:
    case COLUMN_NUMBER:
    case COLUMN_LATE:
    case COLUMN_OFFSET:
        return "123456";
    case COLUMN_TEXT:
    case COLUMN_SELDOM:
    case COLUMN_CUSTOMER:
    case COLUMN_PLACE:
        return "Northgate Building Supplies 建材";
    case COLUMN_FLAG:
    case COLUMN_ENUM:
    case COLUMN_STATE:
    case COLUMN_BRANCH:
    case COLUMN_STAFF:
        break;
    }
    return "some word";
}

static void holds(const struct verb *verb, enum language language)
{
    enum { TERMINAL = 80, LONGEST = 26 };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct run speaks = run;
    speaks.language = language;
    speaks.width = TERMINAL;
    arena_init(&speaks.arena, 4 << 20);
    struct table *table = table_create(&speaks);
    for (const struct column *column = verb->columns; column->title != NULL; column++) {
        const char *title = words_in(language, column->title);
        if (tell_columns(title, strlen(title)) > LONGEST)
            fail_msg("%s %s: %s is long", verb->entity, verb->verb, title);
        table_column(table, column->title, column->kind == COLUMN_MONEY);
    }
    for (const struct column *column = verb->columns; column->title != NULL; column++)
        table_cell(table, usual(column->kind));
    table_print(table, out);
    (void)fclose(out);
    for (char *rest = text, *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        if (tell_columns(line, strlen(line)) > TERMINAL)
            fail_msg("%s %s in %s: %s", verb->entity, verb->verb, language_code(language), line);
    arena_fini(&speaks.arena);
    free(text);
}

static bool holds_in_all(void *context, const struct verb *verb)
{
    (void)context;
    for (int i = 0; verb->columns != NULL && i < LANGUAGES; i++)
        holds(verb, (enum language)i);
    return true;
}

static void every_table_holds_in_a_terminal_in_every_language(void **state)
{
    (void)state;
    verbs_each(holds_in_all, NULL);
}

/* The words of an enum are those of the schema, and each has one in every language. */
static bool enums_have_words(void *context, const struct verb *verb)
{
    char english[CELL_MAX];
    char other[CELL_MAX];
    struct run speaks = {.language = LANGUAGE_VIETNAMESE};
    (void)context;
    if (verb->rows == NULL)
        return true;
    const ProtobufCFieldDescriptor *answer = member_find(&tefter__answer__descriptor, verb->query);
    const ProtobufCFieldDescriptor *rows = member_find(answer->descriptor, verb->rows);
    for (const struct column *column = verb->columns; column->title != NULL; column++) {
        if (column->kind != COLUMN_ENUM)
            continue;
        const ProtobufCEnumDescriptor *type = at_path(rows->descriptor, column->path)->descriptor;
        for (unsigned i = 0; i < type->n_values; i++) {
            (void)enum_word(type, type->values[i].value, english, sizeof(english));
            if (strcmp(english, enum_said(&speaks, type, type->values[i].value, other)) == 0)
                fail_msg("%s of %s has no other words", english, type->short_name);
        }
    }
    return true;
}

static void every_enum_of_a_table_has_words(void **state)
{
    (void)state;
    verbs_each(enums_have_words, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_param_names_a_field_of_its_kind),
        cmocka_unit_test(every_column_names_a_field_of_its_kind),
        cmocka_unit_test(what_a_message_needs_is_always_asked_for),
        cmocka_unit_test(every_sentence_has_known_words),
        cmocka_unit_test(operands_and_options_come_in_any_order),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(the_nearest_word_is_offered),
        cmocka_unit_test_setup_teardown(a_line_is_read_as_it_is_typed, begin_run, end_run),
        cmocka_unit_test_setup_teardown(a_line_that_is_unclear_is_refused, begin_run, end_run),
        cmocka_unit_test(every_refusal_has_an_exit_code),
        cmocka_unit_test(enums_are_shown_as_words),
        cmocka_unit_test_setup_teardown(a_cell_shows_its_field, begin_run, end_run),
        cmocka_unit_test_setup_teardown(numbers_are_shown_without_idle_zeros, begin_run, end_run),
        cmocka_unit_test_setup_teardown(columns_line_up_in_any_script, begin_run, end_run),
        cmocka_unit_test_setup_teardown(every_table_holds_in_a_terminal_in_every_language,
                                        begin_run, end_run),
        cmocka_unit_test(every_enum_of_a_table_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
