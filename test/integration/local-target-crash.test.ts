import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identify } from "../../src/util/process/identity.ts";
import { Driven } from "./local-target/driven.ts";
import { ask, askTimes } from "./local-target/load.ts";
import { eventually, killed, Rig } from "./local-target/rig.ts";

let rig: Rig;
const driven: Driven[] = [];
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(async () => {
  for (const one of driven.splice(0)) await one.kill();
  await rig.dispose();
});

/** Has another process drive an upgrade, and kills it when `step` is done. */
async function killedAfter(step: string, steps: readonly string[]): Promise<void> {
  const one = new Driven(rig.folder, steps);
  driven.push(one);
  await one.done(step);
  await one.kill();
  await rig.look();
}

describe("a driver that is killed", () => {
  it.each([
    ["connect", [], undefined, 0],
    ["start", ["start"], 1, 0],
    ["route", ["start", "route"], 1, 25],
    ["shrink", ["start", "route", "scale", "shrink"], 2, 25],
  ] as const)("after %s is followed by one that goes on from there", async (step, steps, ready, weight) => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    await killedAfter(step, steps);
    const before = await rig.replicas();

    const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
    const state = await driver.observe();
    expect(state).toMatchObject({ weight, current: false, stable: { revision: 1 }, url });
    expect(state.candidate?.ready).toBe(ready);
    expect(await rig.replicas()).toEqual(before);

    if (state.candidate === undefined) await driver.start(1);
    await driver.scale("candidate", 2);
    expect(await driver.promote()).toMatchObject({ revision: 2, url });
    expect((await askTimes(url, 6)).every(({ revision }) => revision === 2)).toBe(true);
  });

  it.each([
    ["promote", 2, "two"],
    ["abort", 1, "one"],
  ] as const)("in the middle of %s is followed by one that finds it done", async (step, live, version) => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const one = new Driven(rig.folder, ["start", "route", step]);
    driven.push(one);
    await one.done("route");
    // A request that keeps the one that is to go for a while, so that the driver is killed while it waits for it.
    const side = step === "promote" ? "stable" : "candidate";
    const slow = ask(`${url}/slow?ms=3000`, { headers: { "x-sluice-side": side } });
    await eventually(
      () => rig.status(),
      (status) => status.stable?.revision === live && status.candidate === undefined,
    );
    await one.kill();

    const driver = await rig.connect(rig.app({ version, replicas: step === "promote" ? 2 : 1 }));
    expect(await driver.observe()).toMatchObject({
      stable: { revision: live },
      candidate: undefined,
      weight: 0,
      current: true,
    });
    expect(await ask(url)).toMatchObject({ status: 200, revision: live });
    expect(await slow).toMatchObject({ status: 200, revision: step === "promote" ? 1 : 2 });
    await eventually(
      () => rig.replicas(step === "promote" ? 1 : 2),
      (pids) => pids.length === 0,
    );
  });

  it("leaves a candidate that is no obstacle, even where the stable release does not come up any more", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    await killedAfter("start", ["start"]);
    await rm(rig.path("releases", "1", "files", "server.mjs"));
    for (const pid of await rig.replicas(1)) await killed(pid);
    const driver = await rig.connect(rig.app({ version: "three", replicas: 1 }));
    expect(await driver.observe()).toMatchObject({ candidate: undefined, stable: { revision: 1, ready: 0 } });
    await driver.start(1);
    expect(await driver.promote()).toMatchObject({ revision: 3 });
  });

  it("leaves a candidate that a run of another release takes back before it begins", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    await killedAfter("shrink", ["start", "route", "shrink"]);
    const driver = await rig.connect(rig.app({ version: "three", replicas: 2 }));
    expect(await driver.observe()).toMatchObject({
      candidate: undefined,
      weight: 0,
      stable: { revision: 1, ready: 2 },
    });
    await driver.start(1);
    expect((await driver.observe()).candidate?.revision).toBe(3);
    expect(await ask(url)).toMatchObject({ revision: 1 });
  });
});

