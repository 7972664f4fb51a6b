import type { Paint, Tone } from "../text/paint.ts";
import type { Measure } from "./measure.ts";

/** A piece of text with its meaning. */
export interface Span {
  readonly tone: Tone;
  readonly text: string;
}

/** A line of the view before it is fitted to the terminal. */
export interface Line {
  readonly indent: number;
  readonly mark?: Span;
  readonly name: Span;
  /** What the name is padded to where details follow, in columns. */
  readonly nameWidth?: number;
  /** Stand behind the name, two spaces apart, as far as there is room. */
  readonly details: readonly Span[];
  /** Stands at the right edge. */
  readonly right?: string | undefined;
}

/** A line as it is written, with the columns that it takes. */
export interface FittedLine {
  readonly text: string;
  readonly width: number;
}

/** The shortest beginning of a detail that is worth showing, in columns. */
const LEAST = 8;

/** Fits the line into `columns`: the right edge first, then mark and name, then what there is room for. */
export function fit(line: Line, columns: number, measure: Measure, paint: Paint): FittedLine {
  const right = line.right === undefined ? "" : measure.truncate(line.right, columns);
  const room = columns - (right === "" ? 0 : measure.width(right) + 1);
  const writer = new LineWriter(room, measure, paint);
  writer.space(line.indent);
  if (line.mark !== undefined) {
    writer.span(line.mark);
    writer.space(1);
  }
  writer.span(line.name);
  if (line.details.length > 0) writer.space((line.nameWidth ?? 0) - measure.width(line.name.text));
  for (const detail of line.details) writer.detail(detail);
  if (right === "") return { text: writer.text, width: writer.width };
  return {
    text: `${writer.text}${" ".repeat(room - writer.width + 1)}${paint("dim", right)}`,
    width: columns,
  };
}

class LineWriter {
  readonly #room: number;
  readonly #measure: Measure;
  readonly #paint: Paint;
  text = "";
  width = 0;
  #spaces = 0;
  #full = false;

  constructor(room: number, measure: Measure, paint: Paint) {
    this.#room = room;
    this.#measure = measure;
    this.#paint = paint;
  }

  /** Spaces that are written only where something follows them. */
  space(columns: number): void {
    this.#spaces += Math.max(0, columns);
  }

  /** Two spaces and the text, unless too little of it would be left. */
  detail(span: Span): void {
    if (span.text === "") return;
    this.#spaces += 2;
    if (this.#left() >= Math.min(LEAST, this.#measure.width(span.text))) this.span(span);
    else this.#full = true;
  }

  span({ tone, text }: Span): void {
    if (this.#full) return;
    const left = this.#left();
    const shown = this.#measure.truncate(this.#measure.shown(text), left);
    if (shown === "") return;
    this.text += " ".repeat(this.#spaces) + this.#paint(tone, shown);
    this.width += this.#spaces + this.#measure.width(shown);
    this.#spaces = 0;
  }

  #left(): number {
    return this.#room - this.width - this.#spaces;
  }
}
