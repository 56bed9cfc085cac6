#include "settings/config.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Lives until the next reading: settings point into it. */
static cfg_t *file;
static struct failure *reported;

__attribute__((format(printf, 2, 0))) static void report_wrong(cfg_t *cfg, const char *format,
                                                               va_list arguments)
{
    char text[200];
    vsnprintf(text, sizeof text, format, arguments);
    fail(reported, FAULT_USE, 0, "%s, line %d: %s", cfg->filename ? cfg->filename : "the settings",
         cfg->line, text);
}

enum { KEYS_MAX = 64 };

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

static void fill_options(cfg_opt_t options[KEYS_MAX + 1])
{
    bool flag;
    const char *key;
    size_t count = 0;
    for (; (key = settings_key(count, &flag)); count++) {
        need(count < KEYS_MAX);
        options[count] = flag ? (cfg_opt_t)CFG_BOOL(key, cfg_false, CFGF_NONE)
                              : (cfg_opt_t)CFG_STR(key, NULL, CFGF_NODEFAULT);
    }
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

bool config_read(const char *path, struct settings *settings, struct failure *failure)
{
    cfg_opt_t options[KEYS_MAX + 1];
    fill_options(options);
    if (file)
        cfg_free(file);
    file = cfg_init(options, CFGF_NONE);
    if (!file)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the settings");
    reported = failure;
    cfg_set_error_function(file, report_wrong);
    int result = cfg_parse(file, path);
    if (result == CFG_FILE_ERROR)
        return fail(failure, FAULT_USE, errno, "cannot read the settings %s", path);
    return (result == CFG_SUCCESS || fail(failure, FAULT_USE, 0, "%s is not understood", path)) &&
           take_all(path, settings, failure);
}
