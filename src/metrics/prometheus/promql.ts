/** A string in PromQL, in one of its three kinds of quotes. */
export const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/;

const MATCHERS = `\\{(?:[^"'\`{}]|${QUOTED.source})*\\}`;
const SELECTOR = new RegExp(`^\\s*(?:[a-zA-Z_:][\\w:]*\\s*(?:${MATCHERS})?|${MATCHERS})\\s*$`);

/** Whether a query is a series selector alone, such as `name{label="value"}`: no function, range, offset or number. */
export function isPlainSelector(promql: string): boolean {
  return SELECTOR.test(promql) && !/^\s*(?:nan|inf)\s*$/i.test(promql);
}
