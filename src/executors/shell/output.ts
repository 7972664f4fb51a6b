import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { sweep } from "./sweep.ts";

/** Milliseconds without output after which a pipe that stays open counts as held by a daemon. */
const IDLE = 100;

type Write = (stream: "stdout" | "stderr", chunk: Uint8Array) => void | Promise<void>;

/** What a child prints, on its way to `write`: chunk by chunk, and no faster than `write` takes it. */
export class Output {
  /** Resolves when `write` fails; the rest of the output is read and dropped then. */
  readonly failed: Promise<void>;
  #fail: () => void = () => undefined;
  #failure: { readonly cause: unknown } | undefined;

  readonly #sources: readonly Readable[];
  readonly #write: Write;
  readonly #closed: Promise<void>;
  #isClosed = false;
  #chunks = 0;
  /** Streams that are held back at the moment. */
  #held = 0;

  constructor(child: ChildProcess, write: Write) {
    this.#write = write;
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    this.#closed = new Promise((resolve) => {
      child.once("close", () => {
        this.#isClosed = true;
        resolve();
      });
    });
    const { stdout, stderr } = child;
    this.#sources = [stdout, stderr].filter((source) => source !== null);
    stdout?.on("data", (chunk: Uint8Array) => {
      this.#take(stdout, "stdout", chunk);
    });
    stderr?.on("data", (chunk: Uint8Array) => {
      this.#take(stderr, "stderr", chunk);
    });
    for (const source of this.#sources) source.on("error", this.#failWith);
  }

  /** What `write` threw, if it did. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  /**
   * Reads what is left once the job's processes have ended. Waits for nobody else: a daemon that has left the job's
   * group and still holds a pipe is ended, and the pipe let go.
   *
   * @param stop gives up when it resolves; without it output that cannot be written now is dropped
   */
  async drain(cookie: string, stop?: Promise<void>): Promise<void> {
    let swept = false;
    for (let seen = this.#chunks; !this.#isClosed; seen = this.#chunks) {
      const reason = await this.#closedOr(stop);
      if (reason === "closed") return;
      if (reason === "idle") {
        // A busy process comes here late; this lets it read what lies there before it is called idle.
        await turn();
        if (this.#chunks !== seen || (this.#held > 0 && stop !== undefined)) continue;
        if (!swept) {
          swept = true;
          if ((await sweep(cookie)) > 0) continue;
        }
      }
      for (const source of this.#sources) source.destroy();
      return;
    }
  }

  async #closedOr(stop: Promise<void> | undefined): Promise<"closed" | "idle" | "stop"> {
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<"idle">((resolve) => (timer = setTimeout(resolve, IDLE, "idle")));
    const stopped = stop?.then(() => "stop" as const) ?? idle;
    const reason = await Promise.race([this.#closed.then(() => "closed" as const), idle, stopped]);
    clearTimeout(timer);
    return reason;
  }

  #take(source: Readable, stream: "stdout" | "stderr", chunk: Uint8Array): void {
    this.#chunks++;
    if (this.#failure !== undefined) return;
    let taken: void | Promise<void>;
    try {
      taken = this.#write(stream, chunk);
    } catch (cause) {
      this.#failWith(cause);
      return;
    }
    if (taken === undefined) return;
    source.pause();
    this.#held++;
    const goOn = (): void => {
      this.#held--;
      source.resume();
    };
    taken.then(goOn, (cause: unknown) => {
      this.#failWith(cause);
      goOn();
    });
  }

  readonly #failWith = (cause: unknown): void => {
    this.#failure ??= { cause };
    this.#fail();
  };
}
