import type { Env } from "./text/environment.ts";

/** What every reporter that writes text takes. */
export interface TextReporterOptions {
  /** Where to write. @defaultValue `process.stdout`, looked up when the reporter is made */
  readonly out?: NodeJS.WritableStream;
  /** Whether to colour. @defaultValue by FORCE_COLOR, NO_COLOR, TERM and whether `out` is a terminal */
  readonly color?: boolean;
  /** How the user starts Sluice, for the commands in hints. @defaultValue `"sluice"` */
  readonly command?: string;
  /** The environment to look at. @defaultValue `process.env` */
  readonly env?: Env;
}
