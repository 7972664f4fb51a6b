import { describe, expect, it } from "vitest";
import { job, type ServiceJobOptions } from "../../../src/deploy/job.ts";
import { service, type ServiceOptions } from "../../../src/deploy/service.ts";
import {
  REF,
  refHandle,
  SECRET,
  type Artifact,
  type RefCore,
  type Secret,
} from "../../../src/model/index.ts";

function ref<T>(node: string, ...gates: readonly string[]): RefCore<T, never> {
  const passed = gates.map((gate) => ({ gate, node: `gates/${gate}` }));
  const handle = { owner: PIPELINE, expression: { $ref: node, path: [] }, passed };
  return { [REF]: handle } as unknown as RefCore<T, never>;
}
const PIPELINE = {};
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
      name: null,
      image: null,
      args: [],
      port: null,
      replicas: 1,
      health: {
        path: "/healthz",
        interval: 1_000,
        timeout: 2_000,
        startup: 60_000,
        deadline: 300_000,
        live: "/healthz",
      },
      env: {},
      secrets: {},
      drain: 30_000,
      cluster: {
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
        autoscale: null,
        disruption: 1,
        account: { annotations: {}, token: false },
        config: null,
        spread: { zone: "prefer", host: "prefer" },
        security: {
          runAsUser: null,
          runAsGroup: null,
          fsGroup: null,
          runAsNonRoot: true,
          readOnlyRootFilesystem: true,
          writable: ["/tmp"],
          capabilities: [],
        },
        imagePull: { secrets: [], policy: null },
        hooks: { before: [], after: [] },
        labels: {},
        annotations: {},
        patch: null,
      },
    });
    // Who says how long it may take says it for every place.
    const quick = service({ ...plain, health: { startup: "5s" } });
    expect(quick.spec).toMatchObject({ health: { startup: 5_000, deadline: 5_000 } });
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
    [{ artifact: undefined, command: undefined }, "give it an artifact and a command"],
    [{ command: undefined }, "command must list the program"],
    [{ image: "two words" }, "image must be the name of an image"],
    [{ image: secret }, "image must be the name of an image"],
    [{ name: "Web" }, "name must be at most 50 small letters"],
    [{ name: "8web" }, "name must be at most 50 small letters"],
    [{ args: ["-v", secret] }, "args[1] is a secret"],
    [{ health: { live: "live" } }, 'health.live must begin with "/"'],
    [{ resources: { memory: "1GB" } }, 'resources.memory must be a quantity such as "250m" or "512Mi"'],
    [{ resources: { cpu: "half" } }, "resources.cpu must be a quantity"],
    [{ resources: { limits: { "nvidia.com/gpu": "one" } } }, "resources.limits.nvidia.com/gpu must be"],
    [{ autoscale: { min: 4, max: 2 } }, "autoscale.max is 2, which is less than its min, 4"],
    [{ replicas: 3, autoscale: { max: 2 } }, "autoscale.max is 2, which is less than its min, 3"],
    [{ autoscale: { max: 2, cpu: 0 } }, "autoscale.cpu must be"],
    [{ disruption: "half" }, "disruption must be"],
    [{ disruption: 0 }, "disruption must be"],
    [{ account: "No Such" }, "account must be the name"],
    [{ account: { token: "yes" } }, "account.token must be true or false"],
    [{ config: { files: { "app.yaml": "x" } } }, "a path of config.files must be an absolute path"],
    [{ config: { files: { "/etc/": "x" } } }, "a path of config.files must be an absolute path"],
    [
      { config: { files: {}, variables: { KEY: secret } } },
      "config.variables.KEY is a secret, which may not stand there",
    ],
    [{ spread: { zone: "maybe" } }, 'spread.zone must be one of "prefer", "require", false, not "maybe"'],
    [{ security: { runAsUser: 0 } }, "security.runAsUser is root, which needs runAsNonRoot: false"],
    [{ security: { capabilities: ["CAP_NET_ADMIN"] } }, "security.capabilities[0] must be a capability"],
    [{ security: { writable: ["tmp"] } }, "security.writable[0] must be an absolute path"],
    [{ imagePull: { policy: "Sometimes" } }, "imagePull.policy must be one of"],
    [{ hooks: { before: [{}] } }, "hooks.before[0] is no job"],
    [{ labels: { team: 5 } }, "labels.team must be a text"],
    [{ replcas: 2 }, /there is no option replcas: did you mean replicas\?$/],
    [{ volumes: [] }, /there is no option volumes$/],
    [{ resources: { requests: {} } }, "there is no option resources.requests, only cpu, memory, limits"],
    [{ resources: "1Gi" }, 'resources must be an object of cpu, memory, limits, not "1Gi"'],
    [{ resources: { memory: "512m" } }, /resources\.memory must be at least 1Mi.* not "512m"$/],
    [{ resources: { memory: 512 } }, "resources.memory must be at least 1Mi"],
    [{ resources: { cpu: 0 } }, 'resources.cpu must be at least "1m"'],
    [{ resources: { limits: { memory: "1m" } } }, "resources.limits.memory must be at least 1Mi"],
    [{ spread: "require" }, 'spread must be an object of zone, host or false, not "require"'],
    [{ spread: { hosts: false } }, "there is no option spread.hosts: did you mean spread.host?"],
    [{ health: 8_080 }, /health must be an object of path, .* or a path, not 8080$/],
    [{ health: { intervall: "1s" } }, "there is no option health.intervall: did you mean health.interval?"],
    [{ autoscale: { max: 2, mim: 1 } }, "there is no option autoscale.mim: did you mean autoscale.min?"],
    [{ account: { annotation: {} } }, "did you mean account.annotations?"],
    [{ config: { file: {} } }, "did you mean config.files?"],
    [{ security: { runAsUsr: 1 } }, "did you mean security.runAsUser?"],
    [{ imagePull: { secret: [] } }, "did you mean imagePull.secrets?"],
    [{ hooks: { befor: [] } }, "did you mean hooks.before?"],
    [{ security: null }, /security must be an object of .*, not null$/],
    [{ health: null }, "health must be an object"],
    [{ autoscale: null }, "autoscale must be an object of min, max, cpu, not null"],
    [{ account: null }, "account must be an object"],
    [{ hooks: [] }, "hooks must be an object of before, after, not a list"],
  ])("refuses %o", (changes, message) => {
    const options = { ...plain, ...changes } as unknown as ServiceOptions;
    expect(() => service(options)).toThrow(message);
    expect(() => service(options)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
  });

  it("says what is missing where there are no options, and reads nothing from none", () => {
    const message = /^service\(\): the options must be an object, not undefined; give it an artifact/;
    expect(() => service(undefined as never)).toThrow(message);
    expect(() => service(null as never)).toThrow("the options must be an object, not null");
  });

  it.each(["1Mi", "1.5Gi", 1_048_576, "2e9", "1E"])("takes %o of memory", (memory) => {
    expect(service({ ...plain, resources: { memory, cpu: "1m" } }).spec).toMatchObject({
      cluster: { resources: { requests: { memory } } },
    });
  });

  it("takes each problem of a time once", () => {
    const options = { ...plain, health: { startup: "soon" } };
    expect(() => service(options)).toThrow(/^service\(\): health\.startup must be [^;]*$/);
  });

  it("refuses two hooks of one name", () => {
    const twice = job({ name: "seed", command: ["true"] });
    expect(() => service({ image: "web:1", hooks: { before: [twice], after: [twice] } })).toThrow(
      'two hooks are called "seed"',
    );
  });

  it("names all that is wrong at once, and never a secret's place in the wrong words", () => {
    const options = { ...plain, command: [], replicas: -1, drain: "x" } as unknown as ServiceOptions;
    expect(() => service(options)).toThrow(/command .*replicas .*drain /);
  });
});

