import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../../ports/index.ts";
import { faultOf } from "../apply/explain.ts";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { busy } from "./busy.ts";
import { HeldLease } from "./held-lease.ts";
import { canBeSeen, describeThis, isDead } from "./holder.ts";
import { leaseObject, leaseRef, type LeaseState, readLease } from "./lease-object.ts";
import { observe } from "./observe.ts";
import type { DeployLease } from "./types.ts";

export interface TakeLeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Who takes it, and what for: others read it in their `TARGET_BUSY`. */
  readonly holder: string;
  readonly about: string;
  /** Milliseconds, in whole seconds. @defaultValue 30000 */
  readonly duration?: number;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. @defaultValue the clock's */
  readonly now?: () => number;
  /** @defaultValue the real time */
  readonly clock?: Clock;
}

const REAL: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};

/**
 * Takes a lease, or throws `TARGET_BUSY` naming its holder. One that somebody holds is taken over only when its holder is
 * a process of this machine that has ended, or when it stays as it is for its whole duration, by our own clock: two
 * machines' clocks are never compared. So the refusal may take a third of the duration, a takeover all of it.
 *
 * Source of the rule: client-go's leader election, which also counts from when a record was first seen.
 */
export async function takeLease(api: ClusterApi, options: TakeLeaseOptions): Promise<DeployLease> {
  const { namespace, name, duration = 30_000, signal, clock = REAL } = options;
  const now = options.now ?? (() => clock.now());
  const ref = leaseRef(namespace, name);
  const identity = `${hostname()}-${process.pid}-${randomBytes(8).toString("hex")}`;
  const holder = describeThis(options.holder, options.about);
  for (;;) {
    signal.throwIfAborted();
    const found = await api.get(ref);
    const state = found === undefined ? undefined : readLease(found);
    if (
      state !== undefined &&
      state.identity !== "" &&
      !(await isAbandoned(api, state, { clock, now, signal }))
    )
      continue;
    const [before, fence] = [state?.object, (state?.fence ?? 0) + 1];
    const acquired = now();
    const write = { ref, identity, holder, duration, fence, acquired, renewed: acquired };
    const taken = await put(api, leaseObject(write, before), before);
    if (taken !== undefined) return new HeldLease({ api, clock, now, write, sent: acquired }, taken);
  }
}

interface Timing {
  readonly clock: Clock;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Whether a held lease may be taken over as it was seen; false where it was given up meanwhile, and is to be looked at
 * again. Throws `TARGET_BUSY` where its holder lives.
 */
async function isAbandoned(
  api: ClusterApi,
  state: LeaseState,
  { clock, now, signal }: Timing,
): Promise<boolean> {
  const { holder } = state;
  if (holder !== undefined && isDead(holder)) return true;
  // Of this machine, and so by the same clock.
  if (holder !== undefined && canBeSeen(holder) && now() - state.renewed < state.duration) throw busy(state);
  const seen = await observe(api, state, clock, signal);
  if (seen === "unchanged") return true;
  if (seen === undefined || seen.identity === "") return false;
  throw busy(seen);
}

/** Writes it unless somebody was faster: then `undefined`. */
async function put(
  api: ClusterApi,
  object: KubeObject,
  before: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  try {
    return before === undefined ? await api.create(object) : await api.replace(object);
  } catch (error) {
    const status = faultOf(error)?.status;
    // 404: the one that was to be replaced has been removed. A missing namespace refuses to create, and is told.
    if (status === 409 || (status === 404 && before !== undefined)) return undefined;
    throw error;
  }
}
