#pragma once
/*
 * The file of -c: what a service is told once. Lines `key = value`; the keys are a column of the
 * table in settings.c. Only what the command line left open is taken. `tefterd --example` prints a
 * file with every key.
 */
#include "settings/settings.h"

enum { CONFIG_FAULTS_MAX = 16, CONFIG_FAULT_SIZE = 240 };

/* What is wrong with it, in the order of its lines; what comes behind the last one is left out. */
struct config_faults {
    size_t count;
    struct config_fault {
        int line; /* 0: of the file as a whole */
        char text[CONFIG_FAULT_SIZE];
    } list[CONFIG_FAULTS_MAX];
};

bool config_read(const char *path, struct settings *settings, struct config_faults *ret_faults);
