import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSluiceError, type SluiceError } from "../../src/errors/index.ts";
import { identify } from "../../src/util/process/identity.ts";
import { ask } from "./local-target/load.ts";
import { eventually, Rig } from "./local-target/rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(() => rig.dispose());

async function refusal(work: Promise<unknown>): Promise<SluiceError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isSluiceError(error)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

describe("an app that does not come up", () => {
  it("because it ends is told with its exit code and what it printed, masked", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const bad = rig.app({ version: "two", env: { EXIT_CODE: "3" }, secrets: { token: "hunter2" } });
    const driver = await rig.connect(bad);
    const error = await refusal(driver.start(1));
    expect(error.code).toBe("RELEASE_UNHEALTHY");
    expect(error.message).toContain("revision 2");
    expect(error.message).toContain("ended with exit code 3");
    expect(error.message).toContain("cannot go on");
    expect(error.message).toContain("starting with secret ***");
    expect(error.message).not.toContain("hunter2");
    const log = await readFile(rig.path("releases", "2", "logs", "0.log"), "utf8");
    expect(log.match(/cannot go on/g)).toHaveLength(1);
    await driver.abort(error.message);
    expect(await driver.observe()).toMatchObject({ candidate: undefined, stable: { revision: 1, ready: 1 } });
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
  });

  it("because it does not get well in time is told so, and is not left behind", async () => {
    const driver = await rig.connect(rig.app({ env: { SICK: "1" }, startup: 700 }));
    const error = await refusal(driver.start(2));
    expect(error).toMatchObject({ code: "RELEASE_UNHEALTHY" });
    expect(error.message).toContain("did not answer GET /healthz well within 700 ms");
    await driver.abort("unhealthy");
    expect(await rig.replicas()).toEqual([]);
  });

  it("because there is no such program is told so", async () => {
    const driver = await rig.connect(rig.app({ command: ["./no-such-program", "--flag"] }));
    const error = await refusal(driver.start(1));
    expect(error).toMatchObject({ code: "RELEASE_UNHEALTHY" });
    expect(error.message).toMatch(/exit code 127[^]*no-such-program/);
  });

  it("is tried again by the next start", async () => {
    const driver = await rig.connect(rig.app({ command: ["node", "late.mjs"] }));
    await refusal(driver.start(1));
    await writeFile(rig.path("releases", "1", "files", "late.mjs"), 'await import("./server.mjs");');
    await driver.start(1);
    expect((await driver.observe()).candidate).toMatchObject({ revision: 1, ready: 1 });
  });

  it("stops being waited for when the run is cancelled, and can then be taken back", async () => {
    const controller = new AbortController();
    const driver = await rig.connect(
      rig.app({ env: { START_DELAY: "15000" }, replicas: 1 }),
      {},
      { signal: controller.signal },
    );
    const starting = driver.start(1);
    starting.catch(() => undefined);
    await eventually(
      () => rig.replicas(),
      (pids) => pids.length === 1,
    );
    const reason = new Error("cancelled");
    controller.abort(reason);
    await expect(starting).rejects.toBe(reason);
    await driver.abort("cancelled");
    expect(await rig.replicas()).toEqual([]);
  });
});

describe("a process that is to end", () => {
  it("and ignores SIGTERM is killed after the grace time", async () => {
    await rig.deploy(rig.app({ replicas: 1, env: { IGNORE_TERM: "1" } }), { grace: 600 });
    const [pid = 0] = await rig.replicas();
    const start = performance.now();
    const target = rig.target({ grace: 600 });
    await target.stop?.({ target: target.spec, secrets: {} } as never, rig.context());
    expect(performance.now() - start).toBeGreaterThan(550);
    expect(identify(pid)).toBeUndefined();
  });

  it("takes with it what it has started itself, also when it was killed", async () => {
    await rig.deploy(rig.app({ replicas: 1, env: { CHILD: "1" } }));
    const log = rig.path("releases", "1", "logs", "0.log");
    const children = async (): Promise<readonly number[]> =>
      [...(await readFile(log, "utf8")).matchAll(/child (\d+)/g)].map((match) => Number(match[1]));
    const [first = 0] = await children();
    expect(identify(first)).toBeDefined();
    const [pid = 0] = await rig.replicas();
    process.kill(pid, "SIGKILL");
    await eventually(
      () => identify(first),
      (found) => found === undefined,
    );
    const [, second = 0] = await eventually(children, (found) => found.length === 2);
    await rig.stop();
    expect(identify(second)).toBeUndefined();
  });

  it.runIf(process.platform === "linux")(
    "is cleared away with its children even when proxy and process were killed together",
    async () => {
      await rig.deploy(rig.app({ replicas: 1, env: { CHILD: "1" } }));
      const log = await readFile(rig.path("releases", "1", "logs", "0.log"), "utf8");
      const child = Number(/child (\d+)/.exec(log)?.[1]);
      const pids = await rig.look();
      process.kill(await rig.proxy(), "SIGKILL");
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await eventually(
        () => rig.alive(),
        (alive) => alive.length === 0,
      );
      expect(identify(child)).toBeDefined();
      await rig.stop();
      await eventually(
        () => identify(child),
        (found) => found === undefined,
      );
    },
  );
});

