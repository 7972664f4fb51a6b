import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RolloutState } from "../../src/ports/index.ts";
import { ask, askTimes } from "./local-target/load.ts";
import { eventually, Rig } from "./local-target/rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(() => rig.dispose());

describe("a first release", () => {
  it("runs its replicas and answers on the stable URL once it is promoted", async () => {
    const driver = await rig.connect(rig.app({ replicas: 2 }));
    const before = await driver.observe();
    expect(before).toMatchObject({
      desired: 2,
      stable: undefined,
      candidate: undefined,
      weight: 0,
      current: false,
    });
    expect((await ask(before.url)).status).toBe(503);

    await driver.start(2);
    expect(await driver.observe()).toMatchObject({
      candidate: { revision: 1, replicas: 2, ready: 2 },
      weight: 0,
    });
    expect(await ask(before.url)).toMatchObject({ status: 503, body: "sluice: nothing is deployed here\n" });

    const release = await driver.promote();
    expect(release).toMatchObject({ target: "site", name: "site", url: before.url, revision: 1 });
    const answer = await ask(release.url);
    expect(answer).toMatchObject({ status: 200, side: "stable", revision: 1 });
    expect(JSON.parse(answer.body)).toMatchObject({ version: "one", revision: "1", target: "site" });
    expect(await driver.observe()).toMatchObject({ current: true, url: before.url });
  });

  it("keeps its URL, and is current, for the next run of the same", async () => {
    const url = await rig.deploy(rig.app());
    const pids = await rig.replicas();
    const driver = await rig.connect(rig.app());
    expect(await driver.observe()).toMatchObject({ url, current: true, stable: { revision: 1, ready: 2 } });
    expect(await driver.promote()).toMatchObject({ revision: 1 });
    expect(await rig.replicas()).toEqual(pids);
  });

  it("takes another number of the same replicas for no new release", async () => {
    await rig.deploy(rig.app({ replicas: 1 }));
    const driver = await rig.connect(rig.app({ replicas: 3 }));
    expect(await driver.observe()).toMatchObject({
      current: true,
      stable: { revision: 1, replicas: 3, ready: 3 },
    });
  });

  it("gives a process its variables and secrets, and nothing else of this process", async () => {
    process.env["SLUICE_TEST_LEAK"] = "leaked";
    const app = rig.app({ env: { GREETING: "hi" }, secrets: { token: "hunter2" } });
    const url = await rig.deploy(app).finally(() => delete process.env["SLUICE_TEST_LEAK"]);
    const env = JSON.parse((await ask(`${url}/env`)).body) as Record<string, string>;
    expect(env).toMatchObject({
      GREETING: "hi",
      TOKEN: "hunter2",
      SLUICE_TARGET: "site",
      SLUICE_REVISION: "1",
    });
    expect(env["PORT"]).toMatch(/^\d+$/);
    expect(env).not.toHaveProperty("SLUICE_TEST_LEAK");

    const files = await readdir(rig.stateDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile() && !one.parentPath.endsWith("logs"))) {
      expect(await readFile(join(file.parentPath, file.name), "utf8"), file.name).not.toContain("hunter2");
    }
  });
});

describe("the package as it is built", () => {
  it("finds its proxy, and upgrades and stops like its sources", async () => {
    const built = new URL("../../dist/local.js", import.meta.url).href;
    rig.make = ((await import(built)) as { local: typeof rig.make }).local;
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    expect(await ask(url)).toMatchObject({ status: 200, revision: 2 });
    const args = await readFile(`/proc/${await rig.proxy()}/cmdline`, "utf8").catch(() => "dist");
    expect(args).toContain("dist");
    await rig.stop();
    expect(rig.alive()).toEqual([]);
  });
});

