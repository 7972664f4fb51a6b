import { describe, expect, it } from "vitest";
import { createMasker, type MaskStream } from "../../../../src/util/mask/index.ts";

function stream(...values: string[]): MaskStream {
  return createMasker(values.map((value, index) => ({ name: `s${index}`, value }))).stream();
}

function push(to: MaskStream, text: string): string {
  return Buffer.from(to.push(Buffer.from(text))).toString();
}

function flush(to: MaskStream): string {
  return Buffer.from(to.flush()).toString();
}

describe("a stream", () => {
  it("hands on the very chunk that holds nothing", () => {
    const chunk = Buffer.from("nothing to see\n");
    expect(stream("hunter22").push(chunk)).toBe(chunk);
  });

  it("finds a secret that comes byte by byte", () => {
    const to = stream("hunter22");
    const given = Array.from("a hunter22 b", (char) => push(to, char)).join("");
    expect(given + flush(to)).toBe("a *** b");
  });

  it("holds back only what could be the beginning of a secret", () => {
    const to = stream("hunter22");
    expect(push(to, "the hunt")).toBe("the ");
    expect(push(to, "er said: h")).toBe("hunter said: ");
    expect(push(to, "i")).toBe("hi");
    expect(flush(to)).toBe("");
  });

  it("gives out a beginning that came to nothing when the source ends", () => {
    const to = stream("hunter22");
    expect(push(to, "hunter2")).toBe("");
    expect(flush(to)).toBe("hunter2");
    expect(push(to, "2")).toBe("2");
  });

  it("gives one mark for occurrences that overlap across chunks", () => {
    const to = stream("abcabc");
    expect(push(to, "<abcabc")).toBe("<***");
    expect(push(to, "abc")).toBe("");
    expect(push(to, ">")).toBe(">");
  });

  it("shows the bytes behind a secret that could have begun another one", () => {
    const to = stream("aaaabbbb", "bbbbcccc");
    expect(push(to, "aaaabbbb")).toBe("***");
    expect(push(to, "ccc")).toBe("");
    expect(push(to, "x")).toBe("cccx");
  });

  it("waits for the longer of two secrets with the same beginning", () => {
    const to = stream("hunter22", "hunter22-and-more");
    expect(push(to, "hunter22-and")).toBe("");
    expect(push(to, "-less")).toBe("***-and-less");
  });

  it("keeps invalid UTF-8", () => {
    const to = stream("hunter22");
    const bytes = Buffer.from([0xff, 0x68, 0xc3, 0x00, 0x80]);
    expect(Buffer.concat([to.push(bytes), to.flush()])).toEqual(bytes);
  });

  it("does not mix two streams of one masker", () => {
    const masker = createMasker([{ name: "s", value: "hunter22" }]);
    const [a, b] = [masker.stream(), masker.stream()];
    expect(push(a, "hunter") + push(b, "22") + push(a, "!")).toBe("22hunter!");
  });
});
