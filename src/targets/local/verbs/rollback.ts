import { SluiceError } from "../../../errors/index.ts";
import type { Release } from "../../../model/index.ts";
import type { TargetContext } from "../../../ports/index.ts";
import { releaseLayout } from "../layout.ts";
import { abortCandidate } from "../moves/abort.ts";
import { awaitSettled, readyOf } from "../moves/await-replicas.ts";
import { edited, entryOf, releaseOf } from "../moves/history.ts";
import { promoteCandidate } from "../moves/promote.ts";
import { startCandidate } from "../moves/start.ts";
import { Session } from "../session.ts";
import type { LocalVerbSpec } from "../spec.ts";
import { copyVerified, readRelease, type ReleaseRecord } from "../state/release-store.ts";
import { unknownTarget } from "./unknown-target.ts";

/**
 * Goes back. A rollout that is under way, or held, is taken back and that is all, unless `to` names a revision. Otherwise
 * the earlier release is started from its kept files as a new revision, gets all requests once it is healthy, and the
 * later one is ended. Throws `TARGET_UNKNOWN`, `TARGET_STATE`, `SECRET_MISSING`, `RELEASE_UNHEALTHY`, `TARGET_BUSY`.
 */
export async function rollbackLocal(
  spec: LocalVerbSpec,
  context: TargetContext,
  options: { readonly to?: number },
): Promise<Release> {
  const session = await Session.open({ spec: spec.target, context, secrets: spec.secrets });
  try {
    if (session.state.history.length === 0) throw unknownTarget(spec.target.name);
    const { stable, candidate } = session.state.routing;
    const goal =
      candidate !== null && options.to === undefined ? stable?.revision : goalOf(session, options.to);
    if (goal === undefined) throw nothingBefore(session);
    const release = await readRelease(session.layout, goal);
    requireSecrets(release, spec.secrets);

    await session.serve();
    if (stable !== null) await awaitSettled(session, stable.revision, context.signal);
    await abortCandidate(session, "taken back by a rollback");
    if (stable !== null && (await isLive(session, goal))) return await releaseOf(session, stable.revision);
    return await bringBack(session, release);
  } finally {
    await session.close();
  }
}

async function bringBack(session: Session, release: ReleaseRecord): Promise<Release> {
  const origin = entryOf(session.state, release.revision).restores ?? release.revision;
  const from = releaseLayout(session.layout, release.revision).files;
  const fill = async (folder: string): Promise<void> => {
    // A process may have written into its own folder; what differs comes from the artifact store again.
    if (!(await copyVerified(release.artifact, from, folder)))
      await session.context.restore(release.artifact, folder);
  };
  const later = session.state.routing.stable;
  try {
    const made = { app: release, digest: release.digest, restores: origin, fill };
    await startCandidate(session, made, release.replicas, session.context.signal);
    await promoteCandidate(session, release.replicas, 0);
  } catch (error) {
    await abortCandidate(session, "did not become healthy");
    throw error;
  }
  if (later !== null) {
    await session.change((state) =>
      edited(state, later.revision, { reason: `rolled back to revision ${origin}` }),
    );
  }
  const { stable } = session.state.routing;
  return await releaseOf(session, stable?.revision ?? 0);
}

/** Whether the live release has the content of `revision`, and all of it is up. */
async function isLive(session: Session, revision: number): Promise<boolean> {
  const { stable } = session.state.routing;
  if (stable === null) return false;
  const origin = (of: number): number => entryOf(session.state, of).restores ?? of;
  if (origin(stable.revision) !== origin(revision)) return false;
  return readyOf(await session.view(), stable.revision) >= stable.replicas;
}

/** The revision that `to` names, or the one that was live before what is live, or was live last. */
function goalOf(session: Session, to: number | undefined): number | undefined {
  const { history, routing } = session.state;
  if (to !== undefined) return entryOf(session.state, to).revision;
  const wasLive = history.filter(({ state }) => state === "live" || state === "retired");
  const last = routing.stable === null ? wasLive.at(-1) : entryOf(session.state, routing.stable.revision);
  if (last === undefined) return undefined;
  // Counted from the content's own revision, so that going back twice does not come forward again.
  const content = last.restores ?? last.revision;
  return wasLive.findLast(({ revision }) => revision < content)?.revision;
}

function requireSecrets(release: ReleaseRecord, secrets: Readonly<Record<string, string>>): void {
  const missing = Object.values(release.secrets).filter((name) => !Object.hasOwn(secrets, name));
  if (missing.length === 0) return;
  throw new SluiceError(
    "SECRET_MISSING",
    `revision ${release.revision} needs the secrets ${missing.join(", ")}`,
    {
      hint: "Declare them in the pipeline again; their values are never kept with a release.",
    },
  );
}

function nothingBefore(session: Session): SluiceError {
  return new SluiceError(
    "TARGET_STATE",
    `target "${session.spec.name}" has no earlier revision to go back to`,
    {
      hint: "Look at its status, and name a revision with --to.",
    },
  );
}
