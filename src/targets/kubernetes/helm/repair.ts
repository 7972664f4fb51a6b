import { SluiceError } from "../../../errors/index.ts";
import { formatDuration } from "../../../util/duration.ts";
import type { ClusterApi } from "../api/types.ts";
import { helmRollback } from "./rollback.ts";
import { helmStatus, revisionRef } from "./revisions.ts";
import type { HelmContext, HelmRevision } from "./types.ts";

/** How long a Helm that is at work may have said nothing, at least, before it counts as killed: milliseconds. */
const STUCK_AFTER = 5 * 60_000;
/** How many waits of the whole timeout one upgrade may be made of: hooks before it, its objects, hooks after it. */
const WAITS = 3;

export interface RepairOptions {
  readonly now: () => number;
  /**
   * How long a pending release must have been silent. @defaultValue three times `timeout`, and 5 minutes at least: as long
   * as somebody else's upgrade of the same chart may take
   */
  readonly stuckAfter?: number;
  /** For the way back: milliseconds. */
  readonly timeout: number;
}

/**
 * Frees a release that a killed Helm has left pending, which would refuse every upgrade from then on. It goes back to the
 * last revision that was deployed; a first installation that has none loses its record only, so that the next one takes
 * its objects over. Says what was done; undefined where there was nothing to do.
 *
 * @throws SluiceError `TARGET_BUSY` where a Helm may still be at work, `HELM_FAILED`
 */
export async function repairRelease(
  api: ClusterApi,
  context: HelmContext,
  release: string,
  { now, timeout, stuckAfter = Math.max(STUCK_AFTER, WAITS * timeout) }: RepairOptions,
): Promise<string | undefined> {
  const { namespace } = context;
  const revisions = await helmStatus(api, namespace, release);
  const [newest] = revisions;
  if (!newest?.status.startsWith("pending-")) return undefined;
  const age = now() - newest.since;
  if (age < stuckAfter) {
    throw new SluiceError(
      "TARGET_BUSY",
      `Helm release "${release}" in namespace ${namespace} has been ${newest.status} for ${formatDuration(Math.max(0, age))}`,
      {
        hint: `Another Helm may be at work; if it was killed, try again in ${formatDuration(stuckAfter - Math.max(0, age))}.`,
      },
    );
  }
  const back = lastGood(revisions);
  if (back === undefined) {
    for (const { revision } of revisions) await api.remove(revisionRef(namespace, release, revision));
    return `the record of an installation that was never finished is removed (revision ${newest.revision})`;
  }
  await helmRollback(context, release, back.revision, timeout);
  return `revision ${newest.revision}, left ${newest.status}, is taken back to revision ${back.revision}`;
}

/** An upgrade that was killed late has already made its predecessor `superseded`. */
function lastGood(revisions: readonly HelmRevision[]): HelmRevision | undefined {
  return (
    revisions.find(({ status }) => status === "deployed") ??
    revisions.find(({ status }) => status === "superseded")
  );
}
