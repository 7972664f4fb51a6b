import type { SignalReport } from "../../model/index.ts";
import type { SideState } from "../../ports/index.ts";
import type { Observation } from "./observation.ts";

/** The step that signals are measured in. */
export interface StepView {
  readonly target: string;
  readonly weight: number;
  readonly stable: SideState | undefined;
  readonly candidate: SideState | undefined;
  /** Fires when the step is over, whatever the reason. */
  readonly signal: AbortSignal;
}

/** One metric while a rollout is analysed. Keeps its evidence from step to step. */
export interface Signal {
  readonly name: string;
  /** A step begins; nothing is measured before {@link Signal.open}. */
  begin(step: StepView): void;
  /** The warm-up is over: measuring starts here. */
  open(now: Observation): void;
  /** The step goes on longer because nothing could be decided. */
  extend(): void;
  /** When it wants to be measured next, milliseconds since 1970. */
  readonly due: number;
  /** Whether it wants to be measured at `at`; `closing` is said once, when the step's time is over. */
  wants(at: number, closing: boolean): boolean;
  /** Whether a measurement is still under way. */
  readonly busy: boolean;
  /** Whether its source failed so often that waiting longer makes no sense. */
  readonly stuck: boolean;
  /** Measures once. Never rejects: a source that fails is part of the report. */
  measure(now: Observation): Promise<void>;
  /** What it says now, while the step runs or when it has ended. */
  report(ended: boolean): SignalReport;
}
