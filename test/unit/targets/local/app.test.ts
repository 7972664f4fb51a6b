import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/model/index.ts";
import { appDigest, readApp } from "../../../../src/targets/local/app.ts";

const artifact = { name: "site", digest: "sha256:1", path: ".", size: 0, files: [] };
const spec = {
  artifact,
  command: ["node", "server.js", 7],
  port: 8_080,
  replicas: 2,
  health: { path: "/healthz", interval: 1_000, timeout: 2_000, startup: 60_000 },
  env: { A: "1", B: 2 },
  secrets: { TOKEN: { $secret: "token" } },
  drain: 30_000,
};

function app(changes: Readonly<Record<string, Json>> = {}) {
  return readApp({ kind: "service", spec: { ...spec, ...changes }, secrets: { token: "hunter2" } });
}

describe("readApp", () => {
  it("reads a service, numbers as text and secrets by name", () => {
    expect(app()).toMatchObject({
      command: ["node", "server.js", "7"],
      env: { A: "1", B: "2" },
      secrets: { TOKEN: "token" },
      replicas: 2,
    });
  });

  it("adds args to the command", () => {
    expect(app({ args: ["--port", 3] }).command).toEqual(["node", "server.js", "7", "--port", "3"]);
  });

  it("says what a service of an image alone lacks", () => {
    expect(() => app({ artifact: null, image: "web:1" })).toThrow(
      "a local target runs files, and this service has only an image",
    );
  });

  it("refuses another kind of app", () => {
    expect(() => readApp({ kind: "job", spec: null, secrets: {} })).toThrow('not an app of kind "job"');
  });

  it.each([
    [{ replicas: 0 }, "replicas must be a whole number of at least 1, but is 0"],
    [{ replicas: "two" }, "replicas must be"],
    [{ command: [] }, "command[0] must be a string, but is missing"],
    [{ command: ["x", null] }, "command[1] must be a string, but is null"],
    [{ env: { A: [] } }, "env.A must be a string"],
    [{ artifact: null }, "artifact must be an object, but is null"],
  ])("refuses %j, which a ref may have given", (changes, message) => {
    expect(() => app(changes as Record<string, Json>)).toThrow(message);
    expect(() => app(changes as Record<string, Json>)).toThrow(
      expect.objectContaining({ code: "DEFINITION_INVALID" }),
    );
  });
});

describe("appDigest", () => {
  it.each([
    [{ artifact: { ...artifact, digest: "sha256:2" } }],
    [{ command: ["node"] }],
    [{ env: { A: "2" } }],
    [{ secrets: {} }],
    [{ secrets: { TOKEN: { $secret: "other" } } }],
    [{ health: { ...spec.health, path: "/" } }],
    [{ port: 80 }],
    [{ drain: 1 }],
  ])("is another one with %j", (changes) => {
    expect(appDigest(app(changes))).not.toBe(appDigest(app()));
  });

  it("is the same for another number of replicas, another order of variables and another value of a secret", () => {
    const same = readApp({
      kind: "service",
      spec: { ...spec, replicas: 9, env: { B: 2, A: "1" } },
      secrets: { token: "changed" },
    });
    expect(appDigest(same)).toBe(appDigest(app()));
    expect(appDigest(app())).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
