#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "pay/pay.h"

#define TEN "abcdefghij"
#define SEVENTY TEN TEN TEN TEN TEN TEN TEN
#define GREEK_TEN "αβγδεζηθικ"
#define GREEK_SEVENTY GREEK_TEN GREEK_TEN GREEK_TEN GREEK_TEN GREEK_TEN GREEK_TEN GREEK_TEN

static const struct epc_payment red_cross = {.bic = "BPOTBEB1",
                                             .name = "Red Cross of Belgium",
                                             .iban = "BE72000000001616",
                                             .amount_minor = 100,
                                             .purpose = "CHAR",
                                             .text = "Urgency fund",
                                             .information = "Sample EPC QR code"};

static void expect_epc(const struct epc_payment *payment, const char *expected)
{
    char text[EPC_SIZE];
    assert_int_equal(epc_write(payment, text), PAY_FINE);
    assert_string_equal(text, expected);
}

static void expect_refused(const struct epc_payment *payment, enum pay_field field)
{
    char text[EPC_SIZE] = "untouched";
    assert_int_equal(epc_write(payment, text), field);
    assert_string_equal(text, "untouched");
}

/* ---- EPC ---- */

static void a_transfer_is_written_element_by_element(void **state)
{
    (void)state;
    expect_epc(&red_cross, "BCD\n001\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\n"
                           "EUR1.00\nCHAR\n\nUrgency fund\nSample EPC QR code");
}

static void nothing_stands_behind_the_last_element_used(void **state)
{
    (void)state;
    struct epc_payment payment = {.name = "Αθηνά Παπαδοπούλου",
                                  .iban = "gr16 0110 1250 0000 0001 2300 695"};
    expect_epc(&payment, "BCD\n002\n1\nSCT\n\nΑθηνά Παπαδοπούλου\nGR1601101250000000012300695");
    payment.amount_minor = 99999999999;
    expect_epc(&payment, "BCD\n002\n1\nSCT\n\nΑθηνά Παπαδοπούλου\nGR1601101250000000012300695\n"
                         "EUR999999999.99");
    payment.reference = "RF18539007547034";
    payment.text = "";
    payment.amount_minor = 5;
    expect_epc(&payment, "BCD\n002\n1\nSCT\n\nΑθηνά Παπαδοπούλου\nGR1601101250000000012300695\n"
                         "EUR0.05\n\nRF18539007547034");
    payment.reference = NULL;
    payment.amount_minor = 0;
    payment.information = "i";
    expect_epc(&payment, "BCD\n002\n1\nSCT\n\nΑθηνά Παπαδοπούλου\nGR1601101250000000012300695\n"
                         "\n\n\n\ni");
}

