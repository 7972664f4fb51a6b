import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { sweep } from "./sweep.ts";

/** Milliseconds without output after which a pipe that stays open counts as held by a daemon. */
const IDLE = 100;

type StreamName = "stdout" | "stderr";
type Write = (stream: StreamName, chunk: Uint8Array) => void | Promise<void>;

/** One of the two streams on its way. */
interface Lane {
  readonly name: StreamName;
  readonly source: Readable;
  /** Whether a chunk is being written. */
  busy: boolean;
  /** Chunks that came nevertheless: a child's exit sets its paused pipes going again. */
  readonly queue: Uint8Array[];
}

/** What a child prints, on its way to `write`: chunk by chunk, and no faster than `write` takes it. */
export class Output {
  /** Resolves when `write` fails; the rest of the output is read and dropped then. */
  readonly failed: Promise<void>;
  #fail: () => void = () => undefined;
  #failure: { readonly cause: unknown } | undefined;

  readonly #write: Write;
  readonly #lanes: readonly Lane[];
  readonly #finished: Promise<"finished">;
  #finish: () => void = () => undefined;
  #isClosed = false;
  #isFinished = false;
  #chunks = 0;

  constructor(child: ChildProcess, write: Write) {
    this.#write = write;
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    this.#finished = new Promise((resolve) => {
      this.#finish = () => {
        this.#isFinished = true;
        resolve("finished");
      };
    });
    this.#lanes = [this.#lane("stdout", child.stdout), this.#lane("stderr", child.stderr)].filter(
      (lane) => lane !== undefined,
    );
    child.once("close", () => {
      this.#isClosed = true;
      this.#finishIfDone();
    });
  }

  /** What `write` threw, if it did. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  /**
   * Reads and writes what is left once the job's processes have ended. Waits for nobody else: a daemon that has left
   * the job's group and still holds a pipe is ended, and the pipe let go.
   *
   * @param stop gives up when it resolves; without it, output that cannot be written now is dropped
   */
  async drain(cookie: string, stop?: Promise<void>): Promise<void> {
    let swept = false;
    for (let seen = this.#chunks; !this.#isFinished; seen = this.#chunks) {
      const reason = await this.#finishedOr(stop);
      if (reason === "finished") return;
      if (reason === "idle") {
        // A busy process comes here late; this lets it read what lies there before it is called idle.
        await turn();
        if (this.#chunks !== seen || (stop !== undefined && this.#isBusy())) continue;
        if (!swept && !this.#isClosed) {
          swept = true;
          if ((await sweep(cookie)) > 0) continue;
        }
      }
      for (const { source } of this.#lanes) source.destroy();
      return;
    }
  }

  async #finishedOr(stop: Promise<void> | undefined): Promise<"finished" | "idle" | "stop"> {
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<"idle">((resolve) => (timer = setTimeout(resolve, IDLE, "idle")));
    const stopped = stop?.then(() => "stop" as const) ?? idle;
    const reason = await Promise.race([this.#finished, idle, stopped]);
    clearTimeout(timer);
    return reason;
  }

  #lane(name: StreamName, source: Readable | null): Lane | undefined {
    if (source === null) return undefined;
    const lane: Lane = { name, source, busy: false, queue: [] };
    source.on("data", (chunk: Uint8Array) => {
      this.#chunks++;
      if (lane.busy) {
        lane.queue.push(chunk);
        source.pause();
      } else this.#give(lane, chunk);
    });
    source.on("error", (cause) => {
      this.#failWith(cause);
    });
    return lane;
  }

  /** Whether the next chunk may follow at once. */
  #give(lane: Lane, chunk: Uint8Array): boolean {
    if (this.#failure !== undefined) return true;
    try {
      const taken = this.#write(lane.name, chunk);
      if (taken === undefined) return true;
      lane.busy = true;
      lane.source.pause();
      taken
        .catch((cause: unknown) => {
          this.#failWith(cause);
        })
        .finally(() => {
          this.#goOn(lane);
        });
      return false;
    } catch (cause) {
      this.#failWith(cause);
      return true;
    }
  }

  #goOn(lane: Lane): void {
    lane.busy = false;
    for (let chunk = lane.queue.shift(); chunk !== undefined; chunk = lane.queue.shift()) {
      if (!this.#give(lane, chunk)) return;
    }
    lane.source.resume();
    this.#finishIfDone();
  }

  #isBusy(): boolean {
    return this.#lanes.some((lane) => lane.busy);
  }

  #finishIfDone(): void {
    if (this.#isClosed && !this.#isBusy()) this.#finish();
  }

  #failWith(cause: unknown): void {
    this.#failure ??= { cause };
    this.#fail();
  }
}
