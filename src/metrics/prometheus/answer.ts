/** A value at a time: milliseconds since 1970. May be `NaN` or infinite. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** One series of an answer. A scalar is a series without labels. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of time; one alone in the answer to an instant query. */
  readonly samples: readonly Sample[];
}

/** Why an answer is of no use. */
export class AnswerFault extends Error {
  override readonly name = "AnswerFault";
}

/**
 * Reads the answer to a query, by the HTTP API's description: https://prometheus.io/docs/prometheus/latest/querying/api/.
 * An answer with warnings may be incomplete, so it counts as none.
 *
 * @throws AnswerFault
 */
export function readAnswer(body: unknown): readonly Series[] {
  const { status, data, warnings } = record(body);
  if (status !== "success") throw new AnswerFault(saidIn(body) ?? "the answer is not one of its HTTP API");
  if (Array.isArray(warnings) && warnings.length > 0) {
    throw new AnswerFault(`the answer may be incomplete, it warns: ${warnings.map(String).join("; ")}`);
  }
  const { resultType, result } = record(data);
  switch (resultType) {
    case "scalar":
      return [{ labels: {}, samples: [sample(result)] }];
    case "vector":
      return list(result).map((one) => series(one, [record(one)["value"]]));
    case "matrix":
      return list(result).map((one) => series(one, list(record(one)["values"] ?? [])));
    default:
      throw new AnswerFault(`the result is a ${String(resultType)}, which is no number`);
  }
}

/** What the server says is wrong; `undefined` where it says nothing that can be understood. */
export function saidIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { error, errorType } = body as Record<string, unknown>;
  if (typeof error !== "string" || error === "") return undefined;
  return typeof errorType === "string" ? `${errorType}: ${error}` : error;
}

function series(one: unknown, samples: readonly unknown[]): Series {
  const { metric, histogram, histograms } = record(one);
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(record(metric))) labels[name] = String(value);
  if (histogram !== undefined || histograms !== undefined) {
    throw new AnswerFault(`${labels["__name__"] ?? "the result"} is a native histogram, which is no number`);
  }
  return { labels, samples: samples.map(sample) };
}

function sample(value: unknown): Sample {
  const [at, text] = list(value);
  if (typeof at !== "number" || typeof text !== "string") throw garbled();
  return { at: Math.round(at * 1_000), value: number(text) };
}

function number(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  const value = Number(text);
  if (text === "" || (Number.isNaN(value) && text !== "NaN")) throw garbled();
  return value;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw garbled();
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw garbled();
}

function garbled(): AnswerFault {
  return new AnswerFault("the answer is not one of its HTTP API");
}
