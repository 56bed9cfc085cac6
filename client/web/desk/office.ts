/* What is fetched when the catalogue, price lists or the credit policy are opened. */
export { Catalogue } from "./catalogue";
export { Policy } from "./policy";
export { PriceLists } from "./pricelists";
