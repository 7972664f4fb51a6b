/** How a text is set. */
export interface Face {
  /** Pixels. */
  readonly size: number;
  readonly weight: "normal" | "bold";
  readonly mono: boolean;
}

export const TITLE: Face = { size: 13, weight: "bold", mono: false };
export const SMALL: Face = { size: 11, weight: "normal", mono: false };
export const CODE: Face = { size: 10.5, weight: "normal", mono: true };

// Nothing here can ask a font for its widths, and the reader's font is unknown: these are those of a wide sans serif
// (in em), so that what fits by them fits with any of the usual ones.
const NARROW = /[ilj.,:;|!'`Ift()[\]{}/\\ r-]/;
const MEDIUM = /[ceksvxyz$*?_]/;
const BROAD = /[mwMW@%&#~+=<>]/;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const SEGMENTS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** No text is shown beyond that; what is longer is not even measured. */
const LONGEST = 1_000;

/** An upper estimate of a text's width in pixels. */
export function textWidth(text: string, face: Face): number {
  let width = 0;
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme, face);
  return width;
}

/** The text, shortened with `…` at its end where it is wider than `width` pixels; white space becomes one blank. */
export function fit(text: string, width: number, face: Face): string {
  const line = text.slice(0, LONGEST).replace(/\s+/g, " ").trim();
  const ellipsis = graphemeWidth("…", face);
  let used = 0;
  let kept = "";
  for (const grapheme of graphemes(line)) {
    used += graphemeWidth(grapheme, face);
    if (used > width) return `${trimTo(kept, width - ellipsis, face)}…`;
    kept += grapheme;
  }
  return line;
}

/** The text in at most `lines` lines of `width` pixels, broken at blanks and marks; the last is cut. */
export function wrap(text: string, width: number, face: Face, lines: number): readonly string[] {
  const result: string[] = [];
  let rest = text.slice(0, LONGEST).replace(/\s+/g, " ").trim();
  while (result.length < lines - 1 && textWidth(rest, face) > width) {
    const kept = trimTo(rest, width, face);
    if (kept === "") break;
    const end = rest.startsWith(" ", kept.length) ? kept.length : breakBefore(kept);
    result.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...result, fit(rest, width, face)];
}

/** Where a line may end: after the last blank, else after the last mark inside a word; not in its first half. */
function breakBefore(line: string): number {
  const blank = line.lastIndexOf(" ") + 1;
  if (blank > line.length / 2) return blank;
  const mark = line.search(/[/.,:=_-][^/.,:=_-]*$/) + 1;
  return mark > line.length / 2 ? mark : line.length;
}

function trimTo(text: string, width: number, face: Face): string {
  let used = 0;
  let kept = "";
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme, face);
    if (used > width) break;
    kept += grapheme;
  }
  return kept.trimEnd();
}

/** What a reader sees as one character each. */
function graphemes(text: string): Iterable<string> {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return Array.from(SEGMENTS.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string, face: Face): number {
  if (WIDE.test(grapheme)) return face.size * 1.15;
  if (face.mono) return face.size * 0.61;
  return face.size * em(grapheme) * (face.weight === "bold" ? 1.1 : 1);
}

function em(grapheme: string): number {
  if (NARROW.test(grapheme)) return 0.4;
  if (BROAD.test(grapheme)) return 0.95;
  if (MEDIUM.test(grapheme)) return 0.59;
  return /\p{Lu}/u.test(grapheme) ? 0.72 : 0.625;
}
