import type { RenderedService } from "../../render/types.ts";
import { isAutoscaled, isAutoscaler } from "../content.ts";
import type { Session } from "../session.ts";
import type { Situation } from "../situation.ts";
import { awaitGone, awaitReady, resize } from "../workload.ts";

/**
 * How many replicas the whole release shall have. Where an autoscaler decides, never fewer than the stable release has, or
 * had before some were taken from it; that number stands in the candidate's record.
 */
export function desiredOf(rendered: RenderedService, { stable, candidate }: Situation): number {
  if (!isAutoscaled(rendered.stableObjects("any"))) return rendered.replicas;
  const kept = candidate?.release.header.replicas ?? 0;
  return Math.max(rendered.replicas, kept, stable?.replicas ?? 0);
}

/**
 * Sets the number of replicas of one side and waits until they are ready, or gone. The stable release's autoscaler, which
 * would bring back what is taken away, is removed first; promoting or taking back gives it back.
 */
export async function scaleSide(
  session: Session,
  side: "stable" | "candidate",
  replicas: number,
  signal: AbortSignal,
): Promise<void> {
  const now = await lookOrThrow(session, side);
  if (side === "stable" && replicas < now.side.replicas) await freezeAutoscaler(session, now.situation);
  const workload = await resize(session, now.workload, replicas);
  const { content } = await session.records.payload(now.side.release);
  const startup = content.kind === "service" ? content.startup : 0;
  if (replicas >= now.side.replicas) await awaitReady(session, workload, startup, signal);
  await awaitGone(session, workload, replicas, signal);
}

async function lookOrThrow(session: Session, side: "stable" | "candidate") {
  const situation = await session.look();
  const found = situation[side];
  if (found?.workload === undefined) {
    throw session.misplaced(`has no ${side} release to scale`, "Start one first.");
  }
  return { situation, side: found, workload: found.workload };
}

/**
 * Removes the stable release's autoscaler, as it is recorded to come back. What it has made of the release until now is
 * recorded first: with replicas taken away nobody would know.
 */
export async function freezeAutoscaler(session: Session, { stable, candidate }: Situation): Promise<void> {
  if (candidate === undefined) return;
  const { before, content } = await session.records.payload(candidate.release);
  const scalers = before.filter(({ ref, fields }) => fields !== undefined && isAutoscaler(ref));
  if (scalers.length === 0) return;
  const { replicas, fromReplicas } = candidate.release.header;
  const grown = stable?.replicas ?? 0;
  if (grown > fromReplicas) {
    const autoscaled = content.kind === "service" && isAutoscaled(content.stable);
    const edit = autoscaled ? { replicas: Math.max(replicas, grown) } : {};
    await session.records.update(candidate.release, { ...edit, fromReplicas: grown });
  }
  for (const { ref } of scalers) {
    await session.guard();
    await session.api.remove(ref);
  }
}
