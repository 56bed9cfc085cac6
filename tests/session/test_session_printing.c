/*
 * Slips through the server: who is a printer, what it is told, what becomes of a job when either
 * end goes, and that all of it is bounded.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "session/inside.h"

static struct tls_identity printer_identity;
static uint32_t printer_terminal;
static uint64_t receipt;
static uint32_t receipt_of;
static struct client till;
static struct client printer;

static bool make_printer(uint32_t terminal, bool is)
{
    char json[120];
    (void)snprintf(json, sizeof json, "{\"change_terminal\":{\"terminal\":%u,\"printer\":%s}}",
                   terminal, is ? "true" : "false");
    return world_try(json, 0);
}

static int setup(void **state)
{
    char code[ENROL_CODE_TEXT_SIZE];
    char json[300];
    Tefter__RefusalCode refused = (Tefter__RefusalCode)0;
    if (world_setup(state) != 0)
        return -1;
    (void)world_staff("clerk", TEFTER__ROLE__ROLE_SALES, "password of clerk", NULL);
    uint32_t customer = receipt_of = world_customer("Anh", "0900");
    assert_true(world_try("{\"add_till\":{\"name\":\"drawer\",\"branch\":1}}", 0));
    (void)snprintf(json, sizeof json,
                   "{\"take_payment\":{\"customer\":%u,\"kind\":\"PAYMENT_CASH\",\"amount_minor\":"
                   "500,\"money_account\":1}}",
                   customer);
    assert_true(world_try(json, 1));
    printer_terminal = world_terminal("printer");
    assert_true(make_printer(printer_terminal, true));
    world_code(printer_terminal, 60000, code);
    assert_true(client_enrol(code, &printer_identity, &refused));
    client_enter(&till, "clerk", "password of clerk");
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentList list = TEFTER__DOCUMENT_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENTS;
    query.documents = &list;
    const Tefter__Answer *answer = client_query(&till, &query);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_DOCUMENTS);
    assert_int_equal(answer->documents->n_rows, 1);
    receipt = answer->documents->rows[0]->document;
    return 0;
}

static int teardown(void **state)
{
    client_close(&till);
    return world_teardown(state);
}

/* ---- the two ends ---- */

static uint64_t take(struct client *client, Tefter__PrintResult *result)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__TakePrintJob body = TEFTER__TAKE_PRINT_JOB__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_TAKE_PRINT_JOB;
    frame.take_print_job = &body;
    body.state = TEFTER__PRINTER_STATE__PRINTER_READY;
    body.result = result;
    return client_send(client, &frame);
}

static uint64_t ask(struct client *client, uint64_t document)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Print body = TEFTER__PRINT__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PRINT;
    frame.print = &body;
    body.document = document;
    return client_send(client, &frame);
}

static void come(struct client *client)
{
    client_greet(client, &printer_identity);
}

static const Tefter__PrintJob *job_of(struct client *client, uint64_t request)
{
    const Tefter__ToTerminal *answer = client_answer(client, request);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_PRINT_JOB);
    return answer->print_job;
}

static Tefter__PrintOutcome outcome_of(struct client *client, uint64_t request)
{
    const Tefter__ToTerminal *answer = client_answer(client, request);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_PRINTED);
    return answer->printed->outcome;
}

static Tefter__PrintResult result_of(uint64_t job, Tefter__PrintOutcome outcome)
{
    Tefter__PrintResult result = TEFTER__PRINT_RESULT__INIT;
    result.job = job;
    result.outcome = outcome;
    return result;
}

static bool printer_is_known(void)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    return client_ask(&till, &frame)->pong->has_printer;
}

/* ---- tests ---- */

static void test_a_slip(void **state)
{
    (void)state;
    assert_false(printer_is_known());
    assert_int_equal(outcome_of(&till, ask(&till, receipt)),
                     TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER);
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    uint64_t asked = ask(&till, receipt);
    const Tefter__PrintJob *job = job_of(&printer, waits);
    assert_true(printer_is_known());
    assert_true(job->document->document->document == receipt);
    assert_string_equal(job->document->customer->name->value, "Anh");
    /* no more than a slip shows */
    assert_null(job->document->customer->phone);
    assert_int_equal(job->document->document->n_postings, 0);
    assert_true(job->has_owed_minor && job->owed_minor == -500 && job->owed_before_minor == 0);
    Tefter__PrintResult result = result_of(job->job, TEFTER__PRINT_OUTCOME__PRINT_DONE);
    (void)take(&printer, &result);
    assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_DONE);
    client_close(&printer);
}

