import { conditionText } from "../model/condition-text.ts";
import type { Condition, Json, PlanCache, PlanNode, PlanRetry } from "../model/index.ts";
import { brief, isEmpty, isObject, placeholder } from "./command-text.ts";
import { exactDuration } from "./terminal.ts";
import { knownVerdict } from "./verdict.ts";

/** What is worth saying of a node beyond its name and what it runs, most important first; defaults and its condition are left out. */
export function nodeFacts(node: PlanNode): readonly string[] {
  return [
    ...inputFacts(node),
    ...list("needs", shortened(node)),
    ...(node.evidence.length === 0 ? [] : [`requires ${node.evidence.map(evidenceText).join(", ")}`]),
    ...list(node.secrets.length === 1 ? "secret" : "secrets", node.secrets),
    ...(node.retry.attempts > 1 ? [retryText(node.retry)] : []),
    ...(node.timeout === null ? [] : [`at most ${exactDuration(node.timeout)}`]),
    ...(node.grace === 10_000 ? [] : [`${exactDuration(node.grace)} to end after SIGTERM`]),
    ...(node.weight === 1 ? [] : [`weight ${node.weight}`]),
    ...list(
      "lock",
      node.locks.filter((lock) => lock !== ownLock(node)),
    ),
    ...Object.entries(node.artifacts).map(([name, globs]) => `keeps ${name} (${globs.join(", ")})`),
    ...(node.cache === null ? [] : [`cached by ${cacheText(node.cache)}`]),
    // That a deploy does goes without saying.
    ...(node.effects && node.kind !== "deploy" ? ["acts outside the run"] : []),
  ];
}

/** What decides whether a kept result stands: the files, then variables and tools where they are not as by default. */
export function cacheText(cache: PlanCache | null): string {
  if (cache === null) return "nothing";
  const tools = cache.tools.join(", ");
  return [
    cache.inputs.join(", "),
    ...(cache.env.length === 0 ? [] : [`env ${cache.env.join(", ")}`]),
    ...(tools === "node --version" ? [] : [tools === "" ? "no tools" : `tools ${tools}`]),
  ].join("; ");
}

/** A condition in words, with its verdict where the Plan alone tells it and none is `given`; nothing for none. */
export function conditionFacts(when: Condition | null, given = false): readonly string[] {
  if (when === null) return [];
  const verdict = given ? undefined : knownVerdict(when);
  return [
    `when ${conditionText(when)}${verdict === undefined ? "" : verdict ? ": holds" : ": does not hold"}`,
  ];
}

/** What a gate judges, what a deploy releases, where and how a command runs. */
function inputFacts(node: PlanNode): readonly string[] {
  const spec = isObject(node.with) ? node.with : {};
  switch (node.kind) {
    case "gate": {
      const subject = placeholder(spec["subject"] ?? null);
      return subject === undefined ? [] : [`judges ${subject}`];
    }
    case "deploy": {
      const app = isObject(spec["app"]) ? spec["app"] : {};
      const kind = typeof app["kind"] === "string" ? app["kind"] : "app";
      const load = spec["load"] === undefined ? [] : ["with load"];
      return isEmpty(app["spec"]) ? load : [`${kind} ${inline(app["spec"] ?? null)}`, ...load];
    }
    case "job":
      if (node.uses === "function")
        return isEmpty(spec["needs"]) ? [] : [`given ${inline(spec["needs"] ?? null)}`];
      if (node.uses !== "shell") return [];
      return [
        ...(isEmpty(spec["cwd"]) ? [] : [`in ${brief(spec["cwd"] ?? null)}`]),
        ...(spec["shell"] === "sh" ? ["by sh"] : []),
        ...(isEmpty(spec["stdin"]) ? [] : [`reads ${brief(spec["stdin"] ?? null)}`]),
        ...(isEmpty(spec["env"]) ? [] : [`env ${inline(spec["env"] ?? null)}`]),
      ];
  }
}

function inline(value: Json): string {
  if (!isObject(value) || placeholder(value) !== undefined) return brief(value);
  const shown = Object.entries(value).filter(([, member]) => !isEmpty(member));
  return shown.map(([key, member]) => `${key} ${brief(member)}`).join(", ");
}

function list(word: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`${word} ${items.join(", ")}`];
}

/** What it needs: nodes of its own stage by name, the cells of one matrix together. */
function shortened(node: PlanNode): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const id of node.needs) {
    const name = id.startsWith(`${node.stage}/`) ? id.slice(node.stage.length + 1) : id;
    const bracket = name.indexOf("[");
    const key = bracket > 0 && name.endsWith("]") ? name.slice(0, bracket) : name;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  return [...groups].flatMap(([key, names]) =>
    names.length < 3 ? names : [`${key}[…] (${names.length} cells)`],
  );
}

function evidenceText({ gate, node }: PlanNode["evidence"][number]): string {
  return node === gate || node.endsWith(`/${gate}`) ? `gate ${node}` : `gate ${gate} (${node})`;
}

/** "up to 3 attempts", with what differs from the defaults. */
export function retryText(retry: PlanRetry): string {
  const usual =
    retry.delay === 1_000 && retry.factor === 2 && retry.maxDelay === 60_000 && retry.jitter === 0.5;
  const delay = `${exactDuration(retry.delay)} apart, times ${retry.factor} up to ${exactDuration(retry.maxDelay)}, jitter ${retry.jitter}`;
  const on = retry.on.map((one) => (typeof one === "number" ? `exit ${one}` : one)).join(", ");
  return `up to ${retry.attempts} attempts${usual ? "" : ` (${delay})`}${on === "" ? "" : ` on ${on}`}`;
}

/** The lock that every deploy holds on its target goes without saying. */
function ownLock(node: PlanNode): string | undefined {
  const target = node.kind === "deploy" && isObject(node.with) ? node.with["target"] : undefined;
  if (!isObject(target) || typeof target["name"] !== "string") return undefined;
  return `target:${node.uses.replace(/^deploy:/, "")}/${target["name"]}`;
}
