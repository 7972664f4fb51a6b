export * from "../strategies/index.ts";
export type {
  AccountOptions,
  AutoscaleOptions,
  ClusterOptions,
  ConfigOptions,
  HookOptions,
  ImagePullOptions,
  Quantity,
  ResourceOptions,
  SecurityOptions,
  Spread,
  SpreadOptions,
} from "./cluster-options.ts";
export type { ClusterSpec } from "./cluster-spec.ts";
export type { GatesIn, ImageGates } from "./evidence.ts";
export { helm, type HelmOptions, type HelmSpec, type HelmValues } from "./helm.ts";
export { job, type JobSpec, type ServiceJob, type ServiceJobOptions } from "./job.ts";
export { kustomize, type KustomizeSpec } from "./kustomize.ts";
export { manifests, type ManifestsSpec } from "./manifests.ts";
export type { PatchFields, PatchOptions, PatchValue } from "./patch.ts";
export {
  service,
  type HealthOptions,
  type ServiceFiles,
  type ServiceImage,
  type ServiceOptions,
  type ServiceSettings,
  type ServiceSpec,
} from "./service.ts";
export type { Prune, TemplateEnv, TemplateOptions } from "./template-options.ts";
