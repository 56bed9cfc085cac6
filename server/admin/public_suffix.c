#include "admin/public_suffix.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 512 };

static const char list_of_debian[] = "/usr/share/publicsuffix/public_suffix_list.dat";

/* ---- the list ---- */

/* What a line says of a name: "co.uk", "*.ck" (each one below it), "!www.ck" (but not this). */
enum verdict { NOTHING, SUFFIX, EXCEPTION };

static enum verdict verdict_of(const char *rule, const char *name)
{
    const char *parent = strchr(name, '.');
    if (rule[0] == '!')
        return strcmp(rule + 1, name) == 0 ? EXCEPTION : NOTHING;
    if (rule[0] == '*' && rule[1] == '.')
        return parent != NULL && strcmp(rule + 2, parent + 1) == 0 ? SUFFIX : NOTHING;
    return strcmp(rule, name) == 0 ? SUFFIX : NOTHING;
}

static bool in_list(FILE *list, const char *name)
{
    char line[LINE_MAX_BYTES];
    bool found = false;
    while (fgets(line, sizeof line, list) != NULL) {
        line[strcspn(line, " \t\r\n")] = '\0';
        if (line[0] == '\0' || strncmp(line, "//", 2) == 0)
            continue;
        enum verdict verdict = verdict_of(line, name);
        if (verdict == EXCEPTION)
            return false;
        found = found || verdict == SUFFIX;
    }
    return found;
}

/* ---- without it ---- */

/* Two letters are a country's. */
static bool by_rule(const char *name)
{
    static const char *const registries[] = {"ac",   "biz",    "co",  "com",  "edu", "gob", "gouv",
                                             "gov",  "go",     "id",  "info", "ltd", "me",  "mil",
                                             "name", "ne",     "net", "nhs",  "nom", "or",  "org",
                                             "plc",  "police", "pro", "sch"};
    static const char *const others[] = {"home.arpa",   "in-addr.arpa", "ip6.arpa", "eu.org",
                                         "duckdns.org", "github.io",    "ddns.net", "dyndns.org"};
    const char *dot = strchr(name, '.');
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i]) == 0)
            return true;
    if (dot == NULL || strlen(dot + 1) != 2)
        return false;
    size_t size = (size_t)(dot - name);
    for (size_t i = 0; i < sizeof registries / sizeof registries[0]; i++)
        if (strlen(registries[i]) == size && strncmp(name, registries[i], size) == 0)
            return true;
    return false;
}

bool public_suffix_by(const char *path, const char *name)
{
    FILE *list = path != NULL ? fopen(path, "re") : NULL;
    if (list == NULL)
        return by_rule(name);
    /* a list that is cut still leaves what the rule knows */
    bool found = in_list(list, name) || by_rule(name);
    (void)fclose(list);
    return found;
}

bool public_suffix(const char *name)
{
    return public_suffix_by(list_of_debian, name);
}
