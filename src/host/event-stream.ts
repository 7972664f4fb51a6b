import type { RunEvent } from "../model/index.ts";

/**
 * The events of a run for one `for await`: everything from the first on, kept until it is read. Stopping early lets go
 * of the rest.
 */
export class EventStream implements AsyncIterable<RunEvent> {
  #events: RunEvent[] = [];
  #wanted = false;
  #ended = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  push(event: RunEvent): void {
    if (!this.#wanted) return;
    this.#events.push(event);
    this.#wake?.();
  }

  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  /** Whether somebody reads it, and so will see an error. */
  get wanted(): boolean {
    return this.#wanted;
  }

  want(): this {
    this.#wanted = true;
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    this.#wanted = true;
    try {
      for (;;) {
        const events = this.#events;
        this.#events = [];
        yield* events;
        if (this.#events.length > 0) continue;
        if (this.#ended) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#error !== undefined) throw this.#error as Error;
    } finally {
      this.#wanted = false;
      this.#events = [];
    }
  }
}
