import { contentRevision, lastLive, liveBefore, liveFirst } from "../release/live-before.ts";
import type { StoredRelease } from "../release/types.ts";

/** Where a rollback goes. */
export interface Goal {
  readonly release: StoredRelease;
  /** Whether a rollback that has died had begun to go there: this one goes on with it. */
  readonly begun: boolean;
}

/**
 * The revision that `to` names; else what a rollback that has died was going to, the live one while a release is under
 * way, or the one that was live before it. `all` are the newest first.
 */
export function goalOf(all: readonly StoredRelease[], to: number | undefined): Goal | undefined {
  if (to !== undefined) {
    const named = all.find((one) => one.header.revision === to && isKept(one));
    return named && { release: named, begun: false };
  }
  const begun = begunGoal(all);
  if (begun !== undefined) return { release: begun, begun: true };
  const release = before(all);
  return release && { release, begun: false };
}

/** Whether it was live, so that it can be gone back to. */
export function isKept({ header }: StoredRelease): boolean {
  return header.state !== "aborted" && (header.state !== "pending" || header.returning);
}

function begunGoal(all: readonly StoredRelease[]): StoredRelease | undefined {
  const pending = all.find(({ header }) => header.state === "pending");
  if (pending?.header.returning === true) return pending;
  if (pending !== undefined) {
    const { restores } = pending.header;
    return restores === undefined
      ? undefined
      : all.find((one) => isKept(one) && contentRevision(one) === restores);
  }
  // Live again, and what it has taken the place of is not recorded as retired yet.
  const [live, ...outgoing] = liveFirst(all);
  return live && outgoing.some(({ header }) => header.revision > contentRevision(live)) ? live : undefined;
}

function before(all: readonly StoredRelease[]): StoredRelease | undefined {
  if (all.some(({ header }) => header.state === "pending")) return liveFirst(all)[0];
  const last = lastLive(all);
  return last && liveBefore(all, last);
}
