import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { job } from "../../../../../src/deploy/job.ts";
import { at, list } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { renderService } from "../../../../../src/targets/kubernetes/render/service.ts";
import { LABELS, type RenderedService } from "../../../../../src/targets/kubernetes/render/types.ts";
import { full, IDENTITY, plain, SALT, secret, SECRETS } from "./apps.ts";

const GOLDEN = new URL("../../../../golden/kubernetes/", import.meta.url);
const render = (app = plain(), salt = SALT): RenderedService => renderService(app, IDENTITY, { salt });

function everything(rendered: RenderedService): object {
  return {
    ...rendered,
    stable: rendered.stableObjects("shop-r7"),
    workload: rendered.workload(7, 3),
  };
}

const container = (rendered: RenderedService): Readonly<Record<string, unknown>> =>
  list(rendered.workload(1, 1), "spec", "template", "spec", "containers")[0] as Readonly<
    Record<string, unknown>
  >;

describe("a service as objects", () => {
  it.each([
    ["plain", () => plain()],
    ["full", () => full()],
  ])("is what test/golden/kubernetes/%s.json says", async (name, app) => {
    await expect(`${JSON.stringify(everything(render(app())), null, 2)}\n`).toMatchFileSnapshot(
      fileURLToPath(new URL(`${name}.json`, GOLDEN)),
    );
  });

  it("has no value of a secret anywhere but in Secrets", () => {
    const rendered = render(full());
    const { configuration, ...others } = everything(rendered) as { configuration: { kind: string }[] };
    const text = JSON.stringify([others, configuration.filter(({ kind }) => kind !== "Secret")]);
    for (const value of Object.values(SECRETS)) {
      expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
      expect(text).not.toContain(Buffer.from(value).toString("base64"));
    }
    expect(JSON.stringify(configuration)).toContain(Buffer.from("hunter2").toString("base64"));
  });

  it("starts the image by its own entry point where the command is that of files", () => {
    const artifact = { name: "site", digest: "sha256:1", path: ".", size: 0, files: [] };
    const { spec, ...app } = full();
    const beside = { ...app, spec: { ...(spec as object), artifact } };
    expect(container(render(beside))["command"]).toBeUndefined();
    expect(container(render(beside))["args"]).toEqual(["web", "3", "$$$"]);
    expect(container(render(full()))["command"]).toEqual(["/app", "$$(NOT_A_VARIABLE)"]);
  });

  it("keeps jobs out of what the Service selects", () => {
    const [migrate] = render(full()).before;
    const labels = at(migrate?.object, "spec", "template", "metadata", "labels");
    expect(labels).not.toHaveProperty([LABELS.app]);
    expect(migrate?.object.metadata.labels).toHaveProperty([LABELS.app], "shop");
  });

  it("has no budget for one replica alone, and none where none is wanted", () => {
    const kinds = (changes: object): readonly string[] =>
      render(plain(changes as never))
        .stableObjects("shop-r1")
        .map(({ kind }) => kind);
    expect(kinds({})).toEqual([]);
    expect(kinds({ replicas: 2 })).toEqual(["PodDisruptionBudget"]);
    expect(kinds({ replicas: 2, disruption: false })).toEqual([]);
    expect(kinds({ autoscale: { max: 5 } })).toEqual(["HorizontalPodAutoscaler"]);
    expect(kinds({ autoscale: { min: 2, max: 5 } })).toEqual([
      "PodDisruptionBudget",
      "HorizontalPodAutoscaler",
    ]);
  });

  it.each([
    ["30s", 35, 5],
    ["2s", 4, 2],
    ["0s", 1, undefined],
  ])("with drain %s gives a pod %s s to end, of which it still answers %s s", (drain, grace, sleep) => {
    const rendered = render(plain({ drain }));
    const pod = at(rendered.workload(1, 1), "spec", "template", "spec");
    expect(at(pod, "terminationGracePeriodSeconds")).toBe(grace);
    expect(at(container(rendered), "lifecycle", "preStop", "sleep", "seconds")).toBe(sleep);
  });

  it("runs as an account that is there already", () => {
    const rendered = render(plain({ account: "shared" }));
    expect(rendered.configuration.map(({ kind }) => kind)).toEqual([]);
    expect(at(rendered.workload(1, 1), "spec", "template", "spec", "serviceAccountName")).toBe("shared");
  });

  it("fails for a config file with a variable that is not set, naming file and line", () => {
    const app = full({ config: { files: { "/etc/a.conf": "a: 1\nb: $MISSING\n" } } });
    expect(() => render(app)).toThrow("/etc/a.conf uses variables that are not set: MISSING (line 2)");
    const only = full({ config: { files: { "/etc/a.conf": "$host $LEVEL" }, only: ["LEVEL"] } });
    const map = render(only).configuration.find(({ kind }) => kind === "ConfigMap");
    expect(map?.["data"]).toEqual({ "0-a.conf": "$host info" });
  });

  it("refuses a service without an image", () => {
    const { spec, ...app } = plain();
    expect(() => render({ ...app, spec: { ...(spec as object), image: null } })).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: expect.stringContaining("has none") as string,
      }),
    );
  });

  it.each([
    [{ image: "web:1\n" }, 'the app\'s image is "web:1\\n", which names no image'],
    [{ replicas: "4" }, "replicas must be a whole number"],
    [{ env: { A: null } }, "env.A must be a string, but is null"],
  ])("refuses %j, which a ref may have given", (changes, message) => {
    const { spec, ...app } = plain();
    expect(() => render({ ...app, spec: { ...(spec as object), ...changes } })).toThrow(message);
  });

  it("misses a secret by name", () => {
    const app = { ...full(), secrets: { token: "x", key: "y" } };
    expect(() => render(app)).toThrow(
      expect.objectContaining({
        code: "SECRET_MISSING",
        message: expect.stringContaining('"database"') as string,
      }),
    );
  });
});

