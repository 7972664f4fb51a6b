import type { KubeObject } from "../../api/types.ts";
import { at } from "../../readiness/object.ts";
import { MANAGER, type ServiceContent } from "../../release/types.ts";
import { baselineName, LABELS } from "../../render/types.ts";
import type { Session } from "../session.ts";
import { baselineOf, type BaselineNow, partiesOf, type SideNow, type Situation } from "../situation.ts";
import { awaitGone, awaitReady, resize } from "../workload.ts";
import { freezeAutoscaler } from "./sizes.ts";

/**
 * Has `replicas` new pods of the stable release beside it. Where requests go by numbers of pods, as many of its own make
 * room for them, so that the candidate's share stays; one of each is left in any case. None are removed only when stable
 * has its own back. More pods come before fewer, so that there are never too few.
 */
export async function compareWith(
  session: Session,
  replicas: number,
  desired: (now: Situation) => number,
): Promise<void> {
  const signal = session.forward;
  signal.throwIfAborted();
  const now = await session.look();
  const { stable } = now;
  if (stable?.workload === undefined) {
    if (replicas > 0) throw session.misplaced("has no stable release to compare with", "Release one first.");
    await removeBaselines(session, now);
    return;
  }
  const { content } = await session.records.payload(stable.release);
  const startup = content.kind === "service" ? content.startup : 0;
  const { asked } = await session.router.read(partiesOf(now));
  const shared = session.router.sizes(asked, desired(now))?.stable;
  const fresh = replicas === 0 ? 0 : shared === undefined ? replicas : besides(shared, replicas);
  const own = shared === undefined ? stable.replicas : Math.max(1, shared - fresh);
  if (fresh > 0 && content.kind === "service") {
    await bringUp(session, stable, { content, existing: baselineOf(now), replicas: fresh, signal });
  }
  if (own > stable.replicas) {
    await awaitReady(session, await resize(session, stable.workload, own), startup, signal);
  } else if (own < stable.replicas) {
    await freezeAutoscaler(session, now);
    await awaitGone(session, await resize(session, stable.workload, own), own, signal);
  }
  if (fresh === 0) await removeBaselines(session, now);
  else session.say(`revision ${stable.revision}: ${fresh} fresh replicas beside ${own}, to compare with`);
}

/** How many of stable's `all` pods may be a fresh baseline's: at least one, and never all of them. */
export function besides(all: number, replicas: number): number {
  return Math.max(1, Math.min(replicas, all - 1));
}

/** Removes what was brought up to compare with. Does nothing where there is none. */
export async function removeBaselines(
  session: Session,
  { baselines }: Pick<Situation, "baselines">,
): Promise<void> {
  for (const { workload } of baselines) {
    await session.guard();
    await session.api.remove(session.ref("apps/v1", "Deployment", workload.metadata.name));
  }
}

async function bringUp(
  session: Session,
  stable: SideNow,
  fresh: {
    readonly content: ServiceContent;
    readonly existing: BaselineNow | undefined;
    readonly replicas: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { content, existing, replicas, signal } = fresh;
  let workload = existing?.workload;
  if (workload === undefined) {
    await session.guard();
    const object = baselineObject(content.workload, session.place.app, stable.revision, replicas);
    workload = await session.api.apply(object, { manager: MANAGER, force: session.force });
  }
  const resized = await resize(session, workload, replicas);
  await awaitReady(session, resized, content.startup, signal);
  if (existing !== undefined && existing.replicas > replicas)
    await awaitGone(session, resized, replicas, signal);
}

/** The stable release's Deployment under a name of its own. What selects the release's pods selects these too. */
export function baselineObject(
  workload: KubeObject,
  app: string,
  revision: number,
  replicas: number,
): KubeObject {
  const mark = { [LABELS.baseline]: "true" };
  const template = at(workload, "spec", "template");
  return {
    ...workload,
    metadata: {
      ...workload.metadata,
      name: baselineName(app, revision),
      labels: { ...workload.metadata.labels, ...mark },
    },
    spec: {
      ...record(at(workload, "spec")),
      replicas,
      selector: { matchLabels: { ...record(at(workload, "spec", "selector", "matchLabels")), ...mark } },
      template: {
        ...record(template),
        metadata: {
          ...record(at(template, "metadata")),
          labels: { ...record(at(template, "metadata", "labels")), ...mark },
        },
      },
    },
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
