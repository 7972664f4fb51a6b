export type * from "./check.ts";
export type * from "./journal.ts";
export type * from "./metrics.ts";
export type * from "./reporter.ts";
export type * from "./rollout.ts";
export type * from "./secrets.ts";
export type * from "./step.ts";
