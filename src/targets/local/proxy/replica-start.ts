import { randomUUID } from "node:crypto";
import { releaseLayout, replicaLog, type Layout } from "../layout.ts";
import type { ReleaseRecord } from "../state/release-store.ts";
import { freePort } from "./ports.ts";
import { environmentFor } from "./replica-env.ts";
import { spawnReplica, type WaitingReplica } from "./replica-process.ts";

export interface ReplicaOrder {
  readonly layout: Layout;
  readonly release: ReleaseRecord;
  readonly index: number;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Ports that are given out, though perhaps not listened on yet. */
  readonly taken: ReadonlySet<number>;
}

/** Starts a process of a release, held at its gate, or names the secret that it lacks. */
export async function startReplica(
  order: ReplicaOrder,
): Promise<WaitingReplica | { readonly missing: string }> {
  const { release, index, env, secrets } = order;
  const id = randomUUID();
  const port = await freePort(order.taken);
  const made = environmentFor({ release, index, id, port, env, secrets });
  if ("missing" in made) return made;
  const files = releaseLayout(order.layout, release.revision);
  return spawnReplica({
    id,
    revision: release.revision,
    index,
    port,
    command: release.command,
    cwd: files.files,
    env: made.env,
    log: replicaLog(files, index),
  });
}
