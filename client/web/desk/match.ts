/* What is fetched when the matching desk is opened. */
export { Matching } from "./matching";
