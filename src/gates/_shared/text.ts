// Control characters, among them escape sequences, that a report could use to rewrite the terminal.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** `1 test`, `2 tests`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Text from a report as one line of at most `max` characters. */
export function oneLine(text: string, max = 160): string {
  const line = text.replace(CONTROL, " ").replace(/ {2,}/g, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}

/** The first `max` of `items`, and how many more there are. */
export function listed(items: readonly string[], max = 5, separator = ", "): string {
  const shown = items
    .slice(0, max)
    .map((item) => oneLine(item))
    .join(separator);
  return items.length <= max ? shown : `${shown} and ${items.length - max} more`;
}

/** A per cent value for people; rounded down, so that 79.999 never reads as the 80 that it missed. */
export function percent(value: number): string {
  return `${String(Math.floor(value * 100 + 1e-9) / 100)} %`;
}
