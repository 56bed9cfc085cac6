#include "settings/config.h"

#include "base/near.h"
#include "base/plain_file.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    KEYS_MAX = 64,
    FILE_MAX = 64 * 1024,
    UNKNOWN_MAX = 8, /* keys that nobody knows are named together */
    KEY_SIZE = 64,
};

/* Lives until the next reading: settings point into it. */
static cfg_t *file;
static struct config_faults *reported;
static int lines[KEYS_MAX];
static int last_line; /* of the file itself */
static char unknown[UNKNOWN_MAX][KEY_SIZE];
static size_t unknown_count;

/* ---- what is wrong ---- */

/* Behind those of earlier lines. */
__attribute__((format(printf, 2, 3))) static bool wrong(int line, const char *format, ...)
{
    va_list arguments;
    char text[CONFIG_FAULT_SIZE];
    size_t at = reported->count;
    if (at == CONFIG_FAULTS_MAX)
        return false;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < at; i++) /* the file is read more than once */
        if (reported->list[i].line == line && strcmp(reported->list[i].text, text) == 0)
            return false;
    while (at > 0 && reported->list[at - 1].line > line) {
        reported->list[at] = reported->list[at - 1];
        at--;
    }
    reported->list[at].line = line;
    memcpy(reported->list[at].text, text, sizeof text);
    reported->count++;
    return false;
}

static const char *nearest_key(const char *word)
{
    bool flag;
    const char *best = NULL;
    const char *key;
    size_t far = NEAR_ENOUGH;
    for (size_t i = 0; (key = settings_key(i, &flag)); i++) {
        size_t distance = near_distance(word, key);
        if (distance < far) {
            far = distance;
            best = key;
        }
    }
    return best;
}

static void wrong_key(int line, const char *key)
{
    const char *near = nearest_key(key);
    if (near)
        wrong(line, "there is no setting %s. Did you mean %s?", key, near);
    else
        wrong(line, "there is no setting %s. tefterd --example prints all there are", key);
    if (unknown_count < UNKNOWN_MAX)
        snprintf(unknown[unknown_count++], KEY_SIZE, "%s", key);
}

/* What libconfuse says, in words of this program. */
__attribute__((format(printf, 2, 0))) static void report_wrong(cfg_t *cfg, const char *format,
                                                               va_list arguments)
{
    char text[200], key[KEY_SIZE];
    vsnprintf(text, sizeof text, format, arguments);
    if (sscanf(text, "no such option '%63[^']'", key) == 1)
        wrong_key(cfg->line, key);
    else
        wrong(cfg->line < last_line ? cfg->line : last_line,
              "this is no line of the form key = \"value\": %s", text);
}

/* ---- reading ---- */

/* A line of our own behind the file: when it is not seen, a remark that nobody closed has swallowed
 * it, and with it who knows how many settings. */
#define END_KEY "end_of_settings"
#define END_LINE "\n" END_KEY " = true\n"

static size_t index_of(const char *wanted)
{
    bool flag;
    const char *key;
    size_t i = 0;
    while ((key = settings_key(i, &flag)) && strcmp(key, wanted) != 0)
        i++;
    return i;
}

/* Called behind each value, while the parser stands on its line. */
static int note_line(cfg_t *cfg, cfg_opt_t *option)
{
    size_t i = index_of(option->name);
    if (i < KEYS_MAX && lines[i] != 0)
        wrong(cfg->line, "%s stands in line %d already; take one of them away", option->name,
              lines[i]);
    if (i < KEYS_MAX)
        lines[i] = cfg->line;
    return 0;
}

int settings_line(const char *key)
{
    size_t i = index_of(key);
    return i < KEYS_MAX ? lines[i] : 0;
}

/* A key that is in the file, as the command line would have it. */
static void take_key(const char *key, bool flag, struct settings *settings)
{
    char wanted[CONFIG_FAULT_SIZE / 2];
    const char *value = cfg_getstr(file, key);
    int said = value && flag ? cfg_parse_boolean(value) : 1;
    if (!value || said == 0)
        return;
    if (said > 0 && settings_set_key(settings, key, flag ? NULL : value))
        return;
    settings_key_wants(key, wanted, sizeof wanted);
    wrong(settings_line(key), "%s cannot be '%.60s': it wants %s", key, value, wanted);
}

