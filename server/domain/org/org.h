#pragma once
/*
 * The organisation: the company, its branches, its terminals, its staff and their rights. Life
 * cycles and invariants stand at the head of each entity's file.
 */
#include "base/workdays.h"
#include "domain/entity/entity.h"
#include "view.pb-c.h"

/* ---- the company: name, currency, credit policy, and the next number of everything ---- */

/* Of the state; needed: a ledger without a company takes no command but CreateCompany. */
const Tefter__CompanyRecord *company_get(struct tx *tx);
/* The command's own, to change and save: the same message for all who ask in a command. */
Tefter__CompanyRecord *company_shared(struct tx *tx);
bool company_exists(struct tx *tx);
/* Of the record, without reading all of it; 0 before there is a company. */
uint32_t company_cash_customer(struct tx *tx);
uint32_t company_customers(struct tx *tx); /* their numbers are 1 to this, and few are nobody's */
/* May some be nobody's? A restore leaves a gap, for those that terminals bring back. */
bool company_has_gaps(struct tx *tx);
/* What the company counts: each the counter's field in CompanyRecord. */
enum company_count {
    COUNTS_BRANCHES = 20,
    COUNTS_STAFF = 21,
    COUNTS_TERMINALS = 22,
    COUNTS_CUSTOMERS = 23,
    COUNTS_GROUPS = 24,
    COUNTS_PRODUCTS = 25,
    COUNTS_MONEY_ACCOUNTS = 26,
    COUNTS_APPROVALS = 27,
    COUNTS_STATEMENTS = 801,
};
/* The next number of a counter of the company's. Raises it; the caller saves the company. A
 * recalled command gets the number it had. */
uint32_t company_take(struct tx *tx, Tefter__CompanyRecord *company, enum company_count count);
uint64_t company_take_approval(struct tx *tx, Tefter__CompanyRecord *company);
/* Leaves out the next `numbers` of them. */
void company_skip(Tefter__CompanyRecord *company, enum company_count count, uint32_t numbers);
void company_save(struct tx *tx, const Tefter__CompanyRecord *company);
/* One more of what a company may have `most` of; numbers that were left out do not count. Refuses
 * TOO_MANY with `most`; under rules before RULE_BOUNDS_AGREE nothing. */
Tefter__Refusal *company_check_room(struct tx *tx, const char *field, enum company_count count,
                                    uint32_t most);
/* The term of payment of whom neither they nor a group give one. */
uint32_t company_term_days(struct tx *tx);
/* The company's own currency, or absent. Refuses WRONG_CURRENCY. */
Tefter__Refusal *company_check_currency(struct tx *tx, const char *field, const char *currency);

/* CreateCompany makes the first of several entities and is party's, the highest of them; these are
 * the company's own part, and below the branch's and the staff's.
 * Refuses, in this order: name (field_line), currency (FIELD_INVALID). */
Tefter__Refusal *company_check_new(struct tx *tx, const Tefter__CreateCompany *command);
/* A record with nothing given out yet; the caller takes the first numbers and saves it. */
Tefter__CompanyRecord *company_new(struct tx *tx, const Tefter__CreateCompany *command);

/* All but owed_minor and unmatched_minor, which come from higher folders and stay 0 here. */
Tefter__Refusal *view_company(struct tx *tx, const Tefter__CompanyView *query,
                              Tefter__CompanyAnswer *answer);

/* ---- branches: code, business date, the series of document numbers ---- */

Tefter__BranchRecord *branch_get(struct tx *tx, uint32_t branch);
/* The actor's branch; the head office (1) when they have none. */
Tefter__BranchRecord *branch_of_actor(struct tx *tx);
/* That branch, on the business date it has for this command: where a paper of another branch is put
 * right. */
Tefter__BranchRecord *branch_of_paper(struct tx *tx, uint32_t branch);
void branch_save(struct tx *tx, const Tefter__BranchRecord *branch);
/* Its business date is another one, either way; saved. Those whom that changes are told by a job.
 * After the decided line. */
void branch_move_date(struct tx *tx, Tefter__BranchRecord *branch, uint32_t date);
/* Money is matched, or a match undone, under that date, and no document with it: the business date
 * does not go back behind it. `document` names it. After the decided line. */
void branch_note_match(struct tx *tx, Tefter__BranchRecord *branch, uint32_t date,
                       uint64_t document);
/* Is it a number of a branch's own series, "TD-00017" or "TD-CN-00002", given out or still to be?
 * Then *ret_kind is what the branch gives it to. */
bool branch_counts(struct tx *tx, const char *number, Tefter__DocumentKind *ret_kind);
/* Is such a number written as a branch writes it: no "td-00017", no other digits? */
bool branch_writes(const char *number);
/* Does the number belong to the series that a branch has after a restore? */
bool branch_marks(struct tx *tx, const char *number);
/* A paper of that kind has this number of a branch's series and is not here: the series goes on
 * behind it. A number of no series changes nothing. After the decided line. */
