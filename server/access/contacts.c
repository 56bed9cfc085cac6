#include "access/contacts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/inside.h"
#include "base/grow.h"
#include "base/plain_file.h"
#include "notify.pb-c.h"

enum { FILE_MOST = 64 * 1024 * 1024 };

struct contacts {
    char *path; /* NULL: a restart forgets them */
    char *fresh;
    struct contact **people;
    size_t count;
    size_t room;
};

/* ---- in memory ---- */

static size_t place_of(const struct contacts *contacts, uint32_t staff)
{
    size_t place = 0;
    while (place < contacts->count && contacts->people[place]->staff != staff)
        place++;
    return place;
}

const struct contact *contacts_at(const struct contacts *contacts, size_t place)
{
    return place < contacts->count ? contacts->people[place] : NULL;
}

static struct contact *find(const struct contacts *contacts, uint32_t staff)
{
    size_t place = place_of(contacts, staff);
    return place < contacts->count ? contacts->people[place] : NULL;
}

const struct contact *contacts_of(const struct contacts *contacts, uint32_t staff)
{
    return find(contacts, staff);
}

static struct contact *find_or_make(struct contacts *contacts, uint32_t staff)
{
    struct contact *contact = find(contacts, staff);
    if (contact != NULL || contacts->count == NOTICE_PEOPLE_MAX ||
        !GROW(contacts->people, contacts->room, contacts->count + 1) ||
        (contact = calloc(1, sizeof *contact)) == NULL)
        return contact;
    contact->staff = staff;
    contacts->people[contacts->count++] = contact;
    return contact;
}

static void drop(struct contacts *contacts, size_t place)
{
    struct contact *contact = contacts->people[place];
    free(contact->told);
    secret_wipe(contact, sizeof *contact);
    free(contact);
    contacts->people[place] = contacts->people[--contacts->count];
}

static void drop_push(struct contact *contact, size_t place)
{
    struct contact_push *last = &contact->push[--contact->push_count];
    contact->push[place] = *last;
    secret_wipe(last, sizeof *last);
}

/* As many are watched, and what is not watched is told to nobody: at the bound it is one of a
 * ledger that was here before. */
static void told_put(struct contact *contact, uint64_t approval, int64_t at_ms)
{
    if (contact->told_count == NOTICE_WATCHED_MAX)
        memmove(contact->told, contact->told + 1, --contact->told_count * sizeof contact->told[0]);
    if (GROW(contact->told, contact->told_room, contact->told_count + 1))
        contact->told[contact->told_count++] = (struct contact_told){approval, at_ms};
}

static bool text_copy(char *out, size_t capacity, const char *from)
{
    return from != NULL && snprintf(out, capacity, "%s", from) < (int)capacity;
}

/* ---- the file ---- */

static void push_read(const Tefter__ContactsPush *from, struct contact *contact)
{
    struct contact_push push = {.terminal = from->terminal,
                                .generation = from->generation,
                                .login = from->login,
                                .since_ms = from->since_ms};
    const Tefter__PushAddress *address = from->address;
    if (contact->push_count == NOTICE_DEVICES_MAX || address->point.len != CONTACT_POINT_SIZE ||
        address->auth.len != CONTACT_AUTH_SIZE ||
        !text_copy(push.endpoint, sizeof push.endpoint, address->endpoint) ||
        !text_copy(push.language, sizeof push.language, from->language))
        return;
    memcpy(push.point, address->point.data, CONTACT_POINT_SIZE);
    memcpy(push.auth, address->auth.data, CONTACT_AUTH_SIZE);
    contact->push[contact->push_count++] = push;
}

static bool person_read(struct contacts *contacts, const Tefter__ContactsPerson *from)
{
    struct contact *contact = find_or_make(contacts, from->staff);
    if (contact == NULL)
        return false;
    (void)text_copy(contact->phone, sizeof contact->phone, from->phone);
    (void)text_copy(contact->language, sizeof contact->language, from->language);
    contact->quiet = from->has_quiet_from && from->has_quiet_until;
    contact->quiet_from = from->quiet_from;
    contact->quiet_until = from->quiet_until;
    for (size_t i = 0; i < from->n_push; i++)
        push_read(from->push[i], contact);
    for (size_t i = 0; i < from->n_told; i++)
        told_put(contact, from->told[i]->approval, from->told[i]->at_ms);
    return true;
}

