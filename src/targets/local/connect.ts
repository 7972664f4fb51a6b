import type { RolloutDriver, TargetContext } from "../../ports/index.ts";
import { appDigest, readApp } from "./app.ts";
import { LocalDriver } from "./driver.ts";
import { abortCandidate } from "./moves/abort.ts";
import { awaitSettled } from "./moves/await-replicas.ts";
import { entryOf } from "./moves/history.ts";
import { scaleSide } from "./moves/scale.ts";
import { Session } from "./session.ts";
import { skippedHooks } from "./skipped-hooks.ts";
import type { LocalDeploySpec } from "./spec.ts";

/**
 * Takes the target's lock and makes good what a crash may have left: the proxy runs, the stable release is up as far as
 * it comes up, and a candidate of another release, left by a run that was killed, is taken back.
 */
export async function connectLocal(spec: LocalDeploySpec, context: TargetContext): Promise<RolloutDriver> {
  const app = readApp(spec.app);
  const digest = appDigest(app);
  const skipped = skippedHooks(spec.app);
  if (skipped !== undefined) await context.write("stdout", `${skipped}\n`);
  const session = await Session.open({ spec: spec.target, context, secrets: spec.app.secrets });
  try {
    await session.serve();
    const { stable, candidate } = session.state.routing;
    if (stable !== null) await awaitSettled(session, stable.revision, context.signal);
    if (candidate !== null && entryOf(session.state, candidate.revision).digest !== digest) {
      await abortCandidate(session, `left unfinished, and replaced by run ${context.run}`);
    } else if (candidate === null && stable !== null && stable.replicas !== app.replicas) {
      // The same release in another size is no new release, so no strategy is asked about it.
      if (entryOf(session.state, stable.revision).digest === digest)
        await resize(session, app.replicas, context.signal);
    }
    return new LocalDriver(session, app);
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function resize(session: Session, replicas: number, signal: AbortSignal): Promise<void> {
  await scaleSide(session, "stable", replicas, signal);
  const { stable } = session.state.routing;
  await session.change((state) => ({
    ...state,
    history: state.history.map((entry) =>
      entry.revision === stable?.revision ? { ...entry, replicas } : entry,
    ),
  }));
}
