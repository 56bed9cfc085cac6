/* Three short sounds: scanned, refused, approved. Off per device; silent until somebody has touched the page, and where there is no
 * sound. None of them is the only sign of what it says. */
import { sounds } from "../kit/preferences";

type Sound = "scan" | "refused" | "approved";
const NOTES: Readonly<Record<Sound, readonly (readonly [hertz: number, at: number, seconds: number])[]>> = {
    scan: [[1760, 0, 0.05]],
    refused: [
        [220, 0, 0.12],
        [196, 0.14, 0.2],
    ],
    approved: [
        [659, 0, 0.1],
        [880, 0.11, 0.18],
    ],
};
let context: AudioContext | undefined;
let touched = false;

/* Opening the sound device holds a page up: with the first touch, when there is nothing else to do. */
function open(): AudioContext | undefined {
    if (typeof AudioContext === "undefined" || !sounds.peek()) return undefined;
    try {
        context ??= new AudioContext();
        if (context.state === "suspended") void context.resume();
        return context;
    } catch {
        return undefined; /* no sound device: nothing else depends on it */
    }
}

if (typeof addEventListener === "function")
    for (const event of ["pointerdown", "keydown"])
        addEventListener(
            event,
            ({ isTrusted }) => {
                if (touched || !isTrusted) return;
                touched = true;
                if (typeof requestIdleCallback === "function") requestIdleCallback(open, { timeout: 1000 });
                else setTimeout(open, 200);
            },
            { capture: true, passive: true },
        );

/* In a task of its own: what was pressed is answered first. */
export function play(sound: Sound): void {
    if (touched && sounds.peek()) setTimeout(sing, 0, sound);
}

function sing(sound: Sound): void {
    const into = open();
    if (into === undefined) return;
    try {
        for (const [hertz, at, seconds] of NOTES[sound]) {
            const tone = into.createOscillator(),
                volume = into.createGain();
            const begin = into.currentTime + at;
            tone.frequency.value = hertz;
            volume.gain.setValueAtTime(0.12, begin);
            volume.gain.exponentialRampToValueAtTime(0.001, begin + seconds);
            tone.connect(volume).connect(into.destination);
            tone.start(begin);
            tone.stop(begin + seconds);
        }
    } catch {
        context = undefined; /* the device went */
    }
}
