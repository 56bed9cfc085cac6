/* The phone's camera as a scanner, where the browser reads barcodes: it stays open, and each code adds a line. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Notice } from "../kit/parts";
import { say } from "../kit/words";

const LOOK_MS = 150;
const SAME_MS = 1500; /* the same code in the picture is the same piece for so long */

export const cameraReads = (): boolean =>
    typeof window.BarcodeDetector === "function" && navigator.mediaDevices !== undefined;

export function Camera({ onCode, onClose }: { onCode: (code: string) => void; onClose: () => void }): JSX.Element {
    const video = useRef<HTMLVideoElement>(null);
    const [wrong, setWrong] = useState(false);
    const listener = useRef(onCode);
    listener.current = onCode;
    useEffect(() => {
        let stream: MediaStream | undefined,
            timer: ReturnType<typeof setInterval> | undefined,
            over = false,
            last = "",
            seen = 0;
        const stop = (): void => {
            over = true;
            clearInterval(timer);
            stream?.getTracks().forEach((track) => track.stop());
        };
        void (async () => {
            try {
                const detector = new window.BarcodeDetector!({
                    formats: ["ean_13", "ean_8", "upc_a", "code_128", "code_39", "itf", "qr_code"],
                });
                stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
                if (over) {
                    stop();
                    return;
                }
                video.current!.srcObject = stream;
                await video.current!.play();
                timer = setInterval(async () => {
                    const [found] = await detector.detect(video.current!).catch(() => []);
                    if (over || found === undefined) return;
                    const now = performance.now();
                    if (found.rawValue !== last || now - seen > SAME_MS) listener.current(found.rawValue);
                    last = found.rawValue;
                    seen = now;
                }, LOOK_MS);
            } catch {
                setWrong(true);
            }
        })();
        return stop;
    }, []);
    return (
        <div class="camera">
            {wrong ? (
                <Notice tone="late" role="alert">
                    {say("The camera cannot be used. Type the code instead.")}
                </Notice>
            ) : (
                <video ref={video} muted playsInline aria-label={say("Picture of the camera")} />
            )}
            <Button wide onClick={onClose}>
                {say("Close the camera")}
            </Button>
        </div>
    );
}
