import type { PlanNode } from "../../model/index.ts";
import type { CacheRequest } from "../../ports/index.ts";
import { sha256 } from "../../util/canonical-json.ts";
import { CacheFault } from "../fault.ts";
import type { InputFiles } from "../files/input-files.ts";
import type { Tools } from "../tools.ts";
import { ingredientsOf, keyOf, type Facts, type Ingredients } from "./facts.ts";

/** What keys are made from, besides the job itself. */
export interface KeySource {
  readonly files: Pick<InputFiles, "inputs">;
  readonly tools: Tools;
  /** The variables that jobs inherit. */
  readonly jobEnv: Readonly<Record<string, string>>;
  /** All variables, to tell one that is set and does not reach the job. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mask: (text: string) => string;
}

export interface Gathered {
  readonly key: string;
  readonly ingredients: Ingredients;
  readonly facts: Facts;
  readonly files: ReadonlyMap<string, string>;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

/** Names of variables whose values are not written down, not even in the state folder. */
const DELICATE = /key|token|secret|pass|credential|auth/i;

/**
 * Finds out what decides about a job's result, and makes the key.
 *
 * @throws CacheFault where that cannot be told
 */
export async function gather(
  { node, spec, upstream }: Pick<CacheRequest, "node" | "spec" | "upstream">,
  source: KeySource,
): Promise<Gathered> {
  const { inputs: globs = [], env = [], tools = [] } = node.cache ?? {};
  const [{ files, idle }, outputs] = await Promise.all([
    source.files.inputs(node),
    Promise.all([...new Set(tools)].map(async (tool) => [tool, await source.tools.output(tool)] as const)),
  ]);
  if (files.size === 0) {
    throw new CacheFault(
      `no file matches the inputs of ${node.id} (${globs.join(", ")}), so nothing tells when it must run again`,
    );
  }
  const own = variablesOf(spec);
  const seen = (name: string): string | undefined => own.get(name) ?? entry(source.jobEnv, name);
  const facts: Facts = {
    platform: `${process.platform}-${process.arch}`,
    node: node.id,
    uses: node.uses,
    spec,
    artifacts: Object.fromEntries(
      Object.entries(node.artifacts).map(([name, patterns]) => [name, [...new Set(patterns)].sort()]),
    ),
    upstream: [...new Set(upstream.map(({ name, digest }) => `${name} ${digest}`))].sort(),
    env: Object.fromEntries(
      [...new Set(env)].map((name) => [name, valueFact(name, seen(name), source.mask)]),
    ),
    tools: Object.fromEntries(outputs),
    files: Object.fromEntries(files),
  };
  const ingredients = ingredientsOf(facts);
  const warnings = [
    ...idle.map((glob) => `no file matches "${glob}" of the inputs of ${node.id}`),
    ...env.flatMap((name) => lostVariable(name, node, seen(name), entry(source.env, name))),
  ];
  return { key: keyOf(ingredients), ingredients, facts, files, warnings };
}

/** The variables that a command itself sets; their values count with the rest of it. */
function variablesOf(spec: unknown): ReadonlyMap<string, string> {
  const env = typeof spec === "object" && spec !== null && "env" in spec ? spec.env : undefined;
  const entries = typeof env === "object" && env !== null ? Object.entries(env) : [];
  return new Map(entries.map(([name, value]) => [name, JSON.stringify(value)]));
}

function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function valueFact(name: string, value: string | undefined, mask: (text: string) => string): string {
  if (value === undefined) return "";
  return DELICATE.test(name) || mask(value) !== value ? `#${sha256(value)}` : `=${value}`;
}

/** A variable that counts, is set, and yet never reaches the job: whoever names it believes otherwise. */
function lostVariable(
  name: string,
  node: PlanNode,
  seen: string | undefined,
  set: string | undefined,
): readonly string[] {
  if (seen !== undefined || set === undefined) return [];
  return [`${name} is set, but ${node.id} does not get it: name it in the pipeline's passEnv too`];
}
