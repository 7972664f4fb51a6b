import { describe, expect, it } from "vitest";
import { local } from "../../../../src/targets/local/index.ts";

describe("local", () => {
  it("is a target with its options resolved", () => {
    const target = local({ name: "staging", port: 4100, requires: ["answers"], grace: "1.5s", history: 3 });
    expect(target).toMatchObject({
      kind: "local",
      name: "staging",
      requires: ["answers"],
      spec: { name: "staging", port: 4100, history: 3, grace: 1_500 },
    });
  });

  it("has defaults for all but the name", () => {
    expect(local({ name: "x" }).spec).toEqual({ name: "x", port: null, history: 5, grace: 10_000 });
    expect(local({ name: "x" }).requires).toEqual([]);
  });

  it.each([
    [{ name: "" }, "name"],
    [{ name: "../up" }, "name"],
    [{ name: "a/b" }, "name"],
    [{ name: "a".repeat(65) }, "name"],
    [{ name: "x", port: 0 }, "port"],
    [{ name: "x", port: 70_000 }, "port"],
    [{ name: "x", port: 80.5 }, "port"],
    [{ name: "x", history: 0 }, "history"],
    [{ name: "x", grace: "soon" }, "grace"],
  ])("refuses %j", (options, named) => {
    expect(() => local(options)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
    expect(() => local(options)).toThrow(`${named} must be`);
  });

  it("names all that is wrong at once", () => {
    expect(() => local({ name: "", port: -1, history: -1, grace: "x" })).toThrow(
      /name .*port .*history .*grace /,
    );
  });
});