/* Who wants no debt on their slips: the ledger keeps it, so every till and printer knows. */
static void test_no_debt(void **state)
{
    (void)state;
    char json[120];
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    for (int without = 1; without >= 0; without--) {
        (void)snprintf(json, sizeof json,
                       "{\"change_customer\":{\"customer\":%u,\"no_debt_on_slips\":%s}}",
                       receipt_of, without ? "true" : "false");
        assert_true(world_try(json, 1));
        assert_false(world_try(json, 1)); /* nothing to change */
        uint64_t asked = ask(&till, receipt);
        const Tefter__PrintJob *job = job_of(&printer, waits);
        assert_int_equal(job->has_owed_minor, !without);
        assert_int_equal(job->document->customer->no_debt_on_slips, without);
        Tefter__PrintResult result = result_of(job->job, TEFTER__PRINT_OUTCOME__PRINT_DONE);
        waits = take(&printer, &result);
        assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_DONE);
    }
    client_close(&printer);
}

static void test_results_that_do_not_fit(void **state)
{
    (void)state;
    static const Tefter__PrintOutcome lies[] = {TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER,
                                                TEFTER__PRINT_OUTCOME__PRINT_OTHER_BRANCH};
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    for (size_t i = 0; i < 4; i++) {
        uint64_t asked = ask(&till, receipt);
        uint64_t job = job_of(&printer, waits)->job;
        Tefter__PrintResult result =
            result_of(i == 2 ? job + 1 : job, i < 2 ? lies[i] : TEFTER__PRINT_OUTCOME__PRINT_DONE);
        waits = take(&printer, i == 3 ? NULL : &result);
        assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
    }
    /* of a job that nobody has */
    Tefter__PrintResult result = result_of(7, TEFTER__PRINT_OUTCOME__PRINT_DONE);
    uint64_t again = take(&printer, &result);
    assert_int_equal(client_answer(&printer, waits)->body_case,
                     TEFTER__TO_TERMINAL__BODY_ACCEPTED); /* the newer one stands for it */
    uint64_t asked = ask(&till, receipt);
    (void)job_of(&printer, again);
    client_close(&printer);
    assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
}

