import type { KubeObject } from "../../api/types.ts";
import type { ServiceContent } from "../../release/types.ts";
import type { Sizes } from "../../traffic/router.ts";
import type { Session } from "../session.ts";
import type { SideNow, Situation } from "../situation.ts";
import { awaitGone, awaitReady, resize } from "../workload.ts";
import { freezeAutoscaler } from "./sizes.ts";

/** Sends `weight` per cent of the requests to the candidate. More pods come before the requests, fewer after them. */
export async function routeRequests(
  session: Session,
  content: Pick<ServiceContent, "ports" | "startup">,
  desired: (now: Situation) => number,
  weight: number,
): Promise<void> {
  const signal = session.forward;
  signal.throwIfAborted();
  const now = await session.look();
  if (weight > 0 && now.candidate === undefined) {
    throw session.misplaced("has no candidate to send requests to", "Start one first.");
  }
  const { stable, candidate } = now;
  const sizes = stable && candidate ? session.router.sizes(weight, desired(now)) : undefined;
  if (sizes !== undefined) await grow(session, now, sizes, content.startup, signal);
  const parties = { stable: party(stable, sizes?.stable), candidate: party(candidate, sizes?.candidate) };
  await session.router.divide(weight, parties, content.ports, signal);
  if (sizes !== undefined) await shrink(session, now, sizes, signal);
  session.say(`candidate gets ${weight} % of the requests`);
}

function party(side: SideNow | undefined, size: number | undefined) {
  return side && { revision: side.revision, replicas: size ?? side.replicas };
}

async function grow(
  session: Session,
  { stable, candidate }: Situation,
  sizes: Sizes,
  startup: number,
  signal: AbortSignal,
): Promise<void> {
  const grown: KubeObject[] = [];
  for (const [side, size] of [
    [stable, sizes.stable],
    [candidate, sizes.candidate],
  ] as const) {
    if (side?.workload === undefined || side.replicas >= size) continue;
    grown.push(await resize(session, side.workload, size));
  }
  for (const workload of grown) await awaitReady(session, workload, startup, signal);
}

async function shrink(session: Session, now: Situation, sizes: Sizes, signal: AbortSignal): Promise<void> {
  const { stable, candidate } = now;
  if (stable !== undefined && stable.replicas > sizes.stable) await freezeAutoscaler(session, now);
  for (const [side, size] of [
    [stable, sizes.stable],
    [candidate, sizes.candidate],
  ] as const) {
    if (side?.workload === undefined || side.replicas <= size) continue;
    const workload = await resize(session, side.workload, size);
    await awaitGone(session, workload, size, signal);
  }
}
