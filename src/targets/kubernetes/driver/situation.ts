import type { ClusterApi, KubeObject } from "../api/types.ts";
import { at, count, replicasOf } from "../readiness/object.ts";
import { baselineName, LABELS, workloadName } from "../render/types.ts";
import { liveFirst } from "../release/live-before.ts";
import type { StoredRelease } from "../release/types.ts";
import type { Parties, Party } from "../traffic/router.ts";
import type { Place } from "./session.ts";

const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" } as const;

/** One release as it is now. */
export interface SideNow {
  readonly release: StoredRelease;
  readonly revision: number;
  /** Undefined where it is not there (yet, or any more). */
  readonly workload: KubeObject | undefined;
  /** Wanted, and ready. */
  readonly replicas: number;
  readonly ready: number;
}

/** What is true now, asked of the cluster. */
export interface Situation {
  readonly stable: SideNow | undefined;
  readonly candidate: SideNow | undefined;
  /** Once stable, and not yet recorded as retired. */
  readonly outgoing: readonly StoredRelease[];
  /** Workloads of the app by revision. */
  readonly workloads: ReadonlyMap<number, KubeObject>;
  /** Fresh baselines; more than one only where somebody else has interfered. */
  readonly baselines: readonly BaselineNow[];
}

/** New replicas of a release beside its own. */
export interface BaselineNow {
  readonly revision: number;
  readonly workload: KubeObject;
  readonly replicas: number;
  readonly ready: number;
}

/** `releases` are those that are pending or live. */
export async function lookAt(
  api: ClusterApi,
  place: Pick<Place, "app" | "namespace" | "target">,
  releases: readonly StoredRelease[] | Promise<readonly StoredRelease[]>,
): Promise<Situation> {
  const labels = `${LABELS.app}=${place.app},${LABELS.target}=${place.target},${LABELS.revision}`;
  const [recorded, deployments] = await Promise.all([
    releases,
    api.list(DEPLOYMENT, { namespace: place.namespace, labels }),
  ]);
  const workloads = new Map<number, KubeObject>();
  const baselines: BaselineNow[] = [];
  for (const one of deployments) {
    const revision = Number(one.metadata.labels?.[LABELS.revision]);
    const workload = { ...one, ...DEPLOYMENT };
    // Others may carry the labels; ours carry the name too.
    if (one.metadata.name === workloadName(place.app, revision)) workloads.set(revision, workload);
    else if (one.metadata.name === baselineName(place.app, revision))
      baselines.push({ revision, workload, replicas: replicasOf(workload), ready: readyOf(workload) });
  }
  const [stable, ...outgoing] = liveFirst(recorded);
  const candidate = recorded.find(({ header }) => header.state === "pending");
  const side = (release: StoredRelease | undefined): SideNow | undefined =>
    release && sideOf(release, workloads.get(release.header.revision));
  return { stable: side(stable), candidate: side(candidate), outgoing, workloads, baselines };
}

function sideOf(release: StoredRelease, workload: KubeObject | undefined): SideNow {
  const { revision } = release.header;
  if (workload === undefined) return { release, revision, workload, replicas: 0, ready: 0 };
  return { release, revision, workload, replicas: replicasOf(workload), ready: readyOf(workload) };
}

/** Replicas that take requests; none that the controller counted before it saw the newest spec. */
function readyOf(workload: KubeObject): number {
  const seen = count(workload, "status", "observedGeneration") >= (workload.metadata.generation ?? 0);
  const available = count(workload, "status", "availableReplicas");
  return seen ? available : Math.min(available, replicasOf(workload));
}

/** The stable release's own fresh baseline. */
export function baselineOf({ stable, baselines }: Situation): BaselineNow | undefined {
  return baselines.find(({ revision }) => revision === stable?.revision);
}

/** Who gets requests, by numbers of pods: those of a fresh baseline are stable's. */
export function partiesOf(now: Situation): Parties {
  const { stable, candidate } = now;
  const more = baselineOf(now)?.replicas ?? 0;
  return {
    stable: stable && { ...partyOf(stable), replicas: stable.replicas + more },
    candidate: candidate && partyOf(candidate),
  };
}

export function partyOf({ revision, replicas, ready }: SideNow): Party {
  return { revision, replicas, ready };
}

/** Whether a workload has, and shall have, no pods. */
export function isEmpty(workload: KubeObject): boolean {
  return at(workload, "spec", "replicas") === 0 && count(workload, "status", "replicas") === 0;
}
