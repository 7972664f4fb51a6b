import { resolve } from "node:path";
import { SluiceError } from "../errors/index.ts";
import type { Command } from "./arguments.ts";

/** What every verb passes on. */
export function commonOptions(command: Command): {
  readonly params: Readonly<Record<string, unknown>>;
  readonly cwd?: string;
  readonly stateDir?: string;
} {
  const cwd = textFlag(command, "cwd");
  const stateDir = textFlag(command, "state-dir");
  return {
    params: command.params,
    // Paths typed on a command line start where it is typed.
    ...(cwd === undefined ? {} : { cwd: resolve(cwd) }),
    ...(stateDir === undefined ? {} : { stateDir: resolve(stateDir) }),
  };
}

export function textFlag(command: Command, name: string): string | undefined {
  const value = command.flags[name];
  return typeof value === "string" ? value : undefined;
}

export function listFlag(command: Command, name: string): readonly string[] {
  const value = command.flags[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** A flag that is a whole number of at least 1. @throws SluiceError `USAGE` */
export function countFlag(command: Command, name: string): number | undefined {
  const text = textFlag(command, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SluiceError("USAGE", `--${name} ${text}: not a whole number of at least 1`);
}

const CACHE_MODES = ["use", "refresh", "off"] as const;

/** What becomes of kept results. @throws SluiceError `USAGE` */
export function cacheFlag(command: Command): (typeof CACHE_MODES)[number] | undefined {
  const text = textFlag(command, "cache");
  if (text === undefined) return undefined;
  const mode = CACHE_MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  throw new SluiceError("USAGE", `--cache ${text}: there is no such mode`, {
    hint: `One of: ${CACHE_MODES.join(", ")}.`,
  });
}
