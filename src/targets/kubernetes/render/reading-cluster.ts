import type { Reader } from "../../../util/state/reader.ts";
import { readPatches, type Patches } from "./patched.ts";
import { readImage, secretName, wordOf } from "./reading-parts.ts";

type Texts = Readonly<Record<string, string>>;
export type Spread = "prefer" | "require" | false;

/** What only clusters read of a `service()`. Null is: not asked for. */
export interface ClusterSettings {
  readonly resources: { readonly requests: Texts; readonly limits: Texts };
  readonly autoscale: { readonly min: number; readonly max: number; readonly cpu: number } | null;
  readonly disruption: number | string | null;
  readonly account: { readonly existing: string } | { readonly annotations: Texts; readonly token: boolean };
  readonly config: {
    readonly files: Texts;
    readonly variables: Texts;
    readonly only: readonly string[] | undefined;
  } | null;
  readonly spread: { readonly zone: Spread; readonly host: Spread };
  readonly security: SecuritySettings;
  readonly imagePull: { readonly secrets: readonly string[]; readonly policy: string | null };
  readonly hooks: { readonly before: readonly JobSettings[]; readonly after: readonly JobSettings[] };
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly patch: Patches;
}

export interface SecuritySettings {
  readonly runAsUser: number | null;
  readonly runAsGroup: number | null;
  readonly fsGroup: number | null;
  readonly runAsNonRoot: boolean;
  readonly readOnlyRootFilesystem: boolean;
  readonly writable: readonly string[];
  readonly capabilities: readonly string[];
}

export interface JobSettings {
  readonly name: string;
  readonly image: string | null;
  readonly command: readonly string[];
  readonly env: Texts;
  /** Names of secrets by the variable that carries them. */
  readonly secrets: Texts;
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  readonly forwardOnly: boolean;
  readonly labels: Texts;
  readonly annotations: Texts;
}

type Fields = Readonly<Record<string, unknown>>;

export function readCluster(spec: Fields, read: Reader): ClusterSettings {
  const texts = (value: unknown, at: string): Texts => read.map(value, at, wordOf(read));
  const resources = read.object(spec["resources"], "resources");
  const spread = read.object(spec["spread"], "spread");
  const pull = read.object(spec["imagePull"], "imagePull");
  const hooks = read.object(spec["hooks"], "hooks");
  const job = (value: unknown, at: string): JobSettings => readJob(read.object(value, at), at, read);
  return {
    resources: {
      requests: texts(resources["requests"], "resources.requests"),
      limits: texts(resources["limits"], "resources.limits"),
    },
    autoscale: read.nullable(spec["autoscale"], (value) => readAutoscale(value, read)),
    disruption: read.nullable(spec["disruption"], (value) =>
      typeof value === "number" ? value : read.text(value, "disruption"),
    ),
    account: readAccount(read.object(spec["account"], "account"), read),
    config: read.nullable(spec["config"], (value) => {
      const config = read.object(value, "config");
      const only = read.nullable(config["only"], (names) =>
        read.list(names, "config.only", (name, at) => read.text(name, at)),
      );
      return {
        files: texts(config["files"], "config.files"),
        variables: texts(config["variables"], "config.variables"),
        only: only ?? undefined,
      };
    }),
    spread: { zone: readSpread(spread["zone"], read), host: readSpread(spread["host"], read) },
    security: readSecurity(read.object(spec["security"], "security"), read),
    imagePull: {
      secrets: read.list(pull["secrets"], "imagePull.secrets", (name, at) => read.text(name, at)),
      policy: read.nullable(pull["policy"], (policy) => read.text(policy, "imagePull.policy")),
    },
    hooks: {
      before: read.list(hooks["before"], "hooks.before", job),
      after: read.list(hooks["after"], "hooks.after", job),
    },
    labels: texts(spec["labels"], "labels"),
    annotations: texts(spec["annotations"], "annotations"),
    patch: readPatches(spec["patch"], read),
  };
}

function readAutoscale(value: unknown, read: Reader): ClusterSettings["autoscale"] {
  const autoscale = read.object(value, "autoscale");
  const min = read.integer(autoscale["min"], "autoscale.min", 1);
  return {
    min,
    max: read.integer(autoscale["max"], "autoscale.max", min),
    cpu: read.integer(autoscale["cpu"], "autoscale.cpu", 1),
  };
}

function readAccount(account: Fields, read: Reader): ClusterSettings["account"] {
  if (account["existing"] !== undefined)
    return { existing: read.text(account["existing"], "account.existing") };
  const annotations = read.map(account["annotations"], "account.annotations", (one, at) =>
    read.text(one, at),
  );
  return { annotations, token: read.boolean(account["token"], "account.token") };
}

function readSpread(value: unknown, read: Reader): Spread {
  return value === false ? false : read.oneOf(value, "spread", ["prefer", "require"]);
}

function readSecurity(spec: Fields, read: Reader): SecuritySettings {
  const id = (name: string): number | null =>
    read.nullable(spec[name], (value) => read.integer(value, `security.${name}`));
  const texts = (name: string): readonly string[] =>
    read.list(spec[name], `security.${name}`, (value, at) => read.text(value, at));
  return {
    runAsUser: id("runAsUser"),
    runAsGroup: id("runAsGroup"),
    fsGroup: id("fsGroup"),
    runAsNonRoot: read.boolean(spec["runAsNonRoot"], "security.runAsNonRoot"),
    readOnlyRootFilesystem: read.boolean(spec["readOnlyRootFilesystem"], "security.readOnlyRootFilesystem"),
    writable: texts("writable"),
    capabilities: texts("capabilities"),
  };
}

function readJob(spec: Fields, at: string, read: Reader): JobSettings {
  const word = wordOf(read);
  return {
    name: read.text(spec["name"], `${at}.name`),
    image: read.nullable(spec["image"], (image) => readImage(image, `${at}.image`, read)),
    command: read.list(spec["command"], `${at}.command`, word),
    env: read.map(spec["env"], `${at}.env`, word),
    secrets: read.map(spec["secrets"], `${at}.secrets`, (one, place) => secretName(one, place, read)),
    timeout: read.integer(spec["timeout"], `${at}.timeout`, 1),
    retries: read.integer(spec["retries"], `${at}.retries`),
    forwardOnly: read.boolean(spec["forwardOnly"], `${at}.forwardOnly`),
    labels: read.map(spec["labels"], `${at}.labels`, word),
    annotations: read.map(spec["annotations"], `${at}.annotations`, word),
  };
}
