import { isSluiceError, SluiceError } from "../../../errors/index.ts";
import type { ClusterApi, ObjectRef } from "../api/types.ts";
import type { DeployLease } from "../lease/types.ts";
import type { AppIdentity } from "../render/types.ts";
import { RecordStore } from "../release/record-store.ts";
import type { Endpoints } from "../traffic/endpoints.ts";
import type { TrafficRouter } from "../traffic/router.ts";
import type { Patience } from "../wait/types.ts";
import { lookAt, type Situation } from "./situation.ts";

/** One app in one namespace. */
export interface Place {
  readonly app: string;
  readonly namespace: string;
  readonly target: string;
  readonly pipeline: string;
  readonly run: string;
}

/** A place as the renderer speaks of it. */
export function identityOf({ app, namespace, target, pipeline }: Place): AppIdentity {
  return { name: app, namespace, target, pipeline };
}

/** Time as the driver sees it. */
export interface DriverClock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SessionParts {
  readonly api: ClusterApi;
  readonly lease: DeployLease;
  /** Takes the lease again, after it was given up for a while. Throws `TARGET_BUSY` where somebody else has it. */
  readonly take: () => Promise<DeployLease>;
  readonly place: Place;
  readonly router: TrafficRouter;
  readonly endpoints: Endpoints;
  readonly clock: DriverClock;
  /** Fires when the run is to end. */
  readonly signal: AbortSignal;
  /** Most that one wait may take beyond what a replica is allowed to start up: milliseconds. */
  readonly timeout: number;
  /** Whether that was asked for. @defaultValue false */
  readonly timeoutGiven?: boolean;
  /** How long a pod may wait for a node: milliseconds. */
  readonly scheduling: number;
  /** How many retired releases are kept. */
  readonly history: number;
  /** Takes over fields that others own. */
  readonly force: boolean;
  readonly mask: (text: string) => string;
  readonly say: (text: string) => void;
}

/** An app held under its lease: what every move needs. Knows nothing that the cluster could not be asked. */
export class Session {
  readonly api: ClusterApi;
  readonly place: Place;
  readonly router: TrafficRouter;
  readonly endpoints: Endpoints;
  readonly clock: DriverClock;
  readonly timeout: number;
  readonly timeoutGiven: boolean;
  readonly patience: Patience;
  readonly history: number;
  readonly force: boolean;
  readonly mask: (text: string) => string;
  readonly say: (text: string) => void;
  readonly records: RecordStore;
  /** Ends what goes forward: the run's signal, or the lease lost. */
  readonly forward: AbortSignal;
  /** Ends what goes back, which a cancelled run must not: only the lease lost. */
  readonly back: AbortSignal;
  readonly #take: () => Promise<DeployLease>;
  readonly #lost = new AbortController();
  #lease: DeployLease;

  constructor(parts: SessionParts) {
    this.api = parts.api;
    this.place = parts.place;
    this.router = parts.router;
    this.endpoints = parts.endpoints;
    this.clock = parts.clock;
    this.timeout = parts.timeout;
    this.timeoutGiven = parts.timeoutGiven ?? false;
    this.patience = { unscheduled: parts.scheduling };
    this.history = parts.history;
    this.force = parts.force;
    this.mask = parts.mask;
    this.say = parts.say;
    this.#take = parts.take;
    this.#lease = this.#hold(parts.lease);
    this.back = this.#lost.signal;
    this.forward = AbortSignal.any([parts.signal, this.back]);
    this.records = new RecordStore(parts.api, parts.place, this);
  }

  get fence(): number {
    return this.#lease.fence;
  }

  /** To be called before every change. Throws `TARGET_BUSY` once somebody else has the lease. */
  readonly guard = (): Promise<void> => this.#lease.assertHeld();

  /** The same, for what speaks of a lease. */
  assertHeld(): Promise<void> {
    return this.guard();
  }

  /**
   * Waits without the lease, so that others may change the app meanwhile, and takes it again. False where somebody else
   * has it then: what is left to do is theirs.
   */
  async stepAside(ms: number, signal: AbortSignal): Promise<boolean> {
    await this.#lease.release();
    await this.clock.sleep(ms, signal);
    try {
      this.#lease = this.#hold(await this.#take());
      return true;
    } catch (error) {
      if (isSluiceError(error) && error.code === "TARGET_BUSY") return false;
      throw error;
    }
  }

  #hold(lease: DeployLease): DeployLease {
    lease.lost.addEventListener("abort", () => this.#lost.abort(lease.lost.reason), { once: true });
    return lease;
  }

  /** What is true now, asked of the cluster. */
  look(): Promise<Situation> {
    return lookAt(this.api, this.place, this.records.list(["pending", "live"]));
  }

  ref(apiVersion: string, kind: string, name: string): ObjectRef {
    return { apiVersion, kind, name, namespace: this.place.namespace };
  }

  /** The error for a target that is not as a call needs it. */
  misplaced(problem: string, hint: string): SluiceError {
    return new SluiceError(
      "TARGET_STATE",
      `"${this.place.app}" on target "${this.place.target}" ${problem}`,
      { hint },
    );
  }

  async close(): Promise<void> {
    try {
      this.endpoints.close();
      await this.#lease.release();
    } finally {
      this.api.close();
    }
  }
}
