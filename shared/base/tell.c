#include "base/tell.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/fault.h"
#include "base/sight.h"
#include "base/text.h"

enum { PIECE_MAX = 12, FIRST_ASTRAL = 0x10000 };

/* ---- a text, piece by piece ---- */

struct piece {
    size_t taken;   /* bytes of the text */
    uint32_t point; /* 0: not UTF-8 */
    char shown[PIECE_MAX];
};

static void escape(uint32_t point, char out[PIECE_MAX])
{
    const char *plain = point == '\n'   ? "\\n"
                        : point == '\t' ? "\\t"
                        : point == '\r' ? "\\r"
                                        : NULL;
    if (plain != NULL)
        (void)snprintf(out, PIECE_MAX, "%s", plain);
    else if (point < 0x80)
        (void)snprintf(out, PIECE_MAX, "\\x%02" PRIx32, point);
    else if (point < FIRST_ASTRAL)
        (void)snprintf(out, PIECE_MAX, "\\u%04" PRIx32, point);
    else
        (void)snprintf(out, PIECE_MAX, "\\U%08" PRIx32, point);
}

static void piece_read(const uint8_t *at, size_t left, struct sight_place *sight,
                       struct piece *piece)
{
    uint32_t point = 0;
    size_t taken = text_decode(at, left, &point);
    *piece = (struct piece){.taken = taken == 0 ? 1 : taken, .point = point};
    if (taken == 0) {
        *sight = (struct sight_place){0};
        (void)snprintf(piece->shown, PIECE_MAX, "\\x%02x", (unsigned)at[0]);
    } else if (sight_sees(sight, point, at + taken, left - taken)) {
        memcpy(piece->shown, at, taken);
    } else {
        escape(point, piece->shown);
    }
}

static bool runs_leftward(uint32_t point)
{
    int class = utf8proc_get_property((utf8proc_int32_t)point)->bidi_class;
    return class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL;
}

struct measure {
    size_t columns;
    bool leftward;
};

static struct measure measure(const uint8_t *at, size_t left)
{
    struct measure measure = {0};
    struct piece piece = {0};
    struct sight_place sight = {0};
    for (; left > 0; at += piece.taken, left -= piece.taken) {
        piece_read(at, left, &sight, &piece);
        measure.columns += text_columns(piece.shown, strlen(piece.shown));
        measure.leftward = measure.leftward || runs_leftward(piece.point);
    }
    return measure;
}

size_t tell_columns(const void *text, size_t size)
{
    return measure(text, size).columns;
}

static void put_pieces(FILE *out, const uint8_t *at, size_t left)
{
    struct piece piece = {0};
    struct sight_place sight = {0};
    for (; left > 0; at += piece.taken, left -= piece.taken) {
        piece_read(at, left, &sight, &piece);
        (void)fputs(piece.shown, out);
    }
}

size_t tell_json(const void *text, size_t size, char out[TELL_JSON_MAX])
{
    uint32_t point = 0xFFFD;
    size_t taken = text_decode(text, size, &point);
    const uint8_t *bytes = text;
    if (point == '"' || point == '\\')
        (void)snprintf(out, TELL_JSON_MAX, "\\%c", bytes[0]);
    else if (point == '\n' || point == '\t')
        (void)snprintf(out, TELL_JSON_MAX, "%s", point == '\n' ? "\\n" : "\\t");
    else if (taken > 0 && !sight_hides(point))
        (void)snprintf(out, TELL_JSON_MAX, "%.*s", (int)taken, (const char *)text);
    else if (point < FIRST_ASTRAL)
        (void)snprintf(out, TELL_JSON_MAX, "\\u%04" PRIx32, point);
    else
        (void)snprintf(out, TELL_JSON_MAX, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xD7C0 + (point >> 10),
                       0xDC00 + (point & 0x3FF));
    return taken == 0 ? 1 : taken;
}

/* ---- formats ---- */

struct spec {
    bool left;
    bool zero;
    int width;
    int precision; /* -1: none */
    int longs;     /* 1 or 2 for l and ll, z, j and t; 0: an int */
    char kind;
};

