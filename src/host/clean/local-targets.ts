import { messageOf } from "../../errors/index.ts";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { layoutOf, releaseLayout, targetFolder } from "../../targets/local/layout.ts";
import { readState } from "../../targets/local/state/target-state.ts";

/** What the local targets of a state folder hold, also those that the pipeline no longer names. */
export interface LocalHolds {
  /** By run: the target and revision that came from it. */
  readonly runs: ReadonlyMap<string, string>;
  /** Of targets whose state cannot be read. */
  readonly faults: readonly string[];
}

/** The runs of what is live on local targets, of what is on its way there, and of what they can be taken back to. */
export async function localHolds(stateDir: string): Promise<LocalHolds> {
  const runs = new Map<string, string>();
  const faults: string[] = [];
  const names = await readdir(join(stateDir, "targets")).catch(() => []);
  for (const name of names) {
    const layout = layoutOf(targetFolder(stateDir, name));
    try {
      for (const { revision, run, state } of (await readState(layout.state))?.history ?? []) {
        if (state === "aborted") continue;
        const current = state === "live" || state === "candidate";
        if (current || existsSync(releaseLayout(layout, revision).record))
          runs.set(run, `revision ${revision} of target ${name}, ${state}, came from it`);
      }
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  return { runs, faults };
}
