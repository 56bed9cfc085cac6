/* Why a paper is corrected, and what that changes: over the form that it is typed into. */
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

enum { OTHER = 5, WHY_ROWS = 3 };

static const char *const usual[OTHER - 1] = {N_("Wrong customer"), N_("Wrong goods"),
                                             N_("Wrong amount or price"), N_("Entered twice")};

const char *why_words(const struct tui *tui, const struct why *why)
{
    const char *text = why->other.text;
    if (why->at == OTHER)
        return text + strspn(text, " ");
    return why->at <= 0 || why->at > OTHER ? "" : in_words(tui, usual[why->at - 1]);
}

bool why_is_said(const struct why *why)
{
    const char *text = why->other.text;
    return why->at == OTHER ? text[strspn(text, " ")] != '\0' : why->at > 0 && why->at < OTHER;
}

/* "Why is it corrected?  1 Wrong customer · 2 …", or the one that was chosen. */
static const char *offered(const struct tui *tui, const struct why *why, bool here,
                           char out[MESSAGE_MAX_BYTES])
{
    size_t size = 0;
    (void)join(out, MESSAGE_MAX_BYTES, in_words(tui, N_("Why is it corrected?")), " ", NULL);
    if (!here) {
        (void)join(out, MESSAGE_MAX_BYTES, in_words(tui, N_("Why is it corrected?")), " ",
                   why_words(tui, why), NULL);
        return out;
    }
    for (int i = 1; i <= OTHER; i++) {
        const char digit[] = {(char)('0' + i), '\0'};
        char each[SHORT_MAX * 2];
        (void)JOIN(each, i == 1 ? " " : " · ", digit, why->at == i ? " [x] " : " ",
                   in_words(tui, i == OTHER ? N_("Other…") : usual[i - 1]));
        size = strlen(out);
        (void)snprintf(out + size, MESSAGE_MAX_BYTES - size, "%s", each);
    }
    return out;
}

int why_rows(const struct tui *tui, int width, const struct why *why, bool here)
{
    char text[MESSAGE_MAX_BYTES];
    int rows = rows_for_words(offered(tui, why, here, text), width, tui->canvas.look);
    rows = rows < WHY_ROWS ? rows : WHY_ROWS;
    return rows + (here && why->at == OTHER);
}

int why_draw(struct tui *tui, struct canvas *canvas, int row, int column, int width,
             const struct why *why, bool here)
{
    char text[MESSAGE_MAX_BYTES];
    bool none = why_words(tui, why)[0] == '\0';
    int rows = put_words(canvas, row, column, width, WHY_ROWS,
                         here   ? INK_BOLD
                         : none ? INK_LATE
                                : INK_PLAIN,
                         offered(tui, why, here, text));
    if (!here || why->at != OTHER)
        return rows;
    canvas_field(canvas, row + rows, column, width, INK_PLAIN, why->other.text, true);
    return rows + 1;
}

bool why_key(struct why *why, uint32_t key)
{
    int digit = key < KEYS_APART && key >= '1' && key <= '0' + OTHER ? (int)(key - '0') : 0;
    if (why->at == OTHER && (digit == 0 || why->other.text[0] != '\0'))
        return field_key(&why->other, key);
    if (digit == 0)
        return key >= ' ' && key < KEYS_APART && key != KEY_ERASE_;
    why->at = digit;
    return true;
}

/* ---- what it changes ---- */

/* What is matched follows as far as the new paper goes. */
static int64_t comes_free(const struct corrected *corrected, uint32_t customer, int64_t total)
{
    int64_t stays = customer == corrected->customer ? total : 0;
    return corrected->matched_minor > stays ? corrected->matched_minor - stays : 0;
}

int corrected_rows(const struct corrected *corrected, uint32_t customer, int64_t total)
{
    return comes_free(corrected, customer, total) > 0 ? 2 : 1;
}

int corrected_draw(struct tui *tui, struct canvas *canvas, int row, int width,
                   const struct corrected *corrected, uint32_t customer, int64_t total)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    int64_t less = total - corrected->total_minor;
    int64_t free_minor = comes_free(corrected, customer, total);
    (void)JOIN(text, corrected->number, " ", money(tui, corrected->total_minor, a), " → ",
               money(tui, total, b), "  ", less == 0 ? "" : money_signed(tui, less, c));
    canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_BOLD, text);
    if (free_minor == 0)
        return 1;
    SAY(tui, text, N_("{amount} matched with {number} will be unmatched"), "amount",
        money_unit(tui, free_minor, a), "number", corrected->number);
    canvas_put(canvas, row + 1, 1, width - 2, SIDE_START, INK_LATE, text);
    return 2;
}

const char *corrected_words(const struct tui *tui, const struct corrected *corrected,
                            const Tefter__Done *done, char out[TEXT_MAX_BYTES])
{
    char text[TEXT_MAX_BYTES];
    char part[TEXT_MAX_BYTES] = "";
    char a[SHORT_MAX];
    SAY(tui, text, N_("replaces {number}"), "number", isolated(tui, corrected->number, part));
    part[0] = '\0';
    if (done->has_freed_minor && done->freed_minor > 0)
        SAY(tui, part, N_("{amount} is unmatched now"), "amount",
            money_unit(tui, done->freed_minor, a));
    (void)join(out, TEXT_MAX_BYTES, text, part[0] == '\0' ? "" : " · ", part, NULL);
    return out;
}
