import { liveFirst } from "../../release/live-before.ts";
import type { StoredRelease } from "../../release/types.ts";
import type { Session } from "../session.ts";
import { prune } from "./prune.ts";

/** Retires what was live before. Gives what is live. */
export async function finishBundle(session: Session): Promise<StoredRelease | undefined> {
  const [stable, ...outgoing] = liveFirst(await session.records.list(["live"]));
  for (const old of outgoing) {
    const reason = `replaced by revision ${stable?.header.revision ?? 0}`;
    await session.records.update(old, { state: "retired", reason });
  }
  await prune(session);
  return stable;
}
