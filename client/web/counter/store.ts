/*
 * What is kept on this device: drafts of each person, the strip of what was done last, this till's last customers.
 * IndexedDB, so that a reload, a closed tab or a crash loses nothing that was typed. Without it (private windows,
 * a full disk) all works on in memory, and `kept` says that nothing is kept.
 */
import { signal } from "@preact/signals";

const NAME = "tefter-counter";
const SHELF = "kept";

export const kept = signal(true);
let opening: Promise<IDBDatabase | undefined> | undefined;
let later = false;

function open(): Promise<IDBDatabase | undefined> {
    opening ??= new Promise((resolve) => {
        try {
            const request = indexedDB.open(NAME, later ? undefined : 1);
            request.onupgradeneeded = () => {
                request.result.createObjectStore(SHELF);
            };
            request.onsuccess = () => {
                request.result.onclose = () => {
                    opening = undefined;
                };
                request.result.onversionchange = () => {
                    request.result.close();
                    opening = undefined;
                };
                resolve(request.result);
            };
            request.onerror = () => {
                const older = request.error?.name === "VersionError" && !later;
                if (!older) return resolve(undefined);
                later = true; /* a later program made it: it is opened as it is */
                opening = undefined;
                void open().then(resolve);
            };
            request.onblocked = () => resolve(undefined);
        } catch {
            resolve(undefined);
        }
    });
    return opening;
}

async function write(act: (shelf: IDBObjectStore) => void): Promise<boolean> {
    const database = await open();
    const done =
        database !== undefined &&
        (await new Promise<boolean>((resolve) => {
            try {
                const change = database.transaction(SHELF, "readwrite", { durability: "strict" });
                act(change.objectStore(SHELF));
                change.oncomplete = () => resolve(true);
                change.onabort = change.onerror = () => resolve(false);
            } catch {
                resolve(false);
            }
        }));
    kept.value = done;
    return done;
}

type Changes = readonly [key: string, value: unknown][];
function putAll(shelf: IDBObjectStore, changes: Changes): void {
    for (const [key, value] of changes)
        if (value === undefined) shelf.delete(key);
        else shelf.put(value, key);
}

/* Answers when it is on the disk, false when it is not going to be. */
export function keep(changes: Changes): Promise<boolean> {
    return write((shelf) => putAll(shelf, changes));
}

/* One step among all pages of this browser: where nothing lies under `key`, `value` does now, and the changes are made.
 * Else what lies there is answered, and nothing is changed. Without a disk nobody can be asked: it is taken. */
export async function claim<T>(key: string, value: T, changes: Changes): Promise<T | undefined> {
    let there: T | undefined;
    const done = await write((shelf) => {
        const look = shelf.get(key);
        look.onsuccess = () => {
            there = look.result as T | undefined;
            if (there === undefined) putAll(shelf, [[key, value], ...changes]);
        };
    });
    return done ? there : undefined;
}

/* All that lies under keys that begin so and is what it should be. What is not goes, when `damaged` has set it aside; without
 * that it is nothing that anybody would miss. */
export async function found<T>(
    prefix: string,
    is: (what: unknown) => what is T,
    damaged: (key: string, what: unknown) => Promise<boolean> = () => Promise.resolve(true),
): Promise<T[]> {
    const database = await open();
    if (database === undefined) {
        kept.value = false;
        return [];
    }
    const all = await new Promise<[string, unknown][]>((resolve) => {
        const shelf = database.transaction(SHELF).objectStore(SHELF);
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        const keys = shelf.getAllKeys(range);
        const values = shelf.getAll(range);
        values.onsuccess = () => resolve(keys.result.map((key, at) => [String(key), values.result[at] as unknown]));
        values.onerror = keys.onerror = () => resolve([]);
    });
    const good: T[] = [];
    for (const [key, what] of all)
        if (is(what)) good.push(what);
        else if (await damaged(key, what)) await keep([[key, undefined]]);
    return good;
}

export async function wipe(): Promise<void> {
    (await open())?.close();
    opening = undefined;
    indexedDB.deleteDatabase(NAME);
}
