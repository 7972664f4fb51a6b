import type { Input } from "../model/index.ts";
import { refHandle } from "../model/index.ts";
import type { ClusterOptions, Quantity, Spread, SpreadOptions } from "./cluster-options.ts";
import { quantityProblem } from "./check/quantity.ts";
import { shown } from "./check/check.ts";
import * as names from "./option-names.ts";
import type { ServiceCheck } from "./service-check.ts";
import type { JobSpec, ServiceJob } from "./job.ts";
import type { PatchOptions } from "./patch.ts";
import { resolvePatch } from "./resolve-patch.ts";

/** What is made of {@link ClusterOptions}; it stands in the Plan. Null is: not asked for. */
export interface ClusterSpec {
  readonly resources: {
    readonly requests: Readonly<Record<string, Quantity>>;
    readonly limits: Readonly<Record<string, Quantity>>;
  };
  readonly autoscale: {
    readonly min: Input<number>;
    readonly max: Input<number>;
    readonly cpu: number;
  } | null;
  readonly disruption: number | string | null;
  readonly account:
    | { readonly existing: string }
    | { readonly annotations: Readonly<Record<string, Input<string>>>; readonly token: boolean };
  readonly config: {
    readonly files: Readonly<Record<string, Input<string>>>;
    readonly variables: Readonly<Record<string, Input<string | number>>>;
    readonly only: readonly string[] | null;
  } | null;
  readonly spread: { readonly zone: Spread; readonly host: Spread };
  readonly security: {
    readonly runAsUser: number | null;
    readonly runAsGroup: number | null;
    readonly fsGroup: number | null;
    readonly runAsNonRoot: boolean;
    readonly readOnlyRootFilesystem: boolean;
    readonly writable: readonly string[];
    readonly capabilities: readonly string[];
  };
  readonly imagePull: { readonly secrets: readonly string[]; readonly policy: string | null };
  readonly hooks: { readonly before: readonly JobSpec[]; readonly after: readonly JobSpec[] };
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly patch: PatchOptions | null;
}

const ABSOLUTE = /^\/(?!\/)(?:[^/\0]+\/)*[^/\0]+$/;

/** Fills in the defaults, and notes what makes no sense. */
export function resolveCluster(
  options: ClusterOptions,
  shared: {
    readonly replicas: Input<number>;
    readonly port: number | undefined;
    readonly env: Readonly<Record<string, Input<string | number>>>;
  },
  check: ServiceCheck,
): ClusterSpec {
  const { disruption = 1, spread, labels = {}, annotations = {} } = options;
  const resources = check.options("resources", options.resources, names.RESOURCES) ?? {};
  const imagePull = check.options("imagePull", options.imagePull, names.IMAGE_PULL) ?? {};
  const { cpu = "100m", memory = "256Mi", limits = {} } = resources;
  for (const [at, all] of Object.entries({ labels, annotations })) texts(check, at, all);
  checkQuantities(check, "resources", { cpu, memory });
  const limited = check.members("resources.limits", limits, "quantities");
  checkQuantities(check, "resources.limits", Object.fromEntries(limited));
  if (disruption !== false && typeof disruption !== "number")
    check.text("disruption", disruption, /^(?:[1-9]\d?|100)%$/, 'a number, per cent such as "25%", or false');
  else if (disruption !== false) check.number("disruption", disruption, 1, 10_000);
  const { zone = "prefer", host = "prefer" }: SpreadOptions =
    spread === false
      ? { zone: false, host: false }
      : (check.options("spread", spread, names.SPREAD, " or false") ?? {});
  check.oneOf("spread.zone", zone, ["prefer", "require", false]);
  check.oneOf("spread.host", host, ["prefer", "require", false]);
  const { secrets = [], policy } = imagePull;
  for (const [index, name] of check.list("imagePull.secrets", secrets).entries())
    check.text(`imagePull.secrets[${index}]`, name, /^[a-z0-9][a-z0-9.-]*$/, "the name of a Secret");
  if (policy !== undefined) check.oneOf("imagePull.policy", policy, ["Always", "IfNotPresent", "Never"]);
  return {
    resources: { requests: { cpu, memory }, limits: { memory, ...limits } },
    autoscale: resolveAutoscale(options.autoscale, shared.replicas, check),
    disruption: disruption === false ? null : disruption,
    account: resolveAccount(options.account, check),
    config: resolveConfig(options.config, shared.env, check),
    spread: { zone, host },
    security: resolveSecurity(check.options("security", options.security, names.SECURITY) ?? {}, check),
    imagePull: { secrets, policy: policy ?? null },
    hooks: resolveHooks(check.options("hooks", options.hooks, names.HOOKS) ?? {}, check),
    labels,
    annotations,
    patch: resolvePatch(options, shared, check),
  };
}

function texts(check: ServiceCheck, at: string, all: unknown): void {
  for (const [key, value] of check.members(at, all, "texts"))
    check.text(`${at}.${key}`, value, /^/, "a text");
}

