import { realpathSync } from "node:fs";
import type { Pipeline } from "../builder/index.ts";
import { PIPELINE } from "../builder/pipeline.ts";

/** The command line of a pipeline whose file is what Node was started with; otherwise nothing. */
export function launch(pipe: Pipeline): void {
  const script = process.argv[1];
  const file = pipe[PIPELINE].at?.file;
  if (script === undefined || file === undefined || !isSame(script, file)) return;
  void start(pipe, script);
}

async function start(pipe: Pipeline, script: string): Promise<void> {
  const [verb] = process.argv.slice(2);
  // What a run is going to need is read while the command line is: loading one after the other is what a short run
  // would spend most of its time on.
  if (verb === undefined || verb === "run" || verb.startsWith("--")) prefetch();
  const [{ main }, { processTerminal }] = await Promise.all([import("./main.ts"), import("./terminal.ts")]);
  process.exitCode = await main(pipe, process.argv.slice(2), processTerminal(script));
}

/** `node pipeline` may name the file without its ending, and either may go through a link. */
function isSame(script: string, file: string): boolean {
  const real = realOf(file);
  return realOf(script) === real || `${realOf(script)}${/\.[^./\\]+$/.exec(real)?.[0] ?? ""}` === real;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function prefetch(): void {
  for (const load of [
    () => import("./verb-run.ts"),
    () => import("../host/execute.ts"),
    () => import("../executors/shell/execute.ts"),
  ]) {
    // A fault shows where the module is used.
    load().catch(() => undefined);
  }
}
