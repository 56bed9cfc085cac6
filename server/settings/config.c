#include "settings/config.h"

#include "base/plain_file.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Lives until the next reading: settings point into it. */
static cfg_t *file;
static struct failure *reported;
static const char *reported_path;

__attribute__((format(printf, 2, 0))) static void report_wrong(cfg_t *cfg, const char *format,
                                                               va_list arguments)
{
    char text[200];
    vsnprintf(text, sizeof text, format, arguments);
    fail(reported, FAULT_USE, 0, "%s, line %d: %s", reported_path, cfg->line, text);
}

enum { KEYS_MAX = 64, FILE_MAX = 64 * 1024 };
/* A line of our own behind the file: when it is not seen, a remark that nobody closed has swallowed
 * it, and with it who knows how many settings. */
#define END_KEY "end_of_settings"
#define END_LINE "\n" END_KEY " = true\n"

/* A key that is in the file, as the command line would have it. */
static bool take_key(const char *path, const char *key, bool flag, struct settings *settings,
                     struct failure *failure)
{
    const char *value = flag ? NULL : cfg_getstr(file, key);
    if (flag ? !cfg_getbool(file, key) : !value)
        return true;
    return settings_set_key(settings, key, value) ||
           fail(failure, FAULT_USE, 0, "%s: %s cannot be '%.60s'", path, key, value);
}

static void fill_options(cfg_opt_t options[KEYS_MAX + 2])
{
    bool flag;
    const char *key;
    size_t count = 0;
    for (; (key = settings_key(count, &flag)); count++) {
        need(count < KEYS_MAX);
        options[count] = flag ? (cfg_opt_t)CFG_BOOL(key, cfg_false, CFGF_NONE)
                              : (cfg_opt_t)CFG_STR(key, NULL, CFGF_NODEFAULT);
    }
    options[count++] = (cfg_opt_t)CFG_BOOL(END_KEY, cfg_false, CFGF_NONE);
    options[count] = (cfg_opt_t)CFG_END();
}

static bool take_all(const char *path, struct settings *settings, struct failure *failure)
{
    bool flag;
    const char *key;
    for (size_t i = 0; (key = settings_key(i, &flag)); i++)
        if (!take_key(path, key, flag, settings, failure))
            return false;
    return true;
}

static bool read_text(const char *path, char text[FILE_MAX + sizeof END_LINE],
                      struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, NULL);
    FILE *opened = fd < 0 ? NULL : fdopen(fd, "re");
    if (!opened)
        return fail(failure, FAULT_USE, errno, "cannot read the settings %s", path);
    size_t size = fread(text, 1, FILE_MAX + 1, opened);
    int error = ferror(opened) ? errno : 0;
    fclose(opened);
    if (error)
        return fail(failure, FAULT_USE, error, "cannot read the settings %s", path);
    if (size > FILE_MAX || memchr(text, '\0', size))
        return fail(failure, FAULT_USE, 0, "%s is no file of settings: it %s", path,
                    size > FILE_MAX ? "is too long" : "holds a NUL");
    memcpy(text + size, END_LINE, sizeof END_LINE);
    return true;
}

bool config_read(const char *path, struct settings *settings, struct failure *failure)
{
    cfg_opt_t options[KEYS_MAX + 2];
    char text[FILE_MAX + sizeof END_LINE];
    fill_options(options);
    if (!read_text(path, text, failure))
        return false;
    if (file)
        cfg_free(file);
    file = cfg_init(options, CFGF_NONE);
    if (!file)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the settings");
    reported = failure;
    reported_path = path;
    cfg_set_error_function(file, report_wrong);
    if (cfg_parse_buf(file, text) != CFG_SUCCESS)
        return fail(failure, FAULT_USE, 0, "%s is not understood", path);
    if (!cfg_getbool(file, END_KEY))
        return fail(failure, FAULT_USE, 0,
                    "%s ends inside a remark: a /* has no */ behind it, and the settings after it "
                    "would not be read",
                    path);
    return take_all(path, settings, failure);
}
