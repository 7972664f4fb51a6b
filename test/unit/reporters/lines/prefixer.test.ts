import fc from "fast-check";
import { expect, test } from "vitest";
import { HELD_LIMIT, LinePrefixer } from "../../../../src/reporters/lines/prefixer.ts";

function prefixAll(prefix: string, chunks: readonly Uint8Array[]): Buffer {
  const lines = new LinePrefixer(prefix);
  const text = chunks.map((chunk) => lines.push(chunk)).join("") + lines.flush();
  return Buffer.from(text, "latin1");
}

/** What the prefixer shall do, written for clearness only. */
function expected(prefix: string, bytes: Buffer): Buffer {
  const lines = bytes.toString("latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const head = Buffer.from(prefix).toString("latin1");
  return Buffer.from(lines.map((line) => `${head}${line}\n`).join(""), "latin1");
}

test("each line gets the prefix, and the last one its end", () => {
  const chunks = [Buffer.from("one\ntw"), Buffer.from("o\n\nthree")];
  expect(prefixAll("a/b | ", chunks).toString()).toBe("a/b | one\na/b | two\na/b | \na/b | three\n");
});

test("nothing comes out before a line is complete, nor when there is nothing", () => {
  const lines = new LinePrefixer("> ");
  expect(lines.push(Buffer.from("half"))).toBe("");
  expect(lines.push(Buffer.from(" a line"))).toBe("");
  expect(lines.push(Buffer.alloc(0))).toBe("");
  expect(lines.push(Buffer.from("\n"))).toBe("> half a line\n");
  expect(lines.flush()).toBe("");
});

test("any bytes in any chunks come out whole, line by line", () => {
  const bytes = fc
    .uint8Array({ maxLength: 200 })
    .map((array) => Buffer.from(array.map((byte) => (byte < 40 ? 10 : byte))));
  const prefix = fc.constantFrom("", "verify/unit | ", "検査/単体 | ", "$& | ");
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(200)), prefix, (whole, cuts, head) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
      const chunks = at.slice(1).map((to, index) => whole.subarray(at[index], to));
      expect(prefixAll(head, chunks)).toEqual(expected(head, whole));
    }),
    { numRuns: 1000 },
  );
});

test("a line that does not end is given out in pieces, so that no more than the limit is held", () => {
  const lines = new LinePrefixer("> ");
  const half = Buffer.alloc(HELD_LIMIT / 2, "x");
  expect(lines.push(half)).toBe("");
  expect(lines.push(half)).toBe("");
  const piece = lines.push(Buffer.from("y"));
  expect(piece).toBe(`> ${"x".repeat(HELD_LIMIT)}\n`);
  expect(lines.flush()).toBe("> y\n");
});

test("a chunk of many times the limit is given out in pieces at once", () => {
  const lines = new LinePrefixer("");
  const pieces = lines.push(Buffer.alloc(HELD_LIMIT * 3 + 5, "z")).split("\n");
  expect(pieces.map((piece) => piece.length)).toEqual([HELD_LIMIT, HELD_LIMIT, HELD_LIMIT, 0]);
  expect(lines.flush()).toBe("zzzzz\n");
});

test("a piece does not end within a character", () => {
  // the limit falls once on each byte of a character
  for (const before of ["", "x", "xx"]) {
    const lines = new LinePrefixer("");
    const text = before + "検".repeat(HELD_LIMIT / 3 + 10);
    const out = Buffer.from(lines.push(Buffer.from(text)) + lines.flush(), "latin1").toString("utf8");
    expect(out).not.toContain("\ufffd");
    expect(out.replaceAll("\n", "")).toBe(text);
  }
});
