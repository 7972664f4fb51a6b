import { SluiceError } from "../errors/index.ts";
import type { Clock } from "../ports/index.ts";

/** Nodes between two attempts. They hold nothing while they wait. */
export class Backoffs {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `then` after `delay` milliseconds with true, or with false as soon as the waits are given up. */
  wait(index: number, delay: number, then: (again: boolean) => void): void {
    const controller = new AbortController();
    this.#waiting.set(index, controller);
    const end = (again: boolean): void => {
      this.#waiting.delete(index);
      then(again);
    };
    this.#clock.sleep(delay, controller.signal).then(
      () => {
        end(true);
      },
      () => {
        end(false);
      },
    );
  }

  giveUp(): void {
    for (const controller of [...this.#waiting.values()]) {
      controller.abort(new SluiceError("CANCELLED", "the run stopped"));
    }
  }
}
