import type { Json } from "../../model/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { isRecord, type JsonRecord } from "./json.ts";

/**
 * What the same gate kept of the last accepted run, or `undefined` at the first one. A value of another form
 * (another gate of this name, a later version) is reported and not compared with.
 */
export async function previousOf(kind: string, context: StepContext): Promise<JsonRecord | undefined> {
  const value = await context.baseline.previous();
  if (value === undefined || value === null) return undefined;
  if (isRecord(value) && value["kind"] === kind) return value;
  context.emit({
    type: "warning",
    message: `the last accepted run left something else than a ${kind} baseline here; it is not compared with`,
  });
  return undefined;
}

/** Numbers by name out of a baseline. */
export function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1]),
    ),
  );
}

/** Texts by name out of a baseline. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Becomes the baseline if the run passes. */
export function propose(kind: string, context: StepContext, value: Readonly<Record<string, Json>>): void {
  context.baseline.propose({ kind, run: context.run, ...value });
}
