/* One of the staff: made, changed, blocked; what their role may do is shown where it is granted, and a change is rehearsed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Choice, Field, Sheet } from "../kit";
import { passwordGuessable, pinGuessable } from "../kit/guessable";
import { plainDigits } from "../kit/read";
import { refusalText, roleText } from "../kit/refusal";
import { begin, say } from "../kit/words";
import { History, OthersNotice, useOthers } from "../desk/history";
import { Rehearsal, useRehearsal } from "../desk/rehearsal";
import type { Client, Sent } from "../lib/api";
import { MasterKind, Role, type ChangeStaff, type StaffMember } from "../lib/messages";
import { roles, RoleSummary } from "./matrix";
import { done, type Lists } from "./lists";

interface Made {
    staff: number;
    login: string;
    name: string;
    role: Role;
    branch: number;
}

export function Person({
    client,
    lists,
    person,
    onClose,
}: {
    client: Client;
    lists: Lists | undefined;
    person?: StaffMember;
    onClose: () => void;
}): JSX.Element {
    const [name, setName] = useState(person?.name?.value ?? "");
    const [login, setLogin] = useState(person?.login ?? "");
    const [role, setRole] = useState<Role>(person?.role ?? Role.ROLE_SALES);
    const bound = client.me.value?.bound_branch;
    const [branch, setBranch] = useState<number>(person?.branch ?? bound ?? 0);
    const [pin, setPin] = useState("");
    const [password, setPassword] = useState("");
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    /* Who the ledger has: of a new person what it took before something else was refused. */
    const [made, setMade] = useState<Made | undefined>(
        person && {
            staff: person.staff,
            login: person.login,
            name: person.name?.value ?? "",
            role: person.role,
            branch: person.branch ?? 0,
        },
    );
    const branches = [
        ...(bound === undefined ? [{ id: 0, text: say("all") }] : []),
        ...(lists?.branches ?? [])
            .filter((each) => bound === undefined || each.branch === bound)
            .map((each) => ({ id: each.branch, text: each.name })),
    ];
    const others = useOthers(client, MasterKind.MASTER_STAFF, person?.staff ?? 0, person !== undefined);
    const [blocking, setBlocking] = useState(false);
    const change: Sent<ChangeStaff> | undefined =
        person === undefined
            ? undefined
            : blocking
              ? { staff: person.staff, blocked: true }
              : role !== person.role
                ? { staff: person.staff, role }
                : undefined;
    const told = useRehearsal(client, change === undefined ? undefined : { change_staff: change });
    const mine = bound !== undefined && person?.staff === client.me.value?.staff; /* nobody promotes themselves */
    const save = async (): Promise<void> => {
        if (busy || name.trim() === "" || login.trim() === "" || easy) return;
        setBusy(true);
        if (!(await others.check())) {
            setBusy(false);
            return;
        }
        const text = { value: name.trim() },
            home = branch === 0 ? undefined : branch;
        const now = { login: login.trim(), name: name.trim(), role, branch };
        const before = made?.login === now.login ? made : undefined; /* another login is another person */
        let staff = before?.staff;
        let said: bigint | string = 0n;
        if (before === undefined) {
            said = await done(
                client,
                client.submit("add_staff", { login: now.login, name: text, role, branch: home }).ended,
            );
            if (typeof said === "bigint") staff = Number(said);
        } else if (now.name !== before.name || role !== before.role || branch !== before.branch) {
            said = await done(
                client,
                client.submit("change_staff", {
                    staff: before.staff,
                    name: now.name === before.name ? undefined : text,
                    role: role === before.role ? undefined : role,
                    branch: branch === before.branch ? undefined : branch,
                }).ended,
            );
        }
        if (typeof said === "bigint" && staff !== undefined) setMade({ staff, ...now });
        if (typeof said === "bigint" && staff !== undefined && (pin !== "" || password !== "")) {
            const answer = await client.call("set_password", {
                staff,
                pin: pin === "" ? undefined : pin,
                password: password === "" ? undefined : password,
            });
            if ("refused" in answer) said = refusalText(answer.refused, client);
        }
        setBusy(false);
        if (typeof said === "string") setWrong(said);
        else onClose();
    };
    const easyPin = pinGuessable(pin) && say("This PIN is too easy to guess: choose another");
    const easyPassword =
        passwordGuessable(password, [person?.login ?? login, name, client.welcome.value?.company]) &&
        say("This password is too easy to guess: choose another");
    const easy = easyPin || easyPassword;
    const branchName = (number: number): string | undefined =>
        lists?.branches.find((each) => each.branch === number)?.name;
    const block = async (): Promise<void> => {
        if (person === undefined) return;
        const said = await done(
            client,
            client.submit("change_staff", { staff: person.staff, blocked: !person.blocked }).ended,
        );
        if (typeof said === "string") setWrong(said);
        else onClose();
    };
    return (
        <Sheet
            title={person !== undefined ? (person.name?.value ?? person.login) : say("Add a person")}
            onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void save();
                }}>
                <OthersNotice client={client} others={others} names={{ branch: branchName }} />
                <p class="small ink-2">
                    {say(
                        "The short name and the password let them in on a device for the first time in a day. The PIN is for the rest of it: taking over the till with F10, and opening the lock.",
                    )}
                </p>
                <div class="form-row">
                    <Field label={say("Name, as others know them")} value={name} onText={setName} noNote />
                    {person === undefined && (
                        <Field
                            label={say("Short name to log in with, as: lan")}
                            value={login}
                            onText={(text) => {
                                setLogin(text);
                                setWrong(undefined);
                            }}
                            dir="ltr"
                            noNote
                        />
                    )}
                </div>
                <div class="form-row">
                    <Choice
                        label={say("Role")}
                        value={role}
                        options={roles
                            .filter((each) =>
                                mine ? each === role : bound === undefined || each !== Role.ROLE_OWNER || each === role,
                            )
                            .map((each) => ({ id: each as number, text: begin(roleText(each)) }))}
                        onPick={(each) => setRole(each)}
                        noNote
                    />
                    <Choice label={say("Branch")} value={branch} options={branches} onPick={setBranch} noNote />
                </div>
                <div class="form-row">
                    <Field
                        label={person?.has_pin ? say("New PIN") : say("PIN, 4 to 12 digits")}
                        type="password"
                        inputMode="numeric"
                        value={pin}
                        onText={(text) => setPin(plainDigits(text))}
                        dir="ltr"
                        autocomplete="new-password"
                        wrong={easyPin || undefined}
                        note={say("quick, on a device where they are known")}
                    />
                    <Field
                        label={person?.has_password ? say("New password") : say("Password")}
                        type="password"
                        value={password}
                        onText={setPassword}
                        dir="ltr"
                        autocomplete="new-password"
                        wrong={easyPassword || undefined}
                        note={say("8 characters or more, to log in")}
                    />
                </div>
                {change !== undefined && <Rehearsal client={client} told={told} of="people" />}
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
                <div class="row">
                    <Button
                        filled
                        submit
                        blocked={
                            busy
                                ? say("sending")
                                : name.trim() === "" || login.trim() === ""
                                  ? say("Give name and login first")
                                  : easy
                        }>
                        {person === undefined ? say("Add {name}", { name: name.trim() }) : say("Keep the changes")}
                    </Button>
                    <span class="grow" />
                    {person !== undefined && person.staff !== client.me.value?.staff && (
                        <Button
                            danger={!person.blocked}
                            onClick={() => (person.blocked || blocking ? void block() : setBlocking(true))}>
                            {person.blocked
                                ? say("Allow again")
                                : blocking
                                  ? say("Block {name}", { name: person.name?.value ?? person.login })
                                  : say("Block …")}
                        </Button>
                    )}
                </div>
            </form>
            <RoleSummary client={client} role={role} />
            {person !== undefined && (
                <>
                    <h3 class="small ink-2">{say("What was changed")}</h3>
                    <History
                        client={client}
                        kind={MasterKind.MASTER_STAFF}
                        id={person.staff}
                        names={{ branch: branchName }}
                        rows={5}
                    />
                </>
            )}
        </Sheet>
    );
}
