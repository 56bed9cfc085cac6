#include "base/usage.h"

#include "base/version.h"

#include <ctype.h>
#include <string.h>

bool usage_listed(const char *words)
{
    return words != NULL && words[0] != '/';
}

void usage_words(const char *words, FILE *out)
{
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        const char *rest = words + size + (words[size] == ' ');
        const char *between = *rest == '\0' ? "" : strchr(rest, ' ') == NULL ? " or " : ", ";
        fprintf(out, "%.*s%s", (int)size, words, between);
        words = rest;
    }
}

/* ---- a manual page: roff, man(7) ---- */

static const char ellipsis[] = "\xe2\x80\xa6";

/* Text as roff reads it, in ASCII: a dash is a dash, a backslash is one, and no line begins with a
 * request.
 */
static void put_roff(FILE *out, const char *text)
{
    bool begins = true;
    for (; *text != '\0'; text++) {
        if (begins && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        begins = *text == '\n';
        if (strncmp(text, ellipsis, strlen(ellipsis)) == 0) {
            fputs("...", out);
            text += strlen(ellipsis) - 1;
        } else if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '\'')
            fputs("\\(aq", out);
        else if (*text == '^' || *text == '~' || *text == '`')
            fprintf(out, "\\(%s", *text == '^' ? "ha" : *text == '~' ? "ti" : "ga");
        else
            fputc(*text, out);
    }
}

static void put_tag(FILE *out, const char *bold, const char *italic)
{
    fputs(".TP\n\\fB", out);
    put_roff(out, bold);
    fputs("\\fR", out);
    if (italic != NULL) {
        fputs(" \\fI", out);
        put_roff(out, italic);
        fputs("\\fR", out);
    }
    fputc('\n', out);
}

static void put_line(FILE *out, const char *text)
{
    put_roff(out, text);
    fputc('\n', out);
}

static void put_paragraph(FILE *out, const char *text)
{
    bool kept = false;
    fputs(".PP\n", out);
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        char line[1024];
        bool keep = *text == ' ';
        if (keep != kept)
            fputs(keep ? ".nf\n" : ".fi\n", out);
        kept = keep;
        (void)snprintf(line, sizeof(line), "%.*s", (int)size, text);
        put_line(out, line);
        text += size + (text[size] == '\n');
    }
    if (kept)
        fputs(".fi\n", out);
}

static void put_help(FILE *out, const char *help, const char *words)
{
    bool listed = usage_listed(words);
    put_roff(out, help == NULL ? "" : help);
    fputs(help != NULL && listed ? ": " : "", out);
    if (listed)
        usage_words(words, out);
    fputc('\n', out);
}

/* ---- a completion: lines of data, and one function of bash that reads them ---- */

/* command|option|value: an option "" is the command itself, 1 its first operand; the command'; the
 * command
 * "*" stands for every one. A value is nothing, "=", or "=" and the words that it may be. */
static void put_row(const struct usage *usage, const char *option, const struct usage_value *value)
{
    fprintf(usage->out, "%s|%s|%s%s\n", usage->command, option, value->name == NULL ? "" : "=",
            value->name == NULL || value->words == NULL ? "" : value->words);
}

static const char completion_function[] =
    "'\n"
    "\n"
    "# What a command takes: prints the value of its option or operand ($2); 1: no such.\n"
    "_@_value()\n"
    "{\n"
    "    local command option value\n"
    "    while IFS='|' read -r command option value; do\n"
    "        if [[ $option == \"$2\" && ( $command == \"$1\" || $command == '*' ) ]]; then\n"
    "            printf '%s' \"$value\"\n"
    "            return 0\n"
    "        fi\n"
    "    done <<<\"$_@_table\"\n"
    "    return 1\n"
    "}\n"
    "\n"
    "# The words of a command that may follow those already there ($1), or its options ($2 is "
    "--).\n"
    "_@_next()\n"
    "{\n"
    "    local command option value rest\n"
    "    while IFS='|' read -r command option value; do\n"
    "        if [[ ${2-} == -- ]]; then\n"
    "            [[ $command == \"$1\" || $command == '*' ]] && printf '%s\\n' \"$option\"\n"
    "        elif [[ -z $option && $command == \"${1:+$1 }\"* ]]; then\n"
    "            rest=${command#\"${1:+$1 }\"}\n"
    "            printf '%s\\n' \"${rest%% *}\"\n"
    "        fi\n"
    "    done <<<\"$_@_table\"\n"
    "}\n"
    "\n"
    "_@()\n"
    "{\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} command='' open='' word value words i place=1\n"
    "    # Which command it is; whether the word before is an option that waits for its value.\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ $word == '=' && -n $open ]]; then\n"
    "            continue\n"
    "        elif [[ -n $open ]]; then\n"
    "            open=''\n"
    "        elif [[ $word == -* ]]; then\n"
    "            value=$(_@_value \"$command\" \"$word\") && [[ -n $value ]] && open=$word\n"
    "        elif _@_next \"$command\" | grep -qxF -e \"$word\"; then\n"
    "            command=${command:+$command }$word\n"
    "        else\n"
    "            place=$((place + 1))\n"
    "        fi\n"
    "    done\n"
    "    [[ $current == '=' && -n $open ]] && current=''\n"
    "    if [[ -n $open ]]; then\n"
    "        value=$(_@_value \"$command\" \"$open\")\n"
    "    elif [[ $current == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$(_@_next \"$command\" --)\" -- \"$current\")\n"
    "        return\n"
    "    else\n"
    "        value=$(_@_value \"$command\" $place)\n"
    "        words=$(_@_next \"$command\")\n"
    "    fi\n"
    "    case $value in\n"
    "    =//file) mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
    "    =//folder) mapfile -t COMPREPLY < <(compgen -d -- \"$current\") ;;\n"
    "    *) mapfile -t COMPREPLY < <(compgen -W \"${words-} ${value#=}\" -- \"$current\" | sort "
    "-u) ;;\n"
    "    esac\n"
    "    [[ $value != =//* ]] || compopt -o filenames 2>/dev/null\n"
    "}\n"
    "\n"
    "complete -F _@ @\n";

