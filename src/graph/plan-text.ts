import type { NodeKind, Plan, PlanNode, PlanStage } from "../model/index.ts";
import { brief } from "./command-text.ts";
import { conditionFacts, nodeFacts } from "./node-facts.ts";
import { summaryOf } from "./summary.ts";
import { padded, paint, type Paint, safe, type Terminal, wrapped } from "./terminal.ts";
import { cells } from "./width.ts";

/** What is expected of a node, for example by its condition or its cache. */
export interface Prediction {
  readonly runs: boolean;
  /** In words; empty says nothing more. */
  readonly why: string;
}

/** What a job is expected to take from the cache. */
export interface CachePrediction {
  /** `open` is decided during the run. */
  readonly state: "hit" | "miss" | "open";
  /** In words. */
  readonly text: string;
}

/** How {@link planText} writes. */
export interface PlanTextOptions {
  /** Whether to colour it for a terminal. */
  readonly color: boolean;
  /** Cells of a line. */
  readonly columns: number;
  /** By node id; a node that is not in it runs, or waits for a value that decides. */
  readonly predictions?: ReadonlyMap<string, Prediction>;
  /** By node id; a node that is not in it is not cached, or is skipped. */
  readonly caches?: ReadonlyMap<string, CachePrediction>;
}

/**
 * What a Plan would run, for people: stage by stage, each node with its kind, what it runs, its condition, what it
 * needs and what is not as by default. Secrets stand by name, values not known yet as `${stage/job.field}`.
 *
 * @example
 * ```ts
 * process.stdout.write(planText(plan, { color: false, columns: 80 }));
 * ```
 */
