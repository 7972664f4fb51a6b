import { SluiceError } from "../../../errors/index.ts";
import type { ResolvedApp, TargetContext } from "../../../ports/index.ts";
import { appReader } from "../render/reading.ts";
import { wordOf } from "../render/reading-parts.ts";
import type { RenderedBundle } from "../render/types.ts";
import { loadKustomize } from "./load-kustomize.ts";
import { loadManifests, type TemplateValues } from "./load-manifests.ts";

const PRUNE = ["safe", "all", "none"] as const;

/**
 * The objects of an app of kind `manifests` or `kustomize`.
 *
 * @throws SluiceError `DEFINITION_INVALID` for another kind of app, and what {@link loadManifests} and {@link loadKustomize} throw
 */
export async function renderBundle(
  app: ResolvedApp,
  context: Pick<TargetContext, "root" | "env" | "signal" | "processes">,
): Promise<RenderedBundle> {
  const read = appReader();
  const spec = read.object(app.spec, "spec");
  const word = wordOf(read);
  const text = (value: unknown, at: string): string => read.text(value, at);
  const env = read.nullable(spec["env"], (value) => read.map(value, "env", word));
  const only = read.nullable(spec["only"], (value) => read.list(value, "only", text)) ?? undefined;
  const template: TemplateValues | undefined = env === null ? undefined : { env, only };
  const { root, signal, processes } = context;
  const prune = read.oneOf(spec["prune"] ?? "safe", "prune", PRUNE);
  switch (app.kind) {
    case "manifests": {
      const globs = read.list(spec["globs"], "globs", text);
      return { ...(await loadManifests(root, globs, template)), prune };
    }
    case "kustomize": {
      const program = { env: context.env, signal, processes };
      return { ...(await loadKustomize(root, text(spec["dir"], "dir"), template, program)), prune };
    }
    default:
      throw new SluiceError("DEFINITION_INVALID", `a cluster knows no app of kind "${app.kind}"`, {
        hint: "Make it with service(), manifests(), kustomize() or helm() from sluice/deploy.",
      });
  }
}