/* The function with the program's name in it. */
static void put_function(const struct usage *usage)
{
    for (const char *text = completion_function; *text != '\0'; text++) {
        if (*text == '@')
            fputs(usage->program, usage->out);
        else
            fputc(*text, usage->out);
    }
}

/* ---- telling ---- */

void usage_begin(struct usage *usage, const char *section, const char *summary)
{
    FILE *out = usage->out;
    usage->command = "";
    if (usage->form == USAGE_COMPLETION) {
        fprintf(out, "# bash completion of %s, made by %s --completion    -*- shell-script -*-\n\n",
                usage->program, usage->program);
        fprintf(out, "# command|option|value\n_%s_table='\n", usage->program);
        return;
    }
    fputs(".TH ", out);
    for (const char *letter = usage->program; *letter != '\0'; letter++)
        fputc(toupper((unsigned char)*letter), out);
    fprintf(out, " %s \"\" \"%s %s\"\n.nh\n.ad l\n.SH NAME\n%s \\- ", section, usage->program,
            version_text, usage->program);
    put_line(out, summary);
}

void usage_heading(struct usage *usage, const char *title)
{
    if (usage->form == USAGE_COMPLETION)
        return;
    fputs(".SH ", usage->out);
    for (; *title != '\0'; title++)
        fputc(toupper((unsigned char)*title), usage->out);
    fputc('\n', usage->out);
}

void usage_text(struct usage *usage, const char *text)
{
    if (usage->form == USAGE_MANUAL)
        put_paragraph(usage->out, text);
}

void usage_command(struct usage *usage, const char *command, const char *operands,
                   const char *summary)
{
    FILE *out = usage->out;
    usage->command = command;
    usage->operands = 0;
    if (usage->form == USAGE_COMPLETION) {
        put_row(usage, "", &(struct usage_value){.name = NULL});
        return;
    }
    fputs(".SS \"", out);
    put_roff(out, usage->program);
    fputs(command[0] == '\0' ? "" : " ", out);
    put_roff(out, command);
    if (operands != NULL && operands[0] != '\0') {
        fputs(" \\fR", out);
        put_roff(out, operands);
    }
    fputs("\"\n", out);
    put_line(out, summary);
}

void usage_operand(struct usage *usage, const struct usage_value *operand, const char *help)
{
    if (usage->form == USAGE_COMPLETION) {
        char place[16];
        (void)snprintf(place, sizeof(place), "%d", ++usage->operands);
        put_row(usage, place, operand);
        return;
    }
    fputs(".TP\n\\fI", usage->out);
    put_roff(usage->out, operand->name);
    fputs("\\fR\n", usage->out);
    put_help(usage->out, help, operand->words);
}

void usage_option(struct usage *usage, const struct usage_option *option)
{
    char bold[80];
    char letter[8] = {'-', option->letter};
    if (usage->form == USAGE_COMPLETION) {
        put_row(usage, option->name, &option->value);
        if (option->letter != '\0')
            put_row(usage, letter, &option->value);
        return;
    }
    (void)snprintf(bold, sizeof(bold), "%s%s%s", option->letter == '\0' ? "" : letter,
                   option->letter == '\0' ? "" : ", ", option->name);
    put_tag(usage->out, bold, option->value.name);
    put_help(usage->out, option->help, option->value.words);
}

void usage_everywhere(struct usage *usage)
{
    usage->command = "*";
}

void usage_end(struct usage *usage)
{
    if (usage->form == USAGE_COMPLETION)
        put_function(usage);
}
