export { openClusterApi, type OpenClusterApiOptions } from "./open.ts";
export type * from "./types.ts";
