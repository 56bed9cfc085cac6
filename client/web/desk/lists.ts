/* What is fetched when the office opens its lists: documents, money, tills, the books. */
export { Books } from "./books";
export { Documents } from "./documents";
export { MoneyScreen } from "./moneyscreen";
export { Tills } from "./tills";
