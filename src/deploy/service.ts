import type { Artifact, Input, RefCore, Secret } from "../model/index.ts";
import type { App } from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { resolveCluster, type ClusterSpec } from "./cluster-spec.ts";
import { commonSubject, type GatesIn, type ImageGates } from "./evidence.ts";
import type { ServiceJob } from "./job.ts";
import { HEALTH, SERVICE } from "./option-names.ts";
import { DNS_LABEL, DNS_LABEL_WORDS, ServiceCheck } from "./service-check.ts";

/** How a replica is asked whether it is well. */
export interface HealthOptions {
  /**
   * Answers a GET with a status from 200 to 399 when the replica can take requests.
   * @defaultValue "/healthz"
   */
  readonly path?: string;
  /** Time between two questions; clusters count in whole seconds. @defaultValue "1s" */
  readonly interval?: Duration;
  /** How long one answer may take. @defaultValue "2s" */
  readonly timeout?: Duration;
  /**
   * How long a new replica may take to be well for the first time; in a cluster this includes finding a node, for
   * which the target's `scheduling` sets a limit of its own, and pulling the image. @defaultValue "60s"; in a cluster "5m"
   */
  readonly startup?: Duration;
  /**
   * In a cluster: a path that answers for as long as the process is not stuck; one that has not answered for a minute is
   * started again. False: never. @defaultValue `path`
   */
  readonly live?: string | false;
}

/** What every `service()` has, whatever it is made of. */
export interface ServiceSettings<Job extends ServiceJob = ServiceJob> extends ClusterOptions<Job> {
  /**
   * In a cluster: what its Service is called, a DNS label. @defaultValue the target's name where that was given one, else
   * the pipeline's
   */
  readonly name?: string;
  /** Arguments after `command` or, for an image with an entry point of its own, after that. */
  readonly args?: readonly Input<string | number>[];
  /**
   * The port that it listens on where it has an address of its own. A local target gives each process one in `PORT`; in a
   * cluster `PORT` is this one. @defaultValue 8080 in a cluster
   */
  readonly port?: number;
  /** How many processes or pods. @defaultValue 1 */
  readonly replicas?: Input<number>;
  /** The health check, or only its path. @defaultValue "/healthz" */
  readonly health?: string | HealthOptions;
  /** Variables. `PORT` and names that begin with `SLUICE_` are the target's. */
  readonly env?: Readonly<Record<string, Input<string | number>>>;
  /** Secrets, by the variable that carries each. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** How long requests in flight have to finish before a process is ended. @defaultValue "30s" */
  readonly drain?: Duration;
}

/** A `service()` made of files, which a local target runs, and perhaps of an image too. */
export interface ServiceFiles<
  P extends string = never,
  Image extends Input<string> | undefined = Input<string> | undefined,
> {
  /** The files that it runs from. The gates that they have passed are the app's evidence. */
  readonly artifact: RefCore<Artifact, P>;
  /** Starts the files: the program and its arguments, one element each; no shell looks at them. It runs in their root folder. */
  readonly command: readonly Input<string | number>[];
  /** What a cluster runs, by its own entry point. The app has only the gates that it and the files have passed. */
  readonly image?: Image;
}

/** A `service()` made of an image alone, which a cluster runs. */
export interface ServiceImage<Image extends Input<string> | undefined = Input<string> | undefined> {
  /** Best by digest: `registry/name@sha256:…`. The gates that its ref has passed are the app's evidence; a text has passed none. */
  readonly image: Image & Input<string>;
  /** In place of the image's entry point. @defaultValue the image's */
  readonly command?: readonly Input<string | number>[];
  readonly artifact?: never;
}

/** Options of {@link service}. */
export type ServiceOptions<
  P extends string = never,
  Image extends Input<string> | undefined = Input<string> | undefined,
  Job extends ServiceJob = ServiceJob,
> = ServiceSettings<Job> & (ServiceFiles<P, Image> | ServiceImage<Image>);

