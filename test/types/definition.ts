// What compiles, and what must not: the promises of the typed builder.
import { z } from "zod";
import {
  approval,
  artifact,
  env,
  onTag,
  pipeline,
  run,
  sh,
  when,
  type Artifact,
  type Ref,
} from "../../src/index.ts";
import { canary, errorRate, rolling, service } from "../../src/deploy/index.ts";
import type { EffectStep } from "../../src/ports/index.ts";
import { local } from "../../src/targets/local/index.ts";

const params = {
  cloud: z.enum(["staging", "production"]).default("staging"),
  replicas: z.number().default(2),
};

declare const publish: EffectStep<string>;

export const pipe = pipeline(
  { name: "types", params, secrets: { key: env("KEY") } },
  (p, { params: given, secrets }) => {
    const verify = p.stage("verify");
    const unit = verify.job("unit", sh`npm test`, { retry: 2, timeout: "5m" });
    const code: Ref<number> = unit.exitCode;
    const text: Ref<string> = verify.job("text", sh`date`.text());
    const parsed = verify.job(
      "parsed",
      sh`cat x.json`.json(z.object({ n: z.number(), list: z.array(z.string()) })),
    );
    const n: Ref<number> = parsed.n;

    // @ts-expect-error the output has no such field
    void unit.stdot;
    // @ts-expect-error nor has a value parsed by a schema
    void parsed.m;
    // @ts-expect-error a ref is not its value
    const wrong: number = unit.exitCode;

    // A name given twice is seen where the names stand in one literal.
    verify.jobs({ a: sh`true`, b: sh`true` }).a.exitCode satisfies Ref<number>;
    // @ts-expect-error duplicate name
    verify.jobs({ c: sh`true`, c: sh`false` });

    // @ts-expect-error there is no such option
    verify.job("typo", sh`true`, { retyr: 2 });
    // @ts-expect-error a string is no step
    verify.job("string", "npm test");

    // Secrets are no strings.
    verify.job("secret", sh`deploy --key ${secrets.key}`);
    verify.job("secret need", { needs: { key: secrets.key }, run: ({ key }) => key.length });
    // @ts-expect-error a secret is not a string
    const leaked: string = secrets.key;
    // @ts-expect-error not even in passing
    void `${secrets.key}`.toUpperCase().concat(secrets.key);
    // @ts-expect-error there is no such secret
    void secrets.other;

    const cells = verify.matrix("cells", { node: [20, 22], os: ["linux", "mac"] }, ({ node, os }) => {
      const known: 20 | 22 = node;
      const place: "linux" | "mac" = os;
      return sh`echo ${known} ${place}`.text();
    });
    verify.job("sum", { needs: { cells }, run: (needs) => needs.cells.join() satisfies string });

    // A condition makes the value one that may be absent.
    const maybe = verify.job("maybe", () => ({ a: 1 }), {
      when: when(given.replicas > 1, "several replicas"),
    });
    verify.job("careful", { needs: { maybe }, run: (needs) => needs.maybe?.a ?? 0 });
    // @ts-expect-error possibly undefined
    verify.job("careless", { needs: { maybe }, run: (needs) => needs.maybe.a });

    // A result is kept only of what can be looked through, and never of what acts on the world outside.
    const inputs = "src/**";
    verify.job("kept", sh`npm test`, { cache: { inputs, env: ["NODE_ENV"], tools: ["node --version"] } });
    verify.job("kept without effects", sh`npm test`, { cache: { inputs }, effects: false });
    verify.job("publishes", sh`npm publish`, { effects: true });
    verify.jobs({ e: sh`true`, f: sh`true` }, { cache: { inputs } });
    verify.matrix("kept cells", { node: [20, 22] }, ({ node }) => sh`echo ${node}`, { cache: { inputs } });
    // @ts-expect-error it names no inputs
    verify.job("no inputs", sh`npm test`, { cache: {} });
    // @ts-expect-error there is no such option
    verify.job("wrong option", sh`npm test`, { cache: { inputs, outputs: ["dist/**"] } });
    // @ts-expect-error what publishes cannot be cached
    verify.job("kept and publishes", sh`npm publish`, { cache: { inputs }, effects: true });
    // @ts-expect-error nor can a step that says so of itself
    verify.job("kept step", publish, { cache: { inputs } });
    // @ts-expect-error nor among others
    verify.jobs({ i: sh`true`, j: publish }, { cache: { inputs } });
    // @ts-expect-error nor as a cell
    verify.matrix("kept steps", { node: [20] }, () => publish, { cache: { inputs } });
    verify.job("publishes by a step", publish, { retry: 1 });
    // @ts-expect-error nor all of them at once
    verify.jobs({ g: sh`true` }, { cache: { inputs }, effects: true });
    // @ts-expect-error nor a function, whose inputs nobody can see
    verify.job("kept function", () => 1, { cache: { inputs } });
    // @ts-expect-error nor one that is given values
    verify.job("kept needs", { needs: { unit }, run: () => 1, cache: { inputs } });
    // @ts-expect-error nor a gate, which would pass without having judged
    p.stage("judge").gate("kept gate", unit, () => true, { cache: { inputs } });
    // @ts-expect-error nor what runs whatever has happened
    p.finally("kept end", sh`true`, { cache: { inputs } });

    // Artifacts are known by name.
    const built = verify.job("build", sh`npm run build`, {
      artifacts: { dist: "dist/**", docs: ["docs/**"] },
    });
    const dist: Ref<Artifact> = artifact(built, "dist");
    // @ts-expect-error there is no such artifact
    artifact(built, "dits");
    // @ts-expect-error a job without artifacts
    artifact(unit, "dist");

    // Gates are types.
    const vetted = p.stage("vet").gate("answers", dist, () => true);
    const both = p.stage("approve").gate("approval", vetted, approval());
    // @ts-expect-error a check of another type of value
    p.stage("x").gate("g", vetted, (value: number) => value > 1);

    const open = local({ name: "staging" });
    const guarded = local({ name: "production", requires: ["answers", "approval"] });
    const app = <Passed extends string>(from: Ref<Artifact, Passed>) =>
      service({ artifact: from, command: ["node", "server.mjs"], replicas: given.replicas });
    const release = p.stage("release", { when: onTag("v*") });
    release.deploy("open", { to: open, app: app(dist), strategy: rolling() });
    release.deploy("more than asked", { to: open, app: app(both), strategy: rolling() });
    const live = release.deploy("good", {
      to: guarded,
      app: app(both),
      strategy: canary({ steps: [10], every: "1m", analysis: [errorRate()] }),
    });
    // @ts-expect-error lacks "approval"
    release.deploy("one short", { to: guarded, app: app(vetted), strategy: rolling() });
    // @ts-expect-error lacks both
    release.deploy("two short", { to: guarded, app: app(dist), strategy: rolling() });
    // @ts-expect-error a deploy cannot be cached
    release.deploy("kept", { to: open, app: app(dist), strategy: rolling(), cache: { inputs } });
    // @ts-expect-error the stage is conditional, so the release may be absent
    const url: Ref<string> = live.url;
    // @ts-expect-error wrong param
    const cloud: "mars" = given.cloud;

    void [code, text, n, wrong, leaked, url, cloud];
  },
);

void run(pipe, { params: { cloud: "production" } });
// @ts-expect-error not one of the values
void run(pipe, { params: { cloud: "mars" } });
// @ts-expect-error there is no such param
void run(pipe, { params: { clod: "production" } });
