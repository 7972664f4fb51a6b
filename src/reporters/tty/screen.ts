import type { FittedLine } from "./line.ts";

const ESC = "\u001b[";
/** Terminals that know it show the whole frame at once; the others ignore it. */
const BEGIN = `${ESC}?2026h`;
const END = `${ESC}?2026l`;

/** The size of a terminal at this moment. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The lines at the end of a terminal that are drawn over and over. Gives the text to write; writes nothing itself.
 *
 * It keeps the cursor at the start of the row below its lines. Not log-update, for two reasons: that library leaves the
 * old lines standing when the terminal gets narrower and breaks them, and loading it takes longer than a short run.
 */
export class Screen {
  #lines: readonly FittedLine[] = [];
  /** The terminal's size when they were drawn. */
  #size: Size | undefined;

  /** Draws the lines over those drawn before; `""` where nothing has changed. There must be fewer than `rows`. */
  draw(lines: readonly FittedLine[], size: Size): string {
    const before = this.#size;
    const isResized = before !== undefined && (before.columns !== size.columns || before.rows !== size.rows);
    const text = isResized ? this.clear(size) + all(lines) : changes(this.#lines, lines);
    this.#lines = lines;
    this.#size = size;
    return text === "" ? "" : BEGIN + text + END;
  }

  /** Takes the lines off the terminal. */
  clear(size: Size): string {
    const up = Math.min(this.#rowsOn(size.columns), size.rows - 1);
    this.forget();
    return up === 0 ? "" : `${ESC}${String(up)}A\r${ESC}J`;
  }

  /** Leaves the lines where they are and draws the next ones below. */
  forget(): void {
    this.#lines = [];
    this.#size = undefined;
  }

  /** How many rows the lines take, now that the terminal may have broken those too long for it. */
  #rowsOn(columns: number): number {
    return this.#lines.reduce(
      (rows, { width }) => rows + Math.max(1, Math.ceil(width / Math.max(1, columns))),
      0,
    );
  }
}

function all(lines: readonly FittedLine[]): string {
  return lines.map(({ text }) => `${text}\r\n`).join("");
}

function changes(before: readonly FittedLine[], after: readonly FittedLine[]): string {
  const common = Math.min(before.length, after.length);
  let first = 0;
  while (first < common && before[first]?.text === after[first]?.text) first++;
  if (first === before.length && first === after.length) return "";
  let text = "";
  let row = before.length;
  const goTo = (target: number): void => {
    if (target < row) text += `${ESC}${String(row - target)}A`;
    if (target > row) text += `${ESC}${String(target - row)}B`;
    row = target;
  };
  for (let index = first; index < common; index++) {
    const line = after[index]?.text ?? "";
    if (line === before[index]?.text) continue;
    goTo(index);
    text += `\r${line}${ESC}K`;
  }
  goTo(common);
  text += "\r";
  if (after.length < before.length) text += `${ESC}J`;
  return text + all(after.slice(common));
}
