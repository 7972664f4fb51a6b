import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SluiceError } from "../../../errors/index.ts";

/**
 * The arguments for `node` that run the proxy. The module that asks may have been bundled into any chunk, so the built
 * script is looked for from the package's root; when the package runs from its sources, so does the proxy.
 */
export function proxyScript(module: string = import.meta.url): readonly string[] {
  const file = fileURLToPath(module);
  const root = packageRoot(dirname(file));
  if (root !== undefined) {
    const source = join(root, "src", "targets", "local", "proxy-main.ts");
    if (file.startsWith(join(root, "src"))) {
      const loader = createRequire(join(root, "package.json")).resolve("tsx");
      return ["--import", pathToFileURL(loader).href, source];
    }
    const built = join(root, "dist", "targets", "local", "proxy-main.js");
    if (existsSync(built)) return [built];
  }
  throw new SluiceError(
    "DEPENDENCY_MISSING",
    "the local target's proxy script is not where the package has it",
    {
      path: file,
      hint: 'Install "sluice" as a package, and leave it external when you bundle your pipeline.',
    },
  );
}

function packageRoot(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (nameOf(join(folder, "package.json")) === "sluice") return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function nameOf(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, "utf8")) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
}
