/* What is fetched when the papers or the day of a till are opened. */
export { Day } from "./day";
export { Papers } from "./papers";
