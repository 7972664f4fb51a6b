import type { DraftNode } from "../builder/draft.ts";
import type { CacheOptions } from "../builder/types.ts";
import type { PlanCache } from "../model/index.ts";
import type { Issues } from "./issues.ts";
import type { Complain } from "./options.ts";

const KNOWN = new Set(["inputs", "env", "tools"]);
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DEFAULT_TOOLS: readonly string[] = Object.freeze(["node --version"]);
const NONE: readonly string[] = Object.freeze([]);

/** `cache` with its defaults, every part checked. */
export function resolveCache(cache: CacheOptions, complain: Complain): PlanCache | null {
  if (typeof cache !== "object" || (cache as CacheOptions | null) === null) {
    complain("cache", "it is not an object", 'For example: cache: { inputs: ["src/**"] }.');
    return null;
  }
  for (const key of Object.keys(cache)) {
    if (!KNOWN.has(key))
      complain(`cache.${key}`, "there is no such option", `Known: ${[...KNOWN].join(", ")}.`);
  }
  const env = texts("cache.env", cache.env, NONE, VARIABLE, complain);
  for (const name of env.filter((one) => one.startsWith("SLUICE_")))
    complain(
      "cache.env",
      `${name} is another one in each run`,
      "Name a variable that the pipeline passes on.",
    );
  return {
    inputs: resolveInputs(cache.inputs, complain),
    env,
    tools: texts("cache.tools", cache.tools, DEFAULT_TOOLS, /\S/, complain),
  };
}

function resolveInputs(inputs: CacheOptions["inputs"], complain: Complain): readonly string[] {
  const list = typeof inputs === "string" ? [inputs] : inputs;
  if (!Array.isArray(list) || !list.some((glob) => typeof glob === "string" && !glob.startsWith("!"))) {
    complain("cache.inputs", "it names no file", 'Name what the job reads, for example "src/**".');
    return NONE;
  }
  for (const glob of list as readonly unknown[]) {
    if (typeof glob !== "string" || glob === "" || glob === "!") {
      complain("cache.inputs", "a glob is not a text", 'For example: "src/**".');
    } else if (/^!?\//.test(glob) || glob.split("/").includes("..")) {
      complain("cache.inputs", `"${glob}" leaves the root`, "Use a pattern relative to the pipeline's root.");
    }
  }
  return [...(list as readonly string[])];
}

function texts(
  option: string,
  given: readonly string[] | undefined,
  otherwise: readonly string[],
  form: RegExp,
  complain: Complain,
): readonly string[] {
  if (given === undefined) return otherwise;
  if (Array.isArray(given) && given.every((one: unknown) => typeof one === "string" && form.test(one)))
    return [...(given as readonly string[])];
  complain(
    option,
    "it is not a list of such texts",
    'For example: env: ["NODE_ENV"], tools: ["node --version"].',
  );
  return otherwise;
}

/** That only what may be kept is kept: TypeScript sees to it, JavaScript does not. */
export function checkCacheable(node: DraftNode, effects: boolean, issues: Issues): void {
  if (node.options.cache === undefined) return;
  const { action } = node;
  if (action.kind !== "job") {
    const message = `cache: a ${action.kind} cannot be cached, it would pass without having been done`;
    issues.node(node, "cache", message, "Remove the option.");
  } else if (effects) {
    const message = "cache: what acts on the world outside cannot be cached";
    issues.node(node, "cache", message, "Remove `cache`, or `effects` where it has none.");
  } else if (action.step.kind === "function") {
    const message = "cache: a function cannot be cached, because what it depends on cannot be seen";
    issues.node(node, "cache", message, "Make it a shell job, whose command and files can be.");
  } else if (node.stage.finally) {
    const message = "cache: a job of `finally` cannot be cached, it depends on how the run went";
    issues.node(node, "cache", message, "Remove the option.");
  }
}

/** Whether a node acts on the world outside the run. */
export function hasEffects({ action, options }: DraftNode): boolean {
  if (action.kind === "deploy") return true;
  return options.effects === true || (action.kind === "job" && action.step.effects === true);
}
