import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { ClusterEntry, Config, ContextEntry, ExecEntry, Impersonation, UserEntry } from "./types.ts";

type Raw = Readonly<Record<string, unknown>>;

/** Reads kubeconfigs. Their content stands in no error: it may hold keys. @throws SluiceError `CLUSTER_UNREACHABLE` */
export async function readConfigs(files: readonly string[]): Promise<readonly Config[]> {
  return await Promise.all(files.map(readConfig));
}

async function readConfig(file: string): Promise<Config> {
  const content = await readFile(file, "utf8").catch((error: unknown) => {
    const code = codeOf(error) ?? "unknown error";
    throw wrong(`the kubeconfig ${file} cannot be read (${code})`);
  });
  const { parse } = await import("yaml");
  let parsed: unknown;
  try {
    parsed = parse(content);
  } catch {
    // A parser's message would show the text.
    throw wrong(`the kubeconfig ${file} is not YAML`);
  }
  // An empty file is an empty kubeconfig.
  const raw = record(parsed ?? {});
  if (raw === undefined || (raw["kind"] !== undefined && raw["kind"] !== "Config"))
    throw wrong(`the file ${file} is not a kubeconfig`);
  const folder = dirname(file);
  return {
    clusters: entries(raw["clusters"], "cluster", (name, one) => clusterOf(name, one, folder)),
    users: entries(raw["users"], "user", (name, one) => userOf(name, one, folder)),
    contexts: entries(raw["contexts"], "context", contextOf),
    current: string(raw["current-context"]),
  };
}

/** Entries by name; the first of a name counts. */
function entries<T>(
  list: unknown,
  field: string,
  read: (name: string, raw: Raw) => T,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const one of Array.isArray(list) ? (list as unknown[]) : []) {
    const name = string(record(one)?.["name"]);
    if (name !== undefined && !found.has(name))
      found.set(name, read(name, record(record(one)?.[field]) ?? {}));
  }
  return found;
}

function contextOf(name: string, raw: Raw): ContextEntry {
  return {
    name,
    cluster: string(raw["cluster"]) ?? "",
    user: string(raw["user"]),
    namespace: string(raw["namespace"]),
  };
}

function clusterOf(name: string, raw: Raw, folder: string): ClusterEntry {
  const extensions = Array.isArray(raw["extensions"]) ? (raw["extensions"] as unknown[]).map(record) : [];
  const own = extensions.find((one) => one?.["name"] === "client.authentication.k8s.io/exec");
  return {
    name,
    server: string(raw["server"])?.replace(/\/$/, "") ?? "",
    caFile: path(raw["certificate-authority"], folder),
    caData: string(raw["certificate-authority-data"]),
    insecure: raw["insecure-skip-tls-verify"] === true,
    serverName: string(raw["tls-server-name"]),
    proxy: string(raw["proxy-url"]),
    pluginConfig: own?.["extension"],
  };
}

function userOf(name: string, raw: Raw, folder: string): UserEntry {
  const legacy = record(raw["auth-provider"]);
  const exec = record(raw["exec"]) ?? record(record(legacy?.["config"])?.["exec"]);
  return {
    name,
    token: string(raw["token"]),
    tokenFile: path(raw["tokenFile"], folder),
    certFile: path(raw["client-certificate"], folder),
    certData: string(raw["client-certificate-data"]),
    keyFile: path(raw["client-key"], folder),
    keyData: string(raw["client-key-data"]),
    username: string(raw["username"]),
    exec: exec === undefined ? undefined : execOf(exec, folder),
    authProvider: legacy === undefined ? undefined : { name: string(legacy["name"]) ?? "", entry: legacy },
    impersonate: impersonationOf(raw),
  };
}

function execOf(raw: Raw, folder: string): ExecEntry {
  const command = string(raw["command"]) ?? "";
  const env = Array.isArray(raw["env"]) ? (raw["env"] as unknown[]).map((one) => record(one) ?? {}) : [];
  return {
    apiVersion: string(raw["apiVersion"]) ?? "",
    // As kubectl does: a name is looked up on the PATH, a relative path is from the kubeconfig.
    command: /[\\/]/.test(command) ? resolve(folder, command) : command,
    args: strings(raw["args"]),
    env: Object.fromEntries(env.map(({ name, value }) => [string(name) ?? "", string(value) ?? ""])),
    installHint: string(raw["installHint"]),
    provideClusterInfo: raw["provideClusterInfo"] === true,
    interactiveMode: string(raw["interactiveMode"]) ?? "IfAvailable",
  };
}

function impersonationOf(raw: Raw): Impersonation | undefined {
  const user = string(raw["as"]);
  if (user === undefined) return undefined;
  const extra = Object.entries(record(raw["as-user-extra"]) ?? {}).map(
    ([key, values]) => [key, strings(values)] as const,
  );
  return {
    user,
    uid: string(raw["as-uid"]),
    groups: strings(raw["as-groups"]),
    extra: Object.fromEntries(extra),
  };
}

function record(value: unknown): Raw | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function path(value: unknown, folder: string): string | undefined {
  const file = string(value);
  return file === undefined ? undefined : resolve(folder, file);
}

function wrong(message: string): SluiceError {
  return new SluiceError("CLUSTER_UNREACHABLE", message, {
    hint: "Look at it: kubectl config view. Or name another by KUBECONFIG or kubeconfig({ path }).",
  });
}
