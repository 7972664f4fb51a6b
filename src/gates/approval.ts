import type { Input, Json } from "../model/index.ts";
import type { Check, StepContext, Verdict } from "../ports/index.ts";
import { OptionProblems } from "./_shared/options.ts";
import { oneLine } from "./_shared/text.ts";

/** Options of {@link approval}. */
export interface ApprovalOptions {
  /** What is asked. @defaultValue `Approve STAGE/GATE?` */
  readonly message?: string;
  /** What the person should see before answering, for example a staging address. @defaultValue the subject */
  readonly detail?: Input<Json>;
}

interface ApprovalSpec {
  readonly message: string | null;
  readonly detail?: Json;
}

const MAX_DETAIL = 500;

/**
 * Asks a person. Passes where they approve and says who did; fails where they reject. Where nobody is there to ask,
 * the run is suspended.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong.
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { approval } from "sluice/gates";
 *
 * export default pipeline({ name: "shop" }, (p) => {
 *   const build = p.stage("build").job("bundle", sh`npm run build`);
 *   p.stage("release").gate("approval", build, approval({ message: "Release the shop?" }));
 * });
 * ```
 */
export function approval(options: ApprovalOptions = {}): Check<unknown> {
  const problems = new OptionProblems("approval");
  problems.keys(options, ["message", "detail"]);
  problems.throwIfAny();
  problems.text("message", options.message);
  problems.throwIfAny();
  const spec = {
    message: options.message ?? null,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
  };
  return { kind: "approval", spec, judge };
}

async function judge(subject: unknown, spec: ApprovalSpec, context: StepContext): Promise<Verdict> {
  const title = spec.message ?? `Approve ${context.node.id}?`;
  const detail = textOf(spec.detail ?? subject);
  const answer = await context.ask({ title, ...(detail === undefined ? {} : { detail }) });
  if (answer === undefined) return { outcome: "suspended", summary: `nobody is there to answer: ${title}` };
  const who = oneLine(answer.by) || "someone unnamed";
  const reason = oneLine(answer.reason ?? "");
  const why = reason === "" ? "" : `: ${reason}`;
  if (answer.approved) return { outcome: "passed", figures: [], summary: `approved by ${who}${why}` };
  return {
    outcome: "failed",
    figures: [],
    summary: `rejected by ${who}${why}`,
    hint: "Settle the reason with them and start a new run: a rejection stands for this one.",
  };
}

/** A value as a person reads it; `undefined` where there is nothing to read. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.slice(0, MAX_DETAIL);
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : oneLine(text, MAX_DETAIL);
}