/* What cannot be read is none: pages give it anew, and it keeps nobody from selling. */
static void bytes_read(struct contacts *contacts, const uint8_t *bytes, size_t size)
{
    Tefter__ContactsFile *file = tefter__contacts_file__unpack(NULL, size, bytes);
    if (file == NULL)
        return;
    for (size_t i = 0; i < file->n_people; i++)
        if (!person_read(contacts, file->people[i]))
            break;
    tefter__contacts_file__free_unpacked(file, NULL);
}

static bool read_file(struct contacts *contacts, struct failure *failure)
{
    if (!plain_or_absent(contacts->path, failure))
        return false;
    int fd = plain_open(AT_FDCWD, contacts->path, O_RDONLY, 0, NULL);
    if (fd < 0)
        return errno == ENOENT || fail(failure, FAULT_IO, errno, "cannot read %s", contacts->path);
    off_t size = lseek(fd, 0, SEEK_END);
    uint8_t *bytes = size > 0 && size <= FILE_MOST ? malloc((size_t)size) : NULL;
    if (bytes != NULL && pread(fd, bytes, (size_t)size, 0) == size)
        bytes_read(contacts, bytes, (size_t)size);
    if (bytes != NULL)
        secret_wipe(bytes, (size_t)size);
    free(bytes);
    (void)close(fd);
    return true;
}

/* The message's parts of one person, and where they lie. */
struct written {
    Tefter__ContactsPerson person;
    Tefter__ContactsPush push[NOTICE_DEVICES_MAX];
    Tefter__PushAddress address[NOTICE_DEVICES_MAX];
    Tefter__ContactsTold *told;
    Tefter__ContactsPush *push_list[NOTICE_DEVICES_MAX];
    Tefter__ContactsTold **told_list;
};

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void push_write(const struct contact_push *from, Tefter__ContactsPush *push,
                       Tefter__PushAddress *address)
{
    tefter__contacts_push__init(push);
    tefter__push_address__init(address);
    address->endpoint = plain(from->endpoint);
    address->point = (ProtobufCBinaryData){CONTACT_POINT_SIZE, (uint8_t *)(uintptr_t)from->point};
    address->auth = (ProtobufCBinaryData){CONTACT_AUTH_SIZE, (uint8_t *)(uintptr_t)from->auth};
    push->terminal = from->terminal;
    push->generation = from->generation;
    push->login = from->login;
    push->since_ms = from->since_ms;
    push->language = plain(from->language);
    push->address = address;
}

static bool person_write(const struct contact *from, struct written *out)
{
    out->told = calloc(from->told_count + 1, sizeof *out->told);
    out->told_list = calloc(from->told_count + 1, sizeof *out->told_list);
    if (out->told == NULL || out->told_list == NULL)
        return false;
    Tefter__ContactsPerson *person = &out->person;
    tefter__contacts_person__init(person);
    person->staff = from->staff;
    person->phone = from->phone[0] != '\0' ? plain(from->phone) : NULL;
    person->language = from->language[0] != '\0' ? plain(from->language) : NULL;
    person->has_quiet_from = person->has_quiet_until = from->quiet;
    person->quiet_from = from->quiet_from;
    person->quiet_until = from->quiet_until;
    for (size_t i = 0; i < from->push_count; i++) {
        push_write(&from->push[i], &out->push[i], &out->address[i]);
        out->push_list[i] = &out->push[i];
    }
    for (size_t i = 0; i < from->told_count; i++) {
        tefter__contacts_told__init(&out->told[i]);
        out->told[i].approval = from->told[i].approval;
        out->told[i].at_ms = from->told[i].at_ms;
        out->told_list[i] = &out->told[i];
    }
    person->n_push = from->push_count;
    person->push = out->push_list;
    person->n_told = from->told_count;
    person->told = out->told_list;
    return true;
}

/* A new file in the place of the old one, which stays when that cannot be written: not synced, for
 * pages give their part again. */
