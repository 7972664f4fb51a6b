// needs: s3
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3 } from "@aws-sdk/client-s3";
import { describe, expect, it, onTestFinished } from "vitest";
import { plan, record, started, textOf, warned } from "../contract/run-store/fixture.ts";
import { tempFolder } from "../fixtures/temp-folder.ts";
import { need } from "./lab.ts";
import { newPrefix, openStore, SERVER } from "./s3/place.ts";
import { Proxy } from "./s3/proxy.ts";

async function proxied(): Promise<{ proxy: Proxy; endpoint: string; prefix: string }> {
  const proxy = new Proxy(SERVER.endpoint);
  const endpoint = await proxy.start();
  onTestFinished(() => proxy.stop());
  return { proxy, endpoint, prefix: newPrefix() };
}

const api = (): S3 => new S3(SERVER);

async function keysOf(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await api().listObjectsV2({ Bucket: SERVER.bucket, Prefix: `${prefix}/` });
  return Contents.map(({ Key = "" }) => Key.slice(prefix.length + 1));
}

describe.skipIf(!need("s3").available)("the objects of a bucket", () => {
  describe("of artifacts", () => {
    it("are written in parts where they are large, and the answer to the last request may get lost", async () => {
      const { proxy, endpoint, prefix } = await proxied();
      const root = tempFolder();
      const content = randomBytes(40 * 1024 * 1024);
      writeFileSync(join(root, "large"), content);
      let completed = 0;
      proxy.fate = ({ method, query }) => {
        if (method !== "POST" || !query.includes("uploadId")) return "pass";
        completed += 1;
        return completed === 1 ? "drop" : "no-upload";
      };
      const store = await openStore({ ...SERVER, endpoint, prefix });
      const artifact = await store.artifacts.save("large", ["large"], root);
      expect(proxy.seen.filter(({ query }) => query.includes("partNumber"))).toHaveLength(3);
      expect(completed).toBeGreaterThan(1);
      const to = tempFolder();
      await (await openStore({ ...SERVER, prefix })).artifacts.restore(artifact, to);
      expect(readFileSync(join(to, "large")).equals(content)).toBe(true);
    });

    it("are uploaded once, and fetched once by a machine that has them", async () => {
      const { proxy, endpoint, prefix } = await proxied();
      const root = tempFolder();
      writeFileSync(join(root, "x"), "content");
      const first = await openStore({ ...SERVER, endpoint, prefix });
      const artifact = await first.artifacts.save("out", ["x"], root);
      await first.artifacts.save("again", ["x"], root);
      expect(proxy.seen.filter(({ method }) => method === "PUT")).toHaveLength(1);
      proxy.seen.length = 0;
      const stateDir = tempFolder();
      const open = () => openStore({ ...SERVER, endpoint, prefix }, stateDir);
      await (await open()).artifacts.restore(artifact, tempFolder());
      await (await open()).artifacts.restore(artifact, tempFolder());
      expect(proxy.seen.filter(({ method }) => method === "GET")).toHaveLength(1);
    });

    it("are verified: a damaged copy here is fetched again, a damaged object is refused", async () => {
      const prefix = newPrefix();
      const root = tempFolder();
      writeFileSync(join(root, "x"), "content");
      const artifact = await (await openStore({ ...SERVER, prefix })).artifacts.save("out", ["x"], root);
      const hex = createHash("sha256").update("content").digest("hex");
      const stateDir = tempFolder();
      const store = await openStore({ ...SERVER, prefix }, stateDir);
      await store.artifacts.restore(artifact, tempFolder());
      const [place = ""] = readdirSync(join(stateDir, "s3"));
      const copy = join(stateDir, "s3", place, "artifacts/sha256", hex.slice(0, 2), hex.slice(2));
      writeFileSync(copy, "tampered");
      const to = tempFolder();
      await store.artifacts.restore(artifact, to);
      expect(readFileSync(join(to, "x"), "utf8")).toBe("content");

      const Key = `${prefix}/artifacts/sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
      await api().putObject({ Bucket: SERVER.bucket, Key, Body: "tampered" });
      const elsewhere = await openStore({ ...SERVER, prefix });
      const empty = tempFolder();
      await expect(elsewhere.artifacts.restore(artifact, empty)).rejects.toMatchObject({
        code: "ARTIFACT_CORRUPT",
        path: `s3://${SERVER.bucket}/${Key}`,
      });
      expect(existsSync(join(empty, "x"))).toBe(false);
    });
  });

  it("show what a node prints while it runs, and are few when it has ended", async () => {
    const prefix = newPrefix();
    const recorder = await (await openStore({ ...SERVER, prefix })).create("r1", plan);
    const elsewhere = await openStore({ ...SERVER, prefix });
    const sink = recorder.log("a/x");
    let text = "";
    for (const part of ["one\n", "two\n", "three\n"]) {
      await sink.write(Buffer.from(part));
      const since = performance.now();
      // As `logs --follow` does.
      while ((await textOf(elsewhere.log("r1", "a/x", text.length))) !== part) await sleep(100);
      expect(performance.now() - since).toBeLessThan(10_000);
      text += part;
    }
    const parts = (await keysOf(prefix)).filter((key) => key.includes("/logs/"));
    expect(parts.length).toBe(3);
    await sink.close();
    for (const message of ["1", "2", "3"]) {
      recorder.append(warned(message));
      await recorder.commit();
    }
    expect((await keysOf(prefix)).filter((key) => key.includes("/journal/"))).toHaveLength(3);
    const { logs = "" } = recorder;
    await recorder.close();
    expect(existsSync(logs)).toBe(false);
    const keys = (await keysOf(prefix)).filter((key) => key.startsWith("runs/r1/"));
    expect(keys.map((key) => key.replace(/000001-h-[0-9a-f]+/, "SEGMENT"))).toEqual([
      "runs/r1/journal/SEGMENT/merged-00000003.jsonl",
      "runs/r1/lease.json",
      "runs/r1/logs/a~x.log/SEGMENT/merged",
      "runs/r1/state.json",
    ]);
    expect(await textOf(elsewhere.log("r1", "a/x", 2))).toBe(text.slice(2));
    expect((await elsewhere.read("r1")).events).toHaveLength(3);
  });

  it("are listed to the last page", async () => {
    const prefix = newPrefix();
    const client = api();
    const runs = Array.from({ length: 1_203 }, (_, index) => `r${String(index).padStart(4, "0")}`);
    for (let start = 0; start < runs.length; start += 50) {
      const some = runs.slice(start, start + 50);
      await Promise.all(
        some.flatMap((run) =>
          [`plans/${run}.json`, `artifacts/sha256/00/${run}`].map((key) =>
            client.putObject({ Bucket: SERVER.bucket, Key: `${prefix}/${key}`, Body: "{}" }),
          ),
        ),
      );
    }
    const store = await openStore({ ...SERVER, prefix });
    expect([...(await store.list())].sort()).toEqual(runs);
    expect(await store.artifacts.size()).toBe(2 * runs.length);
    const later = Date.now() + 86_400_000;
    expect(await store.artifacts.sweep(new Set(), later)).toEqual({ files: 1_203, bytes: 2_406 });
    expect(await store.artifacts.size()).toBe(0);
  });

  it("cost few requests", async () => {
    const { proxy, endpoint, prefix } = await proxied();
    const count = async (work: () => Promise<unknown>): Promise<string> => {
      proxy.seen.length = 0;
      await work();
      const verbs = proxy.seen.map(({ method, query }) => (query.includes("list-type") ? "LIST" : method));
      return [...new Set(verbs)]
        .sort()
        .map((verb) => `${verb} ${verbs.filter((one) => one === verb).length}`)
        .join(", ");
    };
    const open = () => openStore({ ...SERVER, endpoint, prefix });
    // The first run below a prefix finds out whether the storage heeds conditions.
    await record(await (await open()).create("r0", plan), started("r0"));
    const store = await open();
    expect(
      await count(() => store.create("r1", plan).then((recorder) => record(recorder, started("r1")))),
    ).toBe(
      // Conditions (2), Plan, lease, state, journal, release.
      "PUT 7",
    );
    expect(await count(() => store.list())).toBe("LIST 1");
    expect(await count(() => store.read("r1"))).toBe("GET 3, LIST 1");
    const decided = await open();
    expect(await count(() => decided.append("r1").then((recorder) => record(recorder, warned("x"))))).toBe(
      // Plan, lease and state; and the decision.
      "GET 3, PUT 1",
    );
  });
});