static void each_element_has_its_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *bic, *name, *iban;
        int64_t amount_minor;
        const char *purpose, *reference, *text, *information;
        enum pay_field refused;
    } rows[] = {
        /* NULL and -1: as the sample has it */
        {"BPOTBEB1XXX", NULL, NULL, -1, NULL, NULL, NULL, NULL, PAY_FINE},
        {"BPOTBEB", NULL, NULL, -1, NULL, NULL, NULL, NULL, PAY_BIC},
        {"BPOTBEB1X", NULL, NULL, -1, NULL, NULL, NULL, NULL, PAY_BIC},
        {"BPOTBEB1XXXX", NULL, NULL, -1, NULL, NULL, NULL, NULL, PAY_BIC},
        {"BPOT1EB1", NULL, NULL, -1, NULL, NULL, NULL, NULL, PAY_BIC},
        {"bpotbeb1", NULL, NULL, -1, NULL, NULL, NULL, NULL, PAY_BIC},
        {NULL, "", NULL, -1, NULL, NULL, NULL, NULL, PAY_NAME},
        {NULL, SEVENTY, NULL, -1, NULL, NULL, NULL, NULL, PAY_FINE},
        {NULL, SEVENTY "k", NULL, -1, NULL, NULL, NULL, NULL, PAY_NAME},
        {NULL, GREEK_SEVENTY, NULL, -1, NULL, NULL, NULL, NULL, PAY_FINE},
        {NULL, GREEK_SEVENTY "λ", NULL, -1, NULL, NULL, NULL, NULL, PAY_NAME},
        {NULL, "a\nBE00", NULL, -1, NULL, NULL, NULL, NULL, PAY_NAME},
        {NULL, "a\xff", NULL, -1, NULL, NULL, NULL, NULL, PAY_NAME},
        {NULL, NULL, "", -1, NULL, NULL, NULL, NULL, PAY_IBAN},
        {NULL, NULL, "BE72000000001617", -1, NULL, NULL, NULL, NULL, PAY_IBAN},
        {NULL, NULL, NULL, 1, NULL, NULL, NULL, NULL, PAY_FINE},
        {NULL, NULL, NULL, 99999999999, NULL, NULL, NULL, NULL, PAY_FINE},
        {NULL, NULL, NULL, 100000000000, NULL, NULL, NULL, NULL, PAY_AMOUNT},
        {NULL, NULL, NULL, -2, NULL, NULL, NULL, NULL, PAY_AMOUNT},
        {NULL, NULL, NULL, INT64_MIN, NULL, NULL, NULL, NULL, PAY_AMOUNT},
        {NULL, NULL, NULL, -1, "G", NULL, NULL, NULL, PAY_FINE},
        {NULL, NULL, NULL, -1, "GDDSX", NULL, NULL, NULL, PAY_PURPOSE},
        {NULL, NULL, NULL, -1, "gdds", NULL, NULL, NULL, PAY_PURPOSE},
        {NULL, NULL, NULL, -1, "G D", NULL, NULL, NULL, PAY_PURPOSE},
        {NULL, NULL, NULL, -1, NULL, "RF18539007547034", "", NULL, PAY_FINE},
        {NULL, NULL, NULL, -1, NULL, "RF19539007547034", "", NULL, PAY_REFERENCE},
        {NULL, NULL, NULL, -1, NULL, "RF18 5390 0754 7034", "", NULL, PAY_REFERENCE},
        {NULL, NULL, NULL, -1, NULL, TEN TEN TEN "abcde", "", NULL, PAY_FINE},
        {NULL, NULL, NULL, -1, NULL, TEN TEN TEN "abcdef", "", NULL, PAY_REFERENCE},
        {NULL, NULL, NULL, -1, NULL, "1", "1", NULL, PAY_TEXT},
        {NULL, NULL, NULL, -1, NULL, NULL, SEVENTY SEVENTY, NULL, PAY_FINE},
        {NULL, NULL, NULL, -1, NULL, NULL, SEVENTY SEVENTY "k", NULL, PAY_TEXT},
        {NULL, NULL, NULL, -1, NULL, NULL, "a\r\nb", NULL, PAY_TEXT},
        {NULL, NULL, NULL, -1, NULL, NULL, "a\u2028b", NULL, PAY_TEXT},
        {NULL, NULL, NULL, -1, NULL, NULL, NULL, SEVENTY, PAY_FINE},
        {NULL, NULL, NULL, -1, NULL, NULL, NULL, SEVENTY "k", PAY_INFORMATION},
        {NULL, NULL, NULL, -1, NULL, NULL, NULL, "a\nb", PAY_INFORMATION},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct epc_payment payment = red_cross;
        char text[EPC_SIZE];
        payment.bic = rows[i].bic != NULL ? rows[i].bic : payment.bic;
        payment.name = rows[i].name != NULL ? rows[i].name : payment.name;
        payment.iban = rows[i].iban != NULL ? rows[i].iban : payment.iban;
        payment.amount_minor =
            rows[i].amount_minor != -1 ? rows[i].amount_minor : payment.amount_minor;
        payment.purpose = rows[i].purpose != NULL ? rows[i].purpose : payment.purpose;
        payment.reference = rows[i].reference;
        payment.text = rows[i].text != NULL ? rows[i].text : payment.text;
        payment.information =
            rows[i].information != NULL ? rows[i].information : payment.information;
        if (rows[i].refused != PAY_FINE)
            expect_refused(&payment, rows[i].refused);
        else if (epc_write(&payment, text) != PAY_FINE)
            fail_msg("row %zu is refused", i);
    }
}