describe("the evidence of a service", () => {
  const files = ref<Artifact>("build/app", "answers", "scan");
  const image = ref<string>("build/image", "answers", "approval");
  const scanned = ref<string>("build/tools", "scan");
  const gates = (options: object): readonly string[] | undefined =>
    refHandle(service(options as ServiceOptions).subject)?.passed.map(({ gate }) => gate);
  const command = ["node", "server.js"];

  it.each([
    [{ artifact: files, command }, ["answers", "scan"]],
    [{ image }, ["answers", "approval"]],
    [{ artifact: files, command, image }, ["answers"]],
    [{ artifact: ref<Artifact>("build/app"), command, image }, []],
    [{ image: "web:1" }, undefined],
    [{ artifact: files, command, image: "web:1" }, undefined],
    [{ image, hooks: { before: [job({ name: "migrate", command })] } }, ["answers", "approval"]],
    [{ image, hooks: { before: [job({ name: "migrate", command, image: files as never })] } }, ["answers"]],
    [{ image, hooks: { after: [job({ name: "smoke", command, image: "tools:1" })] } }, undefined],
    // Each gate must have been passed by all, not by two of three.
    [
      {
        artifact: files,
        command,
        image,
        hooks: { after: [job({ name: "smoke", command, image: scanned })] },
      },
      [],
    ],
  ])("of %o is %o", (options, expected) => {
    expect(gates(options)).toEqual(expected);
  });

  it("is of the pipeline that the parts are of", () => {
    expect(refHandle(service({ artifact: files, command, image }).subject)?.owner).toBe(PIPELINE);
  });
});

describe("job", () => {
  const command = ["node", "migrate.js"];

  it("has defaults", () => {
    expect(job({ name: "migrate", command }).spec).toEqual({
      name: "migrate",
      image: null,
      command,
      env: {},
      secrets: {},
      timeout: 600_000,
      retries: 0,
      forwardOnly: false,
      labels: {},
      annotations: {},
    });
  });

  it.each([
    [{ name: "Migrate" }, "name must be at most 50 small letters"],
    [{ command: [] }, "command must list the program"],
    [{ image: "" }, "image must be the name of an image"],
    [{ retries: -1 }, "retries must be a whole number from 0 to 100"],
    [{ timeout: "soon" }, "timeout must be a duration"],
    [{ forwardOnly: "yes" }, "forwardOnly must be true or false"],
    [{ env: { KEY: secret } }, "env.KEY is a secret"],
    [{ annotations: { a: 1 } }, "annotations.a must be a text"],
    [{ resources: {} }, "there is no option resources, only name, image"],
    [{ retrys: 1 }, "there is no option retrys: did you mean retries?"],
  ])("refuses %o", (changes, message) => {
    const options = { name: "migrate", command, ...changes } as unknown as ServiceJobOptions;
    expect(() => job(options)).toThrow(message);
    expect(() => job(options)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
  });

  it("says what is missing where there are no options", () => {
    expect(() => job(undefined as never)).toThrow(/^job\(\): the options must be an object, not undefined/);
  });
});
