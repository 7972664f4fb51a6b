import { makeMetric, type Metric, type MetricLimits } from "./metric.ts";
import { pick, pointerProblem } from "./pointer.ts";
import { Problems, show } from "./problems.ts";

/** Options of {@link exact} and {@link contains}. */
export interface AnswerOptions extends MetricLimits {
  /** Where the text stands in an answer: a JSON pointer; `""` is the whole answer. @defaultValue `"/answer"` */
  readonly answer?: string;
  /** @defaultValue false */
  readonly ignoreCase?: boolean;
}

/**
 * The share of answers that are one of the texts in `expected`, but for white space around them and Unicode forms.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong.
 * @example
 * ```ts
 * import { exact } from "sluice/ai";
 *
 * const score = exact({ min: 0.8, ignoreCase: true });
 * ```
 */
export function exact(options: AnswerOptions = {}): Metric {
  return compared("exact", options, (answer, expected) => answer === expected);
}

/**
 * The share of answers in which one of the texts in `expected` occurs.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong.
 * @example
 * ```ts
 * import { contains } from "sluice/ai";
 *
 * const score = contains({ min: 0.95, answer: "/choices/0/text" });
 * ```
 */
export function contains(options: AnswerOptions = {}): Metric {
  return compared("contains", options, (answer, expected) => answer.includes(expected));
}

function compared(
  kind: string,
  options: AnswerOptions,
  fits: (answer: string, expected: string) => boolean,
): Metric {
  const problems = new Problems(kind);
  problems.keys(options, ["answer", "ignoreCase", "min", "maxDrop", "name"]);
  problems.throwIfAny();
  const { answer: pointer = "/answer", ignoreCase = false } = options;
  const wrong = pointerProblem(pointer, "answer");
  if (wrong !== undefined) problems.add(wrong, "It starts with a slash, or is empty for the whole answer.");
  if (typeof (ignoreCase as unknown) !== "boolean")
    problems.add("ignoreCase must be true or false", "Correct it or leave it out.");
  const tidy = (text: string): string => {
    const plain = text.normalize("NFC").trim();
    return ignoreCase ? plain.toLowerCase() : plain;
  };
  const score: Metric["score"] = (answer, question) => {
    const text = tidy(textAt(answer, pointer));
    return question.expected.some((expected) => fits(text, tidy(expected))) ? 1 : 0;
  };
  return makeMetric(
    { kind, name: kind, needs: "expected", options: { answer: pointer, ignoreCase }, score },
    options,
    problems,
  );
}

function textAt(answer: unknown, pointer: string): string {
  const found = pick(answer, pointer);
  if (typeof found === "string") return found;
  if (typeof found === "number" || typeof found === "boolean") return String(found);
  throw new Error(`${pointer === "" ? "the answer" : pointer} is no text, but ${show(found)}`);
}
