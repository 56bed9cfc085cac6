#pragma once
/*
 * Text as people see it. A name that nobody sees, or two that look alike and are not, cannot be
 * told apart on any screen; so what a terminal enters is refused when something in it cannot be
 * seen, and what is told (tell.h) shows such a thing as an escape. Both ask here: what is taken is
 * what is shown as it is.
 *
 * Not seen are control, format and private characters, unassigned ones, tags, fillers and whatever
 * else Unicode ignores by default. What spelling needs is seen in its place only: a joiner between
 * letters of scripts that join (Persian, the scripts of India) or between emoji, the selectors of
 * emoji and of Mongolian after what they select, combining marks on something to stand on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than any language puts on one letter; a heap of them covers the lines around it. */
enum { SIGHT_MARKS_MAX = 8 };

/* Where somebody looks in a text. Zeros: at its start. */
struct sight_place {
    uint32_t before; /* the character before; 0: none that something can stand on or join */
    unsigned marks;  /* on that */
};

/* Is this character seen here, `left` bytes of UTF-8 following it? Goes on to behind it. */
bool sight_sees(struct sight_place *sight, uint32_t point, const void *after, size_t left);

/* Is it nothing to see by itself? Joiners, selectors, tabs and line feeds count. */
bool sight_hides(uint32_t point);

/* Is it empty space? Tabs and line feeds too. */
bool sight_blank(uint32_t point);

enum sight_form {
    SIGHT_OF_LINES, /* a note: tabs and line feeds, blanks at its ends */
    SIGHT_OF_A_LINE,
    SIGHT_OF_A_KEY, /* a line that people type to find something: no joiners and selectors */
};

enum sight_flaw {
    SIGHT_CLEAR,
    SIGHT_NOT_UTF8,
    SIGHT_UNSEEN,
    SIGHT_BLANK, /* there is nothing in it but blanks */
    SIGHT_EDGE,  /* it begins or ends with a blank */
    SIGHT_MARK,  /* a mark with nothing to stand on, or one too many */
    SIGHT_BREAK, /* a tab or line feed in what is one line */
};

struct sight_fault {
    enum sight_flaw flaw;
    uint32_t at;    /* which character it is, from 1 */
    uint32_t point; /* that character; 0 for SIGHT_NOT_UTF8 and SIGHT_BLANK */
};

/* An empty text is clear. */
bool sight_clear(const void *text, size_t size, enum sight_form form,
                 struct sight_fault *ret_fault);

/* What people call a character of the kind that is not seen: "direction mark"; NULL: no word. */
const char *sight_word(uint32_t point);

/* What is wrong, said of the text: "has U+200B (space without width) as character 3, ...". */
enum { SIGHT_SAID_MAX = 128 };
const char *sight_say(const struct sight_fault *fault, char out[SIGHT_SAID_MAX]);
