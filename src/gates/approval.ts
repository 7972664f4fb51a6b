import type { Input, Json } from "../model/index.ts";
import type { Answer, Check, StepContext, Verdict } from "../ports/index.ts";
import { formatDuration, parseDuration, type Duration } from "../util/duration.ts";
import { OptionProblems } from "./_shared/options.ts";
import { oneLine } from "./_shared/text.ts";
import { approvalStanding, personOf, type ApprovalRules } from "./approval-standing.ts";

/** Options of {@link approval}. */
export interface ApprovalOptions {
  /** What is asked. @defaultValue `Approve STAGE/GATE?` */
  readonly message?: string;
  /** What the person should see before answering, for example a staging address. @defaultValue the subject, an artifact by its digest */
  readonly detail?: Input<Json>;
  /** How many different people must approve; by their names, without regard to capitals. @defaultValue 1 */
  readonly approvers?: number;
  /** How long an answer may take, from when it is first asked; later the gate fails. @defaultValue without limit */
  readonly expires?: Duration;
}

interface ApprovalSpec extends ApprovalRules {
  readonly message: string | null;
  readonly detail?: Json;
}

const MAX_DETAIL = 500;

/**
 * Asks a person, or several. Passes where they approve and says who did; fails where one rejects. Where nobody is there
 * to ask, the run is suspended and holds nothing: `approve` or `reject` answers, from any terminal, and `resume` goes on.
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
  problems.keys(options, ["message", "detail", "approvers", "expires"]);
  problems.throwIfAny();
  problems.text("message", options.message);
  const { approvers, expires } = options;
  if (approvers !== undefined && !(Number.isSafeInteger(approvers) && approvers >= 1)) {
    problems.add(
      `approvers must be a whole number of at least 1, got ${String(approvers)}`,
      "For example 2.",
    );
  }
  if (expires !== undefined && !((parseDuration(expires) ?? 0) > 0)) {
    problems.add(`expires must be a length of time, got ${JSON.stringify(expires)}`, 'For example "24h".');
  }
  problems.throwIfAny();
  const spec = {
    message: options.message ?? null,
    approvers: options.approvers ?? 1,
    expires: options.expires === undefined ? null : (parseDuration(options.expires) ?? null),
    ...(options.detail === undefined ? {} : { detail: options.detail }),
  };
  return { kind: "approval", spec, judge };
}

async function judge(subject: unknown, spec: ApprovalSpec, context: StepContext): Promise<Verdict> {
  const title = spec.message ?? `Approve ${context.node.id}?`;
  const since = context.waitingSince ?? Date.now();
  const decisions = [...context.decisions];
  for (;;) {
    const { rejection, approvals, missing, deadline } = approvalStanding(spec, decisions, since);
    if (rejection !== undefined) {
      return {
        outcome: "failed",
        figures: [],
        summary: `rejected by ${said(rejection)}`,
        hint: "Settle the reason with them and start a new run: a rejection stands for this one.",
      };
    }
    if (missing === 0)
      return { outcome: "passed", figures: [], summary: `approved by ${approvals.map(said).join(", ")}` };
    const so = spec.approvers === 1 ? "" : ` (${approvals.length} of ${spec.approvers} have approved)`;
    if (Date.now() > deadline) {
      const summary = `nobody answered within ${formatDuration(spec.expires ?? 0)}: ${title}${so}`;
      return { outcome: "failed", figures: [], summary, hint: "Start a new run and ask again." };
    }
    const answer = await ask(title, subject, spec, approvals, context);
    const isKnown =
      answer?.approved === true && approvals.some((one) => personOf(one.by) === personOf(answer.by));
    // Somebody who answers twice is one person still.
    if (answer === undefined || isKnown) {
      const until = spec.expires === null ? "" : `, until ${new Date(deadline).toISOString()}`;
      const nobody = approvals.length === 0 ? "nobody" : "nobody else";
      return { outcome: "suspended", summary: `${nobody} is there to answer: ${title}${so}${until}` };
    }
    decisions.push({ ...answer, at: Date.now() });
  }
}

async function ask(
  title: string,
  subject: unknown,
  spec: ApprovalSpec,
  approvals: readonly Answer[],
  context: StepContext,
): Promise<Answer | undefined> {
  const detail = textOf(spec.detail ?? subject);
  const which = spec.approvers === 1 ? title : `${title} (${approvals.length + 1} of ${spec.approvers})`;
  return await context.ask({
    title: which,
    ...(detail === undefined ? {} : { detail }),
    ...(approvals.length === 0 ? {} : { approvedBy: approvals.map(({ by }) => by) }),
  });
}

function said(answer: Answer): string {
  const who = oneLine(answer.by) || "someone unnamed";
  const reason = oneLine(answer.reason ?? "");
  return reason === "" ? who : `${who}: ${reason}`;
}

/** A value as a person reads it; `undefined` where there is nothing to read. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.slice(0, MAX_DETAIL);
  const { name, digest } = value as { readonly name?: unknown; readonly digest?: unknown };
  // An artifact or image: what is in it would fill the screen.
  if (typeof digest === "string")
    return oneLine(typeof name === "string" ? `${name} ${digest}` : digest, MAX_DETAIL);
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : oneLine(text, MAX_DETAIL);
}
