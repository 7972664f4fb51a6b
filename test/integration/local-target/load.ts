import { Agent, request, type OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

/** An answer of the app, with who gave it. */
export interface Answer {
  readonly status: number;
  readonly side: string | undefined;
  readonly revision: number;
  readonly body: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
  readonly agent?: Agent;
}

/** One request. Rejects when there is no whole answer. */
export function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body, agent } = options;
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, ...(agent === undefined ? {} : { agent }) }, (answer) => {
      text(answer).then((body) => {
        const side = answer.headers["x-sluice-side"];
        const revision = Number(answer.headers["x-sluice-revision"]);
        resolve({
          status: answer.statusCode ?? 0,
          side: typeof side === "string" ? side : undefined,
          revision,
          body,
        });
      }, reject);
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

/** So many requests, one after another. */
export async function askTimes(url: string, times: number, options?: AskOptions): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < times; index += 1) answers.push(await ask(url, options));
  return answers;
}

/** Requests without a break, until it is stopped: kept connections, and now and then a body or a slow answer. */
export class Load {
  /** What was not answered with 200. */
  readonly lost: string[] = [];
  readonly revisions = new Map<number, number>();
  answered = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #workers: readonly Promise<void>[];
  #going = true;

  constructor(url: string, workers = 6) {
    this.#workers = Array.from({ length: workers }, (_, index) => this.#work(url, index));
  }

  async stop(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#workers);
    this.#agent.destroy();
  }

  async #work(url: string, worker: number): Promise<void> {
    const agent = this.#agent;
    for (let turn = worker; this.#going; turn += 1) {
      const [path, options]: [string, AskOptions] =
        turn % 10 === 0
          ? ["/slow?ms=120", { agent }]
          : turn % 5 === 0
            ? ["/digest", { agent, method: "POST", body: Buffer.alloc(50_000, turn) }]
            : ["/", { agent }];
      try {
        const { status, revision, body } = await ask(url + path, options);
        if (status !== 200) this.lost.push(`${path}: ${status} ${body}`);
        this.answered += 1;
        this.revisions.set(revision, (this.revisions.get(revision) ?? 0) + 1);
      } catch (error) {
        this.lost.push(`${path}: ${String(error)}`);
      }
    }
  }
}