/** What {@link service} makes of its options; it stands in the Plan. Times are milliseconds; null is: not given. */
export interface ServiceSpec {
  readonly name: string | null;
  readonly artifact: RefCore<Artifact, never> | null;
  readonly image: Input<string> | null;
  /** Starts the files of the artifact; without one, takes the place of the image's entry point. */
  readonly command: readonly Input<string | number>[] | null;
  readonly args: readonly Input<string | number>[];
  readonly port: number | null;
  readonly replicas: Input<number>;
  readonly health: {
    readonly path: string;
    readonly interval: number;
    readonly timeout: number;
    readonly startup: number;
    /** As `startup`, where a node is to be found and an image to be pulled first. */
    readonly deadline: number;
    readonly live: string | null;
  };
  readonly env: Readonly<Record<string, Input<string | number>>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly drain: number;
  /** What only clusters read. */
  readonly cluster: ClusterSpec;
}

/** Of `health.startup` in a cluster. */
const DEADLINE = 5 * 60_000;

type HookGates<Job> = [Job] extends [never] ? string : GatesOfJobs<Job>;
type GatesOfJobs<Job> = GatesIn<Job extends ServiceJob<infer P> ? RefCore<unknown, P> : never>;

/**
 * An app that answers HTTP requests: the same process, `replicas` times. A local target runs it from the files of an
 * artifact, a cluster from an image; give both, and one definition goes everywhere.
 *
 * In a cluster it becomes a Deployment for each release, with probes, a ServiceAccount, a PodDisruptionBudget and, where asked for,
 * ConfigMaps, Secrets, an autoscaler and jobs. Its defaults pass the Pod Security level `restricted`.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * const app = service({ artifact: built, command: ["node", "server.js"], replicas: 4, drain: "10s" });
 * const anywhere = service({ artifact: built, command: ["node", "server.js"], image, resources: { memory: "1Gi" } });
 * ```
 */
export function service<
  P extends string = string,
  const Image extends Input<string> | undefined = undefined,
  Job extends ServiceJob = never,
>(options: ServiceOptions<P, Image, Job>): App<P & ImageGates<Image> & HookGates<Job>> {
  const check = new ServiceCheck();
  const given = check.options("", options, SERVICE) ?? ({} as ServiceOptions<P, Image, Job>);
  const { name, artifact, image, command, port, replicas = 1, health } = given;
  const { args = [], env = {}, secrets = {}, drain = "30s" } = given;
  const asked: HealthOptions =
    typeof health === "string"
      ? { path: health }
      : (check.options("health", health, HEALTH, " or a path") ?? {});
  const { path = "/healthz", interval = "1s", timeout = "2s", startup = "60s", live = path } = asked;
  if (name !== undefined) check.text("name", name, DNS_LABEL, DNS_LABEL_WORDS);
  check.content(artifact, command, image);
  check.args("args", args);
  if (port !== undefined) check.number("port", port, 1, 65_535);
  check.count("replicas", replicas, 1);
  check.path("health.path", path);
  if (live !== false && live !== path) check.path("health.live", live);
  check.env("env", env);
  check.secrets("secrets", secrets, env);
  const startupTime = check.duration("health.startup", startup, 1);
  const spec: ServiceSpec = {
    name: name ?? null,
    artifact: artifact ?? null,
    image: image ?? null,
    command: command ?? null,
    args,
    port: port ?? null,
    replicas,
    health: {
      path,
      interval: check.duration("health.interval", interval, 1),
      timeout: check.duration("health.timeout", timeout, 1),
      startup: startupTime,
      deadline: asked.startup === undefined ? DEADLINE : startupTime,
      live: live === false ? null : live,
    },
    env,
    secrets,
    drain: check.duration("drain", drain, 0),
    cluster: resolveCluster(given, { replicas, port, env }, check),
  };
  check.throwIfAny(
    "service()",
    'Write it like service({ artifact: built, command: ["node", "server.js"], replicas: 2 }), or service({ image }).',
  );
  const { before, after } = spec.cluster.hooks;
  const images = [...before, ...after].flatMap((one) => (one.image === null ? [] : [one.image]));
  const parts = [artifact, image, ...images].filter((part) => part !== undefined);
  return { kind: "service", spec, subject: commonSubject(parts) };
}
