// Written by tools/words from shared/words. Not to be edited.
import { Role } from "../../lib/messages";

export const roles: Readonly<Record<Role, string>> = {
    [Role.ROLE_SALES]: "sales",
    [Role.ROLE_CONTROLLER]: "controller",
    [Role.ROLE_ACCOUNTANT]: "accountant",
    [Role.ROLE_MANAGER]: "manager",
    [Role.ROLE_OWNER]: "owner",
};

export const otherRole = "another role";
