#pragma once
/*
 * The printer of a branch: takes the slips that tills ask for, draws them (client/paper) and brings
 * them to a receipt printer that speaks ESC/POS: at port 9100, at a device of this machine, or by a
 * queue of CUPS. Where a printer stands is this machine's setting alone; nothing that comes over
 * the network names one.
 *
 *   agent.c    asks the server for jobs, and says what became of each
 *   slip.c     a job → the rows of its slip, in a language
 *   escpos.c   a picture → bytes for the printer; its status → a state
 *   device.c   bytes to the printer, and what it answers
 *   printed.c  which documents came out before: they say COPY
 *
 * Blocking; one thread. Times are bounded: PRINTER_TURN_MS for one slip.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "lib/tefter.h"
#include "paper/paper.h"
#include "wire.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PRINTER_TURN_MS = 18 * 1000, /* the server waits somewhat longer */
    PRINTER_BYTES_MAX = 4 * 1024 * 1024,
    PRINTER_COPIES_MAX = 5,
};

/* ---- slip.c ---- */

struct slip_facts {
    const char *company;
    const struct currency *currency;
    enum language language;
    bool copy;
};
/* Rows and texts in the arena. false: no memory. */
bool slip_of(const Tefter__PrintJob *job, const struct slip_facts *facts, struct arena *arena,
             struct slip *ret_slip);

/* ---- escpos.c ---- */

/* One slip, cut; `drawer`: the cash drawer is opened first. false: no memory. */
bool escpos_slip(const struct picture *picture, uint32_t copies, bool drawer, struct buffer *out);

/* What a printer answers to DLE EOT n: 1 itself, 2 why it is offline, 4 its paper. */
enum { ESCPOS_ASK_SIZE = 3 };
void escpos_ask(uint8_t n, uint8_t out[ESCPOS_ASK_SIZE]);
/* One answer; what is none changes nothing. The worse of two states stays. false: it is none. */
bool escpos_answer(uint8_t n, uint8_t byte, Tefter__PrinterState *state);

/* ---- device.c ---- */

enum device_kind {
    DEVICE_ADDRESS, /* HOST[:PORT] */
    DEVICE_FILE,    /* /dev/usb/lp0 */
    DEVICE_QUEUE,   /* queue:NAME */
};
struct device {
    enum device_kind kind;
    char name[256]; /* host, path or queue */
    uint16_t port;
};
/* From the settings. false: FAULT_USE says what is wrong. */
bool device_read(const char *text, struct device *ret_device, struct failure *failure);

struct device_report {
    Tefter__PrintOutcome outcome;
    char text[200]; /* why, in words for people; "" when it is plain */
    bool silent;    /* DONE: it took all bytes, and does not say whether it printed them */
};
/* How it is now; false: it does not say, so READY is believed. */
bool device_state(const struct device *device, Tefter__PrinterState *ret_state);
/* Brings it the bytes, and waits for its word that they are done, if it gives one. DONE of a
 * printer that answers nothing means that it took all bytes. Only UNKNOWN may have come out. */
void device_print(const struct device *device, struct slice bytes,
                  struct device_report *ret_report);

/* ---- printed.c ---- */

struct printed;
/* The file in the profile's folder, of that ledger; one program at a time (FAULT_BUSY). */
bool printed_open(const char *folder, const uint8_t ledger[16], struct printed **ret_printed,
                  struct failure *failure);
void printed_close(struct printed *printed); /* NULL welcome */
bool printed_has(const struct printed *printed, uint64_t document);
/* Durable when it returns. */
bool printed_add(struct printed *printed, uint64_t document, struct failure *failure);
/* The one that was added last did not come out after all. */
void printed_take_back(struct printed *printed);

/* ---- agent.c ---- */

struct printer_settings {
    const char *profile; /* as struct tefter_options */
    const char *server;
    const char *program;
    struct device device;
    uint32_t width; /* in dots */
    bool drawer;    /* there is one at the printer */
    bool said_language;
    enum language language;
    uint32_t copies;
    const char *pictures; /* a folder: each slip is written there as a PNG too; NULL: none */
    bool (*stop)(void);   /* asked between jobs */
    /* What is worth a line: an event, what it is about and why; "" where there is nothing to say.
     */
    void (*note)(const char *event, const char *about, const char *why);
};
/* Until `stop` says so, or the server turns it away for good: then the failure says why. */
bool printer_serve(const struct printer_settings *settings, struct failure *failure);
