#include "base/fold.h"

#include <string.h>

#include "base/text.h"

/* Small letters, as keys have them. What is listed never changes: ledgers decide by it. Of Greek
 * it is the large letter that looks so (Η, Ν, Υ), for codes are mostly written large. */
static const struct {
    uint32_t point;
    char looks;
} looks[] = {
    {0x0131, 'i'}, {0x0251, 'a'}, {0x03B1, 'a'}, {0x03B2, 'b'}, {0x03B5, 'e'}, {0x03B6, 'z'},
    {0x03B7, 'h'}, {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BC, 'm'}, {0x03BD, 'n'}, {0x03BF, 'o'},
    {0x03C1, 'p'}, {0x03C4, 't'}, {0x03C5, 'y'}, {0x03C7, 'x'}, {0x03F3, 'j'}, {0x0430, 'a'},
    {0x0432, 'b'}, {0x0435, 'e'}, {0x043A, 'k'}, {0x043C, 'm'}, {0x043D, 'h'}, {0x043E, 'o'},
    {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'},
    {0x0456, 'i'}, {0x0458, 'j'}, {0x04BB, 'h'}, {0x04C0, 'i'}, {0x04CF, 'i'}, {0x0501, 'd'},
    {0x051B, 'q'}, {0x051D, 'w'}, {0x0585, 'o'},
};

static char look_of(uint32_t point)
{
    for (size_t i = 0; i < sizeof looks / sizeof looks[0] && looks[i].point <= point; i++)
        if (looks[i].point == point)
            return looks[i].looks;
    return '\0';
}

size_t fold_look(const char *text, char out[FOLD_KEY_MAX + 1])
{
    char key[FOLD_KEY_MAX + 1];
    size_t size = fold_key(text, key);
    size_t used = 0;
    for (size_t at = 0, step = 0; at < size; at += step) {
        uint32_t point = 0;
        step = text_decode(key + at, size - at, &point);
        char look = step > 1 ? look_of(point) : '\0';
        step = step > 0 ? step : 1;
        if (look != '\0')
            out[used++] = look;
        else
            memcpy(out + used, key + at, step);
        used += look != '\0' ? 0 : step;
    }
    out[used] = '\0';
    return used;
}
