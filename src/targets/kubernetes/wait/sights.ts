import type { ObjectRef } from "../api/types.ts";
import { groupOf } from "../apply/refs.ts";
import type { Applied } from "../apply/types.ts";
import type { Sight } from "./awaited.ts";
import { Creations, REFUSED_CREATIONS } from "./creations.ts";
import { WORKLOADS } from "./pods-of.ts";
import { podQuery, queryFor } from "./queries.ts";
import type { Watches } from "./watches.ts";

const REPLICA_SET = { apiVersion: "apps/v1", kind: "ReplicaSet" } as const;
const POD = { apiVersion: "v1", kind: "Pod" } as const;
const EVENT = { apiVersion: "v1", kind: "Event" } as const;

/** Opens what is needed to see these objects and what becomes of them: one watch for each kind and namespace. */
export async function openSights(
  watches: Watches,
  applied: readonly Applied[],
  report: (text: string) => void,
): Promise<ReadonlyMap<Applied, Sight>> {
  let told = false;
  const hidden = (what: string): void => {
    if (told) return;
    told = true;
    report(
      `${what} may not be watched by us: one that fails shows only when its workload's deadline has passed`,
    );
  };
  const entries = applied.map(async (one): Promise<[Applied, Sight]> => {
    const { ref } = one;
    const alike = applied.map((other) => other.ref).filter((other) => isAlike(other, ref));
    const object = watches.of(ref, queryFor(alike));
    if (!WORKLOADS.has(kindOf(ref))) return [one, { object: await object }];
    return [one, { ...(await aroundWorkload(watches, applied, one, hidden)), object: await object }];
  });
  return new Map(await Promise.all(entries));
}

async function aroundWorkload(
  watches: Watches,
  applied: readonly Applied[],
  { ref }: Applied,
  hidden: (what: string) => void,
): Promise<Omit<Sight, "object">> {
  const { namespace = "" } = ref;
  const workloads = applied.filter(
    (one) => one.ref.namespace === namespace && WORKLOADS.has(kindOf(one.ref)),
  );
  const deployments = workloads.filter((one) => one.ref.kind === "Deployment");
  const hasCondition = ref.kind === "Deployment" || ref.kind === "ReplicaSet";
  const [pods, replicaSets, events] = await Promise.all([
    watches.helpful(
      POD,
      podQuery(
        namespace,
        workloads.map(({ object }) => object),
      ),
    ),
    ref.kind === "Deployment"
      ? watches.helpful(
          REPLICA_SET,
          podQuery(
            namespace,
            deployments.map(({ object }) => object),
          ),
        )
      : undefined,
    hasCondition ? undefined : watches.helpful(EVENT, { namespace, fields: REFUSED_CREATIONS }),
  ]);
  if (pods === undefined || (ref.kind === "Deployment" && replicaSets === undefined)) hidden("pods");
  return {
    ...(pods === undefined ? {} : { pods }),
    ...(replicaSets === undefined ? {} : { replicaSets }),
    ...(events === undefined ? {} : { creations: new Creations(events) }),
  };
}

function kindOf(ref: ObjectRef): string {
  return `${groupOf(ref)}/${ref.kind}`;
}

function isAlike(a: ObjectRef, b: ObjectRef): boolean {
  return kindOf(a) === kindOf(b) && a.namespace === b.namespace;
}
