import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMasker, type MaskStream } from "../../src/util/mask/index.ts";
import { needlesOf } from "../../src/util/mask/needles.ts";

const SPECIAL = [
  "\n",
  "\r\n",
  "'",
  '"',
  "\\",
  "/",
  "+",
  "=",
  "%",
  "&",
  "<",
  "$",
  ".",
  "*",
  "é",
  "😀",
  "\u2028",
  " ",
];

/** Texts made of few letters, so that beginnings repeat and overlap, with whatever escaping cares about. */
const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom("a", "b", "ab", "aa"),
        fc.constantFrom(...SPECIAL),
        fc.string({ unit: "binary" }),
      ),
      {
        minLength,
        maxLength,
      },
    )
    .map((parts) => parts.join(""));

const secret = text(4, 12).filter(
  (value) => Array.from(value.trim()).length >= 4 && !/\p{Surrogate}/u.test(value),
);
const secrets = fc.array(secret, { minLength: 1, maxLength: 5 });

/** Encoders of their own, so that the masker is not measured by itself. */
const ENCODERS: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => Buffer.from(value).toString("base64"),
  (value) => Buffer.from(value).toString("base64url"),
  (value) => Buffer.from(value).toString("hex"),
  encodeURIComponent,
  encodeURI,
  (value) => encodeURIComponent(value).replace(/%../g, (hex) => hex.toLowerCase()),
  (value) => new URLSearchParams([["", value]]).toString().slice(1),
  (value) => JSON.stringify(value).slice(1, -1),
  (value) => JSON.stringify(value).slice(1, -1).replaceAll("/", "\\/"),
  (value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[^\0-\x7f]/g, escaped),
  (value) => value.replaceAll("'", `'\\''`),
];

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function masker(values: readonly string[]): ReturnType<typeof createMasker> {
  return createMasker(values.map((value, index) => ({ name: `s${index}`, value })));
}

/** Cuts `bytes` at the given shares of its length and sends the pieces through the stream. */
function inPieces(stream: MaskStream, bytes: Buffer, cuts: readonly number[]): Buffer {
  const places = [...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length].sort((a, b) => a - b);
  const given = places.map((place, index) => stream.push(bytes.subarray(places[index - 1] ?? 0, place)));
  return Buffer.concat([...given, stream.flush()]);
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** The same by the simplest means: every occurrence of every needle, joined where they overlap. */
function naive(needles: readonly Buffer[], bytes: Buffer): Buffer {
  const ranges: [number, number][] = [];
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
      ranges.push([at, at + needle.length]);
  }
  ranges.sort(([a], [b]) => a - b);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const [index, [start, end]] of ranges.entries()) {
    if (index === 0 || start >= from) pieces.push(bytes.subarray(from, start), Buffer.from("***"));
    from = Math.max(from, end);
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

/** The longest end of `bytes` that is a beginning, but not the whole, of a needle. */
function openEnd(needles: readonly Buffer[], bytes: Buffer): number {
  for (let length = bytes.length; length > 0; length--) {
    const end = bytes.subarray(bytes.length - length);
    if (needles.some((needle) => needle.length > length && needle.subarray(0, length).equals(end)))
      return length;
  }
  return 0;
}

describe("masking", () => {
  it("lets no encoded secret through, wherever it stands and however it is cut", () => {
    fc.assert(
      fc.property(
        secrets,
        fc.array(fc.tuple(text(0, 8), fc.nat(), fc.nat({ max: ENCODERS.length - 1 })), {
          minLength: 1,
          maxLength: 6,
        }),
        cuts,
        (values, pieces, places) => {
          const forms: string[] = [];
          const parts = pieces.map(([around, which, encoder]) => {
            const form = ENCODERS[encoder]?.(values[which % values.length] ?? "") ?? "";
            forms.push(form);
            return around + form;
          });
          const output = inPieces(masker(values).stream(), Buffer.from(parts.join("")), places).toString(
            "latin1",
          );
          // Between the marks, so that a secret made of stars does not count as found in them.
          for (const form of forms) {
            for (const piece of output.split("***"))
              expect(piece).not.toContain(Buffer.from(form).toString("latin1"));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("lets no base64 through that is determined by a secret, whatever stands before and after", () => {
    const bytes = fc.uint8Array({ maxLength: 7 });
    fc.assert(
      fc.property(secret, bytes, bytes, cuts, (value, before, after, places) => {
        const encode = (fill?: number): string => {
          const around = [before, after].map((part) =>
            fill === undefined ? Buffer.from(part) : Buffer.alloc(part.length, fill),
          );
          return Buffer.concat([
            around[0] ?? Buffer.alloc(0),
            Buffer.from(value),
            around[1] ?? Buffer.alloc(0),
          ]).toString("base64");
        };
        // What stays the same when all the bits around it change is the secret's alone.
        const [zeros, ones] = [encode(0x00), encode(0xff)];
        const from = Array.from(zeros).findIndex(
          (char, index) => index >= Math.floor((before.length * 4) / 3) && char === ones[index],
        );
        const same = Array.from(zeros.slice(from)).findIndex((char, index) => char !== ones[from + index]);
        const own = encode()
          .slice(from, same < 0 ? undefined : from + same)
          .replace(/=+$/, "");
        const output = inPieces(masker([value]).stream(), Buffer.from(encode()), places).toString();
        for (const piece of output.split("***")) expect(piece.includes(own)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it("does just what the simplest search would do, however the text is cut", () => {
    fc.assert(
      fc.property(
        secrets,
        fc.array(fc.oneof(text(0, 6), fc.nat({ max: 4 })), { maxLength: 10 }),
        cuts,
        (values, parts, places) => {
          const bytes = Buffer.from(
            parts
              .map((part) => (typeof part === "string" ? part : (values[part % values.length] ?? "")))
              .join(""),
          );
          const { needles } = needlesOf(values.map((value) => ({ name: "s", value })));
          const output = inPieces(masker(values).stream(), bytes, places);
          expect(output.toString("latin1")).toBe(naive(needles, bytes).toString("latin1"));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("leaves bytes without a secret as they are, and holds back no more than it must", () => {
    const bytes = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        text(0, 4).map((part) => Buffer.from(part)),
      ),
    );
    fc.assert(
      fc.property(secrets, bytes, (values, parts) => {
        const { needles } = needlesOf(values.map((value) => ({ name: "s", value })));
        const input = Buffer.concat(parts);
        fc.pre(!needles.some((needle) => input.includes(needle)));
        const stream = masker(values).stream();
        const given = Buffer.from(stream.push(input));
        expect(given.length).toBe(input.length - openEnd(needles, input));
        expect(Buffer.concat([given, stream.flush()]).equals(input)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("masks text and JSON alike", () => {
    fc.assert(
      fc.property(secret, text(0, 6), (value, around) => {
        const { mask, maskJson } = masker([value]);
        const whole = `${around}${value}${around}`;
        expect(maskJson([{ [whole]: whole }])).toEqual([{ [mask(whole)]: mask(whole) }]);
        expect(mask(whole)).not.toBe(whole);
      }),
    );
  });
});
