interface Library {
  readonly width: (text: string) => number;
  readonly truncate: (text: string, columns: number) => string;
}

/** Printable ASCII and the view's own symbols: one column each. */
const NARROW = /^[ -~○◌●✓✗–■‖█░─…]*$/;

/**
 * Widths of text in columns. Text of narrow characters only is counted as it stands; the first other one asks for the
 * libraries that know the widths of all, which take some 50 ms to load and which most runs never need.
 */
export class Measure {
  readonly #unicode: boolean;
  readonly #ellipsis: string;
  #library: Library | undefined;
  #loading: Promise<void> | undefined;
  #wanted = false;

  constructor(unicode: boolean, ellipsis: string) {
    this.#unicode = unicode;
    this.#ellipsis = ellipsis;
  }

  /** Whether a text was met that cannot be measured before {@link Measure.load} has resolved. */
  get wanting(): boolean {
    return this.#wanted && this.#library === undefined;
  }

  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  width(text: string): number {
    return this.#isNarrow(text) || this.#library === undefined ? text.length : this.#library.width(text);
  }

  /** The text, or its beginning with an ellipsis, in at most `columns`. */
  truncate(text: string, columns: number): string {
    if (columns <= 0) return "";
    if (!this.#isNarrow(text) && this.#library !== undefined) return this.#library.truncate(text, columns);
    if (text.length <= columns) return text;
    if (columns <= this.#ellipsis.length) return text.slice(0, columns);
    return text.slice(0, columns - this.#ellipsis.length) + this.#ellipsis;
  }

  /** The text as the terminal can show it. */
  shown(text: string): string {
    return this.#unicode ? text : text.replace(/[^ -~]/gu, "?");
  }

  #isNarrow(text: string): boolean {
    if (NARROW.test(text)) return true;
    this.#wanted = true;
    return false;
  }

  async #load(): Promise<void> {
    const [{ default: cliTruncate }, { default: stringWidth }] = await Promise.all([
      import("cli-truncate"),
      import("string-width"),
    ]);
    this.#library = {
      width: (text) => stringWidth(text),
      truncate: (text, columns) =>
        columns <= this.#ellipsis.length
          ? cliTruncate(text, columns, { truncationCharacter: "" })
          : cliTruncate(text, columns, { truncationCharacter: this.#ellipsis }),
    };
  }
}
