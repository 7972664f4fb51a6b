import { SluiceError } from "../../../errors/index.ts";
import type { Release } from "../../../model/index.ts";
import type { TargetContext } from "../../../ports/index.ts";
import { BundleDriver } from "../driver/bundle-driver.ts";
import { HelmDriver } from "../driver/helm-driver.ts";
import { abortCandidate } from "../driver/moves/abort.ts";
import { returnTo } from "../driver/moves/return.ts";
import { type HelmHands, openHelm } from "../driver/open-helm.ts";
import type { Session } from "../driver/session.ts";
import { openSession } from "../open-session.ts";
import type { TargetHands } from "../place.ts";
import { contentRevision } from "../release/live-before.ts";
import type { HelmContent, StoredRelease } from "../release/types.ts";
import type { KubernetesVerbSpec } from "../spec.ts";
import { serviceUrl } from "../traffic/service-object.ts";
import { appOf, findApps } from "./find-apps.ts";
import { RecordMask } from "./record-mask.ts";
import { type Goal, goalOf, isKept } from "./rollback-goal.ts";
import { unknownTarget } from "./unknown-target.ts";

/**
 * Goes back. A rollout that is under way, or held, is taken back and that is all, unless `to` names a revision. Otherwise
 * the release that was live before gets its replicas and, once they are ready, all requests; at once, where it still has
 * them. A rollback whose process has died is gone on with.
 *
 * After a migration that going back does not undo it is refused, unless `to` names the revision: whoever does that has
 * seen to it that the older release can live with what the migration has made.
 *
 * Throws `TARGET_UNKNOWN`, `TARGET_STATE`, `TARGET_BUSY`, `RELEASE_UNHEALTHY`.
 */
export async function rollbackKubernetes(
  hands: TargetHands,
  spec: KubernetesVerbSpec,
  context: TargetContext,
  { to }: { readonly to?: number },
): Promise<Release> {
  const { name } = spec.target;
  const known = new RecordMask(context);
  const { session, open } = await openSession(hands, spec.target, known.context, async (open) => {
    const app = appOf(spec, await findApps(open, name));
    if (app === undefined) throw unknownTarget(name, open.api.cluster);
    return app;
  });
  try {
    const all = await session.records.list();
    const { release: goal, begun } = goalOrThrow(session, all, to);
    await known.learn(session, all, goal);
    if (to === undefined && !begun) refuseLost(session, all, goal);
    const { content } = await session.records.payload(goal);
    const restores = contentRevision(goal);
    if (content.kind === "bundle") {
      return await rollWhole(session, new BundleDriver(session, content, restores), restores);
    }
    if (content.kind === "helm") {
      return await rollHelm(session, content, restores, await openHelm(open, known.context));
    }
    const { candidate } = await session.look();
    if (candidate !== undefined && candidate.revision !== goal.header.revision) {
      await abortCandidate(session, "taken back by a rollback", { anyway: to !== undefined });
    }
    await returnTo(session, goal.header.revision);
    const { revision, digest } = goal.header;
    const { app, namespace } = session.place;
    const url = (await session.router.url()) ?? serviceUrl(app, namespace, content.ports);
    return { target: name, name: app, url, revision, digest };
  } finally {
    await session.close();
  }
}

async function rollHelm(
  session: Session,
  content: HelmContent,
  restores: number,
  helm: HelmHands,
): Promise<Release> {
  const { digest, release, timeout, revision } = content;
  try {
    if (revision === null)
      throw session.misplaced("has no revision of Helm's to go back to", "Deploy to it.");
    const to = { revision, restores };
    return await rollWhole(
      session,
      new HelmDriver(session, helm, { digest, release, timeout, to }),
      restores,
    );
  } finally {
    await helm.close();
  }
}

async function rollWhole(
  session: Session,
  driver: BundleDriver | HelmDriver,
  restores: number,
): Promise<Release> {
  const [left] = await session.records.list(["pending"]);
  if (left !== undefined && left.header.restores !== restores) await driver.abort("taken back by a rollback");
  const state = await driver.observe();
  if (state.current && state.candidate === undefined) return await driver.promote();
  try {
    await driver.roll();
    return await driver.promote();
  } catch (error) {
    await driver.abort("did not become ready");
    throw error;
  }
}

/** Throws `TARGET_STATE` where there is nowhere to go. */
function goalOrThrow(session: Session, all: readonly StoredRelease[], to: number | undefined): Goal {
  const goal = goalOf(all, to);
  if (goal !== undefined) return goal;
  const known = all
    .filter(isKept)
    .map(({ header }) => header.revision)
    .join(", ");
  throw session.misplaced(
    to === undefined ? "has no earlier revision to go back to" : `keeps no revision ${to} to go back to`,
    known === "" ? "Deploy to it first." : `It keeps ${known}.`,
  );
}

/** Throws where a migration that cannot be undone has run since `goal` was live. */
function refuseLost(session: Session, all: readonly StoredRelease[], goal: StoredRelease): void {
  const since = all.filter(
    ({ header }) => header.revision > goal.header.revision && header.forwardOnly.length > 0,
  );
  if (since.length === 0) return;
  const which = since.flatMap(({ header }) =>
    header.forwardOnly.map((job) => `${job} of revision ${header.revision}`),
  );
  throw new SluiceError(
    "TARGET_STATE",
    `"${session.place.app}" is not taken back to revision ${goal.header.revision}: migrations have run since that going back does not undo: ${which.join(", ")}`,
    {
      hint: `Deploy a release that mends it. If revision ${goal.header.revision} can live with what they have made, name it: --to ${goal.header.revision}.`,
    },
  );
}
