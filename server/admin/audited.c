#include "admin/audited.h"

#include "access/access.h"
#include "datadir/keys.h"
#include "engine/clock.h"

void audited(const struct datadir *folder, const char *event, const char *about)
{
    struct keys keys;
    if (!keys_read(folder, &keys, NULL))
        return;
    access_audit_keyboard(folder->audit, keys.token, event, clock_read().wall_ms, about);
    keys_fini(&keys);
}
