import { messageOf } from "../../errors/index.ts";
import type { Clock } from "../../ports/index.ts";
import { formatDuration } from "../../util/duration.ts";

/** What asking gave. */
export type Probe<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

export interface ProbeOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends the asking. */
  readonly signal: AbortSignal;
}

/** Asks, and gives up after `timeout`. Never rejects: whatever goes wrong is a fault in words. */
export async function probe<T>(
  ask: (signal: AbortSignal) => T | Promise<T>,
  { clock, timeout, signal }: ProbeOptions,
): Promise<Probe<T>> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const asked = async (): Promise<Probe<T>> => ({ ok: true, value: await ask(either) });
  const late = async (): Promise<Probe<T>> => {
    await clock.sleep(timeout, either);
    return { ok: false, fault: `no answer within ${formatDuration(timeout)}` };
  };
  try {
    return await Promise.race([asked(), late()]);
  } catch (error) {
    return { ok: false, fault: messageOf(error) };
  } finally {
    over.abort();
  }
}

/** Waits for `work`, but no longer than `ms`. Rejects with the signal's reason when it fires. */
export async function atMost(
  work: Promise<unknown>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([work, clock.sleep(ms, AbortSignal.any([signal, over.signal]))]);
  } finally {
    over.abort();
  }
}
