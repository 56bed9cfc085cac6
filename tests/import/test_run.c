/*
 * Whole imports of small files: what is gathered, rejected, asked, and where an import that was
 * broken off goes on.
 */
#include "kit.h"

#include "import/doubles.h"

#include <inttypes.h>
#include <pthread.h>
#include <sys/resource.h>

#include "base/date.h"

static const char map[] = " --map number=No,customer=Who,date=Day,code=Code,text=Text,"
                          "quantity=Qty,price=Price --source t --yes ";

static const char *words_of(const char *more)
{
    static char words[512];
    (void)snprintf(words, sizeof words, "invoices FILE%s%s", map, more);
    for (size_t size = strlen(words); size > 0 && words[size - 1] == ' '; size--)
        words[size - 1] = '\0';
    for (char *at; (at = strstr(words, "  ")) != NULL;)
        memmove(at, at + 1, strlen(at));
    return words;
}

#define HEADER "No,Who,Day,Code,Text,Qty,Price\n"

/* ---- what was handed over, in words ---- */

struct list {
    char text[4096];
};

static void list_lines(struct list *list, const struct entry *entry)
{
    for (size_t i = 0; i < entry->line_count; i++) {
        const struct entry_line *line = &entry->lines[i];
        size_t used = strlen(list->text);
        (void)snprintf(list->text + used, sizeof list->text - used, " %s:%s%s %lldx%lld",
                       line->code != NULL ? line->code : "-", line->text != NULL ? line->text : "-",
                       line->named ? "*" : "", (long long)line->quantity, (long long)line->price);
    }
}

static enum outcome list_entry(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    static const char *const kinds[] = {"customer", "product", "invoice",
                                        "credit",   "payment", "group"};
    struct list *list = kit->context;
    size_t used = strlen(list->text);
    const char *customer = entry->texts[FIELD_CUSTOMER];
    (void)why;
    (void)snprintf(list->text + used, sizeof list->text - used, "%s %s %s %lld;",
                   kinds[entry->kind], entry->texts[FIELD_NUMBER],
                   customer != NULL ? customer : "-", (long long)entry->total_minor);
    list_lines(list, entry);
    used = strlen(list->text);
    (void)snprintf(list->text + used, sizeof list->text - used, "\n");
    return OUTCOME_SENT;
}

static void assert_list(const char *file, const char *more, const char *wanted, uint64_t rejected)
{
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, file);
    if (!kit_run(&kit, words_of(more)))
        fail_msg("%s", kit.failure.text);
    assert_string_equal(list.text, wanted);
    assert_int_equal(kit.result.rejected_rows, rejected);
    kit_end(&kit);
}

static void documents(void **state)
{
    (void)state;
    assert_list(HEADER "1,A,2011-01-02,X,Nut,2,1.50\n"
                       "1,A,2011-01-02,Y,,1,0.001\n"
                       "2,,2011-01-03,X,Nut,1,2\n",
                "", /* Y has no description: it is called Y */
                "invoice 1 A 300; X:Nut* 2000x150000 Y:-* 1000x100\n"
                "invoice 2 - 200; X:Nut* 1000x200000\n",
                0);
}

/* Another text than the product's name is carried, the name is not. */
static void texts(void **state)
{
    (void)state;
    assert_list(HEADER "1,A,2011-01-02,X,Nut,1,1.00\n1,A,2011-01-02,X,Bolt,1,1\n"
                       "1,A,2011-01-02,X,\"Nut\",1,1\n",
                "", "invoice 1 A 300; X:Nut* 1000x100000 X:Bolt 1000x100000 X:Nut* 1000x100000\n",
                0);
}

static void credit_notes(void **state)
{
    (void)state;
    assert_list(HEADER "C1,A,2011-01-02,X,Nut,-2,1.50\n"
                       "C2,A,2011-01-02,X,Nut,1,-9.00\n"
                       "C3,A,2011-01-02,X,Nut,1,2.00\nC3,A,2011-01-02,Y,Bolt,-1,5.00\n"
                       "4,A,2011-01-02,X,Nut,3,2.00\n4,A,2011-01-02,Y,Rebate,1,-1.00\n"
                       "5,,2011-01-02,X,lost,-7,0.0\n",
                "",
                "credit C1 A -300; X:Nut* 2000x150000\n"
                "credit C2 A -900; X:Nut* 1000x900000\n"
                "credit C3 A -300; X:Nut* -1000x200000 Y:Bolt* 1000x500000\n"
                "invoice 4 A 500; X:Nut* 3000x200000 Y:Rebate -1000x100000\n"
                "invoice 5 - 0; X:lost -7000x0\n",
                0);
}

static void odd_codes(void **state)
{
    (void)state;
    assert_list(HEADER "1,ACME Ltd,2011-01-02,BANK CHARGES,Bank Charges,1,15.0\n"
                       "1,ACME Ltd,2011-01-02,BANK CHARGES,,1,1.0\n"
                       "1,ACME Ltd,2011-01-02,,Carriage,1,1.0\n",
                "",
                "invoice 1 ACME-Ltd-24483b 1700; -:BANK CHARGES: Bank Charges 1000x1500000 "
                "-:BANK CHARGES 1000x100000 -:Carriage 1000x100000\n",
                0);
}

/* Rows of a document may stand apart, in whichever order. */
static void apart(void **state)
{
    (void)state;
    assert_list(HEADER "1,A,2011-01-02,X,Nut,1,1.00\n2,A,2011-01-02,X,Nut,1,2.00\n"
                       "1,A,2011-01-02,X,Nut,1,3.00\n",
                "",
                "invoice 1 A 400; X:Nut* 1000x100000 X:Nut* 1000x300000\n"
                "invoice 2 A 200; X:Nut* 1000x200000\n",
                0);
}

/* ---- amounts without quantities, tax, terms ---- */

static void amounts(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, "No;Day;Due;Sum\n0007;1/2/2011;15/2/2011;\"1.234,50\"\n0008;1/2/2011;;-3,00\n");
    assert_true(kit_run(&kit, "invoices FILE --map number=No,date=Day,due=Due,amount=Sum"));
    assert_string_equal(list.text, "invoice 0007 - 123450; -:0007 1000x123450000\n"
                                   "credit 0008 - -300; -:0008 1000x300000\n");
    assert_non_null(strstr(kit.said, "decimals by comma, thousands by point"));
    assert_non_null(strstr(kit.said, "day, month, year"));
    kit_end(&kit);
}

static enum outcome check_due(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    (void)why;
    assert_int_equal(entry->numbers[FIELD_DUE],
                     entry->numbers[FIELD_DATE] + (kit->taken == 1 ? 10 : 30));
    assert_int_equal(entry->total_minor, 10800); /* 100.00, a tenth off, a fifth on */
    return OUTCOME_SENT;
}

static void terms_and_tax(void **state)
{
    (void)state;
    struct kit kit;
    kit_judged(&kit, check_due, NULL);
    kit_file(&kit, "number,date,due date,price,discount,tax rate,qty\n"
                   "1,2011-01-01,2011-01-11,50.00,10,20,2\n2,2011-01-01,,100.00,10,20,1\n");
    assert_true(kit_run(&kit, "invoices FILE --yes --term-days 30 --discount-is percent"));
    assert_int_equal(kit.result.sent_documents, 2);
    kit_end(&kit);
}

/* ---- rejects ---- */

static void bad_rows(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *why;
    } table[] = {
        {"2,A,2011-01-02,X,Nut,1", "6 columns where the header has 7"},
        {"2,A,2011-01-02,X,Nut,1,2,3", "8 columns where the header has 7"},
        {"2,A,2011-01-02,X,N\xFFt,1,2", "column 5 is not UTF-8"},
        {"2,A,2011-01-02,X,\"Nut\"s,1,2", "a quote stands where none may"},
        {",A,2011-01-02,X,Nut,1,2", "number is empty"},
        {"2,A,,X,Nut,1,2", "date is empty"},
        {"2,A,2011-02-30,X,Nut,1,2", "date \"\"2011-02-30\"\": is no day of the calendar"},
        {"2,A,2011-01-02,X,Nut,one,2", "quantity \"\"one\"\": There is a character"},
        {"2,A,2011-01-02,X,Nut,0,2", "quantity is 0"},
        {"2,A,2011-01-02,X,Nut,1.2345,2", "quantity \"\"1.2345\"\": There are more decimals"},
        {"2,A,2011-01-02,X,Nut,1,", "price is empty"},
        {"2,A,2011-01-02,X,Nut,99999999999,99999999", "amount is too large"},
        {"2 3,A,2011-01-02,X,Nut,1,2", "number \"\"2 3\"\": a number has letters"},
        {"2,A,2011-01-02,X,N\x01t,1,2",
         "text \"\"N t\"\": has U+0001 (control character) as character 2"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct kit kit;
        char file[512];
        kit_begin(&kit);
        (void)snprintf(file, sizeof file,
                       HEADER "1,A,2011-01-02,X,Nut,1,1.00\n%s\n3,A,2011-01-02,X,Nut,1,1.00\n",
                       table[i].row);
        kit_file(&kit, file);
        if (!kit_run(&kit, words_of("")))
            fail_msg("%s", kit.failure.text);
        assert_int_equal(kit.result.sent_documents, 2);
        assert_int_equal(kit.result.rejected_rows, 1);
        char *rejects = kit_read(kit.rejects);
        assert_non_null(rejects);
        assert_memory_equal(rejects, "\"line\",\"reason\",\"No\",", 21);
        if (strstr(rejects, table[i].why) == NULL || strstr(rejects, "\n\"3\",\"") == NULL)
            fail_msg("%s: %s", table[i].row, rejects);
        free(rejects);
        kit_end(&kit);
    }
}

