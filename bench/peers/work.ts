import { chain, type Graph, layered, wide } from "../lib/graphs.ts";

export const WORKLOADS = ["W1", "W2", "W3", "W4", "W5-1k", "W5-10k", "W5-100k", "W6", "W7"] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** What each workload is, for people. */
export const TITLES: Readonly<Record<WorkloadName, string>> = {
  W1: "one job `true`",
  W2: "200 jobs `true` side by side, 8 at once",
  W3: "a chain of 200 jobs `true`",
  W4: "1,000 jobs `true` in 10 layers, each after 3 of the layer before, 8 at once",
  "W5-1k": "1,000 functions that do nothing, in 10 layers, in one process",
  "W5-10k": "10,000 functions that do nothing",
  "W5-100k": "100,000 functions that do nothing",
  W6: "one job that prints 100 MiB of lines of 80 bytes, each prefixed, to a pipe",
  W7: "a second run of 200 cached jobs, none of which has to run again",
};

/** A command of a graph, the same for every peer. */
export interface Job {
  readonly id: string;
  /** Ids of jobs that must have ended before. */
  readonly needs: readonly string[];
  /** For a shell. A single word can be started without one. */
  readonly command: string;
  /** The file that it reads and the one that it writes, where results are cached by them. */
  readonly files: { readonly input: string; readonly output: string } | undefined;
}

export interface Work {
  readonly workload: WorkloadName;
  readonly jobs: readonly Job[];
  readonly concurrency: number;
  /** Whether the peer's own cache takes part. */
  readonly cached: boolean;
}

export const CONCURRENCY = 8;
export const CACHED_JOBS = 200;

/** Jobs after which nothing waits. */
export function sinks(work: Work): string[] {
  const needed = new Set(work.jobs.flatMap(({ needs }) => needs));
  return work.jobs.filter(({ id }) => !needed.has(id)).map(({ id }) => id);
}

/** How a program starts the command without more shell than it takes. */
export function argvOf(command: string): string[] {
  return /[^\w./ -]/.test(command) ? ["sh", "-c", command] : command.split(" ");
}

/** How many nodes a workload of functions has. */
export function functionsOf(workload: WorkloadName): number | undefined {
  const thousands = /^W5-(\d+)k$/.exec(workload)?.[1];
  return thousands === undefined ? undefined : Number(thousands) * 1_000;
}

/**
 * The jobs of a workload. With `log`, each writes there when it begins and when it ends, for a run that is checked and
 * not timed; in W2 it then takes a while, because of jobs that end at once no more than two or three are ever seen under
 * way. `lines` is the file that W6 prints.
 */
export function workOf(workload: WorkloadName, lines: string, log?: string): Work {
  const pause = workload === "W2" ? "; sleep 0.1" : "";
  const traced = (id: string, command: string): string =>
    log === undefined ? command : `echo +${id} >> ${log}; ${command}${pause}; echo -${id} >> ${log}`;
  const job = (id: string, needs: readonly string[], command: string, files?: Job["files"]): Job => ({
    id,
    needs,
    command: traced(id, command),
    files,
  });
  const work = (jobs: readonly Job[], cached = false): Work => ({
    workload,
    jobs,
    concurrency: CONCURRENCY,
    cached,
  });
  if (workload === "W6") return work([job("n0", [], `cat ${lines}`)]);
  if (workload === "W7")
    return work(
      wide(CACHED_JOBS).map((_, index) => {
        const files = { input: `in/n${index}.txt`, output: `out/n${index}.txt` };
        return job(`n${index}`, [], `cat ${files.input} > ${files.output}`, files);
      }),
      true,
    );
  return work(
    graphOf(workload).map((needs, index) =>
      job(
        `n${index}`,
        needs.map((need) => `n${need}`),
        "true",
      ),
    ),
  );
}

/** The edges of a workload. */
export function graphOf(workload: WorkloadName): Graph {
  switch (workload) {
    case "W1":
    case "W6":
      return wide(1);
    case "W2":
      return wide(200);
    case "W3":
      return chain(200);
    case "W4":
      return layered(1_000);
    case "W7":
      return wide(CACHED_JOBS);
    case "W5-1k":
    case "W5-10k":
    case "W5-100k":
      return layered(functionsOf(workload) ?? 0);
    default:
      return workload satisfies never;
  }
}
