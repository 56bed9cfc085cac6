#pragma once
/*
 * The terminal screen: what `tefter` alone opens. It stands on client/lib as the command line does;
 * README.md beside this says how a screen is added.
 */
#include "lib/tefter.h"

struct tui_options {
    const char *profile; /* folder; NULL: as tefter_profile_folder */
    const char *address; /* NULL: the profile's */
    enum language language;
    bool language_said; /* else it is that of the profile's habit */
};

/* Until somebody leaves it; the exit code. What is wrong before the screen is there is told in
 * `failure`. */
int tui_run(const struct tui_options *options, struct failure *failure);
