import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's version. */
export function version(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) {
    try {
      const manifest = JSON.parse(readFileSync(join(at, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === "sluice" && manifest.version !== undefined) return manifest.version;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return "unknown";
}
