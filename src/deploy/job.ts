import type { Evidence, Input, Secret } from "../model/index.ts";
import type { Duration } from "../util/duration.ts";
import type { ImageGates } from "./evidence.ts";
import { JOB } from "./option-names.ts";
import { DNS_LABEL, DNS_LABEL_WORDS, ServiceCheck } from "./service-check.ts";

declare const gates: unique symbol;

/** Options of {@link job}. */
export interface ServiceJobOptions<Image extends Input<string> | undefined = Input<string> | undefined> {
  /** A DNS label, unique among the hooks of a service. */
  readonly name: string;
  /** @defaultValue the service's image */
  readonly image?: Image;
  /** The program and its arguments, in place of the image's entry point. */
  readonly command: readonly Input<string | number>[];
  /** Variables. It has none of the service's. */
  readonly env?: Readonly<Record<string, Input<string | number>>>;
  /** Secrets, by the variable that carries each. It has none of the service's. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** All attempts together. @defaultValue "10m" */
  readonly timeout?: Duration;
  /** How often it is tried again after it has failed. @defaultValue 0 */
  readonly retries?: number;
  /**
   * Going back to the release before does not undo it, as with most migrations. When the release fails after it has
   * run, the target is held as it stands, for a person to decide. @defaultValue false
   */
  readonly forwardOnly?: boolean;
  /** Labels of its pod. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of its pod. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Work that runs to its end beside a service, for example a migration. `Passed` are the gates of its own image. */
export interface ServiceJob<in Passed extends string = never> {
  readonly spec: JobSpec;
  readonly [gates]?: Evidence<Passed>;
}

/** What {@link job} makes of its options; it stands in the Plan. */
export interface JobSpec {
  readonly name: string;
  /** Null: the service's. */
  readonly image: Input<string> | null;
  readonly command: readonly Input<string | number>[];
  readonly env: Readonly<Record<string, Input<string | number>>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  readonly forwardOnly: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Work that runs once per release beside a {@link service}, to its end: `hooks.before` before the new release starts,
 * `hooks.after` once it has all traffic. Only clusters run it.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * const migrate = job({ name: "migrate", command: ["node", "migrate.js"], secrets: { DATABASE: secrets.database }, forwardOnly: true });
 * const app = service({ image, hooks: { before: [migrate] } });
 * ```
 */
export function job<const Image extends Input<string> | undefined = undefined>(
  options: ServiceJobOptions<Image>,
): ServiceJob<ImageGates<Image>> {
  const check = new ServiceCheck();
  const given = check.options("", options, JOB) ?? ({} as ServiceJobOptions<Image>);
  const { name, image, command, env = {}, secrets = {}, timeout = "10m", retries = 0 } = given;
  const { forwardOnly = false, labels = {}, annotations = {} } = given;
  check.text("name", name, DNS_LABEL, DNS_LABEL_WORDS);
  if (image !== undefined) check.image("image", image);
  check.command("command", command);
  check.env("env", env);
  check.secrets("secrets", secrets, env);
  check.number("retries", retries, 0, 100);
  check.flag("forwardOnly", forwardOnly);
  for (const [at, all] of Object.entries({ labels, annotations }))
    for (const [key, value] of check.members(at, all, "texts"))
      check.text(`${at}.${key}`, value, /^/, "a text");
  const spec: JobSpec = {
    name,
    image: image ?? null,
    command,
    env,
    secrets,
    timeout: check.duration("timeout", timeout, 1_000),
    retries,
    forwardOnly,
    labels,
    annotations,
  };
  check.throwIfAny(
    `job(${typeof name === "string" ? JSON.stringify(name) : ""})`,
    'Write it like job({ name: "migrate", command: ["node", "migrate.js"] }).',
  );
  return { spec };
}
