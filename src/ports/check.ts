import type { Figure } from "../model/index.ts";
import type { StepContext, StepSpec } from "./step.ts";

/** What a gate says. */
export type Verdict =
  | { readonly outcome: "passed"; readonly figures: readonly Figure[]; readonly summary: string }
  | {
      readonly outcome: "failed";
      readonly figures: readonly Figure[];
      readonly summary: string;
      readonly hint?: string;
    }
  /** It cannot be said yet and nobody is there to say it: the run is suspended. */
  | { readonly outcome: "suspended"; readonly summary: string };

/**
 * A check on a value of type `Subject`. A report that is missing, empty or unreadable must throw or fail, never pass.
 */
export interface Check<in Subject> {
  readonly kind: string;
  readonly spec: StepSpec;
  readonly judge: (subject: Subject, spec: never, context: StepContext) => Verdict | Promise<Verdict>;
}
