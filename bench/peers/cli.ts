import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine, machine, QUIET } from "../lib/machine.ts";
import { writeLog } from "../lib/samples.ts";
import { compare } from "./compare.ts";
import { OWN, PEERS } from "./index.ts";
import { installSluice } from "./install.ts";
import type { Peer } from "./peer.ts";
import { endLeftOvers } from "./processes.ts";
import { peersText } from "./tables.ts";
import { WORKLOADS, type WorkloadName } from "./work.ts";

export interface PeersOptions {
  /** Names of peers and workloads, in any order; none of a kind means all. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly cellSeconds: number;
  readonly json: string | undefined;
  /** Measure although the machine is doing something else. */
  readonly busy: boolean;
}

/** No run of a peer may take longer. */
const TIMEOUT_MS = 120_000;

/**
 * What the words of the command line mean.
 *
 * @throws Error where one is neither a peer nor a workload
 */
export function selected(names: readonly string[]): { peers: Peer[]; workloads: WorkloadName[] } {
  const isWorkload = (name: string): boolean =>
    WORKLOADS.some((one) => one === name || one.startsWith(`${name}-`));
  const workloads = names.filter(isWorkload);
  const wanted = names.filter((name) => !isWorkload(name));
  const unknown = wanted.filter((name) => !PEERS.some((peer) => peer.name === name));
  if (unknown.length > 0)
    throw new Error(
      `neither a peer nor a workload: ${unknown.join(", ")}\nPeers are ${PEERS.map(({ name }) => name).join(", ")}; workloads W1 to W7.`,
    );
  const peers = wanted.length === 0 ? PEERS : PEERS.filter(({ name }) => wanted.includes(name));
  return {
    peers: [...OWN, ...peers],
    workloads: WORKLOADS.filter(
      (one) => workloads.length === 0 || workloads.some((name) => one === name || one.startsWith(`${name}-`)),
    ),
  };
}

/** Measures Sluice beside its peers, prints a table and writes the figures. */
export async function peers(options: PeersOptions): Promise<void> {
  const { peers: all, workloads } = selected(options.names);
  const where = machine();
  if ((where.load[0] ?? 0) > QUIET && !options.busy)
    throw new Error(
      `the load of this machine is ${String(where.load[0])}, above ${QUIET}: what else runs would be measured too. Wait, or add --busy.`,
    );
  console.error(describeMachine(where));
  const root = mkdtempSync(join(tmpdir(), "sluice-peers-"));
  mkdirSync(join(root, "home"));
  const clean = (): void => {
    endLeftOvers(root);
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  // What is measured is in process groups of its own, which Ctrl-C does not reach.
  const interrupted = (): void => {
    clean();
    process.exit(130);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    console.error("packing and installing Sluice");
    const own = join(root, "packed");
    await installSluice(own);
    const lines = join(root, "lines.txt");
    if (workloads.includes("W6")) writeLog(lines);
    const report = await compare(
      { root, lines, timeoutMs: TIMEOUT_MS },
      {
        peers: all,
        workloads,
        rounds: options.rounds,
        cellSeconds: options.cellSeconds,
        machine: where,
        own,
        progress: (text) => console.error(text),
      },
    );
    console.log(peersText(report));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    clean();
  }
}
