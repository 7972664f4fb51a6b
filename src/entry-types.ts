export type * from "./model/index.ts";
export type * from "./ports/index.ts";
export type {
  CommandEnd,
  OutputSchema,
  Quote,
  ShellCommand,
  ShellOptions,
  ShellOutput,
  ShellPart,
  ShellProblem,
  ShellSpec,
  ShellStep,
  ShellTag,
  ShellValue,
} from "./executors/shell/index.ts";
export type { Bytes } from "./util/bytes.ts";
export type { Duration } from "./util/duration.ts";
export type { CheckReport } from "./host/check-targets.ts";
export type { Cleaned, CleanOptions, RemovedRun } from "./host/clean.ts";
export type { DigestsInUse } from "./host/clean/digests.ts";
export type { RetentionOptions } from "./host/clean/retention.ts";
export type { DecisionResult } from "./host/decide.ts";
export type { FlakyHistory, FlakyOptions } from "./host/flaky.ts";
export type { FlakyFigures, FlakyRecord } from "./host/flaky-tally.ts";
export type { Run, RunOptions } from "./host/run.ts";
export type { StateOptions } from "./host/store.ts";
export type { PrepareOptions } from "./host/prepare.ts";
export type { TargetAppOptions, TargetOptions } from "./host/targets.ts";
