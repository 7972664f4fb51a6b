import { expect, test } from "vitest";
import { isLive, resolveColor, resolveUnicode } from "../../../../src/reporters/text/environment.ts";
import { Collected } from "../support.ts";

function terminal(): Collected {
  const out = new Collected();
  out.isTTY = true;
  return out;
}

test("colours follow the option, FORCE_COLOR, NO_COLOR, TERM and the stream, in this order", () => {
  const pipe = new Collected();
  expect(resolveColor(undefined, {}, terminal())).toBe(true);
  expect(resolveColor(undefined, {}, pipe)).toBe(false);
  expect(resolveColor(undefined, { TERM: "dumb" }, terminal())).toBe(false);
  expect(resolveColor(undefined, { NO_COLOR: "1" }, terminal())).toBe(false);
  expect(resolveColor(undefined, { NO_COLOR: "" }, terminal())).toBe(true);
  expect(resolveColor(undefined, { NO_COLOR: "1", FORCE_COLOR: "1" }, pipe)).toBe(true);
  expect(resolveColor(undefined, { FORCE_COLOR: "" }, pipe)).toBe(true);
  expect(resolveColor(undefined, { FORCE_COLOR: "0" }, terminal())).toBe(false);
  expect(resolveColor(false, { FORCE_COLOR: "1" }, terminal())).toBe(false);
});

test("more than ASCII is drawn unless the locale or terminal says otherwise", () => {
  expect(resolveUnicode(undefined, {})).toBe(true);
  expect(resolveUnicode(undefined, { LANG: "en_US.UTF-8" })).toBe(true);
  expect(resolveUnicode(undefined, { LANG: "C.utf8" })).toBe(true);
  expect(resolveUnicode(undefined, { LANG: "en_US.UTF-8", LC_ALL: "C" })).toBe(false);
  expect(resolveUnicode(undefined, { LC_ALL: "", LANG: "POSIX" })).toBe(false);
  expect(resolveUnicode(undefined, { TERM: "linux", LANG: "en_US.UTF-8" })).toBe(false);
  expect(resolveUnicode(true, { LC_ALL: "C" })).toBe(true);
});

test("only a terminal that moves its cursor is drawn on", () => {
  expect(isLive({ TERM: "xterm" }, terminal())).toBe(true);
  expect(isLive({ TERM: "dumb" }, terminal())).toBe(false);
  expect(isLive({}, new Collected())).toBe(false);
});
