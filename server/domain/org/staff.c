/*
 * Staff.
 *
 *   added ──▶ open ──ChangeStaff blocked──▶ blocked ──unblocked──▶ open
 *
 * 1. A login names one person, for ever.
 * 2. There is always an owner who is not blocked.
 * 3. Only an owner makes an owner, changes one, or sets or signs out another owner.
 * 4. Who has a branch writes there alone, about its papers alone.
 * 5. Who has a branch and is no owner looks after what is of that branch alone, and says neither
 *    where they themselves belong nor what they are.
 * 6. `generation` only rises: blocking, another role, a new password and signing out raise it, and
 *    tokens of a generation before are worth nothing.
 */
#include "domain/org/org.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* ---- records ---- */

static struct key staff_key(uint32_t staff)
{
    struct key key = key_book(TABLE_STAFF);
    key_u32(&key, staff);
    return key;
}

const Tefter__StaffRecord *staff_get(struct tx *tx, uint32_t staff)
{
    struct key key = staff_key(staff);
    return tx_cached(tx, &key, &tefter__staff_record__descriptor);
}

static Tefter__StaffRecord *staff_shared(struct tx *tx, uint32_t staff)
{
    struct key key = staff_key(staff);
    return tx_shared(tx, &key, &tefter__staff_record__descriptor);
}

const Tefter__StaffRecord *staff_by_login(struct tx *tx, const char *login)
{
    struct key logins = key_book(TABLE_STAFF_LOGIN);
    uint64_t staff = 0;
    bool known = strlen(login) <= LOGIN_MAX_BYTES && word_find(tx, &logins, login, &staff);
    return known ? staff_get(tx, (uint32_t)staff) : NULL;
}

static void staff_save(struct tx *tx, const Tefter__StaffRecord *staff)
{
    struct key key = staff_key(staff->staff);
    tx_put(tx, &key, &staff->base);
}

static void staff_make(struct tx *tx, const Tefter__StaffRecord *staff)
{
    struct key logins = key_book(TABLE_STAFF_LOGIN);
    staff_save(tx, staff);
    word_put(tx, &logins, staff->login, staff->staff);
}

/* ---- rules ---- */

static bool is_owner(const Tefter__StaffRecord *staff)
{
    return staff->role == TEFTER__ROLE__ROLE_OWNER;
}

static Tefter__Refusal *refuse_right(struct tx *tx, Tefter__Right right, const Tefter__Role *roles,
                                     size_t count)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    FIELD_SET(refusal, right, right);
    refusal->roles = tx_take(tx, count * sizeof *roles);
    for (size_t i = 0; i < count; i++)
        refusal->roles[refusal->n_roles++] = roles[i];
    return refusal;
}

static bool is_server(const Tefter__Actor *actor)
{
    return !actor->has_staff && !actor->has_terminal;
}

Tefter__Refusal *staff_needs_owner(struct tx *tx)
{
    const Tefter__Actor *actor = tx_actor(tx);
    static const Tefter__Role owner = TEFTER__ROLE__ROLE_OWNER;
    if (is_server(actor) || tx_recalled(tx))
        return NULL;
    const Tefter__StaffRecord *staff = actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    if (staff != NULL && is_owner(staff))
        return NULL;
    return refuse_right(tx, TEFTER__RIGHT__RIGHT_EDIT_STAFF, &owner, 1);
}

/* His own, always; an owner's only by an owner. */
static Tefter__Refusal *may_touch(struct tx *tx, const Tefter__StaffRecord *staff)
{
    const Tefter__Actor *actor = tx_actor(tx);
    if (!is_owner(staff) || (actor->has_staff && actor->staff == staff->staff))
        return NULL;
    return staff_needs_owner(tx);
}

