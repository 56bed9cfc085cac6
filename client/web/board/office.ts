/* What is fetched when one of this folder's screens is opened. */
export { Alarms } from "./alarms";
export { Approvals } from "./approvals";
export { Board } from "./board";
export { Calls } from "./calls";
export { Customers } from "./customers";
export { Document } from "./document";
