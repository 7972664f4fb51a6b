import { access } from "node:fs/promises";
import type { TargetContext } from "../../../ports/index.ts";
import { layoutOf, targetFolder } from "../layout.ts";
import { sweepMarked } from "../process/group.ts";
import { isAlive } from "../../../util/process/identity.ts";
import { findProxy } from "../proxy/launch.ts";
import { MARKER } from "../proxy/replica-env.ts";
import { readRuntime } from "../proxy/runtime-file.ts";
import { Session } from "../session.ts";
import type { LocalVerbSpec } from "../spec.ts";
import { readRelease } from "../state/release-store.ts";
import { emptyRouting } from "../state/routing.ts";
import type { HistoryEntry } from "../state/target-state.ts";

/** Milliseconds for the machinery around the processes. */
const MARGIN = 15_000;

/**
 * Ends the proxy and every process of a target, once they have answered what they have. The history, the files and the
 * port stay, so that a rollback or a deploy can bring it back. Does nothing where nothing runs. Throws `TARGET_BUSY`.
 */
export async function stopLocal(spec: LocalVerbSpec, context: TargetContext): Promise<void> {
  const layout = layoutOf(targetFolder(context.stateDir, spec.target.name));
  const known = await access(layout.folder).then(
    () => true,
    () => false,
  );
  if (!known) return;
  const session = await Session.open({ spec: spec.target, context, secrets: spec.secrets });
  try {
    const { replicas } = await readRuntime(layout.runtime);
    const runs = (await findProxy(layout)) !== undefined || replicas.some(({ process }) => isAlive(process));
    const drains = await Promise.all(
      replicas.map(({ revision }) =>
        readRelease(layout, revision).then(
          ({ drain }) => drain,
          () => 0,
        ),
      ),
    );
    const { port } = session.state.routing;
    const stopped = { ...emptyRouting(), port, grace: spec.target.grace };
    await session.record((state) => ({ ...state, routing: stopped, history: state.history.map(ended) }));
    if (runs) await session.end(Math.max(0, ...drains) + spec.target.grace + MARGIN);
    else for (const { id, process } of replicas) sweepMarked(process, `${MARKER}=${id}`);
  } finally {
    await session.close();
  }
}

function ended(entry: HistoryEntry): HistoryEntry {
  if (entry.state === "live") return { ...entry, state: "retired" };
  return entry.state === "candidate" ? { ...entry, state: "aborted", reason: "stopped" } : entry;
}
