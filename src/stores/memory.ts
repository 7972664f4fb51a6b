import type { Json, Plan, RunEvent } from "../model/index.ts";
import type { ArtifactStore, BaselineStore, LogSink, RunRecorder } from "../ports/index.ts";

/** Keeps a run's events in memory: for tests and measurements. Logs are not kept. */
export class MemoryRecorder implements RunRecorder {
  readonly events: RunEvent[] = [];
  readonly plan: Plan | undefined;
  readonly logs = undefined;

  constructor(plan?: Plan) {
    this.plan = plan;
  }

  append(event: RunEvent): void {
    this.events.push(event);
  }

  commit(): undefined {
    return undefined;
  }

  sync(): undefined {
    return undefined;
  }

  watch(): void {
    return undefined;
  }

  log(): LogSink {
    return NOWHERE;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const NOWHERE: LogSink = { write: () => undefined, close: () => undefined };

/** A store of artifacts that keeps nothing: for tests and measurements that declare none. */
export const NO_ARTIFACT_STORE: ArtifactStore = {
  save: (name) => Promise.resolve({ name, digest: "sha256:0", path: name, size: 0, files: [] }),
  adopt: () => Promise.resolve(),
  restore: () => Promise.resolve(),
  sweep: () => Promise.resolve({ files: 0, bytes: 0 }),
  size: () => Promise.resolve(0),
};

/** Keeps baselines in memory. */
export class MemoryBaselineStore implements BaselineStore {
  readonly values = new Map<string, Json>();

  get(key: string): Promise<Json | undefined> {
    return Promise.resolve(this.values.get(key));
  }

  set(values: ReadonlyMap<string, Json>): Promise<void> {
    for (const [key, value] of values) this.values.set(key, value);
    return Promise.resolve();
  }
}
