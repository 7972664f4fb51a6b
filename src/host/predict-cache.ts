import type { Pipeline } from "../builder/index.ts";
import type { Foreseen, Foresight } from "../cache/foresee.ts";
import { withValues } from "../engine/cached.ts";
import { baseEnv } from "../executors/shell/environment.ts";
import type { Artifact, Json, Plan, PlanNode } from "../model/index.ts";
import { formatDuration } from "../util/duration.ts";
import { sourceOf } from "./prepare.ts";
import type { Prediction } from "./predict.ts";

/** What is known before a run of what a job would take from the cache. */
export interface CachePrediction {
  readonly state: "hit" | "miss" | "open";
  /** In words: which run left it, what differs, or what must run before that can be told. */
  readonly text: string;
}

export interface CachePredictions {
  /** By node id, of the nodes that are cached and not known to be skipped. */
  readonly nodes: ReadonlyMap<string, CachePrediction>;
  readonly warnings: readonly string[];
}

interface Source {
  readonly plan: Plan;
  readonly root: string;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly predictions: ReadonlyMap<string, Prediction>;
}

/** What a node is known to leave; `undefined` where that is not known yet. */
type Left = { readonly output: Json | undefined; readonly artifacts: readonly Artifact[] } | undefined;

const SKIPPED: Left = { output: undefined, artifacts: [] };

/** Looks every cached job up as a run would, with the results that are foreseen for the jobs before it. */
export async function predictCache(pipe: Pipeline, source: Source): Promise<CachePredictions> {
  const { plan, predictions } = source;
  if (!plan.nodes.some((node) => node.cache !== null)) return { nodes: new Map(), warnings: [] };
  const foresight = await openForesight(pipe, source);
  const left = new Map<string, Left>();
  const nodes = new Map<string, CachePrediction>();
  for (const node of plan.nodes) {
    if (predictions.get(node.id)?.runs === false) {
      left.set(node.id, SKIPPED);
      continue;
    }
    const found = node.cache === null ? undefined : await foresee(node, left, foresight);
    if (found?.kind === "hit") {
      const { output, artifacts } = found.manifest;
      left.set(node.id, { output, artifacts });
    } else foresight.runs(node);
    if (found !== undefined) nodes.set(node.id, inWords(found));
  }
  return { nodes, warnings: foresight.warnings() };
}

async function openForesight(pipe: Pipeline, { plan, root, stateDir, env }: Source): Promise<Foresight> {
  const [{ remoteOf }, { openResults }, { Foresight }] = await Promise.all([
    import("../cache/index.ts"),
    import("../cache/open-results.ts"),
    import("../cache/foresee.ts"),
  ]);
  const context = { root, stateDir, env };
  const remote = remoteOf({ source: sourceOf(pipe).cache, context });
  const jobEnv = baseEnv(env, plan.passEnv);
  return new Foresight(await openResults({ context, plan, jobEnv, mask: (text) => text, remote }));
}

async function foresee(
  node: PlanNode,
  left: ReadonlyMap<string, Left>,
  foresight: Foresight,
): Promise<Foreseen> {
  const used = new Set(nodesIn(node.with));
  const open = node.needs.find((need) => left.get(need) === undefined && used.has(need));
  if (open !== undefined) return { kind: "open", after: open };
  const spec = withValues(node.with, {
    output: (id) => left.get(id)?.output,
    artifact: (id, name) => left.get(id)?.artifacts.find((one) => one.name === name),
    artifacts: (id) => left.get(id)?.artifacts ?? [],
    secret: () => "",
  });
  const waiting = node.needs.find((need) => left.get(need) === undefined && foresight.makes(need));
  if (waiting !== undefined) return { kind: "open", after: waiting };
  const upstream = node.needs.flatMap((need) => left.get(need)?.artifacts ?? []);
  return await foresight.of({ node, spec, upstream });
}

/** Ids of the nodes whose values a spec uses. */
function nodesIn(part: Json): readonly string[] {
  if (typeof part !== "object" || part === null) return [];
  const { $ref, $artifact } = part as { readonly $ref?: Json; readonly $artifact?: Json };
  if (typeof $ref === "string") return [$ref];
  if (typeof $artifact === "string") return [$artifact];
  return Object.values(part).flatMap((member: Json) => nodesIn(member));
}

function inWords(found: Foreseen): CachePrediction {
  switch (found.kind) {
    case "hit": {
      const { run, at, took } = found.manifest;
      const ago = formatDuration(Math.max(0, Date.now() - at));
      const place = found.where === "remote" ? " in the remote cache" : "";
      return { state: "hit", text: `left${place} by run ${run} ${ago} ago, took ${formatDuration(took)}` };
    }
    case "miss":
      return { state: "miss", text: found.reason };
    case "open":
      return { state: "open", text: `decided when ${found.after} has run` };
  }
}
