import type { Plan, RunEvent, RunResult } from "../model/index.ts";
import type { Answer, Question } from "./step.ts";

/** Only a listener to events: nothing that it does changes a run. */
export interface Reporter {
  /** Called once, before the first event. */
  start?(run: ReporterContext): void;
  /** Called for every event, in order. A returned promise holds back the node that printed (logs only). */
  event(event: RunEvent): void | Promise<void>;
  /** Called once, after the last event. Resolves when everything is written. */
  finish?(result: RunResult): void | Promise<void>;
  /** Asks the person that looks at it. Absent where nobody does. */
  ask?(question: Question, signal: AbortSignal): Promise<Answer | undefined>;
}

export interface ReporterContext {
  readonly run: string;
  readonly plan: Plan;
  readonly root: string;
  /** The folder of the run's logs, for hints; absent where none are kept. */
  readonly logs?: string;
}
