type WidthOf = (text: string) => number;

/** Printable ASCII and the view's own symbols: one column each. */
const NARROW = /^[ -~○◌●✓✗–■‖█░─…]*$/;

/**
 * Widths of text in columns. Text of narrow characters only is counted as it stands; the first other one asks for the
 * library that knows the widths of all, which takes some 50 ms to load and which most runs never need.
 */
export class Measure {
  readonly #unicode: boolean;
  readonly #ellipsis: string;
  #widthOf: WidthOf | undefined;
  #segmenter: Intl.Segmenter | undefined;
  #loading: Promise<void> | undefined;
  #wanted = false;

  constructor(unicode: boolean, ellipsis: string) {
    this.#unicode = unicode;
    this.#ellipsis = ellipsis;
  }

  /** Whether a text was met that cannot be measured before {@link Measure.load} has resolved. */
  get wanting(): boolean {
    return this.#wanted && this.#widthOf === undefined;
  }

  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  width(text: string): number {
    return this.#isNarrow(text) || this.#widthOf === undefined ? text.length : this.#widthOf(text);
  }

  /** The text, or its beginning with an ellipsis, in at most `columns`. */
  truncate(text: string, columns: number): string {
    if (columns <= 0) return "";
    if (this.width(text) <= columns) return text;
    const ellipsis = columns > this.#ellipsis.length ? this.#ellipsis : "";
    return this.#beginning(text, columns - ellipsis.length) + ellipsis;
  }

  /** The text as the terminal can show it. */
  shown(text: string): string {
    return this.#unicode ? text : text.replace(/[^ -~]/gu, "?");
  }

  /**
   * As many whole characters as `columns` hold. Done here because cli-truncate lets a full-width character that begins
   * in the last column stand out by one.
   */
  #beginning(text: string, columns: number): string {
    if (this.#widthOf === undefined || this.#isNarrow(text)) return text.slice(0, columns);
    this.#segmenter ??= new Intl.Segmenter();
    let width = 0;
    for (const { segment, index } of this.#segmenter.segment(text)) {
      width += this.#widthOf(segment);
      if (width > columns) return text.slice(0, index);
    }
    return text;
  }

  #isNarrow(text: string): boolean {
    if (NARROW.test(text)) return true;
    this.#wanted = true;
    return false;
  }

  async #load(): Promise<void> {
    const { default: stringWidth } = await import("string-width");
    this.#widthOf = (text) => stringWidth(text);
  }
}
