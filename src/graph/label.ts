// Control and format characters (direction overrides among them), lone surrogates, and line separators.
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu;

/** Text without what no label can show and what could make it seem another: replaced by U+FFFD. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, "\ufffd");
}

/** The text, cut to `length` characters with `…` at its end. */
export function clipped(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  // By code points: a pair of surrogates must not be cut in two.
  const chars = Array.from(line);
  return chars.length <= length ? line : `${chars.slice(0, length - 1).join("")}…`;
}
