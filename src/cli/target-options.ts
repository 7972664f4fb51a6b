import type { TargetAppOptions } from "../host/targets.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

/** What a verb passes on that is about a target. */
export function targetOptions(command: Command, terminal: Terminal): TargetAppOptions {
  const app = textFlag(command, "app");
  return {
    ...commonOptions(command),
    ...(app === undefined ? {} : { app }),
    env: terminal.env,
    log: (text) => {
      terminal.err.write(text);
    },
  };
}

/** A target, and the app on it that was asked for. */
export function shown(target: string, command: Command): string {
  return titleOf(target, textFlag(command, "app"));
}

export function titleOf(target: string, app: string | undefined): string {
  return app === undefined ? target : `${target} (${app})`;
}
