import { refOf } from "../../apply/refs.ts";
import { takeSnapshot } from "../../release/snapshot.ts";
import { type RenderedService, workloadName } from "../../render/types.ts";
import { isAutoscaled } from "../content.ts";
import { assertOurs } from "../ownership.ts";
import type { Session } from "../session.ts";
import type { SideNow } from "../situation.ts";
import { follow } from "./promote.ts";
import { scaleSide } from "./sizes.ts";

/**
 * Gives the stable release another size in place, with what follows its size: its disruption budget. Its record says so
 * last, so that whoever goes on after a death does what is left, and whoever goes back to it later finds it so.
 */
export async function resizeStable(
  session: Session,
  { release, revision, replicas, workload }: SideNow,
  rendered: RenderedService,
): Promise<void> {
  const wanted = rendered.replicas;
  if (isAutoscaled(rendered.stableObjects("any")) || workload === undefined) return;
  if (replicas === wanted && release.header.replicas === wanted) return;
  const payload = await session.records.payload(release);
  if (payload.content.kind !== "service") return;
  const stable = rendered.stableObjects(workloadName(session.place.app, revision));
  await takeSnapshot(session.api, stable.map(refOf), (found) => assertOurs(found, session.place));
  const content = { ...payload.content, replicas: wanted, stable };
  await scaleSide(session, "stable", wanted, session.forward);
  await follow(session, content, release);
  await session.records.update(release, { replicas: wanted }, { ...payload, content });
}