describe("the lock", () => {
  it("refuses a second session while the first one lives, and names it", async () => {
    await rig.deploy(rig.app());
    const first = await rig.connect(rig.app(), {}, { run: "run-first" });
    const refused = rig.connect(rig.app());
    await expect(refused).rejects.toMatchObject({ code: "TARGET_BUSY" });
    await expect(refused).rejects.toThrow(`run-first of pipeline "shop" (pid ${process.pid}`);
    await expect(rig.stop()).rejects.toMatchObject({ code: "TARGET_BUSY" });
    await first.close();
    await (await rig.connect(rig.app())).close();
  });

  it("lets exactly one of several have it that come at once, also after a crash", async () => {
    await rig.deploy(rig.app());
    await killedAfter("connect", []);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => rig.connect(rig.app())));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "TARGET_BUSY" });
    }
  });
});

describe("a replica that is killed", () => {
  it("is started again with a secret that the release after it knows nothing of", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 2, secrets: { token: "hunter2" } }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
    await driver.start(1);
    await driver.scale("stable", 1);
    await driver.abort("judged bad");
    expect((await driver.observe()).stable).toMatchObject({ revision: 1, replicas: 2, ready: 2 });
  });

  it("gets no more requests and is started again, with its secrets", async () => {
    const url = await rig.deploy(rig.app({ replicas: 2, secrets: { token: "hunter2" } }));
    const [victim = 0, other = 0] = await rig.replicas();
    await killed(victim);
    const answers = await askTimes(url, 10);
    expect(answers.map(({ status, body }) => (status === 200 ? status : body))).toEqual(
      answers.map(() => 200),
    );
    await eventually(
      () => rig.status(),
      ({ stable }) => stable?.ready === 2,
    );
    const pids = await rig.replicas();
    expect(pids).toContain(other);
    expect(pids).not.toContain(victim);
    await rig.look();
    for (const { body } of await askTimes(`${url}/env`, 4)) expect(body).toContain("hunter2");
  });

  it("is answered for with a clear 503 while none is left", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1, env: { START_DELAY: "1500" } }));
    const [victim = 0] = await rig.replicas();
    await killed(victim);
    const answer = await eventually(
      () => ask(url),
      ({ status }) => status === 503,
    );
    expect(answer).toMatchObject({ status: 503, side: "stable", revision: 1 });
    expect(answer.body).toBe("sluice: no replica of revision 1 (stable) is ready\n");
    await eventually(
      () => ask(url),
      ({ status }) => status === 200,
    );
  });
});

