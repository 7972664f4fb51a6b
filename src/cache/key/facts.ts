import { hash } from "node:crypto";
import type { Json } from "../../model/index.ts";
import { canonicalJson } from "../../util/canonical-json.ts";
import { Reader } from "../../util/state/reader.ts";

/** It changes when the same job, unchanged, must get another key: what is kept under the old ones is then left alone. */
export const KEY_VERSION = 1;

/** All that decides whether a kept result still stands, named, in a form that can be compared with an earlier one. */
export interface Facts {
  /** For example `linux-x64`. */
  readonly platform: string;
  readonly node: string;
  readonly uses: string;
  /** What it runs: values of this run in place of refs, secrets as `{ $secret: name }`. */
  readonly spec: Json;
  /** Globs by artifact name, sorted. */
  readonly artifacts: Readonly<Record<string, readonly string[]>>;
  /** `name digest` of the artifacts of the nodes that it needs, sorted. */
  readonly upstream: readonly string[];
  /** By variable, as the job sees it: `=value`, `#<digest>` where the value is not to be shown, or `` where it is not set. */
  readonly env: Readonly<Record<string, string>>;
  /** What each tool command prints. */
  readonly tools: Readonly<Record<string, string>>;
  /** By path, see `factOf`. */
  readonly files: Readonly<Record<string, string>>;
}

/** The digest of each named ingredient of a key. */
export type Ingredients = Readonly<Record<string, string>>;

export function ingredientsOf(facts: Facts): Ingredients {
  const named: [string, unknown][] = [
    ["version", KEY_VERSION],
    ["platform", facts.platform],
    ["node", facts.node],
    ["uses", facts.uses],
    ["spec", facts.spec],
    ["artifacts", facts.artifacts],
    ["upstream", facts.upstream],
    ...Object.entries(facts.env).map(([name, value]): [string, unknown] => [`env ${name}`, value]),
    ...Object.entries(facts.tools).map(([command, output]): [string, unknown] => [`tool ${command}`, output]),
    ["files", facts.files],
  ];
  return Object.fromEntries(named.map(([name, value]) => [name, digestOf(canonicalJson(value))]));
}

function digestOf(text: string): string {
  return hash("sha256", text, "hex");
}

/** The key under which a result is kept: hexadecimal SHA-256 over the names and digests of all ingredients. */
export function keyOf(ingredients: Ingredients): string {
  return digestOf(canonicalJson(ingredients));
}

/** Facts as they were written, or an error where they do not have the form. */
export function readFacts(value: unknown, fail: (problem: string) => Error): Facts {
  const read = new Reader(fail);
  const facts = read.object(value, "facts");
  const texts = (name: keyof Facts): Readonly<Record<string, string>> =>
    read.map(facts[name], name, (one, at) => read.text(one, at));
  return {
    platform: read.text(facts["platform"], "platform"),
    node: read.text(facts["node"], "node"),
    uses: read.text(facts["uses"], "uses"),
    spec: facts["spec"] as Json,
    artifacts: read.map(facts["artifacts"], "artifacts", (globs, at) =>
      read.list(globs, at, (glob, place) => read.text(glob, place)),
    ),
    upstream: read.list(facts["upstream"], "upstream", (one, at) => read.text(one, at)),
    env: texts("env"),
    tools: texts("tools"),
    files: texts("files"),
  };
}
