/* What a screen looks at as long as it stands: replicas, and the names behind numbers. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Client, Customer, Replica } from "../lib/api";
import type { Actor, BranchRecord, StaffMember, TerminalMember } from "../lib/messages";
import { listed } from "../kit/words";
import { PACE_MS, usePaced } from "./paced";

export function useReplica<K, V>(make: () => Replica<K, V>, inputs: readonly unknown[]): Replica<K, V> {
    const replica = useMemo(make, inputs);
    useEffect(() => () => replica.close(), [replica]);
    return replica;
}

/* One customer, live; undefined until they are there. */
export function useCustomer(client: Client, number: number | undefined): Customer | undefined {
    const replica = useMemo(() => (number === undefined ? undefined : client.customers([number])), [client, number]);
    useEffect(() => () => replica?.close(), [replica]);
    return usePaced(
        () => (number === undefined ? undefined : replica?.rows.value.get(number)),
        [replica, number],
        PACE_MS,
    );
}

/* ---- names: asked once, and again when a number is met that is not known ---- */

const AGAIN_MS = 10_000;

export class Names {
    private readonly branches = signal<ReadonlyMap<number, BranchRecord>>(new Map());
    private readonly staff = signal<ReadonlyMap<number, StaffMember>>(new Map());
    private readonly terminals = signal<ReadonlyMap<number, TerminalMember>>(new Map());
    private readonly asked = new Map<string, number>();

    constructor(private readonly client: Client) {}

    get allBranches(): ReadonlySignal<ReadonlyMap<number, BranchRecord>> {
        if (this.branches.peek().size === 0) this.loadBranches();
        return this.branches;
    }
    get allTerminals(): ReadonlySignal<ReadonlyMap<number, TerminalMember>> {
        return this.terminals;
    }

    branch(number: number | undefined): string {
        if (number === undefined) return "";
        const record = this.branches.value.get(number);
        if (record === undefined) this.loadBranches();
        return record?.name ?? "";
    }
    branchOfCode(code: string | undefined): string {
        if (code === undefined) return "";
        for (const branch of this.allBranches.value.values()) if (branch.code === code) return branch.name;
        return code;
    }
    person(number: number | undefined): string {
        if (number === undefined) return "";
        const member = this.staff.value.get(number);
        if (member === undefined) this.loadStaff();
        return member === undefined ? "" : (member.name?.value ?? member.login);
    }
    personOfLogin(login: string | undefined): string {
        if (login === undefined) return "";
        for (const member of this.staff.value.values()) if (member.login === login) return member.name?.value ?? login;
        this.loadStaff();
        return login;
    }
    terminal(number: number | undefined): string {
        if (number === undefined) return "";
        const member = this.terminals.value.get(number);
        if (member === undefined) this.loadTerminals();
        return member?.name ?? "";
    }
    /* "Minh, Thủ Đức" */
    actor(actor: Actor | undefined): string {
        return listed([this.person(actor?.staff), this.branch(actor?.branch)]);
    }

    loadBranches(): void {
        this.load(
            "branches",
            async (page) => {
                const asked = await this.client.ask("branches", { page });
                return "answer" in asked
                    ? { rows: asked.answer.branches.map((row) => [row.branch, row] as const), next: asked.answer.next }
                    : undefined;
            },
            this.branches,
        );
    }
    private loadStaff(): void {
        this.load(
            "staff",
            async (page) => {
                const asked = await this.client.ask("staff", { page });
                return "answer" in asked
                    ? { rows: asked.answer.staff.map((row) => [row.staff, row] as const), next: asked.answer.next }
                    : undefined;
            },
            this.staff,
        );
    }
    loadTerminals(): void {
        this.load(
            "terminals",
            async (page) => {
                const asked = await this.client.ask("terminals", { page });
                return "answer" in asked
                    ? {
                          rows: asked.answer.terminals.map((row) => [row.terminal, row] as const),
                          next: asked.answer.next,
                      }
                    : undefined;
            },
            this.terminals,
        );
    }

    private load<V>(
        name: string,
        page: (
            from: Uint8Array | undefined,
        ) => Promise<{ rows: (readonly [number, V])[]; next?: Uint8Array } | undefined>,
        into: { value: ReadonlyMap<number, V> },
    ): void {
        if (performance.now() - (this.asked.get(name) ?? -Infinity) < AGAIN_MS) return;
        this.asked.set(name, performance.now());
        void (async () => {
            const all = new Map<number, V>();
            let from: Uint8Array | undefined;
            do {
                const found = await page(from);
                if (found === undefined) {
                    this.asked.delete(name);
                    return;
                }
                for (const [number, row] of found.rows) all.set(number, row);
                from = found.next;
            } while (from !== undefined);
            into.value = all;
        })().catch(() => this.asked.delete(name));
    }
}

const names = new WeakMap<Client, Names>();

export function namesOf(client: Client): Names {
    let known = names.get(client);
    if (known === undefined) names.set(client, (known = new Names(client)));
    return known;
}