void branch_pass_number(struct tx *tx, Tefter__DocumentKind kind, const char *paper);
/* Business date of the head office: for what must not depend on who looks. */
uint32_t branch_head_date(struct tx *tx);
/* All of them, by number. */
size_t branch_list(struct tx *tx, const Tefter__BranchRecord ***ret_branches);
/* The latest business date of any: but for a few papers, nothing is dated after it. */
uint32_t branch_latest_date(struct tx *tx);

/* The days on which it works, as SetWorkdays said; all of them when it said nothing. The days live
 * as long as the command. */
struct workdays branch_workdays(struct tx *tx, uint32_t branch);
/* The earliest business date of branches that are not blocked. */
uint32_t branch_earliest_date(struct tx *tx);

/* The counter of a series in the record: its next number; while a recovery is on, of the series
 * that is marked as of it. Who raises it saves the record. */
uint32_t *branch_series(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind);
/* A number of that series, "TD-00017", "TD-CN-00002", "TD-R-00005" (receipts), "TD-X-00001"
 * (reversals), "TD-RF-00001" (refunds), "TD-M-00001" (moves of money); while a recovery is on,
 * "TD-R1-00001", "TD-R1-CN-00001" and so on. */
char *branch_number(struct tx *tx, const Tefter__BranchRecord *branch, Tefter__DocumentKind kind,
                    uint32_t at);

/* 1 to 8 capital letters A-Z and digits. Refuses FIELD_INVALID. */
Tefter__Refusal *branch_check_code(struct tx *tx, const char *field, const char *code);
/* After the decided line of CreateCompany. */
/* The first branch. What is of no branch (a bank account of the company) is looked after there. */
enum { HEAD_OFFICE = 1 };
void branch_add_head_office(struct tx *tx, uint32_t branch, char *code, char *name, uint32_t date);

