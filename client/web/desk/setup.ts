/* What is fetched when one of this folder's screens is opened. */
export { Limits } from "./limits";
export { Places } from "./places";
export { PracticeBand } from "./practice";
