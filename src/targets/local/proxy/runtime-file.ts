import type { ProcessIdentity } from "../../../util/process/identity.ts";
import { Reader } from "../../../util/state/reader.ts";
import { corrupt, readJson, writeAtomic } from "../../../util/state/atomic-file.ts";

const VERSION = 1;

/** A process that was started for a release. */
export interface ReplicaRecord {
  /** Unique; the process carries it as `SLUICE_INSTANCE`. */
  readonly id: string;
  readonly revision: number;
  readonly index: number;
  readonly process: ProcessIdentity;
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** What a proxy leaves for the one that comes after it. */
export interface Runtime {
  readonly sidePorts: { readonly stable: number; readonly candidate: number } | null;
  readonly replicas: readonly ReplicaRecord[];
}

/** Reads what the last proxy left. Throws `STATE_CORRUPT`. */
export async function readRuntime(file: string): Promise<Runtime> {
  const value = await readJson(file);
  if (value === undefined) return { sidePorts: null, replicas: [] };
  const read = new Reader((problem) => corrupt(file, `makes no sense: ${problem}`));
  const runtime = read.object(value, "runtime");
  if (runtime["version"] !== VERSION) throw corrupt(file, `is of version ${String(runtime["version"])}`);
  return {
    sidePorts: read.nullable(runtime["sidePorts"], (part) => {
      const ports = read.object(part, "sidePorts");
      return {
        stable: read.integer(ports["stable"], "sidePorts.stable", 1),
        candidate: read.integer(ports["candidate"], "sidePorts.candidate", 1),
      };
    }),
    replicas: read.list(runtime["replicas"], "replicas", (part, at) => readReplica(part, at, read)),
  };
}

function readReplica(value: unknown, at: string, read: Reader): ReplicaRecord {
  const replica = read.object(value, at);
  const process = read.object(replica["process"], `${at}.process`);
  return {
    id: read.text(replica["id"], `${at}.id`),
    revision: read.integer(replica["revision"], `${at}.revision`, 1),
    index: read.integer(replica["index"], `${at}.index`),
    process: {
      pid: read.integer(process["pid"], `${at}.process.pid`, 2),
      start: read.text(process["start"], `${at}.process.start`),
    },
    port: read.integer(replica["port"], `${at}.port`, 1),
    startedAt: read.integer(replica["startedAt"], `${at}.startedAt`),
  };
}

/** Replaces what the next proxy will find. Throws `STATE_UNWRITABLE`. */
export function writeRuntime(file: string, runtime: Runtime): Promise<void> {
  return writeAtomic(file, JSON.stringify({ version: VERSION, ...runtime }));
}
