/** Printable ASCII and the text's own symbols: one cell each. */
const NARROW = /^[ -~\n✓✗●○└├│─…→·–↳]*$/;

/** What is known of widths in this process. */
class Widths {
  #of: ((text: string) => number) | undefined;
  #wanted = false;

  /** Whether a text was met whose width is not known. */
  get missing(): boolean {
    return this.#wanted && this.#of === undefined;
  }

  cells(text: string): number {
    const bare = text.includes("\u001b") ? text.replace(/\u001b\[\d+m/g, "") : text;
    if (NARROW.test(bare)) return bare.length;
    this.#wanted = true;
    return this.#of?.(bare) ?? bare.length;
  }

  /** Takes some 30 ms. */
  async load(): Promise<void> {
    ({ default: this.#of } = await import("string-width"));
  }
}

const widths = new Widths();

/** Cells that a text takes in a terminal, colours none. Right for wide characters within {@link measured} alone. */
export function cells(text: string): number {
  return widths.cells(text);
}

/** What `write` gives, written again where it met characters whose widths are not known yet: few plans have any. */
export async function measured(write: () => string): Promise<string> {
  const text = write();
  if (!widths.missing) return text;
  await widths.load();
  return write();
}