/* One bad line, and none of the document is sent; each of its rows says why. */
static void bad_document(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, HEADER "1,A,2011-01-02,X,Nut,1,1.00\n1,A,2011-01-02,X,\"N\"\"1\",x,1.00\n"
                          "1,A,2011-01-02,X,Nut,1\n2,A,2011-01-02,X,Nut,1,1.00\n");
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.rejected, 1);
    assert_int_equal(kit.result.rejected_rows, 3);
    char *rejects = kit_read(kit.rejects);
    assert_string_equal(
        rejects, "\"line\",\"reason\",\"No\",\"Who\",\"Day\",\"Code\",\"Text\",\"Qty\","
                 "\"Price\"\n"
                 "\"4\",\"6 columns where the header has 7\",\"1\",\"A\",\"2011-01-02\","
                 "\"X\",\"Nut\",\"1\"\n"
                 "\"2\",\"line 3 of the same document is wrong\",\"1\",\"A\","
                 "\"2011-01-02\",\"X\",\"Nut\",\"1\",\"1.00\"\n"
                 "\"3\",\"quantity \"\"x\"\": There is a character that does not belong in a "
                 "number.\",\"1\",\"A\",\"2011-01-02\",\"X\",\"N\"\"1\",\"x\",\"1.00\"\n");
    free(rejects);
    kit_end(&kit);
}

/* A row that cannot be read spoils the document it stands in. */
static void spoilt_document(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, HEADER "1,A,2011-01-02,X,Nut,1,1.00\n1,A,2011-01-02,X\n"
                          "2,A,2011-01-02,X,Nut,1,1.00\n");
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.rejected, 1);
    assert_int_equal(kit.result.rejected_rows, 2);
    kit_end(&kit);
}

/* The rejects file, mended, is imported with the same flags. */
static void rejects_again(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_begin(&kit);
    kit_file(&kit, HEADER "1,A,2011-01-02,X,\"a,\"\"b\nc\",1,1.x0\n2,A,2011-01-02,X,Nut,1,1.00\n");
    assert_true(kit_run(&kit, words_of("")));
    char *text = kit_read(kit.rejects);
    char *x = strstr(text, "1.x0");
    assert_non_null(x);
    memcpy(strstr(x + 4, "1.x0") != NULL ? strstr(x + 4, "1.x0") : x, "1.00", 4);
    kit_file(&kit, text);
    free(text);
    kit.judge = list_entry;
    kit.context = &list;
    char rejects[200];
    (void)snprintf(rejects, sizeof rejects, "%s --rejects %s/again.csv", "", kit.folder);
    assert_true(kit_run(&kit, words_of(rejects)));
    assert_string_equal(list.text, "invoice 1 A 100; X:a,\"b c* 1000x100000\n");
    kit_end(&kit);
}

static enum outcome refuse_second(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    (void)entry;
    static const enum outcome outcomes[] = {OUTCOME_SENT, OUTCOME_REFUSED, OUTCOME_THERE,
                                            OUTCOME_CONFLICT};
    (void)snprintf(why, WHY_MAX, "The date is in the future.");
    return outcomes[kit->taken - 1];
}

static void outcomes(void **state)
{
    (void)state;
    struct kit kit;
    kit_judged(&kit, refuse_second, NULL);
    kit_file(&kit, HEADER "1,A,2011-01-02,X,Nut,1,1.00\n2,A,2011-01-02,X,Nut,1,2.00\n"
                          "2,A,2011-01-02,X,Nut,1,2.00\n3,A,2011-01-02,X,Nut,1,4.00\n"
                          "4,A,2011-01-02,X,Nut,1,8.00\n");
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.there, 1);
    assert_int_equal(kit.result.conflicts, 1);
    assert_int_equal(kit.result.rejected, 2);
    assert_int_equal(kit.result.rejected_rows, 3);
    assert_int_equal((int64_t)kit.result.total_minor, 100);
    assert_int_equal((int64_t)kit.result.there_minor, 400);
    char *rejects = kit_read(kit.rejects);
    assert_non_null(strstr(rejects, "\"3\",\"The date is in the future.\",\"2\""));
    assert_non_null(strstr(rejects, "\"4\",\"The date is in the future.\",\"2\""));
    free(rejects);
    kit_end(&kit);
}

static void foreign_file_stays(void **state)
{
    (void)state;
    struct kit kit;
    char path[160];
    kit_begin(&kit);
    kit_file(&kit, HEADER "1,A,2011-01-02,X,Nut,1,1.00\n");
    (void)snprintf(path, sizeof path, "%s.rejects.csv", kit.path);
    kit_write(path, "mine\n", 5);
    assert_false(kit_run(&kit, words_of("")));
    assert_non_null(strstr(kit.failure.text, "is no rejects file"));
    char *mine = kit_read(path);
    assert_string_equal(mine, "mine\n");
    free(mine);
    kit_end(&kit);
}

static void too_many_lines(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    FILE *file = fopen(kit.path, "we");
    assert_non_null(file);
    (void)fputs(HEADER, file);
    for (int i = 0; i < 2001; i++)
        (void)fputs("1,A,2011-01-02,X,Nut,1,1.00\n", file);
    (void)fputs("2,A,2011-01-02,X,Nut,1,1.00\n", file);
    (void)fclose(file);
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.rejected_rows, 2001);
    kit_end(&kit);
}

/* Far apart, beyond whatever is held in mind: whole all the same. */
static void far_apart(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    FILE *file = fopen(kit.path, "we");
    assert_non_null(file);
    (void)fputs(HEADER "first,A,2011-01-02,X,Nut,1,1.00\n", file);
    for (int i = 0; i < 5000; i++)
        (void)fprintf(file, "%d,A,2011-01-02,X,Nut,1,1.00\n", i);
    (void)fputs("first,A,2011-01-02,X,Nut,1,2.00\n", file);
    (void)fclose(file);
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal(kit.result.sent_documents, 5001);
    assert_int_equal(kit.result.rejected_rows, 0);
    assert_int_equal(kit.result.rows, 5002);
    assert_int_equal((int64_t)kit.result.total_minor, 500300);
    kit_end(&kit);
}

/* What is wrong of a file, in one run: what came of it, and the first reason. */
static void assert_wrong(const char *file, const char *words, uint64_t sent, const char *why)
{
    struct kit kit;
    kit_begin(&kit);
    kit.debts = true;
    kit_file(&kit, file);
    bool good = kit_run(&kit, words);
    if (good && kit.result.sent_documents != sent)
        fail_msg("%s: %" PRIu64 " sent", file, kit.result.sent_documents);
    const char *said = !good                         ? kit.failure.text
                       : kit.reject.reason_count > 0 ? kit.reject.reasons[0].why
                                                     : "";
    if (why == NULL ? said[0] != '\0' : strstr(said, why) == NULL)
        fail_msg("%s: %s", file, said);
    kit_end(&kit);
}

static const char guessed[] = "invoices FILE --yes";

/* ---- what books wrong money ---- */

static void nobody_owes_it(void **state)
{
    (void)state;
    assert_wrong("number,date,amount\n1,2011-01-02,5.00\n", guessed, 0,
                 "no column says who owes it");
    assert_wrong("number,date,amount,Customer Name\n1,2011-01-02,5.00,Fenwick Tiles\n", guessed, 0,
                 "--map customer=\"Customer Name\"");
    assert_wrong("number,date,amount,Cust No\n1,2011-01-02,5.00,A1\n", guessed, 1, NULL);
    assert_wrong("number,date,amount,customer\n1,2011-01-02,5.00,A1\n2,2011-01-02,5.00,\n", guessed,
                 1, "customer is empty: --cash");
    assert_wrong("number,date,amount\n1,2011-01-02,5.00\n", "invoices FILE --yes --cash", 1, NULL);
    assert_wrong("number,date,amount\n1,2011-01-02,5.00\n", "invoices FILE --yes --set customer=A1",
                 1, NULL);
}

static void map_of_some_fields_guesses_the_others(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_begin(&kit);
    kit.debts = true;
    kit.judge = list_entry;
    kit.context = &list;
    kit_file(&kit, "Doc,Customer No,Currency,Due Date,Value,Date\n"
                   "7,A,GBP,2011-02-01,5.00,2011-01-02\n8,A,EUR,2011-02-01,5.00,2011-01-02\n");
    assert_true(kit_run(&kit, "invoices FILE --map number=Doc,amount=Value --yes"));
    assert_string_equal(list.text, "invoice 7 A 500; -:7 1000x500000\n");
    assert_string_equal(kit.reject.reasons[0].why, "currency EUR: the company's is GBP");
    kit_end(&kit);
}