describe("an upgrade", () => {
  it("sends exactly the share asked for, of any requests in a row", async () => {
    const url = await rig.deploy(rig.app({ version: "one" }));
    const driver = await rig.connect(rig.app({ version: "two" }));
    await driver.start(1);
    for (const [weight, requests, expected] of [
      [0, 20, 0],
      [5, 100, 5],
      [25, 40, 10],
      [50, 10, 5],
      [100, 10, 10],
    ] as const) {
      await driver.route(weight);
      expect((await driver.observe()).weight).toBe(weight);
      const answers = await askTimes(url, requests);
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(
        answers.filter(({ side, revision }) => side === "candidate" && revision === 2),
        `at ${weight} %`,
      ).toHaveLength(expected);
    }
  });

  it("can be looked at on either side, whatever the weight", async () => {
    const url = await rig.deploy(rig.app({ version: "one" }));
    const driver = await rig.connect(rig.app({ version: "two" }));
    expect(await ask(url, { headers: { "x-sluice-side": "candidate" } })).toMatchObject({ status: 503 });
    await driver.start(1);
    const pinned = { headers: { "x-sluice-side": "candidate" } };
    expect((await askTimes(url, 5, pinned)).map(({ revision }) => revision)).toEqual([2, 2, 2, 2, 2]);
    await driver.route(100);
    expect(await ask(url, { headers: { "x-sluice-side": "stable" } })).toMatchObject({ revision: 1 });
    expect(await ask(url, { headers: { "x-sluice-side": "other" } })).toMatchObject({ status: 400 });
    const { stable, candidate } = await driver.observe();
    expect(await ask(stable?.url ?? "")).toMatchObject({ revision: 1, side: "stable" });
    expect(await ask(candidate?.url ?? "")).toMatchObject({ revision: 2, side: "candidate" });
  });

  it("counts requests, errors and latencies of each side", async () => {
    const url = await rig.deploy(rig.app({ version: "one" }));
    const driver = await rig.connect(rig.app({ version: "two" }));
    await driver.start(1);
    const before = await driver.counts?.snapshot();
    await driver.route(50);
    await askTimes(url, 10);
    await askTimes(`${url}/fail`, 4);
    await ask(`${url}/slow?ms=200`, { headers: { "x-sluice-side": "candidate" } });
    await expect(ask(`${url}/break`, { headers: { "x-sluice-side": "candidate" } })).rejects.toThrow();
    const after = await driver.counts?.snapshot();
    expect((after?.stable?.requests ?? 0) - (before?.stable?.requests ?? 0)).toBe(7);
    expect((after?.stable?.errors ?? 0) - (before?.stable?.errors ?? 0)).toBe(2);
    expect(after?.candidate).toMatchObject({ requests: 9, errors: 3 });
    const { bounds, counts } = after?.candidate?.latency ?? { bounds: [], counts: [] };
    expect(counts).toHaveLength(bounds.length + 1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9);
    const slow = counts.filter((_, index) => (bounds[index] ?? Infinity) >= 200);
    expect(slow.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it("goes back when it is aborted: stable to full size first, then the requests, then the candidate", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
    await driver.start(1);
    await driver.scale("stable", 1);
    await driver.route(50);
    expect(await driver.observe()).toMatchObject({
      stable: { replicas: 1, ready: 1 },
      candidate: { ready: 1 },
      weight: 50,
    });
    const candidate = await rig.replicas(2);
    await driver.abort("2 of 10 requests failed");
    await driver.abort("again, which changes nothing");
    expect(await driver.observe()).toMatchObject({
      stable: { revision: 1, ready: 2 },
      candidate: undefined,
      weight: 0,
    });
    expect((await askTimes(url, 10)).every(({ revision }) => revision === 1)).toBe(true);
    expect(await rig.replicas(2)).toEqual([]);
    expect(candidate).toHaveLength(1);
    const { history } = await rig.status();
    expect(history.map(({ revision, state }) => [revision, state])).toEqual([
      [2, "aborted"],
      [1, "live"],
    ]);
    const state = await readFile(rig.path("state.json"), "utf8");
    expect(state).toContain("2 of 10 requests failed");
  });

  it("takes no request from the candidate before stable is whole again, and no process before that", async () => {
    const env = { START_DELAY: "700" };
    await rig.deploy(rig.app({ version: "one", replicas: 2, env }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 1, env }));
    await driver.start(1);
    await driver.route(100);
    await driver.scale("stable", 0);
    const seen: RolloutState[] = [];
    const abort = { over: false };
    const aborting = driver.abort("judged bad").finally(() => (abort.over = true));
    while (!abort.over) seen.push(await driver.observe());
    await aborting;
    expect(seen.some(({ weight, stable }) => weight === 100 && stable?.ready === 0)).toBe(true);
    for (const { weight, stable, candidate } of seen) {
      if (weight === 0) expect(stable?.ready).toBe(2);
      else expect(candidate?.ready).toBe(1);
    }
  });

  it("is at full size before it is promoted", async () => {
    const env = { START_DELAY: "700" };
    await rig.deploy(rig.app({ version: "one", replicas: 1, env }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2, env }));
    await driver.start(1);
    const seen: RolloutState[] = [];
    const promotion = { over: false };
    const promoting = driver.promote().finally(() => (promotion.over = true));
    while (!promotion.over) seen.push(await driver.observe());
    await promoting;
    expect(seen.some(({ candidate }) => candidate?.replicas === 2 && candidate.ready === 1)).toBe(true);
    for (const { stable } of seen) if (stable?.revision === 2) expect(stable.ready).toBe(2);
    expect(await driver.observe()).toMatchObject({ current: true, stable: { revision: 2, ready: 2 } });
  });

  it("keeps the old release running without requests as long as it is told to", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 1 }));
    await driver.start(1);
    const old = await rig.replicas(1);
    await driver.promote({ keepOld: 2_500 });
    expect((await askTimes(url, 5)).every(({ revision }) => revision === 2)).toBe(true);
    expect(await rig.replicas(1)).toEqual(old);
    await driver.close();
    await eventually(
      () => rig.replicas(1),
      (pids) => pids.length === 0,
    );
    expect(await ask(url)).toMatchObject({ status: 200, revision: 2 });
  });

  it("changes nothing when it is asked for what already holds", async () => {
    await rig.deploy(rig.app({ version: "one" }));
    const driver = await rig.connect(rig.app({ version: "two" }));
    await driver.start(2);
    await driver.route(25);
    const pids = await rig.replicas();
    await driver.start(1);
    await driver.scale("candidate", 2);
    await driver.route(25);
    expect(await rig.replicas()).toEqual(pids);
    expect(await driver.observe()).toMatchObject({ weight: 25, candidate: { revision: 2, replicas: 2 } });
    await driver.promote();
    const after = await rig.replicas();
    await driver.promote();
    await driver.abort("there is nothing to take back");
    expect(await rig.replicas()).toEqual(after);
    expect(await driver.observe()).toMatchObject({ stable: { revision: 2 }, current: true });
  });

  it("refuses to route to, scale or promote a candidate that is not there", async () => {
    await rig.deploy(rig.app({ version: "one" }));
    const driver = await rig.connect(rig.app({ version: "two" }));
    await expect(driver.route(5)).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(driver.scale("candidate", 2)).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(driver.promote()).rejects.toMatchObject({ code: "TARGET_STATE" });
  });
});
