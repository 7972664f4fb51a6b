import type { Machine } from "../lib/machine.ts";
import { turns } from "../lib/statistics.ts";
import { install, type Place } from "./install.ts";
import type { Peer } from "./peer.ts";
import { type Bench, prepare, type Prepared } from "./prepare.ts";
import { endLeftOvers } from "./processes.ts";
import { type PeerResult, type PeersReport, withValues } from "./result.ts";
import { functionsOf, type WorkloadName } from "./work.ts";

export interface CompareOptions {
  readonly peers: readonly Peer[];
  readonly workloads: readonly WorkloadName[];
  readonly rounds: number;
  /** A row takes no further turn once its runs have taken so long, but always one. */
  readonly cellSeconds: number;
  readonly machine: Machine;
  /** Where the packed Sluice and what the bounds need are installed. */
  readonly own: string;
  readonly progress: (text: string) => void;
}

/** A row while it is measured. */
interface Cell {
  readonly row: Omit<PeerResult, "values">;
  readonly prepared: Prepared | undefined;
  readonly values: number[];
  readonly leftOver: Set<string>;
  memory: number | undefined;
  spentMs: number;
  reason: string | undefined;
}

/** Warming up a run that is longer than this would tell nothing. */
const WARM_MS = 5_000;

/** Measures every workload with all its peers side by side, in rounds that take turns. */
export async function compare(bench: Bench, options: CompareOptions): Promise<PeersReport> {
  const begin = performance.now();
  const places = await installAll(options);
  const results: PeerResult[] = [];
  for (const workload of options.workloads) {
    const cells: Cell[] = [];
    for (const peer of options.peers) {
      options.progress(`${workload}: preparing ${peer.name}`);
      cells.push(await cellOf(peer, workload, places, bench));
    }
    await takeTurns(cells, workload, bench, options);
    results.push(...cells.map(resultOf));
  }
  const seconds = Math.round((performance.now() - begin) / 1_000);
  const { machine, rounds, cellSeconds } = options;
  return { schema: "sluice-bench/1", kind: "peers", machine, rounds, cellSeconds, seconds, results };
}

async function installAll({ peers, own, progress }: CompareOptions): Promise<Map<Peer, Place | Error>> {
  const places = new Map<Peer, Place | Error>();
  for (const peer of peers) {
    progress(`installing ${peer.name}`);
    const place =
      peer.kind === "peer"
        ? install(peer)
        : Promise.resolve({ folder: own, version: peer.version, path: [] });
    places.set(peer, await place.catch((error: unknown) => error as Error));
  }
  return places;
}

async function cellOf(
  peer: Peer,
  workload: WorkloadName,
  places: ReadonlyMap<Peer, Place | Error>,
  bench: Bench,
): Promise<Cell> {
  const place = places.get(peer) ?? new Error("not installed");
  const row = {
    workload,
    peer: peer.name,
    kind: peer.kind,
    version: place instanceof Error ? peer.version : place.version,
    note: peer.note,
    unit: functionsOf(workload) === undefined ? ("ms" as const) : ("us/node" as const),
  };
  const leftOver = new Set<string>();
  const cell = { row, prepared: undefined, values: [], leftOver, memory: undefined, spentMs: 0 };
  const without = peer.without[workload];
  if (without !== undefined) return { ...cell, reason: without };
  if (place instanceof Error) return { ...cell, reason: place.message };
  try {
    const prepared = await prepare(peer, workload, place, bench);
    if ((prepared.checked?.ms ?? 0) < WARM_MS) await prepared.sample();
    return { ...cell, prepared, memory: prepared.checked?.memory, reason: undefined };
  } catch (error) {
    return { ...cell, reason: reasonOf(error) };
  } finally {
    for (const name of endLeftOvers(bench.root)) leftOver.add(name);
  }
}

async function takeTurns(
  cells: readonly Cell[],
  workload: WorkloadName,
  bench: Bench,
  { rounds, cellSeconds, progress }: CompareOptions,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    progress(`${workload}: round ${round + 1} of ${rounds}`);
    for (const index of turns(cells.length, round)) {
      const cell = cells[index];
      if (cell?.prepared === undefined || cell.reason !== undefined) continue;
      const next = cell.spentMs / Math.max(1, cell.values.length);
      if (cell.values.length > 0 && cell.spentMs + next > cellSeconds * 1_000) continue;
      try {
        const { value, ms, memory } = await cell.prepared.sample();
        cell.values.push(value);
        cell.spentMs += ms;
        if (memory !== undefined) cell.memory = Math.max(cell.memory ?? 0, memory);
      } catch (error) {
        cell.reason = reasonOf(error);
      }
      // What stays behind would slow the next one down.
      for (const name of endLeftOvers(bench.root)) cell.leftOver.add(name);
    }
  }
}

/** A row that failed in one round has no figure, whatever the other rounds gave. */
function resultOf({ row, prepared, values, memory, leftOver, reason }: Cell): PeerResult {
  const facts = {
    ...row,
    ...(prepared?.checked === undefined || row.unit === "us/node" ? {} : { peak: prepared.checked.peak }),
    ...(leftOver.size === 0 ? {} : { leftOver: [...leftOver] }),
    ...(memory === undefined ? {} : { memoryMiB: Math.round(memory) }),
  };
  return reason === undefined ? withValues(facts, values) : { ...withValues(facts, []), reason };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