static void fill_options(cfg_opt_t options[KEYS_MAX + UNKNOWN_MAX + 2])
{
    bool flag;
    const char *key;
    size_t count = 0;
    for (; (key = settings_key(count, &flag)); count++) {
        need(count < KEYS_MAX);
        options[count] = (cfg_opt_t)CFG_STR(key, NULL, CFGF_NODEFAULT);
        options[count].validcb = note_line;
    }
    for (size_t i = 0; i < unknown_count; i++)
        options[count++] = (cfg_opt_t)CFG_STR(unknown[i], NULL, CFGF_NODEFAULT);
    options[count++] = (cfg_opt_t)CFG_BOOL(END_KEY, cfg_false, CFGF_NONE);
    options[count] = (cfg_opt_t)CFG_END();
}

static void take_all(struct settings *settings)
{
    bool flag;
    const char *key;
    for (size_t i = 0; (key = settings_key(i, &flag)); i++)
        take_key(key, flag, settings);
}

/* Behind a remark that begins at `at`; NULL: nobody closed it. */
static char *behind_remark(char *at)
{
    if (at[0] == '/' && at[1] == '*') {
        char *end = strstr(at + 2, "*/");
        return end ? end + 2 : NULL;
    }
    return at + strcspn(at, "\n");
}

static char *behind_quotes(char *at)
{
    char quote = *at++;
    while (*at && *at != quote)
        at += at[0] == '\\' && at[1] ? 2 : 1;
    return *at ? at + 1 : at;
}

/* Blanks instead of remarks: libconfuse counts their line ends three times. */
static void clear_remarks(char *text)
{
    bool begins = true; /* a word: "a//b" is one, and no remark */
    for (char *at = text; *at;) {
        bool slashes = begins && at[0] == '/' && (at[1] == '/' || at[1] == '*');
        begins = strchr(" \t\r\n={};,+", *at) != NULL;
        if (*at == '"' || *at == '\'') {
            at = behind_quotes(at);
        } else if (*at == '#' || slashes) {
            char *end = behind_remark(at);
            if (!end)
                return;
            for (; at < end; at++)
                *at = *at == '\n' ? '\n' : ' ';
            begins = true;
        } else {
            at++;
        }
    }
}

static bool read_text(const char *path, char text[FILE_MAX + sizeof END_LINE])
{
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, NULL);
    FILE *opened = fd < 0 ? NULL : fdopen(fd, "re");
    if (!opened)
        return wrong(0, "cannot read the settings: %s", strerror(errno));
    size_t size = fread(text, 1, FILE_MAX + 1, opened);
    int error = ferror(opened) ? errno : 0;
    fclose(opened);
    if (error)
        return wrong(0, "cannot read the settings: %s", strerror(error));
    if (size > FILE_MAX || memchr(text, '\0', size))
        return wrong(0, "this is no file of settings: it %s",
                     size > FILE_MAX ? "is too long" : "holds a NUL");
    last_line = 1;
    for (size_t i = 0; i + 1 < size; i++)
        last_line += text[i] == '\n';
    memcpy(text + size, END_LINE, sizeof END_LINE);
    clear_remarks(text);
    return true;
}

/* Once over the file. A key that nobody knows ends it, and is passed over the next time. */
static void parse(const char *text)
{
    cfg_opt_t options[KEYS_MAX + UNKNOWN_MAX + 2];
    memset(lines, 0, sizeof lines);
    fill_options(options);
    if (file)
        cfg_free(file);
    file = cfg_init(options, CFGF_NONE);
    need(file != NULL);
    cfg_set_error_function(file, report_wrong);
    size_t before = reported->count;
    if (cfg_parse_buf(file, text) != CFG_SUCCESS && reported->count == before)
        wrong(0, "it is not understood");
}

bool config_read(const char *path, struct settings *settings, struct config_faults *ret_faults)
{
    char text[FILE_MAX + sizeof END_LINE];
    size_t before;
    reported = ret_faults;
    reported->count = 0;
    unknown_count = 0;
    if (!read_text(path, text))
        return false;
    do {
        before = unknown_count;
        parse(text);
    } while (unknown_count > before && unknown_count < UNKNOWN_MAX);
    if (reported->count == 0 && !cfg_getbool(file, END_KEY))
        wrong(0, "it ends inside a remark: a /* has no */ behind it, and the settings after it "
                 "would not be read");
    take_all(settings);
    return reported->count == 0;
}