Tefter__Refusal *apply_add_branch(struct tx *tx, const Tefter__AddBranch *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_change_branch(struct tx *tx, const Tefter__ChangeBranch *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_turn_day(struct tx *tx, const Tefter__TurnDay *command, Tefter__Done *done);
Tefter__Refusal *apply_set_workdays(struct tx *tx, const Tefter__SetWorkdays *command,
                                    Tefter__Done *done);
Tefter__Refusal *view_branches(struct tx *tx, const Tefter__BranchList *query,
                               Tefter__BranchesAnswer *answer);

/* ---- terminals: devices of a branch, enrolled by a one-time code, known by a certificate ---- */

const Tefter__TerminalRecord *terminal_get(struct tx *tx, uint32_t terminal);

Tefter__Refusal *apply_add_terminal(struct tx *tx, const Tefter__AddTerminal *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_change_terminal(struct tx *tx, const Tefter__ChangeTerminal *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_set_enrolment_code(struct tx *tx, const Tefter__SetEnrolmentCode *command,
                                          Tefter__Done *done);
Tefter__Refusal *apply_enrol_terminal(struct tx *tx, const Tefter__EnrolTerminal *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_renew_terminal(struct tx *tx, const Tefter__RenewTerminal *command,
                                      Tefter__Done *done);
/* `connected` and `staff` are left absent: the session knows them. */
Tefter__Refusal *view_terminals(struct tx *tx, const Tefter__TerminalList *query,
                                Tefter__TerminalsAnswer *answer);

/* ---- rights: the one table of role x right ---- */

enum { RIGHTS_ROLES_MAX = 8 };

/* Has this role the right? RIGHT_SERVER belongs to nobody; unknown roles have none. */
bool rights_role_may(Tefter__Role role, Tefter__Right right);
/* Those that have it, in the order of the roles' numbers; how many. */
size_t rights_roles_with(Tefter__Right right, Tefter__Role ret_roles[RIGHTS_ROLES_MAX]);

/* ---- thresholds: what a role may up to so much ---- */

/* As much as they want. A yes or no is 1 or 0. */
#define THRESHOLD_ANY INT64_MAX

/* As every ledger begins with. */
int64_t threshold_usual(Tefter__Threshold threshold, Tefter__Role role);
/* Has the role to do with it at all? */
bool threshold_applies(Tefter__Threshold threshold, Tefter__Role role);
/* What the actor may; THRESHOLD_ANY for the server, of a recalled command, and under rules before
 * RULE_THRESHOLDS. */
int64_t threshold_most(struct tx *tx, Tefter__Threshold threshold);
int64_t threshold_most_of(struct tx *tx, Tefter__Threshold threshold, Tefter__Role role);
/* NULL when the actor may so much, else MORE_THAN_YOU_MAY with threshold, wanted, most and the
 * roles that may. */
Tefter__Refusal *threshold_check(struct tx *tx, Tefter__Threshold threshold, const char *field,
                                 int64_t wanted);
/* That refusal, when the caller has found it: `most` is what they may here. */
Tefter__Refusal *threshold_refuse(struct tx *tx, Tefter__Threshold threshold, const char *field,
                                  int64_t wanted, int64_t most);

Tefter__Refusal *apply_set_thresholds(struct tx *tx, const Tefter__SetThresholds *command,
                                      Tefter__Done *done);
Tefter__Refusal *view_rights(struct tx *tx, const Tefter__RightsView *query,
                             Tefter__RightsAnswer *answer);

/* ---- staff, and what an actor may, which is their role's ---- */

const Tefter__StaffRecord *staff_get(struct tx *tx, uint32_t staff);
const Tefter__StaffRecord *staff_by_login(struct tx *tx, const char *login);

/* NULL when the actor may. An actor without staff and without terminal is the server itself and
 * may everything. Refuses, in this order: NOT_LOGGED_IN (no staff, or unknown), STAFF_BLOCKED,
 * TERMINAL_UNKNOWN, TERMINAL_BLOCKED, RIGHT_MISSING with the right and the roles that have it. */
Tefter__Refusal *staff_actor_needs(struct tx *tx, Tefter__Right right);
bool staff_actor_may(struct tx *tx, Tefter__Right right);
/* Has who acts their password, PIN or role of that person, or of one who has it of them, and of
 * late? Nobody is made by an owner, who could allow it themselves. */
bool staff_made_by(struct tx *tx, uint32_t maker);
/* By their role alone, of a recalled command too; the server may. */
bool staff_role_may(struct tx *tx, Tefter__Right right);
/* The role of who acts. false: it is the server, or a command is recalled, and none is asked. */
bool staff_actor_role(struct tx *tx, Tefter__Role *ret_role);
/* An owner or the server. Refuses RIGHT_MISSING [OWNER]. */
Tefter__Refusal *staff_needs_owner(struct tx *tx);
/* The branch that they write in, when it is another than that; NULL: they may write there. */
const Tefter__BranchRecord *staff_other_branch(struct tx *tx, const Tefter__StaffRecord *staff,
                                               uint32_t branch);
/* A person of one branch writes there alone; what concerns the whole company, by its right, they do
 * anywhere. Refuses STAFF_OF_OTHER_BRANCH with the branch and the roles that may change it. */
Tefter__Refusal *staff_check_branch(struct tx *tx, Tefter__Right right);
/* Does who acts belong to a branch, so that papers of others are closed to them? */
bool staff_bound(struct tx *tx);
/* The branch that they belong to; 0: all are theirs to see. */
uint32_t staff_branch(struct tx *tx);
/* The branch that a question is about, told or the one they belong to; 0: all. Refuses NOT_FOUND
 * branch, STAFF_OF_OTHER_BRANCH branch. */
Tefter__Refusal *staff_wanted_branch(struct tx *tx, bool has_branch, uint32_t branch,
                                     uint32_t *ret_branch);
/* They take back, correct, credit, confirm and match papers of their own branch alone. Refuses
 * STAFF_OF_OTHER_BRANCH `field` with their branch and the roles that may change it. */
Tefter__Refusal *staff_check_paper(struct tx *tx, const char *field, uint32_t branch);

/* Who belongs to a branch, an owner aside (there may be none but them to free them), looks after
 * what is of that branch alone: this is of `branch`, 0 of none, of the whole company. Refuses,
 * since RULE_THE_BOUND_STAY_BOUND, BOUND_TO_BRANCH `field` with their branch and the roles that
 * may. */
Tefter__Refusal *staff_check_office(struct tx *tx, const char *field, uint32_t branch);
/* The same since RULE_THE_BOUND_KEEP_TO_THEIRS: of a customer whom that branch opened, 0 of what is
 * the company's. */
Tefter__Refusal *staff_check_home(struct tx *tx, const char *field, uint32_t branch);
/* The same, of whom the server has a command from; 0: nobody. */
Tefter__Refusal *staff_check_office_of(struct tx *tx, uint32_t by, const char *field,
                                       uint32_t branch);

/* After the decided line of CreateCompany. */
void staff_add_owner(struct tx *tx, uint32_t staff, char *login, Tefter__Text *name);

Tefter__Refusal *apply_add_staff(struct tx *tx, const Tefter__AddStaff *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_change_staff(struct tx *tx, const Tefter__ChangeStaff *command,
                                    Tefter__Done *done);
/* Bytes of a hash of a password or PIN. */
enum { SECRET_HASH_MAX = 256 };
Tefter__Refusal *apply_set_secret(struct tx *tx, const Tefter__SetSecret *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_sign_out(struct tx *tx, const Tefter__SignOut *command, Tefter__Done *done);
Tefter__Refusal *view_staff(struct tx *tx, const Tefter__StaffList *query,
                            Tefter__StaffAnswer *answer);
