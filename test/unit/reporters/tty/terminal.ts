import stringWidth from "string-width";

interface Row {
  /** One entry a column; a full-width character is followed by an empty one. */
  cells: string[];
  /** Whether the next row goes on with this one, because the line was too long. */
  wrapped: boolean;
}

const SEQUENCE = /\u001b\[(\??)([\d;]*)([A-Za-z])/y;
const SEGMENTS = new Intl.Segmenter();

/**
 * As much of a terminal as a live view needs: text, line ends, cursor moves, erasing, scrolling, and what happens to
 * lines when the window changes. What it does not know, it refuses.
 */
export class Terminal {
  columns: number;
  rows: number;
  cursorVisible = true;
  #buffer: Row[] = [{ cells: [], wrapped: false }];
  #y = 0;
  #x = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    for (let index = 0; index < text.length;) {
      SEQUENCE.lastIndex = index;
      const sequence = SEQUENCE.exec(text);
      if (sequence !== null) {
        this.#control(sequence[1] === "?", sequence[2] ?? "", sequence[3] ?? "");
        index = SEQUENCE.lastIndex;
        continue;
      }
      const code = text.charCodeAt(index);
      if (code < 0x7f && text.charCodeAt(index + 1) < 0x7f && code !== 0x1b) {
        this.#put(text.charAt(index));
        index++;
        continue;
      }
      const { segment } = [...SEGMENTS.segment(text.slice(index, index + 40))][0] ?? { segment: "" };
      // CR LF is one grapheme
      for (const part of segment === "\r\n" ? ["\r", "\n"] : [segment]) this.#put(part);
      index += segment.length;
    }
  }

  /** What is on the screen and what has scrolled away, without trailing blanks. */
  get lines(): readonly string[] {
    const lines = this.#buffer.map(({ cells }) => cells.join("").trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** What is on the screen. */
  get screen(): readonly string[] {
    return this.lines.slice(this.#top);
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.columns, rows: this.rows };
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#y - this.#top, column: this.#x };
  }

  /** Lines are broken anew, as most terminals do. */
  resize(columns: number, rows: number): void {
    const cursor = this.#buffer[this.#y];
    const broken: Row[] = [];
    let logical: string[] = [];
    let holdsCursor = false;
    for (const row of this.#buffer) {
      logical.push(...row.cells);
      holdsCursor ||= row === cursor;
      if (row.wrapped) continue;
      const first = broken.length;
      do broken.push({ cells: logical.splice(0, columns), wrapped: logical.length > 0 });
      while (logical.length > 0);
      if (holdsCursor) this.#y = first + (row === cursor ? broken.length - 1 - first : 0);
      holdsCursor = false;
      logical = [];
    }
    this.#buffer = broken;
    this.columns = columns;
    this.rows = rows;
  }

  get #top(): number {
    return Math.max(0, this.#buffer.length - this.rows);
  }

  get #row(): Row {
    const row = this.#buffer[this.#y];
    if (row === undefined) throw new Error("the cursor is outside");
    return row;
  }

  #put(character: string): void {
    if (character === "\r") {
      this.#x = 0;
    } else if (character === "\n") {
      this.#down();
    } else {
      const width = character >= " " && character <= "~" ? 1 : stringWidth(character);
      if (width === 0) throw new Error(`cannot show ${JSON.stringify(character)}`);
      if (this.#x + width > this.columns) {
        this.#row.wrapped = true;
        this.#down();
        this.#x = 0;
      }
      const { cells } = this.#row;
      while (cells.length < this.#x) cells.push(" ");
      cells.splice(this.#x, width, character, ...(width === 2 ? [""] : []));
      this.#x += width;
    }
  }

  #down(): void {
    this.#y++;
    if (this.#y === this.#buffer.length) this.#buffer.push({ cells: [], wrapped: false });
  }

  #control(isPrivate: boolean, parameters: string, final: string): void {
    const count = Number(parameters === "" ? "1" : parameters);
    if (isPrivate) {
      if (parameters === "25") this.cursorVisible = final === "h";
      else if (parameters !== "2026") throw new Error(`unknown mode ${parameters}`);
    } else if (final === "A") {
      this.#y = Math.max(this.#top, this.#y - count);
    } else if (final === "B") {
      this.#y = Math.min(this.#buffer.length - 1, this.#y + count);
    } else if (final === "K") {
      this.#row.cells.length = Math.min(this.#row.cells.length, this.#x);
      this.#row.wrapped = false;
    } else if (final === "J") {
      this.#row.cells.length = Math.min(this.#row.cells.length, this.#x);
      this.#row.wrapped = false;
      this.#buffer.length = this.#y + 1;
    } else if (final !== "m") {
      throw new Error(`unknown sequence ${final}`);
    }
  }
}
