import type { Artifact, Input, RefCore, Secret } from "../model/index.ts";
import type { App } from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";
import { ServiceCheck } from "./service-check.ts";

/** How a replica is asked whether it is well. */
export interface HealthOptions {
  /**
   * Answers a GET with a status from 200 to 399 when the replica can take requests.
   * @defaultValue "/healthz"
   */
  readonly path?: string;
  /** Time between two questions. @defaultValue "1s" */
  readonly interval?: Duration;
  /** How long one answer may take. @defaultValue "2s" */
  readonly timeout?: Duration;
  /** How long a new replica may take to be well for the first time. @defaultValue "60s" */
  readonly startup?: Duration;
}

/** Options of {@link service}. */
export interface ServiceOptions<P extends string = never> {
  /** The files that it runs from. The gates that they have passed are the app's evidence. */
  readonly artifact: RefCore<Artifact, P>;
  /** The program and its arguments, one element each; no shell looks at them. It runs in the artifact's root folder. */
  readonly command: readonly Input<string | number>[];
  /** The port that it listens on where it has an address of its own. A local target gives each process one in `PORT`. */
  readonly port?: number;
  /** How many processes. @defaultValue 1 */
  readonly replicas?: Input<number>;
  /** The health check, or only its path. @defaultValue "/healthz" */
  readonly health?: string | HealthOptions;
  /** Variables. `PORT` and names that begin with `SLUICE_` are the target's. */
  readonly env?: Readonly<Record<string, Input<string | number>>>;
  /** Secrets, by the variable that carries each. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** How long requests in flight have to finish before a process is told to end. @defaultValue "30s" */
  readonly drain?: Duration;
}

/** What {@link service} makes of its options; it stands in the Plan. Times are milliseconds. */
export interface ServiceSpec {
  readonly artifact: RefCore<Artifact, never>;
  readonly command: readonly Input<string | number>[];
  readonly port: number | null;
  readonly replicas: Input<number>;
  readonly health: {
    readonly path: string;
    readonly interval: number;
    readonly timeout: number;
    readonly startup: number;
  };
  readonly env: Readonly<Record<string, Input<string | number>>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly drain: number;
}

/**
 * An app that answers HTTP requests: the same process, `replicas` times, run from the files of one artifact.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * const app = service({ artifact: built, command: ["node", "server.js"], replicas: 4, drain: "10s" });
 * ```
 */
export function service<P extends string = never>(options: ServiceOptions<P>): App<P> {
  const {
    artifact,
    command,
    port,
    replicas = 1,
    health = {},
    env = {},
    secrets = {},
    drain = "30s",
  } = options;
  const {
    path = "/healthz",
    interval = "1s",
    timeout = "2s",
    startup = "60s",
  } = typeof health === "string" ? { path: health } : health;
  const check = new ServiceCheck();
  check.artifact(artifact);
  check.command(command);
  check.port(port);
  check.replicas(replicas);
  check.path(path);
  check.env(env);
  check.secrets(secrets, env);
  const spec: ServiceSpec = {
    artifact,
    command,
    port: port ?? null,
    replicas,
    health: {
      path,
      interval: check.duration("health.interval", interval, 1),
      timeout: check.duration("health.timeout", timeout, 1),
      startup: check.duration("health.startup", startup, 1),
    },
    env,
    secrets,
    drain: check.duration("drain", drain, 0),
  };
  check.throwIfAny();
  return { kind: "service", spec, subject: artifact };
}
