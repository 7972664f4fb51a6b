import { oneLine, plainText } from "../text/sanitize.ts";

// what XML 1.0 cannot hold, not even escaped, beyond what sanitizing takes out
const NOT_XML = /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as XML can hold it: no escape sequences, no control characters. */
export function xmlText(text: string): string {
  return plainText(text).replace(NOT_XML, "\ufffd");
}

/** {@link xmlText} on one line, since readers turn line ends in attributes into spaces anyway. */
export function xmlAttribute(text: string): string {
  return oneLine(text).replace(NOT_XML, "\ufffd");
}

/** The last lines of a log, whole ones where there are more before them. */
export function logTail({ bytes, cut }: { readonly bytes: Buffer; readonly cut: boolean }): string {
  const text = xmlText(bytes.toString("utf8"));
  if (!cut) return text;
  return `…\n${text.slice(text.indexOf("\n") + 1)}`;
}
