import { SluiceError } from "../../errors/index.ts";
import type { Artifact } from "../../model/index.ts";
import type { ResolvedApp } from "../../ports/index.ts";
import { canonicalJson, sha256 } from "../../util/canonical-json.ts";
import { Reader } from "../../util/state/reader.ts";

/** How a replica is asked whether it is well. Times in milliseconds. */
export interface HealthCheck {
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly startup: number;
}

/** An app as this target runs it: everything is known but the values of its secrets. */
export interface ServiceApp {
  readonly artifact: Artifact;
  readonly command: readonly string[];
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets by the variable that carries them. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly health: HealthCheck;
  /** The port that the app has elsewhere; here each process gets one of its own in `PORT`. */
  readonly port: number | null;
  /** Milliseconds that requests in flight are given to finish. */
  readonly drain: number;
}

/** Throws `DEFINITION_INVALID` for what is no service made of files. */
export function refuseOthers(app: Pick<ResolvedApp, "kind" | "spec" | "artifact">): void {
  if (app.kind !== "service") {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `a local target runs a service, not an app of kind "${app.kind}"`,
      {
        hint: "Make the app with service() from sluice/deploy.",
      },
    );
  }
  const spec = app.spec as { readonly artifact?: unknown; readonly image?: unknown } | null;
  const onlyImage = spec?.artifact === null && (spec.image ?? null) !== null;
  if (onlyImage && app.artifact === undefined) {
    throw new SluiceError(
      "DEFINITION_INVALID",
      "a local target runs files, and this service has only an image",
      {
        hint: 'Give it both: service({ artifact: built, command: ["node", "server.js"], image }).',
      },
    );
  }
}

/** Reads an app of kind `service`. Throws `DEFINITION_INVALID`. */
export function readApp(app: ResolvedApp): ServiceApp {
  refuseOthers(app);
  const read = new Reader(
    (problem) =>
      new SluiceError("DEFINITION_INVALID", `the app's ${problem}`, {
        hint: "Make the app with service() from sluice/deploy.",
      }),
  );
  const spec = read.object(app.spec, "spec");
  return { artifact: app.artifact ?? readArtifact(spec["artifact"], read), ...readRunning(spec, read) };
}

/** The part of an app that is no artifact; the same shape stands in `release.json`. */
export function readRunning(
  spec: Readonly<Record<string, unknown>>,
  read: Reader,
): Omit<ServiceApp, "artifact"> {
  const word = (value: unknown, at: string): string =>
    typeof value === "number" ? String(value) : read.text(value, at);
  const command = [
    ...read.list(spec["command"], "command", word),
    // What stands in `release.json` is one list already.
    ...read.list(spec["args"] ?? [], "args", word),
  ];
  if (command.length === 0) read.text(undefined, "command[0]");
  const health = read.object(spec["health"], "health");
  return {
    command,
    replicas: read.integer(spec["replicas"], "replicas", 1),
    env: read.map(spec["env"] ?? {}, "env", word),
    secrets: read.map(spec["secrets"] ?? {}, "secrets", (value, at) => secretName(value, at, read)),
    health: {
      path: read.text(health["path"], "health.path"),
      interval: read.integer(health["interval"], "health.interval", 1),
      timeout: read.integer(health["timeout"], "health.timeout", 1),
      startup: read.integer(health["startup"], "health.startup", 1),
    },
    port: read.nullable(spec["port"], (port) => read.integer(port, "port", 1)),
    drain: read.integer(spec["drain"], "drain"),
  };
}

/**
 * What makes two releases the same: files, command, variables, names of secrets, health check, port and drain time. The
 * number of replicas is not part of it, nor is a secret's value, from which nothing may be derived on disk.
 */
export function appDigest(app: ServiceApp): string {
  const { artifact, command, env, health, port, drain, secrets } = app;
  return sha256(canonicalJson({ artifact: artifact.digest, command, env, secrets, health, port, drain }));
}

export function readArtifact(value: unknown, read: Reader): Artifact {
  const artifact = read.object(value, "artifact");
  return {
    name: read.text(artifact["name"], "artifact.name"),
    digest: read.text(artifact["digest"], "artifact.digest"),
    path: read.text(artifact["path"], "artifact.path"),
    size: read.integer(artifact["size"], "artifact.size"),
    files: read.list(artifact["files"], "artifact.files", (part, at) => {
      const file = read.object(part, at);
      return {
        path: read.text(file["path"], `${at}.path`),
        digest: read.text(file["digest"], `${at}.digest`),
        size: read.integer(file["size"], `${at}.size`),
        executable: read.boolean(file["executable"], `${at}.executable`),
      };
    }),
  };
}

function secretName(value: unknown, at: string, read: Reader): string {
  return typeof value === "string" ? value : read.text(read.object(value, at)["$secret"], `${at}.$secret`);
}
