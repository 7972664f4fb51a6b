import { isSluiceError, messageOf, SluiceError } from "../../../../errors/index.ts";
import type { KubeObject } from "../../api/types.ts";
import { removeNew } from "../../release/remove-new.ts";
import { isTraffic, restoreOld } from "../../release/restore.ts";
import { MANAGER, type ServiceContent, type Touched } from "../../release/types.ts";
import type { Session } from "../session.ts";
import type { SideNow, Situation } from "../situation.ts";
import { awaitReady, resize } from "../workload.ts";
import { removeBaselines } from "./baseline.ts";
import { putBack } from "./put-back.ts";

export interface AbortOptions {
  /** Whether it is taken back even after a migration that going back does not undo. @defaultValue false */
  readonly anyway?: boolean;
}

/**
 * Takes the candidate back, as one unit: first all that the stable release needs and all its replicas, ready; then the
 * requests; the candidate last. Not stopped by the end of the run. Does nothing where there is no candidate.
 *
 * Throws `ROLLOUT_HELD`, and changes nothing, where a migration has run that going back does not undo.
 */
export async function abortCandidate(
  session: Session,
  reason: string,
  { anyway = false }: AbortOptions = {},
): Promise<void> {
  const signal = session.back;
  const now = await session.look();
  const { stable, candidate } = now;
  if (candidate === undefined) return;
  const { header } = candidate.release;
  if (header.forwardOnly.length > 0 && !anyway) throw held(header.revision, header.forwardOnly, reason);
  const { before } = await session.records.payload(candidate.release);
  // Replicas are looked after here: what was recorded of a workload may be from the middle of an earlier rollout.
  const others = before.filter(({ ref }) => ref.kind !== "Deployment");
  await putBack(
    session,
    others.filter((one) => !isTraffic(one)),
  );
  if (stable !== undefined) await restoreStable(session, now, stable, signal);
  await restoreOld(session, others.filter(isTraffic));
  if (stable !== undefined) await settle(session, stable, signal);
  await removeBaselines(session, now);
  await end(session, candidate, before);
  const state = header.returning ? "retired" : "aborted";
  await session.records.update(candidate.release, { state, returning: false, reason: session.mask(reason) });
  session.say(`revision ${header.revision}: taken back`);
}

async function restoreStable(
  session: Session,
  { candidate }: Situation,
  stable: SideNow,
  signal: AbortSignal,
): Promise<void> {
  const { release } = stable;
  const full = Math.max(
    stable.replicas,
    release.header.replicas,
    candidate?.release.header.fromReplicas ?? 0,
  );
  const { content } = await session.records.payload(release);
  if (content.kind !== "service") return;
  const workload = stable.workload ?? (await makeAgain(session, content));
  const resized = await resize(session, workload, full);
  try {
    await awaitReady(session, resized, content.startup, signal);
  } catch (error) {
    signal.throwIfAborted();
    const again = await session.look();
    // A candidate that was judged bad is better than nothing at all, and worse than a part of the stable release.
    if ((again.stable?.ready ?? 0) === 0 && (candidate?.ready ?? 0) > 0) throw error;
    session.say(
      `revision ${stable.revision}: not all of its ${full} replicas are ready: ${messageOf(error)}`,
    );
  }
}

/** Somebody has removed it meanwhile: the record knows how it was. */
async function makeAgain(session: Session, content: ServiceContent): Promise<KubeObject> {
  const { api, guard, force } = session;
  await guard();
  await Promise.all(content.configuration.map((object) => api.apply(object, { manager: MANAGER, force })));
  return await api.apply(content.workload, { manager: MANAGER, force });
}

async function settle(session: Session, stable: SideNow, signal: AbortSignal): Promise<void> {
  const { content } = await session.records.payload(stable.release);
  if (content.kind !== "service") return;
  const party = { revision: stable.revision, replicas: stable.replicas };
  try {
    await session.router.settle(party, content, signal);
  } catch (error) {
    // Sent there, and nobody is there to take them: what is left of the stable release is what there is.
    if (!isSluiceError(error) || error.code !== "TARGET_STATE") throw error;
    session.say(error.message);
  }
}

/** Ends the candidate. One that was being brought back stays as it was before, without replicas. */
async function end(
  session: Session,
  { release, workload }: SideNow,
  before: readonly Touched[],
): Promise<void> {
  if (release.header.returning && workload !== undefined) await resize(session, workload, 0);
  await removeNew(session, before);
}

function held(revision: number, jobs: readonly string[], reason: string): SluiceError {
  const which =
    jobs.length === 1 ? `the migration ${jobs[0] ?? ""} has` : `the migrations ${jobs.join(", ")} have`;
  return new SluiceError(
    "ROLLOUT_HELD",
    `revision ${revision} is not taken back, because ${which} run and cannot be undone; it was to go because ${reason}`,
    {
      hint: "Deploy a release that mends it. To go back all the same, name the revision: sluice rollback TARGET --to REVISION.",
    },
  );
}
