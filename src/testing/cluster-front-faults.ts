/** What is answered instead of the API server. */
export interface FrontRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What goes wrong at a {@link ClusterFront}, request for request. */
export class FrontFaults {
  /** Those who were let in, or refused, in order, each once. */
  readonly shown = new Set<string>();
  /** Times that somebody was refused. */
  refused = 0;
  throttled = 0;
  /** Milliseconds by which the API server's clock is ahead of ours. */
  skew = 0;
  readonly #retired = new Set<string>();
  #throttling = 0;

  /** Nobody who was let in so far is let in any more. */
  retire(): void {
    for (const one of this.shown) this.#retired.add(one);
  }

  /** Answers the next requests with 429, and the date from which on they may come again: in a second. */
  throttle(requests: number): void {
    this.#throttling = requests;
  }

  date(after = 0): string {
    return new Date(Date.now() + this.skew + after).toUTCString();
  }

  refusalOf(who: string): FrontRefusal | undefined {
    this.shown.add(who);
    if (this.#retired.has(who)) {
      this.refused += 1;
      return this.#answer(401, "Unauthorized");
    }
    if (this.#throttling === 0) return undefined;
    this.#throttling -= 1;
    this.throttled += 1;
    // Dates have whole seconds.
    return this.#answer(429, "TooManyRequests", { "Retry-After": this.date(1_000) });
  }

  #answer(code: number, reason: string, headers: Readonly<Record<string, string>> = {}): FrontRefusal {
    const body = { kind: "Status", apiVersion: "v1", status: "Failure", reason, code, message: reason };
    return { status: code, headers: { Date: this.date(), ...headers }, body };
  }
}
