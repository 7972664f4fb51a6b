import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  openClusterApi,
  type ClusterApi,
  type KubeObject,
} from "../../../../../src/targets/kubernetes/api/index.ts";
import { linesOf } from "../../../../../src/targets/kubernetes/api/watch/lines.ts";
import { ObjectStore } from "../../../../../src/targets/kubernetes/api/watch/object-store.ts";
import { discover, playApi, say, type Asked } from "./played-api.ts";

const CONFIG = { apiVersion: "v1", kind: "ConfigMap" };

const config = (name: string, version: number, data: object = {}): KubeObject => ({
  ...CONFIG,
  metadata: { name, namespace: "shop", uid: name, resourceVersion: String(version), managedFields: [] },
  data,
});

async function collect(chunks: readonly Buffer[]): Promise<readonly string[]> {
  const found: string[] = [];
  async function* stream(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  for await (const line of linesOf(stream())) found.push(line);
  return found;
}

describe("lines of a stream", () => {
  it("are the same wherever the stream is cut, also within a character", async () => {
    const whole = Buffer.from('{"a":"ä→😀"}\n\n{"b":1}\n{"c":');
    for (let first = 0; first <= whole.length; first++)
      for (const second of [first, Math.min(first + 1, whole.length), whole.length])
        expect(
          await collect([whole.subarray(0, first), whole.subarray(first, second), whole.subarray(second)]),
        ).toEqual(['{"a":"ä→😀"}', '{"b":1}']);
  });

  it("cost no more for coming byte by byte than their length", async () => {
    const size = 400_000;
    const chunks = Array.from({ length: size }, () => Buffer.from("x"));
    const since = performance.now();
    const [line] = await collect([...chunks, Buffer.from("\n")]);
    expect(line).toHaveLength(size);
    // Joined anew for each part it would be 80 gigabytes to copy.
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});

describe("objects as last seen", () => {
  it("tell what a new list changes: gone, new and changed ones, and nothing of the same", () => {
    const store = new ObjectStore(CONFIG);
    const seen: string[] = [];
    store.listeners.add((key, object) => seen.push(`${key}@${object?.metadata.resourceVersion ?? "gone"}`));
    store.reset([config("a", 1), config("b", 1), config("c", 1)]);
    store.reset([config("b", 1), config("c", 2), config("d", 3)]);
    expect(seen).toEqual(["shop/a@1", "shop/b@1", "shop/c@1", "shop/a@gone", "shop/c@2", "shop/d@3"]);
    expect(store.objects.get("shop/b")?.metadata.managedFields).toBeUndefined();
    store.remove(config("x", 1));
    expect(seen).toHaveLength(6);
  });

  it("are told of when another object has the name and, by chance, the version", () => {
    const store = new ObjectStore(CONFIG);
    const seen: (string | undefined)[] = [];
    store.listeners.add((_, object) => seen.push(object?.metadata.uid));
    store.put(config("a", 1));
    store.put({
      ...config("a", 1),
      metadata: { name: "a", namespace: "shop", uid: "other", resourceVersion: "1" },
    });
    expect(seen).toEqual(["a", "other"]);
  });

  it("of the whole cluster have no namespace in their key", () => {
    const store = new ObjectStore({ apiVersion: "v1", kind: "Namespace" });
    store.put({ ...CONFIG, metadata: { name: "shop", resourceVersion: "1" } });
    expect([...store.objects.keys()]).toEqual(["shop"]);
    expect(store.objects.get("shop")?.kind).toBe("Namespace");
  });
});

/** An API server with a list, and watches that the test writes to. */
async function playWatches(list: () => object): Promise<{
  readonly api: ClusterApi;
  readonly asked: readonly Asked[];
  readonly next: () => Promise<ServerResponse>;
  answers: ((one: Asked, answer: ServerResponse) => boolean) | undefined;
}> {
  const open: ServerResponse[] = [];
  let told: () => void = () => undefined;
  const played = await playApi((one, answer) => {
    if (discover(one, answer) || rig.answers?.(one, answer) === true) return;
    if (!one.query.has("watch")) {
      say(answer, list());
      return;
    }
    answer.writeHead(200).flushHeaders();
    open.push(answer);
    told();
  });
  const api = openClusterApi({ server: played.url }, { cluster: "the cluster", env: {}, deadline: 500 });
  onTestFinished(() => api.close());
  const next = async (): Promise<ServerResponse> => {
    while (open.length === 0) await new Promise<void>((resolve) => (told = resolve));
    return open.shift()!;
  };
  const rig: Awaited<ReturnType<typeof playWatches>> = { api, asked: played.asked, next, answers: undefined };
  return rig;
}

const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const listed = (version: number, ...items: KubeObject[]): object => ({
  metadata: { resourceVersion: String(version) },
  items,
});

describe("a watch", () => {
  it("goes on from the last version, bookmarks included, without listing anew", async () => {
    const { api, asked, next } = await playWatches(() => listed(5, config("a", 3)));
    const watch = api.watch(CONFIG, { namespace: "shop", labels: "x=y" });
    await watch.synced;
    const seen: string[] = [];
    watch.onChange((key, object) => seen.push(`${key}@${object?.metadata.resourceVersion ?? "gone"}`));
    const first = await next();
    first.write(
      event("MODIFIED", config("a", 6)) + event("BOOKMARK", { metadata: { resourceVersion: "9" } }),
    );
    first.end(event("DELETED", config("a", 10)).slice(0, 30));
    const second = await next();
    second.end(event("DELETED", config("a", 10)));
    const third = await next();
    third.write(event("ADDED", config("b", 11)));
    await expect.poll(() => seen).toEqual(["shop/a@6", "shop/a@gone", "shop/b@11"]);
    const watches = asked.filter(({ query }) => query.has("watch"));
    expect(watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["5", "9", "10"]);
    expect(Object.fromEntries(watches[0]!.query)).toMatchObject({
      allowWatchBookmarks: "true",
      labelSelector: "x=y",
      timeoutSeconds: expect.stringMatching(/^\d+$/),
    });
    expect(asked.filter(({ query }) => query.has("limit"))).toHaveLength(1);
    expect([...watch.objects.keys()]).toEqual(["shop/b"]);
  });

  it("lists anew, in one consistent list, when it is told that its version is too old", async () => {
    let list = listed(5, config("a", 3), config("b", 3));
    const { api, asked, next } = await playWatches(() => list);
    const watch = api.watch(CONFIG, {});
    await watch.synced;
    const seen: string[] = [];
    watch.onChange((key, object) => seen.push(`${key}@${object?.metadata.resourceVersion ?? "gone"}`));
    list = listed(20, config("b", 12), config("c", 13));
    (await next()).end(event("ERROR", { kind: "Status", code: 410 }));
    await next();
    expect(seen).toEqual(["shop/a@gone", "shop/b@12", "shop/c@13"]);
    const lists = asked.filter(({ query }) => query.has("limit"));
    expect(lists.map(({ query }) => query.get("resourceVersion"))).toEqual([null, null]);
  });

  it("lists anew after any trouble, with pauses", async () => {
    let version = 5;
    const { api, asked, next } = await playWatches(() => listed(version++));
    const watch = api.watch(CONFIG, {});
    await watch.synced;
    const trouble = event("ERROR", { kind: "Status", code: 500, message: "overloaded" });
    (await next()).end(event("ADDED", config("a", 6)) + trouble);
    const since = performance.now();
    (await next()).end(trouble);
    (await next()).write(event("ADDED", config("b", 8)));
    expect(performance.now() - since).toBeGreaterThan(140);
    await expect.poll(() => [...watch.objects.keys()]).toEqual(["shop/b"]);
    const watches = asked.filter(({ query }) => query.has("watch"));
    expect(watches.map(({ query }) => query.get("resourceVersion"))).toEqual(["5", "6", "7"]);
  });

  it("is broken for good when it is denied, and is begun anew by who asks after that", async () => {
    const rig = await playWatches(() => listed(5));
    const { api, next } = rig;
    const watch = api.watch(CONFIG, {});
    await watch.synced;
    const stream = await next();
    rig.answers = (_, answer) => {
      say(answer, { kind: "Status", message: "no" }, 403);
      return true;
    };
    stream.end();
    await expect(watch.broken).rejects.toMatchObject({ code: "CLUSTER_DENIED" });
    await expect(api.watch(CONFIG, {}).synced).rejects.toMatchObject({ code: "CLUSTER_DENIED" });
    rig.answers = undefined;
    const again = api.watch(CONFIG, {});
    await again.synced;
  });

  it("is broken by a listener that throws, rather than silent", async () => {
    const { api, next } = await playWatches(() => listed(5));
    const watch = api.watch(CONFIG, {});
    await watch.synced;
    watch.onChange(() => {
      throw new Error("a defect");
    });
    (await next()).write(event("ADDED", config("a", 6)));
    await expect(watch.broken).rejects.toThrow("a defect");
  });

  it("is one for equal questions, another for others, and ends with its last user", async () => {
    const { api, asked, next } = await playWatches(() => listed(5));
    const [one, same] = [api.watch(CONFIG, { namespace: "shop" }), api.watch(CONFIG, { namespace: "shop" })];
    await Promise.all([one.synced, same.synced]);
    const stream = await next();
    const closed = once(stream, "close");
    const other = api.watch(CONFIG, { namespace: "other" });
    await other.synced;
    await next();
    expect(asked.filter(({ query }) => query.has("watch"))).toHaveLength(2);
    const seen: string[] = [];
    one.onChange((key) => seen.push(`one ${key}`));
    const stop = same.onChange((key) => seen.push(`same ${key}`));
    stream.write(event("ADDED", config("a", 6)));
    await expect.poll(() => seen).toEqual(["one shop/a", "same shop/a"]);
    one.close();
    one.close();
    stream.write(event("ADDED", config("b", 7)));
    await expect.poll(() => seen).toEqual(["one shop/a", "same shop/a", "same shop/b"]);
    stop();
    same.close();
    await closed;
    await api.resource(CONFIG);
    expect(asked.filter(({ query }) => query.has("watch"))).toHaveLength(2);
  });

  it("stays begun again for the rest of a silent server's deadline only", async () => {
    const rig = await playWatches(() => listed(5));
    const watch = rig.api.watch(CONFIG, {});
    await watch.synced;
    const stream = await rig.next();
    rig.answers = (one, answer) => {
      one.raw.socket.destroy();
      answer.destroy();
      return true;
    };
    stream.destroy();
    await expect(watch.broken).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
  });
});
