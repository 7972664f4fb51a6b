import { visible } from "./label.ts";
import { cells } from "./width.ts";

/** How text for a terminal is written. */
export interface Terminal {
  readonly color: boolean;
  /** Cells of a line. */
  readonly columns: number;
}

export type Paint = "bold" | "dim" | "red" | "green" | "yellow" | "magenta" | "cyan";

const CODES: Readonly<Record<Paint, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** The text in a colour, where the terminal has any. */
export function paint(terminal: Terminal, style: Paint, text: string): string {
  if (!terminal.color || text === "") return text;
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Text that moves no cursor and paints nothing: control characters replaced, tabs as blanks. Line ends stay. */
export function safe(text: string): string {
  return visible(text.replaceAll("\t", "  ").replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
}

/** The text on one line, filled up with blanks to `width` cells. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - cells(text)));
}

/** The text in lines of at most `width` cells, broken at blanks, and within words only where one is too wide. */
export function wrapped(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, Math.max(8, width)));
}

function wrapLine(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (cells(longer) <= width) line = longer;
    else {
      if (line !== "") lines.push(line);
      const pieces = split(word, width);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? "";
    }
  }
  return [...lines, line];
}

function split(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const char of word) {
    if (piece !== "" && cells(piece + char) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += char;
  }
  return [...pieces, piece];
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** Milliseconds as a person would write them in a definition: `15m`, `1h30m`, `500ms`. */
export function exactDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === "" ? "0s" : text;
}
