import { describe, expect, it } from "vitest";
import { rolling, service } from "../../../src/deploy/index.ts";
import { rollbackTarget } from "../../../src/host/targets.ts";
import { env, pipeline } from "../../../src/index.ts";
import type { Target, TargetContext, TargetStatus, TargetVerbSpec } from "../../../src/ports/index.ts";

/** A target that notes what its verbs are given. */
function noting(asked: TargetVerbSpec[], more: Partial<Target> = {}): Target {
  const refuse = (): Promise<never> => Promise.reject(new Error("not in this test"));
  return {
    kind: "noting",
    name: "prod",
    spec: {},
    requires: [],
    connect: refuse,
    status: refuse,
    rollback: async (spec: TargetVerbSpec, context: TargetContext) => {
      asked.push(spec);
      await context.write("stdout", "the key is hunter2-and-more");
      return { target: "prod", name: "shop", url: "", revision: 1, digest: "" };
    },
    ...more,
  };
}

function deploying(to: Target) {
  return pipeline({ name: "shop", secrets: { key: env("SHOP_KEY") } }, (p, { secrets }) => {
    const app = service({ image: "web:1", secrets: { KEY: secrets.key } });
    p.stage("release").deploy("web", { to, app, strategy: rolling() });
  });
}

describe("going back", () => {
  const SHOP_KEY = "hunter2-and-more";

  it("gives secrets to a target that needs them, and fails where one is missing", async () => {
    const asked: TargetVerbSpec[] = [];
    const pipe = deploying(noting(asked, { rollbackNeedsSecrets: true }));
    await expect(rollbackTarget(pipe, "prod", { env: {} })).rejects.toMatchObject({ code: "SECRET_MISSING" });
    await rollbackTarget(pipe, "prod", { env: { SHOP_KEY } });
    expect(asked.map(({ secrets }) => secrets)).toEqual([{ key: SHOP_KEY }]);
  });

  it("asks for none where the target needs none, but masks what can be had", async () => {
    const asked: TargetVerbSpec[] = [];
    const log: string[] = [];
    const pipe = deploying(noting(asked));
    await rollbackTarget(pipe, "prod", { env: {}, log: (text) => log.push(text) });
    await rollbackTarget(pipe, "prod", { env: { SHOP_KEY }, log: (text) => log.push(text) });
    expect(asked.map(({ secrets }) => secrets)).toEqual([{}, {}]);
    expect(log).toEqual(["the key is hunter2-and-more", expect.not.stringContaining("hunter2")]);
  });
});

describe("several apps on a target", () => {
  it("are asked for by name where the target knows of them, and nowhere else", async () => {
    const asked: TargetVerbSpec[] = [];
    const alone = rollbackTarget(deploying(noting(asked)), "prod", { env: {}, app: "web" });
    await expect(alone).rejects.toMatchObject({ code: "USAGE" });
    const statuses = (): Promise<readonly TargetStatus[]> => Promise.resolve([]);
    await rollbackTarget(deploying(noting(asked, { statuses })), "prod", { env: {}, app: "web" });
    expect(asked).toEqual([{ target: {}, secrets: {}, app: "web" }]);
  });
});
