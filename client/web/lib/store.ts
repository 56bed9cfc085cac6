/*
 * What a browser keeps: one IndexedDB. Browsers may take it away at any time, and a disk may be full: who writes
 * hears so.
 */
const NAME = "tefter",
    VERSION = 1;
export type Shelf = "device" | "outbox" | "drafts";

export interface Store {
    get<T>(shelf: Shelf, key: string): Promise<T | undefined>;
    entries(shelf: Shelf): Promise<[key: string, what: unknown][]>;
    keys(shelf: Shelf): Promise<string[]>;
    put(shelf: Shelf, key: string, what: unknown, durable?: boolean): Promise<void>;
    remove(shelf: Shelf, key: string): Promise<void>;
    /* In one step: what lies under `from` goes, `what` lies under `to`, and `note` on the shelf of the device. false: there
     * was nothing, and nothing is changed. */
    move(shelf: Shelf, from: string, to: string, what: unknown, note: { key: string; what: unknown }): Promise<boolean>;
    clear(shelf: Shelf): Promise<void>;
}

export function openStore(): Store {
    let opened: Promise<IDBDatabase> | undefined;
    let later = false;

    /* One that a later program made is opened as it is: its shelves are there. */
    function open(): Promise<IDBDatabase> {
        return (opened ??= new Promise<IDBDatabase>((done, failed) => {
            const request = indexedDB.open(NAME, later ? undefined : VERSION);
            request.onupgradeneeded = () => {
                for (const shelf of ["device", "outbox", "drafts"]) request.result.createObjectStore(shelf);
            };
            request.onsuccess = () => {
                const database = request.result;
                /* A later page may change it, and the browser may close it: the next one who asks opens it again. */
                database.onversionchange = () => {
                    database.close();
                    opened = undefined;
                };
                database.onclose = () => {
                    opened = undefined;
                };
                done(database);
            };
            request.onblocked = request.onerror = () => {
                opened = undefined;
                if (request.error?.name === "VersionError" && !later) {
                    later = true;
                    return void open().then(done, failed);
                }
                failed(request.error ?? new Error("storage is held by another page"));
            };
        }));
    }

    async function does<T>(
        shelf: Shelf,
        mode: IDBTransactionMode,
        act: (store: IDBObjectStore) => IDBRequest<T>,
        durable = false,
    ): Promise<T> {
        const database = await open();
        return new Promise((done, failed) => {
            const begun = database.transaction(shelf, mode, { durability: durable ? "strict" : "default" });
            const request = act(begun.objectStore(shelf));
            begun.oncomplete = () => done(request.result);
            begun.onerror = begun.onabort = () => failed(begun.error ?? request.error ?? new Error("storage failed"));
        });
    }

    return {
        get: (shelf, key) => does(shelf, "readonly", (store) => store.get(key)),
        async entries(shelf) {
            const database = await open();
            return new Promise((done, failed) => {
                const begun = database.transaction(shelf);
                const [keys, all] = [begun.objectStore(shelf).getAllKeys(), begun.objectStore(shelf).getAll()];
                begun.oncomplete = () => done(keys.result.map((key, at) => [String(key), all.result[at] as unknown]));
                begun.onerror = begun.onabort = () => failed(begun.error ?? new Error("storage failed"));
            });
        },
        keys: async (shelf) => (await does(shelf, "readonly", (store) => store.getAllKeys())).map(String),
        async put(shelf, key, what, durable) {
            await does(shelf, "readwrite", (store) => store.put(what, key), durable);
        },
        remove: async (shelf, key) => {
            await does(shelf, "readwrite", (store) => store.delete(key));
        },
        async move(shelf, from, to, what, note) {
            const database = await open();
            return new Promise((done, failed) => {
                const begun = database.transaction([shelf, "device"], "readwrite", { durability: "strict" });
                const store = begun.objectStore(shelf);
                const look = store.getKey(from);
                look.onsuccess = () => {
                    if (look.result === undefined) return;
                    store.delete(from);
                    store.put(what, to);
                    begun.objectStore("device").put(note.what, note.key);
                };
                begun.oncomplete = () => done(look.result !== undefined);
                begun.onerror = begun.onabort = () => failed(begun.error ?? new Error("storage failed"));
            });
        },
        clear: async (shelf) => {
            await does(shelf, "readwrite", (store) => store.clear());
        },
    };
}
