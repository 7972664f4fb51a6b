/** The calls of a driver that change something. */
export type DriverAction = "start" | "scale" | "route" | "baseline" | "promote" | "abort";

/** A moment in a driver's call. */
export interface DriverMoment {
  readonly target: string;
  readonly call: DriverAction | "observe" | "snapshot";
  readonly args: readonly unknown[];
  /**
   * How many pieces of its effect have happened; 0 before the first. An abort has three (stable at full size, no traffic,
   * no candidate), a start and a promotion two, others one or none.
   */
  readonly done: number;
}

/** Something that goes wrong, once. */
export interface ScriptedFault {
  /** Which call. */
  readonly call: DriverAction | "observe" | "snapshot";
  /** The how-manieth of its kind, counted from 1. @defaultValue `1` */
  readonly nth?: number;
  /**
   * - `throw`: the call rejects with `error`.
   * - `unhealthy`: the replicas come up and do not become ready; rejects with `RELEASE_UNHEALTHY`.
   * - `kill`: the call never returns, as if the process had ended there; {@link ScriptedDriver.killed} resolves.
   */
  readonly does: "throw" | "unhealthy" | "kill";
  /** Whether the call has taken effect by then, or half of it. @defaultValue `"before"` its effect */
  readonly when?: "before" | "half-way" | "after";
  /** @defaultValue an `Error` that names the call */
  readonly error?: Error;
}

/** Finds the fault for each call as it comes. */
export class FaultScript {
  readonly #faults: readonly ScriptedFault[];
  readonly #seen = new Map<string, number>();

  constructor(faults: readonly ScriptedFault[]) {
    this.#faults = faults;
  }

  next(call: ScriptedFault["call"]): ScriptedFault | undefined {
    const nth = (this.#seen.get(call) ?? 0) + 1;
    this.#seen.set(call, nth);
    return this.#faults.find((fault) => fault.call === call && (fault.nth ?? 1) === nth);
  }
}
