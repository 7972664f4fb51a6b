import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Whether a module was started by `node` itself, not imported.
 *
 * @param {string} moduleUrl `import.meta.url`
 */
export function isEntry(moduleUrl) {
  const entry = process.argv[1];
  return entry !== undefined && realpathSync(entry) === fileURLToPath(moduleUrl);
}

/**
 * Runs a script; an error is one line on stderr and exit code 1.
 *
 * @param {() => Promise<void>} main
 */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
    process.exitCode = 1;
  }
}
