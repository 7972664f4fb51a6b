import { SluiceError } from "../../../errors/index.ts";
import type { ResolvedApp } from "../../../ports/index.ts";
import { Reader } from "../../../util/state/reader.ts";
import { readCluster, type ClusterSettings } from "./reading-cluster.ts";
import { readImage, secretName, wordOf } from "./reading-parts.ts";

/** A `service()` as a cluster runs it: every ref is filled in. Times in milliseconds. */
export interface ServiceApp extends ClusterSettings {
  readonly name: string | null;
  readonly image: string;
  /** In place of the image's entry point. */
  readonly command: readonly string[] | null;
  readonly args: readonly string[];
  readonly port: number;
  readonly replicas: number;
  readonly health: {
    readonly path: string;
    readonly live: string | null;
    readonly interval: number;
    readonly timeout: number;
    readonly deadline: number;
  };
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets by the variable that carries them. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly drain: number;
}

const PORT = 8_080;

export function appReader(): Reader {
  return new Reader(
    (problem) =>
      new SluiceError("DEFINITION_INVALID", `the app's ${problem}`, {
        hint: "Check the options of service() in the definition, and what the refs among them give.",
      }),
  );
}

/** Throws `DEFINITION_INVALID` for a `service()` of files alone. */
export function refuseFiles(spec: Readonly<Record<string, unknown>>): void {
  if (spec["image"] !== null && spec["image"] !== undefined) return;
  throw new SluiceError("DEFINITION_INVALID", "a cluster runs an image, and this service has none", {
    hint: 'Give it one: service({ image: "registry.example/app@sha256:…" }), best by a ref to what built it.',
  });
}

/** Reads an app of kind `service`. Throws `DEFINITION_INVALID`. */
export function readService(app: ResolvedApp): ServiceApp {
  const read = appReader();
  const spec = read.object(app.spec, "spec");
  refuseFiles(spec);
  const word = wordOf(read);
  const health = read.object(spec["health"], "health");
  // Beside an artifact the command starts the artifact's files, and the image knows by itself how it is started.
  const ofImage = spec["artifact"] === null || spec["artifact"] === undefined;
  return {
    name: read.nullable(spec["name"], (name) => read.text(name, "name")),
    image: readImage(spec["image"], "image", read),
    command: ofImage
      ? read.nullable(spec["command"], (command) => read.list(command, "command", word))
      : null,
    args: read.list(spec["args"], "args", word),
    port: read.nullable(spec["port"], (port) => read.integer(port, "port", 1)) ?? PORT,
    replicas: read.integer(spec["replicas"], "replicas", 1),
    health: {
      path: read.text(health["path"], "health.path"),
      live: read.nullable(health["live"], (path) => read.text(path, "health.live")),
      interval: read.integer(health["interval"], "health.interval", 1),
      timeout: read.integer(health["timeout"], "health.timeout", 1),
      deadline: read.integer(health["deadline"], "health.deadline", 1),
    },
    env: read.map(spec["env"], "env", word),
    secrets: read.map(spec["secrets"], "secrets", (one, at) => secretName(one, at, read)),
    drain: read.integer(spec["drain"], "drain"),
    ...readCluster(read.object(spec["cluster"], "cluster"), read),
  };
}
