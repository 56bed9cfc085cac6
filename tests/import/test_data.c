/*
 * The real files, when they are beside the source tree: what truth.json says of them must come out,
 * row by row, exact. Prints how fast it went.
 */
#include "kit.h"

#include <inttypes.h>
#include <openssl/evp.h>

#include "base/date.h"
#include "base/grow.h"

enum { KEY_MAX = 64, SHA_TEXT = 65, EXACT_UNIT = 1000000, TRUTH_MAX = 1 << 20 };

/* Sums by key: of customers, of documents. */
struct sum {
    char key[KEY_MAX];
    __int128 exact;
};

struct sums {
    struct sum *each;
    size_t count;
    size_t room;
    struct names places;
};

struct seen {
    struct sums customers;
    struct sums documents;
    uint64_t lines;
    uint64_t digit;
    uint64_t c;
    uint64_t other;
    __int128 digit_exact;
    __int128 c_exact;
    __int128 other_exact;
    uint64_t most_lines;
    char most[KEY_MAX];
    uint64_t late_dues;
};

static char *truth;
static char folder[512];

static void sums_add(struct sums *sums, const char *key, __int128 exact)
{
    uint64_t place;
    if (!names_get(&sums->places, slice_text(key), &place)) {
        assert_true(GROW(sums->each, sums->room, sums->count + 1));
        place = sums->count++;
        assert_true(names_put(&sums->places, slice_text(key), place));
        (void)snprintf(sums->each[place].key, KEY_MAX, "%s", key);
        sums->each[place].exact = 0;
    }
    sums->each[place].exact += exact;
}

static void sums_free(struct sums *sums)
{
    names_fini(&sums->places);
    free(sums->each);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct sum *)a)->key, ((const struct sum *)b)->key);
}

static int64_t rounded(__int128 exact)
{
    __int128 half = EXACT_UNIT / 2;
    return (int64_t)((exact >= 0 ? exact + half : exact - half) / EXACT_UNIT);
}

/* sha256 of the lines `key<TAB>amount`, sorted. */
static void digest(struct sums *sums, char out[SHA_TEXT])
{
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    assert_int_equal(EVP_DigestInit_ex(sha, EVP_sha256(), NULL), 1);
    qsort(sums->each, sums->count, sizeof *sums->each, by_key);
    for (size_t i = 0; i < sums->count; i++) {
        char amount[MONEY_TEXT_MAX];
        char line[KEY_MAX + MONEY_TEXT_MAX + 2];
        (void)decimal_write(rounded(sums->each[i].exact), 2, amount);
        int length = snprintf(line, sizeof line, "%s\t%s\n", sums->each[i].key, amount);
        assert_int_equal(EVP_DigestUpdate(sha, line, (size_t)length), 1);
    }
    assert_int_equal(EVP_DigestFinal_ex(sha, bytes, &size), 1);
    EVP_MD_CTX_free(sha);
    for (unsigned i = 0; i < size; i++)
        (void)snprintf(out + (size_t)2 * i, 3, "%02x", bytes[i]);
}

static enum outcome count(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    struct seen *seen = kit->context;
    const char *number = entry->texts[FIELD_NUMBER];
    __int128 exact = entry->exact;
    (void)why;
    seen->lines += entry->line_count;
    seen->digit += number[0] >= '0' && number[0] <= '9';
    seen->c += number[0] == 'C';
    seen->other += number[0] == 'A';
    *(number[0] == 'C'   ? &seen->c_exact
      : number[0] == 'A' ? &seen->other_exact
                         : &seen->digit_exact) += exact;
    sums_add(&seen->documents, number, exact);
    if (entry->texts[FIELD_CUSTOMER] != NULL)
        sums_add(&seen->customers, entry->texts[FIELD_CUSTOMER], exact);
    if (entry->line_count > seen->most_lines) {
        seen->most_lines = entry->line_count;
        (void)snprintf(seen->most, sizeof seen->most, "%s", number);
    }
    seen->late_dues += entry->numbers[FIELD_DUE] != entry->numbers[FIELD_DATE] + 30;
    return OUTCOME_SENT;
}

static __int128 sum_of(const struct sums *sums, const char *key)
{
    for (size_t i = 0; i < sums->count; i++)
        if (strcmp(sums->each[i].key, key) == 0)
            return sums->each[i].exact;
    fail_msg("nobody is called %s", key);
    return 0;
}

static __int128 sum_all(const struct sums *sums)
{
    __int128 all = 0;
    for (size_t i = 0; i < sums->count; i++)
        all += sums->each[i].exact;
    return all;
}

/* A value of truth.json, behind the section's name. */
static void assert_truth(const char *section, const char *name, const char *value)
{
    const char *from = strstr(truth, section);
    assert_non_null(from);
    char wanted[256];
    (void)snprintf(wanted, sizeof wanted, "\"%s\": ", name);
    const char *at = strstr(from, wanted);
    assert_non_null(at);
    at += strlen(wanted);
    at += *at == '"';
    if (strncmp(at, value, strlen(value)) != 0)
        fail_msg("%s is %.80s, not %s", name, at, value);
}

