// needs: s3
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { S3 } from "@aws-sdk/client-s3";
import { describe, expect, it, onTestFinished } from "vitest";
import { isSluiceError } from "../../src/errors/index.ts";
import type { RunStore } from "../../src/ports/index.ts";
import { logFileName } from "../../src/util/log-name.ts";
import { finished, plan, record, started, succeeded, textOf, warned } from "../contract/run-store/fixture.ts";
import { tempFolder } from "../fixtures/temp-folder.ts";
import { need } from "./lab.ts";
import { newPrefix, openStore, SERVER } from "./s3/place.ts";
import { Proxy, type Fate, type Seen } from "./s3/proxy.ts";
import { freePort, killS3, newKeys, startS3, type RunningServer } from "./s3/server.mjs";

/** A store behind a proxy, and the same place without it. */
async function behindProxy(options: { lease?: string } = {}): Promise<{
  proxy: Proxy;
  endpoint: string;
  store: RunStore;
  direct: () => Promise<RunStore>;
}> {
  const proxy = new Proxy(SERVER.endpoint);
  const endpoint = await proxy.start();
  onTestFinished(() => proxy.stop());
  const prefix = newPrefix();
  const store = await openStore({ ...SERVER, ...options, endpoint, prefix });
  return { proxy, endpoint, store, direct: () => openStore({ ...SERVER, ...options, prefix }) };
}

const isPut =
  (part: string) =>
  ({ method, key }: Seen): boolean =>
    method === "PUT" && key.includes(part);

/** Takes a run as soon as it can be had. */
async function lockWhenFree(store: RunStore, run: string): ReturnType<RunStore["lock"]> {
  for (;;) {
    try {
      return await store.lock(run);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "RUN_BUSY") throw error;
      await sleep(100);
    }
  }
}

async function faultOf(work: Promise<unknown> | undefined): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it went well");
}