/* A code of version 13 holds 331 bytes, and letters outside ASCII take two to four. */
static void all_together_must_fit_into_the_code(void **state)
{
    (void)state;
    struct epc_payment payment = {.bic = "BPOTBEB1XXX",
                                  .name = SEVENTY,
                                  .iban = "BE72000000001616",
                                  .amount_minor = 100,
                                  .text = SEVENTY SEVENTY};
    char text[EPC_SIZE];
    char information[71] = "";
    assert_int_equal(epc_write(&payment, text), PAY_FINE);
    size_t size = strlen(text);
    payment.information = information;
    for (size_t more = 1; more <= 70; more++) {
        memset(information, 'x', more);
        bool fits = size + 1 + more <= 331;
        assert_int_equal(epc_write(&payment, text), fits ? PAY_FINE : PAY_WHOLE);
        assert_int_equal(strlen(text), fits ? size + 1 + more : 331);
    }
    assert_int_equal(epc_write(&payment, text), PAY_WHOLE);
    payment.information = NULL;
    payment.text = GREEK_SEVENTY GREEK_SEVENTY;
    expect_refused(&payment, PAY_WHOLE);
    payment.name = "🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦🏦";
    payment.information = GREEK_SEVENTY;
    expect_refused(&payment, PAY_WHOLE);
}

static void accounts_are_read_with_their_check_digits(void **state)
{
    (void)state;
    static const char *const right[] = {"DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432",
                                        "gr1601101250000000012300695",
                                        "MT84MALT011000012345MTLCAST001S", "NO9386011117947"};
    static const char *const wrong[] = {"",
                                        "DE",
                                        "DE89",
                                        "DE88370400440532013000",
                                        "DE98370400440532013000",
                                        "8937 0400",
                                        "DE89-3704-0044-0532-0130-00",
                                        "DEX9370400440532013000",
                                        "DE893704004405320130é",
                                        "DE00370400440532013000000000000000000"};
    char iban[IBAN_MAX + 1];
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        assert_true(iban_read(right[i], iban));
    assert_string_equal(iban, "NO9386011117947");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(iban_read(wrong[i], iban));
    assert_string_equal(iban, "NO9386011117947");
}

/* Of the hundred pairs of check digits one is right; 00, 01 and 99 never are. */
static void an_account_has_one_pair_of_check_digits(void **state)
{
    (void)state;
    for (int account = 0; account < 500; account++) {
        int right = 0;
        for (int check = 0; check < 100; check++) {
            char text[40];
            char iban[IBAN_MAX + 1];
            (void)snprintf(text, sizeof text, "BE%02d%012d", check, account * 7919);
            right += iban_read(text, iban) ? 1 : 0;
        }
        assert_int_equal(right, 1);
    }
}

/* ---- VietQR ---- */

static void expect_vietqr(const struct vietqr_payment *payment, const char *expected)
{
    char text[VIETQR_SIZE];
    assert_int_equal(vietqr_write(payment, text), PAY_FINE);
    assert_string_equal(text, expected);
}

static void the_check_is_that_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(emvco_crc("123456789", 9), 0x29B1);
    assert_int_equal(emvco_crc("", 0), 0xFFFF);
}

/* A text that another program published. */
static void a_vietqr_is_written_as_others_write_it(void **state)
{
    (void)state;
    const struct vietqr_payment payment = {
        .bank = "970407", .account = "0386577672", .amount = 1000000, .text = "henry an cut"};
    expect_vietqr(&payment, "00020101021138540010A00000072701240006970407011003865776720208QRIBFTTA"
                            "5303704540710000005802VN62160812henry an cut6304A322");
}