static void columns_that_are_left_out_are_named(void **state)
{
    (void)state;
    static const char file[] = "number,date,amount,customer,Warehouse\n1,2011-01-02,5.00,A,x\n";
    static const char taxed[] = "number,date,amount,customer,VAT\n1,2011-01-02,5.00,A,1.00\n";
    const char *said =
        "invoices FILE --map number=number,date=date,amount=amount,customer=customer";
    char words[200];
    assert_wrong(file, said, 0, "would be left out: Warehouse");
    (void)snprintf(words, sizeof words, "%s --yes", said);
    assert_wrong(file, words, 1, NULL);
    assert_wrong(taxed, words, 0, "change what is owed and would be left out: VAT");
    (void)snprintf(words, sizeof words, "%s --ignore Warehouse", said);
    assert_wrong(file, words, 1, NULL);
    (void)snprintf(words, sizeof words, "%s --ignore VAT", said);
    assert_wrong(taxed, words, 1, NULL);
    (void)snprintf(words, sizeof words, "%s --ignore Nothing", said);
    assert_wrong(file, words, 0, "there is no column \"Nothing\"");
}

static void rows_of_one_document_that_disagree(void **state)
{
    (void)state;
    static const struct {
        const char *second;
        const char *why;
    } table[] = {
        {"B,2011-01-02,2011-02-01,GBP", "customer is \"A\" in line 2 and \"B\" in line 3"},
        {"A,2011-01-03,2011-02-01,GBP",
         "date is \"2011-01-02\" in line 2 and \"2011-01-03\" in line 3"},
        {"A,2011-01-02,2011-03-01,GBP", "due is \"2011-02-01\" in line 2"},
        {"A,2011-01-02,2011-02-01,EUR", "currency is \"GBP\" in line 2 and \"EUR\" in line 3"},
        {"A,2011-01-02 10:30,2011-02-01,gbp", NULL}, /* another time of the day */
        {"A.0,2011-01-02,2011-02-01,£", "customer is"},
        {",,,", NULL}, /* only the first row says it */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char file[400];
        (void)snprintf(file, sizeof file,
                       "number,customer,date,due,currency,text,quantity,price\n"
                       "1,A,2011-01-02,2011-02-01,GBP,one,1,2.00\n1,%s,two,1,3.00\n"
                       "2,A,2011-01-02,2011-02-01,GBP,one,1,2.00\n",
                       table[i].second);
        assert_wrong(file, guessed, table[i].why == NULL ? 2 : 1, table[i].why);
    }
}

static void whole_or_not_at_all(void **state)
{
    (void)state;
    /* a row of it, far away, cannot be read */
    assert_wrong("number,customer,date,text,quantity,price\n1,A,2011-01-02,one,1,2.00\n"
                 "2,A,2011-01-02,one,1,2.00\n1,A,2011-01-02,two,x,2.00\n",
                 guessed, 1, "quantity \"x\"");
    assert_wrong("number,customer,date,text,quantity,price\n1,A,2011-01-02,one,1,2.00\n"
                 "2,A,2011-01-02,one,1,2.00\n1,A,2011-01-02,\"two\"s,1,2.00\n",
                 guessed, 1, "line 4 of this document cannot be read");
    /* before any other of it */
    assert_wrong("number,customer,date,text,quantity,price\n1,A,2011-01-02\n"
                 "1,A,2011-01-02,one,1,2.00\n2,A,2011-01-02,one,1,2.00\n",
                 guessed, 1, "3 columns where the header has 6");
    /* a row without a number and date goes on with the one above */
    assert_wrong("number,customer,date,text,quantity,price\n1,A,2011-01-02,one,1,2.00\n"
                 ",,,two,1,2.00\n2,A,2011-01-02,one,1,2.00\n",
                 guessed, 1, "number is empty");
    /* the same document twice */
    assert_wrong("number,customer,date,text,quantity,price\n1,A,2011-01-02,one,1,2.00\n"
                 "1,A,2011-01-02,two,1,3.00\n2,A,2011-01-02,one,1,2.00\n"
                 "1,A,2011-01-02,one,1,2.00\n1,A,2011-01-02,two,1,3.00\n",
                 guessed, 1, "stands in the file twice");
}

static void repeats_are_pointed_at(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, HEADER "1,A,2011-01-02,X,Nut,1,1.00\n1,A,2011-01-02,Y,Bolt,1,1.00\n"
                          "1,A,2011-01-02,X,Nut,1,1.00\n");
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal((int64_t)kit.result.total_minor, 300);
    assert_int_equal(kit.result.repeats, 1);
    assert_int_equal(kit.result.repeat_line, 4);
    assert_int_equal(kit.result.repeat_of, 2);
    kit_end(&kit);
}

static void currencies_beside_amounts(void **state)
{
    (void)state;
    static const struct {
        const char *amount;
        const char *currency;
        bool good;
    } table[] = {
        {"$5.00", "", false}, {"5.00 USD", "", false}, {"€5.00", "", false},
        {"£5.00", "", true},  {"5.00 gbp", "", true},  {"GBP 5.00", "", true},
        {"-£5.00", "", true}, {"5.00", "£", true},     {"5.00", "gbp", true},
        {"5.00", "€", false}, {"5.00", "eur", false},  {"5.00", "$", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char file[200];
        (void)snprintf(file, sizeof file,
                       "number,customer,date,amount,currency\n"
                       "1,A,2011-01-02,%s,%s\n2,A,2011-01-02,1.50,\n",
                       table[i].amount, table[i].currency);
        assert_wrong(file, guessed, table[i].good ? 2 : 1,
                     table[i].good                  ? NULL
                     : table[i].currency[0] != '\0' ? "the company's is GBP"
                                                    : "another currency");
    }
}

static void a_total_in_each_row_is_not_added_up(void **state)
{
    (void)state;
    static const char whole[] = "number,customer,date,text,Invoice total\n"
                                "1,A,2011-01-02,one,5.00\n1,A,2011-01-02,two,5.00\n";
    static const char lines[] = "number,customer,date,text,quantity,price,Invoice total\n"
                                "1,A,2011-01-02,one,1,2.00,5.00\n1,A,2011-01-02,two,1,3.00,5.00\n"
                                "2,A,2011-01-02,one,1,2.00,5.00\n2,A,2011-01-02,two,1,2.00,5.00\n"
                                "3,A,2011-01-02,one,1,2.00,2.00\n3,A,2011-01-02,two,1,2.00,4.00\n";
    static const char amount[] = "number,customer,date,text,amount\n"
                                 "1,A,2011-01-02,one,5.00\n1,A,2011-01-02,two,5.00\n";
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, whole);
    assert_true(kit_run(&kit, guessed));
    assert_string_equal(list.text, "invoice 1 A 500; -:1 1000x500000\n");
    kit_file(&kit, amount);
    list.text[0] = '\0';
    assert_true(kit_run(&kit, "invoices FILE --yes --amounts document"));
    assert_string_equal(list.text, "invoice 1 A 500; -:1 1000x500000\n");
    list.text[0] = '\0';
    assert_true(kit_run(&kit, guessed)); /* import_main asks: see the test of the whole program */
    assert_int_equal(kit.result.same_amounts, 1);
    assert_int_equal(kit.result.many_amounts, 1);
    kit_end(&kit);
    assert_wrong(lines, guessed, 1, "total is 5.00, and the lines come to 4.00");
    /* an amount beside quantity and price is the line's or the document's, and nothing else */
    assert_wrong("number,customer,date,quantity,price,amount\n1,A,2011-01-02,2,1.50,3.00\n"
                 "2,A,2011-01-02,2,1.50,30.00\n",
                 guessed, 1, "amount is 30.00, and quantity and price come to 3.00");
}

static void types_say_what_it_is(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, "number,customer,date,Type,amount\n1,A,2011-01-02,Invoice,5.00\n"
                   "2,A,2011-01-02,credit note,3.00\n3,A,2011-01-02,Credit Note,-2.00\n"
                   "4,A,2011-01-02,Gutschrift,1.00\n5,A,2011-01-02,Receipt,9.00\n"
                   "6,A,2011-01-02,invoice,-9.00\n7,A,2011-01-02,,-1.00\n");
    assert_true(kit_run(&kit, guessed));
    assert_string_equal(list.text, "invoice 1 A 500; -:1 1000x500000\n"
                                   "credit 2 A -300; -:2 1000x300000\n"
                                   "credit 3 A -200; -:3 1000x200000\n"
                                   "credit 4 A -100; -:4 1000x100000\n"
                                   "credit 7 A -100; -:7 1000x100000\n");
    assert_int_equal((int64_t)kit.result.total_minor, -200);
    assert_string_equal(kit.reject.reasons[0].why,
                        "type \"Receipt\": invoice or credit note; import payments by themselves");
    assert_non_null(strstr(kit.reject.reasons[1].why, "less than 0"));
    list.text[0] = '\0';
    kit_file(&kit, "number,customer,date,amount\n1,A,2011-01-02,5.00\n2,A,2011-01-02,-3.00\n");
    assert_true(kit_run(&kit, "credit-notes FILE --yes"));
    assert_string_equal(list.text, "credit 1 A -500; -:1 1000x500000\n"
                                   "credit 2 A -300; -:2 1000x300000\n");
    kit_end(&kit);
}

