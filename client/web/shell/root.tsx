/* The root that the page's certificate stands under, where devices have to be given it: the relay shows it at /trust then. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Sheet } from "../kit";
import { say } from "../kit/words";
import { QrPicture } from "./qr-picture";

let none = false; /* it is not asked for again: a browser notes each answer of that kind */

/* SHA-256 of the root, as devices show it; undefined: there is none to be given, or it is not known yet. */
export function usePageRoot(): string | undefined {
    const [fingerprint, setFingerprint] = useState<string | undefined>(undefined);
    useEffect(() => {
        let over = false;
        const look = async (): Promise<void> => {
            if (none) return;
            const answer = await fetch("/trust/root.crt", { cache: "no-store" });
            none = answer.status === 404;
            if (!answer.ok) return;
            const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
            const text = Array.from(sum, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
            if (!over) setFingerprint(text);
        };
        look().catch(() => undefined); /* without a line there is nothing to be given either */
        return () => {
            over = true;
        };
    }, []);
    return fingerprint;
}

export function GiveRoot({ fingerprint, onClose }: { fingerprint: string; onClose: () => void }): JSX.Element {
    const address = `${location.origin}/trust`;
    return (
        <Sheet title={say("Root of this page")} onClose={onClose}>
            <div class="stack">
                <div class="enrol">
                    <QrPicture text={address} />
                    <div class="stack grow">
                        <p>
                            {say(
                                "Scan it with the new device, pass over the warning this once, and follow the steps there.",
                            )}
                        </p>
                        <p class="mono" dir="ltr">
                            <a href="/trust" target="_blank" rel="noreferrer">
                                {address}
                            </a>
                        </p>
                    </div>
                </div>
                <p>{say("What the device shows as its SHA-256 fingerprint must be this:")}</p>
                <p class="mono root-print" dir="ltr">
                    {fingerprint.split(/(?<=:)/).map((each) => (
                        <>
                            {each}
                            <wbr />
                        </>
                    ))}
                </p>
            </div>
        </Sheet>
    );
}
