import type { Routing } from "../proxy/protocol.ts";
import { Reader } from "../../../util/state/reader.ts";
import { corrupt, readJson, writeAtomic } from "../../../util/state/atomic-file.ts";
import { emptyRouting, readRouting } from "./routing.ts";

const VERSION = 1;

/** How many entries of the history are remembered. */
const REMEMBERED = 100;

/** What shall be at a target, and what was. Written only by the holder of the target's lock. */
export interface TargetState {
  readonly version: typeof VERSION;
  readonly target: string;
  /** The highest revision ever given out. */
  readonly lastRevision: number;
  readonly routing: Routing;
  /** By revision, the oldest first. */
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  readonly revision: number;
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly run: string;
  /** How many replicas it has when it stands alone. */
  readonly replicas: number;
  readonly state: "live" | "candidate" | "retired" | "aborted";
  /** The revision whose files it took over, where it is a rollback. */
  readonly restores: number | null;
  /** Why it was taken back. */
  readonly reason: string | null;
}

export function emptyState(target: string): TargetState {
  return { version: VERSION, target, lastRevision: 0, routing: emptyRouting(), history: [] };
}

/** The recorded state; `undefined` where nothing was ever recorded. Throws `STATE_CORRUPT`. */
export async function readState(file: string): Promise<TargetState | undefined> {
  const value = await readJson(file);
  if (value === undefined) return undefined;
  const read = new Reader((problem) => corrupt(file, `makes no sense: ${problem}`));
  const state = read.object(value, "state");
  if (state["version"] !== VERSION) {
    throw corrupt(
      file,
      `is of version ${String(state["version"])}, and this version of Sluice reads version ${VERSION}`,
    );
  }
  return {
    version: VERSION,
    target: read.text(state["target"], "target"),
    lastRevision: read.integer(state["lastRevision"], "lastRevision"),
    routing: readRouting(state["routing"], read),
    history: read.list(state["history"], "history", (entry, at) => readEntry(entry, at, read)),
  };
}

/** Replaces the recorded state. Throws `STATE_UNWRITABLE`, and then nothing has changed. */
export async function writeState(file: string, state: TargetState): Promise<void> {
  const history = state.history.slice(-REMEMBERED);
  await writeAtomic(file, `${JSON.stringify({ ...state, history }, null, 2)}\n`);
}

function readEntry(value: unknown, at: string, read: Reader): HistoryEntry {
  const entry = read.object(value, at);
  return {
    revision: read.integer(entry["revision"], `${at}.revision`, 1),
    digest: read.text(entry["digest"], `${at}.digest`),
    createdAt: read.integer(entry["createdAt"], `${at}.createdAt`),
    run: read.text(entry["run"], `${at}.run`),
    replicas: read.integer(entry["replicas"], `${at}.replicas`, 1),
    state: read.oneOf(entry["state"], `${at}.state`, ["live", "candidate", "retired", "aborted"]),
    restores: read.nullable(entry["restores"], (part) => read.integer(part, `${at}.restores`, 1)),
    reason: read.nullable(entry["reason"], (part) => read.text(part, `${at}.reason`)),
  };
}
