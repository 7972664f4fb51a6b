import { replicasOf } from "../../readiness/object.ts";
import { isAnothers } from "../ownership.ts";
import { previewRef } from "../preview.ts";
import type { Session } from "../session.ts";
import { isEmpty, partyOf, type SideNow, type Situation } from "../situation.ts";
import { awaitGone, resize } from "../workload.ts";
import { removeBaselines } from "./baseline.ts";
import { prune } from "./prune.ts";

/**
 * What is left to do once a release is live: all requests under the name that stays, the release before it retired and,
 * when its time is over, without replicas. Every part is found undone by looking, so that it can be left at any point.
 */
export async function finishPromotion(session: Session, signal: AbortSignal): Promise<SideNow | undefined> {
  let now = await session.look();
  const { stable } = now;
  if (stable === undefined) return undefined;
  const party = partyOf(stable);
  const { content } = await session.records.payload(stable.release);
  if (content.kind === "service" && !(await session.router.isSettled(party))) {
    await session.router.settle(party, content, signal);
  }
  for (const old of now.outgoing) {
    const how = old.header.revision > stable.revision ? "rolled back to" : "replaced by";
    const reason = `${how} revision ${stable.revision}`;
    await session.records.update(old, { state: "retired", reason });
  }
  await removeBaselines(session, now);
  await removePreview(session);
  const { promotedAt, keepOld } = stable.release.header;
  const left = (promotedAt ?? 0) + keepOld - session.clock.now();
  if (keepOld > 0 && left > 0 && others(now).some((workload) => !isEmpty(workload))) {
    session.say(
      `revision ${stable.revision}: gets all requests; the one before is kept for ${Math.ceil(left / 1000)} s`,
    );
    // A way back that is there at once must not wait for this one to end.
    const back = await session.stepAside(left, signal);
    if (back) now = await session.look();
    if (!back || now.stable?.revision !== stable.revision) {
      session.say(`revision ${stable.revision}: somebody else has changed the target meanwhile`);
      return stable;
    }
  }
  await endOthers(session, now, signal);
  await prune(session);
  return stable;
}

async function removePreview(session: Session): Promise<void> {
  const preview = await session.api.get(previewRef(session));
  // An app called so may stand there beside this one.
  if (preview === undefined || isAnothers(preview, session.place)) return;
  await session.guard();
  await session.api.remove(previewRef(session));
}

/** Ends every workload of the app that is neither stable nor candidate, and waits until its pods take no requests. */
export async function endOthers(session: Session, now: Situation, signal: AbortSignal): Promise<void> {
  const { baselines, stable } = now;
  await removeBaselines(session, { baselines: baselines.filter((one) => one.revision !== stable?.revision) });
  for (const workload of others(now)) {
    if (isEmpty(workload)) continue;
    signal.throwIfAborted();
    const ended = replicasOf(workload) === 0 ? workload : await resize(session, workload, 0);
    await awaitGone(session, ended, 0, signal);
  }
}

function others({ workloads, stable, candidate }: Situation) {
  return [...workloads]
    .filter(([revision]) => revision !== stable?.revision && revision !== candidate?.revision)
    .map(([, workload]) => workload);
}
