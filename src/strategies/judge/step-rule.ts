/** What one signal says, or all of them together. */
export type JudgeOutcome = "pass" | "fail" | "inconclusive" | "continue";

/**
 * What the signals say together: one failure fails, all must pass to pass. While a step still runs, anything short of
 * that goes on; at its end it is inconclusive, because missing traffic is never evidence.
 */
export function combine(outcomes: readonly JudgeOutcome[], ended: boolean): JudgeOutcome {
  if (outcomes.includes("fail")) return "fail";
  if (outcomes.length > 0 && outcomes.every((outcome) => outcome === "pass")) return "pass";
  return ended ? "inconclusive" : "continue";
}

/** What a judged signal has to show for itself. */
export interface Standing {
  readonly failed: boolean;
  readonly passedEarly: boolean;
  /** Requests or pairs of the present step that could be judged. */
  readonly samples: number;
  /** How many of them make a step without a decision a pass. */
  readonly minimum: number;
}

/** The rule for one sequentially tested signal, while its step runs and when it has ended. */
export function judgeStep({ failed, passedEarly, samples, minimum }: Standing, ended: boolean): JudgeOutcome {
  if (failed) return "fail";
  if (passedEarly) return "pass";
  if (!ended) return "continue";
  return samples >= minimum ? "pass" : "inconclusive";
}
