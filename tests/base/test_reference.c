#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "base/reference.h"

enum { SEED = 11649, CHANCES = 20000, TEXT_SIZE = 100 };
static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char in_use[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"; /* no I, no O */

/* A pattern with the reference in place of @, its halves of < and >. */
static void around(const char *pattern, const char *reference, char out[TEXT_SIZE])
{
    size_t used = 0;
    for (; *pattern != '\0'; pattern++) {
        const char *part = *pattern == '>' ? reference + 4 : reference;
        int size = *pattern == '@' ? 8 : 4;
        if (strchr("@<>", *pattern) == NULL)
            out[used++] = *pattern;
        else
            used += (size_t)snprintf(out + used, TEXT_SIZE - used, "%.*s", size, part);
    }
    out[used] = '\0';
}

static uint64_t serial_of(const char *text)
{
    uint64_t serial = UINT64_MAX;
    (void)reference_read(text, strlen(text), &serial);
    return serial;
}

/* ---- short references ---- */

/* ISO 7064 MOD 37,36, as a judge: of a text with its check character. */
static bool check_is_right(const char *text)
{
    int product = 36;
    for (; text[1] != '\0'; text++) {
        int sum = (product + (int)(strchr(letters, *text) - letters)) % 36;
        product = 2 * (sum == 0 ? 36 : sum) % 37;
    }
    return (product + (int)(strchr(letters, *text) - letters)) % 36 == 1;
}

/* What was published: release identifiers of recordings and numbers of films have such a check. */
static void the_judge_knows_the_standard(void **state)
{
    (void)state;
    assert_true(check_is_right("A12425GABC1234002M"));
    assert_true(check_is_right("B159D8FA01240000K"));
    assert_true(check_is_right("188166C7342000003"));
    assert_false(check_is_right("A12425GABC1234002N"));
    assert_false(check_is_right("A12425GABC1234020M"));
}

static void the_first_serials_have_the_first_right_references(void **state)
{
    (void)state;
    char expected[REFERENCE_SIZE] = "";
    char reference[REFERENCE_SIZE];
    uint64_t serial = 0;
    /* all that begin with 0000, in order: of each six the first 32 whose check is no O or I */
    for (size_t a = 0; a < 36; a++)
        for (size_t b = 0; b < 36; b++)
            for (size_t c = 0, used = 0; c < 36 && used < 32; c++)
                for (size_t d = 0; d < 36; d++) {
                    (void)snprintf(expected, sizeof expected, "0000%c%c%c%c", letters[a],
                                   letters[b], letters[c], letters[d]);
                    if (strpbrk(expected, "IO") != NULL || !check_is_right(expected))
                        continue;
                    used++;
                    assert_true(reference_of_serial(serial, reference));
                    assert_string_equal(reference, expected);
                    assert_true(serial_of(expected) == serial);
                    serial++;
                }
    assert_int_equal(serial, 34 * 34 * 32);
}

static void serials_have_an_end(void **state)
{
    (void)state;
    char reference[REFERENCE_SIZE] = "12345678";
    assert_false(reference_of_serial(REFERENCE_SERIALS, reference));
    assert_false(reference_of_serial(UINT64_MAX, reference));
    assert_string_equal(reference, "12345678");
    assert_true(reference_of_serial(REFERENCE_SERIALS - 1, reference));
    assert_int_equal(strncmp(reference, "ZZZZZZ", 6), 0);
    assert_true(serial_of(reference) == REFERENCE_SERIALS - 1);
}

static void a_reference_is_read_as_the_serial_it_was_made_of(void **state)
{
    (void)state;
    struct prng prng = {SEED};
    print_message("seed %d\n", SEED);
    for (int i = 0; i < CHANCES; i++) {
        uint64_t serial = prng_below(&prng, REFERENCE_SERIALS);
        uint64_t other = prng_below(&prng, REFERENCE_SERIALS);
        char reference[REFERENCE_SIZE], another[REFERENCE_SIZE], shown[REFERENCE_SHOWN_SIZE];
        assert_true(reference_of_serial(serial, reference));
        assert_true(reference_of_serial(other, another));
        assert_true(check_is_right(reference));
        assert_null(strpbrk(reference, "IO"));
        assert_true(serial_of(reference) == serial);
        assert_int_equal(strcmp(reference, another) < 0, serial < other);
        reference_show(reference, shown);
        assert_int_equal(strlen(shown), REFERENCE_SHOWN_SIZE - 1);
        assert_int_equal(shown[4], ' ');
        assert_true(serial_of(shown) == serial);
    }
}

/* Every letter of a reference replaced by every other; and each two neighbours exchanged. */
static void a_wrong_letter_is_found(void **state)
{
    (void)state;
    struct prng prng = {SEED};
    int exchanged = 0, missed = 0;
    for (int i = 0; i < CHANCES / 10; i++) {
        char reference[REFERENCE_SIZE];
        assert_true(reference_of_serial(prng_below(&prng, REFERENCE_SERIALS), reference));
        for (size_t at = 0; at < 8; at++) {
            char right = reference[at];
            for (size_t k = 0; k < 36; k++) {
                bool same = letters[k] == right || (letters[k] == 'O' && right == '0') ||
                            (letters[k] == 'I' && right == '1');
                reference[at] = letters[k];
                assert_int_equal(serial_of(reference) != UINT64_MAX, same);
            }
            reference[at] = right;
            if (at == 0 || reference[at - 1] == right)
                continue;
            reference[at] = reference[at - 1];
            reference[at - 1] = right;
            exchanged++;
            missed += serial_of(reference) != UINT64_MAX ? 1 : 0;
            reference[at - 1] = reference[at];
            reference[at] = right;
        }
    }
    print_message("%d of %d exchanges not found\n", missed, exchanged);
    assert_true(missed * 200 < exchanged);
}

static void references_are_read_as_people_type_them(void **state)
{
    (void)state;
    char reference[REFERENCE_SIZE];
    char text[200];
    assert_true(reference_of_serial(1048577, reference));
    uint64_t serial = serial_of(reference);
    assert_true(serial == 1048577);
    (void)snprintf(text, sizeof text, " %.4s - %s\t", reference, reference + 4);
    assert_true(serial_of(text) == serial);
    (void)snprintf(text, sizeof text, "%.1s %.3s\u2013%.2s\u00a0%s", reference, reference + 1,
                   reference + 4, reference + 6);
    assert_true(serial_of(text) == serial);
    size_t size = strlen(reference);
    for (size_t i = 0; i < size; i++) {
        text[i] = reference[i] >= 'A' ? (char)(reference[i] - 'A' + 'a') : reference[i];
        text[i] = text[i] == '0' ? 'o' : text[i];
        text[i] = text[i] == '1' ? 'i' : text[i];
    }
    text[size] = '\0';
    assert_true(serial_of(text) == serial);
    /* the same digits of other keyboards */
    assert_true(reference_of_serial(0, reference));
    (void)snprintf(text, sizeof text, "۰۰۰۰ ٠٠٠%c", reference[7]);
    assert_true(serial_of(text) == 0);
    (void)snprintf(text, sizeof text, "０００００００%c", reference[7]);
    assert_true(serial_of(text) == 0);
}

static void other_text_is_no_reference(void **state)
{
    (void)state;
    char reference[REFERENCE_SIZE];
    char text[TEXT_SIZE];
    static const char *const wrong[] = {
        "", "0", "00000000", "0000000", "--------", "\xff\xff\xff", "0000000é"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_true(serial_of(wrong[i]) == UINT64_MAX);
    assert_true(reference_of_serial(12345, reference));
    static const char *const spoilt[] = {"@0", "0@", "@.", "/@", "@\xff", "@,@", "<", ">"};
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        around(spoilt[i], reference, text);
        assert_true(serial_of(text) == UINT64_MAX);
    }
}

/* Behind each six letters 32 are read, be the check of others right too. */
static void a_reference_of_no_serial_is_none(void **state)
{
    (void)state;
    int spare = 0;
    for (size_t six = 0; six < 34 * 34; six++) {
        char text[REFERENCE_SIZE];
        int right = 0, taken = 0;
        (void)snprintf(text, sizeof text, "7K%c%c00", in_use[six / 34], in_use[six % 34]);
        for (size_t k = 0; k < 34 * 34; k++) {
            text[6] = in_use[k / 34];
            text[7] = in_use[k % 34];
            text[8] = '\0';
            right += check_is_right(text) ? 1 : 0;
            taken += serial_of(text) != UINT64_MAX ? 1 : 0;
        }
        assert_int_equal(taken, 32);
        assert_in_range(right, 32, 34);
        spare += right - taken;
    }
    assert_true(spare > 0);
}

/* ---- in what payers write ---- */

static size_t found_in(const char *text, uint64_t below, uint64_t serials[REFERENCES_FOUND_MAX])
{
    return reference_find(text, strlen(text), below, serials);
}

static void references_are_found_in_what_payers_write(void **state)
{
    (void)state;
    static const char *const written[] = {
        "@",
        "< >",
        "payment @ thank you",
        "ck cho cong no, ma <-> cam on",
        "REF:@/INV 2026-12",
        "支付@谢谢",
        "بابت فاکتور @",
        "ORDER 77 <\n>",
        "RF18@",
        "RF18 < >",
        "xx@xx",
        "\xff@\xfe",
        "00000000 00000000 @",
    };
    uint64_t serials[REFERENCES_FOUND_MAX];
    struct prng prng = {SEED};
    for (int i = 0; i < 500; i++) {
        char reference[REFERENCE_SIZE];
        uint64_t serial = prng_below(&prng, 5000000);
        assert_true(reference_of_serial(serial, reference));
        for (size_t k = 0; k < sizeof written / sizeof written[0]; k++) {
            char text[TEXT_SIZE];
            around(written[k], reference, text);
            size_t count = found_in(text, 5000000, serials);
            bool there = false;
            for (size_t at = 0; at < count; at++)
                there = there || serials[at] == serial;
            if (!there)
                fail_msg("%s is not found in: %s", reference, text);
            assert_true(found_in(text, serial, serials) < count);
        }
    }
}

static void what_stands_by_itself_comes_first_and_each_once(void **state)
{
    (void)state;
    char one[REFERENCE_SIZE], two[REFERENCE_SIZE], text[TEXT_SIZE];
    uint64_t serials[REFERENCES_FOUND_MAX];
    assert_true(reference_of_serial(100, one));
    assert_true(reference_of_serial(200, two));
    (void)snprintf(text, sizeof text, "X%s, %s, %s", one, two, two);
    assert_int_equal(found_in(text, 1000, serials), 2);
    assert_int_equal(serials[0], 200);
    assert_int_equal(serials[1], 100);
    assert_int_equal(found_in(text, 200, serials), 1);
    assert_int_equal(found_in(text, 100, serials), 0);
    assert_int_equal(found_in("", 1000, serials), 0);
    around("<,>", one, text); /* halves of two words are none */
    assert_int_equal(found_in(text, 1000, serials), 0);
    around("<\xff>", one, text);
    assert_int_equal(found_in(text, 1000, serials), 0);
    assert_int_equal(found_in("thanks for the goods of last month", 1000000, serials), 0);
}

static void no_more_are_listed_than_there_is_room_for(void **state)
{
    (void)state;
    char text[40 * REFERENCE_SIZE + 1] = "";
    uint64_t serials[REFERENCES_FOUND_MAX + 1];
    serials[REFERENCES_FOUND_MAX] = 77;
    for (uint64_t serial = 0; serial < 40; serial++) {
        char reference[REFERENCE_SIZE];
        assert_true(reference_of_serial(serial * 32, reference));
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s,", reference);
    }
    assert_int_equal(found_in(text, REFERENCE_SERIALS, serials), REFERENCES_FOUND_MAX);
    assert_int_equal(serials[REFERENCES_FOUND_MAX], 77);
}

/* ---- creditor references ---- */

static void creditor_references_are_those_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *rf;
        const char *shown;
    } rows[] = {
        {"12345 12345", "RF451234512345", "RF45 1234 5123 45"},
        {"AB2G5", "RF68AB2G5", "RF68 AB2G 5"},
        {"ab2g5", "RF68AB2G5", "RF68 AB2G 5"},
        {"539007547034", "RF18539007547034", "RF18 5390 0754 7034"},
        {"000000000539007547034", "RF18000000000539007547034", "RF18 0000 0000 0539 0075 4703 4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char rf[RF_SIZE], again[RF_SIZE], shown[RF_SHOWN_SIZE];
        assert_true(rf_write(rows[i].body, strlen(rows[i].body), rf));
        assert_string_equal(rf, rows[i].rf);
        assert_int_equal(mod97(mod97(0, rf + 4), (char[5]){rf[0], rf[1], rf[2], rf[3], '\0'}), 1);
        rf_show(rf, shown);
        assert_string_equal(shown, rows[i].shown);
        assert_true(rf_read(shown, strlen(shown), again));
        assert_string_equal(again, rf);
    }
}

