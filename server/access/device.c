/*
 * Which device is at the other end: its certificate names a terminal, and the terminal's record
 * says whether that certificate still counts. Looked at when it arrives and again when the record
 * changes, so that blocking a terminal cuts it at once.
 */
#include <stdio.h>
#include <stdlib.h>

#include "access/inside.h"

#define RENEW_BEFORE_MS ((int64_t)CA_TERMINAL_DAYS * 24 * 3600 * 1000 / 2)

/* "terminal 7" is 7; 0: no such name. */
static uint32_t number_of_name(const char *name)
{
    static const char prefix[] = "terminal ";
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return 0;
    const char *digits = name + sizeof prefix - 1;
    char *end = NULL;
    unsigned long number = *digits >= '1' && *digits <= '9' ? strtoul(digits, &end, 10) : 0;
    return end != NULL && *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static bool is_its(const struct principal *who, bool known, ProtobufCBinaryData fingerprint)
{
    return known && fingerprint.len == HASH_SIZE &&
           memcmp(fingerprint.data, who->proof.bytes, HASH_SIZE) == 0;
}

/* The newest of the device, or for some time the one before: the newest may never have reached
 * it. */
static bool proof_counts(const struct access *access, const struct principal *who,
                         const Tefter__TerminalRecord *record)
{
    if (record == NULL || is_its(who, record->has_fingerprint, record->fingerprint))
        return record != NULL;
    return is_its(who, record->has_before, record->before) &&
           access_now_ms(access) <= record->before_until_ms;
}

Tefter__RefusalCode access_recheck_device(struct access *access, struct principal *who,
                                          const Tefter__TerminalRecord *record)
{
    if (!proof_counts(access, who, record)) {
        access_note(access, who, &(struct note){.event = "terminal_unknown", .noisy = true});
        return TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN;
    }
    if (record->blocked) {
        access_note(access, who, &(struct note){.event = "terminal_blocked", .noisy = true});
        return TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED;
    }
    who->branch = record->branch;
    who->blocks = record->blocks;
    (void)snprintf(who->device_name, sizeof who->device_name, "%s", record->name);
    return 0;
}

Tefter__RefusalCode access_identify(struct access *access, struct principal *who,
                                    const char *common_name, const struct hash *fingerprint)
{
    arena_reset(&access->arena);
    struct ledger_view *view = access_view(access);
    if (view == NULL)
        return TEFTER__REFUSAL_CODE__BUSY;
    who->device = number_of_name(common_name);
    who->proof = *fingerprint;
    Tefter__RefusalCode code = access_recheck_device(
        access, who, who->device == 0 ? NULL : ledger_view_terminal(view, who->device));
    access_view_end(view);
    return code;
}

/* When the newest certificate was made: serials begin with it (next_serial). */
static int64_t issued_ms(const struct access *access, const Tefter__TerminalRecord *record)
{
    int64_t issued = record->has_serial ? (int64_t)(record->serial >> SERIAL_TIME_SHIFT) : 0;
    return issued <= access_now_ms(access) ? issued : 0; /* by a clock that was wrong */
}

int64_t renewal_from_ms(const struct access *access, const struct principal *who,
                        const Tefter__TerminalRecord *record)
{
    int64_t again_ms = issued_ms(access, record) + RENEWAL_AGAIN_MS;
    if (!is_its(who, record->has_fingerprint, record->fingerprint) || !record->has_not_after_ms)
        return again_ms; /* the newest may never have come to it */
    int64_t half_ms = record->not_after_ms - RENEW_BEFORE_MS;
    return half_ms > again_ms ? half_ms : again_ms;
}

bool access_renewal_due(const struct access *access, const struct principal *who,
                        const Tefter__TerminalRecord *record)
{
    return !is_its(who, record->has_fingerprint, record->fingerprint) ||
           (record->has_not_after_ms &&
            access_now_ms(access) > record->not_after_ms - RENEW_BEFORE_MS);
}
