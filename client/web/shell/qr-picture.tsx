import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { say } from "../kit/words";
import { qr, qrPath } from "./qr";

export function QrPicture({ text }: { text: string }): JSX.Element | null {
    const made = useMemo(() => {
        const modules = qr(text);
        return modules === undefined ? undefined : qrPath(modules);
    }, [text]);
    if (made === undefined) return null;
    return (
        <svg class="qr" viewBox={`0 0 ${made.size} ${made.size}`} role="img" aria-label={say("QR code of the link")}>
            <path d={made.path} fill="#000" />
        </svg>
    );
}
