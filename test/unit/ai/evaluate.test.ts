import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  contains,
  custom,
  evaluate,
  exact,
  retrieval,
  type AskContext,
  type EvaluateOptions,
} from "../../../src/ai/index.ts";
import { REF, SECRET, type Secret } from "../../../src/model/index.ts";
import type { Stage } from "../../../src/builder/index.ts";
import type { Ref } from "../../../src/model/index.ts";
import { resolveSpec, type Values } from "../../../src/engine/resolve.ts";
import { aiContext, baselineOf, dataset, errorOf, figure, judge, service, type Request } from "./support.ts";

const questionOf = (request: Request): string => (JSON.parse(request.body) as { question: string }).question;
/** Answers with these ids, in this order. */
const sources = (...ids: string[]) => ({ answer: "see the sources", sources: ids.map((id) => ({ id })) });
const secret = (name: string): Secret => ({ [SECRET]: { owner: {}, name } });
const values = (secrets: Record<string, string>): Values => ({
  output: () => undefined,
  artifact: () => undefined,
  artifacts: () => [],
  secret: (name) => secrets[name] ?? "",
});
const four = [
  { id: "q1", question: "one", relevant: ["a"] },
  { id: "q2", question: "two", relevant: ["b"] },
  { id: "q3", question: "three", relevant: ["c", "d"] },
  { id: "q4", question: "four", relevant: ["e"] },
];
const RANKINGS: Record<string, string[]> = {
  one: ["a", "x"],
  two: ["x", "b"],
  three: ["x", "y", "d"],
  four: ["x", "y", "z", "e"],
};
const ranked = (question: string) => sources(...(RANKINGS[question] ?? []));

