import type { Release } from "../../model/index.ts";
import type {
  DraftDeploy,
  RolloutDriver,
  Target,
  TargetContext,
  TargetProblem,
  TargetStatus,
} from "../../ports/index.ts";
import { acceptsLocal } from "./accepts.ts";
import { localSpec, type LocalOptions } from "./options.ts";
import type { LocalDeploySpec, LocalVerbSpec } from "./spec.ts";

/**
 * Deploys to this machine: the app's real processes on ports of their own, health-checked, behind a weighted reverse proxy
 * on one stable URL. They outlive the run; a later run finds, replaces, takes back or stops them, also after a crash.
 *
 * Each process gets its port in `PORT`, and `SLUICE_TARGET`, `SLUICE_REVISION` and `SLUICE_REPLICA`. Every answer says in
 * `x-sluice-side` and `x-sluice-revision` who gave it; a request with the header `x-sluice-side: candidate` (or `stable`)
 * goes to that side whatever the weight is, and counts there. A replica that crashes is started again, after 250 ms at first
 * and 30 s at most. State is kept below `.sluice/targets/<name>`. Linux and macOS only.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense.
 * @example
 * ```ts
 * const staging = local({ name: "staging", port: 4100, requires: ["answers"] });
 * ```
 */
export function local<const R extends string = never>(options: LocalOptions<R>): Target<R> {
  const spec = localSpec(options);
  return {
    kind: "local",
    name: spec.name,
    spec,
    requires: [...(options.requires ?? [])],
    accepts: (deploy: DraftDeploy): readonly TargetProblem[] => acceptsLocal(spec, deploy),
    // Loaded at first use, so that a pipeline that only names the target pays nothing for it.
    connect: async (spec: LocalDeploySpec, context: TargetContext): Promise<RolloutDriver> =>
      (await import("./connect.ts")).connectLocal(spec, context),
    status: async (spec: LocalVerbSpec, context: TargetContext): Promise<TargetStatus> =>
      (await import("./verbs/status.ts")).statusOfLocal(spec, context),
    rollback: async (
      spec: LocalVerbSpec,
      context: TargetContext,
      options: { readonly to?: number },
    ): Promise<Release> => (await import("./verbs/rollback.ts")).rollbackLocal(spec, context, options),
    rollbackNeedsSecrets: true,
    stop: async (spec: LocalVerbSpec, context: TargetContext): Promise<void> =>
      (await import("./verbs/stop.ts")).stopLocal(spec, context),
  };
}
