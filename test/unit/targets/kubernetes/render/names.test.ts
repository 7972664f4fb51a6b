import { describe, expect, it } from "vitest";
import { literal } from "../../../../../src/targets/kubernetes/render/escape.ts";
import { appName, labelValue } from "../../../../../src/targets/kubernetes/render/names.ts";

/** What a kubelet makes of it, with no variable set. Source: k8s.io/kubernetes third_party/forked/golang/expansion. */
function expanded(text: string): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, operator: string) =>
    operator === "$" ? "$" : whole.toUpperCase(),
  );
}

describe("literal", () => {
  it.each(["", "$", "$$", "$$$", "$(A)", "$$(a)", "cost $5", "$a$", "$$$$(b)$"])(
    "%j reaches the container as it is",
    (text) => {
      expect(expanded(literal(text))).toBe(text);
    },
  );

  it("leaves alone what means nothing", () => {
    expect(literal("a $b ${c} $5 $")).toBe("a $b ${c} $5 $");
  });
});

describe("appName", () => {
  const app = (spec: object) => ({ kind: "service", spec: spec as never, secrets: {} });

  it("is the app's own, or else the target's", () => {
    expect(appName(app({ name: "shop" }), "production")).toBe("shop");
    expect(appName(app({ release: "chart" }), "production")).toBe("chart");
    expect(appName(app({ name: null }), "production")).toBe("production");
  });

  it.each(["Production", "8th", "a b", "x".repeat(51), "end-", ""])("refuses %j", (target) => {
    expect(() => appName(app({ name: null }), target)).toThrow("cannot be the name of an app in a cluster");
  });
});

describe("labelValue", () => {
  it.each([
    ["ai query: service", "ai-query-service"],
    ["-x-", "x"],
    ["ß", ""],
    ["x".repeat(80), "x".repeat(63)],
  ])("of %j is %j", (text, label) => {
    expect(labelValue(text)).toBe(label);
  });
});