describe("evaluate: over HTTP", () => {
  it("asks each question, scores the rankings and tells the figures", async () => {
    const { url, requests } = await service((request) => ({ body: ranked(questionOf(request)) }));
    const root = await dataset(four);
    const context = aiContext(root);
    const check = evaluate({
      dataset: "questions.jsonl",
      ask: { url, path: "/query" },
      score: [retrieval.hitRate({ at: 3, min: 0.75 }), retrieval.mrr({ at: 3, min: 0.45 })],
    });
    const verdict = await judge(check, context);
    expect(verdict.outcome).toBe("passed");
    // Ranks 1, 2, 3 and none within the first three.
    expect(figure(verdict, "hit rate@3")).toEqual({
      name: "hit rate@3",
      value: 0.75,
      unit: "share",
      min: 0.75,
      ok: true,
    });
    expect(figure(verdict, "mrr@3").value).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 4, 12);
    expect(figure(verdict, "errors")).toEqual({
      name: "errors",
      value: 0,
      unit: "questions",
      max: 0,
      ok: true,
    });
    expect(verdict.summary).toContain("no accepted run to compare with");
    expect(requests[0]).toMatchObject({ method: "POST", path: "/query" });
    expect(requests[0]?.headers).toMatchObject({
      "content-type": "application/json",
      accept: "application/json",
    });
    expect(new Set(requests.map((request) => request.body))).toEqual(
      new Set(four.map(({ question }) => JSON.stringify({ question }))),
    );
    const lines = context.printed("stdout").trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/^3\/4 {2}hit rate@3 1 {2}mrr@3 0\.3333 {2}\d.*q3 three$/);
  });

  it("fails below min and points at the log", async () => {
    const { url } = await service((request) => ({ body: ranked(questionOf(request)) }));
    const check = evaluate({
      dataset: "questions.jsonl",
      ask: { url },
      score: retrieval.hitRate({ at: 1, min: 0.5 }),
    });
    const context = aiContext(await dataset(four));
    const verdict = await judge(check, context);
    expect(verdict).toMatchObject({ outcome: "failed", hint: expect.stringContaining("log") as string });
    expect(verdict.summary).toContain("hit rate@1 0.25 (at least 0.5)");
    expect(context.proposed).toEqual([]);
  });

  it("prints in the order of the dataset although answers come in another, and asks no more than it may at a time", async () => {
    let open = 0;
    let most = 0;
    const released: (() => void)[] = [];
    const check = evaluate({
      dataset: "questions.jsonl",
      concurrency: 3,
      ask: async (question) => {
        most = Math.max(most, ++open);
        await new Promise<void>((resolve) => {
          released.unshift(resolve);
          // The last of a batch releases all, the youngest first.
          if (question === "three" || question === "four") for (const one of released.splice(0)) one();
        });
        open--;
        return ranked(question);
      },
      score: retrieval.hitRate({ at: 5, min: 1 }),
    });
    const context = aiContext(await dataset(four));
    expect((await judge(check, context)).outcome).toBe("passed");
    expect(most).toBe(3);
    expect(context.printed("stdout").match(/q\d/g)).toEqual(["q1", "q2", "q3", "q4"]);
  });

  it("fills in path, body and headers", async () => {
    const { url, requests } = await service(() => ({ body: { hits: ["a"] } }));
    const root = await dataset([{ question: "a b&c?", relevant: ["a"], tenant: 7, tags: ["x"] }]);
    const score = retrieval.hitRate({ at: 1, min: 1, ids: "/hits" });
    const put = evaluate({
      dataset: "questions.jsonl",
      ask: {
        url: `${url}/api/?v=1`,
        path: "v1/{{tenant}}?q={{question}}",
        method: "PUT",
        headers: { "X-Region": "eu", Authorization: secret("key") },
        body: {
          text: "Q: {{question}}",
          tags: "{{tags}}",
          tenant: "{{ tenant }}",
          k: 5,
          nested: ["{{question}}"],
        },
      },
      score,
    });
    const spec = resolveSpec(put.spec, values({ key: "Bearer s3cret" }));
    expect((await put.judge(undefined, spec as never, aiContext(root))).outcome).toBe("passed");
    expect(requests[0]).toMatchObject({ method: "PUT", path: "/api/v1/7?q=a%20b%26c%3F" });
    expect(requests[0]?.headers).toMatchObject({ "x-region": "eu", authorization: "Bearer s3cret" });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      text: "Q: a b&c?",
      tags: ["x"],
      tenant: 7,
      k: 5,
      nested: ["a b&c?"],
    });

    const get = evaluate({
      dataset: "questions.jsonl",
      ask: { url, method: "GET", path: "/search?q={{question}}" },
      score,
    });
    expect((await judge(get, aiContext(root))).outcome).toBe("passed");
    expect(requests[1]).toMatchObject({ method: "GET", path: "/search?q=a%20b%26c%3F", body: "" });
    expect(requests[1]?.headers).not.toHaveProperty("content-type");
  });

  it.each<[string, unknown, RegExp]>([
    [
      "a page of text",
      "<html>busy</html>",
      /2\/4 {2}error: the answer has no "sources": it is the text "<html>busy<\/html>"/,
    ],
    ["no list", { sources: "a" }, /error: \/sources is no list, but the text "a"/],
    ["no ids", { sources: [{ name: "a" }] }, /error: \/sources\/0 has no "id"/],
    ["ids of another type", { sources: [{ id: {} }] }, /holds \{\}, which is no id/],
  ])("an answer of another form is an error of that question: %s", async (_name, bad, line) => {
    const { url } = await service((request) => ({
      body: questionOf(request) === "two" ? bad : ranked(questionOf(request)),
    }));
    const context = aiContext(await dataset(four));
    const check = evaluate({
      dataset: "questions.jsonl",
      ask: { url },
      score: retrieval.hitRate({ at: 4, min: 0.7 }),
      maxErrors: 0.25,
    });
    const verdict = await judge(check, context);
    expect(verdict.outcome).toBe("passed");
    expect(figure(verdict, "hit rate@4").value).toBe(0.75);
    expect(figure(verdict, "errors")).toMatchObject({ value: 1, max: 1, ok: true });
    expect(context.printed("stdout")).toMatch(line);
  });
});

