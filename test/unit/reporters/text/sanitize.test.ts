import { expect, test } from "vitest";
import { colouredLine, lastLine, oneLine, plainText } from "../../../../src/reporters/text/sanitize.ts";

test("a line of our own holds no line end, control character or escape sequence", () => {
  expect(oneLine("a\r\nb\tc  d\u001b[31mred\u001b[0m\u0000\u0008\u009b2J")).toBe("a b c dred");
  expect(oneLine("\u001b]0;title\u0007text \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\")).toBe(
    "text link",
  );
  expect(oneLine("unfinished \u001b[3")).not.toContain("\u001b");
});

test("text that would turn the reading direction around is taken out", () => {
  expect(oneLine("safe\u202eevil\u2066\u200f")).toBe("safeevil");
});

test("plain text keeps its lines and tabs", () => {
  expect(plainText("a\n\tb\r\n\u001b[1mc")).toBe("a\n\tb\nc");
});

test("a line of a log keeps its colours and ends them", () => {
  expect(colouredLine("\u001b[31mred\u001b[2K text", true)).toBe("\u001b[31mred text\u001b[0m");
  expect(colouredLine("\u001b[31mred\u001b[2K text", false)).toBe("red text");
  expect(colouredLine("\u001b[2Aup \u0007", true)).toBe("up ");
  expect(colouredLine("plain", true)).toBe("plain");
});

test("a line of a log stands as its carriage returns leave it", () => {
  expect(colouredLine("10%\r50%\r100%\r", false)).toBe("100%");
  expect(colouredLine("windows\r", true)).toBe("windows");
});

test("the last line is the last that shows something", () => {
  expect(lastLine(Buffer.from("one\ntwo\n\n  \n\u001b[0m\n"))).toBe("two");
  expect(lastLine(Buffer.from("10%\r20%"))).toBe("20%");
  expect(lastLine(Buffer.from([0xff, 0x0a]))).toBe("\ufffd");
  expect(lastLine(Buffer.alloc(0))).toBe("");
});
