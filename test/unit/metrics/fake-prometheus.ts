import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a text. */
  readonly body: unknown;
}

export interface FakeQuestion {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: URLSearchParams;
}

export type Answering = (question: FakeQuestion) => FakeAnswer | undefined;

/** A server on the loopback interface that answers as it is told; `undefined` is no answer at all. */
export async function fakePrometheus(
  answering: Answering,
): Promise<{ readonly url: string; readonly asked: FakeQuestion[] }> {
  const asked: FakeQuestion[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const question = { path: request.url ?? "", headers: request.headers, form: new URLSearchParams(text) };
      asked.push(question);
      const answer = answering(question);
      if (answer === undefined) return;
      const { status = 200, headers = {}, body } = answer;
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked };
}

export function success(resultType: string, result: unknown): FakeAnswer {
  return { body: { status: "success", data: { resultType, result } } };
}

export interface StoredSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds and value, in the order of time. */
  readonly samples: (readonly [number, number])[];
}

/** Answers `name{label=~"regex", …}[range]` out of what is stored, as Prometheus does. */
export function answerFrom(stored: readonly StoredSeries[]): Answering {
  return ({ form }) => {
    const [, name = "", matchers = "", range = ""] =
      /^(\w+)\{(.*)\}\[(\d+)s\]$/.exec(form.get("query") ?? "") ?? [];
    const wanted = Array.from(
      matchers.matchAll(/(\w+)=(~?)"([^"]*)"/g),
      ([, label = "", tilde, value = ""]) => {
        const escaped = tilde === "~" ? value : value.replaceAll(/\W/g, "\\$&");
        return { label, pattern: new RegExp(`^(?:${escaped})$`) };
      },
    );
    const at = Math.round(Number(form.get("time")) * 1_000);
    const found = stored.filter(
      ({ labels }) =>
        labels["__name__"] === name &&
        wanted.every(({ label, pattern }) => pattern.test(labels[label] ?? "")),
    );
    const result = found.flatMap(({ labels, samples }) => {
      const values = samples.filter(([time]) => time > at - Number(range) * 1_000 && time <= at);
      return values.length === 0
        ? []
        : [{ metric: labels, values: values.map(([time, value]) => [time / 1_000, String(value)]) }];
    });
    return success("matrix", result);
  };
}
