import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionFault, exchange, type Answer, type Asked } from "./exchange.ts";
import { ATTEMPTS, backoff, isPassing, pauseAfter } from "./retry.ts";
import type { Routes } from "../../../util/http/routes.ts";

const MOST_REDIRECTS = 5;

export interface HttpSetup {
  readonly token: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly routes: Routes;
}

/** Asks again where that may help, and follows redirects. The token goes to the cache's own origin alone. */
export class Http {
  readonly #setup: HttpSetup;

  constructor(setup: HttpSetup) {
    this.#setup = setup;
  }

  /** @throws ConnectionFault where no answer was to be had */
  async ask(asked: Asked, attempts = ATTEMPTS): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#follow(asked);
        const pause =
          isPassing(answer.status) && attempt < attempts ? pauseAfter(answer, attempt + 1) : undefined;
        if (pause === undefined) return answer;
        await discard(answer);
        await sleep(pause);
      } catch (error) {
        if (!(error instanceof ConnectionFault) || attempt >= attempts) throw error;
        await sleep(backoff(attempt + 1));
      }
    }
  }

  async #follow(asked: Asked): Promise<Answer> {
    const carried: Record<string, string> = {};
    let { url } = asked;
    for (let redirects = 0; ; redirects++) {
      const answer = await exchange(
        { ...asked, url, headers: this.#headers(asked, url) },
        this.#setup.routes.to(url),
        this.#setup.timeout,
      );
      const next = target(answer, asked.method);
      // A cache that sends us on to a store of files has the tag, and the store has not.
      const tag = answer.headers["x-artifact-tag"];
      if (typeof tag === "string") carried["x-artifact-tag"] = tag;
      if (next === undefined) return { ...answer, headers: { ...carried, ...answer.headers } };
      await discard(answer);
      if (redirects === MOST_REDIRECTS) throw new Error(`${asked.url.host} redirects without end`);
      if (url.protocol === "https:" && next.protocol !== "https:")
        throw new Error(
          `${url.host} redirects from https to ${next.protocol.slice(0, -1)}, which is not followed`,
        );
      url = next;
    }
  }

  #headers(asked: Asked, url: URL): Record<string, string> {
    const { token } = this.#setup;
    const own = url.origin === asked.url.origin && token !== undefined;
    return {
      "user-agent": "sluice",
      // What comes packed is wanted as it is.
      "accept-encoding": "identity",
      ...asked.headers,
      ...(own ? { authorization: `Bearer ${token}` } : {}),
    };
  }
}

/** Where a redirect leads; `undefined` where the answer is none, or one that may not be followed with this method. */
function target({ status, headers, url }: Answer, method: Asked["method"]): URL | undefined {
  const kept = status === 307 || status === 308;
  const changing = status === 301 || status === 302 || status === 303;
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  if (!kept && !(changing && (method === "GET" || method === "HEAD"))) return undefined;
  const next = new URL(location, url);
  return ["http:", "https:"].includes(next.protocol) ? next : undefined;
}

/** Bytes of an answer that are read so that its connection can be used again; a longer one costs a new connection. */
const WORTH_READING = 64 << 10;

/** Reads an answer that is of no interest, and gives the beginning of its text. */
export async function discard({ body }: Answer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > WORTH_READING) break;
    }
  } catch {
    // The status is known, and that is what counts.
  }
  return Buffer.concat(chunks).toString("utf8");
}
