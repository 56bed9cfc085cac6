/* What a sale or a payment seldom has to show: fetched in a quiet moment, before it is wanted. */
export { ApprovalBox } from "./approvalbox";
export { Correcting } from "./correcting";
export { Elsewhere } from "./elsewhere";
export { Kept } from "./keptlist";
export { PinSheet } from "./pinsheet";
export { Priced, PriceWas, TakenFor, Unbooked } from "./unbooked";
