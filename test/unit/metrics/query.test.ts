import { describe, expect, it } from "vitest";
import { prometheus, type PrometheusQueryOptions } from "../../../src/metrics/index.ts";
import { describeMetric, metric } from "../../../src/strategies/metrics/index.ts";
import { type FakeAnswer, fakePrometheus, success } from "./fake-prometheus.ts";

const WINDOW = {
  target: "production",
  from: 1_795_406_400_000,
  to: 1_795_406_430_000,
  stable: { revision: 3 },
  candidate: { revision: 4 },
  signal: new AbortController().signal,
};
/** Seconds, inside the window. */
const NOW = 1_795_406_429.5;

async function ask(answer: FakeAnswer, promql = "sum(x)", options: PrometheusQueryOptions = {}) {
  const { url } = await fakePrometheus(() => answer);
  return prometheus({ url }).query(promql, options)(WINDOW);
}

const series = (at: number, ...values: readonly string[]) =>
  values.map((value, index) => ({ metric: { pod: String(index) }, value: [at, value] }));

describe("a query", () => {
  it.each<[string, FakeAnswer, number | null]>([
    ["one series", success("vector", series(NOW, "0.25")), 0.25],
    ["zero", success("vector", series(NOW, "0")), 0],
    ["a scalar", success("scalar", [NOW, "1.5e3"]), 1_500],
    ["no series", success("vector", []), null],
    ["no number", success("vector", series(NOW, "NaN")), null],
    ["an infinite number", success("vector", series(NOW, "+Inf")), null],
    ["a negative infinite one", success("scalar", [NOW, "-Inf"]), null],
    ["a sample from before the window", success("vector", series(NOW - 30, "7")), null],
    [
      "infos",
      { body: { ...(success("scalar", [NOW, "2"]).body as object), infos: ["might be no counter"] } },
      2,
    ],
  ])("gives the value of %s", async (_, answer, value) => {
    expect(await ask(answer)).toBe(value);
  });

  it.each<["max" | "sum", number]>([
    ["max", 9],
    ["sum", 12],
  ])("makes one value of several by %s", async (reduce, value) => {
    expect(await ask(success("vector", series(NOW, "1", "9", "2")), "x by (pod)", { reduce })).toBe(value);
    expect(await ask(success("vector", series(NOW, "1", "NaN")), "x by (pod)", { reduce })).toBeNull();
    expect(await ask(success("vector", []), "x by (pod)", { reduce })).toBeNull();
  });

  it("takes the newest sample of a range by last", async () => {
    const values = [
      [NOW - 40, "5"],
      [NOW - 3, "6"],
      [NOW - 1, "7"],
    ];
    const answer = success("matrix", [
      { metric: {}, values },
      { metric: { a: "b" }, values: values.slice(0, 2) },
    ]);
    expect(await ask(answer, "x[1m]", { reduce: "last" })).toBe(7);
    expect(await ask(answer, "x[1m]", { reduce: "sum" })).toBe(19);
  });

  it("refuses several values where it is not said which is meant", async () => {
    const several = success("vector", series(NOW, "1", "2"));
    for (const options of [{}, { reduce: "last" }] as const) {
      await expect(ask(several, "sum(x) by (pod)", options)).rejects.toMatchObject({
        code: "METRICS_UNAVAILABLE",
        message: "the query gives 2 series, not one number: sum(x) by (pod)",
      });
    }
  });

  it.each<[string, FakeAnswer, string]>([
    ["a text", success("string", [NOW, "hi"]), "the result is a string, which is no number"],
    [
      "a histogram",
      success("vector", [{ metric: { __name__: "h" }, histogram: [NOW, {}] }]),
      "h is a native histogram",
    ],
    [
      "a warning",
      { body: { ...(success("vector", []).body as object), warnings: ["a store is down"] } },
      "it warns: a store is down",
    ],
    ["another server's page", { body: "<html>" }, "the answer is not one of its HTTP API"],
    ["a garbled number", success("vector", series(NOW, "12x")), "the answer is not one of its HTTP API"],
    ["an empty number", success("vector", series(NOW, "")), "the answer is not one of its HTTP API"],
  ])("never takes %s for a value", async (_, answer, message) => {
    await expect(ask(answer)).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining(message) as string,
    });
  });

  it("is filled in, and evaluated at the end of the window", async () => {
    const { url, asked } = await fakePrometheus(() => success("scalar", [NOW, "1"]));
    const promql =
      'label_replace(rate(x{r="$revision", s=~"$stableRevision", t="$target"}[$window]), "a", "${x}$1", "b", "(.*)$")';
    await prometheus({ url: `${url}/prefix/` }).query(promql)(WINDOW);
    await prometheus({ url }).query("x[$window]", { reduce: "last" })({ ...WINDOW, to: WINDOW.from + 2_500 });
    expect(asked[0]?.path).toBe("/prefix/api/v1/query");
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      query: 'label_replace(rate(x{r="4", s=~"3", t="production"}[30s]), "a", "${x}$1", "b", "(.*)$")',
      time: "1795406430.000",
      timeout: "8000ms",
      partial_response: "false",
      lookback_delta: "30000ms",
    });
    expect(asked[1]?.form.get("query")).toBe("x[2500ms]");
  });

  it("asks for the window's own samples where it is a selector alone", async () => {
    const values = [
      [NOW - 3, "6"],
      [NOW - 1, "7"],
    ];
    const { url, asked } = await fakePrometheus(() => success("matrix", [{ metric: {}, values }]));
    expect(await prometheus({ url }).query(' x{a="}[", b=`\\`} ')(WINDOW)).toBe(7);
    expect(asked[0]?.form.get("query")).toBe('x{a="}[", b=`\\`}[30000ms]');
    for (const promql of ["x offset 5m", "sum(x)", "NaN", "1", "x + y", "x[5m]"]) {
      await prometheus({ url }).query(promql, { reduce: "last" })(WINDOW);
      expect(asked.at(-1)?.form.get("query")).toBe(promql);
    }
  });

  it("has no data where there is no candidate to ask about", async () => {
    const { url, asked } = await fakePrometheus(() => success("scalar", [NOW, "1"]));
    const window = { ...WINDOW, candidate: undefined };
    expect(await prometheus({ url }).query("vector($revision)")(window)).toBeNull();
    expect(asked).toEqual([]);
  });

  it("stands in a plan by its text", () => {
    const query = prometheus({ url: "http://prometheus" }).query("queue_length");
    const described = describeMetric(metric({ name: "queue", max: 5, query }));
    expect(described).toMatchObject({ of: { kind: "query", query: "prometheus: queue_length" } });
  });

  it("is refused where it makes no sense, with all that is wrong", () => {
    const source = prometheus({ url: "http://prometheus" });
    expect(() => source.query('x{n="$namespace"} + $pods', { reduce: "avg", by: 1 } as never)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message:
          'prometheus().query(): there is no option "by"; nothing can be filled in for $namespace; ' +
          'nothing can be filled in for $pods; reduce: "avg" is not known',
      }) as Error,
    );
    expect(() => source.query("  ")).toThrow("the query is empty");
  });
});
