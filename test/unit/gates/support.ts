import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { isSluiceError, type SluiceError } from "../../../src/errors/index.ts";
import type { Figure, Json } from "../../../src/model/index.ts";
import type { Check, StepContext, Verdict } from "../../../src/ports/index.ts";
import { stepContext, type RecordingContext } from "../../fixtures/step-context.ts";

/** Folder of the report fixtures. */
export const REPORTS = fileURLToPath(new URL("../../fixtures/reports", import.meta.url));

/** Judges as the engine does, with a spec that has no refs in it. */
export async function judge<Subject>(
  check: Check<Subject>,
  context: StepContext,
  subject?: Subject,
): Promise<Verdict> {
  return check.judge(subject as Subject, check.spec as never, context);
}

/** A context at the report fixtures; `previous` is the baseline of the last accepted run. */
export function reportContext(overrides: Partial<StepContext> = {}, previous?: Json): RecordingContext {
  const proposed: Json[] = [];
  const context = stepContext({
    root: REPORTS,
    run: previous === undefined ? "run-1" : "run-2",
    baseline: { previous: () => Promise.resolve(previous), propose: (value) => void proposed.push(value) },
    ...overrides,
  });
  return { ...context, proposed };
}

/** The baseline that a passed verdict proposed. */
export function baselineOf(context: RecordingContext): Json {
  const [value] = context.proposed;
  if (value === undefined) throw new Error("nothing was proposed");
  // What is kept goes through JSON.
  return JSON.parse(JSON.stringify(value)) as Json;
}

export function figure(verdict: Verdict, name: string): Figure {
  if (verdict.outcome === "suspended") throw new Error("the verdict is suspended");
  const found = verdict.figures.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`no figure ${name} among ${verdict.figures.map((one) => one.name).join(", ")}`);
  return found;
}

export function values(verdict: Verdict): Record<string, number> {
  if (verdict.outcome === "suspended") throw new Error("the verdict is suspended");
  return Object.fromEntries(verdict.figures.map((one) => [one.name, one.value]));
}

/** The SluiceError that `run` throws or rejects with. */
export async function errorOf(run: () => unknown): Promise<SluiceError> {
  try {
    await run();
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The broken reports of one kind, relative to the fixtures. */
export function brokenReports(kind: string): readonly string[] {
  return readdirSync(join(REPORTS, kind, "broken"))
    .sort()
    .map((file) => `${kind}/broken/${file}`);
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-gates-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
