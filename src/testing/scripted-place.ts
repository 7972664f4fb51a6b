import { SluiceError } from "../errors/index.ts";
import type { Clock, CountSnapshot, RevisionStatus, SideState } from "../ports/index.ts";
import type { DriverAction } from "./scripted-faults.ts";
import { type ScriptedTraffic, TrafficCounter } from "./scripted-traffic.ts";

/** A call as it came, whether or not it changed anything. */
export interface DriverCall {
  readonly call: DriverAction;
  readonly args: readonly unknown[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether anything is different since. False for a call that asked for what already held, or that went wrong before. */
  readonly changed: boolean;
  /** The candidate that it was about; absent where there was none. */
  readonly revision?: number;
}

/** One release in a place. */
export interface Side {
  readonly revision: number;
  readonly digest: string;
  readonly startedAt: number;
  readonly run: string;
  /** Replicas when it stands alone. */
  full: number;
  replicas: number;
  ready: number;
}

/** New replicas of the stable release, to compare the candidate with. */
export interface FreshBaseline {
  readonly revision: number;
  readonly startedAt: number;
  replicas: number;
}

export interface PlaceOptions {
  readonly clock: Clock;
  readonly name: string;
  readonly traffic: ScriptedTraffic;
  /** Replicas of the release that is live at the beginning; 0 is none. */
  readonly stable: number;
}

/** What is deployed somewhere and what requests come there: everything of a scripted target that outlives its drivers. */
export class ScriptedPlace {
  readonly clock: Clock;
  readonly name: string;
  readonly calls: DriverCall[] = [];
  readonly weights: number[] = [];
  readonly #traffic: TrafficCounter;
  readonly #past: RevisionStatus[] = [];
  #revisions = 0;
  stable: Side | undefined;
  candidate: Side | undefined;
  baseline: FreshBaseline | undefined;
  weight = 0;

  constructor({ clock, name, traffic, stable }: PlaceOptions) {
    this.clock = clock;
    this.name = name;
    this.#traffic = new TrafficCounter(traffic, clock.now());
    if (stable > 0) {
      this.stable = this.#create("sha256:stable", stable, "");
      this.resize(this.stable, stable);
    }
  }

  get url(): string {
    return `http://${this.name}.test`;
  }

  /** Every revision, the newest first. */
  get history(): readonly RevisionStatus[] {
    const now = [status(this.candidate, "candidate"), status(this.stable, "live")];
    const all = [...now.filter((one) => one !== undefined), ...this.#past];
    return all.sort((a, b) => b.revision - a.revision);
  }

  /** Makes a candidate without replicas, where there is none. */
  prepare(digest: string, full: number, run: string): Side {
    return (this.candidate ??= this.#create(digest, full, run));
  }

  /** Whether that changes anything. */
  resize(side: Side, replicas: number, ready = replicas): boolean {
    const changed = side.replicas !== replicas || side.ready !== ready;
    side.replicas = replicas;
    side.ready = ready;
    return changed;
  }

  /** Whether that changes anything. */
  weigh(weight: number): boolean {
    if (this.weight === weight) return false;
    this.weight = weight;
    this.weights.push(weight);
    return true;
  }

  /** Has so many new replicas of the stable release beside it. Whether that changes anything. */
  compare(replicas: number): boolean {
    if ((this.baseline?.replicas ?? 0) === replicas) return false;
    if (replicas === 0) this.baseline = undefined;
    else if (this.baseline !== undefined) this.baseline.replicas = replicas;
    else {
      const revision = this.stable?.revision ?? 0;
      this.baseline = { revision, startedAt: this.clock.now(), replicas };
    }
    return true;
  }

  /** The candidate gets everything. */
  swap(): void {
    this.baseline = undefined;
    this.#forget(this.stable, "retired");
    this.stable = this.candidate;
    this.candidate = undefined;
    this.weight = 0;
  }

  /** The candidate is no more. */
  drop(): void {
    this.baseline = undefined;
    this.#forget(this.candidate, "aborted");
    this.candidate = undefined;
  }

  /** Nothing runs any more. */
  empty(): void {
    this.drop();
    this.#forget(this.stable, "retired");
    this.stable = undefined;
    this.weight = 0;
  }

  /** Counts what came in until now; to be called before anything changes. */
  passTime(): void {
    this.#traffic.advance(this.clock.now(), this.weight, this);
  }

  snapshot(): CountSnapshot {
    return this.#traffic.snapshot(this);
  }

  show(side: Side | undefined): SideState | undefined {
    if (side === undefined) return undefined;
    const { revision, digest, replicas, ready } = side;
    return { revision, digest, replicas, ready, url: `http://r${revision}.${this.name}.test` };
  }

  status(side: Side | undefined): RevisionStatus | undefined {
    return this.history.find(({ revision }) => revision === side?.revision);
  }

  absent(side: string): SluiceError {
    return new SluiceError("TARGET_STATE", `${this.name} has no ${side}`);
  }

  #create(digest: string, full: number, run: string): Side {
    this.#revisions += 1;
    const startedAt = this.clock.now();
    return { revision: this.#revisions, digest, startedAt, run, full, replicas: 0, ready: 0 };
  }

  #forget(side: Side | undefined, state: "retired" | "aborted"): void {
    const entry = status(side, state);
    if (entry !== undefined) this.#past.push({ ...entry, ready: 0 });
  }
}

function status(side: Side | undefined, state: RevisionStatus["state"]): RevisionStatus | undefined {
  if (side === undefined) return undefined;
  const { revision, digest, startedAt, run, ready } = side;
  return { revision, digest, createdAt: startedAt, run, ready, state };
}
