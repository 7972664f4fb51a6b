import type { Problems } from "../problems.ts";
import { isPlainSelector, QUOTED } from "../promql.ts";
import { alternation, fill, placeholdersIn } from "../template.ts";

/** A selector of counters with placeholders, checked. */
export interface Selector {
  readonly text: string;
  /** Tells the side of a series that was asked for together with the other side's; absent where each is asked for alone. */
  readonly podMatcher: PodMatcher | undefined;
}

/** The matcher that `$pods` stands in. */
export interface PodMatcher {
  readonly label: string;
  /** Its value, out of its quotes. */
  readonly pattern: string;
}

const MATCHER = new RegExp(`([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*(${QUOTED.source})`, "g");
const PLACEHOLDERS = ["namespace", "app", "pods", "revision"];

/** Checks a selector, and finds out whether both sides can be asked for at once. */
export function checkSelector(option: string, text: unknown, problems: Problems): Selector {
  if (typeof text !== "string" || !isPlainSelector(text)) {
    problems.add(
      `${option} is no plain selector`,
      'Write it like http_requests_total{pod=~"$pods"}, without functions, sums and ranges: counters are summed up here.',
    );
    return { text: "", podMatcher: undefined };
  }
  const placeholders = placeholdersIn(text);
  for (const name of placeholders) {
    if (PLACEHOLDERS.includes(name)) continue;
    const known = PLACEHOLDERS.map((one) => `$${one}`).join(", ");
    problems.add(`${option}: nothing can be filled in for $${name}`, `Use ${known}.`);
  }
  const matchers = Array.from(text.matchAll(MATCHER), ([all, label = "", operator, quoted = ""]) => {
    return { all, label, operator, value: unquote(quoted) };
  });
  const ofPods = matchers.filter(({ value }) => placeholdersIn(value).has("pods"));
  if (ofPods.some(({ operator }) => operator !== "=~") || (placeholders.has("pods") && ofPods.length === 0)) {
    problems.add(`${option}: $pods is an alternation`, 'Write it like pod=~"$pods".');
  }
  if (!placeholders.has("pods") && !placeholders.has("revision")) {
    problems.add(
      `${option} takes both sides for one`,
      'Tell them apart by pod=~"$pods" or by a label with $revision.',
    );
  }
  const [first] = ofPods;
  if (first === undefined || placeholders.has("revision")) return { text, podMatcher: undefined };
  const podMatcher = { label: first.label, pattern: first.value };
  try {
    matchesPod(podMatcher, {}, "pod");
  } catch {
    problems.add(`${option}: ${first.all} is no regular expression`, "Correct it.");
  }
  return { text, podMatcher };
}

/** Whether a series with these labels is the pod's. */
export function matchesPod(
  { label, pattern }: PodMatcher,
  labels: Readonly<Record<string, string>>,
  pod: string,
): boolean {
  // Other placeholders in the same matcher hold for every pod alike, and the server has seen to them.
  const source = fill(pattern, { pods: alternation([pod]), namespace: ".*", app: ".*", revision: ".*" });
  return new RegExp(`^(?:${source ?? pattern})$`).test(labels[label] ?? "");
}

function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return quoted.startsWith("`") ? inner : inner.replaceAll(/\\(.)/g, "$1");
}