export function planText(plan: Plan, options: PlanTextOptions): string {
  const terminal: Terminal = { color: options.color, columns: Math.max(40, options.columns) };
  const byStage = new Map<string, PlanNode[]>();
  for (const node of plan.nodes) {
    const nodes = byStage.get(node.stage);
    if (nodes === undefined) byStage.set(node.stage, [node]);
    else nodes.push(node);
  }
  const lines = headLines(plan, options, terminal);
  const names = nameWidth(plan, Math.min(NAME_MOST, Math.floor(terminal.columns / 4)));
  plan.stages.forEach((stage, index) => {
    const nodes = byStage.get(stage.name) ?? [];
    const skipped = commonSkip(nodes, options.predictions);
    lines.push("", ...stageLines(stage, plan.stages[index - 1], terminal));
    if (skipped !== undefined) lines.push(...hanging("  ", verdictText(skipped), terminal, "yellow"));
    for (const node of nodes) {
      lines.push(
        ...nodeLines(
          node,
          { skip: options.predictions?.get(node.id), cache: options.caches?.get(node.id) },
          skipped !== undefined,
          names,
          terminal,
        ),
      );
    }
  });
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Why none of the nodes would run, where that is the same for all of them: then it is said once. */
function commonSkip(
  nodes: readonly PlanNode[],
  predictions: ReadonlyMap<string, Prediction> | undefined,
): Prediction | undefined {
  const [first, ...others] = nodes.map((node) => predictions?.get(node.id));
  if (first === undefined || first.runs || others.length === 0) return undefined;
  return others.every((other) => other?.runs === false && other.why === first.why) ? first : undefined;
}

function headLines(plan: Plan, { predictions, caches }: PlanTextOptions, terminal: Terminal): string[] {
  const of = (kind: NodeKind): number => plan.nodes.filter((node) => node.kind === kind).length;
  const kinds = [plural(of("job"), "job"), plural(of("gate"), "gate"), plural(of("deploy"), "deploy")];
  const title = `${safe(plan.pipeline)}: ${plural(plan.stages.length, "stage")}, ${kinds.filter((one) => !one.startsWith("0 ")).join(", ")}`;
  const facts: [string, string][] = [];
  const params = Object.entries(plan.params).map(([name, value]) => `${name} = ${brief(value)}`);
  if (params.length > 0) facts.push(["params", params.join(", ")]);
  const secrets = plan.secrets.map(({ name, source, with: from }) => `${name} (${source} ${brief(from)})`);
  if (secrets.length > 0) facts.push(["secrets", secrets.join(", ")]);
  if (plan.passEnv.length > 0) facts.push(["passes", plan.passEnv.join(", ")]);
  if (predictions !== undefined) facts.push(["expected", expected(plan, predictions, caches)]);
  const [first = "", ...rest] = wrapped(title, terminal.columns);
  return [
    paint(terminal, "bold", first),
    ...rest,
    ...facts.flatMap(([name, text]) => hanging(padded(name, 10), safe(text), terminal, "dim")),
  ];
}

/** A node without a prediction runs, unless it has a condition that only the run can decide. */
function expected(
  plan: Plan,
  predictions: ReadonlyMap<string, Prediction>,
  caches: ReadonlyMap<string, CachePrediction> = new Map(),
): string {
  const conditional = new Set(plan.stages.flatMap((stage) => (stage.when === null ? [] : [stage.name])));
  const verdicts = plan.nodes.map((node): boolean | "cached" | undefined => {
    const known = predictions.get(node.id)?.runs;
    const runs = known ?? (node.when === null && !conditional.has(node.stage) ? true : undefined);
    const cache = caches.get(node.id)?.state;
    if (runs !== true || cache === undefined || cache === "miss") return runs;
    return cache === "hit" ? "cached" : undefined;
  });
  const count = (verdict: boolean | "cached" | undefined): number =>
    verdicts.filter((one) => one === verdict).length;
  const [cached, open] = [count("cached"), count(undefined)];
  return [
    `${count(true)} run`,
    ...(cached === 0 ? [] : [`${cached} from the cache`]),
    `${count(false)} skipped`,
    ...(open === 0 ? [] : [`${open} decided during the run`]),
  ].join(", ");
}

function stageLines(stage: PlanStage, before: PlanStage | undefined, terminal: Terminal): readonly string[] {
  const facts = [
    ...(stage.finally ? ["always, when all other stages have ended"] : orderFacts(stage, before)),
    ...conditionFacts(stage.when),
    ...(stage.onFailure === "cancel" ? ["a failure cancels what is running"] : []),
  ];
  const name = wrapped(safe(stage.name), terminal.columns).map((line) => paint(terminal, "bold", line));
  return [...name, ...facts.flatMap((fact) => hanging("  ", safe(fact), terminal, "dim"))];
}

/** Nothing where the stage follows the one that stands above it. */
function orderFacts(stage: PlanStage, before: PlanStage | undefined): readonly string[] {
  const usual = before === undefined ? "" : before.name;
  if (stage.after.join("\n") === usual) return [];
  return [stage.after.length === 0 ? "starts with the run" : `after ${stage.after.join(", ")}`];
}

const KIND_PAINT: Readonly<Record<NodeKind, Paint>> = { job: "cyan", gate: "yellow", deploy: "magenta" };
const KIND_WIDTH = 8;
const INDENT = 2;
const NAME_MOST = 24;

/** Room for names: for the longest one of those that are not too long. */
function nameWidth(plan: Plan, most: number): number {
  const widths = plan.nodes.map((node) => cells(safe(node.name))).filter((width) => width <= most);
  return Math.max(8, ...widths);
}

/** What is foretold of one node. */
interface Foretold {
  readonly skip: Prediction | undefined;
  readonly cache: CachePrediction | undefined;
}

function nodeLines(
  node: PlanNode,
  foretold: Foretold,
  said: boolean,
  names: number,
  terminal: Terminal,
): readonly string[] {
  const skipped = foretold.skip?.runs === false;
  const kind = paint(terminal, skipped ? "dim" : KIND_PAINT[node.kind], padded(node.kind, KIND_WIDTH));
  const start = " ".repeat(INDENT) + kind;
  const name = safe(node.name).replaceAll("\n", " ");
  const left = INDENT + KIND_WIDTH;
  const textAt = left + names + 2;
  const body = bodyLines(node, foretold, said, { ...terminal, columns: terminal.columns - textAt });
  const shown = paint(terminal, skipped ? "dim" : "bold", name);
  const indented = body.map((line) => " ".repeat(textAt) + line);
  if (cells(name) > textAt - left - 2) {
    const [first = "", ...rest] = wrapped(name, terminal.columns - left);
    return [start + first, ...rest.map((line) => " ".repeat(left) + line), ...indented];
  }
  const [first = ""] = body;
  return [start + shown + " ".repeat(textAt - left - cells(name)) + first, ...indented.slice(1)];
}

function bodyLines(
  node: PlanNode,
  { skip: prediction, cache }: Foretold,
  said: boolean,
  plain: Terminal,
): readonly string[] {
  const command = node.kind === "job" && node.uses === "shell";
  const runs = hanging(
    command ? "$ " : "",
    safe(summaryOf(node)),
    plain,
    prediction?.runs === false ? "dim" : undefined,
  );
  const verdict = prediction === undefined || said ? [] : verdictLines(prediction, plain);
  const facts = nodeFacts(node).map((fact) => safe(fact).replaceAll("\n", " "));
  const conditions = conditionFacts(node.when, prediction !== undefined).flatMap((text) =>
    hanging("", safe(text).replaceAll("\n", " "), plain),
  );
  return [...runs, ...conditions, ...verdict, ...cacheLines(cache, plain), ...joined(facts, plain)];
}

const CACHE_WORDS = {
  hit: ["from the cache", "green"],
  miss: ["not in the cache", "yellow"],
  open: ["cache", "dim"],
} as const;

function cacheLines(cache: CachePrediction | undefined, terminal: Terminal): readonly string[] {
  if (cache === undefined) return [];
  const [word, style] = CACHE_WORDS[cache.state];
  return hanging("", `${word}: ${safe(cache.text).replaceAll("\n", " ")}`, terminal, style);
}

function verdictLines(prediction: Prediction, terminal: Terminal): readonly string[] {
  if (prediction.runs && prediction.why === "") return [];
  return hanging("", verdictText(prediction), terminal, prediction.runs ? "green" : "yellow");
}

function verdictText({ runs, why }: Prediction): string {
  const word = runs ? "runs" : "skipped";
  return why === "" ? word : `${word}: ${safe(why).replaceAll("\n", " ")}`;
}

/** Facts one after the other, as many on a line as fit; a fact is broken only where it is wider than a line. */
function joined(facts: readonly string[], terminal: Terminal): readonly string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    const longer = last === undefined ? fact : `${last} · ${fact}`;
    if (last !== undefined && cells(longer) <= terminal.columns) lines[lines.length - 1] = longer;
    else lines.push(...wrapped(fact, terminal.columns));
  }
  return lines.map((line) => paint(terminal, "dim", line));
}

/** Text behind a word, its further lines below its beginning. */
function hanging(word: string, text: string, terminal: Terminal, style?: Paint): readonly string[] {
  const indent = cells(word);
  return wrapped(text, terminal.columns - indent).map((line, index) => {
    const body = style === undefined ? line : paint(terminal, style, line);
    return (index === 0 ? word : " ".repeat(indent)) + body;
  });
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
