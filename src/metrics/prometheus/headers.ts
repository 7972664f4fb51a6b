import type { ResolvedOptions } from "./options.ts";

/** Milliseconds for which a secret is taken as it was. */
const KEEP = 60_000;

/** Headers as they are sent, and what in them is secret. */
export interface SentHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Looks up the secrets of the headers, each minute anew: tokens in files are renewed while a rollout goes on. */
export class Headers {
  readonly #given: ResolvedOptions["headers"];
  #last: { readonly at: number; readonly sent: Promise<SentHeaders> } | undefined;

  constructor(given: ResolvedOptions["headers"]) {
    this.#given = given;
  }

  /** `fresh` takes nothing from before. Rejects with what a secret's place says. */
  get(fresh = false): Promise<SentHeaders> {
    const now = performance.now();
    if (this.#last === undefined || fresh || now - this.#last.at >= KEEP) {
      const sent = this.#resolve();
      const entry = { at: now, sent };
      this.#last = entry;
      sent.catch(() => {
        if (this.#last === entry) this.#last = undefined;
      });
    }
    return this.#last.sent;
  }

  async #resolve(): Promise<SentHeaders> {
    const headers: Record<string, string> = {};
    const secrets: string[] = [];
    for (const [name, value] of Object.entries(this.#given)) {
      if (typeof value === "string") {
        headers[name] = value;
        continue;
      }
      const { signal } = new AbortController();
      const secret = await value.source.resolve({ root: process.cwd(), env: process.env, signal });
      headers[name] = `${value.before}${secret}`;
      secrets.push(secret);
    }
    return { headers, secrets };
  }
}
