import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** When it was sent and when its answer was whole: milliseconds of this process. */
  readonly sent: number;
  readonly done: number;
}

/** One request on a connection of its own; status 0 where no answer came. */
export function ask(url: string, host?: string): Promise<Answered> {
  const sent = performance.now();
  const headers = host === undefined ? {} : { host };
  return new Promise((resolve) => {
    const end = (status: number, text: string): void => {
      resolve({ status, text, sent, done: performance.now() });
    };
    const asked = request(url, { agent: false, timeout: 5_000, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => end(answer.statusCode ?? 0, text));
      answer.on("error", (error) => end(0, String(error)));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 5 s")));
    asked.on("error", (error) => end(0, String(error)));
    asked.end();
  });
}

export interface TrafficOptions {
  /** How many ask at a time. @defaultValue 4 */
  readonly loops?: number;
  /** Whom they ask for, where that is not in the address. */
  readonly host?: string;
}

/** Asks an address again and again, several at a time, until it is stopped. */
export class Traffic {
  readonly answers: Answered[] = [];
  #on = true;
  readonly #loops: readonly Promise<void>[];
  readonly #waiting = new Set<() => void>();

  constructor(url: string, { loops = 4, host }: TrafficOptions = {}) {
    this.#loops = Array.from({ length: loops }, async () => {
      while (this.#on) {
        this.answers.push(await ask(url, host));
        for (const look of this.#waiting) look();
        await sleep(10);
      }
    });
  }

  /** Those that got no answer. */
  get failed(): readonly string[] {
    return this.answers.filter(({ status }) => status === 0).map(({ text }) => text);
  }

  /** Waits for as many requests that are sent from now on, and gives their answers. */
  async more(count: number): Promise<readonly Answered[]> {
    const since = performance.now();
    const next = (): readonly Answered[] => this.answers.filter(({ sent }) => sent >= since);
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (next().length < count) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
    return next();
  }

  async stop(): Promise<void> {
    this.#on = false;
    await Promise.all(this.#loops);
  }
}