describe("a proxy that is killed", () => {
  it("is replaced by the next look: same port, same weight, same processes, no smaller counts", async () => {
    const url = await rig.deploy(rig.app({ version: "one" }));
    const driver = await rig.connect(rig.app({ version: "two" }));
    await driver.start(1);
    await driver.route(50);
    await askTimes(url, 20);
    const counts = await driver.counts?.snapshot();
    const replicas = await rig.replicas();
    const proxy = await rig.proxy();
    await killed(proxy);
    await expect(ask(url)).rejects.toThrow();

    const state = await driver.observe();
    await rig.look();
    expect(state).toMatchObject({ url, weight: 50, stable: { ready: 2 }, candidate: { ready: 1 } });
    expect(await rig.replicas()).toEqual(replicas);
    expect(await rig.proxy()).not.toBe(proxy);
    const again = await driver.counts?.snapshot();
    expect(again?.stable?.requests).toBe(counts?.stable?.requests);
    expect(again?.candidate).toEqual(counts?.candidate);
    expect((await askTimes(url, 10)).filter(({ side }) => side === "candidate")).toHaveLength(5);
    await driver.promote();
    expect(await ask(url)).toMatchObject({ revision: 2 });
  });

  it("is replaced by the question for counts, too", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const driver = await rig.connect(rig.app({ replicas: 1 }));
    await ask(url);
    const before = await driver.counts?.snapshot();
    await killed(await rig.proxy());
    expect((await driver.counts?.snapshot())?.stable?.requests).toBe(before?.stable?.requests);
    await rig.look();
    expect(await ask(url)).toMatchObject({ status: 200 });
  });

  it("or hangs is replaced, too", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const [replica] = await rig.replicas();
    const proxy = await rig.proxy();
    process.kill(proxy, "SIGSTOP");
    const driver = await rig.connect(rig.app({ replicas: 1 }));
    await rig.look();
    expect(await driver.observe()).toMatchObject({ url, current: true });
    expect(await ask(url)).toMatchObject({ status: 200 });
    expect(await rig.replicas()).toEqual([replica]);
    expect(identify(proxy)).toBeUndefined();
  });

  it("shows in the status, which changes nothing", async () => {
    await rig.deploy(rig.app({ replicas: 2 }));
    await killed(await rig.proxy());
    const status = await eventually(
      () => rig.status(),
      ({ url }) => url === undefined,
    );
    expect(status).toMatchObject({ url: undefined, stable: { revision: 1, ready: 2 } });
    await expect(rig.proxy()).rejects.toThrow("no proxy");
  });

  it("leaves processes that a stop still finds", async () => {
    await rig.deploy(rig.app({ replicas: 2 }));
    const pids = await rig.replicas();
    await killed(await rig.proxy());
    await rig.stop();
    expect(pids.map(identify)).toEqual([undefined, undefined]);
    expect(rig.alive()).toEqual([]);
  });
});

describe("after everything was killed at once, as by a reboot", () => {
  it("the next run brings the same release up on the same URL", async () => {
    const url = await rig.deploy(rig.app({ replicas: 2 }));
    const pids = await rig.look();
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await eventually(
      () => rig.alive(),
      (alive) => alive.length === 0,
    );
    expect(await rig.status()).toMatchObject({ url: undefined, stable: { revision: 1, ready: 0 } });
    const driver = await rig.connect(rig.app({ replicas: 2 }));
    await rig.look();
    expect(await driver.observe()).toMatchObject({ url, current: true, stable: { revision: 1, ready: 2 } });
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
  });

  it("a process that has got a recorded pid since is left alone", async () => {
    await rig.deploy(rig.app({ replicas: 1 }));
    const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
    const ended = once(stranger, "exit");
    try {
      for (const pid of await rig.look()) process.kill(pid, "SIGKILL");
      await eventually(
        () => rig.alive(),
        (alive) => alive.length === 0,
      );
      const runtime = JSON.parse(await readFile(rig.path("runtime.json"), "utf8")) as {
        replicas: { process: { pid: number } }[];
      };
      for (const replica of runtime.replicas) replica.process.pid = stranger.pid ?? 0;
      await writeFile(rig.path("runtime.json"), JSON.stringify(runtime));
      const driver = await rig.connect(rig.app({ replicas: 1 }));
      expect((await driver.observe()).stable?.ready).toBe(1);
      await driver.close();
      await rig.look();
      await rig.stop();
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill("SIGKILL");
      await ended;
    }
  });
});

describe("the state folder", () => {
  it("when it is removed, everything that nobody could stop any more ends by itself", async () => {
    await rig.deploy(rig.app({ replicas: 2 }));
    expect(await rig.look()).toHaveLength(3);
    await rm(rig.stateDir, { recursive: true });
    await eventually(
      () => rig.alive(),
      (alive) => alive.length === 0,
    );
  });

  it.each(["state.json", "runtime.json"])(
    "with a damaged %s is refused by name, and not reset",
    async (file) => {
      await rig.deploy(rig.app({ replicas: 1 }));
      await rig.stop();
      await writeFile(rig.path(file), '{"version": 1, "hist');
      const refused = rig.connect(rig.app({ replicas: 1 }));
      await expect(refused).rejects.toMatchObject({ code: "STATE_CORRUPT", path: rig.path(file) });
      expect(await readFile(rig.path(file), "utf8")).toBe('{"version": 1, "hist');
    },
  );
});
