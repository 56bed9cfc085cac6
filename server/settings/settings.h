#pragma once
/*
 * Settings: what the command line says, then what the file of -c says, then what is usual. One
 * struct for all subcommands; each takes the options it names. Wrong words end with exit code 2
 * and a sentence.
 */
#include "base/fault.h"
#include "base/usage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Where the server listens when nobody says. */
#define SETTINGS_LISTEN "127.0.0.1:7420"

/* Exit codes of tefterd. */
enum { EXIT_DONE = 0, EXIT_FAULT = 1, EXIT_USE = 2, EXIT_CONFLICT = 5, EXIT_STALE = 6 };
#define SETTINGS_UNSET UINT64_MAX /* of a number that nobody said: 0 means what it says */
enum { SETTINGS_HOSTS_MAX = 16, SETTINGS_FAILED = -1 };

struct settings {
    bool help;
    bool version;
    const char *ledger;
    const char *config;
    const char *listen;
    uint64_t map_bytes;
    uint64_t row_cache_bytes;
    uint64_t per_terminal; /* connections; 0 in these three: as usual */
    uint64_t per_address;
    uint64_t unproven_per_address;
    uint64_t min_free_bytes;   /* SETTINGS_UNSET: max(5 %, 256 MiB); 0: never read only for it */
    uint64_t checkpoint_bytes; /* of journal since the last one */
    uint64_t segment_bytes;
    bool distrust;
    bool accept_lost_words;
    bool date_frozen;
    const char *metrics; /* NULL: not shown */
    const char *web;     /* where browsers find the page; NULL: it is not served */
    const char *web_cert;
    const char *web_key;
    bool web_socket; /* a relay that is started by others is served there */
    const char
        *origins[SETTINGS_HOSTS_MAX + 1]; /* of their pages; blanks between some in one text */
    size_t origin_count;
    uint64_t web_connections;   /* 0: as usual */
    const char *found_link;     /* told by a practice ledger's page; NULL: it leads nowhere */
    const char *notify_contact; /* NULL: no Web Push is sent */
    const char *notify_url; /* of a telephone's gateway; NULL: there is none. So the next five */
    const char *notify_method;
    const char *notify_headers;
    const char *notify_body;
    const char *notify_success;
    const char *notify_secret; /* a file */
    uint64_t notify_after_s;   /* without an answer the next are told */
    uint64_t notify_most;      /* messages a person in ten minutes */
    bool notify_details;
    bool notify_private;
    const char *phone; /* notify */
    uint64_t slow_ms;  /* commands that take longer are logged; 0: none */
    /* backup, restore, backup-key */
    const char *to;
    const char *from;
    const char *follow;
    const char *backup; /* verify */
    const char *to_key;
    const char *key;
    const char *root_key;
    const char *passphrase_file;
    bool without_root_key;
    bool vault_only;
    uint64_t after;   /* the newest incarnation that was met; 0: not said */
    uint64_t every_s; /* 0: one backup */
    uint64_t keep;
    /* init, recover, code */
    const char *company;
    const char *country;
    const char *currency;
    const char *admin;
    const char *admin_name;
    const char *branch;
    bool practice;
    const char *utc_offset;
    const char *password_file;
    bool password_stdin;
    const char *hosts[SETTINGS_HOSTS_MAX + 1];
    size_t host_count;
    uint64_t terminal; /* 0: not said */
    const char *work;  /* verify; NULL: the ledger's folder */
    /* quarantine, verify-state */
    const char *reason;
    bool glance;
    /* clock */
    bool accept;
    /* web-name, web-root: more names of the page are in hosts */
    const char *dns_hook;
    const char *http; /* NULL: port 80 of every address */
    const char *directory;
    const char *ca_file;
    const char *email;
    bool staging;
    bool renew;
    bool new_root;
    const char *word; /* the one argument without a dash */
};

struct command {
    const char *name;
    int (*run)(const struct settings *settings); /* an exit code */
    const char *options;                         /* names of its options, by spaces */
    const char *word; /* what its argument is called; NULL: it takes none */
    const char *help; /* one line; NULL: not shown */
};

/* Reads the arguments behind the subcommand. 0: go on; else an exit code, with a sentence told. */
int settings_read(struct settings *ret_settings, const struct command *command, int argc,
                  char **argv);
/* The options of a subcommand, one a line; the same for the manual page and the completion. */
void settings_help(const struct command *command);
void settings_usage(const struct command *command, struct usage *usage);
/* A file for -c with every key and what it means. */
void settings_example(FILE *out);

/* The keys of that file; NULL behind the last. A flag is true or false. */
const char *settings_key(size_t i, bool *ret_flag);
/* Sets what the command line left open. False: the value cannot be understood. */
bool settings_set_key(struct settings *settings, const char *key, const char *value);
/* What its value may be: "BYTES from 64M to 64T, as 512M". */
void settings_key_wants(const char *key, char *out, size_t capacity);
/* "https://tefter.example:8443": as a browser says which page it is on. */
bool settings_origin(const char *text);
/* The line on which it stands in the file; 0: on none. */
int settings_line(const char *key);

/* "64G" "512M" "4096"; "90s" "15m" "1h" "7d". */
bool settings_bytes(const char *text, uint64_t *ret_bytes);
bool settings_span(const char *text, uint64_t *ret_seconds);
bool settings_number(const char *text, uint64_t *ret_number);

/* Tells a failure as one sentence on standard error and returns its exit code. */
int settings_report(const struct failure *failure);
