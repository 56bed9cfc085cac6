/*
 * UTF-16, as spreadsheets save "Unicode text": to UTF-8, and nothing else changed.
 */
#include "import/format.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

/* By the mark, else by where the NULs of the first letters are. */
static const char *name_of(const uint8_t *head, size_t size)
{
    if (size >= 2 && ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
        return "UTF-16";
    return size >= 2 && head[0] == 0 ? "UTF-16BE" : "UTF-16LE";
}

/* Converts what is there; what is left is half a letter. False: it is no UTF-16. */
static bool convert(iconv_t iconv_with, char *bytes, size_t *size, struct format_out *out)
{
    char *in = bytes;
    size_t left = *size;
    char text[PIECE];
    for (;;) {
        char *to = text;
        size_t room = sizeof text;
        bool done = iconv(iconv_with, &in, &left, &to, &room) != (size_t)-1;
        int why = done ? 0 : errno;
        format_out_put(out, text, sizeof text - room);
        if (done || why == EINVAL)
            break;
        if (why != E2BIG)
            return false;
    }
    memmove(bytes, in, left);
    *size = left;
    return true;
}

static bool convert_all(struct format_job *job, struct format_out *out, struct failure *failure)
{
    char bytes[PIECE];
    size_t size = 0;
    uint64_t at = 0;
    iconv_t with = (iconv_t)-1;
    bool good = true;
    ssize_t got;
    while (good && (got = pread(job->from, bytes + size, sizeof bytes - size, (off_t)at)) > 0) {
        if (at == 0)
            with = iconv_open("UTF-8", name_of((const uint8_t *)bytes, (size_t)got));
        at += (uint64_t)got;
        size += (size_t)got;
        good = with != (iconv_t)-1 && convert(with, bytes, &size, out);
    }
    if (with != (iconv_t)-1)
        (void)iconv_close(with);
    if (good && size == 0)
        return true;
    return fail(failure, FAULT_USE, 0,
                "the file is no whole UTF-16 text: it is wrong before byte %" PRIu64, at);
}

bool utf16_make(struct format_job *job, struct failure *failure)
{
    struct format_out out;
    format_out_begin(&out, job->to);
    bool good = convert_all(job, &out, failure);
    return format_out_end(&out, good ? failure : NULL) && good;
}
