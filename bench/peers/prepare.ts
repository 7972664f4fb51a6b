import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, timed } from "../lib/measure.ts";
import { LOG_MIB } from "../lib/samples.ts";
import { checkCache, checkGraph, type Checked, checkLog } from "./check.ts";
import { functionsFigure, functionsProject } from "./functions.ts";
import { type Place, withPath } from "./install.ts";
import type { Peer, Site } from "./peer.ts";
import { MARK, started } from "./processes.ts";
import { createSite, writeInputs } from "./site.ts";
import { functionsOf, type Work, workOf, type WorkloadName } from "./work.ts";

/** One run that counts. */
export interface Sample {
  /** Milliseconds of the whole process; microseconds per node for functions. */
  readonly value: number;
  /** Milliseconds that the run took of the measurement's time. */
  readonly ms: number;
  /** MiB, where the run says so itself. */
  readonly memory?: number;
}

/** A peer with the project of a workload, found to do what it should. */
export interface Prepared {
  readonly checked: Checked | undefined;
  sample(): Promise<Sample>;
}

/** What all projects of a measurement share. */
export interface Bench {
  /** For projects; also the home that peers see, so that they leave nothing in the user's. */
  readonly root: string;
  /** The file that W6 prints. */
  readonly lines: string;
  /** For one run of commands; functions have half of it. */
  readonly timeoutMs: number;
}

/**
 * @throws Error with the reason why the peer cannot be measured: it fails, takes too long, or was found to do something
 * else than the workload asks
 */
export async function prepare(
  peer: Peer,
  workload: WorkloadName,
  place: Place,
  bench: Bench,
): Promise<Prepared> {
  const folder = join(bench.root, workload, peer.name.replace(/\W+/g, "-"));
  if (functionsOf(workload) !== undefined)
    return await prepareFunctions(peer, workload, place, bench, folder);
  const log = `${folder}.trace`;
  const build = async (site: Site, work: Work): Promise<Command> => {
    writeInputs(site, work.jobs);
    const command = await peer.project?.(site, work);
    if (command === undefined) throw new Error("there is no project for it");
    return marked(command, bench, place);
  };
  const unchecked = peer.unchecked?.includes(workload) === true;
  if (workload === "W7" && !unchecked) {
    const site = createSite(folder, place.folder);
    const work = workOf(workload, bench.lines, log);
    const command = await build(site, work);
    const checked = await checkCache(command, work, log, site, bench.timeoutMs);
    return { checked, sample: () => sampleOf(command, bench, () => assertNothingRan(log)) };
  }
  // The lines that come out are trace enough of the one job that prints them.
  const traced = workOf(workload, bench.lines, workload === "W6" ? undefined : log);
  const site = createSite(`${folder}-checked`, place.folder);
  const check = async (): Promise<Checked> =>
    workload === "W6"
      ? await checkLog(await build(site, traced), bench.root, bench.timeoutMs)
      : await checkGraph(await build(site, traced), traced, log, bench.timeoutMs);
  const checked = unchecked ? undefined : await check();
  const work = workOf(workload, bench.lines);
  const command = await build(createSite(folder, place.folder), work);
  const sample = (): Promise<Sample> => {
    if (workload === "W6") return sampleOf(command, bench, assertAllBytes);
    return unchecked ? sampleOf(command, bench) : sampleOfJobs(command, bench, work.jobs.length);
  };
  return { checked, sample };
}

async function prepareFunctions(
  peer: Peer,
  workload: WorkloadName,
  place: Place,
  bench: Bench,
  folder: string,
): Promise<Prepared> {
  const program = functionsProject(createSite(folder, place.folder), workload, peer.functions ?? "");
  const command = marked(program, bench, place);
  const sample = async (): Promise<Sample> => {
    const { ms, stdout } = await timed(command, { timeoutMs: bench.timeoutMs / 2 });
    const { us, memory } = functionsFigure(stdout);
    return { value: us, ms, memory };
  };
  const { ms } = await sample();
  return { checked: { ms, peak: 1 }, sample };
}

async function sampleOf(
  command: Command,
  bench: Bench,
  check?: (ended: { readonly bytes: number }) => void,
): Promise<Sample> {
  const ended = await timed(command, { timeoutMs: bench.timeoutMs });
  check?.(ended);
  return { value: ended.ms, ms: ended.ms };
}

/**
 * A run that counts, of jobs that leave no trace: the machine must at least have started as many processes as there are
 * jobs meanwhile, so that one which is taken from a cache is found out here too.
 */
async function sampleOfJobs(command: Command, bench: Bench, jobs: number): Promise<Sample> {
  const before = started();
  const sample = await sampleOf(command, bench);
  const count = (started() ?? Infinity) - (before ?? 0);
  if (count < jobs) throw new Error(`only ${count} processes were started for ${jobs} jobs`);
  return sample;
}

function marked(command: Command, { root }: Bench, { path }: Place): Command {
  const quiet = { DO_NOT_TRACK: "1", NO_UPDATE_NOTIFIER: "1", npm_config_update_notifier: "false" };
  return {
    ...command,
    env: { ...quiet, PATH: withPath(path), HOME: join(root, "home"), ...MARK, ...command.env },
  };
}

function assertNothingRan(log: string): void {
  if (readFileSync(log, "utf8") !== "")
    throw new Error("jobs ran in a run that was to find everything cached");
}

function assertAllBytes({ bytes }: { readonly bytes: number }): void {
  if (bytes < LOG_MIB * 2 ** 20) throw new Error(`only ${bytes} bytes of the log came out`);
}
