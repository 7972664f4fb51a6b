import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSluiceError, SluiceError } from "../../../errors/index.ts";
import type { RenderedBundle } from "../render/types.ts";
import { bundleOf } from "./bundle.ts";
import { inRoot } from "./find-files.ts";
import { readObjects, type TemplateValues } from "./load-manifests.ts";
import { ManifestProblems } from "./problems.ts";
import { runProgram, type ProgramEnd, type ProgramOptions } from "./run-program.ts";

const FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/**
 * The objects that `kustomize build` (or `kubectl kustomize`) makes of a folder.
 *
 * @throws SluiceError `TOOL_MISSING`, and `MANIFEST_INVALID` with what the program says
 */
export async function loadKustomize(
  root: string,
  dir: string,
  template: TemplateValues | undefined,
  options: Omit<ProgramOptions, "cwd">,
): Promise<RenderedBundle> {
  const folder = inRoot(root, dir);
  if (!FILES.some((file) => existsSync(join(folder, file)))) {
    throw new SluiceError("MANIFEST_INVALID", `${dir} has no kustomization.yaml`, {
      path: folder,
      hint: "Name the folder of an overlay or base, relative to the pipeline's folder.",
    });
  }
  const { code, stdout, stderr } = await build(folder, { ...options, cwd: root });
  if (code !== 0) {
    throw new SluiceError("MANIFEST_INVALID", `kustomize cannot build ${dir}: ${stderr.trim()}`, {
      path: folder,
    });
  }
  const problems = new ManifestProblems();
  const placed = await readObjects(stdout, `${dir} (built)`, template, problems);
  problems.throwIfAny();
  if (placed.length === 0) problems.add(dir, "it builds no object");
  return bundleOf(placed, problems);
}

async function build(folder: string, options: ProgramOptions): Promise<ProgramEnd> {
  for (const [program, args] of [
    ["kustomize", ["build", folder]],
    ["kubectl", ["kustomize", folder]],
  ] as const) {
    try {
      return await runProgram(program, args, options);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "TOOL_MISSING") throw error;
    }
  }
  throw new SluiceError(
    "TOOL_MISSING",
    "kustomize() needs the program kustomize or kubectl, and neither is on the PATH",
    {
      hint: "Install one: https://kubectl.docs.kubernetes.io/installation/kustomize/",
    },
  );
}
