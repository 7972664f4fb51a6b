import { SluiceError } from "../../errors/index.ts";
import { parseDuration, type Duration } from "../../util/duration.ts";
import type { LocalSpec } from "./spec.ts";

/** Options of {@link local}. */
export interface LocalOptions<R extends string = never> {
  /** Unique among the pipeline's targets. Letters, digits, `.`, `_` and `-`; at most 64. */
  readonly name: string;
  /**
   * The port of the stable URL on 127.0.0.1.
   * @defaultValue a free one, assigned at the first deploy and kept from then on
   */
  readonly port?: number;
  /** Gates that a value must have passed to be deployed here. */
  readonly requires?: readonly R[];
  /**
   * How many earlier releases keep their files, to go back to.
   * @defaultValue 5
   */
  readonly history?: number;
  /**
   * Time between SIGTERM and SIGKILL for a process that is ended.
   * @defaultValue "10s"
   */
  readonly grace?: Duration;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** Checks the options, all of them at once. Throws `DEFINITION_INVALID`. */
export function localSpec(options: LocalOptions<string>): LocalSpec {
  const { name, port, history = 5, grace = "10s" } = options;
  const problems: string[] = [];
  if (typeof name !== "string" || !NAME.test(name)) {
    problems.push(`name must be 1 to 64 letters, digits, ".", "_" or "-", not ${JSON.stringify(name)}`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    problems.push(`port must be a whole number from 1 to 65535, not ${String(port)}`);
  }
  if (!Number.isInteger(history) || history < 1) {
    problems.push(`history must be a whole number of at least 1, not ${String(history)}`);
  }
  const graceMs = parseDuration(grace);
  if (graceMs === undefined)
    problems.push(`grace must be a duration such as "10s", not ${JSON.stringify(grace)}`);
  if (problems.length > 0) {
    throw new SluiceError("DEFINITION_INVALID", `local(): ${problems.join("; ")}`, {
      hint: 'Write it like local({ name: "staging", port: 4100 }); all but the name may be left out.',
    });
  }
  return { name, port: port ?? null, history, grace: Math.round(graceMs ?? 0) };
}
