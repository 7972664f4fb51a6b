import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rolling } from "../../../../src/deploy/index.ts";
import { decideGate } from "../../../../src/host/decide.ts";
import { approval, artifact, onBranch, pipeline, planOf, run, sh } from "../../../../src/index.ts";
import type { Artifact, RefCore } from "../../../../src/model/index.ts";
import type { App } from "../../../../src/ports/index.ts";
import { FileRunStore } from "../../../../src/stores/fs/index.ts";
import { local } from "../../../../src/targets/local/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const RUN = "20261122-203832-4f9a1c";
const FIXTURE = fileURLToPath(new URL("../../../fixtures/runs-without-version", import.meta.url));

/** What `service({ artifact, command: ["node", "out/server.js"] })` gave then. Today's says more, for clusters. */
const asServiceMadeIt = <P extends string>(subject: RefCore<Artifact, P>): App<P> => ({
  kind: "service",
  spec: {
    artifact: subject,
    command: ["node", "out/server.js"],
    port: null,
    replicas: 1,
    health: { path: "/healthz", interval: 1_000, timeout: 2_000, startup: 60_000 },
    env: {},
    secrets: {},
    drain: 30_000,
  },
  subject,
});

/** What the run in the fixture was started from, word for word but for the app. */
const shop = (limit = "5m") =>
  pipeline({ name: "shop" }, (p) => {
    const built = p
      .stage("build")
      .job("bundle", sh`mkdir -p out; echo "process.exit(1)" > out/server.js; echo built`, {
        artifacts: { bundle: "out/*" },
        retry: 1,
      });
    const tests = p.stage("test");
    const unit = tests.job("unit", () => ({ passed: 12, failed: 0 }));
    tests.job("smoke", sh`echo ${built.stdout}; test -f ok`, { locks: ["port"], timeout: limit });
    const release = p.stage("release");
    const vetted = release.gate("approval", artifact(built, "bundle"), approval());
    release.deploy("shop", {
      to: local({ name: "shop" }),
      app: asServiceMadeIt(vetted),
      strategy: rolling(),
      when: onBranch("no-such-branch"),
    });
    p.stage("after").job("tell", sh`echo ${unit.passed} tests and ${built.stdout} > told`);
  });

/** A run as Sluice wrote it before journals had versions and nodes had `cache` and `effects`: it failed, was resumed, and waits. */
function copied(): { cwd: string; store: FileRunStore } {
  const cwd = tempFolder();
  cpSync(FIXTURE, join(cwd, ".sluice"), { recursive: true });
  return { cwd, store: new FileRunStore(join(cwd, ".sluice")) };
}

describe("a run from before journals had versions", () => {
  it("is read, with a Plan in today's form and today's fingerprint", async () => {
    const { store } = copied();
    const recorded = await store.read(RUN);
    expect(recorded.events).toHaveLength(19);
    expect(recorded.plan.nodes.map(({ cache, effects }) => [cache, effects])).toEqual([
      [null, false],
      [null, false],
      [null, false],
      [null, false],
      [null, true],
      [null, false],
    ]);
    expect(recorded.plan.fingerprint).toBe(planOf(shop(), { cwd: tempFolder() }).fingerprint);
    expect([...recorded.outputs.keys()].sort()).toEqual(["build/bundle", "test/smoke", "test/unit"]);
    expect(await store.glance(RUN)).toMatchObject({ state: "suspended", pipeline: "shop" });
  });

  it("is gone on with by the same definition: nothing that succeeded is run again", async () => {
    const { cwd, store } = copied();
    await decideGate(shop(), RUN, "approval", { approved: true, by: "ada" }, { cwd });
    const result = await run(shop(), { cwd, run: RUN, resume: {} });
    expect(result.state).toBe("passed");
    expect(readFileSync(join(cwd, "told"), "utf8")).toBe("12 tests and built\n\n");
    const events = (await store.read(RUN)).events.slice(19);
    const ran = events.flatMap((event) => (event.type === "node.started" ? [event.node] : []));
    expect(ran).toEqual(["release/approval", "after/tell"]);
  });

  it("is refused to another definition with nothing but what is really different", async () => {
    const { cwd } = copied();
    const refused = run(shop("9m"), { cwd, run: RUN, resume: {} });
    await expect(refused).rejects.toMatchObject({ code: "DEFINITION_CHANGED" });
    await expect(refused).rejects.toThrow(/timeout/);
    await expect(refused).rejects.not.toThrow(/cache|effects/);
  });

  it("is refused by its version where the Plan is newer", async () => {
    const { cwd, store } = copied();
    const file = join(cwd, ".sluice/runs", RUN, "plan.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"version":1', '"version":2'));
    await expect(store.read(RUN)).rejects.toThrow(/a plan of version 2, this Sluice reads 1/);
  });
});
