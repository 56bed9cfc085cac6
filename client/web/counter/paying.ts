/* What is fetched when money is taken. */
export { Payment } from "./payment";
