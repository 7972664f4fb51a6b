import { describe, expect, it } from "vitest";
import { service, type ServiceOptions } from "../../../src/deploy/service.ts";
import { REF, SECRET, type Artifact, type RefCore, type Secret } from "../../../src/model/index.ts";

function ref<T>(node: string): RefCore<T, never> {
  return { [REF]: { expression: { $ref: node, path: [] }, passed: [], at: undefined } } as unknown as RefCore<
    T,
    never
  >;
}
const artifact = ref<Artifact>("build/app");
const secret = { [SECRET]: { name: "token" } } as unknown as Secret;
const plain = { artifact, command: ["node", "server.js"] };

describe("service", () => {
  it("is an app with its options resolved, refs and secrets as they are", () => {
    const count = ref<number>("plan/size");
    const app = service({
      artifact,
      command: ["node", ref<string>("build/entry"), 3],
      port: 8_080,
      replicas: count,
      health: { path: "/up", interval: "500ms", timeout: 250, startup: "2m" },
      env: { LEVEL: "info", LIMIT: 5 },
      secrets: { TOKEN: secret },
      drain: "1m",
    });
    expect(app).toMatchObject({
      kind: "service",
      subject: artifact,
      spec: {
        port: 8_080,
        health: { path: "/up", interval: 500, timeout: 250, startup: 120_000 },
        env: { LEVEL: "info", LIMIT: 5 },
        drain: 60_000,
      },
    });
    expect((app.spec as { replicas: unknown }).replicas).toBe(count);
    expect((app.spec as { secrets: Record<string, unknown> }).secrets["TOKEN"]).toBe(secret);
  });

  it("has defaults for all but the artifact and the command", () => {
    expect(service(plain).spec).toEqual({
      ...plain,
      port: null,
      replicas: 1,
      health: { path: "/healthz", interval: 1_000, timeout: 2_000, startup: 60_000 },
      env: {},
      secrets: {},
      drain: 30_000,
    });
    expect(service({ ...plain, health: "/ready" }).spec).toMatchObject({ health: { path: "/ready" } });
  });

  it.each([
    [{ artifact: {} }, "artifact must be a ref"],
    [{ command: [] }, "command must list the program"],
    [{ command: "node server.js" }, "command must list the program"],
    [{ command: ["node", secret] }, "command[1] is a secret"],
    [{ command: ["node", {}] }, "command[1] must be a string"],
    [{ port: 0 }, "port must be"],
    [{ replicas: 0 }, "replicas must be"],
    [{ replicas: 1.5 }, "replicas must be"],
    [{ health: "healthz" }, 'health.path must begin with "/"'],
    [{ health: { path: "/a b" } }, "health.path must begin"],
    [{ health: { timeout: 0 } }, "health.timeout must be a duration"],
    [{ health: { startup: "soon" } }, "health.startup must be a duration"],
    [{ env: { PORT: 80 } }, "env.PORT is set by the target"],
    [{ env: { SLUICE_TARGET: "x" } }, "env.SLUICE_TARGET is set by the target"],
    [{ env: { "a-b": "x" } }, 'env has "a-b"'],
    [{ env: { KEY: secret } }, "env.KEY is a secret, which may not stand there: move it to secrets: { KEY }"],
    [{ env: { KEY: Number.NaN } }, "env.KEY must be a string"],
    [{ secrets: { KEY: "plain" } }, "secrets.KEY must be one of the pipeline's secrets"],
    [{ env: { KEY: "x" }, secrets: { KEY: secret } }, "KEY is in env and in secrets"],
    [{ drain: -1 }, "drain must be a duration"],
  ])("refuses %o", (changes, message) => {
    const options = { ...plain, ...changes } as unknown as ServiceOptions;
    expect(() => service(options)).toThrow(message);
    expect(() => service(options)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
  });

  it("names all that is wrong at once, and never a secret's place in the wrong words", () => {
    const options = { ...plain, command: [], replicas: -1, drain: "x" } as unknown as ServiceOptions;
    expect(() => service(options)).toThrow(/command .*replicas .*drain /);
  });
});
