import { describe, expect, it } from "vitest";
import { env } from "../../../src/secrets/index.ts";

const context = (variables: Record<string, string>) => ({
  root: "/",
  env: variables,
  signal: new AbortController().signal,
});

describe("env", () => {
  it("is data that names the variable", () => {
    expect(env("TOKEN")).toMatchObject({ kind: "secret-source", source: "env", with: "TOKEN" });
    expect(Object.isFrozen(env("TOKEN"))).toBe(true);
  });

  it("gives the value as it is", async () => {
    expect(await env("TOKEN").resolve(context({ TOKEN: " a\nb " }))).toBe(" a\nb ");
  });

  it.each([
    [{}, "the environment variable TOKEN is not set"],
    [{ TOKEN: "" }, "the environment variable TOKEN is empty"],
  ])("refuses %j", async (variables, message) => {
    const result = env("TOKEN").resolve(context(variables));
    await expect(result).rejects.toMatchObject({
      code: "SECRET_MISSING",
      message,
      hint: expect.stringContaining("TOKEN") as string,
    });
  });

  it.each(["", "A=B", "A\0"])("takes no name like %j", (name) => {
    expect(() => env(name)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }) as Error);
  });
});
