import { readdir, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askTimes, Load } from "./local-target/load.ts";
import { Rig } from "./local-target/rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(() => rig.dispose());

async function versionAt(url: string): Promise<string> {
  return (JSON.parse((await ask(url)).body) as { version: string }).version;
}

describe("rollback", () => {
  it("runs the files of the release before, as a new revision, and loses no request", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    await rig.deploy(rig.app({ version: "two", replicas: 2 }));
    const two = await rig.replicas();
    const load = new Load(url, 3);
    const release = await rig.rollback().finally(() => load.stop());
    expect(load.lost).toEqual([]);
    expect(release).toMatchObject({ revision: 3, url, target: "site" });
    expect(await versionAt(url)).toBe("one");
    for (const pid of two) expect(await rig.replicas()).not.toContain(pid);
    const { history, stable } = await rig.status();
    expect(stable).toMatchObject({ revision: 3, ready: 2, digest: history[2]?.digest });
    expect(history.map(({ revision, state }) => [revision, state])).toEqual([
      [3, "live"],
      [2, "retired"],
      [1, "retired"],
    ]);
  });

  it("goes further back when it is repeated, never forward again", async () => {
    for (const version of ["one", "two", "three"]) await rig.deploy(rig.app({ version, replicas: 1 }));
    const { url } = await rig.rollback();
    expect(await versionAt(url)).toBe("two");
    await rig.rollback();
    expect(await versionAt(url)).toBe("one");
    await expect(rig.rollback()).rejects.toMatchObject({ code: "TARGET_STATE" });
    expect(await versionAt(url)).toBe("one");
    await rig.rollback(3);
    expect(await versionAt(url)).toBe("three");
  });

  it("does nothing when the wanted revision is live", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    const pids = await rig.replicas();
    expect(await rig.rollback(2)).toMatchObject({ revision: 2 });
    expect(await rig.replicas()).toEqual(pids);
  });

  it("works after a stop, and after everything was killed", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const url = await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    await rig.stop();
    expect(await rig.rollback()).toMatchObject({ revision: 3, url });
    expect(await versionAt(url)).toBe("one");
    for (const pid of await rig.look()) process.kill(pid, "SIGKILL");
    expect(await rig.rollback(2)).toMatchObject({ revision: 4, url });
    expect(await versionAt(url)).toBe("two");
  });

  it("takes a rollout back that is under way, and leaves it at that", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    const driver = await rig.connect(rig.app({ version: "three", replicas: 1 }));
    await driver.start(1);
    await driver.route(50);
    await driver.close();
    expect(await rig.rollback()).toMatchObject({ revision: 2 });
    expect((await askTimes(url, 4)).every(({ revision }) => revision === 2)).toBe(true);
    expect((await rig.status()).candidate).toBeUndefined();
  });

  it("replaces files that a process has altered since by those of the artifact", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const url = await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    await writeFile(rig.path("releases", "1", "files", "content", "version.txt"), "altered");
    // The first rig made the artifact, so the same rig can restore it.
    await rig.rollback();
    expect(await versionAt(url)).toBe("one");
  });

  it("leaves the live release alone when the earlier one does not come up", async () => {
    await rig.deploy(rig.app({ version: "one", replicas: 1, files: { "note.txt": "1" } }));
    const url = await rig.deploy(rig.app({ version: "two", replicas: 1 }));
    await rm(rig.path("releases", "1", "files"), { recursive: true });
    const target = rig.target();
    const context = rig.context({
      restore: async (_artifact, folder) => {
        await writeFile(`${folder}/server.mjs`, "process.exit(9)");
      },
    });
    const spec = { target: target.spec, secrets: {} } as never;
    await expect(target.rollback(spec, context, {})).rejects.toMatchObject({ code: "RELEASE_UNHEALTHY" });
    expect(await versionAt(url)).toBe("two");
    expect(await rig.status()).toMatchObject({ stable: { revision: 2 }, candidate: undefined });
  });

  it("refuses a target that never was, a revision that never was, and one whose files are gone", async () => {
    await expect(rig.rollback()).rejects.toMatchObject({ code: "TARGET_UNKNOWN" });
    await rig.deploy(rig.app({ version: "one", replicas: 1 }), { history: 1 });
    await expect(rig.rollback()).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(rig.rollback(7)).rejects.toMatchObject({ code: "TARGET_STATE" });
    for (const version of ["two", "three"]) {
      await rig.deploy(rig.app({ version, replicas: 1 }), { history: 1 });
    }
    await expect(rig.rollback(1)).rejects.toThrow("files of revision 1 are not kept");
  });
});

describe("the kept releases", () => {
  it("are the last few that were live, and the live one", async () => {
    for (const version of ["1", "2", "3", "4", "5"]) {
      await rig.deploy(rig.app({ version, replicas: 1 }), { history: 2 });
    }
    expect((await readdir(rig.path("releases"))).sort()).toEqual(["3", "4", "5"]);
    expect((await rig.status()).history.map(({ revision }) => revision)).toEqual([5, 4, 3, 2, 1]);
  });
});

describe("stop", () => {
  it("leaves no process, keeps the history and the URL, and may be repeated", async () => {
    await rig.stop();
    const url = await rig.deploy(rig.app({ replicas: 2 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
    await driver.start(1);
    await driver.close();
    expect(await rig.look()).toHaveLength(4);
    await rig.stop();
    expect(rig.alive()).toEqual([]);
    await expect(ask(url)).rejects.toThrow();
    const { history, stable } = await rig.status();
    expect(stable).toBeUndefined();
    expect(history.map(({ state }) => state)).toEqual(["aborted", "retired"]);
    await rig.stop();
    expect(await rig.deploy(rig.app({ replicas: 1 }))).toBe(url);
    expect(await ask(url)).toMatchObject({ status: 200, revision: 3 });
  });

  it("answers what is in flight first", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const slow = ask(`${url}/slow?ms=800`);
    await ask(url);
    await rig.stop();
    expect(await slow).toMatchObject({ status: 200 });
  });
});

describe("status", () => {
  it("of a target that never was is empty, and creates nothing", async () => {
    expect(await rig.status()).toEqual({
      target: "site",
      url: undefined,
      stable: undefined,
      candidate: undefined,
      weight: 0,
      history: [],
    });
    await expect(readdir(rig.stateDir)).rejects.toThrow("ENOENT");
  });
});
