import type { Clock } from "../ports/index.ts";

/** Beyond this Node's timers fire at once instead of late. */
const LONGEST = 2_147_483_647;

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const end = Date.now() + ms;
      const tick = (): void => {
        const left = end - Date.now();
        if (left > 0) timer = setTimeout(tick, Math.min(left, LONGEST));
        else {
          signal?.removeEventListener("abort", stop);
          resolve();
        }
      };
      let timer = setTimeout(tick, Math.min(ms, LONGEST));
      function stop(): void {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      }
      signal?.addEventListener("abort", stop, { once: true });
    }),
};