/* Reads all staff: they are few, and owners change seldom. */
static bool is_last_owner(struct tx *tx, uint32_t staff)
{
    struct key prefix = key_book(TABLE_STAFF);
    struct tx_walk walk;
    bool last = true;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && last; on = tx_walk_next(&walk)) {
        const Tefter__StaffRecord *other = tx_walk_record(&walk, &tefter__staff_record__descriptor);
        last = !(is_owner(other) && !other->blocked && other->staff != staff);
    }
    tx_walk_end(&walk);
    return last;
}

/* 0 and absent: they write documents anywhere. */
static Tefter__Refusal *check_branch(struct tx *tx, bool given, uint32_t branch)
{
    if (given && branch != 0 && branch_get(tx, branch) == NULL)
        return refuse_not_found(tx, "branch");
    return NULL;
}

static uint32_t branch_of(const Tefter__StaffRecord *staff)
{
    return staff->has_branch ? staff->branch : 0;
}

/* The branch that they look after, 0: all. */
static uint32_t office_of(struct tx *tx, uint32_t staff)
{
    const Tefter__StaffRecord *record = staff != 0 ? staff_get(tx, staff) : NULL;
    if (record == NULL || is_owner(record) || tx_recalled(tx) ||
        !tx_rule(tx, RULE_THE_BOUND_STAY_BOUND))
        return 0;
    return branch_of(record);
}

static uint32_t actor_staff(struct tx *tx)
{
    const Tefter__Actor *actor = tx_actor(tx);
    return actor->has_staff ? actor->staff : 0;
}

static Tefter__Refusal *refuse_bound(struct tx *tx, const char *field, uint32_t office)
{
    const Tefter__BranchRecord *branch = branch_get(tx, office);
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__BOUND_TO_BRANCH, field);
    refusal->branch = branch != NULL ? branch->code : NULL;
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_EDIT_STAFF, refusal->roles);
    return refusal;
}

/* Their own password, PIN and devices are theirs, wherever they belong. */
static Tefter__Refusal *check_office_touch(struct tx *tx, uint32_t by,
                                           const Tefter__StaffRecord *staff)
{
    return by == staff->staff ? NULL : staff_check_office_of(tx, by, "staff", branch_of(staff));
}

static Tefter__StaffRecord *staff_new(struct tx *tx, uint32_t number, char *login,
                                      Tefter__Text *name, Tefter__Role role)
{
    Tefter__StaffRecord *staff = tx_new(tx, &tefter__staff_record__descriptor);
    staff->staff = number;
    staff->login = login;
    field_move_text(&staff->name, name);
    staff->role = role;
    staff->generation = 1;
    return staff;
}

/* Since RULE_WHO_MADE_THEM_IS_SEEN it is known of whom they have their role. */
static void note_role(struct tx *tx, Tefter__StaffRecord *staff)
{
    uint32_t by = actor_staff(tx);
    if (by == 0 || by == staff->staff || !tx_rule(tx, RULE_WHO_MADE_THEM_IS_SEEN))
        return;
    FIELD_SET(staff, role_by, by);
    FIELD_SET(staff, role_ms, tx_now_ms(tx));
}

/* ... and their password or PIN: also when they set another one themselves later. */
static void note_secret(struct tx *tx, Tefter__StaffRecord *staff, uint32_t by)
{
    if (by == 0 || by == staff->staff || !tx_rule(tx, RULE_WHO_MADE_THEM_IS_SEEN))
        return;
    FIELD_SET(staff, secret_by, by);
    FIELD_SET(staff, secret_ms, tx_now_ms(tx));
}

/* ---- changes ---- */

/* Who has one that looks like it; NULL: nobody. Looks at all: they are few and seldom added. */
static const Tefter__StaffRecord *staff_alike(struct tx *tx, const char *login)
{
    struct key prefix = key_book(TABLE_STAFF_LOGIN);
    struct tx_walk walk;
    uint64_t number = 0;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && number == 0;
         on = tx_walk_next(&walk))
        /* there the login stands as it folds, with its end */
        if (text_same_but((const char *)tx_walk_key(&walk).data + KEY_BOOK_HEAD, login, "-_."))
            number = tx_walk_number(&walk);
    tx_walk_end(&walk);
    return number != 0 ? staff_get(tx, (uint32_t)number) : NULL;
}

