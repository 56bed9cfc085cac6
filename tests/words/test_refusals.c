/* Every refusal makes a sentence in every language, whatever it knows. */
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "words/refusals.h"

static const struct currency eur = {.code = "EUR", .exponent = 2, .sign = "€"};

enum { SENTENCE_MAX = 4096 };

static void check(void *context, Tefter__Refusal *refusal)
{
    char out[SENTENCE_MAX];
    unsigned *count = context;
    for (int i = 0; i < LANGUAGES; i++) {
        struct speech speech = {&eur, 420, (enum language)i, i % 2 == 1};
        size_t size = refusal_sentence_for(refusal, &speech, out, sizeof(out));
        if (size <= 5 &&
            refusal->decision != NULL) /* a wall that nothing is known of may say less */
            fail_msg("%d in %s: \"%s\"", (int)refusal->code, language_code(speech.language), out);
        assert_true(text_valid(out, size));
        if (strpbrk(out, "{}|") != NULL)
            fail_msg("%d in %s: \"%s\"", (int)refusal->code, language_code(speech.language), out);
        if (speech.for_screen && strstr(out, "tefter ") != NULL)
            fail_msg("a command on a screen: \"%s\"", out);
        *count += 1;
    }
}

static void every_refusal_makes_a_sentence(void **state)
{
    (void)state;
    unsigned count = 0;
    each_refusal(check, &count);
    assert_true(count > 2000);
}

/* No English is left in the others: neither of a pattern nor of a fact. */
static void check_own(void *context, Tefter__Refusal *refusal)
{
    char english[SENTENCE_MAX];
    char out[SENTENCE_MAX];
    (void)context;
    struct speech speech = {&eur, 420, LANGUAGE_ENGLISH, true};
    (void)refusal_sentence_for(refusal, &speech, english, sizeof(english));
    for (int i = LANGUAGE_VIETNAMESE; i < LANGUAGES; i++) {
        static const char *const left[] = {" the ", " is ", " of ", " and ", " you ", " days"};
        speech.language = (enum language)i;
        (void)refusal_sentence_for(refusal, &speech, out, sizeof(out));
        if (english[0] != '\0' && strcmp(out, english) == 0)
            fail_msg("%d in %s: \"%s\"", (int)refusal->code, language_code(speech.language), out);
        for (size_t j = 0; j < sizeof(left) / sizeof(left[0]); j++) {
            if (strstr(out, left[j]) != NULL)
                fail_msg("\"%s\" in %s: \"%s\"", left[j], language_code(speech.language), out);
        }
    }
}

static void no_english_is_left(void **state)
{
    (void)state;
    each_refusal(check_own, NULL);
}

/* What the sentence of a full refusal has to say in every language. */
static void facts_are_told_in_every_language(void **state)
{
    (void)state;
    static const struct {
        Tefter__RefusalCode code;
        const char *facts[6];
    } told[] = {
        {TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED,
         {"492.53 €", "1,176.00", "1,668.53", "310.00 €", "K-0007"}},
        {TEFTER__REFUSAL_CODE__ALREADY_REVERSED, {"TD-00017", "2026-11-23", "mai", "TD-00018"}},
        {TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, {"700.00 €", "4"}},
        {TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, {"30"}},
        {TEFTER__REFUSAL_CODE__TEXT_UNSEEN, {"3", "U+0041"}},
        {TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, {"séc bị trả lại", "K-0007"}},
        {TEFTER__REFUSAL_CODE__APPROVAL_UNDECIDED, {"4", "2026-11-18"}},
        {TEFTER__REFUSAL_CODE__MORE_THAN_YOU_MAY, {"1,200.00 €", "500.00 €", "700.00 €"}},
    };
    struct facts_of_all facts;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    fill_refusal(&refusal, &facts);
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        refusal.code = told[i].code;
        for (int language = 0; language < LANGUAGES; language++) {
            char out[SENTENCE_MAX];
            struct speech speech = {&eur, 420, (enum language)language, true};
            (void)refusal_sentence_for(&refusal, &speech, out, sizeof(out));
            for (size_t j = 0; j < 6 && told[i].facts[j] != NULL; j++) {
                if (strstr(out, told[i].facts[j]) == NULL)
                    fail_msg("\"%s\" is not in \"%s\"", told[i].facts[j], out);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_makes_a_sentence),
        cmocka_unit_test(no_english_is_left),
        cmocka_unit_test(facts_are_told_in_every_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
