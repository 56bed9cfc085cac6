/* Devices, staff and branches, asked again while they are looked at; and what became of a command. */
import { useEffect, useState } from "preact/hooks";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import type { Asked, Client, Fate } from "../lib/api";
import { Right, type BranchRecord, type Refusal, type StaffMember, type TerminalMember } from "../lib/messages";

const EVERY_MS = 3000,
    PAGES_MOST = 50;

type Paged = "terminals" | "staff" | "branches";
async function all<Row>(client: Client, kind: Paged, rows: (answer: never) => Row[]): Promise<Row[] | Refusal> {
    const list: Row[] = [];
    let page: Uint8Array | undefined;
    for (let at = 0; at < PAGES_MOST; at++) {
        const asked: Asked<Paged> = await client.ask(kind, page === undefined ? {} : { page });
        if ("refused" in asked) return asked.refused;
        list.push(...rows(asked.answer as never));
        page = asked.answer.next;
        if (page === undefined || page.length === 0) break;
    }
    return list;
}

export interface Lists {
    terminals: TerminalMember[];
    staff: StaffMember[];
    branches: BranchRecord[];
}

/* Asked again while it is looked at: who is connected is told by nobody. */
export function useLists(client: Client): {
    lists: Lists | undefined;
    refused: Refusal | undefined;
    again: () => void;
} {
    const [lists, setLists] = useState<Lists | undefined>(undefined);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        let over = false,
            timer: ReturnType<typeof setTimeout> | undefined;
        const look = async (): Promise<void> => {
            const [terminals, staff, branches] = await Promise.all([
                all<TerminalMember>(client, "terminals", (answer: { terminals: TerminalMember[] }) => answer.terminals),
                client.may(Right.RIGHT_EDIT_STAFF) || client.may(Right.RIGHT_SEE)
                    ? all<StaffMember>(client, "staff", (answer: { staff: StaffMember[] }) => answer.staff)
                    : [],
                all<BranchRecord>(client, "branches", (answer: { branches: BranchRecord[] }) => answer.branches),
            ]);
            if (over) return;
            if (Array.isArray(terminals) && Array.isArray(branches)) {
                setLists({ terminals, staff: Array.isArray(staff) ? staff : [], branches });
                setRefused(undefined);
            } else setRefused(Array.isArray(terminals) ? (branches as Refusal) : terminals);
            timer = setTimeout(look, EVERY_MS);
        };
        void look();
        return () => {
            over = true;
            clearTimeout(timer);
        };
    }, [client, turn]);
    return { lists, refused, again: () => setTurn(turn + 1) };
}

export async function done(client: Client, ended: Promise<Fate>): Promise<bigint | string> {
    const fate = await ended;
    if (fate.kind === "done") return fate.done.id ?? 0n;
    return fate.kind === "refused" ? refusalText(fate.refused, client) : say("It is sent as soon as there is a line.");
}
