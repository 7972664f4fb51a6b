import { SluiceError } from "../../../errors/index.ts";
import type { Side } from "../proxy/protocol.ts";
import type { Session } from "../session.ts";
import { readRelease } from "../state/release-store.ts";
import { awaitGone, awaitReady } from "./await-replicas.ts";

/** Sets the number of replicas of one side and waits until they are ready, or gone. */
export async function scaleSide(
  session: Session,
  side: Side,
  replicas: number,
  signal?: AbortSignal,
): Promise<void> {
  const plan = session.state.routing[side];
  if (plan === null) {
    throw new SluiceError("TARGET_STATE", `target "${session.spec.name}" has no ${side} release to scale`, {
      hint: "Start one first.",
    });
  }
  await session.change((state) => ({
    ...state,
    routing: { ...state.routing, [side]: { ...plan, replicas } },
  }));
  await awaitReady(session, plan.revision, replicas, signal);
  const { drain } = await readRelease(session.layout, plan.revision);
  await awaitGone(session, plan.revision, replicas, drain);
}
