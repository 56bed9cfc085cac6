#include "lib/tefter.h"
#include "words/words.h"

size_t money_sentence(int64_t amount_minor, const struct currency *currency, char *out,
                      size_t capacity)
{
    char text[AMOUNT_TEXT_MAX];
    (void)amount_write(amount_minor, currency, text);
    const char *sign =
        currency->sign == NULL || currency->sign[0] == '\0' ? currency->code : currency->sign;
    return words_say(out, capacity, LANGUAGE_ENGLISH,
                     sign[0] == '\0' ? "{amount}" : "{amount} {sign}", "amount", text, "sign", sign,
                     NULL);
}