static void assert_truth_count(const char *section, const char *name, uint64_t value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64 "\n", value);
    char with_comma[32];
    (void)snprintf(with_comma, sizeof with_comma, "%" PRIu64 ",", value);
    const char *from = strstr(truth, section);
    char wanted[256];
    (void)snprintf(wanted, sizeof wanted, "\"%s\": ", name);
    const char *at = from != NULL ? strstr(from, wanted) : NULL;
    assert_non_null(at);
    at += strlen(wanted);
    if (strncmp(at, text, strlen(text)) != 0 && strncmp(at, with_comma, strlen(with_comma)) != 0)
        fail_msg("%s is %.40s, not %" PRIu64, name, at, value);
}

static void assert_truth_exact(const char *section, const char *name, __int128 exact)
{
    char digits[64];
    char *at = digits + sizeof digits - 1;
    __int128 left = exact < 0 ? -exact : exact;
    *at = '\0';
    for (int i = 0; left > 0 || i <= 8; left /= 10, i++) {
        *--at = (char)('0' + (int)(left % 10));
        if (i == 7)
            *--at = '.';
    }
    if (exact < 0)
        *--at = '-';
    size_t size = strlen(at); /* no zeros behind the third decimal, nor behind the second */
    while (at[size - 1] == '0' && at[size - 3] != '.')
        size--;
    at[size] = '"';
    at[size + 1] = '\0';
    assert_truth(section, name, at);
}

static bool have_data(void **state)
{
    (void)state;
    char path[600];
    (void)snprintf(folder, sizeof folder, "%s", DATA_FOLDER);
    (void)snprintf(path, sizeof path, "%s/truth.json", folder);
    if (truth == NULL)
        truth = kit_read(path);
    if (truth == NULL)
        print_message("no data beside the source tree (%s): skipped\n", folder);
    return truth != NULL;
}

static void tell_speed(const struct kit *kit)
{
    uint64_t ms = kit->result.ms > 0 ? kit->result.ms : 1;
    print_message("%" PRIu64 " rows, %" PRIu64 " entries in %" PRIu64 " ms: %" PRIu64 " rows/s\n",
                  kit->result.rows, kit->result.sent_documents, ms, kit->result.rows * 1000 / ms);
}

static void unpack(struct kit *kit)
{
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "gzip -dc %s/online-retail/online-retail-2010-2011.csv.gz > %s", folder,
                   kit->path);
    assert_int_equal(system(command), 0);
}

static const char retail_words[] =
    "invoices FILE --map number=InvoiceNo,customer=CustomerID,date=InvoiceDate,code=StockCode,"
    "text=Description,quantity=Quantity,price=UnitPrice,area=Country --source online-retail "
    "--term-days 30";

static void check_retail(const struct kit *kit, struct seen *seen)
{
    char sha[SHA_TEXT];
    const struct run_result *result = &kit->result;
    assert_truth_count("online_retail", "rows", result->rows);
    assert_truth_count("online_retail", "rows", seen->lines);
    assert_truth_count("online_retail", "documents", result->sent_documents);
    assert_truth_count("online_retail", "documents", seen->documents.count);
    assert_truth_count("online_retail", "digit", seen->digit);
    assert_truth_count("online_retail", "C", seen->c);
    assert_truth_count("online_retail", "A", seen->other);
    assert_truth_count("online_retail", "customers", seen->customers.count);
    assert_truth_count("online_retail", "documents_without_customer", result->without_customer);
    assert_truth_count("online_retail", "documents_total_zero", result->zero_documents);
    assert_int_equal(seen->most_lines, 1114);
    assert_string_equal(seen->most, "573585");
    assert_int_equal(seen->late_dues, 0);
    assert_truth_exact("online_retail", "net_total_exact", result->exact);
    assert_truth_exact("online_retail", "net_total_lines_rounded_half_up_to_cents",
                       result->total_minor * EXACT_UNIT);
    assert_truth_exact("online_retail", "total_of_digit_documents", seen->digit_exact);
    assert_truth_exact("online_retail", "total_of_C_documents", seen->c_exact);
    assert_truth_exact("online_retail", "total_of_other_documents", seen->other_exact);
    assert_truth_exact("online_retail", "net_total_with_customer", sum_all(&seen->customers));
    assert_int_equal((int64_t)(sum_of(&seen->customers, "14646") / EXACT_UNIT), 27948902);
    digest(&seen->customers, sha);
    assert_truth("online_retail", "by_customer_digest", sha);
    digest(&seen->documents, sha);
    assert_truth("online_retail", "by_document_digest", sha);
}

