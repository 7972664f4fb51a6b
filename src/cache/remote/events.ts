import { randomUUID } from "node:crypto";
import type { Http } from "./http/http.ts";
import { discard } from "./http/http.ts";

/** Milliseconds for which events are gathered. */
const GATHER = 200;

interface CacheEvent {
  readonly event: "HIT" | "MISS";
  readonly hash: string;
  /** Milliseconds that were saved. */
  readonly duration: number;
}

/**
 * Tells the server what was found, for its own figures, as Turborepo does. Nothing depends on it: what cannot be told is
 * dropped, and a process does not stay for it.
 */
export class Events {
  readonly #http: Http;
  readonly #url: URL;
  readonly #session = randomUUID();
  #waiting: CacheEvent[] = [];

  constructor(http: Http, url: URL) {
    this.#http = http;
    this.#url = url;
  }

  tell(event: CacheEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length === 1) setTimeout(() => void this.#send(), GATHER).unref();
  }

  async #send(): Promise<void> {
    const events = this.#waiting.map((event) => ({ sessionId: this.#session, source: "REMOTE", ...event }));
    this.#waiting = [];
    const body = new Blob([JSON.stringify(events)]);
    const headers = { "content-type": "application/json", "content-length": String(body.size) };
    try {
      await discard(await this.#http.ask({ method: "POST", url: this.#url, headers, body }, 1));
    } catch {
      // See above.
    }
  }
}
