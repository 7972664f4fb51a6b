import { formatLocation, type SourceLocation } from "./location.ts";
import { SluiceError } from "./sluice-error.ts";

/** One mistake in a definition. */
export interface DefinitionIssue {
  /** The rule that was broken, for example `duplicate-name`. */
  readonly rule: string;
  /** Where in the pipeline: `stage "verify" > job "unit"`. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  readonly at?: SourceLocation | undefined;
}

/**
 * A definition is wrong. Holds every mistake found, in the order of declaration.
 *
 * Its code is always `DEFINITION_INVALID`.
 */
export class DefinitionError extends SluiceError {
  override readonly name = "DefinitionError";
  readonly issues: readonly DefinitionIssue[];

  constructor(pipeline: string, issues: readonly DefinitionIssue[]) {
    const count = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
    super(
      "DEFINITION_INVALID",
      `pipeline "${pipeline}" has ${count}\n${issues.map(formatIssue).join("\n")}`,
      {
        at: issues[0]?.at,
      },
    );
    this.issues = issues;
  }

  override describe(): string {
    return `${this.message}\n[${this.code}]`;
  }
}

function formatIssue(issue: DefinitionIssue, index: number): string {
  const lines = [`  ${index + 1}. ${issue.path}: ${issue.message} (${issue.rule})`];
  if (issue.at) lines.push(`     at ${formatLocation(issue.at)}`);
  if (issue.hint !== undefined) lines.push(`     ${issue.hint}`);
  return lines.join("\n");
}
