/** Waits for the disk; tells `done` once. */
export type Flush = (done: (error: Error | null) => void) => void;

/**
 * Group commit: at most one flush is under way, and all who ask meanwhile share the next, since what is under way may
 * have begun before they wrote. After a flush that failed nothing is known of what was written, so that every later
 * answer is that failure.
 */
export class GroupSync {
  readonly #flush: Flush;
  /** Whether something was written since the last flush began. */
  #dirty = false;
  #running: Round | undefined;
  #next: Round | undefined;
  #fault: Error | undefined;

  constructor(flush: Flush) {
    this.#flush = flush;
  }

  /** Something was written. */
  wrote(): void {
    this.#dirty = true;
  }

  /**
   * Resolves when all that was written before this call is on the disk; `undefined` where it is. A rejection that
   * nobody waits for is dropped: whoever asks next is told.
   */
  ask(): Promise<void> | undefined {
    if (this.#fault !== undefined) throw this.#fault;
    if (!this.#dirty) return this.#running?.ended;
    if (this.#running === undefined) return this.#begin(new Round());
    this.#next ??= new Round();
    return this.#next.ended;
  }

  /** Resolves when no flush is under way, however it ended. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running.ended.catch(() => undefined);
  }

  #begin(round: Round): Promise<void> {
    this.#dirty = false;
    this.#running = round;
    this.#flush((error) => {
      this.#end(round, error);
    });
    return round.ended;
  }

  #end(round: Round, error: Error | null): void {
    const next = this.#next;
    this.#next = undefined;
    this.#running = undefined;
    if (error !== null) {
      this.#fault = error;
      round.reject(error);
      next?.reject(error);
      return;
    }
    // Before anyone hears of the end, because they may write and ask again at once.
    if (next !== undefined) void this.#begin(next);
    round.resolve();
  }
}

/** One flush, and those who wait for it. */
class Round {
  readonly ended: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.ended.catch(() => undefined);
  }
}
