export { gke } from "./gke.ts";
export type { GkeOptions } from "./options.ts";
