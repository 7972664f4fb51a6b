import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PIPELINE, type Pipeline } from "../builder/pipeline.ts";
import { isSluiceError, messageOf, SluiceError } from "../errors/index.ts";

/** The pipeline that a file exports: its default export, or the only one among its exports. */
export async function loadPipeline(
  file: string,
): Promise<{ readonly pipeline: Pipeline } | { readonly error: SluiceError }> {
  const path = resolve(file);
  if (!existsSync(path)) {
    return {
      error: new SluiceError("ENTRY_INVALID", `there is no file ${path}`, { hint: "Check what -f names." }),
    };
  }
  let exported: Record<string, unknown>;
  try {
    if (/\.[cm]?tsx?$/.test(path)) await registerTypeScript(path);
    exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if (isSluiceError(error)) return { error };
    const text = messageOf(error);
    return {
      error: new SluiceError("ENTRY_INVALID", `${path} could not be loaded: ${text}`, { cause: error }),
    };
  }
  const found = [...new Set(Object.values(flatten(exported)).filter(isPipeline))];
  const only = found[0];
  if (only !== undefined && found.length === 1) return { pipeline: only };
  const message =
    found.length === 0 ? "exports no pipeline" : `exports ${found.length} pipelines and none as default`;
  return {
    error: new SluiceError("ENTRY_INVALID", `${path} ${message}`, {
      hint: "Write: export default pipeline(…).",
    }),
  };
}

/** A module loaded through CommonJS has its exports one level down. */
function flatten(exported: Record<string, unknown>): Record<string, unknown> {
  const standard = exported["default"];
  if (isPipeline(standard)) return { default: standard };
  return typeof standard === "object" && standard !== null ? { ...exported, ...standard } : exported;
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === "object" && value !== null && PIPELINE in value;
}

/** Node strips types by itself from 22.18 on; before, the project's own tsx does it. */
async function registerTypeScript(path: string): Promise<void> {
  if ("typescript" in process.features && process.features.typescript !== false) return;
  try {
    const entry = createRequire(path).resolve("tsx/esm/api");
    const tsx = (await import(pathToFileURL(entry).href)) as { register(): unknown };
    tsx.register();
  } catch (error) {
    throw new SluiceError("DEPENDENCY_MISSING", "a TypeScript file needs tsx on this version of Node", {
      hint: "npm install --save-dev tsx, or use Node 22.18 or later.",
      cause: error,
    });
  }
}