static bool bytes_write(const struct contacts *contacts, const uint8_t *bytes, size_t size)
{
    int fd = plain_open(AT_FDCWD, contacts->fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600, NULL);
    if (fd < 0)
        return false;
    bool good = write(fd, bytes, size) == (ssize_t)size;
    (void)close(fd);
    if (good && rename(contacts->fresh, contacts->path) == 0)
        return true;
    (void)unlink(contacts->fresh);
    return false;
}

static void pack_and_write(const struct contacts *contacts, const Tefter__ContactsFile *file)
{
    size_t size = tefter__contacts_file__get_packed_size(file);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return;
    tefter__contacts_file__pack(file, bytes);
    (void)bytes_write(contacts, bytes, size);
    secret_wipe(bytes, size);
    free(bytes);
}

static void keep(const struct contacts *contacts)
{
    Tefter__ContactsFile file = TEFTER__CONTACTS_FILE__INIT;
    if (contacts->path == NULL)
        return;
    struct written *written = calloc(contacts->count + 1, sizeof *written);
    file.people = calloc(contacts->count + 1, sizeof *file.people);
    if (written != NULL && file.people != NULL) {
        bool good = true;
        for (size_t i = 0; good && i < contacts->count; i++) {
            good = person_write(contacts->people[i], &written[i]);
            file.people[i] = &written[i].person;
        }
        file.n_people = contacts->count;
        if (good)
            pack_and_write(contacts, &file);
    }
    for (size_t i = 0; written != NULL && i < contacts->count; i++) {
        free(written[i].told);
        free(written[i].told_list);
    }
    free(written);
    free(file.people);
}

/* ---- changes ---- */

/* The same browser cannot be somebody else's at once. */
static void take_away(struct contacts *contacts, uint32_t staff, const struct contact_push *push)
{
    for (size_t i = 0; i < contacts->count; i++) {
        struct contact *contact = contacts->people[i];
        for (size_t k = contact->push_count; k-- > 0;) {
            bool same = contact->push[k].terminal == push->terminal ||
                        strcmp(contact->push[k].endpoint, push->endpoint) == 0;
            if (same && (contact->staff != staff || contact->push[k].terminal != push->terminal))
                drop_push(contact, k);
        }
    }
}

enum contacts_put contacts_put_push(struct contacts *contacts, uint32_t staff,
                                    const struct contact_push *push)
{
    struct contact *contact = find_or_make(contacts, staff);
    size_t place = 0;
    if (contact == NULL)
        return CONTACTS_TOO_MANY_PEOPLE;
    take_away(contacts, staff, push);
    while (place < contact->push_count && contact->push[place].terminal != push->terminal)
        place++;
    if (place == NOTICE_DEVICES_MAX)
        return CONTACTS_TOO_MANY_DEVICES;
    if (place == contact->push_count)
        contact->push_count++;
    contact->push[place] = *push;
    keep(contacts);
    return CONTACTS_PUT;
}

void contacts_remove_push(struct contacts *contacts, uint32_t staff, uint32_t terminal)
{
    struct contact *contact = find(contacts, staff);
    for (size_t k = contact == NULL ? 0 : contact->push_count; k-- > 0;) {
        if (contact->push[k].terminal != terminal)
            continue;
        drop_push(contact, k);
        keep(contacts);
    }
}

enum contacts_put contacts_set(struct contacts *contacts, const struct contact *from)
{
    struct contact *contact = find_or_make(contacts, from->staff);
    if (contact == NULL)
        return CONTACTS_TOO_MANY_PEOPLE;
    memcpy(contact->phone, from->phone, sizeof contact->phone);
    memcpy(contact->language, from->language, sizeof contact->language);
    contact->quiet = from->quiet;
    contact->quiet_from = from->quiet_from;
    contact->quiet_until = from->quiet_until;
    keep(contacts);
    return CONTACTS_PUT;
}

