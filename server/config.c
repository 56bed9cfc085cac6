#include "config.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Lives until the next reading: settings point into it. */
static cfg_t *file;
static struct failure *told;

__attribute__((format(printf, 2, 0))) static void told_wrong(cfg_t *cfg, const char *format,
                                                             va_list arguments)
{
    char text[200];
    vsnprintf(text, sizeof text, format, arguments);
    fail(told, FAULT_USE, 0, "%s, line %d: %s", cfg->filename ? cfg->filename : "the settings",
         cfg->line, text);
}

static bool take_text(const char *name, const char **slot)
{
    const char *value = cfg_getstr(file, name);
    if (value && !*slot)
        *slot = value;
    return true;
}

static bool take_number(const char *path, const char *name, bool (*read)(const char *, uint64_t *),
                        uint64_t *slot, struct failure *failure)
{
    uint64_t number;
    const char *value = cfg_getstr(file, name);
    if (!value || *slot)
        return true;
    if (!read(value, &number))
        return fail(failure, FAULT_USE, 0, "%s: %s cannot be '%.60s'", path, name, value);
    *slot = number;
    return true;
}

/* 0 is a value of it. */
static bool take_slow(const char *path, struct settings *settings, struct failure *failure)
{
    uint64_t slow_ms = 0;
    if (settings->slow_ms != SETTINGS_UNSET || !cfg_getstr(file, "slow_ms"))
        return true;
    if (!take_number(path, "slow_ms", settings_number, &slow_ms, failure))
        return false;
    settings->slow_ms = slow_ms;
    return true;
}

static bool take_all(const char *path, struct settings *settings, struct failure *failure)
{
    settings->distrust = settings->distrust || cfg_getbool(file, "distrust");
    settings->date_frozen = settings->date_frozen || cfg_getbool(file, "date_frozen");
    return take_text("ledger", &settings->ledger) && take_text("listen", &settings->listen) &&
           take_text("backup_to", &settings->to) && take_text("metrics", &settings->metrics) &&
           take_slow(path, settings, failure) &&
           take_number(path, "map", settings_bytes, &settings->map_bytes, failure) &&
           take_number(path, "min_free", settings_bytes, &settings->min_free_bytes, failure) &&
           take_number(path, "checkpoint", settings_bytes, &settings->checkpoint_bytes, failure) &&
           take_number(path, "segment", settings_bytes, &settings->segment_bytes, failure) &&
           take_number(path, "backup_every", settings_span, &settings->every_s, failure) &&
           take_number(path, "backup_keep", settings_number, &settings->keep, failure);
}

bool config_read(const char *path, struct settings *settings, struct failure *failure)
{
    cfg_opt_t options[] = {
        CFG_STR("ledger", NULL, CFGF_NODEFAULT),
        CFG_STR("listen", NULL, CFGF_NODEFAULT),
        CFG_STR("map", NULL, CFGF_NODEFAULT),
        CFG_STR("min_free", NULL, CFGF_NODEFAULT),
        CFG_STR("checkpoint", NULL, CFGF_NODEFAULT),
        CFG_STR("segment", NULL, CFGF_NODEFAULT),
        CFG_STR("metrics", NULL, CFGF_NODEFAULT),
        CFG_STR("slow_ms", NULL, CFGF_NODEFAULT),
        CFG_STR("backup_to", NULL, CFGF_NODEFAULT),
        CFG_STR("backup_every", NULL, CFGF_NODEFAULT),
        CFG_STR("backup_keep", NULL, CFGF_NODEFAULT),
        CFG_BOOL("distrust", cfg_false, CFGF_NONE),
        CFG_BOOL("date_frozen", cfg_false, CFGF_NONE),
        CFG_END(),
    };
    if (file)
        cfg_free(file);
    file = cfg_init(options, CFGF_NONE);
    if (!file)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the settings");
    told = failure;
    cfg_set_error_function(file, told_wrong);
    int result = cfg_parse(file, path);
    if (result == CFG_FILE_ERROR)
        return fail(failure, FAULT_USE, errno, "cannot read the settings %s", path);
    return (result == CFG_SUCCESS || fail(failure, FAULT_USE, 0, "%s is not understood", path)) &&
           take_all(path, settings, failure);
}
