#include "notify/inside.h"

#include "base/money.h"
#include "words/words.h"

#include <stdio.h>

/* "1.234,50 EUR", in the signs that its reader writes. */
static void amount_write(const Tefter__NoticeOrder *order, enum language language, char *out,
                         size_t capacity)
{
    char plain[MONEY_TEXT_MAX];
    size_t at = 0;
    bool turned = language == LANGUAGE_VIETNAMESE || language == LANGUAGE_GREEK;
    money_write(order->amount_minor, (int)order->exponent, plain);
    for (const char *c = plain; *c != '\0' && at + 8 < capacity; c++) {
        if (language == LANGUAGE_PERSIAN && *c >= '0' && *c <= '9') {
            out[at++] = (char)0xdb; /* U+06F0 and on */
            out[at++] = (char)(0xb0 + (*c - '0'));
        } else if (language == LANGUAGE_PERSIAN && (*c == ',' || *c == '.')) {
            out[at++] = (char)0xd9; /* U+066C, U+066B */
            out[at++] = (char)(*c == ',' ? 0xac : 0xab);
        } else {
            out[at++] = turned && *c == ',' ? '.' : turned && *c == '.' ? ',' : *c;
        }
    }
    snprintf(out + at, capacity - at, "\xc2\xa0%s", order->currency);
}

void sentence_write(const Tefter__NoticeOrder *order, char out[SENTENCE_MAX])
{
    enum { AMOUNT_MAX = 2 * MONEY_TEXT_MAX + 16 };
    char amount[AMOUNT_MAX];
    enum language language = LANGUAGE_ENGLISH;
    (void)language_of(order->language, &language);
    if (!order->has_approval) {
        snprintf(out, SENTENCE_MAX, "%s",
                 words_in(language, N_("A test: this is how you are told that a sale waits for "
                                       "you.")));
        return;
    }
    if (order->has_count && order->count > 1) {
        char count[24];
        (void)snprintf(count, sizeof count, "%u", (unsigned)order->count);
        words_say(out, SENTENCE_MAX, language,
                  words_many(language,
                             MANY_("{count} sale waits for you.", "{count} sales wait for you."),
                             order->count),
                  "count", count, NULL);
        return;
    }
    if (order->who == NULL || order->customer == NULL || order->currency == NULL ||
        !order->has_amount_minor) {
        words_say(out, SENTENCE_MAX, language, N_("A sale waits for you at {branch}."), "branch",
                  order->branch != NULL ? order->branch : "", NULL);
        return;
    }
    amount_write(order, language, amount, sizeof amount);
    words_say(out, SENTENCE_MAX, language,
              N_("A sale waits for you at {branch}: {amount} for {customer}, asked by {who}."),
              "branch", order->branch != NULL ? order->branch : "", "amount", amount, "customer",
              order->customer, "who", order->who, NULL);
}
