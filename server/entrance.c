#include "entrance.h"

#include "access/access.h"
#include "base/limits.h"

#include <stdio.h>

static bool root_hash(const struct folder *folder, struct hash *ret_hash, struct failure *failure)
{
    struct keys keys;
    int64_t ends_ms;
    if (!keys_read(folder, &keys, failure))
        return false;
    bool good = ca_certificate_facts(keys.root.certificate, ret_hash, &ends_ms, failure);
    keys_fini(&keys);
    return good;
}

bool entrance_code(struct rooms *rooms, uint32_t terminal, struct arena *arena, char ret_code[],
                   struct failure *failure)
{
    struct enrolment_code code;
    struct hash root;
    if (!root_hash(&rooms->folder, &root, failure))
        return false;
    access_new_code(&root, &code);
    memcpy(ret_code, code.text, sizeof code.text);
    Tefter__SetEnrolmentCode set = TEFTER__SET_ENROLMENT_CODE__INIT;
    set.terminal = terminal;
    set.code_digest = (ProtobufCBinaryData){HASH_SIZE, code.digest.bytes};
    set.expires_ms = clock_now_ms(&rooms->clock) + CODE_LIFE_MS;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE;
    command.set_enrolment_code = &set;
    return commit_one(rooms->commit, &command, arena, NULL, failure);
}

bool entrance_password(struct rooms *rooms, uint32_t staff, const char *password_hash,
                       struct arena *arena, struct failure *failure)
{
    Tefter__SetSecret set = TEFTER__SET_SECRET__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    set.staff = staff;
    set.has_password_hash = 1;
    set.password_hash =
        (ProtobufCBinaryData){strlen(password_hash), (uint8_t *)(uintptr_t)password_hash};
    command.kind_case = TEFTER__COMMAND__KIND_SET_SECRET;
    command.set_secret = &set;
    return commit_one(rooms->commit, &command, arena, NULL, failure);
}

void entrance_tell(const char *code, const char *listen)
{
    printf("code %s\n\n"
           "It is good for %d minutes and for one device. On that device:\n\n"
           "  tefter enrol %s %s\n"
           "  tefter login\n",
           code, (int)(CODE_LIFE_MS / 60000), listen, code);
}