static Tefter__Refusal *look_add(struct tx *tx, const Tefter__AddStaff *command)
{
    Tefter__Refusal *refusal = field_login(tx, "login", command->login);
    if (refusal == NULL)
        refusal = field_text(tx, "name", command->name);
    if (refusal == NULL)
        refusal = check_branch(tx, command->has_branch, command->branch);
    if (refusal == NULL && command->has_branch && command->branch != 0)
        refusal = staff_check_office(tx, "branch", command->branch);
    if (refusal == NULL && command->role == TEFTER__ROLE__ROLE_OWNER)
        refusal = staff_needs_owner(tx);
    if (refusal != NULL)
        return refusal;
    const Tefter__StaffRecord *existing = staff_by_login(tx, command->login);
    if (existing != NULL)
        return refuse_existing(tx, "login", existing->staff);
    existing = tx_rule(tx, RULE_LOGINS_ARE_PLAIN) ? staff_alike(tx, command->login) : NULL;
    if (existing != NULL)
        return refuse_look(tx, "login", existing->staff, existing->login);
    return company_check_room(tx, "staff", COUNTS_STAFF, COMPANY_STAFF_MAX);
}

/* Who looks after a branch adds staff of that branch, said or not.
 * Refuses, in this order: login (field_login), name (field_text); NOT_FOUND branch (unless 0);
 * BOUND_TO_BRANCH branch; RIGHT_MISSING [OWNER] when role is OWNER and the actor neither an owner
 * nor the server; ALREADY_EXISTS login, LOOKS_LIKE login (the same but for marks), TOO_MANY staff.
 */
Tefter__Refusal *apply_add_staff(struct tx *tx, const Tefter__AddStaff *command, Tefter__Done *done)
{
    Tefter__Refusal *refusal = look_add(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__StaffRecord *staff = staff_new(tx, company_take(tx, company, COUNTS_STAFF),
                                           command->login, command->name, command->role);
    note_role(tx, staff);
    uint32_t said = command->has_branch ? command->branch : 0;
    uint32_t branch = said != 0 ? said : office_of(tx, actor_staff(tx));
    FIELD_SET_IF(staff, branch, branch != 0, branch);

    tx_decided(tx);
    staff_make(tx, staff);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__STAFF_CHANGED, staff->staff, done);
    return NULL;
}

/* Nobody of a branch frees, moves or promotes themselves, nor anybody else out of it. */
static Tefter__Refusal *check_office_change(struct tx *tx, const Tefter__ChangeStaff *command,
                                            const Tefter__StaffRecord *staff)
{
    uint32_t office = office_of(tx, actor_staff(tx));
    if (office == 0)
        return NULL;
    if (branch_of(staff) != office)
        return refuse_bound(tx, "staff", office);
    if (command->has_branch && command->branch != office)
        return refuse_bound(tx, "branch", office);
    bool own = staff->staff == actor_staff(tx);
    return own && command->has_role && command->role != staff->role
               ? refuse_bound(tx, "role", office)
               : NULL;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangeStaff *command,
                                    Tefter__StaffRecord **ret_staff)
{
    Tefter__Refusal *refusal = field_text(tx, "name", command->name);
    if (refusal != NULL)
        return refusal;
    Tefter__StaffRecord *staff = staff_shared(tx, command->staff);
    if (staff == NULL)
        return refuse_not_found(tx, "staff");
    *ret_staff = staff;
    refusal = check_branch(tx, command->has_branch, command->branch);
    if (refusal == NULL)
        refusal = check_office_change(tx, command, staff);
    bool to_owner = command->has_role && command->role == TEFTER__ROLE__ROLE_OWNER;
    if (refusal == NULL && (is_owner(staff) || to_owner))
        refusal = staff_needs_owner(tx);
    return refusal;
}

