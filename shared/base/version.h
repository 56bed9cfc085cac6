#pragma once
/*
 * The version, in one place: project() of the top CMakeLists.txt. Built from a git checkout, the
 * commit stands behind it, and "dirty" when files differ from it: "0.1.0+g1a2b3c4d5e6f.dirty".
 * Nothing else of the machine or the moment, so that two builds of one commit are equal.
 */

extern const char version_text[];    /* "0.1.0" */
extern const char version_tefter[];  /* "tefter 0.1.0": as the program calls itself */
extern const char version_tefterd[]; /* "tefterd 0.1.0" */
