export { local } from "./local.ts";
export type { LocalOptions } from "./options.ts";
export type { LocalDeploySpec, LocalSpec, LocalVerbSpec } from "./spec.ts";