static void online_retail(void **state)
{
    if (!have_data(state))
        skip();
    struct kit kit;
    struct seen seen = {.lines = 0};
    kit_begin(&kit);
    kit.judge = count;
    kit.context = &seen;
    unpack(&kit);
    if (!kit_run(&kit, retail_words))
        fail_msg("%s", kit.failure.text);
    tell_speed(&kit);
    assert_int_equal(kit.result.rejected_rows, 0);
    assert_int_equal(kit.sink.customers_made, 4372);
    /* 4070 codes, 112 of them small letters for great ones; "BANK CHARGES" is none */
    assert_int_equal(kit.sink.products_made, 3957);
    assert_int_equal(kit.result.free_lines, 37);
    assert_int_equal(kit.result.sent[ENTRY_CREDIT_NOTE], 3838);
    check_retail(&kit, &seen);
    sums_free(&seen.customers);
    sums_free(&seen.documents);
    kit_end(&kit);
}

/* Without a map: the headers say enough. */
static void online_retail_guessed(void **state)
{
    if (!have_data(state))
        skip();
    struct kit kit;
    kit_begin(&kit);
    unpack(&kit);
    if (!kit_run(&kit, "invoices FILE --dry-run"))
        fail_msg("%s", kit.failure.text);
    assert_truth_count("online_retail", "documents", kit.result.sent_documents);
    assert_truth_exact("online_retail", "net_total_exact", kit.result.exact);
    assert_non_null(strstr(kit.said, "17850.0  read as 17850"));
    kit_end(&kit);
}

static void ibm_path(struct kit *kit)
{
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "cp %s/ibm-receivables/WA_Fn-UseC_-Accounts-Receivable.csv %s", folder,
                   kit->path);
    assert_int_equal(system(command), 0);
}

static enum outcome count_ibm(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    if (kit->taken == 1) { /* leading zeros stay */
        assert_string_equal(entry->texts[FIELD_NUMBER], "0000611365");
        assert_string_equal(entry->texts[FIELD_CUSTOMER], "0379-NEVHP");
    }
    return count(kit, entry, why);
}

static void ibm_invoices(void **state)
{
    if (!have_data(state))
        skip();
    struct kit kit;
    struct seen seen = {.lines = 0};
    char sha[SHA_TEXT];
    kit_begin(&kit);
    kit.judge = count_ibm;
    kit.context = &seen;
    ibm_path(&kit);
    if (!kit_run(&kit, "invoices FILE --map number=invoiceNumber,customer=customerID,"
                       "date=InvoiceDate,due=DueDate,amount=InvoiceAmount,area=countryCode --yes"))
        fail_msg("%s", kit.failure.text);
    tell_speed(&kit);
    assert_int_equal(kit.result.rejected_rows, 0);
    assert_truth_count("\"ibm\"", "rows", kit.result.rows);
    assert_truth_count("\"ibm\"", "distinct_invoice_numbers", seen.documents.count);
    assert_truth_count("\"ibm\"", "customers", seen.customers.count);
    assert_truth_exact("\"ibm\"", "total", kit.result.exact);
    assert_truth_count("\"ibm\"", "due_is_invoice_plus_30", seen.documents.count - seen.late_dues);
    digest(&seen.customers, sha);
    assert_truth("\"ibm\"", "by_customer_digest", sha);
    sums_free(&seen.customers);
    sums_free(&seen.documents);
    kit_end(&kit);
}

static enum outcome count_payment(struct kit *kit, const struct entry *entry, char why[WHY_MAX])
{
    struct seen *seen = kit->context;
    (void)why;
    assert_int_equal(entry->kind, ENTRY_PAYMENT);
    assert_int_equal(entry->bill_count, 1);
    assert_string_equal(entry->texts[FIELD_NUMBER] + strlen("R-"), entry->bills[0].number);
    seen->late_dues += entry->numbers[FIELD_DATE] == 0;
    sums_add(&seen->customers, entry->texts[FIELD_CUSTOMER], entry->exact);
    return OUTCOME_SENT;
}

static void ibm_payments(void **state)
{
    if (!have_data(state))
        skip();
    struct kit kit;
    struct seen seen = {.lines = 0};
    char sha[SHA_TEXT];
    char date[DATE_TEXT_SIZE];
    kit_begin(&kit);
    kit.judge = count_payment;
    kit.context = &seen;
    ibm_path(&kit);
    if (!kit_run(&kit, "payments FILE --number-prefix R- --map number=invoiceNumber,"
                       "bill=invoiceNumber,customer=customerID,date=SettledDate,"
                       "amount=InvoiceAmount --set kind=cash --yes"))
        fail_msg("%s", kit.failure.text);
    tell_speed(&kit);
    assert_int_equal(kit.result.rejected_rows, 0);
    assert_int_equal(kit.result.sent[ENTRY_PAYMENT], 2466);
    assert_truth_exact("\"ibm\"", "total", kit.result.exact);
    digest(&seen.customers, sha);
    assert_truth("\"ibm\"", "by_customer_digest", sha);
    date_write(kit.result.last_date, date);
    assert_truth("\"ibm\"", "last_settled", date);
    sums_free(&seen.customers);
    kit_end(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(online_retail),
        cmocka_unit_test(online_retail_guessed),
        cmocka_unit_test(ibm_invoices),
        cmocka_unit_test(ibm_payments),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(truth);
    return failed;
}
