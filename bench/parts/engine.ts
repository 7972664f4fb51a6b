import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { define, PIPELINE } from "../../src/builder/index.ts";
import { createPipelineFactory } from "../../src/builder/pipeline.ts";
import { compile, type Compiled } from "../../src/compile/index.ts";
import { Engine } from "../../src/engine/index.ts";
import { systemClock } from "../../src/host/clock.ts";
import type { AnyRef } from "../../src/model/index.ts";
import type { RunRecorder } from "../../src/ports/index.ts";
import { FileRunStore } from "../../src/stores/fs/index.ts";
import { MemoryBaselineStore, MemoryRecorder } from "../../src/stores/memory.ts";
import { createMasker } from "../../src/util/mask/index.ts";

/** One measurement of W5: plain functions, in layers of ten that each use three of the layer before. */
export interface EngineFigure {
  readonly nodes: number;
  readonly journal: "memory" | "file";
  /** Microseconds per node: evaluating the definition, compiling it, running it. */
  readonly define: number;
  readonly compile: number;
  readonly run: number;
  /** MiB, the most that was resident: what a machine must have, and not what is left when the collector has been. */
  readonly rss: number;
}

const NOTHING = () => Promise.resolve({ note: "none" });
const pipeline = createPipelineFactory(() => undefined);

function layered(nodes: number): ReturnType<typeof pipeline> {
  return pipeline({ name: "layers" }, (p) => {
    const stage = p.stage("all");
    const width = nodes / 10;
    let before: AnyRef[] = [];
    for (let layer = 0; layer < 10; layer++) {
      const now: AnyRef[] = [];
      for (let index = 0; index < width; index++) {
        const needs =
          before.length === 0 ? [] : [0, 1, 2].map((step) => before[(index + step) % width] as AnyRef);
        now.push(stage.job(`n${layer}-${index}`, () => undefined, { after: needs }));
      }
      before = now;
    }
  });
}

export async function measureEngine(nodes: number, journal: "memory" | "file"): Promise<EngineFigure> {
  const pipe = layered(nodes);
  const t0 = performance.now();
  const draft = define(pipe[PIPELINE], {});
  const t1 = performance.now();
  const compiled = compile(draft, {}, process.cwd());
  const t2 = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  try {
    const store = new FileRunStore(folder);
    const recorder = journal === "file" ? await store.create("bench", compiled.plan) : new MemoryRecorder();
    const t3 = performance.now();
    const result = await run(compiled, store, recorder);
    const t4 = performance.now();
    if (result.state !== "passed" || result.nodes.size !== nodes)
      throw new Error(`the run ended as ${result.state}`);
    await recorder.close();
    const each = (ms: number): number => (ms * 1_000) / nodes;
    const rss = peakMemory();
    return { nodes, journal, define: each(t1 - t0), compile: each(t2 - t1), run: each(t4 - t3), rss };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function peakMemory(): number {
  const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kib) / 1_024;
}

async function run(compiled: Compiled, store: FileRunStore, recorder: RunRecorder) {
  const engine = new Engine({
    run: "bench",
    startedAt: undefined,
    plan: compiled.plan,
    nodes: compiled.nodes,
    root: process.cwd(),
    stateDir: store.location,
    env: {},
    commit: null,
    branch: null,
    secrets: new Map(),
    masking: createMasker([]),
    warnings: [],
    recorder,
    artifacts: store.artifacts,
    baselines: new MemoryBaselineStore(),
    cache: undefined,
    folders: { folder: () => Promise.resolve(""), fetch: NOTHING, send: NOTHING },
    carried: undefined,
    processes: { add: () => undefined, remove: () => undefined },
    clock: systemClock,
    random: Math.random,
    concurrency: 8,
    leaf: () => ({ holds: true, text: "" }),
    selection: undefined,
    prior: new Map(),
    decisions: new Map(),
    waitingSince: new Map(),
    earlier: new Map(),
    proposals: new Map(),
    resumed: false,
    start: {},
    owner: undefined,
    listen: () => undefined,
    ask: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  });
  return await engine.run();
}

// Started as a program: one figure per process, so that memory is told apart.
if (process.argv[1]?.endsWith("engine.ts") === true) {
  const nodes = Number(process.argv[2] ?? "1000");
  const journal = process.argv[3] === "file" ? "file" : "memory";
  // Twice: the first warms the code up, as a small pipeline's start-up is measured elsewhere.
  await measureEngine(1_000, journal);
  process.stdout.write(`${JSON.stringify(await measureEngine(nodes, journal))}\n`);
}
