/* A text as a QR code, for a phone's camera in front of the screen. */
#include "cli/cli.h"

#include <qrencode.h>
#include <stdlib.h>

#include "base/tell.h"

enum { QUIET = 2, BLOCK_BYTES = 3 };

static bool is_dark(const QRcode *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
    return inside && (code->data[y * code->width + x] & 1) != 0;
}

/* Two modules in one place, one above the other. What is light is drawn: most screens are dark. */
static const char *block_of(bool upper_dark, bool lower_dark)
{
    if (upper_dark)
        return lower_dark ? " " : "▄";
    return lower_dark ? "▀" : "█";
}

void qr_tell(FILE *out, const char *text)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    if (code == NULL)
        return;
    int end = code->width + QUIET;
    char *line = malloc((size_t)(end + QUIET) * BLOCK_BYTES + 1);
    for (int y = -QUIET; line != NULL && y < end; y += 2) {
        char *at = line;
        for (int x = -QUIET; x < end; x++)
            at = stpcpy(at, block_of(is_dark(code, x, y), is_dark(code, x, y + 1)));
        tell(out, "%s\n", line);
    }
    free(line);
    QRcode_free(code);
}
