#pragma once
/*
 * Amounts in words, as papers and cheques have them, in five languages: "nine hundred and
 * twenty-eight euros and five cents", "một tỷ không trăm lẻ năm đồng", "人民币壹仟零伍圆叁角整",
 * "یک میلیون و دویست هزار ریال", "χίλια διακόσια ευρώ και τρία λεπτά". Pure, any thread.
 */
#include <stdbool.h>
#include <stdint.h>

enum { AMOUNT_WORDS_MAX = 1024 };

/*
 * In minor units; any int64. language: "en" "vi" "zh" "fa" "el". code: of ISO 4217, or IRT, the
 * toman of ten rial. exponent: decimals of the minor unit, 0 to 4. A currency that has no words
 * here keeps its code, and its minor units stand as a fraction: "twelve KWD and 250/1000".
 * The first letter is small. false: no such language or exponent; out is "" then.
 */
bool amount_words(const char *language, int64_t amount_minor, const char *code, int exponent,
                  char out[AMOUNT_WORDS_MAX]);
