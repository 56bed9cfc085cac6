#pragma once
/*
 * What tefter-notify is told first: by which key and to which gateway it sends, as the settings
 * say.
 */
#include "base/arena.h"
#include "datadir/datadir.h"
#include "notify.pb-c.h"
#include "settings/settings.h"

/* Is anything to be sent? */
bool notice_wanted(const struct settings *settings);

/* FAULT_USE for what could never work, and *ret_key names the setting. NULL welcome. */
bool notice_check(const struct settings *settings, const char **ret_key, struct failure *failure);

/* In the arena, with secrets: wipe it. folder NULL: without the key of Web Push. */
bool notice_setup(const struct settings *settings, const struct datadir *folder,
                  struct arena *arena, Tefter__NotifierSetup **ret_setup, struct failure *failure);
