/**
 * Pipelines as typed code: stages of jobs, gates and releases, run by an engine in your own process.
 *
 * @packageDocumentation
 */
import { createPipelineFactory } from "./builder/pipeline.ts";
import { launch } from "./cli/launch.ts";

/**
 * Describes a pipeline. The definition runs once for each set of params; what it builds is checked as a whole before
 * anything happens.
 *
 * @param options - the name, and optionally params (zod schemas, which become flags), secrets and where paths start
 * @param define - adds stages, jobs, gates and deploys; a plain, synchronous function
 * @returns the pipeline: call `main()` on it for a command line, or pass it to {@link run}
 *
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 *
 * const pipe = pipeline({ name: "checks" }, (p) => {
 *   const verify = p.stage("verify");
 *   verify.job("unit", sh`npm test`);
 *   verify.job("lint", sh`npm run lint`);
 * });
 * pipe.main();
 * ```
 */
export const pipeline = createPipelineFactory(launch);

export { artifact, allOf, anyOf, not, onBranch, onChange, onTag, when } from "./builder/index.ts";
export type {
  Conditional,
  DefinitionContext,
  DeployOptions,
  FunctionJobOptions,
  JobContext,
  JobOptions,
  JobRef,
  MatrixOptions,
  NodeOptions,
  ParamInputs,
  ParamSchemas,
  ParamValues,
  Pipeline,
  PipelineBuilder,
  PipelineOptions,
  RetryOptions,
  Stage,
  StageOptions,
} from "./builder/index.ts";
export { DefinitionError, ERROR_CODES, formatLocation, isSluiceError, SluiceError } from "./errors/index.ts";
export type { DefinitionIssue, ErrorCode, SluiceErrorOptions, SourceLocation } from "./errors/index.ts";
export { sh } from "./executors/shell/index.ts";
export type * from "./entry-types.ts";
export { approval } from "./gates/approval.ts";
export { env, file } from "./secrets/index.ts";
export {
  checkTargets,
  cleanRuns,
  decide,
  flakyHistory,
  rollbackTarget,
  stopTarget,
  targetStatus,
  targetStatuses,
} from "./host/lazy.ts";
export { planOf } from "./host/plan-of.ts";
export { run } from "./host/run.ts";
