import { SluiceError } from "../../../errors/index.ts";
import type { KubeObject } from "../api/types.ts";
import type { Applied } from "../apply/types.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { at, count, replicasOf } from "../readiness/object.ts";
import { LABELS } from "../render/types.ts";
import { MANAGER } from "../release/types.ts";
import { untilSeen } from "../traffic/until-seen.ts";
import type { Session } from "./session.ts";

const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" } as const;

/** Sets the number of replicas; resolves as soon as the API server has it. Asked for what holds, it sends nothing. */
export async function resize(session: Session, workload: KubeObject, replicas: number): Promise<KubeObject> {
  if (replicasOf(workload) === replicas) return workload;
  await session.guard();
  const { name, namespace = session.place.namespace } = workload.metadata;
  const ref = { ...DEPLOYMENT, name, namespace };
  return { ...(await session.api.merge(ref, { spec: { replicas } }, { manager: MANAGER })), ...DEPLOYMENT };
}

/** Waits until all replicas of a workload are ready. Throws `RELEASE_UNHEALTHY` as soon as one never will be. */
export async function awaitReady(
  session: Session,
  workload: KubeObject,
  startup: number,
  signal: AbortSignal,
): Promise<void> {
  const { api, mask, say, timeout, patience, clock } = session;
  const applied: Applied = {
    ref: { ...DEPLOYMENT, name: workload.metadata.name, namespace: session.place.namespace },
    object: workload,
    generation: workload.metadata.generation,
    change: "configured",
  };
  await waitUntilReady(api, [applied], {
    timeout: startup + timeout,
    signal,
    report: say,
    now: () => clock.now(),
    patience,
    mask,
  });
}

/** Waits until a workload has at most `replicas` pods that are not ending. Throws `TARGET_STATE`. */
export async function awaitGone(
  session: Session,
  workload: KubeObject,
  replicas: number,
  signal: AbortSignal,
): Promise<void> {
  const { api, place, timeout } = session;
  if (fits(workload, workload, replicas)) return;
  const labels = `${LABELS.app}=${place.app},${LABELS.target}=${place.target},${LABELS.revision}`;
  const watch = api.watch(DEPLOYMENT, { namespace: place.namespace, labels });
  const { name } = workload.metadata;
  try {
    const holds = (): boolean => {
      const now = watch.objects.get(`${place.namespace}/${name}`);
      return now === undefined ? false : fits(now, workload, replicas);
    };
    if (await untilSeen(watch, holds, { timeout, signal })) return;
  } finally {
    watch.close();
  }
  throw new SluiceError("TARGET_STATE", `pods of ${name} in namespace ${place.namespace} do not end`, {
    hint: `Look at them: kubectl get pods -n ${place.namespace} -l ${LABELS.app}=${place.app}`,
  });
}

/** Whether the controller has seen `applied` and has no more pods than that. */
function fits(now: KubeObject, applied: KubeObject, replicas: number): boolean {
  const seen = at(now, "status", "observedGeneration");
  return (
    typeof seen === "number" &&
    seen >= (applied.metadata.generation ?? 0) &&
    count(now, "status", "replicas") <= replicas
  );
}