static void balances(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, "Customer no;Customer;Balance\nA;Fenwick;\"1.234,50\"\nB;Bo;-20,00\nC;Cy;0\n");
    assert_true(kit_run(&kit, "balances FILE --yes --as-of 2026-01-31"));
    assert_string_equal(list.text, "invoice OB-A A 123450; -:Opening balance 1000x123450000\n"
                                   "credit OB-B B -2000; -:Opening balance 1000x2000000\n");
    assert_int_equal(kit.result.nothing_owed, 1);
    kit_end(&kit);
    list.text[0] = '\0';
    kit_judged(&kit, list_entry, &list);
    /* each row is a debt, and a further one takes the number of no other row */
    kit_file(&kit, "customer,balance\nQ1,100.00\nQ1,100.00\nq1,1.00\nQ1-2,7.00\n");
    assert_true(kit_run(&kit, "balances FILE --yes --as-of 2026-01-31"));
    assert_string_equal(list.text, "invoice OB-Q1 Q1 10000; -:Opening balance 1000x10000000\n"
                                   "invoice OB-Q1-3 Q1 10000; -:Opening balance 1000x10000000\n"
                                   "invoice OB-q1-4 q1 100; -:Opening balance 1000x100000\n"
                                   "invoice OB-Q1-2 Q1-2 700; -:Opening balance 1000x700000\n");
    kit_end(&kit);
    assert_wrong("number,customer,balance\nN1,A,5.00\nn1,A,5.00\n",
                 "balances FILE --yes --as-of 2026-01-31", 1,
                 "another row of the file has this number too");
    assert_wrong("customer,balance\nA,5.00\n", "balances FILE --yes", 0, "say --as-of");
}

static enum outcome list_bills(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    struct list *list = kit->context;
    size_t used = strlen(list->text);
    (void)why;
    used += (size_t)snprintf(list->text + used, sizeof list->text - used,
                             "%s %lld:", entry->texts[FIELD_NUMBER], (long long)entry->total_minor);
    for (size_t i = 0; i < entry->bill_count; i++)
        used += (size_t)snprintf(list->text + used, sizeof list->text - used, " %s=%lld",
                                 entry->bills[i].number, (long long)entry->bills[i].amount_minor);
    (void)snprintf(list->text + used, sizeof list->text - used, "\n");
    return OUTCOME_SENT;
}

static void one_receipt_over_several_bills(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_bills, &list);
    kit_file(&kit, "Receipt no,Customer,Date,Amount,Method,Invoice\n"
                   "R1,A,2011-02-01,10.00,cash,B1\nR2,A,2011-02-01,3.00,Bank transfer,\"B2, B3\"\n"
                   "R1,A,2011-02-01,5.00,cash,B2\nR3,A,2011-02-01,1.00,tiền mặt,\n"
                   "R4,A,2011-02-01,1.00,cheque,\nR5,A,2011-02-01,1.00,cash,B1\n"
                   "R5,B,2011-02-01,1.00,cash,B1\n");
    assert_true(kit_run(&kit, "payments FILE --yes"));
    assert_string_equal(list.text, "R1 1500: B1=1000 B2=500\nR2 300: B2=0 B3=0\nR3 100:\n");
    assert_int_equal(kit.reject.reason_count, 2);
    /* a number typed otherwise is the same one */
    list.text[0] = '\0';
    kit_file(&kit, "Receipt no,Customer,Date,Amount,Method\nPP1,A,2011-02-01,10.00,cash\n"
                   "P2,A,2011-02-01,3.00,cash\npp1,A,2011-02-01,10.00,cash\n"
                   "P3,A,2011-02-01,3.00,cash\np3,B,2011-02-01,3.00,cash\n");
    assert_true(kit_run(&kit, "payments FILE --yes"));
    assert_string_equal(list.text, "PP1 2000:\nP2 300:\n");
    assert_int_equal(kit.reject.reason_count, 1);
    kit_end(&kit);
}

struct met {
    size_t count;
    uint64_t lines[4][2];
};

static bool on_debt(void *context, const struct debt_found *found)
{
    struct met *met = context;
    assert_true(met->count < 4);
    met->lines[met->count][0] = found->other_line;
    met->lines[met->count++][1] = found->line;
    return true;
}

/* Whose row tells it from the one before by nothing but its amount; days and numbers of its own
 * make a bill of its own. */
static void debts_that_stand_twice_are_found(void **state)
{
    (void)state;
    static const char file[] = "customer,amount,number,date\nA,100,,\nB,5,,\na,100,,\nB,7,,\n"
                               "A,100,7,\nC,1,,2026-01-02\nC,1,,2026-01-03\nB,0,,\n";
    struct kit kit;
    struct source source;
    struct look look;
    struct met met = {.count = 0};
    struct import_settings settings;
    import_settings_init(&settings);
    settings.kind = IMPORT_BALANCES;
    kit_begin(&kit);
    kit_file(&kit, file);
    assert_true(source_open(&source, kit.path, &kit.failure));
    assert_true(look_at(&look, &source, &settings, &kit.failure));
    look.style.currency = currency_find("VND");
    assert_true(debts_find(&look, &source, on_debt, &met, &kit.failure));
    assert_int_equal(met.count, 2);
    assert_int_equal(met.lines[0][0], 2);
    assert_int_equal(met.lines[0][1], 4);
    assert_int_equal(met.lines[1][0], 3);
    assert_int_equal(met.lines[1][1], 5);
    look_fini(&look);
    source_close(&source);
    kit_end(&kit);
}

/* A currency without decimals: what stands there says what it is, and nobody is asked. */
static void money_without_decimals_is_not_asked_about(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "customer,amount\nA,5.000.000\nB,\"50,000,000\"\nC,89.000\nD,\"500,000\"\n");
    assert_true(kit_run(&kit, "balances FILE --yes --currency VND --as-of 2026-01-31"));
    assert_int_equal(kit.result.rejected_rows, 0);
    assert_int_equal((int64_t)kit.result.total_minor, 55589000);
    /* of a currency with decimals both ways are shown as they stand in the file */
    assert_false(kit_run(&kit, "balances FILE --yes --currency EUR --as-of 2026-01-31"));
    assert_non_null(strstr(kit.failure.text, "like 50,000,000 and some like 5.000.000"));
    kit_end(&kit);
}

static void rows_of_totals_are_no_documents(void **state)
{
    (void)state;
    static const char *const words[] = {"Total",  "Sum",       "Summe",    "Totale", "ΣΥΝΟΛΟ",
                                        "Σύνολο", "Tổng",      "合计",     "جمع",    "Gesamt",
                                        "TOTAL:", "Tổng cộng", "Sub-total"};
    static const char *const before[] = {"", ",", ",,", ",,,", ""};
    static const char *const behind[] = {",,,,15.00", ",,,15.00", ",,15.00", ",15.00", ""};
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    for (size_t i = 0; i < sizeof words / sizeof words[0] * 5; i++) {
        char row[80];
        char file[400];
        (void)snprintf(row, sizeof row, "%s%s%s", before[i % 5], words[i / 5], behind[i % 5]);
        (void)snprintf(file, sizeof file,
                       "number,customer,date,text,amount\n1,A,2011-01-02,x,5.00\n%s\n"
                       "1,A,2011-01-02,y,3.00\n2,TO,2011-01-03,z,7.00\n%s\n",
                       row, row);
        list.text[0] = '\0';
        kit_file(&kit, file);
        if (!kit_run(&kit, "invoices FILE --yes"))
            fail_msg("%s: %s", row, kit.failure.text);
        assert_string_equal(list.text, "invoice 1 A 800; -:x 1000x500000 -:y 1000x300000\n"
                                       "invoice 2 TO 700; -:z 1000x700000\n");
        assert_int_equal(kit.result.rejected_rows, 0);
        assert_int_equal(kit.result.totals, 2);
        assert_int_equal(kit.result.total_line, 3);
    }
    list.text[0] = '\0';
    kit_file(&kit, "customer,balance\nA,5.00\nTotal,5.00\n合计,5.00\n");
    assert_true(kit_run(&kit, "balances FILE --yes --as-of 2026-01-31"));
    assert_string_equal(list.text, "invoice OB-A A 500; -:Opening balance 1000x500000\n");
    assert_int_equal(kit.result.totals, 2);
    kit_end(&kit);
    /* with a number of its own it may be a bill of somebody who is called so */
    assert_wrong("number,customer,date,amount\n1,A,2011-01-02,5.00\n2,Total,2011-01-02,5.00\n",
                 guessed, 1, "customer \"Total\" is a word for totals, and no customer");
}

