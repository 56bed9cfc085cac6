/* What is fetched when devices, staff, settings or the founding of a company are opened. */
export { FoundingScreen, RecoveryScreen } from "./founding";
export { People } from "./people";
export { Settings } from "./settings";
