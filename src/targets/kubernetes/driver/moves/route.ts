import type { KubeObject } from "../../api/types.ts";
import type { ServiceContent } from "../../release/types.ts";
import type { Front, Party, Sizes } from "../../traffic/router.ts";
import type { Session } from "../session.ts";
import { type BaselineNow, baselineOf, partyOf, type SideNow, type Situation } from "../situation.ts";
import { awaitGone, awaitReady, resize } from "../workload.ts";
import { besides } from "./baseline.ts";
import { freezeAutoscaler } from "./sizes.ts";

/** Per cent by which what is reached may differ from what was asked for before it is said. */
const NEAR = 2;

/** Numbers of pods; those of a fresh baseline are taken from stable's. */
interface Shares extends Sizes {
  readonly fresh: number;
}

/** Sends `weight` per cent of the requests to the candidate. More pods come before the requests, fewer after them. */
export async function routeRequests(
  session: Session,
  content: Front & Pick<ServiceContent, "startup">,
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
  const wanted = desired(now);
  const sizes = stable && candidate ? session.router.sizes(weight, wanted) : undefined;
  const shares = sizes && share(sizes, baselineOf(now));
  if (sizes !== undefined) sayReached(session, weight, wanted, sizes);
  if (shares !== undefined) await grow(session, now, shares, content.startup, signal);
  const parties = { stable: party(stable, sizes?.stable), candidate: party(candidate, sizes?.candidate) };
  await session.router.divide(weight, parties, content, signal);
  if (shares !== undefined) await shrink(session, now, shares, signal);
  session.say(`candidate gets ${weight} % of the requests`);
}

function share({ stable, candidate }: Sizes, baseline: BaselineNow | undefined): Shares {
  if (baseline === undefined || baseline.replicas === 0) return { stable, candidate, fresh: 0 };
  const fresh = besides(stable, baseline.replicas);
  return { stable: Math.max(1, stable - fresh), candidate, fresh };
}

function sayReached(session: Session, weight: number, wanted: number, { stable, candidate }: Sizes): void {
  const all = candidate + stable;
  const reached = (100 * candidate) / all;
  if (Math.abs(reached - weight) <= NEAR) return;
  session.say(
    `${weight} % cannot be reached with ${wanted} replicas: the candidate gets ${Math.round(reached)} % (${candidate} of ${all} pods)`,
  );
}

function party(side: SideNow | undefined, size: number | undefined): Party | undefined {
  return side && { ...partyOf(side), replicas: size ?? side.replicas };
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

async function shrink(session: Session, now: Situation, sizes: Shares, signal: AbortSignal): Promise<void> {
  const { stable, candidate } = now;
  if (stable !== undefined && stable.replicas > sizes.stable) await freezeAutoscaler(session, now);
  for (const [side, size] of [
    [stable, sizes.stable],
    [candidate, sizes.candidate],
    [baselineOf(now), sizes.fresh],
  ] as const) {
    if (side?.workload === undefined || side.replicas <= size) continue;
    const workload = await resize(session, side.workload, size);
    await awaitGone(session, workload, size, signal);
  }
}