static void rows_of_totals_are_nothing_of_any_kind(void **state)
{
    (void)state;
    static const char *const words[] = {"Summe", "Tổng cộng", "合计", "جمع", "Σύνολο", "Total"};
    static const struct {
        const char *words;
        const char *good; /* header and one row */
        const char *before;
        const char *behind;
    } cases[] = {
        {"customers FILE --yes", "code,name,limit\nA,Ann,5.00", "", ",,5.00"},
        {"customers FILE --yes", "code,name,limit\nA,Ann,5.00", ",", ",5.00"},
        {"customers FILE --yes", "code,name,limit\nA,Ann,5.00", "", ",3 customers,5.00"},
        {"products FILE --yes", "code,name,price\nA,Nut,5.00", "", ",Total,5.00"},
        {"products FILE --yes", "code,name,price\nA,Nut,5.00", ",", ",5.00"},
        {"prices FILE --yes", "list,code,price\nG,X,5.00", "", ",,5.00"},
        {"prices FILE --yes --set list=G", "code,price\nX,5.00", "", ",5.00"},
        {"groups FILE --yes", "dimension,group,limit\ntier,Gold,5.00", "", ",,5.00"},
        {"groups FILE --yes --set dimension=tier", "group,limit\nGold,5.00", "", ",5.00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0] * 6; i++) {
        struct kit kit;
        char file[200];
        kit_begin(&kit);
        (void)snprintf(file, sizeof file, "%s\n%s%s%s\n", cases[i / 6].good, cases[i / 6].before,
                       words[i % 6], cases[i / 6].behind);
        kit_file(&kit, file);
        if (!kit_run(&kit, cases[i / 6].words))
            fail_msg("%s: %s", file, kit.failure.text);
        if (kit.taken != 1 || kit.result.totals != 1 || kit.result.rejected_rows != 0)
            fail_msg("%s: %u taken", file, kit.taken);
        assert_int_equal(kit.result.total_line, 3);
        kit_end(&kit);
    }
    /* they may be called so */
    assert_wrong("code,name\nGT,Gin\nTotal,Total Energies\nC7,Total\n", "customers FILE --yes", 2,
                 "code \"Total\" is a word for totals");
}

static void a_row_without_a_number_does_not_double_the_bill(void **state)
{
    (void)state;
    assert_wrong("number,customer,date,amount\n1,A,2011-01-02,5.00\n,A,2011-01-03,6.00\n"
                 "1,A,2011-01-02,3.00\n",
                 "invoices FILE --yes --amounts line", 1, "number is empty");
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, "number,customer,date,amount\n1,A,2011-01-02,5.00\n,A,2011-01-03,6.00\n"
                   "1,A,2011-01-02,3.00\n");
    assert_true(kit_run(&kit, "invoices FILE --yes --amounts line"));
    assert_string_equal(list.text, "invoice 1 A 800; -:1 1000x500000 -:1 1000x300000\n");
    kit_end(&kit);
}

static void reasons_are_grouped(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    FILE *file = fopen(kit.path, "we");
    assert_non_null(file);
    (void)fputs(HEADER, file);
    for (int i = 0; i < 300; i++)
        (void)fprintf(file, "%d,A,2011-01-02,X,Nut,%s,1.00\n", i, i % 3 == 0 ? "x" : "1");
    (void)fputs("900,A,2011-02-31,X,Nut,1,1.00\n", file);
    (void)fclose(file);
    assert_true(kit_run(&kit, words_of("")));
    assert_int_equal(kit.reject.reason_count, 2);
    assert_int_equal(kit.reject.reasons[0].count, 100);
    assert_int_equal(kit.reject.reasons[0].line, 2);
    assert_int_equal(kit.reject.reasons[1].count, 1);
    kit_end(&kit);
}

/* ---- how files are written ---- */

static void titles_above_the_header(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit,
             "sep=;\nHarbour Supplies\nOpen invoices, printed 31.12.2026\n\n"
             "Rechnung Nr;Kunden-Nr.;Datum;Fällig;Betrag\n7;A;31.12.2026;30.1.2027;1.234,50\n");
    if (!kit_run(&kit, guessed))
        fail_msg("%s", kit.failure.text);
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal((int64_t)kit.result.total_minor, 123450);
    assert_non_null(strstr(kit.said, "header:    line 5"));
    kit_file(&kit,
             "number,customer,date,amount\nnumber,customer,date,amount\n1,A,2011-01-02,5.00\n");
    assert_true(kit_run(&kit, "invoices FILE --yes --skip 1"));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.rejected_rows, 0);
    kit_end(&kit);
}

/* A title may be a word for a field, and stand in a workbook's first column. */
static void a_title_is_no_header(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"groups FILE --yes --set dimension=tier", "Gruppe\nName,Zahlungsziel\nGold,14\n"},
        {"groups FILE --yes --set dimension=tier", "Gruppe,\nName,Zahlungsziel\nGold,14\n"},
        {"groups FILE --yes --set dimension=tier", "Gruppe\nGold\n"},
        {"prices FILE --yes --set list=G", "Preisliste Gold, ab 1.1.2027\nArt.Nr.;VK\nX;5,00\n"},
        {"customers FILE --yes", "Kunden\nNr.\tName\nA\tAnn\n"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct kit kit;
        kit_begin(&kit);
        kit_file(&kit, files[i][1]);
        if (!kit_run(&kit, files[i][0]) || kit.taken != 1 || kit.result.rejected_rows > 0)
            fail_msg("%s: %s", files[i][1], kit.failure.text);
        kit_end(&kit);
    }
}

static void columns_that_hold_something_are_named_at_the_end(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "code,name,Regal,,Lager,Blank,Page\nX,Nut,,7,,,1\nY,Bolt,8,,,,2\n");
    assert_true(kit_run(&kit, "products FILE --yes --ignore Page"));
    assert_string_equal(kit.result.left_out, "Regal, column 4");
    assert_true(kit_run(&kit, "products FILE --dry-run --ignore Page"));
    assert_string_equal(kit.result.left_out, "Regal, column 4");
    kit_end(&kit);
}

static enum outcome list_terms(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    struct list *list = kit->context;
    size_t used = strlen(list->text);
    (void)why;
    (void)snprintf(list->text + used, sizeof list->text - used, "%lld ",
                   (long long)entry->numbers[FIELD_TERM_DAYS]);
    return OUTCOME_SENT;
}

static void days_of_credit_as_people_write_them(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_terms, &list);
    kit_file(&kit, "code,name,terms\nA,A,14 Tage\nB,B,30 days\nC,C,30 ngày\nD,D,30天\nE,E,45\n"
                   "F,F,14 Tage netto\nG,G,2 weeks\nH,H,Tage\n");
    assert_true(kit_run(&kit, "customers FILE --yes"));
    assert_string_equal(list.text, "14 30 30 30 45 14 ");
    assert_int_equal(kit.result.rejected_rows, 2);
    kit_end(&kit);
}

static void headers_in_many_languages(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "Inv No,Account,Doc Date,Due on,Amount due",
        "Số chứng từ,Mã KH,Ngày chứng từ,Ngày đến hạn,Số tiền",
        "单据编号,客户编码,单据日期,到期日期,金额",
        "شماره فاکتور,کد مشتری,تاریخ فاکتور,سررسید,مبلغ",
        "Αρ. παραστατικού,Κωδικός πελάτη,Ημερομηνία,Λήξη,Ποσό",
        "Rechnungsnr.,Kunden-Nr.,Rechnungsdatum,Fälligkeit,Betrag",
        "N° facture,Code client,Date de facture,Échéance,Montant",
        "Nº factura,Código cliente,Fecha,Vencimiento,Importe",
        "INVOICE NUMBER,debtor no,Invoice_Date,DUE-DATE,OUTSTANDING",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        char file[400];
        (void)snprintf(file, sizeof file, "%s\n7,A,2011-01-02,2011-02-01,5.00\n", headers[i]);
        assert_wrong(file, "invoices FILE --yes", 1, NULL);
    }
}

/* ---- questions ---- */

