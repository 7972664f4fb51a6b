import { messageOf } from "../errors/index.ts";
import type { RunEvent, RunResult } from "../model/index.ts";
import type { Answer, Question, Reporter, ReporterContext } from "../ports/index.ts";
import type { EventStream } from "./event-stream.ts";

/** Gives events to all that listen. A reporter that throws is left out from then on; the run goes on. */
export class ReporterFan {
  readonly #reporters: Set<Reporter>;
  readonly #events: EventStream;

  constructor(reporters: readonly Reporter[], events: EventStream) {
    this.#reporters = new Set(reporters);
    this.#events = events;
  }

  start(context: ReporterContext): void {
    for (const reporter of this.#reporters) {
      void this.#safely(reporter, () => {
        reporter.start?.(context);
      });
    }
  }

  event(event: RunEvent): void | Promise<void> {
    this.#events.push(event);
    let waits: Promise<void>[] | undefined;
    for (const reporter of this.#reporters) {
      const waiting = this.#safely(reporter, () => reporter.event(event));
      if (waiting === undefined) continue;
      waits ??= [];
      waits.push(
        waiting.catch((error: unknown) => {
          this.#drop(reporter, error);
        }),
      );
    }
    if (waits === undefined) return undefined;
    return waits.length === 1 ? waits[0] : Promise.all(waits).then(() => undefined);
  }

  async finish(result: RunResult): Promise<void> {
    // The first in the list is what a person looks at: it ends last, so that it can show what went wrong with the rest.
    for (const reporter of [...this.#reporters].reverse()) {
      try {
        await reporter.finish?.(result);
      } catch (error) {
        this.#drop(reporter, error);
      }
    }
  }

  async ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    for (const reporter of this.#reporters) {
      const answer = await reporter.ask?.(question, signal);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  #safely(reporter: Reporter, call: () => void | Promise<void>): Promise<void> | undefined {
    try {
      return call() ?? undefined;
    } catch (error) {
      this.#drop(reporter, error);
      return undefined;
    }
  }

  #drop(reporter: Reporter, error: unknown): void {
    this.#reporters.delete(reporter);
    const text = messageOf(error);
    void this.event({
      type: "warning",
      at: Date.now(),
      message: `a reporter failed and is left out: ${text}`,
    });
  }
}
