import { EventEmitter, once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { rolling, service } from "../../../src/deploy/index.ts";
import { rollbackTarget } from "../../../src/host/targets.ts";
import { env, pipeline } from "../../../src/index.ts";
import type {
  SecretSource,
  Target,
  TargetContext,
  TargetStatus,
  TargetVerbSpec,
} from "../../../src/ports/index.ts";

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

describe("what a way back masks", () => {
  it("are the secrets of every deploy to the target", async () => {
    const log: string[] = [];
    const to = noting([]);
    const pipe = pipeline({ name: "shop", secrets: { key: env("SHOP_KEY") } }, (p, { secrets }) => {
      const deploy = (name: string, app: ReturnType<typeof service>): void => {
        p.stage(name).deploy(name, { to, app, strategy: rolling() });
      };
      deploy("web", service({ name: "web", image: "web:1" }));
      deploy("api", service({ name: "api", image: "api:1", secrets: { KEY: secrets.key } }));
    });
    await rollbackTarget(pipe, "prod", {
      env: { SHOP_KEY: "hunter2-and-more" },
      log: (text) => log.push(text),
    });
    expect(log).toEqual(["the key is ***"]);
  });

  it("is less where a source is slow, and that is said", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const bell = new EventEmitter();
    const asked = once(bell, "asked");
    const slow: SecretSource = {
      kind: "secret-source",
      source: "slow",
      with: null,
      resolve: () => {
        bell.emit("asked");
        return new Promise(() => undefined);
      },
    };
    const pipe = pipeline({ name: "shop", secrets: { key: slow } }, (p, { secrets }) => {
      const app = service({ image: "web:1", secrets: { KEY: secrets.key } });
      p.stage("release").deploy("web", { to: noting([]), app, strategy: rolling() });
    });
    const log: string[] = [];
    const back = rollbackTarget(pipe, "prod", { env: {}, log: (text) => log.push(text) });
    await asked;
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    await back;
    expect(log).toEqual([
      'warning: secret "key" could not be had within 2 s, so its value is not masked where something prints it\n',
      "the key is hunter2-and-more",
    ]);
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