static void questions(void **state)
{
    (void)state;
    static const char thousands[] = "number,date,amount\n1,3/4/2011,1.500\n";
    static const struct {
        const char *file;
        const char *flags;
        const char *answers; /* NULL: nobody */
        const char *wrong;   /* of the failure, NULL: it runs */
        int64_t total_minor;
        const char *date;
    } table[] = {
        {thousands, "--yes", NULL, "Say --decimal . or --decimal ,", 0, ""},
        {thousands, "--yes --decimal .", NULL, "Say --dates dmy or --dates mdy", 0, ""},
        {"number,date,amount\n1,03/04/05,2\n", "--yes", NULL,
         "Say --dates dmy, --dates mdy or --dates ymd", 0, ""},
        {thousands, "--yes --decimal . --dates dmy", NULL, NULL, 150, "2011-04-03"},
        {thousands, "--yes --decimal , --dates mdy", NULL, NULL, 150000, "2011-03-04"},
        {thousands, "--yes", "decimals\nmdy\n", NULL, 150, "2011-03-04"},
        {thousands, "--yes", "\nhuh\nt\nd\n", NULL, 150000, "2011-04-03"},
        {thousands, "", "t\nd\ny\n", NULL, 150000, "2011-04-03"},
        {thousands, "", "t\nd\nn\n", "nothing was imported", 0, ""},
        {thousands, "--decimal . --dates dmy", NULL, "say --yes to import so", 0, ""},
        {thousands, "--decimal . --dates dmy --dry-run", NULL, NULL, 150, "2011-04-03"},
        {"number,date,amount\n1,2011-03-04,2.5\n2,2011-03-04,\"2,5\"\n", "--yes", NULL,
         "Say --decimal", 0, ""},
        {"number,date,amount\n1,2011-03-04,2.5\n2,2011-03-04,\"3,5\"\n", "--yes", "comma\n", NULL,
         350, "2011-03-04"},
        {"number,date,amount\n1,25/3/2011,2\n2,3/25/2011,2\n", "--yes", NULL, "Say --dates", 0, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct kit kit;
        char words[200];
        char date[DATE_TEXT_SIZE];
        kit_begin(&kit);
        kit.answers = table[i].answers;
        kit_file(&kit, table[i].file);
        (void)snprintf(words, sizeof words, "invoices FILE%s%s", table[i].flags[0] ? " " : "",
                       table[i].flags);
        bool good = kit_run(&kit, words);
        if (good != (table[i].wrong == NULL) ||
            (!good && strstr(kit.failure.text, table[i].wrong) == NULL))
            fail_msg("%zu: %s", i, kit.failure.text);
        date_write(kit.result.first_date, date);
        assert_string_equal(date, table[i].date);
        assert_int_equal((int64_t)kit.result.total_minor, table[i].total_minor);
        kit_end(&kit);
    }
}

/* What the sample did not have is not guessed later: the row is rejected, and says which flag. */
static void late_decimals(void **state)
{
    (void)state;
    enum { ROWS = 20000, LATE = 5200 }; /* behind the head, and between the pieces */
    struct kit kit;
    char filler[201];
    memset(filler, 'x', 200);
    filler[200] = '\0';
    kit_begin(&kit);
    FILE *file = fopen(kit.path, "we");
    assert_non_null(file);
    (void)fputs("number,date,amount,note\n", file);
    for (int i = 0; i < ROWS; i++)
        (void)fprintf(file, "%d,2011-03-04,%s,%s\n", i, i == LATE ? "1.500" : "7", filler);
    (void)fclose(file);
    assert_true(kit_run(&kit, "invoices FILE --yes"));
    assert_int_equal(kit.result.rejected_rows, 1);
    char *rejects = kit_read(kit.rejects);
    assert_non_null(strstr(rejects, "say --decimal"));
    free(rejects);
    kit_end(&kit);
}

/* ---- files that are none ---- */

static void not_csv(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *wrong;
    } table[] = {
        {"\x1F\x8B\x08", 3, "gzip: zcat FILE"},
        {"PK\x03\x04", 4, "no whole workbook"},
        {"\xD0\xCF\x11\xE0", 4, "old spreadsheet"},
        {"%PDF-1.4", 8, "PDF"},
        {"\xFF\xFE"
         "a\0b",
         5, "UTF-16"},
        {"", 0, "the file is empty"},
        {"\n\n", 2, "the file is empty"},
        {"a\xFF,b\n", 5, "the header line: column 1 is not UTF-8"},
        {"one\ntwo\n", 8, "no column for number, date"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct kit kit;
        kit_begin(&kit);
        kit_write(kit.path, table[i].bytes, table[i].size);
        assert_false(kit_run(&kit, "invoices FILE --yes"));
        if (strstr(kit.failure.text, table[i].wrong) == NULL)
            fail_msg("%s", kit.failure.text);
        kit_end(&kit);
    }
    struct kit kit;
    kit_begin(&kit);
    assert_false(kit_run(&kit, "invoices FILE --yes"));
    assert_non_null(strstr(kit.failure.text, "cannot open"));
    kit_end(&kit);
}

static void byte_order_mark(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "\xEF\xBB\xBFnumber;date;amount\r\n1;2011-03-04;1,50\r\n");
    assert_true(kit_run(&kit, "invoices FILE --yes"));
    assert_int_equal((int64_t)kit.result.total_minor, 150);
    kit_end(&kit);
}

static void old_encoding(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "number,date,amount,note\n1,2011-03-04,1.50,caf\xE9\n2,2011-03-04,1.50,tea\n");
    assert_true(kit_run(&kit, "invoices FILE --yes"));
    assert_int_equal(kit.result.rejected_rows, 1);
    assert_non_null(strstr(kit.said, "broken:    1 of the first 2 rows (column 4 is not UTF-8"));
    assert_true(kit_run(&kit, "invoices FILE --yes --encoding latin1"));
    assert_int_equal(kit.result.rejected_rows, 0);
    kit_end(&kit);
}

/* ---- the other kinds ---- */

static void customers(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "Code,Name,Phone,Terms\nA1,Nguyễn,0903,30\nA2,,1,2\n,X,1,2\nA3,Y,,x\nA4,Y,,\n");
    assert_true(kit_run(&kit, "customers FILE --yes --source old"));
    assert_int_equal(kit.result.sent[ENTRY_CUSTOMER], 2);
    assert_int_equal(kit.result.rejected_rows, 3);
    kit_end(&kit);
}

static void products(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "SKU,Description,Price\nX,Nut,0.001\nY Z,Bolt,1\nZ,,2\n");
    assert_true(kit_run(&kit, "products FILE --yes"));
    assert_int_equal(kit.result.sent[ENTRY_PRODUCT], 2);
    assert_int_equal(kit.result.rejected_rows, 1);
    kit_end(&kit);
}

/* Neither row is more right: both are named, and none is sent. */
static void what_stands_twice_with_other_values_is_rejected(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *file;
        uint64_t sent;
        const char *why; /* NULL: they say the same */
    } cases[] = {
        {"customers", "code,name\nK100,Ann\nB,Bo\nk100,Anna\n", 1,
         "K100 stands in the file twice: name is \"Ann\" in line 2 and \"Anna\" in line 4"},
        {"customers", "code,name,phone\nK1,Ann,124\nK1,Ann,123\n", 0,
         "phone is \"124\" in line 2 and \"123\""},
        /* a second old bill of somebody leaves the telephone out: the row that says most counts */
        {"customers", "code,name,phone\nK1,Ann,\nK1,Ann,123\nK1,,\n", 1, NULL},
        {"customers", "code,name,phone,area\nK1,Ann,123,\nK1,Ann,,North\n", 0,
         "phone is \"123\" in line 2 and \"\" in line 3"},
        {"customers", "code,name\nK100,Ann\nK100,Ann\n", 2, NULL},
        {"products", "code,name,price\nX,Nut,1.00\nX,Nut,1.50\n", 0,
         "price is \"1.00\" in line 2 and \"1.50\" in line 3"},
        {"products", "code,name,price\nX,Nut,1.00\nX,Nut,1.0\n", 2, NULL},
        {"products", "code,name,pack,factor\nX,Nut,box,10\nX,Nut,pallet,500\n", 2, NULL},
        {"products", "code,name,pack,factor\nX,Nut,box,10\nX,Nut,box,12\n", 0, "factor is \"10\""},
        {"prices", "list,code,price\nG,X,2.00\nG,X,2.00\ng,x,3.00\n", 0,
         "X stands in the file twice: price is \"2.00\" in line 2 and \"3.00\" in line 4"},
        {"prices",
         "list,code,unit,from quantity,valid from,price\nG,X,,,,1.00\nH,X,,,,2.00\nG,Y,,,,3.00\n"
         "G,X,box,,,4.00\nG,X,,10,,5.00\nG,X,,,2031-01-02,6.00\n",
         6, NULL},
        {"prices",
         "list,code,from quantity,valid from,price\nG,X,,2031-01-02,1.00\nG,X,0,2031-01-02 "
         "00:00,2.00\n",
         0, "price is \"1.00\""},
        {"groups", "dimension,group,term days\ntier,Gold,30\narea,Gold,14\nTier,gold,60\n", 1,
         "term_days is \"30\" in line 2 and \"60\" in line 4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kit kit;
        char words[80];
        kit_begin(&kit);
        kit_file(&kit, cases[i].file);
        (void)snprintf(words, sizeof words, "%s FILE --yes", cases[i].words);
        if (!kit_run(&kit, words))
            fail_msg("%s: %s", cases[i].file, kit.failure.text);
        assert_int_equal(kit.taken, cases[i].sent);
        bool named = kit.reject.reason_count > 0 && cases[i].why != NULL &&
                     strstr(kit.reject.reasons[0].why, cases[i].why) != NULL;
        if (named != (cases[i].why != NULL))
            fail_msg("%s: %s", cases[i].file, kit.reject.reasons[0].why);
        kit_end(&kit);
    }
}

static void payments(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "Number,Customer,Date,Amount,Method,Bill\nR1,A,2011-03-04,5.00,cash,1\n"
                   "R2,A,2011-03-04,0.00,cash,1\nR3,A,2011-03-04,-5.00,cash,1\n"
                   "R4,A,2011-03-04,5.00,shells,\nR5,A,2011-03-04,5.00,,\nR6,,2011-03-04,5.00,,\n");
    assert_true(kit_run(&kit, "payments FILE --yes"));
    assert_int_equal(kit.result.sent[ENTRY_PAYMENT], 2);
    assert_int_equal(kit.result.rejected_rows, 4);
    assert_int_equal((int64_t)kit.result.total_minor, 1000);
    kit_end(&kit);
}

static void other_currency(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "number,date,amount,currency\n1,2011-03-04,5.00,GBP\n2,2011-03-04,5.00,EUR\n");
    assert_true(kit_run(&kit, "invoices FILE --yes"));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.rejected_rows, 1);
    kit_end(&kit);
}

/* Words may be cut, and it is said; what tells one thing from another may not. */
static void long_texts(void **state)
{
    (void)state;
    struct kit kit;
    char file[2000];
    char words[301];
    memset(words, 'w', 300);
    words[300] = '\0';
    kit_begin(&kit);
    (void)snprintf(file, sizeof file,
                   "number,date,amount,text,reference\n1,2011-03-04,5.00,%s,r\n"
                   "2,2011-03-04,5.00,short,%s\n",
                   words, words);
    kit_file(&kit, file);
    assert_true(kit_run(&kit, "invoices FILE --yes"));
    assert_int_equal(kit.result.sent_documents, 1);
    assert_int_equal(kit.result.cut_texts, 1);
    assert_int_equal(kit.result.rejected_rows, 1);
    assert_non_null(strstr(kit.reject.reasons[0].why, "is too long"));
    kit_end(&kit);
}