function checkQuantities(
  check: ServiceCheck,
  at: string,
  quantities: Readonly<Record<string, unknown>>,
): void {
  for (const [name, quantity] of Object.entries(quantities)) {
    if (refHandle(quantity) !== undefined) continue;
    const problem = quantityProblem(name, quantity);
    if (problem !== undefined) check.add(`${at}.${name} ${problem}, not ${shown(quantity)}`);
  }
}

function resolveAutoscale(
  autoscale: ClusterOptions["autoscale"],
  replicas: Input<number>,
  check: ServiceCheck,
): ClusterSpec["autoscale"] {
  const given = check.options("autoscale", autoscale, names.AUTOSCALE);
  if (given === undefined) return null;
  const { min = replicas, max, cpu = 80 } = given;
  check.count("autoscale.min", min, 1);
  check.count("autoscale.max", max, 1);
  check.number("autoscale.cpu", cpu, 1, 1_000);
  if (typeof min === "number" && typeof max === "number" && max < min)
    check.add(`autoscale.max is ${max}, which is less than its min, ${min}`);
  return { min, max, cpu };
}

function resolveAccount(account: ClusterOptions["account"], check: ServiceCheck): ClusterSpec["account"] {
  if (typeof account === "string") {
    check.text("account", account, /^[a-z0-9][a-z0-9.-]*$/, "the name of a ServiceAccount");
    return { existing: account };
  }
  const { annotations = {}, token = false } =
    check.options("account", account, names.ACCOUNT, " or the name of one that is there") ?? {};
  for (const [key, value] of check.members("account.annotations", annotations, "texts"))
    if (refHandle(value) === undefined) check.text(`account.annotations.${key}`, value, /^/, "a text");
  check.flag("account.token", token);
  return { annotations, token };
}

function resolveConfig(
  config: ClusterOptions["config"],
  env: Readonly<Record<string, Input<string | number>>>,
  check: ServiceCheck,
): ClusterSpec["config"] {
  const given = check.options("config", config, names.CONFIG);
  if (given === undefined) return null;
  const { files, variables = env, only } = given;
  for (const [path, template] of check.members("config.files", files, "texts by path")) {
    check.text("a path of config.files", path, ABSOLUTE, "an absolute path to a file");
    if (refHandle(template) === undefined) check.text(`config.files["${path}"]`, template, /^/, "a text");
  }
  for (const [name, value] of check.members("config.variables", variables, "variables"))
    check.input(`config.variables.${name}`, value, "a file of a ConfigMap can be read by many; use secrets");
  if (only !== undefined)
    for (const [index, name] of check.list("config.only", only).entries())
      check.text(`config.only[${index}]`, name, /^[A-Za-z_]\w*$/, "the name of a variable");
  return { files, variables, only: only ?? null };
}

function resolveSecurity(
  security: NonNullable<ClusterOptions["security"]>,
  check: ServiceCheck,
): ClusterSpec["security"] {
  const { runAsUser, runAsGroup, fsGroup, writable = ["/tmp"], capabilities = [] } = security;
  const { runAsNonRoot = true, readOnlyRootFilesystem = true } = security;
  for (const [name, id] of Object.entries({ runAsUser, runAsGroup, fsGroup }))
    if (id !== undefined) check.number(`security.${name}`, id, 0, 2 ** 31 - 1);
  if (runAsUser === 0 && runAsNonRoot)
    check.add("security.runAsUser is root, which needs runAsNonRoot: false");
  check.flag("security.runAsNonRoot", runAsNonRoot);
  check.flag("security.readOnlyRootFilesystem", readOnlyRootFilesystem);
  for (const [index, path] of check.list("security.writable", writable).entries())
    check.text(`security.writable[${index}]`, path, ABSOLUTE, "an absolute path to a folder");
  for (const [index, name] of check.list("security.capabilities", capabilities).entries())
    check.text(
      `security.capabilities[${index}]`,
      name,
      /^(?!CAP_)[A-Z_]+$/,
      'a capability such as "NET_BIND_SERVICE"',
    );
  return {
    runAsUser: runAsUser ?? null,
    runAsGroup: runAsGroup ?? null,
    fsGroup: fsGroup ?? null,
    runAsNonRoot,
    readOnlyRootFilesystem,
    writable,
    capabilities,
  };
}

function resolveHooks(
  hooks: NonNullable<ClusterOptions["hooks"]>,
  check: ServiceCheck,
): ClusterSpec["hooks"] {
  const seen = new Set<string>();
  const specs = (at: string, jobs: readonly ServiceJob[]): readonly JobSpec[] =>
    check.list(at, jobs).flatMap((one, index) => {
      const spec = (one as Partial<ServiceJob> | null)?.spec;
      if (spec === undefined) {
        check.add(`${at}[${index}] is no job: make it with job({ name, command })`);
        return [];
      }
      if (seen.has(spec.name)) check.add(`two hooks are called "${spec.name}"`);
      seen.add(spec.name);
      return [spec];
    });
  return {
    before: specs("hooks.before", hooks.before ?? []),
    after: specs("hooks.after", hooks.after ?? []),
  };
}
