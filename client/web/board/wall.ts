/* Is the board shown for a wall: without rail and head, and never locked? */
import { signal } from "@preact/signals";

export const wall = signal(false);
