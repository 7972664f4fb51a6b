/** Bytes that index the shift table together. */
const BLOCK = 3;
/** A window longer than this saves no more. */
const LONGEST_WINDOW = 255;

/** Non-overlapping ranges, ascending, as start, end, start, end, … */
export type Ranges = number[];

/**
 * Finds every occurrence of many needles at once (Wu and Manber, "A fast algorithm for multi-pattern searching",
 * 1994). It looks at the last three bytes of a window as long as the shortest needle; a table says how far the window
 * can move before those three could be part of a needle's beginning, most of the time by the whole window.
 */
export class Matcher {
  /** Bytes of the longest needle. */
  readonly longest: number;

  readonly #window: number;
  readonly #shift: Uint8Array;
  readonly #mask: number;
  /** The needles behind each other, and where each begins and ends. */
  readonly #bytes: Uint8Array;
  readonly #offsets: Int32Array;
  /** Chains of needles, the longest first: by the hash at the end of their window, and by their first byte. */
  readonly #byHash: Chains;
  readonly #byFirst: Chains;
  /** Marks the hash of every needle's first three bytes. */
  readonly #beginnings: Uint8Array;

  /** @param needles at least one, each of at least three bytes. */
  constructor(needles: readonly Uint8Array[]) {
    const sorted = needles.toSorted((a, b) => a.length - b.length);
    const window = Math.min(LONGEST_WINDOW, sorted[0]?.length ?? 0);
    const full = window - BLOCK + 1;
    const bits = Math.min(18, Math.max(16, Math.ceil(Math.log2(sorted.length * full)) + 6));
    this.longest = sorted.at(-1)?.length ?? 0;
    this.#window = window;
    this.#mask = (1 << bits) - 1;
    this.#bytes = Buffer.concat(sorted);
    this.#offsets = new Int32Array(sorted.length + 1);
    this.#shift = new Uint8Array(1 << bits).fill(full);
    this.#beginnings = new Uint8Array(1 << bits);
    this.#byHash = chains(1 << bits, sorted.length);
    this.#byFirst = chains(256, sorted.length);
    let offset = 0;
    for (const [index, needle] of sorted.entries()) {
      for (let start = 0; start < full; start++) {
        const hash = this.#hash(needle, start);
        this.#shift[hash] = Math.min(this.#shift[hash] as number, full - 1 - start);
      }
      this.#beginnings[this.#hash(needle, 0)] = 1;
      prepend(this.#byHash, this.#hash(needle, full - 1), index);
      prepend(this.#byFirst, needle[0] as number, index);
      offset += needle.length;
      this.#offsets[index + 1] = offset;
    }
  }

  /** Every byte of `text` that is part of an occurrence. Ranges that only touch stay apart. */
  find(text: Uint8Array): Ranges {
    const ranges: Ranges = [];
    const shifts = this.#shift;
    const mask = this.#mask;
    const window = this.#window;
    const length = text.length;
    const full = window - BLOCK + 1;
    let end = window - 1;
    while (end < length) {
      const hash =
        ((text[end - 2] as number) ^ ((text[end - 1] as number) << 5) ^ ((text[end] as number) << 10)) & mask;
      const shift = shifts[hash] as number;
      if (shift === full) {
        end += full;
        continue;
      }
      if (shift > 0) {
        end += shift;
        continue;
      }
      const start = end - window + 1;
      const stop = this.#matchAt(text, start, hash);
      if (stop > 0) addRange(ranges, start, stop);
      end++;
    }
    return ranges;
  }

  /** Where the longest end of `text` begins with which a needle could go on; the length of `text` where none does. */
  unfinished(text: Uint8Array): number {
    const length = text.length;
    for (let start = Math.max(0, length - this.longest + 1); start < length; start++) {
      if (length - start >= BLOCK && this.#beginnings[this.#hash(text, start)] === 0) continue;
      if (this.#beginsAt(text, start)) return start;
    }
    return length;
  }

  /** The end of the longest needle that lies at `start`; 0 where none does. */
  #matchAt(text: Uint8Array, start: number, hash: number): number {
    const { heads, next } = this.#byHash;
    for (let link = heads[hash] as number; link !== 0; link = next[link] as number) {
      const from = this.#offsets[link - 1] as number;
      const length = (this.#offsets[link] as number) - from;
      if (length <= text.length - start && this.#equal(from, text, start, length)) return start + length;
    }
    return 0;
  }

  /** Whether all of `text` from `start` on is the beginning of a longer needle. */
  #beginsAt(text: Uint8Array, start: number): boolean {
    const left = text.length - start;
    const { heads, next } = this.#byFirst;
    for (let link = heads[text[start] as number] as number; link !== 0; link = next[link] as number) {
      const from = this.#offsets[link - 1] as number;
      if ((this.#offsets[link] as number) - from <= left) return false;
      if (this.#equal(from, text, start, left)) return true;
    }
    return false;
  }

  #equal(from: number, text: Uint8Array, start: number, length: number): boolean {
    const bytes = this.#bytes;
    for (let index = 0; index < length; index++) {
      if (bytes[from + index] !== text[start + index]) return false;
    }
    return true;
  }

  #hash(text: Uint8Array, start: number): number {
    const low = (text[start] as number) ^ ((text[start + 1] as number) << 5);
    return (low ^ ((text[start + 2] as number) << 10)) & this.#mask;
  }
}

/** Adds a range that begins where the last one begins or later. */
function addRange(ranges: Ranges, start: number, end: number): void {
  const last = ranges.length - 1;
  const open = ranges[last];
  if (open !== undefined && start < open) ranges[last] = Math.max(open, end);
  else ranges.push(start, end);
}

/** Lists of needles by key. Links are a needle's index plus one, so that zeros are empty lists. */
interface Chains {
  readonly heads: Int32Array;
  readonly next: Int32Array;
}

function chains(keys: number, items: number): Chains {
  return { heads: new Int32Array(keys), next: new Int32Array(items + 1) };
}

function prepend({ heads, next }: Chains, key: number, item: number): void {
  next[item + 1] = heads[key] as number;
  heads[key] = item + 1;
}