static void bad_source(void **state)
{
    (void)state;
    struct kit kit;
    kit_begin(&kit);
    kit_file(&kit, "number,date,amount\n1,2011-03-04,5.00\n");
    assert_false(kit_run(&kit, "invoices FILE --yes --source a,b"));
    assert_non_null(strstr(kit.failure.text, "source \"a,b\": a code has"));
    kit_end(&kit);
}

/* ---- broken off, and gone on ---- */

enum { RESUME_DOCUMENTS = 500 };

/* Documents of three rows each, every second pair interlocked, some rows bad. */
static void write_resumable(struct kit *kit)
{
    FILE *file = fopen(kit->path, "we");
    assert_non_null(file);
    (void)fputs(HEADER, file);
    for (int i = 0; i < RESUME_DOCUMENTS; i += 2)
        for (int row = 0; row < 6; row++) {
            int number = i % 4 == 0 ? i + row / 3 : i + row % 2;
            (void)fprintf(file, "%d,A,2011-01-02,X,\"a\nb\",1,%s\n", number,
                          i % 50 == 0 && row == 0 ? "bad" : "1.00");
        }
    (void)fclose(file);
}

static enum outcome count_numbers(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    uint8_t *times = kit->context;
    long number = strtol(entry->texts[FIELD_NUMBER], NULL, 10);
    (void)why;
    assert_int_equal(entry->line_count, 3);
    times[number]++;
    return OUTCOME_SENT;
}

/* Cut after every possible number of documents: what was sent before is not sent again but for
 * those that stand at the cut, no document is sent in part, and the rejects file is as if never
 * cut. */
static void resumed(void **state)
{
    (void)state;
    char *whole = NULL;
    for (uint32_t cut = 0; cut < RESUME_DOCUMENTS - 30; cut += cut < 3 ? 1 : 37) {
        struct kit kit;
        uint8_t times[RESUME_DOCUMENTS] = {0};
        char path[160];
        kit_begin(&kit);
        kit.judge = count_numbers;
        kit.context = times;
        kit.stop_after = cut;
        write_resumable(&kit);
        assert_int_equal(kit_run(&kit, words_of("")), cut == 0);
        (void)snprintf(path, sizeof path, "%s.tefter-import", kit.path);
        assert_int_equal(access(path, F_OK) == 0, cut > 0);
        assert_int_equal(kit.result.stopped, cut > 0);
        kit.stop_after = 0;
        if (cut > 0) {
            if (!kit_run(&kit, words_of("")))
                fail_msg("%s", kit.failure.text);
            assert_true(cut < 70 || kit.result.resumed_line > 1);
            assert_int_not_equal(access(path, F_OK), 0);
        }
        uint32_t again = 0;
        for (int i = 0; i < RESUME_DOCUMENTS; i++) {
            if ((times[i] == 0) != (i % 50 == 0))
                fail_msg("cut %u: document %d was sent %d times", cut, i, times[i]);
            again += times[i] > 1;
        }
        assert_true(again <= 64);
        char *rejects = kit_read(kit.rejects);
        if (whole == NULL)
            whole = rejects;
        else
            assert_string_equal(rejects, whole);
        if (whole != rejects)
            free(rejects);
        kit_end(&kit);
    }
    free(whole);
}

static void state_of_another(void **state)
{
    (void)state;
    struct kit kit;
    uint8_t times[RESUME_DOCUMENTS] = {0};
    kit_begin(&kit);
    kit.judge = count_numbers;
    kit.context = times;
    kit.stop_after = 200;
    write_resumable(&kit);
    assert_false(kit_run(&kit, words_of("")));
    kit.stop_after = 0;
    assert_true(kit_run(&kit, words_of("--term-days 7"))); /* another import */
    assert_int_equal(kit.result.resumed_line, 0);
    assert_non_null(strstr(kit.said, "is of another file, mapping or ledger"));
    kit_end(&kit);
}

static void restarted(void **state)
{
    (void)state;
    struct kit kit;
    uint8_t times[RESUME_DOCUMENTS] = {0};
    kit_begin(&kit);
    kit.judge = count_numbers;
    kit.context = times;
    kit.stop_after = 200;
    write_resumable(&kit);
    assert_false(kit_run(&kit, words_of("")));
    kit.stop_after = 0;
    assert_true(kit_run(&kit, words_of("--restart")));
    assert_int_equal(kit.result.resumed_line, 0);
    assert_int_equal(kit.result.rows, RESUME_DOCUMENTS * 3);
    kit_end(&kit);
}

static void dry_runs_leave_nothing(void **state)
{
    (void)state;
    struct kit kit;
    char path[160];
    kit_begin(&kit);
    kit.stop_after = 1;
    kit_file(&kit, HEADER "1,A,2011-01-02,X,Nut,1,1.00\n2,A,2011-01-02,X,Nut,1,1.00\n");
    assert_false(kit_run(&kit, words_of("--dry-run")));
    (void)snprintf(path, sizeof path, "%s.tefter-import", kit.path);
    assert_int_not_equal(access(path, F_OK), 0);
    kit_end(&kit);
}

/* ---- a stream, and a long one ---- */

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_KB_MAX (1024 * 1024) /* what was freed is kept for a while */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_KB_MAX (1024 * 1024)
#endif
#endif
#ifndef MEMORY_KB_MAX
#define MEMORY_KB_MAX (96 * 1024)
#endif

enum { MANY_ROWS = 1000000 };

struct pourer {
    int fd;
};

static void *pour(void *context)
{
    struct pourer *pourer = context;
    FILE *file = fdopen(pourer->fd, "w");
    assert_non_null(file);
    (void)fputs(HEADER, file);
    for (int i = 0; i < MANY_ROWS; i++)
        (void)fprintf(file, "N%d,C%d,2011-01-%02d,P%d,a thing of some sort,%d,%d.25\n", i / 3,
                      i / 30 % 5000, i / 99999 + 10, i % 3000, i % 7 + 1, i % 90);
    (void)fclose(file);
    return NULL;
}

static long peak_kb(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void a_million_rows(void **state)
{
    (void)state;
    struct kit kit;
    int ends[2];
    pthread_t thread;
    kit_begin(&kit);
    assert_int_equal(pipe(ends), 0);
    struct pourer pourer = {ends[1]};
    (void)snprintf(kit.path, sizeof kit.path, "/dev/fd/%d", ends[0]);
    char more[160];
    (void)snprintf(more, sizeof more, "--rejects %s/r.csv", kit.folder);
    long before = peak_kb();
    assert_int_equal(pthread_create(&thread, NULL, pour, &pourer), 0);
    if (!kit_run(&kit, words_of(more)))
        fail_msg("%s", kit.failure.text);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)close(ends[0]);
    print_message("%" PRIu64 " rows in %" PRIu64 " ms, %ld kB more\n", kit.result.rows,
                  kit.result.ms, peak_kb() - before);
    assert_int_equal(kit.result.rows, MANY_ROWS);
    assert_int_equal(kit.result.sent_documents, MANY_ROWS / 3 + 1);
    assert_int_equal(kit.result.rejected_rows, 0);
    assert_true(peak_kb() - before < MEMORY_KB_MAX);
    kit_end(&kit);
}

/* A discount in percent is one; of a number without a sign people say what it is. */
static void discounts_in_percent(void **state)
{
    (void)state;
    static const char file[] = "number;customer;date;text;price;Rabatt\n"
                               "1;A;2011-01-02;Nut;100,00;10%\n2;A;2011-01-02;Nut;80,00;2,5 %\n";
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, file);
    if (!kit_run(&kit, "invoices FILE --yes"))
        fail_msg("%s", kit.failure.text);
    assert_string_equal(list.text, "invoice 1 A 9000; -:Nut 1000x10000000\n"
                                   "invoice 2 A 7800; -:Nut 1000x8000000\n");
    kit_end(&kit);
    kit_begin(&kit);
    kit_file(&kit, "number,customer,date,text,price,Discount\n1,A,2011-01-02,Nut,100.00,10%\n"
                   "2,A,2011-01-02,Nut,80.00,5.00\n");
    assert_false(kit_run(&kit, "invoices FILE --yes"));
    assert_non_null(strstr(
        kit.failure.text, "In the column Discount \"5.00\" has no sign, as others have: 10%: is it "
                          "5.00 % or 5.00 GBP? Say --discount-is percent or --discount-is amount"));
    kit_end(&kit);
    /* of what an amount alone is without, nobody knows */
    assert_wrong("number,customer,date,amount,Discount\n1,A,2011-01-02,100.00,10%\n",
                 "invoices FILE --yes", 0, "change what is owed and would be left out: Discount");
}

#define RATED "number;customer;date;text;quantity;price;discount;tax\n"

