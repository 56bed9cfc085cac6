/*
 * tefterd clock: what the machine's clock says and whether a time server vouches for it; --accept
 * tells the running server that it is right.
 */
#include "engine/clock.h"
#include "admin/commands.h"
#include "datadir/datadir.h"

#include "base/date.h"
#include "base/tell.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

static int told(const struct datadir *folder, struct failure *failure)
{
    int pid = datadir_served_by(folder);
    if (!pid)
        fail(failure, FAULT_USE, 0, "nobody serves this ledger: start tefterd, then accept");
    else if (kill((pid_t)pid, SIGHUP) != 0)
        fail(failure, FAULT_IO, errno, "cannot tell process %d", pid);
    else
        return tell(stdout, "process %d believes the clock from now on\n", pid), EXIT_DONE;
    return settings_report(failure);
}

int clock_run(const struct settings *settings)
{
    static struct datadir folder;
    struct failure failure = {.fault = FAULT_NONE};
    struct clock_reading reading = clock_read();
    char now[INSTANT_TEXT_SIZE];
    if (!datadir_init(&folder, settings->ledger, &failure) || !datadir_check(&folder, &failure))
        return settings_report(&failure);
    instant_write(reading.wall_ms, now);
    tell(stdout, "clock         %s, %s\n", now,
         reading.vouched ? "a time server vouches for it" : "no time server vouches for it");
    return settings->accept ? told(&folder, &failure) : EXIT_DONE;
}
