import type { S3Api } from "./api.ts";

/**
 * The server's clock, as its answers tell it. What it says is never ahead of the server, so an age that is taken from it
 * is never too high.
 */
export class ServerClock {
  #date: number | undefined;
  #heardAt = 0;

  /** Listens to all answers that the client gets from now on. */
  listen(api: S3Api): void {
    api.middlewareStack.add(
      (next) => async (args) => {
        const result = (await next(args)) as { response?: { headers?: Record<string, string> } };
        this.#hear(result.response?.headers?.["date"]);
        return result;
      },
      { step: "deserialize", priority: "low", name: "sluiceServerClock", override: true },
    );
  }

  /** Milliseconds since 1970; `undefined` where no answer has said yet what time it is. */
  now(): number | undefined {
    return this.#date === undefined ? undefined : this.#date + (performance.now() - this.#heardAt);
  }

  #hear(header: string | undefined): void {
    const date = Date.parse(header ?? "");
    if (Number.isNaN(date)) return;
    this.#date = date;
    this.#heardAt = performance.now();
  }
}
