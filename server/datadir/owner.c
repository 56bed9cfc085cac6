#include "datadir/owner.h"

#include "datadir/datadir.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_SHOWN = 64 };

static char acts_as[NAME_MAX_SHOWN + 32];

const char *datadir_acts_as(void)
{
    return acts_as[0] ? acts_as : NULL;
}

/* Of the folder, or of the nearest one above it that is there. */
static bool owner_of(const char *path, struct stat *ret_facts)
{
    char above[FILES_PATH_MAX];
    if (stat(path, ret_facts) == 0)
        return true;
    snprintf(above, sizeof above, "%s", path);
    for (char *slash; errno == ENOENT && (slash = strrchr(above, '/'));) {
        slash[slash == above] = '\0';
        if (stat(above, ret_facts) == 0)
            return true;
        if (slash == above)
            return false;
    }
    return errno == ENOENT && stat(".", ret_facts) == 0;
}

/* Its groups too: a place for backups may be open to one of them. */
static bool become(const struct stat *facts, const struct passwd *user)
{
    bool groups = user ? initgroups(user->pw_name, facts->st_gid) == 0 : setgroups(0, NULL) == 0;
    return groups && setresgid(facts->st_gid, facts->st_gid, facts->st_gid) == 0 &&
           setresuid(facts->st_uid, facts->st_uid, facts->st_uid) == 0;
}

bool owner_act(const char *path, struct failure *failure)
{
    struct stat facts;
    if (geteuid() != 0 || !owner_of(path, &facts) || facts.st_uid == 0)
        return true;
    const struct passwd *user = getpwuid(facts.st_uid);
    snprintf(acts_as, sizeof acts_as, "user %.*s%s%u%s", NAME_MAX_SHOWN, user ? user->pw_name : "",
             user ? " (" : "", (unsigned)facts.st_uid, user ? ")" : "");
    return become(&facts, user) ||
           fail(failure, FAULT_DENIED, errno, "cannot act as %s, who owns %s", acts_as, path);
}
