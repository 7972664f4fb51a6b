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
  if (run.abortReason !== undefined) return { result: { kind: "failed", error: run.abortReason } };
  if (answer.hit) return { result: await replay(answer, run) };
  const result = await execute();
  if (key === undefined) return { result };
  return {
    result,
    keep: async ({ output, artifacts }) => {
      const { node } = run;
      const took = run.elapsed();
      const trouble = await cache
        .keep(key, { run: run.run, node, output, artifacts, took })
        .catch((error: unknown) => textOf(error));
      if (trouble !== undefined) run.emit({ type: "warning", message: trouble });
    },
  };
}

async function look(cache: NodeCache, run: NodeRun, values: Values): Promise<CacheAnswer> {
  const { node } = run;
  try {
    const upstream = node.needs.flatMap((need): readonly Artifact[] => values.artifacts(need));
    return await cache.lookup({ run: run.run, node, spec: withValues(node.with, values), upstream });
  } catch (error) {
    const warning = `the cache could not be asked, so the job runs: ${textOf(error)}`;
    return { hit: false, reason: "the cache could not be asked", warning };
  }
}

/** Shows what the job printed then, and gives what it left. */
async function replay(answer: Extract<CacheAnswer, { hit: true }>, run: NodeRun): Promise<AttemptResult> {
  try {
    for await (const chunk of answer.log) await run.write("stdout", chunk);
  } catch (error) {
    const message = `what the job printed could not be read from the cache: ${textOf(error)}`;
    run.emit({ type: "warning", message });
  }
  for (const artifact of answer.artifacts) run.emit({ type: "artifact.stored", artifact });
  const { output, artifacts, key, where } = answer;
  return { kind: "succeeded", output, artifacts, from: { kind: "cache", run: answer.run, key, where } };
}

/** The Plan's description of what a node runs, with the values of this run in place of refs. */
function withValues(part: Json, values: Values): Json {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((item) => withValues(item, values));
  if ("$ref" in part || "$artifact" in part || "$all" in part)
    return (evaluate(part as never, values) ?? null) as Json;
  return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, withValues(member, values)]));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
