/* Prints every refusal in every language, for screens.mjs to compare: language, message in hex,
 * sentence. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "words/refusals.h"

static void print(void *context, Tefter__Refusal *refusal)
{
    static const struct currency eur = {.code = "EUR", .exponent = 2, .sign = "€"};
    static uint8_t bytes[65536];
    (void)context;
    if (tefter__refusal__get_packed_size(refusal) > sizeof(bytes))
        abort();
    size_t size = tefter__refusal__pack(refusal, bytes);
    for (int i = 0; i < LANGUAGES; i++) {
        char out[4096];
        struct speech speech = {&eur, 0, (enum language)i, true};
        (void)refusal_sentence_for(refusal, &speech, out, sizeof(out));
        printf("%s\t", language_code(speech.language));
        for (size_t at = 0; at < size; at++)
            printf("%02x", bytes[at]);
        printf("\t%s\n", out);
    }
}

int main(void)
{
    each_refusal(print, NULL);
    return 0;
}
