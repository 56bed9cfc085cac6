/* What the screens of reports are made of, fetched when one of them is opened. */
export { Audit } from "./audit";
export { Erase } from "./erase";
export { Reports } from "./reports";
