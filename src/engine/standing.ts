import type { RunState } from "../model/index.ts";

/** How a run stands: what went wrong first, and so what it will be said to be. */
export class Standing {
  /** Why nothing more is started; `undefined` while all is well. */
  halted: string | undefined;
  #failure: string | undefined;
  #cancelled: string | undefined;
  #suspended: string | undefined;

  /** A node or the journal failed. The first reason is kept. */
  failed(reason: string): void {
    this.#failure ??= reason;
  }

  /** False where it already was cancelled. */
  cancelled(reason: string): boolean {
    if (this.#cancelled !== undefined) return false;
    this.#cancelled = reason;
    return true;
  }

  suspended(reason: string): void {
    this.#suspended ??= reason;
  }

  /** Whether it waits for something outside and nothing else went wrong. */
  get waits(): boolean {
    return this.#suspended !== undefined && this.halted === undefined;
  }

  get state(): RunState {
    if (this.#failure !== undefined) return "failed";
    if (this.#cancelled !== undefined) return "cancelled";
    // A condition that could not be judged halts without a node that failed.
    if (this.halted !== undefined) return "failed";
    return this.#suspended === undefined ? "passed" : "suspended";
  }

  get reason(): string {
    const state = this.state;
    switch (state) {
      case "passed":
        return "every node that was to run succeeded";
      case "failed":
        return this.#failure ?? this.halted ?? "it failed";
      case "cancelled":
        return this.#cancelled ?? "it was cancelled";
      case "suspended":
        return this.#suspended ?? "it waits";
    }
  }
}
