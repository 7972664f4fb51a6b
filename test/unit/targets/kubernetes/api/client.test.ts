import { describe, expect, it, onTestFinished } from "vitest";
import { SluiceError } from "../../../../../src/errors/index.ts";
import type { ClusterConnection } from "../../../../../src/ports/index.ts";
import {
  openClusterApi,
  type ClusterApi,
  type KubeObject,
  type OpenClusterApiOptions,
} from "../../../../../src/targets/kubernetes/api/index.ts";
import { CORE, discover, playApi, say, type Asked } from "./played-api.ts";

const CONFIG = { apiVersion: "v1", kind: "ConfigMap" };
const ref = { ...CONFIG, name: "c", namespace: "shop" };
const object: KubeObject = { ...CONFIG, metadata: { name: "c", namespace: "shop" } };

function open(connection: ClusterConnection, options: Partial<OpenClusterApiOptions> = {}): ClusterApi {
  const api = openClusterApi(connection, { cluster: "the cluster", env: {}, deadline: 1_000, ...options });
  onTestFinished(() => api.close());
  return api;
}

describe("the client's requests", () => {
  it("asks a server without aggregated discovery group by group, once", async () => {
    const { url, asked } = await playApi((one, answer) => {
      if (discover(one, answer)) return;
      if (one.path === "/apis") say(answer, { kind: "APIGroupList", groups: [] });
      else if (one.path === "/apis/apps/v1")
        say(answer, {
          resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs: ["get"] }],
        });
      else say(answer, { kind: "Status", message: "no" }, 404);
    });
    const api = open({ server: url });
    const deployment = { apiVersion: "apps/v1", kind: "Deployment" };
    for (let round = 0; round < 2; round++) {
      expect(await api.resource(CONFIG)).toMatchObject({ name: "configmaps", namespaced: true });
      expect(await api.resource(deployment)).toMatchObject({ name: "deployments", apiVersion: "apps/v1" });
    }
    expect(asked.map(({ path }) => path)).toEqual(["/api", "/api/v1", "/apis", "/apis/apps/v1"]);
    expect(asked[0]?.raw.headers.accept).toContain("as=APIGroupDiscoveryList");
    await expect(api.resource({ apiVersion: "apps/v1", kind: "Deploymnet" })).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      hint: "In apps/v1 there are Deployment.",
    });
    await expect(api.resource({ apiVersion: "acme/v1", kind: "X" })).rejects.toMatchObject({
      hint: expect.stringContaining("It serves no acme/v1"),
    });
  });

  it("reads aggregated discovery, and asks once for all who ask at the same time", async () => {
    const version = {
      version: "v1",
      resources: [
        { resource: "namespaces", responseKind: { kind: "Namespace" }, scope: "Cluster", verbs: ["get"] },
      ],
    };
    const items = [{ metadata: { name: "" }, versions: [version] }];
    const { url, asked } = await playApi((_, answer) =>
      say(answer, { kind: "APIGroupDiscoveryList", items }),
    );
    const api = open({ server: url });
    const namespace = { apiVersion: "v1", kind: "Namespace" };
    const found = await Promise.all([api.resource(namespace), api.resource(namespace)]);
    expect(found[0]).toEqual({
      name: "namespaces",
      kind: "Namespace",
      apiVersion: "v1",
      namespaced: false,
      verbs: ["get"],
    });
    expect(asked).toHaveLength(1);
  });

  it("asks for discovery again after it failed", async () => {
    let broken = true;
    const { url } = await playApi((one, answer) => {
      if (broken) say(answer, { kind: "Status", message: "a defect" }, 500);
      else discover(one, answer);
    });
    const api = open({ server: url });
    await expect(api.resource(CONFIG)).rejects.toMatchObject({ status: 500 });
    broken = false;
    expect(await api.resource(CONFIG)).toMatchObject({ name: "configmaps" });
  });

  const writes: readonly (readonly [
    string,
    (api: ClusterApi) => Promise<unknown>,
    Partial<Asked>,
    Record<string, string>,
    string,
  ])[] = [
    [
      "create",
      (api) => api.create(object, { manager: "m", dryRun: true }),
      { method: "POST", path: "/base/api/v1/namespaces/shop/configmaps" },
      { fieldManager: "m", dryRun: "All", fieldValidation: "Strict" },
      "application/json",
    ],
    [
      "replace",
      (api) => api.replace(object),
      { method: "PUT", path: "/base/api/v1/namespaces/shop/configmaps/c" },
      { fieldValidation: "Strict" },
      "application/json",
    ],
    [
      "apply",
      (api) => api.apply(object, { manager: "m", force: true }),
      { method: "PATCH", path: "/base/api/v1/namespaces/shop/configmaps/c" },
      { fieldManager: "m", force: "true", fieldValidation: "Strict" },
      "application/apply-patch+yaml",
    ],
    [
      "merge",
      (api) => api.merge(ref, { data: null }, { subresource: "status" }),
      { method: "PATCH", path: "/base/api/v1/namespaces/shop/configmaps/c/status", body: '{"data":null}' },
      {},
      "application/merge-patch+json",
    ],
    [
      "remove",
      (api) => api.remove(ref, { uid: "u", resourceVersion: "7", propagation: "Foreground", dryRun: true }),
      {
        method: "DELETE",
        path: "/base/api/v1/namespaces/shop/configmaps/c",
        body: '{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"uid":"u","resourceVersion":"7"},"dryRun":["All"]}',
      },
      {},
      "application/json",
    ],
  ];

  it.each(writes)("sends what the API wants to %s", async (_, write, request, query, type) => {
    const { url, asked } = await playApi((one, answer) => {
      if (one.path === "/base/api") say(answer, {});
      else if (one.path === "/base/api/v1") say(answer, CORE);
      else say(answer, object);
    });
    const api = open({ server: `${url}/base/`, headers: { "Impersonate-Group": ["a", "b"] } });
    await write(api);
    const last = asked.at(-1)!;
    expect(last).toMatchObject(request);
    expect(Object.fromEntries(last.query)).toEqual(query);
    expect(last.raw.headers["content-type"]).toBe(type);
    expect(last.raw.headers["content-length"]).toBe(String(Buffer.byteLength(last.body)));
    expect(last.raw.headersDistinct["impersonate-group"]).toEqual(["a", "b"]);
  });

  it("leaves managed fields out of an apply", async () => {
    const { url, asked } = await playApi((one, answer) => discover(one, answer) || say(answer, object));
    const managedFields = [{ manager: "x", operation: "Apply", apiVersion: "v1", fieldsV1: {} } as const];
    await open({ server: url }).apply(
      { ...object, metadata: { ...object.metadata, managedFields } },
      { manager: "m" },
    );
    expect(JSON.parse(asked.at(-1)!.body)).toEqual(object);
  });

  it("asks for credentials for each request, and for new ones once after a 401", async () => {
    const tokens = ["one", "two"];
    const calls: boolean[] = [];
    const { url, asked } = await playApi((one, answer) => {
      if (one.raw.headers.authorization === "Bearer one")
        say(answer, { kind: "Status", message: "Unauthorized" }, 401);
      else discover(one, answer);
    });
    const credentials = ({ fresh = false } = {}) => {
      calls.push(fresh);
      if (fresh) tokens.shift();
      return Promise.resolve({ token: tokens[0]! });
    };
    await open({ server: url, credentials }).resource(CONFIG);
    expect(asked.map(({ raw }) => raw.headers.authorization)).toEqual([
      "Bearer one",
      "Bearer two",
      "Bearer two",
    ]);
    expect(calls).toEqual([false, false, true, false]);
    const refused = await open({ server: url, credentials: () => Promise.resolve({ token: "one" }) })
      .resource(CONFIG)
      .then(
        () => undefined,
        (error: unknown) => error as Error,
      );
    expect(refused).toMatchObject({ code: "CLUSTER_DENIED", status: 401 });
    expect(refused?.message).not.toContain("Bearer");
  });

  it("says so when new credentials are denied after a 401, and sends no more", async () => {
    const { url, asked } = await playApi((_one, answer) => {
      say(answer, { kind: "Status", message: "Unauthorized" }, 401);
    });
    const denied = new SluiceError("CLUSTER_DENIED", "the cloud gives none", { hint: "Ask for the role." });
    const credentials = ({ fresh = false } = {}) =>
      fresh ? Promise.reject(denied) : Promise.resolve({ token: "one" });
    await expect(open({ server: url, credentials }).resource(CONFIG)).rejects.toBe(denied);
    expect(asked).toHaveLength(1);
  });

  it("does not send a token that no header can carry, nor show it", async () => {
    const { url, asked } = await playApi(discover);
    const api = open({ server: url, credentials: () => Promise.resolve({ token: "se\ncret" }) });
    const refused = await api.resource(CONFIG).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refused).toMatchObject({ code: "CLUSTER_DENIED" });
    expect(refused?.message).not.toContain("cret");
    expect(asked).toEqual([]);
  });

  it("passes on what the provider says when it has no credentials", async () => {
    const { url } = await playApi(discover);
    const reason = new Error("log in");
    await expect(
      open({ server: url, credentials: () => Promise.reject(reason) }).resource(CONFIG),
    ).rejects.toBe(reason);
  });

  it("is cancelled while a provider that does not listen is asked", async () => {
    const { url } = await playApi(discover);
    const cancel = new AbortController();
    const api = open(
      { server: url, credentials: () => new Promise(() => undefined) },
      { signal: cancel.signal },
    );
    const refused = api.resource(CONFIG).catch((error: unknown) => error);
    const reason = new Error("enough");
    cancel.abort(reason);
    expect(await refused).toBe(reason);
    await expect(api.resource(CONFIG)).rejects.toBe(reason);
  });

  it("asks a proxy for a plain server as if it were the server", async () => {
    const { url, asked } = await playApi((one, answer) => say(answer, one.path === "/api/v1" ? CORE : {}));
    await open({
      server: "http://cluster.test:8001",
      proxy: url.replace("http://", "http://me:pass@"),
    }).resource(CONFIG);
    expect(asked[0]?.raw.url).toBe("http://cluster.test:8001/api");
    expect(asked[0]?.raw.headers).toMatchObject({
      host: "cluster.test:8001",
      "proxy-authorization": `Basic ${Buffer.from("me:pass").toString("base64")}`,
    });
  });

  it("knows a name that is wrong from one that is wrong for a while", async () => {
    const since = performance.now();
    await expect(
      open({ server: "http://no-such-host.invalid" }, { deadline: 30_000 }).resource(CONFIG),
    ).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
    });
    expect(performance.now() - since).toBeLessThan(15_000);
  });

  it("tells of a request that it waits with, and counts all that it sends", async () => {
    const said: string[] = [];
    let times = 0;
    const { url } = await playApi((one, answer) => {
      if (one.path === "/api" && times++ === 0) say(answer, "busy", 503, { "Retry-After": "1" });
      else discover(one, answer);
    });
    const api = open({ server: url }, { deadline: 5_000, log: (text) => said.push(text) });
    await api.resource(CONFIG);
    expect(said).toEqual([expect.stringMatching(/ is not available.*; trying again in 1\.0 s$/)]);
    expect(api.requests).toBe(3);
  });

  it.each(["0", "Thu, 01 Jan 1970 00:00:00 GMT"])(
    "pauses all the same after Retry-After: %s",
    async (after) => {
      const { url, asked } = await playApi((_, answer) => say(answer, "busy", 429, { "Retry-After": after }));
      await expect(open({ server: url }).resource(CONFIG)).rejects.toMatchObject({ code: "CLUSTER_REFUSED" });
      expect(asked.length).toBeLessThan(12);
    },
  );

  it("says once that nobody answers, and for how long it tries", async () => {
    const said: string[] = [];
    const api = open({ server: "http://127.0.0.1:1" }, { log: (text) => said.push(text) });
    const asking = [
      api.resource(CONFIG),
      api.get({ apiVersion: "apps/v1", kind: "Deployment", name: "web" }),
    ];
    const [refused] = await Promise.allSettled(asking);
    expect(said).toEqual([
      "the API server of the cluster at http://127.0.0.1:1 cannot be reached: the connection was refused; trying again for 1 s",
    ]);
    expect((refused as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringMatching(/refused$/),
    });
  });

  it("says how many attempts it took until somebody answered", async () => {
    const said: string[] = [];
    let times = 0;
    const { url } = await playApi((one, answer) => {
      if (times++ < 2) one.raw.socket.destroy();
      else discover(one, answer);
    });
    await open({ server: url }, { log: (text) => said.push(text) }).resource(CONFIG);
    expect(said).toEqual([
      expect.stringContaining("cannot be reached"),
      "the API server of the cluster answers again, after 2 attempts that failed",
    ]);
  });

  it("says at once that a server does not speak TLS", async () => {
    const { url } = await playApi(discover);
    const api = open({ server: url.replace("http:", "https:") }, { deadline: 60_000 });
    await expect(api.resource(CONFIG)).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
      message: expect.stringContaining("it does not speak TLS (is it http:// rather than https://?)"),
    });
  });

  it("names the cluster and the next step where the server has a defect", async () => {
    const { url } = await playApi((_, answer) =>
      say(answer, { kind: "Status", message: "boom internal" }, 500),
    );
    await expect(open({ server: url }).resource(CONFIG)).rejects.toMatchObject({
      code: "CLUSTER_REFUSED",
      message: "cannot find out what kinds there are in the cluster: boom internal",
      hint: expect.stringContaining("API server's own log"),
    });
  });

  it("reads the end of a log, and has none where there is none", async () => {
    let status = 200;
    const { url, asked } = await playApi((_, answer) =>
      say(answer, status === 200 ? "line\n" : "{}", status),
    );
    const api = open({ server: url });
    const pod = { apiVersion: "v1", kind: "Pod", name: "p", namespace: "shop" };
    expect(await api.logTail(pod, { lines: 5, container: "web", previous: true })).toBe("line\n");
    expect(asked[0]?.raw.url).toBe(
      "/api/v1/namespaces/shop/pods/p/log?container=web&tailLines=5&previous=true",
    );
    for (status of [400, 404, 502]) expect(await api.logTail(pod, { lines: 5 })).toBeUndefined();
    expect(asked).toHaveLength(4);
    status = 403;
    await expect(api.logTail(pod, { lines: 5 })).rejects.toMatchObject({ code: "CLUSTER_DENIED" });
  });
});
