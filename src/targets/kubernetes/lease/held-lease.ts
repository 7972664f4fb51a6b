import { SluiceError } from "../../../errors/index.ts";
import type { Clock } from "../../../ports/index.ts";
import { faultOf } from "../apply/explain.ts";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { busy } from "./busy.ts";
import { leaseObject, type LeaseWrite, readLease, releasedObject } from "./lease-object.ts";
import type { DeployLease } from "./types.ts";

/** Parts of its duration after which a lease is renewed, is asked about before it is relied on, and counts as lost. */
const RENEWED = 1 / 3;
const RELIED_ON = 1 / 2;
const LOST = 4 / 5;
/** After a renewal that failed the next is tried after this part. */
const RETRIED = 1 / 15;

export interface HeldLeaseSetup {
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly now: () => number;
  readonly write: LeaseWrite;
  /** When the request that took it was sent: from then on others count, at the earliest. */
  readonly sent: number;
}

/** A lease that is ours, renewed until it is released or lost. */
export class HeldLease implements DeployLease {
  readonly fence: number;
  readonly #setup: HeldLeaseSetup;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  readonly #renewing: Promise<void>;
  #object: KubeObject;
  #sent: number;
  #renewal: Promise<boolean> | undefined;

  constructor(setup: HeldLeaseSetup, taken: KubeObject) {
    this.#setup = setup;
    this.#object = taken;
    this.#sent = setup.sent;
    this.fence = setup.write.fence;
    this.#renewing = this.#keep();
    void this.#expire();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async assertHeld(): Promise<void> {
    if (this.#ended.signal.aborted) throw givenUp(this.#setup.write);
    this.#throwIfLost();
    const { duration } = this.#setup.write;
    if (this.#age() > duration * RELIED_ON) await this.#renew();
    this.#throwIfLost();
    if (this.#age() <= duration * LOST) return;
    this.#lose(this.#unreachable());
    this.#throwIfLost();
  }

  async release(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    await Promise.race([this.#renewing, aborted(this.#lost.signal)]);
    if (this.#lost.signal.aborted) return;
    try {
      await this.#setup.api.replace(releasedObject(this.#object));
    } catch {
      // It ends by itself when nobody renews it, and whoever has it by now may keep it.
    }
  }

  async #keep(): Promise<void> {
    const { clock, write } = this.#setup;
    let pause = write.duration * RENEWED;
    for (;;) {
      await clock.sleep(pause, this.#ended.signal).catch(() => undefined);
      if (this.#ended.signal.aborted || this.#lost.signal.aborted) return;
      const renewed = await this.#renew();
      pause = write.duration * (renewed ? RENEWED : RETRIED);
    }
  }

  /** Has it count as lost in time, also while a renewal still waits for an answer. */
  async #expire(): Promise<void> {
    const { clock, write } = this.#setup;
    const end = AbortSignal.any([this.#ended.signal, this.#lost.signal]);
    while (!end.aborted) {
      const left = write.duration * LOST - this.#age();
      if (left >= 0) {
        await clock.sleep(left + 1, end).catch(() => undefined);
        continue;
      }
      // Who stood still learns who has it now; who gets no answer in time loses it all the same, before others may take it.
      await Promise.race([
        this.#lookAgain(),
        clock.sleep(write.duration * RETRIED, end).catch(() => undefined),
      ]);
      if (write.duration * LOST < this.#age()) this.#lose(this.#unreachable());
    }
  }

  /** False where it could not be done, and may be tried again. Two at once would take each other for a stranger. */
  #renew(): Promise<boolean> {
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renewOnce(): Promise<boolean> {
    const { api, now, write } = this.#setup;
    // Counted from when it is sent: the answer may be late.
    const sent = now();
    try {
      this.#object = await api.replace(leaseObject({ ...write, renewed: sent }, this.#object));
      this.#sent = sent;
      return true;
    } catch (error) {
      const status = faultOf(error)?.status;
      if (status === 409 || status === 404) await this.#lookAgain();
      return false;
    }
  }

  /** Somebody has written it: who? */
  async #lookAgain(): Promise<void> {
    const { api, write } = this.#setup;
    try {
      const object = await api.get(write.ref);
      if (object === undefined) {
        this.#lose(new SluiceError("TARGET_BUSY", `Lease ${write.ref.name} was removed by somebody else`));
        return;
      }
      const state = readLease(object);
      // A label was set, say, or our own answer got lost on its way.
      if (state.identity === write.identity) this.#object = object;
      else this.#lose(state.identity === "" ? takenAndReleased(write) : busy(state));
    } catch {
      // No answer now; the next renewal finds out, or the time runs out.
    }
  }

  /** Milliseconds since which others may have counted. */
  #age(): number {
    return this.#setup.now() - this.#sent;
  }

  #unreachable(): SluiceError {
    const { ref } = this.#setup.write;
    const seconds = Math.round(this.#age() / 1_000);
    const text = `Lease ${ref.namespace ?? ""}/${ref.name} could not be renewed for ${seconds} s: somebody else may have it by now`;
    return new SluiceError("TARGET_BUSY", text, {
      hint: "See whether the cluster can be reached, and start again.",
    });
  }

  #lose(reason: SluiceError): void {
    if (!this.#lost.signal.aborted) this.#lost.abort(reason);
  }

  #throwIfLost(): void {
    this.#lost.signal.throwIfAborted();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function givenUp({ ref }: LeaseWrite): SluiceError {
  return new SluiceError(
    "TARGET_BUSY",
    `Lease ${ref.namespace ?? ""}/${ref.name} was given up: somebody else may have it by now`,
    { hint: "Look at the target's status, and start again." },
  );
}

function takenAndReleased({ ref }: LeaseWrite): SluiceError {
  return new SluiceError(
    "TARGET_BUSY",
    `Lease ${ref.namespace ?? ""}/${ref.name} was taken over and given up again by somebody else meanwhile`,
    { hint: "Deploy again." },
  );
}
