// needs: kwok
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClusterCredentials } from "../../../src/ports/index.ts";
import { cachedCredentials } from "../../../src/providers/_shared/index.ts";
import {
  openClusterApi,
  type ClusterApi,
  type KubeObject,
} from "../../../src/targets/kubernetes/api/index.ts";
import { FaultyApiServer, labApiServer } from "../../fixtures/kubernetes/api-faults.ts";
import { need } from "../lab.ts";

const NAMESPACE = "api-faults";
const CONFIG = { apiVersion: "v1", kind: "ConfigMap" };
const ref = (name: string) => ({ ...CONFIG, name, namespace: NAMESPACE });
const config = (name: string, v: string, labels: Record<string, string> = {}): KubeObject => ({
  ...CONFIG,
  metadata: { name, namespace: NAMESPACE, labels },
  data: { v },
});
const AT_CONFIGS = /\/configmaps/;

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.skipIf(!need("kwok").available)("the client of an API server that fails", () => {
  let proxy: FaultyApiServer;
  let direct: ClusterApi;
  let api: ClusterApi;
  let refreshes: boolean[];
  let said: string[];

  const open = (deadline?: number): ClusterApi => {
    const { token } = labApiServer();
    const credentials = (options?: { readonly fresh?: boolean }): Promise<ClusterCredentials> => {
      refreshes.push(options?.fresh === true);
      // Another one by its text, the same by its meaning.
      return Promise.resolve({ token: refreshes.includes(true) ? `${token} ` : token });
    };
    const log = (text: string): number => said.push(text);
    const timing = deadline === undefined ? {} : { deadline };
    return openClusterApi({ server: proxy.url, credentials }, { cluster: "the lab", log, ...timing });
  };

  beforeAll(async () => {
    const { server, ca, token } = labApiServer();
    const credentials = () => Promise.resolve({ token });
    direct = openClusterApi({ server, ca, credentials }, { cluster: "the lab" });
    await direct.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  });

  afterAll(async () => {
    await direct.remove({ apiVersion: "v1", kind: "Namespace", name: NAMESPACE });
    direct.close();
  });

  beforeEach(async () => {
    refreshes = [];
    said = [];
    proxy = await FaultyApiServer.open();
    api = open();
    await api.resource(CONFIG);
  });

  afterEach(async () => {
    api.close();
    await proxy.close();
  });

  it("refreshes its credentials once after a 401, and repeats even a create", async () => {
    proxy.inject({ method: "POST", fault: { status: 401, reason: "Unauthorized" } });
    const made = await api.create(config("refreshed", "1"));
    expect(made["data"]).toEqual({ v: "1" });
    expect(refreshes.filter((fresh) => fresh)).toHaveLength(1);
    expect(proxy.count("POST", AT_CONFIGS)).toBe(2);
  });

  it("shares what is refreshed among all who were refused", async () => {
    const { token } = labApiServer();
    let got = 0;
    const credentials = cachedCredentials(() => Promise.resolve({ token: got++ === 0 ? "over" : token }), {
      now: Date.now,
    });
    const other = openClusterApi({ server: proxy.url, credentials }, { cluster: "the lab" });
    await Promise.all(Array.from({ length: 8 }, (_, index) => other.get(ref(`none-${index}`))));
    expect(got).toBe(2);
    other.close();
  });

  it("gives up at the second 401", async () => {
    proxy.inject({ method: "GET", path: AT_CONFIGS, times: 3, fault: { status: 401 } });
    expect(await failure(api.get(ref("none")))).toMatchObject({ code: "CLUSTER_DENIED", status: 401 });
    expect(proxy.count("GET", AT_CONFIGS)).toBe(2);
  });

  it("waits as long as Retry-After says, in seconds and as a date, also with a clock that is off", async () => {
    proxy.inject({ method: "POST", fault: { status: 429, retryAfter: "1", reason: "TooManyRequests" } });
    let since = performance.now();
    await api.create(config("throttled", "1"));
    expect(performance.now() - since).toBeGreaterThan(990);
    expect(performance.now() - since).toBeLessThan(1_900);
    expect(said.join()).toMatch(/cannot create ConfigMap api-faults\/throttled.*; trying again in 1\.0 s/);
    proxy.skew = -3_600_000;
    const date = new Date(Date.now() + proxy.skew + 2_000).toUTCString();
    proxy.inject({ method: "GET", path: AT_CONFIGS, fault: { status: 503, retryAfter: date } });
    since = performance.now();
    await api.get(ref("throttled"));
    expect(performance.now() - since).toBeGreaterThan(900);
    expect(performance.now() - since).toBeLessThan(3_000);
  });

  it("gives up at once where it would have to wait longer than it may", async () => {
    proxy.inject({ fault: { status: 429, retryAfter: "600", message: "slow down" } });
    expect(await failure(api.get(ref("none")))).toMatchObject({
      code: "CLUSTER_REFUSED",
      status: 429,
      retryAfter: 600_000,
    });
  });

  it.each([
    [
      "a change of etcd's leader",
      { status: 500, reason: "InternalError", message: "etcdserver: leader changed" },
    ],
    ["a gateway without a server", { status: 502, text: "<html>Bad Gateway</html>" }],
    ["an answer that was lost", "lose" as const],
    ["a connection that was cut", "cut" as const],
  ])("repeats what does no harm after %s", async (_, fault) => {
    await direct.apply(config("kept", "0"), { manager: "lab" });
    for (const method of ["GET", "PATCH", "DELETE"]) proxy.inject({ method, path: AT_CONFIGS, fault });
    expect(await api.get(ref("kept"))).toBeDefined();
    const applied = await api.apply(config("kept", "1"), { manager: "lab" });
    proxy.inject({ method: "PATCH", path: AT_CONFIGS, fault });
    expect((await api.merge(ref("kept"), { data: { v: "2" } }))["data"]).toEqual({ v: "2" });
    expect(await api.remove(ref("kept"), { uid: applied.metadata.uid! })).toBe(true);
    expect(await direct.get(ref("kept"))).toBeUndefined();
    for (const [method, times] of [
      ["GET", 2],
      ["PATCH", 4],
      ["DELETE", 2],
    ] as const)
      expect(proxy.count(method, AT_CONFIGS)).toBe(times);
  });

  it("never sends a create or an unguarded delete twice where the first may have been done", async () => {
    proxy.inject({ method: "POST", fault: "lose" });
    const lost = await failure(api.create(config("once", "1")));
    expect(lost).toMatchObject({ code: "CLUSTER_UNREACHABLE", status: 0 });
    expect((lost as Error).message).toContain(
      "whether it could create ConfigMap api-faults/once is not known",
    );
    expect(proxy.count("POST", AT_CONFIGS)).toBe(1);
    await expect.poll(() => direct.get(ref("once"))).toBeDefined();
    proxy.inject({ method: "DELETE", fault: { status: 500, message: "etcdserver: request timed out" } });
    expect(await failure(api.remove(ref("once")))).toMatchObject({ code: "CLUSTER_REFUSED", status: 500 });
    expect(proxy.count("DELETE", AT_CONFIGS)).toBe(1);
  });

  it("sends a create again that surely never arrived", async () => {
    await proxy.stop();
    // What was sent over a connection that is just being closed could have arrived.
    await sleep(50);
    const [made] = await Promise.all([api.create(config("late", "1")), sleep(300).then(() => proxy.start())]);
    expect(made["data"]).toEqual({ v: "1" });
    expect(proxy.count("POST", AT_CONFIGS)).toBe(1);
  });

  it("does not repeat what the server refuses for good", async () => {
    proxy.inject({ method: "GET", path: AT_CONFIGS, fault: { status: 500, message: "a defect" } });
    expect(await failure(api.get(ref("none")))).toMatchObject({ code: "CLUSTER_REFUSED", status: 500 });
    expect(proxy.count("GET", AT_CONFIGS)).toBe(1);
    proxy.inject({ method: "GET", path: AT_CONFIGS, fault: { status: 302, text: "" } });
    expect(await failure(api.get(ref("none")))).toMatchObject({ code: "CLUSTER_REFUSED", status: 302 });
    proxy.inject({ method: "GET", path: AT_CONFIGS, fault: { status: 200, text: "<html>Log in</html>" } });
    expect(await failure(api.get(ref("none")))).toMatchObject({ code: "CLUSTER_REFUSED" });
  });

  it("names the address and the reason when a server stays away", async () => {
    const short = open(700);
    await short.resource(CONFIG);
    await proxy.stop();
    const since = performance.now();
    const gone = await failure(short.get(ref("none")));
    expect(performance.now() - since).toBeGreaterThan(150);
    expect(performance.now() - since).toBeLessThan(1_500);
    expect(gone).toMatchObject({ code: "CLUSTER_UNREACHABLE", status: 0 });
    expect((gone as Error).message).toBe(
      `the API server of the lab at ${proxy.url} cannot be reached: the connection was refused`,
    );
    short.close();
  });

  it("survives a restart of the API server, and its watch misses nothing", async () => {
    const watch = api.watch(CONFIG, { namespace: NAMESPACE, labels: "set=restart" });
    await watch.synced;
    await direct.apply(config("before", "1", { set: "restart" }), { manager: "lab" });
    await expect.poll(() => watch.objects.size).toBe(1);
    await proxy.stop();
    const got = api.get(ref("before"));
    await direct.apply(config("meanwhile", "1", { set: "restart" }), { manager: "lab" });
    await direct.remove(ref("before"));
    await sleep(3_000);
    await proxy.start();
    expect(await got).toBeUndefined();
    await expect
      .poll(() => [...watch.objects.keys()], { timeout: 10_000 })
      .toEqual([`${NAMESPACE}/meanwhile`]);
    watch.close();
  });

  it("goes on with a watch that was cut, event for event", async () => {
    const watch = api.watch(CONFIG, { namespace: NAMESPACE, labels: "set=cut" });
    await watch.synced;
    const seen: string[] = [];
    watch.onChange((_, object) =>
      seen.push(object === undefined ? "gone" : (object["data"] as { v: string }).v),
    );
    const written = Array.from({ length: 60 }, (_, index) => String(index));
    for (const [index, v] of written.entries()) {
      await direct.apply(config("cut", v, { set: "cut" }), { manager: "lab" });
      if (index % 20 === 10) proxy.cutWatches();
    }
    await direct.remove(ref("cut"));
    await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe("gone");
    expect(seen).toEqual([...written, "gone"]);
    expect(proxy.count("GET", /watch=1/)).toBeGreaterThanOrEqual(3);
    expect(proxy.count("GET", /limit=500/)).toBe(1);
    watch.close();
  });

  it.each([
    ["in the stream", () => proxy.expireWatches()],
    [
      "as a status",
      () => {
        proxy.inject({ path: /watch=1/, fault: { status: 410, reason: "Expired" } });
        proxy.cutWatches();
      },
    ],
  ])(
    "lists anew when its version is too old, told %s, and tells of what was removed meanwhile",
    async (_, expire) => {
      await direct.apply(config("stays", "1", { set: "expired" }), { manager: "lab" });
      await direct.apply(config("goes", "1", { set: "expired" }), { manager: "lab" });
      const watch = api.watch(CONFIG, { namespace: NAMESPACE, labels: "set=expired" });
      await watch.synced;
      const seen: string[] = [];
      watch.onChange((key, object) => seen.push(`${key} ${object === undefined ? "gone" : "there"}`));
      await expect.poll(() => proxy.watches).toBe(1);
      // Nothing comes through until the watch is told that it is too old.
      await proxy.stop();
      await direct.remove(ref("goes"));
      await direct.apply(config("new", "1", { set: "expired" }), { manager: "lab" });
      proxy.inject({ path: /watch=1/, fault: { status: 410, reason: "Expired" } });
      await proxy.start();
      await expect
        .poll(() => seen, { timeout: 10_000 })
        .toEqual([`${NAMESPACE}/goes gone`, `${NAMESPACE}/new there`]);
      await expect.poll(() => proxy.watches, { timeout: 10_000 }).toBe(1);
      const lists = proxy.count("GET", /limit=500/);
      expect(lists).toBe(2);
      expire();
      await expect.poll(() => proxy.count("GET", /limit=500/), { timeout: 10_000 }).toBe(3);
      await direct.remove(ref("new"));
      await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe(`${NAMESPACE}/new gone`);
      expect(seen).toHaveLength(3);
      await direct.remove(ref("stays"));
      watch.close();
    },
  );

  it("begins a list again that took too long to be read page by page", async () => {
    for (const [index, name] of ["page-a", "page-b"].entries())
      await direct.apply(config(name, String(index), { set: "paged" }), { manager: "lab" });
    const page = JSON.stringify({
      kind: "ConfigMapList",
      metadata: { continue: "old", resourceVersion: "1" },
      items: [config("stale", "0")],
    });
    proxy.inject({ path: /limit=500/, fault: { status: 200, text: page } });
    proxy.inject({ path: /continue=old/, fault: { status: 410, reason: "Expired" } });
    const found = await api.list(CONFIG, { namespace: NAMESPACE, labels: "set=paged" });
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["page-a", "page-b"]);
  });

  it("ends at once when it is cancelled, and tells all who wait", async () => {
    const cancel = new AbortController();
    const { token } = labApiServer();
    const credentials = () => Promise.resolve({ token });
    const other = openClusterApi(
      { server: proxy.url, credentials },
      { cluster: "the lab", signal: cancel.signal },
    );
    const watch = other.watch(CONFIG, { namespace: NAMESPACE });
    await watch.synced;
    proxy.inject({ method: "GET", path: /configmaps\/silent/, fault: "silence" });
    proxy.inject({ method: "GET", path: /configmaps\/waiting/, fault: { status: 429, retryAfter: "20" } });
    const waits = [
      failure(other.get(ref("silent"))),
      failure(other.get(ref("waiting"))),
      failure(watch.broken),
    ];
    await expect.poll(() => proxy.count("GET", /silent|waiting/)).toBe(2);
    const reason = new Error("enough");
    const since = performance.now();
    cancel.abort(reason);
    expect(await Promise.all(waits)).toEqual([reason, reason, reason]);
    expect(performance.now() - since).toBeLessThan(500);
    await expect.poll(() => proxy.watches).toBe(0);
    other.close();
  });

  it("closes a watch on the server's side when its last user does", async () => {
    const [one, other] = [
      api.watch(CONFIG, { namespace: NAMESPACE }),
      api.watch(CONFIG, { namespace: NAMESPACE }),
    ];
    await one.synced;
    await expect.poll(() => proxy.watches).toBe(1);
    one.close();
    one.close();
    await api.get(ref("none"));
    expect(proxy.watches).toBe(1);
    other.close();
    await expect.poll(() => proxy.watches).toBe(0);
  });
});
