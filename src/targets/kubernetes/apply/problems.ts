import { type ErrorCode, SluiceError } from "../../../errors/index.ts";
import type { ObjectRef } from "../api/types.ts";
import { nameOf } from "./refs.ts";

/** Why an object cannot be applied. */
export interface Problem {
  /** Absent where the object cannot even be named. */
  readonly ref?: ObjectRef;
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint?: string;
}

/** Which code speaks for problems of several kinds: what is wrong in any cluster first, what is only in the way last. */
const RANK: readonly ErrorCode[] = ["MANIFEST_INVALID", "CLUSTER_DENIED", "CLUSTER_REFUSED", "TARGET_STATE"];

/** One error for all problems, the objects in the order in which they were found. */
export function refusal(problems: readonly Problem[], changed: string): SluiceError {
  const lines = problems.map(({ ref, text }) => (ref === undefined ? text : `${nameOf(ref)}: ${text}`));
  const code = RANK.find((one) => problems.some((problem) => problem.code === one)) ?? "FIELD_CONFLICT";
  const hints = [...new Set(problems.flatMap(({ hint }) => hint ?? []))];
  const what =
    problems.length === 1 ? "1 object cannot be applied" : `${problems.length} objects cannot be applied`;
  return new SluiceError(code, `${what}; ${changed}:\n${lines.map(bullet).join("\n")}`, {
    hint: hints.length === 0 ? undefined : hints.join(" "),
  });
}

function bullet(line: string): string {
  return `  - ${line.replaceAll("\n", "\n    ")}`;
}
