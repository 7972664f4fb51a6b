import { describe, expect, it } from "vitest";
import { brief, commandText, placeholder } from "../../../src/graph/command-text.ts";
import { command, quoted, ref } from "../../fixtures/plans.ts";

describe("commandText", () => {
  it("puts values where they stand, quoted as the text around them asks for", () => {
    expect(
      commandText(command("echo ", quoted("plain"), " ", quoted("two words"), " ", quoted("it's"))),
    ).toBe("echo plain 'two words' 'it'\\''s'");
    expect(commandText(command('echo "', { value: 'a"$b', quote: "double" }, '"'))).toBe('echo "a\\"\\$b"');
    expect(commandText(command("echo '", { value: "it's", quote: "single" }, "'"))).toBe("echo 'it'\\''s'");
    expect(commandText(command("x ", quoted(3), " ", quoted(true)))).toBe("x 3 true");
  });

  it("makes one argument of each item of a list", () => {
    expect(commandText(command("rm ", quoted(["a", "b c"])))).toBe("rm a 'b c'");
  });

  it("shows what is not known yet as a placeholder", () => {
    expect(
      commandText(
        command(
          "go ",
          quoted(ref("a/b", "url")),
          "/x ",
          quoted({ $secret: "key" }),
          " ",
          quoted([ref("a/c"), 1]),
        ),
      ),
    ).toBe("go ${a/b.url}/x ${secret:key} ${a/c} 1");
  });

  it.each([[null], ["npm test"], [{}], [{ command: "npm test" }], [[1]]])("is undefined for %j", (spec) => {
    expect(commandText(spec)).toBeUndefined();
  });

  it("does not fail on parts that no shell job has", () => {
    expect(commandText({ command: [1, null, { other: true }] })).toBe("1null{ other: true }");
  });
});

describe("placeholder", () => {
  it.each([
    [ref("a/b"), "${a/b}"],
    [{ $artifact: "a/b", name: "dist", path: ["digest"] }, "${a/b artifact dist.digest}"],
    [{ $all: [ref("a/b"), ref("a/c")] }, "${a/b, a/c}"],
    [{ $secret: "key" }, "${secret:key}"],
    [{ $function: "check" }, "check()"],
  ])("stands for %j", (value, text) => {
    expect(placeholder(value)).toBe(text);
  });

  it.each([
    [{ $ref: 3, path: [] }],
    [{ $ref: "a" }],
    [{ $artifact: "a", path: [] }],
    [{ $all: [1] }],
    [{}],
    ["$ref"],
    [null],
  ])("is undefined for %j", (value) => {
    expect(placeholder(value)).toBeUndefined();
  });
});

describe("brief", () => {
  it("shows data on one line, without what is empty", () => {
    expect(brief({ a: 1, b: "x y", c: null, d: {}, e: [], f: ["p", ref("a/b")], g: { h: false } })).toBe(
      '{ a: 1, b: "x y", f: [p, ${a/b}], g: { h: false } }',
    );
    expect(brief({})).toBe("{}");
    expect(brief("")).toBe('""');
  });
});