describe("a port that another program has", () => {
  it("is named, and nothing is left running or half changed", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    try {
      const error = await refusal(rig.connect(rig.app(), { port }));
      expect(error).toMatchObject({ code: "TARGET_STATE" });
      expect(error.message).toContain(`port ${port} of target "site" is in use`);
      expect(await rig.look()).toEqual([]);
    } finally {
      other.close();
      await once(other, "close");
    }
    const driver = await rig.connect(rig.app(), { port });
    expect((await driver.observe()).url).toBe(`http://127.0.0.1:${port}`);
  });

  it("does not become the target's when it was deployed to before", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const error = await refusal(rig.connect(rig.app({ replicas: 1 }), { port })).finally(() => other.close());
    expect(error).toMatchObject({ code: "TARGET_STATE" });
    expect((await rig.status()).url).toBe(url);
    expect(await ask(url)).toMatchObject({ status: 200 });
    expect((await (await rig.connect(rig.app({ replicas: 1 }))).observe()).url).toBe(url);
  });

  it("moves the target, when it is given another one, without ending anything", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const pids = await rig.replicas();
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    const moved = await rig.deploy(rig.app({ replicas: 1 }), { port });
    expect(moved).toBe(`http://127.0.0.1:${port}`);
    expect(await ask(moved)).toMatchObject({ status: 200 });
    await expect(ask(url)).rejects.toThrow();
    expect(await rig.replicas()).toEqual(pids);
  });
});

describe("a state folder", () => {
  it.each([
    ["with spaces and letters of many languages", "état — 状態 of mine/.sluice"],
    ["with a path too long for a socket", `${"deep/".repeat(30)}.sluice`],
  ])("%s works", async (_name, below) => {
    await rig.dispose();
    rig = await Rig.create(below);
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
    await rig.stop();
    expect(rig.alive()).toEqual([]);
  });

  it("that cannot be written is refused", async () => {
    await mkdir(dirname(rig.path()), { recursive: true });
    await writeFile(rig.path(), "a file where the folder should be");
    expect(await refusal(rig.connect(rig.app()))).toMatchObject({ code: "STATE_UNWRITABLE" });
  });

  it("that stops taking writes leaves the target as it is", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 1 }));
    await driver.start(1);
    const state = await readFile(rig.path("state.json"), "utf8");
    await driver.close();
    // Neither root nor anybody else can make a file below a file.
    const failing = await rig.connect(
      rig.app({ version: "three", replicas: 1 }),
      {},
      {
        restore: () =>
          Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" })),
      },
    );
    const error = await refusal(failing.start(1));
    expect(error).toMatchObject({ code: "STATE_UNWRITABLE", hint: "Free some disk space." });
    expect((await failing.observe()).candidate).toBeUndefined();
    expect(state).toContain('"revision": 2');
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
  });
});

describe("a secret", () => {
  it("whose value is not at hand when a release must be started again is named", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 1, secrets: { token: "hunter2" } }));
    await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    const error = await refusal(rig.rollback(1));
    expect(error).toMatchObject({ code: "SECRET_MISSING" });
    expect(error.message).toContain("token");
    expect((await rig.status()).stable?.revision).toBe(2);
    await rig.rollback(1, { token: "hunter2" });
    expect((await rig.status()).stable).toMatchObject({ revision: 3, ready: 1 });
  });
});
