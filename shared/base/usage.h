#pragma once
/*
 * What may be typed, told once and written as a manual page or as a bash completion. A program
 * walks the tables that it reads its arguments by, and that --help shows, and tells each command
 * and option to a `struct usage`; so neither can lag behind. Texts are borrowed while they are
 * told. A failed write shows as an error of `out`.
 */
#include <stdbool.h>
#include <stdio.h>

enum usage_form { USAGE_MANUAL, USAGE_COMPLETION };

struct usage {
    FILE *out;
    enum usage_form form;
    const char *program; /* "tefter" */
    const char *command; /* whose options come next; "": the program's own */
    int operands;        /* of it, so far */
};

/* What stands behind an option, or is an operand. */
struct usage_value {
    const char *name;  /* "AMOUNT"; NULL: none */
    const char *words; /* what it may be, by spaces; USAGE_FILES, USAGE_FOLDERS; NULL: anything */
};
#define USAGE_FILES "//file"
#define USAGE_FOLDERS "//folder"

struct usage_option {
    const char *name; /* "--limit" */
    char letter;      /* 'c': also -c; 0: none */
    struct usage_value value;
    const char *help; /* NULL: nothing to say */
};

/* `section`: "1" commands, "8" for who runs the machine. `summary`: one line. */
void usage_begin(struct usage *usage, const char *section, const char *summary);
/* A heading of the page: "Commands". */
void usage_heading(struct usage *usage, const char *title);
/* A paragraph of the page. Lines that begin with a space stand as they are. */
void usage_text(struct usage *usage, const char *text);
/* A command and all that is told until the next one: its words ("customer add"; "": the program
 * itself), its operands as the page shows them (NULL: none), what it does. */
void usage_command(struct usage *usage, const char *command, const char *operands,
                   const char *summary);
void usage_operand(struct usage *usage, const struct usage_value *operand, const char *help);
void usage_option(struct usage *usage, const struct usage_option *option);
/* Options told from here on are taken by every command. */
void usage_everywhere(struct usage *usage);
void usage_end(struct usage *usage);

/* Is it a list of words? Then "block, warn or approve". */
bool usage_listed(const char *words);
void usage_words(const char *words, FILE *out);
