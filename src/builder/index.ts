export { artifact } from "./artifact-ref.ts";
export { allOf, anyOf, not, onBranch, onChange, onTag, when } from "./conditions.ts";
export { define } from "./define.ts";
export type { Action, Draft, DraftNode, DraftStage, PendingIssue } from "./draft.ts";
export {
  createPipelineFactory,
  PIPELINE,
  type Launcher,
  type Pipeline,
  type PipelineSource,
} from "./pipeline.ts";
export type * from "./types.ts";