static void put_text(FILE *out, const struct spec *spec, const void *text, size_t size)
{
    struct measure taken = measure(text, size);
    int spaces = taken.columns < (size_t)spec->width ? spec->width - (int)taken.columns : 0;
    bool isolate = taken.leftward && isatty(fileno(out)) == 1;
    (void)fprintf(out, "%*s", spec->left ? 0 : spaces, "");
    (void)fputs(isolate ? "\u2068" : "", out);
    put_pieces(out, text, size);
    (void)fputs(isolate ? "\u2069" : "", out);
    (void)fprintf(out, "%*s", spec->left ? spaces : 0, "");
}

static void put_signed(FILE *out, const struct spec *spec, intmax_t value)
{
    if (spec->zero)
        (void)fprintf(out, "%0*jd", spec->width, value);
    else
        (void)fprintf(out, "%*jd", spec->left ? -spec->width : spec->width, value);
}

static void put_unsigned(FILE *out, const struct spec *spec, uintmax_t value)
{
    int width = spec->left ? -spec->width : spec->width;
    if (spec->kind == 'x' && spec->zero)
        (void)fprintf(out, "%0*jx", spec->width, value);
    else if (spec->kind == 'x')
        (void)fprintf(out, "%*jx", width, value);
    else if (spec->zero)
        (void)fprintf(out, "%0*ju", spec->width, value);
    else
        (void)fprintf(out, "%*ju", width, value);
}

static int read_number(const char **at)
{
    int number = 0;
    while (**at >= '0' && **at <= '9' && number < 10000)
        number = number * 10 + *(*at)++ - '0';
    return number;
}

/* A format and what it is given, both read once. */
struct telling {
    FILE *out;
    const char *at;
    va_list arguments;
};

static int read_size(struct telling *telling)
{
    if (*telling->at != '*')
        return read_number(&telling->at);
    telling->at++;
    return va_arg(telling->arguments, int);
}

static void read_spec(struct telling *telling, struct spec *spec)
{
    *spec = (struct spec){.precision = -1};
    for (; *telling->at == '-' || *telling->at == '0'; telling->at++) {
        spec->left = spec->left || *telling->at == '-';
        spec->zero = spec->zero || *telling->at == '0';
    }
    spec->width = read_size(telling);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    if (*telling->at == '.') {
        telling->at++;
        spec->precision = read_size(telling);
    }
    for (; *telling->at != '\0' && strchr("hlzjt", *telling->at) != NULL; telling->at++)
        spec->longs += *telling->at == 'h' ? 0 : 1;
    spec->kind = *telling->at++;
}

/* size_t, intmax_t and long long are as long as a long here. */
_Static_assert(sizeof(long) == sizeof(intmax_t) && sizeof(long) == sizeof(size_t), "LP64");

static void put_spec(struct telling *telling, const struct spec *spec)
{
    const char *text;
    char one;
    switch (spec->kind) {
    case '%':
        (void)fputc('%', telling->out);
        break;
    case 's':
        text = va_arg(telling->arguments, const char *);
        need(text != NULL);
        put_text(telling->out, spec, text,
                 spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision));
        break;
    case 'c':
        one = (char)va_arg(telling->arguments, int);
        put_text(telling->out, spec, &one, 1);
        break;
    case 'd':
    case 'i':
        put_signed(telling->out, spec,
                   spec->longs > 0 ? va_arg(telling->arguments, long)
                                   : va_arg(telling->arguments, int));
        break;
    case 'u':
    case 'x':
        put_unsigned(telling->out, spec,
                     spec->longs > 0 ? va_arg(telling->arguments, unsigned long)
                                     : va_arg(telling->arguments, unsigned));
        break;
    default:
        fault_need(__FILE__, __LINE__, "a format that tell knows");
    }
}

void tell_list(FILE *out, const char *format, va_list arguments)
{
    struct telling telling = {.out = out, .at = format};
    va_copy(telling.arguments, arguments);
    while (*telling.at != '\0') {
        size_t plain = strcspn(telling.at, "%");
        (void)fwrite(telling.at, 1, plain, out);
        telling.at += plain;
        if (*telling.at == '\0')
            break;
        struct spec spec;
        telling.at++;
        read_spec(&telling, &spec);
        put_spec(&telling, &spec);
    }
    va_end(telling.arguments);
}

void tell(FILE *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell_list(out, format, arguments);
    va_end(arguments);
}
