import type { RevisionStatus, TargetContext, TargetStatus } from "../../../ports/index.ts";
import { layoutOf, targetFolder, type Layout } from "../layout.ts";
import { urlOf } from "../moves/history.ts";
import { readyOf } from "../moves/await-replicas.ts";
import { isAlive } from "../../../util/process/identity.ts";
import { probe } from "../proxy/health.ts";
import { findProxy } from "../proxy/launch.ts";
import { readRuntime } from "../proxy/runtime-file.ts";
import type { LocalVerbSpec } from "../spec.ts";
import { readRelease } from "../state/release-store.ts";
import { emptyState, readState, type HistoryEntry } from "../state/target-state.ts";

/** What is live at a local target; takes no lock and starts nothing. Has no `url` while its proxy does not answer. */
export async function statusOfLocal(spec: LocalVerbSpec, context: TargetContext): Promise<TargetStatus> {
  const { name } = spec.target;
  const layout = layoutOf(targetFolder(context.stateDir, name));
  const { routing, history } = (await readState(layout.state)) ?? emptyState(name);
  const view = await (await findProxy(layout))?.client.state().catch(() => undefined);
  const port = view?.port ?? undefined;
  const ready = async (revision: number): Promise<number> =>
    view === undefined ? readyWithoutProxy(layout, revision) : readyOf(view, revision);

  const statuses: RevisionStatus[] = [];
  for (const entry of history.toReversed()) {
    const runs =
      entry.revision === routing.stable?.revision || entry.revision === routing.candidate?.revision;
    statuses.push(statusOf(entry, runs ? await ready(entry.revision) : 0));
  }
  const side = (revision: number | undefined): RevisionStatus | undefined =>
    statuses.find((status) => status.revision === revision);
  return {
    target: name,
    url: port === undefined ? undefined : urlOf(port),
    stable: side(routing.stable?.revision),
    candidate: side(routing.candidate?.revision),
    weight: routing.weight,
    history: statuses,
  };
}

function statusOf({ revision, digest, createdAt, run, state }: HistoryEntry, ready: number): RevisionStatus {
  return { revision, digest, createdAt, run, ready, state };
}

/** Replicas outlive their proxy, so each one recorded is asked. */
async function readyWithoutProxy(layout: Layout, revision: number): Promise<number> {
  const { health } = await readRelease(layout, revision);
  const { replicas } = await readRuntime(layout.runtime);
  const alive = replicas.filter((replica) => replica.revision === revision && isAlive(replica.process));
  const answers = await Promise.all(alive.map(({ port }) => probe(port, health)));
  return answers.filter((answer) => answer === "well").length;
}