void contacts_tell(struct contacts *contacts, uint32_t staff, const uint64_t *approvals,
                   size_t count, int64_t at_ms)
{
    struct contact *contact = find(contacts, staff);
    if (contact == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        told_put(contact, approvals[i], at_ms);
    keep(contacts);
}

static int compare_u64(const void *one, const void *other)
{
    uint64_t a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return a < b ? -1 : a > b;
}

void contacts_told_keep(struct contacts *contacts, const uint64_t *open, size_t count)
{
    bool changed = false;
    for (size_t i = 0; i < contacts->count; i++) {
        struct contact *contact = contacts->people[i];
        size_t left = 0;
        for (size_t k = 0; k < contact->told_count; k++)
            if (count > 0 &&
                bsearch(&contact->told[k].approval, open, count, sizeof *open, compare_u64) != NULL)
                contact->told[left++] = contact->told[k];
        changed = changed || left < contact->told_count;
        contact->told_count = left;
    }
    if (changed)
        keep(contacts);
}

/* The file learns it with the next change: after a restart what is not open is let go. */
void contacts_told_forget(struct contacts *contacts, uint64_t approval)
{
    for (size_t i = 0; i < contacts->count; i++) {
        struct contact *contact = contacts->people[i];
        for (size_t k = contact->told_count; k-- > 0;)
            if (contact->told[k].approval == approval)
                memmove(contact->told + k, contact->told + k + 1,
                        (--contact->told_count - k) * sizeof contact->told[0]);
    }
}

int64_t contacts_told_ms(const struct contact *contact, uint64_t approval)
{
    for (size_t i = contact->told_count; i-- > 0;)
        if (contact->told[i].approval == approval)
            return contact->told[i].at_ms;
    return 0;
}

/* ---- forgetting ---- */

typedef bool (*push_is_fn)(const struct contact *contact, const struct contact_push *push,
                           uint64_t what);

static void forget_where(struct contacts *contacts, push_is_fn is, uint64_t what)
{
    bool changed = false;
    for (size_t i = 0; i < contacts->count; i++) {
        struct contact *contact = contacts->people[i];
        for (size_t k = contact->push_count; k-- > 0;) {
            if (!is(contact, &contact->push[k], what))
                continue;
            drop_push(contact, k);
            changed = true;
        }
    }
    if (changed)
        keep(contacts);
}

static bool is_of_terminal(const struct contact *contact, const struct contact_push *push,
                           uint64_t what)
{
    (void)contact;
    return push->terminal == what;
}

static bool is_of_login(const struct contact *contact, const struct contact_push *push,
                        uint64_t what)
{
    (void)contact;
    return push->login == what;
}

static bool is_of_staff(const struct contact *contact, const struct contact_push *push,
                        uint64_t what)
{
    (void)push;
    return contact->staff == what;
}

void contacts_forget_terminal(struct contacts *contacts, uint32_t terminal)
{
    forget_where(contacts, is_of_terminal, terminal);
}

void contacts_forget_login(struct contacts *contacts, uint64_t login)
{
    forget_where(contacts, is_of_login, login);
}

void contacts_forget_devices(struct contacts *contacts, uint32_t staff)
{
    forget_where(contacts, is_of_staff, staff);
}

void contacts_forget_staff(struct contacts *contacts, uint32_t staff)
{
    size_t place = place_of(contacts, staff);
    if (place == contacts->count)
        return;
    drop(contacts, place);
    keep(contacts);
}

void contacts_entered(struct contacts *contacts, const struct principal *who)
{
    bool changed = false;
    for (size_t i = 0; i < contacts->count; i++) {
        struct contact *contact = contacts->people[i];
        for (size_t k = contact->push_count; k-- > 0;) {
            struct contact_push *push = &contact->push[k];
            if (push->terminal != who->device)
                continue;
            changed = true;
            if (contact->staff != who->staff) {
                drop_push(contact, k);
                continue;
            }
            push->login = who->login;
            push->generation = who->generation;
        }
    }
    if (changed)
        keep(contacts);
}

/* ---- life ---- */

bool contacts_open(const char *path, struct contacts **ret_contacts, struct failure *failure)
{
    struct contacts *contacts = calloc(1, sizeof *contacts);
    *ret_contacts = contacts;
    if (contacts == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    if (path == NULL)
        return true;
    contacts->path = strdup(path);
    if (contacts->path == NULL || asprintf(&contacts->fresh, "%s.new", path) < 0) {
        contacts->fresh = NULL;
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    }
    return read_file(contacts, failure);
}

void contacts_close(struct contacts *contacts)
{
    if (contacts == NULL)
        return;
    while (contacts->count > 0)
        drop(contacts, contacts->count - 1);
    free(contacts->people);
    free(contacts->path);
    free(contacts->fresh);
    free(contacts);
}
