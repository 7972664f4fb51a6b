type Task = () => void | Promise<void>;

/** Runs tasks one after another, at once while none of them waits. */
export class Serial {
  #last: Promise<void> | undefined;

  /** The task must not throw. */
  run(task: Task): void {
    const last = this.#last;
    const result = last === undefined ? task() : last.then(task);
    if (result === undefined) return;
    const tracked: Promise<void> = result.finally(() => {
      if (this.#last === tracked) this.#last = undefined;
    });
    this.#last = tracked;
  }

  /** Resolves when every task is done. */
  async idle(): Promise<void> {
    while (this.#last !== undefined) await this.#last;
  }
}