static bool move_branch(Tefter__StaffRecord *staff, const Tefter__ChangeStaff *command)
{
    uint32_t before = staff->has_branch ? staff->branch : 0;
    if (!command->has_branch || command->branch == before)
        return false;
    FIELD_SET_IF(staff, branch, command->branch != 0, command->branch);
    return true;
}

/* *ret_cut: their tokens end. */
static bool change_staff(Tefter__StaffRecord *staff, const Tefter__ChangeStaff *command,
                         bool *ret_cut)
{
    bool changed = field_move_text(&staff->name, command->name);
    changed |= move_branch(staff, command);
    *ret_cut = false;
    if (command->has_role && command->role != staff->role) {
        staff->role = command->role;
        *ret_cut = true;
    }
    if (field_move_int(command->has_blocked, command->blocked, NULL, &staff->blocked)) {
        changed = true;
        *ret_cut |= staff->blocked;
    }
    return changed || *ret_cut;
}

/* Invariant 2, when an unblocked owner has become something else. */
static Tefter__Refusal *check_owner_left(struct tx *tx, const Tefter__StaffRecord *staff)
{
    if (is_owner(staff) && !staff->blocked)
        return NULL;
    if (!is_last_owner(tx, staff->staff))
        return NULL;
    return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, is_owner(staff) ? "blocked" : "role");
}

/* Refuses, in this order: name (field_text); NOT_FOUND staff, branch (unless 0: anywhere);
 * BOUND_TO_BRANCH staff (not of the actor's branch), branch (another), role (one's own);
 * RIGHT_MISSING [OWNER] when they are or become an OWNER and the actor is neither an owner nor the
 * server; NOTHING_TO_CHANGE; when they were the last owner not blocked and would not stay one:
 * FIELD_INVALID role, or FIELD_INVALID blocked when the role stays. */
Tefter__Refusal *apply_change_staff(struct tx *tx, const Tefter__ChangeStaff *command,
                                    Tefter__Done *done)
{
    Tefter__StaffRecord *staff = NULL;
    Tefter__Refusal *refusal = look_change(tx, command, &staff);
    if (refusal != NULL)
        return refusal;
    bool counted = is_owner(staff) && !staff->blocked;
    bool cut = false;
    Tefter__Role before = staff->role;
    if (!change_staff(staff, command, &cut))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    refusal = counted ? check_owner_left(tx, staff) : NULL;
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    staff->generation += cut ? 1 : 0;
    if (staff->role != before)
        note_role(tx, staff);
    staff_save(tx, staff);
    event_done(tx, TEFTER__EVENT_KIND__STAFF_CHANGED, staff->staff, done);
    return NULL;
}

static Tefter__Refusal *look_secret(struct tx *tx, const Tefter__SetSecret *command,
                                    Tefter__StaffRecord **ret_staff)
{
    Tefter__Refusal *refusal = NULL;
    if (!command->has_password_hash && !command->has_pin_hash)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "password_hash");
    if (refusal == NULL && command->has_password_hash)
        refusal = field_bytes(tx, "password_hash", command->password_hash, SECRET_HASH_MAX);
    if (refusal == NULL && command->has_pin_hash)
        refusal = field_bytes(tx, "pin_hash", command->pin_hash, SECRET_HASH_MAX);
    if (refusal != NULL)
        return refusal;
    *ret_staff = staff_shared(tx, command->staff);
    if (*ret_staff == NULL)
        return refuse_not_found(tx, "staff");
    refusal = check_office_touch(tx, command->by, *ret_staff);
    return refusal == NULL ? may_touch(tx, *ret_staff) : refusal;
}

/* Of a secret that somebody else replaced its person is told when they log in, until they set one
 * themselves; and an alarm is raised. Who starts somebody with one is no stranger. */
