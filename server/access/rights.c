#include "access/inside.h"

bool access_may(const struct principal *who, Tefter__Right right)
{
    return right == TEFTER__RIGHT__RIGHT_NONE || ledger_may(who->role, right);
}

static const char *word_of(Tefter__Right right)
{
    const ProtobufCEnumValue *found =
        protobuf_c_enum_descriptor_get_value(&tefter__right__descriptor, (int)right);
    return found == NULL ? NULL : found->name;
}

const Tefter__Refusal *access_wants_roles(struct access *access, const struct principal *who,
                                          Tefter__Right right, const Tefter__Role *roles,
                                          size_t count)
{
    Tefter__Refusal *refusal = &access->refusal;
    need(count <= ROLES_MAX);
    tefter__refusal__init(refusal);
    refusal->code = TEFTER__REFUSAL_CODE__RIGHT_MISSING;
    refusal->has_right = true;
    refusal->right = right;
    refusal->n_roles = count;
    refusal->roles = access->roles;
    memcpy(access->roles, roles, count * sizeof *roles);
    access_note(
        access, who,
        &(struct note){
            .event = "right_missing", .staff = who->staff, .about = word_of(right), .noisy = true});
    return refusal;
}

const Tefter__Refusal *access_needs(struct access *access, const struct principal *who,
                                    Tefter__Right right)
{
    Tefter__Role roles[ROLES_MAX];
    if (access_may(who, right))
        return NULL;
    return access_wants_roles(access, who, right, roles, ledger_roles_with(right, roles));
}
