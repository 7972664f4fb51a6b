import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CacheFault } from "../fault.ts";
import { ConnectionFault, type Answer } from "./http/exchange.ts";
import { ATTEMPTS, backoff } from "./http/retry.ts";

/**
 * The body of an answer to its end. Where the connection is lost on the way it is asked for once more, and what has been
 * given out already is skipped, if it is the same as before. Servers need not know ranges for this.
 *
 * @param again asks once more; `undefined` where the blob is gone
 * @throws CacheFault where it does not come as a whole, or has changed
 */
export async function* download(
  first: Answer,
  again: () => Promise<Answer | undefined>,
): AsyncGenerator<Uint8Array, void> {
  const seen = createHash("sha256");
  let given = 0;
  let answer: Answer | undefined = first;
  for (let attempt = 1; ; attempt++) {
    if (answer === undefined) throw new CacheFault("a blob was removed while it was read");
    try {
      for await (const chunk of beyond(answer.body, given, () => seen.copy().digest("hex"))) {
        seen.update(chunk);
        given += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof ConnectionFault)) throw error;
      if (attempt === ATTEMPTS)
        throw new CacheFault(`a blob came in part only (${String(given)} bytes): ${error.message}`, {
          cause: error,
        });
    }
    await sleep(backoff(attempt + 1));
    answer = await again();
  }
}

/** What comes after the first `skip` bytes, which must have the digest that `digest` gives. */
async function* beyond(
  body: AsyncIterable<Uint8Array>,
  skip: number,
  digest: () => string,
): AsyncGenerator<Uint8Array, void> {
  const repeated = createHash("sha256");
  let left = skip;
  for await (const chunk of body) {
    const part = Math.min(left, chunk.length);
    if (part > 0) {
      repeated.update(chunk.subarray(0, part));
      left -= part;
      if (left === 0 && repeated.digest("hex") !== digest()) throw changed();
    }
    if (part < chunk.length) yield chunk.subarray(part);
  }
  if (left > 0) throw changed();
}

function changed(): CacheFault {
  return new CacheFault("a blob was replaced while it was read");
}
