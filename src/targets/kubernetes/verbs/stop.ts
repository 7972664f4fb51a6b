import type { TargetContext } from "../../../ports/index.ts";
import { removeBaselines } from "../driver/moves/baseline.ts";
import { awaitGone, resize } from "../driver/workload.ts";
import { isEmpty } from "../driver/situation.ts";
import { openSession } from "../open-session.ts";
import { openCluster, type TargetHands } from "../place.ts";
import type { KubernetesVerbSpec } from "../spec.ts";
import { appOf, findApps } from "./find-apps.ts";

/**
 * Ends every pod of a target's service. Its releases, its Service and its configuration stay, so that a rollback or a
 * deploy can bring it back. Does nothing where nothing runs. Throws `TARGET_BUSY`, `TARGET_UNKNOWN`, `TARGET_STATE` for
 * manifests, of which nobody can say what ending them would mean.
 */
export async function stopKubernetes(
  hands: TargetHands,
  spec: KubernetesVerbSpec,
  context: TargetContext,
): Promise<void> {
  const known = await openCluster(hands, spec.target, context);
  const apps = await findApps(known, spec.target.name).finally(() => {
    known.api.close();
  });
  const app = appOf(spec, apps);
  if (app === undefined) return;
  const { session } = await openSession(hands, spec.target, context, () => app);
  try {
    const now = await session.look();
    const { stable, candidate, outgoing, workloads } = now;
    const live = [stable?.release, candidate?.release, ...outgoing].filter((one) => one !== undefined);
    for (const release of live) {
      const { content } = await session.records.payload(release);
      if (content.kind !== "service") {
        throw session.misplaced(
          `consists of ${content.kind === "helm" ? "a Helm release, which is" : "manifests, which are"} not stopped`,
          "Remove what is to go by hand.",
        );
      }
    }
    for (const release of live) {
      const state = release.header.state === "live" || release.header.returning ? "retired" : "aborted";
      await session.records.update(release, { state, returning: false, reason: "stopped" });
    }
    await removeBaselines(session, now);
    for (const workload of workloads.values()) {
      if (isEmpty(workload)) continue;
      await awaitGone(session, await resize(session, workload, 0), 0, session.forward);
    }
  } finally {
    await session.close();
  }
}
