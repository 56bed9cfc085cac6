/*
 * ESC/POS, the few words of it that every receipt printer has.
 *
 *   ESC @        begins anew               ESC p 0 t t   opens the drawer at pin 2
 *   GS v 0       dots, in bands            ESC d n       feeds n lines
 *   GS V 66 n    feeds to the knife, cuts  DLE EOT n     asks at once, past all that waits
 */
#include "printer/printer.h"

enum {
    ESC = 0x1b,
    GS = 0x1d,
    DLE = 0x10,
    EOT = 0x04,
    BAND_ROWS = 128, /* small printers have no more room */
    FEED_LINES = 3,
    COPIES_MOST = PRINTER_COPIES_MAX,
};

static bool put_band(const struct picture *picture, uint32_t from, uint32_t rows,
                     struct buffer *out)
{
    const uint8_t head[] = {GS,
                            'v',
                            '0',
                            0,
                            (uint8_t)(picture->stride & 0xff),
                            (uint8_t)(picture->stride >> 8),
                            (uint8_t)(rows & 0xff),
                            (uint8_t)(rows >> 8)};
    return buffer_put(out, head, sizeof head) &&
           buffer_put(out, picture->dots + from * picture->stride, rows * picture->stride);
}

static bool put_picture(const struct picture *picture, struct buffer *out)
{
    for (uint32_t from = 0; from < picture->height; from += BAND_ROWS) {
        uint32_t left = picture->height - from;
        if (!put_band(picture, from, left < BAND_ROWS ? left : BAND_ROWS, out))
            return false;
    }
    return true;
}

bool escpos_slip(const struct picture *picture, uint32_t copies, bool drawer, struct buffer *out)
{
    static const uint8_t begin[] = {ESC, '@'};
    static const uint8_t open[] = {ESC, 'p', 0, 25, 250};
    static const uint8_t end[] = {ESC, 'd', FEED_LINES, GS, 'V', 66, 0};
    if (!buffer_put(out, begin, sizeof begin) || (drawer && !buffer_put(out, open, sizeof open)))
        return false;
    for (uint32_t i = 0; i < copies && i < COPIES_MOST; i++)
        if (!put_picture(picture, out) || !buffer_put(out, end, sizeof end))
            return false;
    return true;
}

void escpos_ask(uint8_t n, uint8_t out[ESCPOS_ASK_SIZE])
{
    out[0] = DLE;
    out[1] = EOT;
    out[2] = n;
}

static void worsen(Tefter__PrinterState *state, Tefter__PrinterState to)
{
    if (to > *state)
        *state = to;
}

bool escpos_answer(uint8_t n, uint8_t byte, Tefter__PrinterState *state)
{
    enum { FIXED = 0x93, IS_STATUS = 0x12, COVER = 0x04, PAPER_STOP = 0x20, PAPER_END = 0x60 };
    if ((byte & FIXED) != IS_STATUS)
        return false;
    if (n == 2 && (byte & COVER) != 0)
        worsen(state, TEFTER__PRINTER_STATE__PRINTER_COVER_OPEN);
    else if ((n == 2 && (byte & PAPER_STOP) != 0) || (n == 4 && (byte & PAPER_END) == PAPER_END))
        worsen(state, TEFTER__PRINTER_STATE__PRINTER_NO_PAPER);
    return true;
}
