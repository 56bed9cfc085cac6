/* Lines of "language minor code exponent" in, the words of each out: for checks by another program.
 */
#include "paper/amount_words.h"

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    char language[8];
    char code[8];
    char words[AMOUNT_WORDS_MAX];
    int64_t minor = 0;
    int exponent = 0;
    while (scanf("%7s %" SCNd64 " %7s %d", language, &minor, code, &exponent) == 4) {
        bool good = amount_words(language, minor, code, exponent, words);
        (void)printf("%s\n", good ? words : "?");
    }
    return 0;
}
