import type { Condition, ConditionAnswer, Plan } from "../model/index.ts";
import { ciFacts } from "./ci.ts";
import { Git } from "./git.ts";
import { readHead } from "./head.ts";

type Leaf = Extract<Condition, { kind: "branch" | "tag" | "change" }>;

/** A condition's answer, with the reason in words. */
export interface LeafVerdict {
  readonly holds: boolean;
  readonly text: string;
}

export interface ConditionSource {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where changes count from, above what a condition or the CI host says. */
  readonly base?: string | undefined;
  /** Answers that stand: these conditions are not asked again. */
  readonly known?: readonly ConditionAnswer[];
}

/** Answers every condition about the commit that stands in a Plan, so that asking later takes no time. */
export async function answerConditions(
  plan: Plan,
  source: ConditionSource,
): Promise<(leaf: Leaf) => LeafVerdict> {
  return verdictsOf(await askConditions(plan, source));
}

/** As {@link answerConditions}, as data. */
export async function askConditions(
  plan: Plan,
  source: ConditionSource,
): Promise<readonly ConditionAnswer[]> {
  const leaves = [...plan.stages, ...plan.nodes].flatMap(({ when }) => (when === null ? [] : leavesOf(when)));
  const known = new Map((source.known ?? []).map((one) => [JSON.stringify(one.condition), one]));
  const answers = new Map<string, ConditionAnswer>();
  let asker: Asker | undefined;
  for (const condition of leaves) {
    const key = JSON.stringify(condition);
    if (answers.has(key)) continue;
    let answer = known.get(key);
    if (answer === undefined) {
      asker ??= new Asker(source, (await import("picomatch")).default);
      answer = { condition, ...(await asker.answer(condition)) };
    }
    answers.set(key, answer);
  }
  return [...answers.values()];
}

const UNASKED: LeafVerdict = { holds: false, text: "it was not asked" };

/** What each condition was answered with. */
export function verdictsOf(answers: readonly ConditionAnswer[]): (leaf: Leaf) => LeafVerdict {
  const verdicts = new Map<string, LeafVerdict>();
  for (const { condition, holds, text } of answers) verdicts.set(JSON.stringify(condition), { holds, text });
  return (leaf) => verdicts.get(JSON.stringify(leaf)) ?? UNASKED;
}

function leavesOf(condition: Condition): Leaf[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.flatMap(leavesOf);
    case "not":
      return leavesOf(condition.of);
    case "static":
    case "value":
      return [];
    default:
      return [condition];
  }
}

class Asker {
  readonly #source: ConditionSource;
  readonly #match: typeof import("picomatch");
  readonly #git: Git;

  constructor(source: ConditionSource, match: typeof import("picomatch")) {
    this.#source = source;
    this.#match = match;
    this.#git = new Git(source.root);
  }

  #matcher(patterns: readonly string[]): (text: string) => boolean {
    const match = this.#match([...patterns], { dot: true });
    return (text) => match(text);
  }

  async answer(leaf: Leaf): Promise<LeafVerdict> {
    switch (leaf.kind) {
      case "branch":
        return this.#branch(leaf.patterns);
      case "tag":
        return await this.#tag(leaf.patterns);
      case "change":
        return await this.#change(leaf.globs, leaf.base);
    }
  }

  #branch(patterns: readonly string[]): LeafVerdict {
    const wanted = patterns.join(", ");
    const branch = ciFacts(this.#source.env).branch ?? readHead(this.#source.root).branch;
    if (branch === null) return { holds: false, text: `no branch is checked out, asked for ${wanted}` };
    const holds = this.#matcher(patterns)(branch);
    return { holds, text: `branch ${branch} ${holds ? "matches" : "does not match"} ${wanted}` };
  }

  async #tag(patterns: readonly string[]): Promise<LeafVerdict> {
    const wanted = patterns.join(", ");
    const told = ciFacts(this.#source.env).tag;
    const tags = told === undefined ? await this.#git.tags() : [told];
    const found = tags.find(this.#matcher(patterns));
    if (found !== undefined) return { holds: true, text: `tag ${found} matches ${wanted}` };
    const has = tags.length === 0 ? "the commit has no tag" : `no tag of ${tags.join(", ")} matches`;
    return { holds: false, text: `${has}, asked for ${wanted}` };
  }

  async #change(globs: readonly string[], own: string | null): Promise<LeafVerdict> {
    const wanted = globs.join(", ");
    const base =
      this.#source.base ?? own ?? ciFacts(this.#source.env).base ?? (await this.#git.defaultBase());
    const changed = base === undefined ? undefined : await this.#git.changedSince(base);
    if (changed === undefined) {
      const since = base === undefined ? "" : ` since ${base}`;
      return { holds: true, text: `what changed${since} cannot be told, so it counts as changed: ${wanted}` };
    }
    const found = changed.find(this.#matcher(globs));
    if (found !== undefined) return { holds: true, text: `${found} changed since ${String(base)}` };
    return { holds: false, text: `nothing that matches ${wanted} changed since ${String(base)}` };
  }
}
