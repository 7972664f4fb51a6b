import { SluiceError } from "../../../errors/index.ts";
import type { ProxyView, ReplicaView } from "../proxy/protocol.ts";
import type { Session } from "../session.ts";
import { readRelease } from "../state/release-store.ts";
import { unhealthy } from "../unhealthy.ts";

/** Milliseconds on top of what processes are allowed, for the machinery around them. */
const MARGIN = 10_000;
/** Restarts while it is waited for after which a proven release counts as one that does not come up. */
const RESTARTS = 3;

/** How many replicas of a revision answer their health check. */
export function readyOf(view: ProxyView, revision: number): number {
  return view.replicas.filter((replica) => replica.revision === revision && replica.phase === "ready").length;
}

/** Waits until `count` replicas are ready. Throws `RELEASE_UNHEALTHY` as soon as one has failed for good. */
export async function awaitReady(
  session: Session,
  revision: number,
  count: number,
  signal?: AbortSignal,
): Promise<void> {
  const { health } = await readRelease(session.layout, revision);
  const restartsBefore = new Map<number, number>();
  let failed: ReplicaView | undefined;
  let view: ProxyView | undefined;
  await session.until(
    (now) => {
      view = now;
      for (const replica of now.replicas) {
        if (replica.revision !== revision) continue;
        const before = restartsBefore.get(replica.index) ?? replica.restarts;
        restartsBefore.set(replica.index, before);
        if (replica.phase === "failed" || replica.restarts - before >= RESTARTS) failed = replica;
      }
      return failed !== undefined || readyOf(now, revision) >= count;
    },
    health.startup + MARGIN,
    signal,
  );
  if (failed === undefined && view !== undefined && readyOf(view, revision) >= count) return;
  const slow = view?.replicas.find((replica) => replica.revision === revision && replica.phase !== "ready");
  throw await unhealthy(session, revision, failed ?? slow);
}

/** Waits until at most `count` processes of a revision are left, those that are ending included. */
export async function awaitGone(
  session: Session,
  revision: number,
  count: number,
  drain: number,
): Promise<void> {
  const left = (view: ProxyView): number =>
    view.replicas.filter((replica) => replica.revision === revision).length;
  const view = await session.until((now) => left(now) <= count, drain + session.spec.grace + MARGIN);
  if (view !== undefined) return;
  throw new SluiceError(
    "TARGET_STATE",
    `processes of revision ${revision} of target "${session.spec.name}" do not end`,
    {
      hint: `Look at ${session.layout.proxyLog}.`,
    },
  );
}

/** Waits until each replica of a revision is ready or has failed. Throws nothing about either. */
export async function awaitSettled(session: Session, revision: number, signal: AbortSignal): Promise<void> {
  const { health } = await readRelease(session.layout, revision);
  const pending = (replica: ReplicaView): boolean =>
    replica.revision === revision &&
    (replica.phase === "starting" || replica.phase === "unready") &&
    replica.failure === null;
  await session.until((view) => !view.replicas.some(pending), health.startup + MARGIN, signal);
}
