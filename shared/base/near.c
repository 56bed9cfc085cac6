#include "base/near.h"

#include <string.h>

size_t near_distance(const char *a, const char *b)
{
    enum { MOST = 24 };
    size_t row[MOST + 1];
    size_t width = strlen(b);
    if (strlen(a) > MOST || width > MOST)
        return MOST;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            diagonal = row[j];
            row[j] = changed < least ? changed : least;
        }
    }
    return row[width];
}