static void assert_rated(const char *rows, const char *flags, const char *said)
{
    struct kit kit;
    struct list list = {""};
    char file[400];
    char words[200];
    (void)snprintf(file, sizeof file, "%s%s", RATED, rows);
    (void)snprintf(words, sizeof words, "invoices FILE --yes%s", flags);
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, file);
    bool good = kit_run(&kit, words);
    const char *is = !good                          ? kit.failure.text
                     : kit.result.rejected_rows > 0 ? kit.reject.reasons[0].why
                                                    : list.text;
    if (strstr(is, said) == NULL)
        fail_msg("%s%s: %s", rows, flags, is);
    kit_end(&kit);
}

/* An amount is money off the line; a tax that is one must be what its rate comes to; a number
 * without a sign is never read as either unasked. */
static void discounts_and_taxes_that_are_amounts(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        const char *flags;
        const char *said;
    } table[] = {
        {"1;A;05.11.2010;Nut;1;34,20;1,00 £;24%\n", "", "invoice 1 A 4117;"},
        {"1;A;05.11.2010;Nut;1;34,20;£1,00;24%\n", "", "invoice 1 A 4117;"},
        {"1;A;05.11.2010;Nut;1;34,20;GBP 1,00;24 %\n", "", "invoice 1 A 4117;"},
        {"1;A;05.11.2010;Nut;-1;34,20;-1,00 £;24%\n2;A;05.11.2010;N;1;1,00;;\n", "",
         "credit 1 A -4117;"},
        {"1;A;05.11.2010;Nut;1;34,20;-1,00 £;24%\n", "", "discount \"-1,00 £\": is less than 0"},
        {"1;A;05.11.2010;Nut;1;34,20;1,00 $;24%\n", "", "another currency"},
        {"1;A;05.11.2010;Nut;1;34,20;34,21 £;24%\n", "",
         "discount is 34.21, and the line without it comes to 34.20"},
        {"1;A;05.11.2010;Nut;1;34,20;1,00;24%\n", "",
         "is it 1.00 %, 100.00 % or 1.00 GBP? Say --discount-is percent"},
        {"1;A;05.11.2010;Nut;1;34,20;1,00;24%\n", " --discount-is percent", "invoice 1 A 4199;"},
        {"1;A;05.11.2010;Nut;1;34,20;1,00;24%\n", " --discount-is amount", "invoice 1 A 4117;"},
        {"1;A;05.11.2010;Nut;1;34,20;5%;24%\n2;A;05.11.2010;Nut;1;34,20;1,00;24%\n", "",
         "has no sign, as others have: 5%: is it"},
        {"1;A;05.11.2010;Nut;1;340,20;150,00;24%\n", "", "invoice 1 A 23585;"},
        {"1;A;05.11.2010;Nut;1;34,20;0,00;0,24\n", "",
         "\"0,24\" has no sign: is it 0.24 %, 24.00 % or 0.24 GBP? Say --tax-is percent, --tax-is "
         "share or --tax-is amount"},
        {"1;A;05.11.2010;Nut;1;34,20;0;0,24\n", " --tax-is share", "invoice 1 A 4241;"},
        {"1;A;05.11.2010;Nut;1;34,20;;8,21 £\n", "",
         "tax is the amount 8.21, and no rate is known for this line of 34.20: say --tax RATE"},
        {"1;A;05.11.2010;Nut;1;34,20;;8,21 £\n", " --tax 24", "invoice 1 A 4241;"},
        {"1;A;05.11.2010;Nut;1;34,20;;8,21\n", " --tax 24 --tax-is amount", "invoice 1 A 4241;"},
        {"1;A;05.11.2010;Nut;1;34,20;;8,22 £\n", " --tax 24",
         "tax is the amount 8.22, and 24.00 % of 34.20 is 8.21"},
        {"1;A;05.11.2010;Nut;1;34,20;;0,00 £\n", " --tax 24", "invoice 1 A 3420;"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_rated(table[i].rows, table[i].flags, table[i].said);
}

/* What stands behind the sample is not read by what the sample was. */
static void a_part_of_one_behind_percentages_is_refused(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, "number,customer,date,text,price,VAT rate\n1,A,2011-01-02,Nut,100.00,24\n"
                   "2,A,2011-01-02,Nut,100.00,0.24\n");
    assert_false(kit_run(&kit, "invoices FILE --yes"));
    assert_non_null(strstr(kit.failure.text, "\"0.24\" has no sign: is it 0.24 % or 24.00 %?"));
    assert_true(kit_run(&kit, "invoices FILE --yes --tax-is percent"));
    assert_string_equal(list.text, "invoice 1 A 12400; -:Nut 1000x10000000\n"
                                   "invoice 2 A 10024; -:Nut 1000x10000000\n");
    kit_end(&kit);
}

static void numbers_as_people_type_them(void **state)
{
    (void)state;
    struct kit kit;
    struct list list = {""};
    kit_judged(&kit, list_entry, &list);
    kit_file(&kit, "số hóa đơn,mã khách hàng,ngày,số tiền\n1,A,31.10.2026,5tr\n2,A,1.11.2026,1tr5\n"
                   "3,A,2.11.2026,۱۲۰۰\n4,A,3.11.2026,1500k\n5,A,3.11.2026,5tr tr\n");
    if (!kit_run(&kit, "invoices FILE --yes --currency VND"))
        fail_msg("%s", kit.failure.text);
    assert_string_equal(list.text, "invoice 1 A 5000000; -:1 1000x5000000000\n"
                                   "invoice 2 A 1500000; -:2 1000x1500000000\n"
                                   "invoice 3 A 1200; -:3 1000x1200000\n"
                                   "invoice 4 A 1500000; -:4 1000x1500000000\n");
    assert_int_equal(kit.result.rejected_rows, 1);
    kit_end(&kit);
}

static void what_is_unclear_is_asked_with_both_readings(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *asked;
    } table[] = {
        {"number,customer,date,amount\n1,A,2011-01-02,1.234\n",
         "\"1.234\" is 1.234 if the point begins decimals, and 1234 if it parts thousands"},
        {"number,customer,date,amount\n1,A,03/04/2026,5\n",
         "\"03/04/2026\" is 2026-04-03 if the day comes first, and 2026-03-04 if the month does"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct kit kit;
        kit_begin(&kit);
        kit_file(&kit, table[i].file);
        assert_false(kit_run(&kit, "invoices FILE --yes"));
        if (strstr(kit.failure.text, table[i].asked) == NULL)
            fail_msg("%s", kit.failure.text);
        kit_end(&kit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),
        cmocka_unit_test(discounts_in_percent),
        cmocka_unit_test(discounts_and_taxes_that_are_amounts),
        cmocka_unit_test(a_part_of_one_behind_percentages_is_refused),
        cmocka_unit_test(numbers_as_people_type_them),
        cmocka_unit_test(what_is_unclear_is_asked_with_both_readings),
        cmocka_unit_test(texts),
        cmocka_unit_test(credit_notes),
        cmocka_unit_test(odd_codes),
        cmocka_unit_test(apart),
        cmocka_unit_test(amounts),
        cmocka_unit_test(terms_and_tax),
        cmocka_unit_test(bad_rows),
        cmocka_unit_test(bad_document),
        cmocka_unit_test(spoilt_document),
        cmocka_unit_test(rejects_again),
        cmocka_unit_test(outcomes),
        cmocka_unit_test(foreign_file_stays),
        cmocka_unit_test(too_many_lines),
        cmocka_unit_test(far_apart),
        cmocka_unit_test(nobody_owes_it),
        cmocka_unit_test(map_of_some_fields_guesses_the_others),
        cmocka_unit_test(columns_that_are_left_out_are_named),
        cmocka_unit_test(rows_of_one_document_that_disagree),
        cmocka_unit_test(whole_or_not_at_all),
        cmocka_unit_test(repeats_are_pointed_at),
        cmocka_unit_test(currencies_beside_amounts),
        cmocka_unit_test(a_total_in_each_row_is_not_added_up),
        cmocka_unit_test(types_say_what_it_is),
        cmocka_unit_test(balances),
        cmocka_unit_test(debts_that_stand_twice_are_found),
        cmocka_unit_test(money_without_decimals_is_not_asked_about),
        cmocka_unit_test(rows_of_totals_are_no_documents),
        cmocka_unit_test(rows_of_totals_are_nothing_of_any_kind),
        cmocka_unit_test(a_row_without_a_number_does_not_double_the_bill),
        cmocka_unit_test(one_receipt_over_several_bills),
        cmocka_unit_test(reasons_are_grouped),
        cmocka_unit_test(titles_above_the_header),
        cmocka_unit_test(a_title_is_no_header),
        cmocka_unit_test(columns_that_hold_something_are_named_at_the_end),
        cmocka_unit_test(days_of_credit_as_people_write_them),
        cmocka_unit_test(headers_in_many_languages),
        cmocka_unit_test(questions),
        cmocka_unit_test(late_decimals),
        cmocka_unit_test(not_csv),
        cmocka_unit_test(byte_order_mark),
        cmocka_unit_test(old_encoding),
        cmocka_unit_test(customers),
        cmocka_unit_test(products),
        cmocka_unit_test(what_stands_twice_with_other_values_is_rejected),
        cmocka_unit_test(payments),
        cmocka_unit_test(other_currency),
        cmocka_unit_test(long_texts),
        cmocka_unit_test(bad_source),
        cmocka_unit_test(resumed),
        cmocka_unit_test(state_of_another),
        cmocka_unit_test(restarted),
        cmocka_unit_test(dry_runs_leave_nothing),
        cmocka_unit_test(a_million_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
