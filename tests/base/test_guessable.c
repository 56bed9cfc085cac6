/*
 * What is too easy to guess, and what is not.
 */
#include "check.h"

#include "base/guessable.h"

static void pins(void **state)
{
    (void)state;
    /* the twenty that are chosen most */
    static const char *const most[] = {"1234", "1111", "0000", "1212", "7777", "1004", "2000",
                                       "4444", "2222", "6969", "9999", "3333", "5555", "6666",
                                       "1122", "1313", "8888", "4321", "2001", "1010"};
    static const char *const rows[] = {"0123",   "7890",   "9012",   "3210",     "0987",
                                       "123456", "654321", "123123", "12341234", "000000",
                                       "565656", "987654", "0852",   "2580",     "112233"};
    static const char *const good[] = {"1637", "2947", "4729", "246810", "2468",  "1357",
                                       "9081", "1235", "1112", "12312",  "123124"};
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++)
        assert_true(pin_guessable(most[i]));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(pin_guessable(rows[i]));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_false(pin_guessable(good[i]));
}

static void passwords(void **state)
{
    (void)state;
    static const char *const words[] = {"minh.2", "Trần Minh", "Hai Long Steel", NULL};
    static const char *const bad[] = {
        "password",       "PassWord123",  "12345678",     "matkhau123",   "minh.2",
        "Minh.2024!",     "TrầnMinh1990", "Trần Minh",    "hailongsteel", "HaiLong Steel 2026",
        "hai long steel", "aaaaaaaa",     "111111111111", "qwertyqwerty", "abcabcabcabc",
        "Password123!",   "iloveyou2",    "letmein12",    "p@ssw0rd1",    "minh.2minh.2",
        "steel2026",      "12345678",     "9876543210",   "P4$$w0rd",     "qwerty",
        "Tran Tran"};
    static const char *const good[] = {"correct horse",    "tefter2026",     "minh is at the till",
                                       "password of minh", "steel hai long", "harbour lights 7",
                                       "hai2026hai",       "13572468",       ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(password_guessable(bad[i], words, 4));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_false(password_guessable(good[i], words, 4));
    assert_false(password_guessable("anything", NULL, 0));
    static const char *const empty[] = {"", " "};
    assert_false(password_guessable("2026-07", empty, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pins), cmocka_unit_test(passwords)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
