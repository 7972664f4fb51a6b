import { describe, expect, it } from "vitest";
import { PIPELINE } from "../../../src/builder/index.ts";
import { rolling, service } from "../../../src/deploy/index.ts";
import { SluiceError } from "../../../src/errors/index.ts";
import { prepare } from "../../../src/host/prepare.ts";
import { withoutRemotes } from "../../../src/host/preview/without-remotes.ts";
import { type PreviewOptions, previewTargets } from "../../../src/host/preview-targets.ts";
import { env, pipeline, sh } from "../../../src/index.ts";
import type { DeploySpec, Target, TargetContext, TargetPreview } from "../../../src/ports/index.ts";

type Preview = (spec: DeploySpec, context: TargetContext) => Promise<TargetPreview>;

const EMPTY: TargetPreview = { live: 1, current: false, changes: [], irreversible: [], notes: [] };

function target(name: string, preview?: Preview): Target {
  const refuse = (): Promise<never> => Promise.reject(new Error("a plan must not"));
  const all = {
    kind: "test",
    name,
    spec: {},
    requires: [],
    connect: refuse,
    status: refuse,
    rollback: refuse,
  };
  return preview === undefined ? all : { ...all, preview };
}

/** A pipeline that deploys the output of a job to each target. */
function deploying(targets: readonly Target[]) {
  return pipeline({ name: "shop", secrets: { db: env("NOT_SET_ANYWHERE") } }, (p, { secrets }) => {
    const image = p.stage("build").job("image", sh`echo web:1`);
    const stage = p.stage("release");
    for (const to of targets) {
      const app = service({
        image: image.stdout,
        env: { A: "1", B: image.stdout },
        secrets: { DB: secrets.db },
      });
      stage.deploy(to.name, { to, app, strategy: rolling() });
    }
  });
}

const ask = (targets: readonly Target[], options: Partial<PreviewOptions> = {}) =>
  previewTargets(prepare(deploying(targets), {}), { env: {}, stateDir: "/nowhere", ...options });

describe("asking targets what a deploy would change", () => {
  it("stands words for what a run gives and for secrets, reads none, and names them in the answer", async () => {
    let seen: DeploySpec | undefined;
    const [found] = await ask([
      target("web", (spec) => {
        seen = spec;
        const { image, secrets } = spec.app.spec as { image: string; secrets: object };
        const fields = [
          { path: "image", from: '"web:0"', to: JSON.stringify(image) },
          { path: "secrets", to: JSON.stringify(secrets) },
          { path: "url", to: `"http://${image}/x"` },
        ];
        const changes = [{ object: `Thing ${image}`, change: "update", fields, conflicts: [] }] as const;
        return Promise.resolve({ ...EMPTY, changes, notes: ["first"] });
      }),
    ]);
    const { image, env: variables } = seen?.app.spec as { image: string; env: Record<string, string> };
    expect(image).toMatch(/^[a-z0-9-]{1,63}$/);
    expect(variables).toEqual({ A: "1", B: image });
    expect(seen?.app.unknown).toMatchObject({ [image]: "build/image.stdout" });
    expect(seen?.app.unknown?.[seen.app.secrets["db"] ?? ""]).toBe("secret db");
    expect(found).toMatchObject({ node: "release/web", target: "web" });
    expect(found?.preview?.changes).toEqual([
      {
        object: "Thing <build/image.stdout>",
        change: "update",
        conflicts: [],
        fields: [
          { path: "image", from: '"web:0"', to: "<build/image.stdout>" },
          { path: "secrets", to: '{"DB":{"$secret":"db"}}' },
          { path: "url", to: '"http://<build/image.stdout>/x"' },
        ],
      },
    ]);
    expect(found?.preview?.notes).toEqual([
      "first",
      "known only once the run is there: <build/image.stdout>",
    ]);
  });

  it("tells a failure with its node and its hint, and the others' answers all the same", async () => {
    const found = await ask([
      target("bad", () =>
        Promise.reject(new SluiceError("CLUSTER_UNREACHABLE", "it does not answer", { hint: "Check it." })),
      ),
      target("good", () => Promise.resolve(EMPTY)),
    ]);
    expect(found[0]).toEqual({
      node: "release/bad",
      target: "bad",
      failure: { message: "it does not answer", hint: "Check it." },
    });
    expect(found[1]?.preview).toEqual(EMPTY);
  });

  it("waits for all targets together no longer than it may, whether they listen to the signal or not", async () => {
    let reason: unknown;
    const found = await ask(
      [
        target("deaf", () => new Promise(() => undefined)),
        target(
          "listening",
          (_spec, { signal }) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => {
                reason = signal.reason;
                reject(new Error("cut off"));
              });
            }),
        ),
        target("quick", () => Promise.resolve(EMPTY)),
      ],
      { patience: 40 },
    );
    expect(reason).toMatchObject({ code: "TIMEOUT" });
    expect(found.map((one) => one.failure?.message)).toEqual([
      "no answer within 0 s",
      "no answer within 0 s",
      undefined,
    ]);
  });

  it("asks neither what would be skipped nor what cannot be asked", async () => {
    const asked: string[] = [];
    const note = (name: string): Target =>
      target(name, () => {
        asked.push(name);
        return Promise.resolve(EMPTY);
      });
    const predictions = new Map([["release/off", { runs: false, why: "no tag" }]]);
    const found = await ask([note("off"), note("on"), target("local")], { predictions });
    expect(asked).toEqual(["on"]);
    expect(found.map((one) => one.node)).toEqual(["release/on"]);
  });

  it("takes nothing but the remote cache away from a pipeline that may ask no network", () => {
    const cache = { open: () => Promise.reject(new Error("asked")) } as never;
    const pipe = pipeline({ name: "shop", cache }, () => undefined);
    expect(pipe[PIPELINE].cache).toBe(cache);
    const offline = withoutRemotes(pipe);
    expect(offline[PIPELINE].cache).toBeUndefined();
    expect(offline[PIPELINE].root).toBe(pipe[PIPELINE].root);
    expect(offline.name).toBe("shop");
  });
});
