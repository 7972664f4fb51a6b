/** The calls of a driver that change something. */
export type DriverAction = "start" | "scale" | "route" | "promote" | "abort";

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
  /** Whether the call has taken effect by then. @defaultValue `"before"` its effect */
  readonly when?: "before" | "after";
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