static void test_who_is_none(void **state)
{
    (void)state;
    struct client other;
    client_greet(&other, &world.terminal);
    assert_int_equal(refusal_of(client_answer(&other, take(&other, NULL))),
                     TEFTER__REFUSAL_CODE__NOT_A_PRINTER);
    assert_int_equal(refusal_of(client_answer(&other, ask(&other, receipt))),
                     TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    client_close(&other);
    come(&printer);
    (void)take(&printer, NULL);
    assert_int_equal(refusal_of(client_answer(&printer, ask(&printer, receipt))),
                     TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    assert_true(make_printer(printer_terminal, false));
    client_wait_closed(&printer);
    assert_int_equal(client_goodbye(&printer)->refused->code, TEFTER__REFUSAL_CODE__NOT_A_PRINTER);
    client_close(&printer);
    assert_true(make_printer(printer_terminal, true));
    assert_int_equal(outcome_of(&till, ask(&till, receipt)),
                     TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER);
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    come(&printer);
    (void)take(&printer, NULL);
    assert_int_equal(refusal_of(client_answer(&till, ask(&till, receipt + 1))),
                     TEFTER__REFUSAL_CODE__NOT_FOUND);
    assert_int_equal(refusal_of(client_answer(&till, ask(&till, UINT64_MAX))),
                     TEFTER__REFUSAL_CODE__NOT_FOUND);
    client_close(&printer);
}

static void test_a_flood(void **state)
{
    (void)state;
    uint64_t asked[40];
    size_t too_many = 0;
    size_t none = 0;
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    uint64_t first = ask(&till, receipt);
    (void)job_of(&printer, waits); /* it is busy, and says nothing */
    for (size_t i = 0; i < 40; i++)
        asked[i] = ask(&till, receipt);
    for (size_t i = 0; i < 40; i++)
        if (i >= 3)
            too_many += outcome_of(&till, asked[i]) == TEFTER__PRINT_OUTCOME__PRINT_TOO_MANY;
    assert_int_equal(too_many, 37);
    client_close(&printer); /* and what waits is told at once */
    assert_int_equal(outcome_of(&till, first), TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
    for (size_t i = 0; i < 3; i++)
        none += outcome_of(&till, asked[i]) == TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER;
    assert_int_equal(none, 3);
}

/* Who asked is gone: nothing is told to whoever has the place now. */
static void test_the_till_goes(void **state)
{
    (void)state;
    struct client second;
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    client_enter(&second, "clerk", "password of clerk");
    (void)ask(&second, receipt);
    const Tefter__PrintJob *job = job_of(&printer, waits);
    client_close(&second);
    world_run(50);
    Tefter__PrintResult result = result_of(job->job, TEFTER__PRINT_OUTCOME__PRINT_DONE);
    waits = take(&printer, &result);
    uint64_t asked = ask(&till, receipt);
    result = result_of(job_of(&printer, waits)->job, TEFTER__PRINT_OUTCOME__PRINT_NO_PAPER);
    (void)take(&printer, &result);
    assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_NO_PAPER);
    client_close(&printer);
}

/* A profile that runs twice: the newest connection is the printer, and prints nothing twice. */
static void test_it_comes_twice(void **state)
{
    (void)state;
    struct client again;
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    world_run(20);
    come(&again);
    uint64_t waits_too = take(&again, NULL);
    const Tefter__ToTerminal *answer = client_answer(&printer, waits);
    assert_int_equal(refusal_of(answer), TEFTER__REFUSAL_CODE__NOT_A_PRINTER);
    assert_string_equal(answer->refused->field, "connection");
    client_wait_closed(&printer);
    assert_int_equal(client_goodbye(&printer)->refused->code, TEFTER__REFUSAL_CODE__NOT_A_PRINTER);
    uint64_t asked = ask(&till, receipt);
    uint64_t behind = ask(&till, receipt);
    const Tefter__PrintJob *job = job_of(&again, waits_too);
    client_close(&printer);
    /* with a job in its hands it is not asked to say what became of it, and nobody prints it anew
     */
    come(&printer);
    waits = take(&printer, NULL);
    assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
    client_wait_closed(&again);
    assert_true(job_of(&printer, waits)->job > job->job);
    client_close(&again);
    client_close(&printer);
    assert_int_equal(outcome_of(&till, behind), TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
}

static uint64_t ask_in(struct client *client, const char *language)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Print body = TEFTER__PRINT__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PRINT;
    frame.print = &body;
    body.document = receipt;
    body.language = (char *)(uintptr_t)language;
    return client_send(client, &frame);
}

static void test_a_language_that_is_none(void **state)
{
    (void)state;
    static const char *const none[] = {"", "xx", "VI", "vi-VN", "../../etc/passwd"};
    come(&printer);
    uint64_t waits = take(&printer, NULL);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const Tefter__ToTerminal *answer = client_answer(&till, ask_in(&till, none[i]));
        assert_int_equal(refusal_of(answer), TEFTER__REFUSAL_CODE__FIELD_INVALID);
        assert_string_equal(answer->refused->field, "language");
    }
    uint64_t asked = ask_in(&till, "fa");
    (void)job_of(&printer, waits);
    client_close(&printer);
    assert_int_equal(outcome_of(&till, asked), TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
}

/* Two connections of one till have four places together, and leave the branch the others. */
static void test_a_flood_over_two_connections(void **state)
{
    (void)state;
    struct client second;
    uint64_t asked[4];
    come(&printer);
    client_enter(&second, "clerk", "password of clerk");
    for (size_t i = 0; i < 4; i++)
        asked[i] = ask(&till, receipt);
    world_run(50);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(outcome_of(&second, ask(&second, receipt)),
                         TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(outcome_of(&till, asked[i]), TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER);
    (void)take(&printer, NULL); /* it takes the first, which stays with it */
    for (size_t i = 0; i < 4; i++)
        asked[i] = ask(&till, receipt);
    world_run(50);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(outcome_of(&second, ask(&second, receipt)),
                         TEFTER__PRINT_OUTCOME__PRINT_TOO_MANY);
    client_close(&second);
    client_close(&printer);
    for (size_t i = 0; i < 4; i++)
        (void)outcome_of(&till, asked[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_debt),
        cmocka_unit_test(test_a_slip),
        cmocka_unit_test(test_results_that_do_not_fit),
        cmocka_unit_test(test_who_is_none),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_a_flood),
        cmocka_unit_test(test_the_till_goes),
        cmocka_unit_test(test_it_comes_twice),
        cmocka_unit_test(test_a_language_that_is_none),
        cmocka_unit_test(test_a_flood_over_two_connections),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