describe("the digest", () => {
  const digest = (
    changes: Readonly<Record<string, unknown>> = {},
    secrets?: Readonly<Record<string, string>>,
  ): string => render(full(changes, secrets)).digest;

  it("is the same for the same app, whatever the order of its parts", () => {
    const env = { TEMPLATE: "$(HOME) $$ $5", LIMIT: 5, LEVEL: "info" };
    expect(digest({ env })).toBe(digest());
    expect(digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("does not count replicas", () => {
    expect(digest({ replicas: 9 })).toBe(digest());
    expect(render(plain({ replicas: 9 })).digest).toBe(render(plain()).digest);
    expect(render(full({ replicas: 9 })).replicas).toBe(9);
  });

  it.each([
    [{ image: "web:2" }],
    [{ command: ["/other"] }],
    [{ args: [] }],
    [{ port: 1 }],
    [{ env: { LEVEL: "debug", LIMIT: 5 } }],
    [{ drain: "1s" }],
    [{ health: "/ready" }],
    [{ resources: { cpu: "1" } }],
    [{ autoscale: { min: 3, max: 10, cpu: 60 } }],
    [{ disruption: 1 }],
    [{ account: "shared" }],
    [{ config: { files: { "/etc/shop/shop.yaml": "x" } } }],
    [{ spread: false }],
    [{ security: { writable: [] } }],
    [{ imagePull: {} }],
    [{ labels: {} }],
    [{ annotations: {} }],
    [{ hooks: {} }],
    [{ hooks: { before: [job({ name: "migrate", command: ["/migrate", "--to", "8"] })] } }],
    [{ secrets: { TOKEN: secret("token") } }],
    [{ patch: { pod: { spec: { nodeSelector: { pool: "gpu" } } } } }],
    [{ patch: { deployment: { spec: { minReadySeconds: 5 } } } }],
    [{ patch: { service: { spec: { type: "LoadBalancer" } } } }],
    [{ patch: { account: { metadata: { labels: { team: "x" } } } } }],
    [{ patch: { autoscaler: { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } } } }],
    [{ patch: { disruptionBudget: { spec: { unhealthyPodEvictionPolicy: "IfHealthyBudget" } } } }],
  ])("changes with %o", (changes) => {
    expect(digest(changes)).not.toBe(digest());
  });

  it("is that of an app without a patch where there is nothing in it", () => {
    expect(digest({ patch: {} })).toBe(digest());
    expect(digest({ patch: { pod: {}, service: {} } })).toBe(digest());
  });

  it("changes with the value of a secret, and tells nothing of it without the salt", () => {
    expect(digest({}, { ...SECRETS, token: "hunter3" })).not.toBe(digest());
    expect(digest({}, { ...SECRETS, database: "other" })).not.toBe(digest());
    expect(render(full(), "another salt").digest).not.toBe(digest());
  });
});

describe("names by content", () => {
  const names = (app = full(), salt = SALT): readonly string[] =>
    render(app, salt).configuration.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

  it("change with the content alone", () => {
    expect(names(full({ image: "web:2", replicas: 1 }))).toEqual(names());
    const [account, map, own, ofJob] = names();
    const changed = names(full({}, { ...SECRETS, token: "hunter3" }));
    expect(changed).toEqual([account, map, expect.not.stringMatching(`^${own ?? ""}$`), ofJob]);
    const config = { files: { "/etc/shop/shop.yaml": "other" } };
    expect(names(full({ config }))).toEqual([
      account,
      expect.not.stringMatching(`^${map ?? ""}$`),
      own,
      ofJob,
    ]);
  });

  it("of Secrets depend on the salt", () => {
    const secrets = (salt: string): readonly string[] =>
      names(full(), salt).filter((name) => name.startsWith("Secret/"));
    expect(secrets("another")).not.toEqual(secrets(SALT));
    expect(secrets(SALT)).toHaveLength(2);
  });
});
