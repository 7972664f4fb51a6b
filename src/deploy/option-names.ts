import type {
  AccountOptions,
  AutoscaleOptions,
  ClusterOptions,
  ConfigOptions,
  HookOptions,
  ImagePullOptions,
  ResourceOptions,
  SecurityOptions,
  SpreadOptions,
} from "./cluster-options.ts";
import type { HelmOptions } from "./helm.ts";
import type { ServiceJobOptions } from "./job.ts";
import type { PatchOptions } from "./patch.ts";
import type { HealthOptions, ServiceFiles, ServiceSettings } from "./service.ts";
import type { TemplateOptions } from "./template-options.ts";

/** Every name of `T`, so that an option without an entry here does not compile. */
type Names<T> = Readonly<Record<keyof T, true>>;

const names = <T>(of: Names<T>): readonly string[] => Object.keys(of);

export const HEALTH = names<HealthOptions>({
  path: true,
  interval: true,
  timeout: true,
  startup: true,
  live: true,
});

const CLUSTER: Names<ClusterOptions> = {
  resources: true,
  autoscale: true,
  disruption: true,
  account: true,
  config: true,
  spread: true,
  security: true,
  imagePull: true,
  hooks: true,
  labels: true,
  annotations: true,
  patch: true,
};

export const SERVICE = names<ServiceSettings & ServiceFiles>({
  name: true,
  artifact: true,
  image: true,
  command: true,
  args: true,
  port: true,
  replicas: true,
  health: true,
  env: true,
  secrets: true,
  drain: true,
  ...CLUSTER,
});

export const RESOURCES = names<ResourceOptions>({ cpu: true, memory: true, limits: true });
export const AUTOSCALE = names<AutoscaleOptions>({ min: true, max: true, cpu: true });
export const ACCOUNT = names<AccountOptions>({ annotations: true, token: true });
export const CONFIG = names<ConfigOptions>({ files: true, variables: true, only: true });
export const SPREAD = names<SpreadOptions>({ zone: true, host: true });
export const IMAGE_PULL = names<ImagePullOptions>({ secrets: true, policy: true });
export const HOOKS = names<HookOptions>({ before: true, after: true });

export const SECURITY = names<SecurityOptions>({
  runAsUser: true,
  runAsGroup: true,
  fsGroup: true,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  writable: true,
  capabilities: true,
});

export const PATCH = names<PatchOptions>({
  pod: true,
  deployment: true,
  service: true,
  account: true,
  autoscaler: true,
  disruptionBudget: true,
});

export const JOB = names<ServiceJobOptions>({
  name: true,
  image: true,
  command: true,
  env: true,
  secrets: true,
  timeout: true,
  retries: true,
  forwardOnly: true,
  labels: true,
  annotations: true,
});

export const HELM = names<HelmOptions>({
  chart: true,
  values: true,
  version: true,
  repo: true,
  release: true,
  timeout: true,
  of: true,
});

export const TEMPLATE = names<TemplateOptions>({ of: true, env: true, only: true, prune: true });