static void note_who_set(struct tx *tx, Tefter__StaffRecord *staff, uint32_t by, bool replaces)
{
    if (by == staff->staff)
        staff->has_password_by = staff->has_password_ms = false;
    if (by == staff->staff || by == 0 || !replaces)
        return;
    Tefter__AlarmRow row = TEFTER__ALARM_ROW__INIT;
    row.actor = tx_actor_copy(tx);
    FIELD_SET(row.actor, staff, by);
    FIELD_SET(&row, staff, staff->staff);
    FIELD_SET(staff, password_by, by);
    FIELD_SET(staff, password_ms, tx_now_ms(tx));
    alarm_raise(tx, &row);
}

/* Refuses, in this order: FIELD_MISSING password_hash when neither is given; password_hash,
 * pin_hash (field_bytes, 256); NOT_FOUND staff; BOUND_TO_BRANCH staff (of another branch than
 * `by`, or of none); RIGHT_MISSING [OWNER] when they are an OWNER and the actor neither they
 * themselves, an owner nor the server. */
Tefter__Refusal *apply_set_secret(struct tx *tx, const Tefter__SetSecret *command,
                                  Tefter__Done *done)
{
    Tefter__StaffRecord *staff = NULL;
    Tefter__Refusal *refusal = look_secret(tx, command, &staff);
    if (refusal != NULL)
        return refusal;

    bool replaces = (command->has_password_hash && staff->has_password_hash) ||
                    (command->has_pin_hash && staff->has_pin_hash);

    tx_decided(tx);
    if (command->has_password_hash) {
        FIELD_SET(staff, password_hash, command->password_hash);
        staff->generation++;
    }
    if (command->has_pin_hash)
        FIELD_SET(staff, pin_hash, command->pin_hash);
    if (tx_rule(tx, RULE_SECRETS_SET_BY_OTHERS_ALARM))
        note_who_set(tx, staff, command->by, replaces);
    note_secret(tx, staff, command->by);
    staff_save(tx, staff);
    event_done(tx, TEFTER__EVENT_KIND__STAFF_CHANGED, staff->staff, done);
    return NULL;
}

/* Refuses, in this order: NOT_FOUND staff; BOUND_TO_BRANCH staff; RIGHT_MISSING [OWNER] when they
 * are an OWNER and the actor neither they themselves, an owner nor the server. */
Tefter__Refusal *apply_sign_out(struct tx *tx, const Tefter__SignOut *command, Tefter__Done *done)
{
    Tefter__StaffRecord *staff = staff_shared(tx, command->staff);
    if (staff == NULL)
        return refuse_not_found(tx, "staff");
    Tefter__Refusal *refusal = check_office_touch(tx, actor_staff(tx), staff);
    if (refusal == NULL)
        refusal = may_touch(tx, staff);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    staff->generation++;
    staff_save(tx, staff);
    event_done(tx, TEFTER__EVENT_KIND__STAFF_SIGNED_OUT, staff->staff, done);
    return NULL;
}

/* ---- services ---- */

static Tefter__Refusal *check_terminal(struct tx *tx, const Tefter__Actor *actor)
{
    if (!actor->has_terminal)
        return NULL;
    const Tefter__TerminalRecord *terminal = terminal_get(tx, actor->terminal);
    if (terminal == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN, NULL);
    return terminal->blocked ? refuse(tx, TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED, NULL) : NULL;
}