describe("evaluate: errors", () => {
  const options = {
    dataset: "questions.jsonl",
    retryDelay: "1ms",
    score: retrieval.hitRate({ at: 5, min: 0.5 }),
  } as const;

  it("tries again after 503 and 429, and counts the answer", async () => {
    const seen = new Map<string, number>();
    const { url, requests } = await service((request) => {
      const question = questionOf(request);
      const tries = (seen.get(question) ?? 0) + 1;
      seen.set(question, tries);
      if (question === "one" && tries < 3) return { status: 503, body: "busy" };
      if (question === "two" && tries < 2) return { status: 429, headers: { "retry-after": "0" } };
      return { body: ranked(question) };
    });
    const verdict = await judge(evaluate({ ...options, ask: { url } }), aiContext(await dataset(four)));
    expect(figure(verdict, "errors").value).toBe(0);
    expect(requests).toHaveLength(4 + 2 + 1);
  });

  it("does not try again after 400, and says what came", async () => {
    const { url, requests } = await service((request) =>
      questionOf(request) === "one"
        ? { status: 400, body: "no\tsuch tenant" }
        : { body: ranked(questionOf(request)) },
    );
    const context = aiContext(await dataset(four));
    const verdict = await judge(evaluate({ ...options, ask: { url }, maxErrors: 0.3 }), context);
    expect(requests).toHaveLength(4);
    expect(verdict.outcome).toBe("passed");
    expect(verdict.summary).toContain("4 questions, 1 error; 1 × HTTP 400 no such tenant");
  });

  it("gives up after the retries, and fails above maxErrors although the mean is good enough", async () => {
    const { url, requests } = await service((request) =>
      questionOf(request) === "one" ? { status: 500 } : { body: ranked(questionOf(request)) },
    );
    const verdict = await judge(
      evaluate({ ...options, ask: { url }, retries: 2 }),
      aiContext(await dataset(four)),
    );
    expect(requests).toHaveLength(3 + 3);
    expect(figure(verdict, "hit rate@5")).toMatchObject({ value: 0.75, ok: true });
    expect(figure(verdict, "errors")).toMatchObject({ value: 1, max: 0, ok: false });
    expect(verdict.outcome).toBe("failed");
  });

  it("cannot judge where nobody answers, and stops soon", async () => {
    let asked = 0;
    const many = Array.from({ length: 200 }, (_, at) => ({ question: `q${at}`, relevant: ["a"] }));
    const check = evaluate({
      ...options,
      concurrency: 2,
      ask: () => {
        asked++;
        throw new Error("not reachable");
      },
    });
    const error = await errorOf(async () => judge(check, aiContext(await dataset(many))));
    expect(error).toMatchObject({
      code: "GATE_ERROR",
      message: expect.stringContaining("of 200 questions was answered: not reachable") as string,
    });
    expect(asked).toBeLessThanOrEqual(12);
  });

  it("judges no part of a dataset where one answer comes after it has given up", async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ question: `q${at}`, relevant: ["a"] }));
    const context = aiContext(await dataset(many));
    let failed = 0;
    let answer: (() => void) | undefined;
    const check = evaluate({
      ...options,
      concurrency: 11,
      maxErrors: 0.95,
      ask: (question) => {
        if (question === "q0") {
          return new Promise((resolve) => {
            answer = () => resolve(sources("a"));
          });
        }
        if (++failed === 10) setImmediate(() => answer?.());
        throw new Error("not reachable");
      },
    });
    const error = await errorOf(async () => judge(check, context));
    expect(error.message).toContain("none of the first 10 of 40 questions was answered");
    expect(context.proposed).toEqual([]);
  });

  it("names the system's reason where the connection is refused", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const check = evaluate({ ...options, ask: { url: `http://127.0.0.1:${port}` }, retries: 1 });
    const error = await errorOf(async () => judge(check, aiContext(await dataset(four.slice(0, 1)))));
    expect(error.message).toContain(`no connection: connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it("ends a question at its timeout, even if the function does not listen, and does not ask it again", async () => {
    let asked = 0;
    const check = evaluate({
      ...options,
      timeout: "20ms",
      maxErrors: 0.5,
      ask: (question) => {
        asked++;
        return question === "one" ? new Promise(() => undefined) : ranked(question);
      },
    });
    const context = aiContext(await dataset(four));
    await judge(check, context);
    expect(asked).toBe(4);
    expect(context.printed("stdout")).toContain("1/4  error: no answer within 20ms");
  });

  it("passes the timeout on to the request", async () => {
    const aborted: unknown[] = [];
    const check = evaluate({
      ...options,
      timeout: "10ms",
      maxErrors: 0.5,
      ask: (question, { signal }) =>
        question === "one"
          ? new Promise((_resolve, reject) => {
              signal.addEventListener("abort", () => {
                aborted.push(signal.reason);
                reject(new Error("aborted"));
              });
            })
          : ranked(question),
    });
    await judge(check, aiContext(await dataset(four)));
    expect(aborted).toHaveLength(1);
  });

  it("ends with the node, and asks nothing more", async () => {
    const controller = new AbortController();
    let asked = 0;
    const check = evaluate({
      ...options,
      concurrency: 1,
      ask: (question) => {
        asked++;
        if (asked === 2) controller.abort(new Error("interrupted"));
        return asked === 2 ? new Promise(() => undefined) : ranked(question);
      },
    });
    const context = aiContext(await dataset(four), undefined, { signal: controller.signal });
    await expect(judge(check, context)).rejects.toThrow("interrupted");
    expect(asked).toBe(2);
  });

  it("ends where the log cannot be written", async () => {
    let asked = 0;
    const check = evaluate({ ...options, concurrency: 1, ask: (question) => (asked++, ranked(question)) });
    const context = aiContext(await dataset(four), undefined, {
      write: () => Promise.reject(new Error("disk full")),
    });
    await expect(judge(check, context)).rejects.toThrow("disk full");
    expect(asked).toBe(1);
  });
});

describe("evaluate: with a function", () => {
  it("gives it the subject, the line, and secrets by env; the plan shows its name", async () => {
    const seen: unknown[] = [];
    const check = evaluate({
      dataset: "questions.jsonl",
      env: { KEY: secret("key"), REGION: "eu" },
      ask: function answer(
        question: string,
        { subject, env, fields }: { subject: { url: string }; env: object; fields: object },
      ) {
        seen.push([question, subject, env, fields]);
        return { answer: "42" };
      },
      score: exact({ min: 1 }),
    });
    expect(check.spec).toMatchObject({
      ask: { function: "answer" },
      score: [{ kind: "exact", name: "exact", answer: "/answer", min: 1 }],
    });
    const root = await dataset([{ question: "six by nine?", expected: "42" }]);
    const spec = resolveSpec(check.spec, values({ key: "s3cret" }));
    const verdict = await check.judge({ url: "http://x" }, spec as never, aiContext(root));
    expect(verdict.outcome).toBe("passed");
    expect(seen).toEqual([
      [
        "six by nine?",
        { url: "http://x" },
        { KEY: "s3cret", REGION: "eu" },
        { question: "six by nine?", expected: "42" },
      ],
    ]);
  });

  it("tries again where the error says that it may", async () => {
    let tries = 0;
    const check = evaluate({
      dataset: "questions.jsonl",
      retryDelay: "1ms",
      ask: () => {
        if (++tries < 3) throw Object.assign(new Error("slow down"), { status: 429 });
        return { answer: "yes" };
      },
      score: contains({ min: 1 }),
    });
    expect(
      (await judge(check, aiContext(await dataset([{ question: "q", expected: ["no", "yes"] }])))).outcome,
    ).toBe("passed");
    expect(tries).toBe(3);
  });

  it("fits a gate whose subject has what it reads", () => {
    const gates = (stage: Stage, subject: Ref<{ url: string }>) => {
      stage.gate(
        "a",
        subject,
        evaluate({ dataset: "d", ask: { url: subject.url }, score: exact({ min: 1 }) }),
      );
      stage.gate(
        "b",
        subject,
        evaluate({
          dataset: "d",
          ask: (question, context) => {
            expectTypeOf(question).toEqualTypeOf<string>();
            expectTypeOf(context.subject).toEqualTypeOf<{ url: string }>();
            return context.subject.url;
          },
          score: exact({ min: 1 }),
        }),
      );
      // @ts-expect-error env is for a function
      evaluate({ dataset: "d", ask: { url: "http://x" }, env: { A: "b" }, score: exact({ min: 1 }) });
      const needsPort = evaluate({
        dataset: "d",
        ask: (_question, context: AskContext<{ port: number }>) => context.subject.port,
        score: exact({ min: 1 }),
      });
      // @ts-expect-error the gate's subject has no port
      stage.gate("c", subject, needsPort);
    };
    expect(gates).toBeTypeOf("function");
  });
});

describe("evaluate: latency", () => {
  it("tells p50 and p95, and limits them", async () => {
    const root = await dataset(four);
    const ask = async (question: string) => {
      if (question === "four") await new Promise((resolve) => setTimeout(resolve, 60));
      return ranked(question);
    };
    const common = { dataset: "questions.jsonl", ask, score: retrieval.hitRate({ at: 5 }) } as const;
    const slow = await judge(evaluate({ ...common, latency: { p95: "30ms" } }), aiContext(root));
    expect(slow.outcome).toBe("failed");
    expect(figure(slow, "latency p95")).toMatchObject({ unit: "ms", max: 30, ok: false });
    const fine = await judge(evaluate({ ...common, latency: { p50: "10s", p95: "10s" } }), aiContext(root));
    expect(fine.outcome).toBe("passed");
  });
});

describe("evaluate: against the last accepted run", () => {
  const judged = async (
    lines: readonly object[],
    hits: ReadonlySet<string>,
    limits: { min?: number; maxDrop?: number },
    previous?: Parameters<typeof aiContext>[1],
  ) => {
    const context = aiContext(await dataset(lines), previous);
    const check = evaluate({
      dataset: "questions.jsonl",
      ask: (question) => (hits.has(question) ? ["right"] : ["wrong"]),
      score: retrieval.hitRate({ at: 1, ids: "", ...limits }),
    });
    return { verdict: await judge(check, context), context };
  };
  const lines = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ question: `q${at}`, relevant: ["right"] }));
  const upTo = (count: number) => new Set(Array.from({ length: count }, (_, at) => `q${at}`));

  it("allows maxDrop and not more, and names what got worse", async () => {
    const first = await judged(lines(10), upTo(9), { maxDrop: 0.1 });
    expect(first.verdict.outcome).toBe("passed");
    const kept = baselineOf(first.context);
    const lower = await judged(lines(10), upTo(8), { maxDrop: 0.1 }, kept);
    expect(lower.verdict.outcome).toBe("passed");
    expect(figure(lower.verdict, "hit rate@1")).toEqual({
      name: "hit rate@1",
      value: 0.8,
      unit: "share",
      min: 0.8,
      previous: 0.9,
      ok: true,
    });
    const worse = await judged(lines(10), upTo(7), { maxDrop: 0.1 }, kept);
    expect(worse.verdict.outcome).toBe("failed");
    expect(worse.verdict.summary).toContain("worse than before: q7, q8");
  });

  it("compares over the shared questions where the dataset has grown by hard ones", async () => {
    const kept = baselineOf((await judged(lines(10), upTo(10), { min: 0.4, maxDrop: 0 })).context);
    const grown = await judged(lines(20), upTo(10), { min: 0.4, maxDrop: 0 }, kept);
    expect(grown.verdict.outcome).toBe("passed");
    expect(figure(grown.verdict, "hit rate@1")).toMatchObject({ value: 0.5, min: 0.4, ok: true });
    expect(figure(grown.verdict, "hit rate@1 (10 questions in common)")).toMatchObject({
      value: 1,
      previous: 1,
      min: 1,
      ok: true,
    });
  });

  it("does not let new easy questions hide that old ones got worse", async () => {
    const kept = baselineOf((await judged(lines(4), upTo(4), { maxDrop: 0.1 })).context);
    const hits = new Set([...upTo(100)].filter((question) => question !== "q0"));
    const { verdict } = await judged(lines(100), hits, { maxDrop: 0.1 }, kept);
    expect(verdict.outcome).toBe("failed");
    expect(figure(verdict, "hit rate@1 (4 questions in common)")).toMatchObject({
      value: 0.75,
      previous: 1,
      min: 0.9,
      ok: false,
    });
  });

  it("does not let a removed question count, and takes one whose answer changed for another", async () => {
    const kept = baselineOf((await judged(lines(4), upTo(4), { maxDrop: 0 })).context);
    const changed = [...lines(3), { question: "q3", relevant: ["other"] }];
    const { verdict } = await judged(changed, upTo(4), { maxDrop: 0 }, kept);
    expect(verdict.outcome).toBe("passed");
    expect(figure(verdict, "hit rate@1 (3 questions in common)").value).toBe(1);
  });

  it("says where nothing can be compared", async () => {
    const kept = baselineOf((await judged(lines(2), upTo(2), { maxDrop: 0 })).context);
    const other = [{ question: "another", relevant: ["right"] }];
    const { verdict } = await judged(other, new Set(["another"]), { maxDrop: 0 }, kept);
    expect(verdict.summary).toContain("shares no question and metric with this one");
    const foreign = await judged(lines(2), upTo(1), { maxDrop: 0 }, { kind: "junit" });
    expect(foreign.verdict.summary).toContain("no accepted run to compare with");
  });

  it("keeps only the mean of a large dataset, and compares while that stays as it is", async () => {
    const first = await judged(lines(2_500), upTo(2_000), { maxDrop: 0.01 });
    const kept = baselineOf(first.context);
    expect(JSON.stringify(kept).length).toBeLessThan(500);
    const worse = await judged(lines(2_500), upTo(1_900), { maxDrop: 0.01 }, kept);
    expect(worse.verdict.outcome).toBe("failed");
    const changed = await judged(lines(2_501), upTo(1_900), { maxDrop: 0.01 }, kept);
    expect(changed.verdict.summary).toContain("not compared: the dataset has changed");
  });
});

describe("evaluate: options", () => {
  const score = exact({ min: 1 });
  it.each<[string, unknown, string]>([
    ["nothing", undefined, "the argument must be an object"],
    ["no dataset", { ask: { url: "http://x" }, score }, "dataset must be a text"],
    ["no ask", { dataset: "d", score }, "ask must be { url } or a function, got nothing"],
    ["no url", { dataset: "d", ask: {}, score }, "ask.url must be an http or https address"],
    ["a file url", { dataset: "d", ask: { url: "file:///etc" }, score }, "ask.url must be"],
    [
      "a secret as url",
      { dataset: "d", ask: { url: { [SECRET]: { owner: {}, name: "k" } } }, score },
      "ask.url must be",
    ],
    [
      "env for a service",
      { dataset: "d", ask: { url: "http://x" }, env: {}, score },
      "env is for a function",
    ],
    [
      "a number in env",
      { dataset: "d", ask: () => 1, env: { A: 1 }, score },
      "env.A must be a text, a ref or a secret",
    ],
    [
      "a number in headers",
      { dataset: "d", ask: { url: "http://x", headers: { a: 1 } }, score },
      "ask.headers.a must be",
    ],
    [
      "a request without the question",
      { dataset: "d", ask: { url: "http://x", body: { q: "fixed" } }, score },
      "every question would be the same request",
    ],
    [
      "GET without the question",
      { dataset: "d", ask: { url: "http://x", method: "GET" }, score },
      "every question would be the same request",
    ],
    [
      "GET with a body",
      { dataset: "d", ask: { url: "http://x", method: "GET", path: "/{{question}}", body: {} }, score },
      "a GET request has no body",
    ],
    [
      "an unknown method",
      { dataset: "d", ask: { url: "http://x", method: "PATCH" }, score },
      "ask.method must be one of",
    ],
    [
      "a misspelt part of ask",
      { dataset: "d", ask: { url: "http://x", header: {} }, score },
      "there is no option header",
    ],
    ["no metric", { dataset: "d", ask: { url: "http://x" }, score: [] }, "score must be a metric"],
    [
      "a text as metric",
      { dataset: "d", ask: { url: "http://x" }, score: "hitRate" },
      "score must be a metric",
    ],
    ["no limit at all", { dataset: "d", ask: { url: "http://x" }, score: exact() }, "there is no limit"],
    [
      "two metrics of one name",
      { dataset: "d", ask: { url: "http://x" }, score: [score, exact({ ignoreCase: true })] },
      `two metrics are called "exact"`,
    ],
    [
      "a concurrency of 0",
      { dataset: "d", ask: { url: "http://x" }, score, concurrency: 0 },
      "concurrency must be a whole number of at least 1",
    ],
    ["negative retries", { dataset: "d", ask: { url: "http://x" }, score, retries: -1 }, "retries must be"],
    [
      "a wrong timeout",
      { dataset: "d", ask: { url: "http://x" }, score, timeout: "fast" },
      "timeout must be a length of time",
    ],
    [
      "a timeout of 0",
      { dataset: "d", ask: { url: "http://x" }, score, timeout: 0 },
      "timeout must be a length of time above zero",
    ],
    [
      "errors in per cent",
      { dataset: "d", ask: { url: "http://x" }, score, maxErrors: 5 },
      "maxErrors must be a share from 0 to 1, got 5",
    ],
    [
      "errors without limit",
      { dataset: "d", ask: { url: "http://x" }, score, maxErrors: 1 },
      "maxErrors of 1 accepts",
    ],
    [
      "NaN errors",
      { dataset: "d", ask: { url: "http://x" }, score, maxErrors: Number.NaN },
      "maxErrors must be a number from 0 to 1, got NaN",
    ],
    [
      "an unknown quantile",
      { dataset: "d", ask: { url: "http://x" }, score, latency: { p99: "1s" } },
      "there is no option p99",
    ],
    [
      "a misspelt option",
      { dataset: "d", ask: { url: "http://x" }, score, concurency: 3 },
      "there is no option concurency",
    ],
  ])("refuses %s at once", async (_name, options, message) => {
    const error = await errorOf(() => evaluate(options as EvaluateOptions<unknown>));
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it("keeps refs for the engine, and refuses what they turn out to be", async () => {
    const ref = { [REF]: { expression: { $ref: "a/b", path: [] }, passed: [] } } as unknown as string;
    const check = evaluate({ dataset: ref, ask: { url: ref }, score });
    expect(check.spec).toMatchObject({ dataset: ref, ask: { http: { url: ref } } });
    const root = await dataset([{ question: "q", expected: "a" }]);
    const resolved = (path: unknown, url: unknown) =>
      ({
        ...(check.spec as object),
        dataset: path,
        ask: { http: { ...(check.spec as { ask: { http: object } }).ask.http, url } },
      }) as never;
    const noUrl = await errorOf(() =>
      check.judge(undefined, resolved("questions.jsonl", "staging"), aiContext(root)),
    );
    expect(noUrl).toMatchObject({
      code: "GATE_ERROR",
      message: 'ask.url is no http or https address: "staging"',
    });
    const noPath = await errorOf(() =>
      check.judge(undefined, resolved(7, "http://127.0.0.1:1"), aiContext(root)),
    );
    expect(noPath).toMatchObject({ code: "GATE_ERROR", message: "dataset is no path: 7" });
  });

  it("measures several things at once", async () => {
    const check = evaluate({
      dataset: "questions.jsonl",
      ask: () => ({ answer: "It is 42.", sources: [{ id: 7 }] }),
      score: [
        contains({ min: 1 }),
        exact({ name: "literal" }),
        retrieval.mrr({ at: 3 }),
        custom("short", (answer) => JSON.stringify(answer).length < 100),
      ],
    });
    const verdict = await judge(
      check,
      aiContext(await dataset([{ question: "q", expected: "42", relevant: ["7"] }])),
    );
    expect(verdict.outcome).toBe("passed");
    expect(["contains", "literal", "mrr@3", "short"].map((name) => figure(verdict, name).value)).toEqual([
      1, 0, 1, 1,
    ]);
  });
});
