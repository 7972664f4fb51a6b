export { artifact } from "./artifact-ref.ts";
export { allOf, anyOf, not, onBranch, onChange, onTag, when } from "./conditions.ts";
export { define } from "./define.ts";
export { PIPELINE, type Pipeline, type PipelineSource } from "./pipeline.ts";
export type * from "./types.ts";
