/* What is fetched first at a counter. */
export { Sale } from "./sale";
