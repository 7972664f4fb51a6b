interface Batch<T> {
  readonly items: T[];
  size: number;
  readonly done: Promise<void>;
  readonly settle: (fault?: Error) => void;
}

/**
 * Writes what is added in batches, one at a time: all that is added while one is under way goes into the next. The first
 * fault is the last write; whoever waits then, or asks later, gets it.
 */
export class GroupWriter<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  readonly #limit: number;
  readonly #queue: Batch<T>[] = [];
  #writing: Batch<T> | undefined;
  #started = false;
  #fault: Error | undefined;

  /** `limit`: the size at which a batch is closed and the next begun. */
  constructor(write: (items: readonly T[]) => Promise<void>, limit: number) {
    this.#write = write;
    this.#limit = limit;
  }

  add(item: T, size: number): void {
    if (this.#fault !== undefined) return;
    let batch = this.#queue.at(-1);
    if (batch === undefined || (batch.size > 0 && batch.size + size > this.#limit)) {
      // What is full need not wait for somebody who asks for it.
      if (batch !== undefined) this.#start();
      batch = newBatch();
      this.#queue.push(batch);
    }
    batch.items.push(item);
    batch.size += size;
  }

  /** Resolves when all that was added is written; `undefined` where it is already. */
  flush(): Promise<void> | undefined {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    const last = this.#queue.at(-1);
    if (last === undefined) return this.#writing?.done;
    this.#start();
    return last.done;
  }

  /** Nothing more is written, and whoever waits gets `fault`. */
  fail(fault: Error): void {
    this.#fault ??= fault;
    for (const batch of this.#queue.splice(0)) batch.settle(this.#fault);
  }

  /** Resolves when no write is under way, whatever became of it. */
  async settled(): Promise<void> {
    await this.#writing?.done.catch(() => undefined);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    // After the turn, so that what several nodes record in it goes together.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      this.#writing = batch;
      try {
        await this.#write(batch.items);
        batch.settle();
      } catch (error) {
        const fault = error instanceof Error ? error : new Error(String(error));
        this.fail(fault);
        batch.settle(fault);
      }
    }
    this.#writing = undefined;
    this.#started = false;
  }
}

function newBatch<T>(): Batch<T> {
  let settle: Batch<T>["settle"] = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    settle = (fault) => {
      if (fault === undefined) resolve();
      else reject(fault);
    };
  });
  // Whoever waits is told; a batch that nobody waits for must not end the process.
  done.catch(() => undefined);
  return { items: [], size: 0, done, settle };
}