describe.skipIf(!need("s3").available)("runs in a bucket, when things go wrong", () => {
  describe("a lost answer", () => {
    it.each(["journal/", "plans/", "lease.json", "state.json"])(
      "to a write of %s is no other writer",
      async (part) => {
        const { proxy, store, direct } = await behindProxy();
        let dropped = 0;
        proxy.fate = (seen) => {
          if (!isPut(part)(seen) || dropped > 0) return "pass";
          dropped += 1;
          return "drop";
        };
        const recorder = await store.create("r1", plan);
        recorder.append(started("r1"));
        await recorder.commit();
        // Whoever made the run has it, also where it first heard that it was there already.
        await expect((await direct()).lock("r1")).rejects.toMatchObject({ code: "RUN_BUSY" });
        await record(recorder, succeeded("a/x", 1), finished("passed"));
        expect(dropped).toBe(1);
        const read = await (await direct()).read("r1");
        expect(read.events).toEqual([started("r1"), succeeded("a/x", 1), finished("passed")]);
        expect((await (await direct()).glance("r1")).state).toBe("passed");
        await (await (await direct()).lock("r1")).release();
      },
    );

    it("to the writes of a resumption neither", async () => {
      const { proxy, store, direct } = await behindProxy();
      await record(await (await direct()).create("r1", plan), started("r1"), finished("suspended"));
      const dropped = new Set<string>();
      proxy.fate = ({ method, key }) => {
        if (method !== "PUT" || dropped.has(key)) return "pass";
        dropped.add(key);
        return "drop";
      };
      const lock = await store.lock("r1");
      const recorder = await store.append("r1");
      await record(recorder, started("r1"), finished("passed"));
      await lock.release();
      // The lease, the seal of the first holder's segment, the state and the journal among them.
      expect(dropped.size).toBeGreaterThanOrEqual(4);
      expect((await (await direct()).read("r1")).events).toHaveLength(4);
      await (await (await direct()).lock("r1")).release();
    });

    it("to signs of life does not cost the lease", async () => {
      const { proxy, store, direct } = await behindProxy({ lease: "3s" });
      const recorder = await store.create("r1", plan);
      const beats = new Promise<void>((resolve) => {
        let count = 0;
        proxy.fate = (seen) => {
          if (!isPut("lease.json")(seen)) return "pass";
          count += 1;
          if (count === 8) resolve();
          return count % 2 === 1 ? "drop" : "pass";
        };
      });
      await beats;
      proxy.fate = () => "pass";
      await expect((await direct()).lock("r1")).rejects.toMatchObject({ code: "RUN_BUSY" });
      await record(recorder, started("r1"), finished("passed"));
      expect((await (await direct()).glance("r1")).state).toBe("passed");
    });
  });

  it("waits out a server that asks for patience", async () => {
    const { proxy, store, direct } = await behindProxy();
    const refused = new Map<string, number>();
    proxy.fate = ({ method, key }) => {
      const before = refused.get(`${method} ${key}`) ?? 0;
      refused.set(`${method} ${key}`, before + 1);
      return before < 2 ? "slow-down" : "pass";
    };
    await record(await store.create("r1", plan), started("r1"), succeeded("a/x", 1), finished("passed"));
    expect((await (await direct()).read("r1")).events).toHaveLength(3);
  });

  it("asks again where two conditional writes met", async () => {
    const { proxy, store, direct } = await behindProxy();
    const met = new Map<string, number>();
    proxy.fate = ({ method, key, headers }) => {
      if (method !== "PUT" || (headers["if-match"] ?? headers["if-none-match"]) === undefined) return "pass";
      met.set(key, (met.get(key) ?? 0) + 1);
      return met.get(key) === 1 ? "conflict" : "pass";
    };
    await record(await store.create("r1", plan), started("r1"), finished("passed"));
    expect([...met.values()].every((times) => times > 1)).toBe(true);
    expect((await (await direct()).glance("r1")).state).toBe("passed");
  });

  it("writes each commit that ends, in order, where connections break at random", async () => {
    const { proxy, store, direct } = await behindProxy();
    let turn = 0;
    const fates: readonly Fate[] = ["pass", "drop", "pass", "lose", "pass"];
    const recorder = await store.create("r1", plan);
    proxy.fate = () => fates[turn++ % fates.length] ?? "pass";
    const wanted = Array.from({ length: 30 }, (_, index) => warned(`${index}`));
    for (const event of wanted) {
      recorder.append(event);
      await recorder.commit();
    }
    expect((await (await direct()).read("r1")).events).toEqual(wanted);
    await recorder.close();
    expect((await (await direct()).read("r1")).events).toEqual(wanted);
  });

  it("keeps out a write that was under way when the run was taken over", async () => {
    const { proxy, store, direct } = await behindProxy({ lease: "3s" });
    const recorder = await store.create("r1", plan);
    recorder.append(started("r1"));
    await recorder.commit();
    const faults: unknown[] = [];
    recorder.watch((fault) => faults.push(fault));
    // From now on everything that this machine sends is stuck in the network.
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const stuck = new Promise<void>((resolve) => {
      proxy.fate = (seen) => {
        if (isPut("journal/")(seen)) resolve();
        return released.then(() => "pass");
      };
    });
    recorder.append(succeeded("a/x", 1));
    const commit = faultOf(recorder.commit());
    await stuck;
    const second = await direct();
    const lock = await lockWhenFree(second, "r1");
    const before = await second.read("r1");
    expect(before.events).toEqual([started("r1")]);
    const later = await second.append("r1");
    later.append(started("r1", 9_000));
    await later.commit();
    release();
    expect(await commit).toMatchObject({ code: "RUN_BUSY" });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code: "RUN_BUSY" });
    expect(await faultOf(recorder.commit())).toMatchObject({ code: "RUN_BUSY" });
    await recorder.close();
    await record(later, finished("passed", 9_500));
    await lock.release();
    const after = await (await direct()).read("r1");
    expect(after.events).toEqual([started("r1"), started("r1", 9_000), finished("passed", 9_500)]);
    expect((await (await direct()).glance("r1")).state).toBe("passed");
  });

  it("tells a holder that waits for nothing when its run is taken over, and writes nothing of it any more", async () => {
    const { proxy, store, direct } = await behindProxy({ lease: "3s" });
    const recorder = await store.create("r1", plan);
    recorder.append(started("r1"));
    await recorder.commit();
    const told = new Promise<unknown>((resolve) => {
      recorder.watch(resolve);
    });
    proxy.fate = () => "lose";
    const second = await direct();
    const lock = await lockWhenFree(second, "r1");
    const sink = recorder.log("a/x");
    await sink.write(Buffer.from("too late"));
    await sink.close();
    proxy.fate = () => "pass";
    expect(await told).toMatchObject({ code: "RUN_BUSY" });
    recorder.append(finished("passed"));
    expect(await faultOf(recorder.commit())).toMatchObject({ code: "RUN_BUSY" });
    proxy.seen.length = 0;
    await recorder.close();
    expect(proxy.seen.filter(({ method }) => method !== "GET")).toEqual([]);
    expect((await second.read("r1")).events).toEqual([started("r1")]);
    expect(await textOf(second.log("r1", "a/x"))).toBe("");
    await lock.release();
  });

  it("keeps here what nodes printed where it cannot be uploaded, and says where", async () => {
    const { proxy, endpoint } = await behindProxy();
    const client = new S3({ ...SERVER, endpoint, maxAttempts: 2 });
    const store = await openStore({ bucket: SERVER.bucket, prefix: newPrefix(), client });
    proxy.fate = ({ key }) => (key.includes("/logs/") ? "slow-down" : "pass");
    const recorder = await store.create("r1", plan);
    const sink = recorder.log("a/x");
    await sink.write(Buffer.from("not lost"));
    await sink.close();
    const fault = await faultOf(record(recorder, started("r1"), finished("passed")));
    expect(fault).toMatchObject({ code: "STATE_UNWRITABLE", path: recorder.logs });
    expect(readFileSync(join(recorder.logs ?? "", logFileName("a/x")), "utf8")).toBe("not lost");
    // The run itself is whole, and nobody's any more.
    expect((await store.glance("r1")).state).toBe("passed");
    await (await store.lock("r1")).release();
  });

  it("gives up on an object whose etag is never the one that was read", async () => {
    const { proxy, store } = await behindProxy();
    await record(await store.create("r1", plan), started("r1"), finished("suspended"));
    proxy.fate = (seen) => (isPut("lease.json")(seen) ? "changed" : "pass");
    const fault = await faultOf(store.lock("r1"));
    expect(fault).toMatchObject({ code: "STATE_UNWRITABLE" });
    expect((fault as Error).message).toMatch(/lease\.json: it has changed 50 times/);
  });

  it("refuses a storage that does not heed conditions", async () => {
    for (const header of ["if-none-match", "if-match"]) {
      const { proxy, store } = await behindProxy();
      proxy.fate = (seen) => (seen.headers[header] === undefined ? "pass" : "pretend");
      const fault = await faultOf(store.create("r1", plan));
      expect(fault).toMatchObject({ code: "STATE_UNWRITABLE" });
      expect((fault as Error).message.toLowerCase()).toContain(header);
    }
  });

  it("names what is missing or damaged, by its key", async () => {
    const { store, direct } = await behindProxy();
    const prefix = store.location.split("/").at(-2) ?? "";
    const api = new S3({ ...SERVER, requestChecksumCalculation: "WHEN_REQUIRED" });
    const recorder = await store.create("r1", plan);
    for (const number of [1, 2, 3]) {
      recorder.append(warned(`${number}`));
      await recorder.commit();
    }
    const listed = await api.listObjectsV2({ Bucket: SERVER.bucket, Prefix: `${prefix}/runs/r1/journal/` });
    const [first = "", second = ""] = (listed.Contents ?? []).map(({ Key = "" }) => Key);
    const at = (Key: string): { Bucket: string; Key: string } => ({ Bucket: SERVER.bucket, Key });
    const whole = (await (await api.getObject(at(second))).Body?.transformToString()) ?? "";
    await api.deleteObject(at(second));
    const missing = await faultOf((await direct()).read("r1"));
    expect(missing).toMatchObject({ code: "STATE_CORRUPT", path: `s3://${SERVER.bucket}/${second}` });
    for (const damaged of [whole.replace('"2"', '"7"'), whole.slice(0, -5)]) {
      await api.putObject({ ...at(second), Body: damaged });
      expect(await faultOf((await direct()).read("r1"))).toMatchObject({ code: "STATE_CORRUPT" });
    }
    await api.putObject({ ...at(second), Body: whole });
    expect((await (await direct()).read("r1")).events).toHaveLength(3);
    expect(first).not.toBe("");
    await recorder.close();
  });

  describe("a server that is gone", () => {
    async function ownServer(): Promise<{
      restart: () => Promise<void>;
      kill: () => Promise<void>;
      options: Parameters<typeof openStore>[0];
    }> {
      const [folder, keys, bucket] = [tempFolder(), newKeys(), "own"];
      const binary = process.env["SLUICE_S3_BINARY"] ?? "";
      const port = await freePort();
      let server: RunningServer | undefined;
      const restart = async (): Promise<void> => {
        ({ server } = await startS3({ binary, folder, port, keys, bucket }));
      };
      const kill = async (): Promise<void> => {
        if (server !== undefined) await killS3(server);
      };
      onTestFinished(kill);
      await restart();
      const endpoint = `http://127.0.0.1:${port}`;
      return { restart, kill, options: { bucket, endpoint, forcePathStyle: true, credentials: keys } };
    }

    it("and comes back costs time and nothing else", async () => {
      const { restart, kill, options } = await ownServer();
      const store = await openStore({ ...options, lease: "3s" });
      const recorder = await store.create("r1", plan);
      const wanted = [started("r1"), ...Array.from({ length: 40 }, (_, index) => warned(`${index}`))];
      let restarted: Promise<void> | undefined;
      for (const [index, event] of wanted.entries()) {
        // In the middle of a commit, and away for longer than the lease.
        recorder.append(event);
        const commit = recorder.commit();
        if (index === 20) restarted = kill().then(() => sleep(4_000).then(restart));
        await commit;
      }
      await restarted;
      await record(recorder, finished("passed"));
      const read = await (await openStore(options)).read("r1");
      expect(read.events).toEqual([...wanted, finished("passed")]);
    });

    it("for good ends the run with the address, and without what signs requests", async () => {
      const { kill, options } = await ownServer();
      const { credentials, endpoint, forcePathStyle, bucket } = options;
      const client = new S3({
        ...(credentials === undefined ? {} : { credentials }),
        ...(endpoint === undefined ? {} : { endpoint }),
        forcePathStyle: forcePathStyle === true,
        region: "us-east-1",
        maxAttempts: 2,
      });
      const store = await openStore({ bucket, prefix: "below", client });
      const recorder = await store.create("r1", plan);
      const told: unknown[] = [];
      recorder.watch((fault) => told.push(fault));
      await kill();
      recorder.append(started("r1"));
      const fault = await faultOf(recorder.commit());
      expect(fault).toMatchObject({ code: "STATE_UNWRITABLE" });
      expect((fault as Error).message).toContain("s3://own/below/runs/r1/journal/");
      expect((fault as Error).message).toContain("ECONNREFUSED");
      expect(told).toEqual([fault]);
      await recorder.close().catch(() => undefined);
    });
  });

  it.each([
    ["no such bucket", { ...SERVER, bucket: "nowhere" }, "there is no such bucket"],
    [
      "wrong keys",
      {
        ...SERVER,
        credentials: {
          accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "",
          secretAccessKey: "verysecretindeed",
        },
      },
      "status 403",
    ],
  ])("says what is wrong with %s, and no secret", async (_, options, reason) => {
    const store = await openStore({ ...options, prefix: newPrefix() });
    const calls = [
      () => store.create("r1", plan),
      () => store.list(),
      () => store.read("r1"),
      () => store.artifacts.size(),
    ];
    for (const call of calls) {
      const fault = await faultOf(call());
      expect(fault).toMatchObject({ code: "STATE_UNWRITABLE" });
      expect((fault as Error).message).toContain(reason);
      const everything = inspect(fault, { depth: Infinity, showHidden: true });
      expect(everything).not.toContain("verysecretindeed");
      expect(everything).not.toContain(process.env["AWS_SECRET_ACCESS_KEY"]);
      expect(everything).not.toMatch(/Signature=/);
    }
  });
});
