import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TextDecoder } from "node:util";
import { messageOf, SluiceError } from "../errors/index.ts";
import type { Json, JsonObject } from "../model/index.ts";
import { canonicalJson, sha256 } from "../util/canonical-json.ts";
import type { Metric, Question } from "./metric.ts";
import { show } from "./problems.ts";

/** A {@link Question} with what identifies it across runs. */
export interface DatasetItem extends Question {
  /** Counted from 1. */
  readonly line: number;
  /** Equal for equal questions with equal answers wanted. */
  readonly key: string;
}

export interface Dataset {
  readonly path: string;
  readonly items: readonly DatasetItem[];
  /** `sha256:<hex>` of what the items ask and want, in order. */
  readonly digest: string;
}

interface Problem {
  readonly line: number;
  readonly message: string;
}

const SHOWN = 20;

/**
 * Reads a dataset in JSON Lines: one object a line with `question`, and `relevant` or `expected` where a metric needs
 * it. `placeholders` are the fields that a request is made of. @throws SluiceError `GATE_ERROR` with every problem
 */
export async function readDataset(
  path: string,
  root: string,
  metrics: readonly Metric[],
  placeholders: readonly string[],
): Promise<Dataset> {
  const problems: Problem[] = [];
  const needs = new Set([...metrics.flatMap((metric) => metric.needs ?? []), ...placeholders]);
  const items = (await readLines(path, root)).flatMap(([line, text]) => {
    const item = parseLine(text, line, needs, problems);
    return item === undefined ? [] : [item];
  });
  noteDuplicates(items, problems);
  if (problems.length > 0) throw invalid(path, problems);
  if (items.length === 0) {
    throw new SluiceError("GATE_ERROR", `${path} holds no question`, {
      path,
      hint: `Write one JSON object a line, for example ${EXAMPLE}.`,
    });
  }
  return { path, items, digest: sha256(canonicalJson(items.map((item) => item.key))) };
}

const EXAMPLE = `{"question": "How do I pay?", "relevant": ["billing-3"]}`;

async function readLines(path: string, root: string): Promise<readonly (readonly [number, string])[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(root, path));
  } catch (cause) {
    const reason =
      cause instanceof Error && "code" in cause && cause.code === "ENOENT"
        ? "there is no dataset"
        : "the dataset cannot be read";
    throw new SluiceError("GATE_ERROR", `${reason}: ${path}`, {
      path,
      hint: "Correct the path; it starts at the pipeline's root.",
      cause,
    });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SluiceError("GATE_ERROR", `${path} is not UTF-8`, { path, hint: "Save it as UTF-8.", cause });
  }
  const lines = text.split("\n").map((line, index) => [index + 1, line.trim()] as const);
  return lines.filter(([, line]) => line !== "");
}

function parseLine(
  text: string,
  line: number,
  needs: ReadonlySet<string>,
  problems: Problem[],
): DatasetItem | undefined {
  const note = (message: string): void => void problems.push({ line, message });
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    note(`no JSON: ${messageOf(error)}`);
    return undefined;
  }
  if (!isObject(fields)) {
    note(`no JSON object, but ${show(fields)}`);
    return undefined;
  }
  const { id, question, relevant, expected } = fields;
  const before = problems.length;
  if (typeof question !== "string" || question.trim() === "")
    note(`"question" must be a text that is not blank, got ${show(question)}`);
  if (id !== undefined && typeof id !== "string" && typeof id !== "number")
    note(`"id" must be a text or a number, got ${show(id)}`);
  const ids = textsOf(relevant);
  const texts = textsOf(typeof expected === "string" ? [expected] : expected);
  if (ids === undefined) note(`"relevant" must be a list of ids, got ${show(relevant)}`);
  else if (needs.has("relevant") && ids.length === 0) note(`"relevant" must name at least one id`);
  if (texts === undefined) note(`"expected" must be a text or a list of texts, got ${show(expected)}`);
  else if (needs.has("expected") && texts.every((one) => one.trim() === ""))
    note(`"expected" must give at least one text`);
  for (const field of needs)
    if (!["question", "relevant", "expected"].includes(field) && !Object.hasOwn(fields, field))
      note(`there is no "${field}", which the request needs`);
  if (problems.length > before || typeof question !== "string") return undefined;
  return {
    line,
    id: typeof id === "string" || typeof id === "number" ? String(id) : undefined,
    question,
    relevant: ids ?? [],
    expected: (texts ?? []).filter((one) => one.trim() !== ""),
    fields,
    key: sha256(canonicalJson({ ...fields, id: null })).slice(7, 23),
  };
}

/** Ids and texts as strings; `undefined` where it is anything but a list of strings and numbers. */
function textsOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const texts = (value as readonly unknown[]).filter(
    (one) => typeof one === "string" || typeof one === "number",
  );
  return texts.length === value.length ? texts.map(String) : undefined;
}

/** The same request twice would count twice, or be wanted to give two different answers. */
function noteDuplicates(items: readonly DatasetItem[], problems: Problem[]): void {
  const ids = new Map<string, number>();
  const requests = new Map<string, number>();
  for (const { line, id, fields } of items) {
    const request = canonicalJson({ ...fields, id: null, relevant: null, expected: null });
    const sameId = id === undefined ? undefined : ids.get(id);
    const same = requests.get(request);
    if (sameId !== undefined)
      problems.push({ line, message: `the id ${show(id)} stands in line ${sameId} already` });
    if (same !== undefined)
      problems.push({ line, message: `the same question stands in line ${same} already` });
    if (id !== undefined && sameId === undefined) ids.set(id, line);
    if (same === undefined) requests.set(request, line);
  }
}

function invalid(path: string, problems: readonly Problem[]): SluiceError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  const lines = sorted.slice(0, SHOWN).map((problem) => `\n  ${path}:${problem.line}: ${problem.message}`);
  const more = sorted.length > SHOWN ? `\n  and ${sorted.length - SHOWN} more` : "";
  const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
  return new SluiceError("GATE_ERROR", `the dataset has ${count}${lines.join("")}${more}`, {
    path,
    at: { file: path, line: sorted[0]?.line ?? 1 },
    hint: `Mend these lines; one is one JSON object, for example ${EXAMPLE}.`,
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
