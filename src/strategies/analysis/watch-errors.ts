import type { SignalReport } from "../../model/index.ts";
import { ErrorGuard } from "../judge/index.ts";
import { countsBetween, type Observation } from "./observation.ts";
import { percent, plural } from "./text.ts";

/** Holds the candidate's requests against the hard limit, at every look, in the warm-up too. */
export class ErrorWatch {
  readonly #guard = new ErrorGuard();
  #before: Observation["counts"];

  /** What to say when the limit is passed. */
  look({ counts }: Observation): SignalReport | undefined {
    if (counts === undefined) return undefined;
    const seen = countsBetween(this.#before?.candidate, counts.candidate);
    this.#before = counts;
    if (seen === undefined) return undefined;
    this.#guard.add({ requests: seen.requests, bad: seen.errors });
    const { tripped } = this.#guard;
    if (tripped === undefined) return undefined;
    const share = percent(tripped.bad / tripped.requests);
    return {
      name: "failing requests",
      outcome: "fail",
      text: `${share} of the candidate's last ${plural(tripped.requests, "request")} failed, over the hard limit of 50 %`,
      candidate: (100 * tripped.bad) / tripped.requests,
      unit: "%",
      samples: tripped.requests,
    };
  }
}
