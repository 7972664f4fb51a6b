import type { ObjectWatch } from "../api/types.ts";

/** Waits until a watch shows what is wanted; false where it does not in time. Rejects with the signal's reason. */
export async function untilSeen(
  watch: ObjectWatch,
  holds: () => boolean,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<boolean> {
  signal.throwIfAborted();
  await Promise.race([watch.synced, watch.broken]);
  if (holds()) return true;
  let end: () => void = () => undefined;
  const seen = new Promise<boolean>((resolve, reject) => {
    const stop = watch.onChange(() => {
      if (holds()) resolve(true);
    });
    const timer = setTimeout(() => {
      resolve(holds());
    }, timeout);
    const aborted = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", aborted, { once: true });
    if (signal.aborted) aborted();
    end = () => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    };
  });
  try {
    return await Promise.race([seen, watch.broken]);
  } finally {
    end();
  }
}
