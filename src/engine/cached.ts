import { messageOf } from "../errors/index.ts";
import type { Artifact, Json } from "../model/index.ts";
import type { CacheAnswer, NodeCache } from "../ports/index.ts";
import type { AttemptResult } from "./attempt.ts";
import type { NodeRun } from "./node-run.ts";
import { evaluate, type Values } from "./resolve.ts";

type Succeeded = Extract<AttemptResult, { kind: "succeeded" }>;

interface CachedAttempt {
  readonly result: AttemptResult;
  /** Keeps what the job has left, once its log is whole. */
  readonly keep?: (result: Succeeded) => Promise<void>;
}

/** Takes a job's result from the cache, or runs it and keeps what it leaves. Trouble with the cache fails nothing. */
export async function throughCache(
  cache: NodeCache,
  run: NodeRun,
  values: Values,
  execute: () => AttemptResult | Promise<AttemptResult>,
): Promise<CachedAttempt> {
  const answer = await look(cache, run, values);
  const { hit, key, reason, warning } = answer.hit
    ? { ...answer, reason: `left by run ${answer.run}` }
    : { key: undefined, ...answer };
  if (warning !== undefined) run.emit({ type: "warning", message: warning });
  run.emit({ type: "cache.checked", hit, reason, ...(key === undefined ? {} : { key }) });
  const stopped = stoppedBy(run);
  if (stopped !== undefined) return { result: stopped };
  if (answer.hit) return { result: await replay(answer, run) };
  void run.recorded();
  const lookup = run.elapsed();
  const result = await execute();
  const took = run.elapsed() - lookup;
  cache.ran(run.node);
  if (key === undefined) return { result };
  return {
    result,
    keep: async ({ output, artifacts }) => {
      const { node } = run;
      const trouble = await cache
        .keep(key, { run: run.run, node, output, artifacts, took })
        .catch((error: unknown) => messageOf(error));
      if (trouble !== undefined) run.emit({ type: "warning", message: trouble });
    },
  };
}

function stoppedBy({ abortReason }: NodeRun): AttemptResult | undefined {
  return abortReason === undefined ? undefined : { kind: "failed", error: abortReason };
}

async function look(cache: NodeCache, run: NodeRun, values: Values): Promise<CacheAnswer> {
  const { node } = run;
  try {
    const upstream = node.needs.flatMap((need): readonly Artifact[] => values.artifacts(need));
    return await cache.lookup({ run: run.run, node, spec: withValues(node.with, values), upstream });
  } catch (error) {
    const warning = `the cache could not be asked, so the job runs: ${messageOf(error)}`;
    return { hit: false, reason: "the cache could not be asked", warning };
  }
}

/** Shows what the job printed then, and gives what it left. */
async function replay(answer: Extract<CacheAnswer, { hit: true }>, run: NodeRun): Promise<AttemptResult> {
  try {
    for await (const chunk of answer.log) await run.write("stdout", chunk);
  } catch (error) {
    const message = `what the job printed could not be read from the cache: ${messageOf(error)}`;
    run.emit({ type: "warning", message });
  }
  for (const artifact of answer.artifacts) run.emit({ type: "artifact.stored", artifact });
  const { output, artifacts, key, where, took } = answer;
  const from = { kind: "cache", run: answer.run, key, where, took } as const;
  return { kind: "succeeded", output, artifacts, from };
}

/** The Plan's description of what a node runs, with the values of this run in place of refs. */
export function withValues(part: Json, values: Values): Json {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((item: Json) => withValues(item, values));
  if ("$ref" in part || "$artifact" in part || "$all" in part)
    return (evaluate(part as never, values) ?? null) as Json;
  return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, withValues(member, values)]));
}
