import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backOff } from "../../../../src/providers/gke/retry.ts";

const NOW = Date.UTC(2026, 4, 1, 12);
const signal = (): AbortSignal => new AbortController().signal;

function refused(retryAfter?: string): Error & { response: { headers: Headers } } {
  const headers = new Headers(retryAfter === undefined ? {} : { "Retry-After": retryAfter });
  return Object.assign(new Error("429"), { response: { headers } });
}

describe("a request that is sent again", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ["2", 100, 2_000],
    ["0", 100, 100],
    ["1", 3_000, 3_000],
    [new Date(NOW + 5_000).toUTCString(), 100, 5_000],
    [new Date(NOW - 5_000).toUTCString(), 100, 100],
    ["soon", 100, 100],
    [undefined, 100, 100],
  ])("waits, with Retry-After %s and a backoff of %i ms, for %i ms", async (retryAfter, delay, wait) => {
    let over = false;
    void backOff(refused(retryAfter), delay, signal()).then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toBe(true);
  });

  it("is not where it would have to wait for more than a minute", async () => {
    const error = refused("61");
    await expect(backOff(error, 100, signal())).rejects.toBe(error);
  });

  it("is not once it is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const waiting = backOff(refused("30"), 100, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(backOff(refused("30"), 100, controller.signal)).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});
