import type { Instance } from "./instance.ts";
import type { ReplicaFailure, ReplicaView } from "./protocol.ts";

/** Milliseconds before the first restart; doubled for each further one that follows soon. */
const FIRST_DELAY = 250;
const LONGEST_DELAY = 30_000;
/** A process that ran this long ends a streak of crashes. */
const STEADY = 60_000;

/** The place of one replica: a process, or the wait for the next one. */
export class Slot {
  readonly revision: number;
  readonly index: number;
  instance: Instance | undefined;
  /** What holds while there is no instance. */
  state: "starting" | "waiting" | "failed" = "starting";
  failure: ReplicaFailure | null = null;
  restarts = 0;
  streak = 0;
  timer: NodeJS.Timeout | undefined;
  /** Milliseconds that its requests are given to finish. */
  drain = 0;

  constructor(revision: number, index: number) {
    this.revision = revision;
    this.index = index;
  }

  static key(revision: number, index: number): string {
    return `${revision}/${index}`;
  }

  get key(): string {
    return Slot.key(this.revision, this.index);
  }

  /** Whether it failed for good and has reason to be tried again. */
  isStuck(proven: boolean, retry: boolean): boolean {
    return (
      this.instance === undefined &&
      this.state === "failed" &&
      (proven || retry || this.failure?.kind === "secret")
    );
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  lived(ms: number): void {
    if (ms >= STEADY) this.streak = 0;
  }

  view(): ReplicaView {
    const { revision, index, restarts, failure, instance } = this;
    if (instance === undefined)
      return { revision, index, restarts, failure, phase: this.state, pid: null, port: null };
    const { port, process } = instance.record;
    const phase = instance.phase === "gone" ? "leaving" : instance.phase;
    return { revision, index, restarts, failure, phase, pid: process.pid, port };
  }
}

/** Milliseconds to wait before the `streak`th restart in a row. */
export function restartDelay(streak: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (streak - 1));
}