Tefter__Refusal *staff_actor_needs(struct tx *tx, Tefter__Right right)
{
    const Tefter__Actor *actor = tx_actor(tx);
    if (is_server(actor) || tx_recalled(tx))
        return NULL;
    const Tefter__StaffRecord *staff = actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    if (staff == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
    if (staff->blocked)
        return refuse(tx, TEFTER__REFUSAL_CODE__STAFF_BLOCKED, NULL);
    Tefter__Refusal *refusal = check_terminal(tx, actor);
    if (refusal != NULL || rights_role_may(staff->role, right))
        return refusal;
    Tefter__Role roles[RIGHTS_ROLES_MAX];
    return refuse_right(tx, right, roles, rights_roles_with(right, roles));
}

bool staff_actor_may(struct tx *tx, Tefter__Right right)
{
    const Tefter__Actor *actor = tx_actor(tx);
    if (is_server(actor) || tx_recalled(tx))
        return true;
    const Tefter__StaffRecord *staff = actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    if (staff == NULL || staff->blocked || !rights_role_may(staff->role, right))
        return false;
    const Tefter__TerminalRecord *terminal =
        actor->has_terminal ? terminal_get(tx, actor->terminal) : NULL;
    return !actor->has_terminal || (terminal != NULL && !terminal->blocked);
}

static bool of_late(struct tx *tx, int64_t at_ms)
{
    const int64_t while_ms = INT64_C(30) * 24 * 60 * 60 * 1000;
    return at_ms > tx_now_ms(tx) - while_ms;
}

/* Through as many as may stand between them; a longer line is nobody's. */
static bool made_by(struct tx *tx, uint32_t number, uint32_t maker, int between)
{
    const Tefter__StaffRecord *staff = staff_get(tx, number);
    if (staff == NULL)
        return false;
    uint32_t by[2] = {staff->has_secret_by && of_late(tx, staff->secret_ms) ? staff->secret_by : 0,
                      staff->has_role_by && of_late(tx, staff->role_ms) ? staff->role_by : 0};
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
        if (by[i] != 0 &&
            (by[i] == maker || (between > 0 && made_by(tx, by[i], maker, between - 1))))
            return true;
    return false;
}

bool staff_made_by(struct tx *tx, uint32_t maker)
{
    enum { BETWEEN_MAX = 3 };
    const Tefter__StaffRecord *record = maker != 0 ? staff_get(tx, maker) : NULL;
    uint32_t actor = actor_staff(tx);
    return record != NULL && !is_owner(record) && actor != 0 && actor != maker &&
           tx_rule(tx, RULE_WHO_MADE_THEM_IS_SEEN) && made_by(tx, actor, maker, BETWEEN_MAX);
}

bool staff_role_may(struct tx *tx, Tefter__Right right)
{
    const Tefter__Actor *actor = tx_actor(tx);
    const Tefter__StaffRecord *staff = actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    return is_server(actor) || (staff != NULL && rights_role_may(staff->role, right));
}

bool staff_actor_role(struct tx *tx, Tefter__Role *ret_role)
{
    const Tefter__Actor *actor = tx_actor(tx);
    if (is_server(actor) || tx_recalled(tx))
        return false;
    const Tefter__StaffRecord *staff = actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    *ret_role = staff != NULL ? staff->role : TEFTER__ROLE__ROLE_SALES;
    return true;
}

/* Used at any branch's device, and held to what is of one's own branch (staff_check_office): so
 * one who was bound to the wrong branch can be freed. */
static bool is_administration(Tefter__Right right)
{
    return right == TEFTER__RIGHT__RIGHT_EDIT_STAFF ||
           right == TEFTER__RIGHT__RIGHT_EDIT_BRANCHES ||
           right == TEFTER__RIGHT__RIGHT_EDIT_TERMINALS;
}

const Tefter__BranchRecord *staff_other_branch(struct tx *tx, const Tefter__StaffRecord *staff,
                                               uint32_t branch)
{
    if (!tx_rule(tx, RULE_STAFF_KEEP_TO_THEIR_BRANCH) || !staff->has_branch ||
        staff->branch == branch)
        return NULL;
    return branch_get(tx, staff->branch);
}

static Tefter__Refusal *refuse_branch(struct tx *tx, const char *field, char *code)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH, field);
    refusal->branch = code;
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_EDIT_STAFF, refusal->roles);
    return refusal;
}