static void a_vietqr_says_only_what_is_known(void **state)
{
    (void)state;
    struct vietqr_payment payment = {.bank = "970436", .account = "9704361234567890123"};
    char text[VIETQR_SIZE];
    assert_int_equal(vietqr_write(&payment, text), PAY_FINE);
    assert_null(strstr(text, "5407"));
    assert_int_equal(strncmp(text,
                             "000201010211"
                             "3863",
                             16),
                     0);
    assert_non_null(strstr(text, "01199704361234567890123"
                                 "0208QRIBFTTA"
                                 "5303704"
                                 "5802VN"
                                 "6304"));
    payment.card = true;
    payment.once = true;
    payment.amount = 9999999999999;
    payment.text = "0004 K7TU";
    assert_int_equal(vietqr_write(&payment, text), PAY_FINE);
    assert_int_equal(strncmp(text,
                             "000201010212"
                             "3863",
                             16),
                     0);
    assert_non_null(strstr(text, "0208QRIBFTTC"
                                 "5303704"
                                 "54139999999999999"
                                 "5802VN"
                                 "62130809"
                                 "0004 K7TU"
                                 "6304"));
    char crc[5];
    size_t size = strlen(text);
    (void)snprintf(crc, sizeof crc, "%04X", (unsigned)emvco_crc(text, size - 4));
    assert_string_equal(text + size - 4, crc);
}

static void each_element_of_a_vietqr_has_its_bounds(void **state)
{
    (void)state;
    static const struct {
        struct vietqr_payment payment;
        enum pay_field refused;
    } rows[] = {
        {{.bank = "970436", .account = "1"}, PAY_FINE},
        {{.bank = NULL, .account = "1"}, PAY_BANK},
        {{.bank = "97043", .account = "1"}, PAY_BANK},
        {{.bank = "9704360", .account = "1"}, PAY_BANK},
        {{.bank = "97043x", .account = "1"}, PAY_BANK},
        {{.bank = "970436", .account = NULL}, PAY_ACCOUNT},
        {{.bank = "970436", .account = ""}, PAY_ACCOUNT},
        {{.bank = "970436", .account = "VQRQ0001a"}, PAY_FINE},
        {{.bank = "970436", .account = "1234567890123456789"}, PAY_FINE},
        {{.bank = "970436", .account = "12345678901234567890"}, PAY_ACCOUNT},
        {{.bank = "970436", .account = "12 34"}, PAY_ACCOUNT},
        {{.bank = "970436", .account = "12é"}, PAY_ACCOUNT},
        {{.bank = "970436", .account = "1", .amount = 9999999999999}, PAY_FINE},
        {{.bank = "970436", .account = "1", .amount = 10000000000000}, PAY_AMOUNT},
        {{.bank = "970436", .account = "1", .amount = -1}, PAY_AMOUNT},
        {{.bank = "970436", .account = "1", .text = "1234567890123456789012345"}, PAY_FINE},
        {{.bank = "970436", .account = "1", .text = "12345678901234567890123456"}, PAY_TEXT},
        {{.bank = "970436", .account = "1", .text = "công nợ"}, PAY_TEXT},
        {{.bank = "970436", .account = "1", .text = "a\nb"}, PAY_TEXT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[VIETQR_SIZE] = "untouched";
        assert_int_equal(vietqr_write(&rows[i].payment, text), rows[i].refused);
        assert_int_equal(strcmp(text, "untouched") == 0, rows[i].refused != PAY_FINE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_is_written_element_by_element),
        cmocka_unit_test(nothing_stands_behind_the_last_element_used),
        cmocka_unit_test(each_element_has_its_bounds),
        cmocka_unit_test(all_together_must_fit_into_the_code),
        cmocka_unit_test(accounts_are_read_with_their_check_digits),
        cmocka_unit_test(an_account_has_one_pair_of_check_digits),
        cmocka_unit_test(the_check_is_that_of_the_standard),
        cmocka_unit_test(a_vietqr_is_written_as_others_write_it),
        cmocka_unit_test(a_vietqr_says_only_what_is_known),
        cmocka_unit_test(each_element_of_a_vietqr_has_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
