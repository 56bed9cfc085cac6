#pragma once
/*
 * Contacts: how people are told that an approval waits for them while they look at no page.
 * Browsers that take Web Push, a telephone, hours of rest, and which approvals they were told of:
 * that stays as long as the approval is open.
 * Secrets: what lies here lets others send to people's devices. So it is in a file of the ledger's
 * folder, mode 600, and neither in the journal nor in backups: after a restore pages give their
 * part again by themselves.
 *
 * A device's part goes with the login it was given under: when that is logged out, when somebody
 * else logs in there, when the device is blocked or enrolled anew, when the person is blocked or
 * signed out. On the loop's thread.
 */
#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONTACT_POINT_SIZE = 65,
    CONTACT_AUTH_SIZE = 16,
    CONTACT_ENDPOINT_MAX = 1000,
    CONTACT_PHONE_SIZE = 20,
    CONTACT_LANGUAGE_SIZE = 8,
};

struct contact_push {
    uint32_t terminal;
    uint32_t generation; /* of the person's record */
    uint64_t login;
    int64_t since_ms;
    char language[CONTACT_LANGUAGE_SIZE];
    uint8_t point[CONTACT_POINT_SIZE];
    uint8_t auth[CONTACT_AUTH_SIZE];
    char endpoint[CONTACT_ENDPOINT_MAX + 1];
};

struct contact_told {
    uint64_t approval;
    int64_t at_ms;
};

struct contact {
    uint32_t staff;
    char phone[CONTACT_PHONE_SIZE]; /* "": none */
    char language[CONTACT_LANGUAGE_SIZE];
    bool quiet;
    uint32_t quiet_from; /* minutes of the day */
    uint32_t quiet_until;
    size_t push_count;
    struct contact_push push[NOTICE_DEVICES_MAX];
    size_t told_count;
    size_t told_room;
    struct contact_told *told; /* oldest first, NOTICE_WATCHED_MAX at most */
};

struct contacts;

/* The one at this place, from 0; NULL behind the last. Valid until one is put or forgotten. */
const struct contact *contacts_at(const struct contacts *contacts, size_t place);
const struct contact *contacts_of(const struct contacts *contacts, uint32_t staff);

enum contacts_put { CONTACTS_PUT, CONTACTS_TOO_MANY_DEVICES, CONTACTS_TOO_MANY_PEOPLE };
/* In the place of what that terminal had. */
enum contacts_put contacts_put_push(struct contacts *contacts, uint32_t staff,
                                    const struct contact_push *push);
void contacts_remove_push(struct contacts *contacts, uint32_t staff, uint32_t terminal);
/* Telephone, its language, hours of rest: of `from` nothing else is taken. */
enum contacts_put contacts_set(struct contacts *contacts, const struct contact *from);
/* They were told of these, in one message. */
void contacts_tell(struct contacts *contacts, uint32_t staff, const uint64_t *approvals,
                   size_t count, int64_t at_ms);
/* Whoever was told of others is told of them no more: only these are open. Ascending. */
void contacts_told_keep(struct contacts *contacts, const uint64_t *open, size_t count);
/* It is decided, or over. */
void contacts_told_forget(struct contacts *contacts, uint64_t approval);
/* When they were told of it; 0: they were not. */
int64_t contacts_told_ms(const struct contact *contact, uint64_t approval);

void contacts_forget_terminal(struct contacts *contacts, uint32_t terminal);
void contacts_forget_devices(struct contacts *contacts, uint32_t staff);
void contacts_forget_staff(struct contacts *contacts, uint32_t staff);
