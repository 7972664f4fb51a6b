import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, Load } from "./local-target/load.ts";
import { eventually, killed, Rig } from "./local-target/rig.ts";

let rig: Rig;
let load: Load | undefined;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(async () => {
  await load?.stop();
  load = undefined;
  await rig.dispose();
});

describe("under continuous load", () => {
  it("an upgrade step by step loses no request", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    load = new Load(url);
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
    await driver.start(1);
    await driver.route(50);
    await driver.scale("stable", 1);
    await eventually(
      () => load?.revisions.get(2) ?? 0,
      (count) => count >= 30,
    );
    await driver.scale("candidate", 2);
    await driver.promote();
    const soFar = load.revisions.get(2) ?? 0;
    await eventually(
      () => load?.revisions.get(2) ?? 0,
      (count) => count >= soFar + 100,
    );
    await load.stop();
    expect(load.lost).toEqual([]);
    expect(load.revisions.get(1)).toBeGreaterThan(20);
    expect(await rig.replicas(1)).toEqual([]);
  });

  it("an upgrade that is taken back loses no request", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
    load = new Load(url);
    await driver.start(2);
    await driver.route(75);
    await driver.scale("stable", 1);
    await eventually(
      () => load?.revisions.get(2) ?? 0,
      (count) => count >= 50,
    );
    await driver.abort("judged bad");
    await load.stop();
    expect(load.lost).toEqual([]);
    expect(await rig.replicas(2)).toEqual([]);
  });

  it("a replica that is killed while idle costs no later request", async () => {
    const url = await rig.deploy(rig.app({ replicas: 2 }));
    for (let index = 0; index < 10; index += 1) await ask(url);
    const [victim = 0] = await rig.replicas();
    await killed(victim);
    for (let index = 0; index < 40; index += 1) {
      expect((await ask(url)).status).toBe(200);
      expect((await ask(`${url}/digest`, { method: "POST", body: Buffer.alloc(100_000) })).status).toBe(200);
    }
    const status = await eventually(
      () => rig.status(),
      ({ stable }) => stable?.ready === 2,
    );
    expect(status.stable?.revision).toBe(1);
    expect(await rig.replicas()).not.toContain(victim);
  });
});

describe("what passes through the proxy", () => {
  it("a large body arrives whole, also with chunked encoding and an expectation", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const body = Buffer.alloc(5_000_000, "sluice");
    const digest = createHash("sha256").update(body).digest("hex");
    for (const headers of [
      { "content-length": body.length },
      { "transfer-encoding": "chunked" },
      { "content-length": body.length, expect: "100-continue" },
    ]) {
      expect(await ask(`${url}/digest`, { method: "POST", headers, body })).toMatchObject({
        status: 200,
        body: digest,
      });
    }
  });

  it("a WebSocket is connected, labelled and counted, and cut when its replica is ended", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1, drain: 300 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 1 }));
    const asked = request(`${url}/chat`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
      },
    });
    asked.end();
    const [answer, socket] = (await once(asked, "upgrade")) as [{ headers: Record<string, string> }, Socket];
    expect(answer.headers).toMatchObject({ "x-sluice-side": "stable", "x-sluice-revision": "1" });
    socket.write("over and back");
    expect(String(((await once(socket, "data")) as [Buffer])[0])).toBe("over and back");
    expect((await driver.counts?.snapshot())?.stable).toMatchObject({ requests: 1, errors: 0 });
    const closed = once(socket, "close");
    socket.on("error", () => undefined);
    await driver.start(1);
    await driver.promote();
    await closed;
  });

  it("a client that gives up counts as a slow request, not as an error", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const driver = await rig.connect(rig.app({ replicas: 1 }));
    const asked = request(`${url}/slow?ms=5000`);
    asked.on("error", () => undefined);
    asked.end();
    setTimeout(() => asked.destroy(), 150);
    const counts = await eventually(
      () => driver.counts?.snapshot(),
      (snapshot) => snapshot?.stable?.requests === 1,
    );
    expect(counts?.stable?.errors).toBe(0);
  });

  it("requests in flight are answered before their replica ends", async () => {
    const url = await rig.deploy(rig.app({ replicas: 1 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 1 }));
    await driver.start(1);
    const slow = ask(`${url}/slow?ms=1500`);
    await ask(url);
    await driver.promote();
    expect(await slow).toMatchObject({ status: 200, revision: 1 });
  });
});
