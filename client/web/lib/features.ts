/* What a server reads (Welcome.features): a newer page sends an older server only that. */
import { decode, typeAt, typeOf, type Reads } from "./codec";

const PACKED: Record<string, string> = { "FromTerminal.query": "Query", "SubmitCommand.command": "Command" };

export function readsOf(features: Uint8Array): Reads {
    const rows = decode("Features", features).types;
    const found = new Map<number, Set<number>>();
    const visit = (place: number, row: number): void => {
        const shown = rows[row];
        if (!shown || found.has(place)) return;
        found.set(place, new Set(shown.numbers));
        const type = typeAt(place);
        for (const field of type.fields) {
            const inside = PACKED[`${type.name}.${field.name}`];
            const next = shown.types[shown.numbers.indexOf(field.number)];
            if (!next || (!inside && field.kind !== "m" && field.kind !== "e")) continue;
            visit(inside ? typeOf(inside).at : field.of, next);
        }
    };
    if (rows.length > 0) visit(typeOf("FromTerminal").at, 0);
    return found;
}

export function readsField(reading: Reads, message: string, field: string): boolean {
    const type = typeOf(message),
        one = type.fields.find(({ name }) => name === field);
    return one !== undefined && (reading.get(type.at)?.has(one.number) ?? false);
}