static void what_is_no_creditor_reference_is_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {"", " ", "1234567890123456789012", "12-34", "é", "1\n2"};
    static const char *const wrong[] = {"",
                                        "RF",
                                        "RF18",
                                        "RF19539007547034",
                                        "RF18539007547043",
                                        "FR18539007547034",
                                        "539007547034",
                                        "RF18-5390-0754-7034",
                                        "RF18 5390 0754 7034 0000 0000 0",
                                        "RFAA539007547034"};
    char rf[RF_SIZE] = "untouched";
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_false(rf_write(bodies[i], strlen(bodies[i]), rf));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(rf_read(wrong[i], strlen(wrong[i]), rf));
    assert_string_equal(rf, "untouched");
    assert_true(rf_read("rf18 5390 0754 7034", 19, rf));
    assert_string_equal(rf, "RF18539007547034");
}

/* Check digits are 02 to 98: the same remainder as 97 away is another text. */
static void each_body_has_one_creditor_reference(void **state)
{
    (void)state;
    struct prng prng = {SEED};
    for (int i = 0; i < 2000; i++) {
        char body[RF_BODY_MAX + 1] = "";
        char rf[RF_SIZE], text[RF_SIZE], again[RF_SIZE];
        size_t size = 1 + prng_below(&prng, RF_BODY_MAX);
        int right = 0;
        for (size_t k = 0; k < size; k++)
            body[k] = letters[prng_below(&prng, 36)];
        assert_true(rf_write(body, size, rf));
        for (int check = 0; check < 100; check++) {
            (void)snprintf(text, sizeof text, "RF%02d%.21s", check, body);
            right += rf_read(text, strlen(text), again) ? 1 : 0;
        }
        assert_int_equal(right, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_judge_knows_the_standard),
        cmocka_unit_test(the_first_serials_have_the_first_right_references),
        cmocka_unit_test(serials_have_an_end),
        cmocka_unit_test(a_reference_is_read_as_the_serial_it_was_made_of),
        cmocka_unit_test(a_wrong_letter_is_found),
        cmocka_unit_test(references_are_read_as_people_type_them),
        cmocka_unit_test(other_text_is_no_reference),
        cmocka_unit_test(a_reference_of_no_serial_is_none),
        cmocka_unit_test(references_are_found_in_what_payers_write),
        cmocka_unit_test(what_stands_by_itself_comes_first_and_each_once),
        cmocka_unit_test(no_more_are_listed_than_there_is_room_for),
        cmocka_unit_test(creditor_references_are_those_of_the_standard),
        cmocka_unit_test(what_is_no_creditor_reference_is_refused),
        cmocka_unit_test(each_body_has_one_creditor_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
