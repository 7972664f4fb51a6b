/** What a piece of text means; colours follow from it. */
export type Tone = "plain" | "good" | "bad" | "warn" | "busy" | "dim" | "strong";

const CODES: Readonly<Record<Exclude<Tone, "plain">, readonly [open: number, close: number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  busy: [36, 39],
  dim: [2, 22],
  strong: [1, 22],
};

export type Paint = (tone: Tone, text: string) => string;

/** A painter that colours, or one that gives texts back as they are. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_tone, text) => text;
  return (tone, text) => {
    if (tone === "plain" || text === "") return text;
    const [open, close] = CODES[tone];
    return `\u001b[${String(open)}m${text}\u001b[${String(close)}m`;
  };
}

/** The tone of a run's end. */
export const RUN_TONES = { passed: "good", failed: "bad", cancelled: "warn", suspended: "warn" } as const;
