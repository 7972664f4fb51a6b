import { refOf } from "../../apply/refs.ts";
import { takeSnapshot } from "../../release/snapshot.ts";
import {
  MANAGER,
  type ReleasePayload,
  type ServiceContent,
  type StoredRelease,
} from "../../release/types.ts";
import type { KubeObject } from "../../api/types.ts";
import { applyAll, tryAll } from "../apply-all.ts";
import { isAutoscaled } from "../content.ts";
import { assertOurs } from "../ownership.ts";
import type { Session } from "../session.ts";
import { awaitReady, resize } from "../workload.ts";
import { abortCandidate } from "./abort.ts";
import { finishPromotion } from "./finish.ts";
import { promoteCandidate } from "./promote.ts";

/**
 * Makes a release that was live before the live one again, as a rollout of its own: recorded first, taken back where it
 * does not come up. Its Deployment is used where it is still there, and made again from the record where it is not.
 */
export async function returnTo(session: Session, revision: number): Promise<void> {
  const signal = session.forward;
  const { stable } = await session.look();
  if (stable?.revision === revision) {
    await finishPromotion(session, signal);
    return;
  }
  const release = (await session.records.list()).find(({ header }) => header.revision === revision);
  const payload = release && (await session.records.payload(release));
  if (release === undefined || payload?.content.kind !== "service") {
    throw session.misplaced(`keeps no revision ${revision}`, "Look at its status.");
  }
  const { content } = payload;
  const begun = release.header.returning ? release : await begin(session, release, payload, content);
  try {
    await bringUp(session, begun, content);
    await promoteCandidate(session, ({ stable }) => {
      const grown = isAutoscaled(content.stable) ? (stable?.replicas ?? 0) : 0;
      const replicas = Math.max(begun.header.replicas, grown);
      return { content, replicas, keepOld: 0, after: [] };
    });
  } catch (error) {
    await abortCandidate(session, "did not become ready", { anyway: true });
    throw error;
  }
}

async function begin(
  session: Session,
  release: StoredRelease,
  { made }: ReleasePayload,
  content: ServiceContent,
): Promise<StoredRelease> {
  const { api, records, router } = session;
  const now = await session.look();
  const other = now.stable && (await records.payload(now.stable.release)).content;
  const later = other?.kind === "service" ? other.stable : [];
  const refs = [...content.configuration, content.workload, ...content.stable, ...later].map(refOf);
  const unique = new Map([...refs, ...router.touches].map((ref) => [`${ref.kind} ${ref.name}`, ref]));
  // A Deployment that is still there is given replicas, and left as it is otherwise.
  const missing = now.workloads.has(release.header.revision) ? [] : [content.workload];
  const ways = [...router.draft(content), ...router.passing(content)];
  const drafts = [...content.configuration, ...missing, ...content.stable, ...ways];
  const ours = (found: readonly KubeObject[]): void => assertOurs(found, session.place);
  const [before] = await Promise.all([
    takeSnapshot(api, [...unique.values()], ours),
    tryAll(session, drafts),
  ]);
  // It may have been resized since it was made.
  const replicas = Math.max(release.header.replicas, now.stable?.replicas ?? 0);
  const fromReplicas = now.stable?.replicas ?? 0;
  const begun = { state: "pending", returning: true, fromReplicas } as const;
  const edit = { ...begun, keepOld: 0, reason: null, replicas };
  return await records.update(release, edit, { before, made, content });
}

async function bringUp(session: Session, release: StoredRelease, content: ServiceContent): Promise<void> {
  const { api, guard, force, forward } = session;
  await applyAll(session, content.configuration);
  const { revision, replicas } = release.header;
  const existing = (await session.look()).workloads.get(revision);
  let workload = existing;
  if (workload === undefined) {
    await guard();
    workload = await api.apply(content.workload, { manager: MANAGER, force });
  }
  await awaitReady(session, await resize(session, workload, replicas), content.startup, forward);
}