Tefter__Refusal *staff_check_branch(struct tx *tx, Tefter__Right right)
{
    const Tefter__Actor *actor = tx_actor(tx);
    if (!actor->has_staff || tx_recalled(tx) || is_administration(right))
        return NULL;
    const Tefter__StaffRecord *staff = staff_get(tx, actor->staff);
    const Tefter__BranchRecord *other =
        staff != NULL ? staff_other_branch(tx, staff, branch_of_actor(tx)->branch) : NULL;
    return other != NULL ? refuse_branch(tx, NULL, other->code) : NULL;
}

bool staff_bound(struct tx *tx)
{
    const Tefter__Actor *actor = tx_actor(tx);
    const Tefter__StaffRecord *staff = actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    return staff != NULL && staff->has_branch && !tx_recalled(tx);
}

uint32_t staff_branch(struct tx *tx)
{
    return staff_bound(tx) ? staff_get(tx, tx_actor(tx)->staff)->branch : 0;
}

Tefter__Refusal *staff_wanted_branch(struct tx *tx, bool has_branch, uint32_t branch,
                                     uint32_t *ret_branch)
{
    uint32_t only = staff_branch(tx);
    *ret_branch = has_branch ? branch : only;
    if (has_branch && branch_get(tx, branch) == NULL)
        return refuse_not_found(tx, "branch");
    return has_branch && only != 0 ? staff_check_paper(tx, "branch", branch) : NULL;
}

Tefter__Refusal *staff_check_paper(struct tx *tx, const char *field, uint32_t branch)
{
    const Tefter__Actor *actor = tx_actor(tx);
    const Tefter__StaffRecord *staff =
        actor->has_staff && !tx_recalled(tx) ? staff_get(tx, actor->staff) : NULL;
    const Tefter__BranchRecord *of = branch_get(tx, branch != 0 ? branch : HEAD_OFFICE);
    if (staff == NULL || of == NULL || staff_other_branch(tx, staff, of->branch) == NULL)
        return NULL;
    return refuse_branch(tx, field, branch_get(tx, staff->branch)->code);
}

Tefter__Refusal *staff_check_office_of(struct tx *tx, uint32_t by, const char *field,
                                       uint32_t branch)
{
    uint32_t office = office_of(tx, by);
    return office == 0 || office == branch ? NULL : refuse_bound(tx, field, office);
}

Tefter__Refusal *staff_check_office(struct tx *tx, const char *field, uint32_t branch)
{
    return staff_check_office_of(tx, actor_staff(tx), field, branch);
}

Tefter__Refusal *staff_check_home(struct tx *tx, const char *field, uint32_t branch)
{
    return tx_rule(tx, RULE_THE_BOUND_KEEP_TO_THEIRS) ? staff_check_office(tx, field, branch)
                                                      : NULL;
}

void staff_add_owner(struct tx *tx, uint32_t staff, char *login, Tefter__Text *name)
{
    staff_make(tx, staff_new(tx, staff, login, name, TEFTER__ROLE__ROLE_OWNER));
}

/* ---- views ---- */

static Tefter__StaffMember *member_of(struct tx *tx, const Tefter__StaffRecord *staff)
{
    Tefter__StaffMember *member = tx_new(tx, &tefter__staff_member__descriptor);
    member->staff = staff->staff;
    member->login = staff->login;
    member->name = staff->name;
    member->role = staff->role;
    FIELD_COPY(member, branch, staff);
    member->blocked = staff->blocked;
    member->has_password = staff->has_password_hash;
    member->has_pin = staff->has_pin_hash;
    return member;
}

Tefter__Refusal *view_staff(struct tx *tx, const Tefter__StaffList *query,
                            Tefter__StaffAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_book(TABLE_STAFF);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->staff = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->staff);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        Tefter__StaffMember *member =
            member_of(tx, tx_walk_record(&walk, &tefter__staff_record__descriptor));
        if (!page_takes(&page, &member->base))
            break;
        answer->staff[answer->n_staff++] = member;
        last = member->staff;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}
