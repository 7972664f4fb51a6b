import { describe, expect, it } from "vitest";
import type { ClusterProvider } from "../../../../../src/ports/index.ts";
import type { KubernetesSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { prometheus } from "../../../../../src/metrics/index.ts";
import {
  gateway,
  kubernetes,
  type KubernetesOptions,
  splitOptions,
} from "../../../../../src/targets/kubernetes/index.ts";

const cluster: ClusterProvider = {
  kind: "test",
  name: "arn:aws:eks:eu-west-1:1:cluster/prod",
  spec: { where: "here" },
  needs: [],
  describe: () => "a cluster",
  connect: () => Promise.reject(new Error("it was asked for")),
};

describe("kubernetes()", () => {
  it("resolves its options without asking the cluster for anything", () => {
    expect(kubernetes({ cluster })).toMatchObject({
      kind: "kubernetes",
      name: "prod",
      requires: [],
      spec: {
        name: "prod",
        app: null,
        cluster: { kind: "test", name: cluster.name, spec: { where: "here" } },
        namespace: null,
        createNamespace: false,
        traffic: { kind: "replicas" },
        history: 5,
        force: false,
        timeout: 120_000,
        scheduling: 300_000,
        counts: null,
      },
    });
    expect(kubernetes({ cluster, namespace: "shop", requires: ["answers"] })).toMatchObject({
      name: "prod-shop",
      requires: ["answers"],
    });
    expect(kubernetes({ cluster, name: "live" }).spec).toMatchObject({ name: "live", app: "live" });
  });

  it("keeps a spec that is plain data, the ways of a gateway with it", () => {
    const { spec } = kubernetes({
      cluster,
      traffic: gateway({ parents: ["public", { name: "x", namespace: "infra" }] }),
    });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(spec).toMatchObject({
      traffic: { parents: [{ name: "public" }, { name: "x", namespace: "infra" }], hostnames: [] },
    });
  });

  it("has a plan say where requests are counted, and nothing that could not stand there", () => {
    const shown = (counts: KubernetesOptions["counts"]) =>
      (kubernetes({ cluster, ...(counts === undefined ? {} : { counts }) }).spec as unknown as KubernetesSpec)
        .counts;
    expect(shown(() => Promise.resolve({}))).toEqual({ kind: "function" });
    const selectors = { requests: 'requests{pod=~"$pods"}', errors: 'errors{pod=~"$pods"}' };
    const counts = prometheus({ url: "http://prometheus.test" }).counts(selectors);
    expect(shown(counts)).toEqual({ kind: "prometheus", spec: counts.spec });
    expect(shown(counts)).toMatchObject({ spec: { url: "http://prometheus.test", ...selectors } });
    for (const wrong of [{}, null, { kind: "prometheus" }, prometheus({ url: "http://prometheus.test" })])
      expect(() => kubernetes({ cluster, counts: wrong as never })).toThrow("counts must be");
  });

  it("says whether the time for a rollout was given", () => {
    const spec = (options: object) => kubernetes({ cluster, ...options }).spec as unknown as KubernetesSpec;
    expect(spec({}).timeoutGiven).toBeUndefined();
    expect(spec({ timeout: "2m" })).toMatchObject({ timeout: 120_000, timeoutGiven: true });
  });

  it("tells all that is wrong at once", () => {
    const options = {
      cluster: {},
      name: "-",
      namespace: "No",
      history: 0,
      timeout: "soon",
      force: 1,
      counts: 1,
      traffic: gateway({ parents: [] }),
    };
    const wrong = [
      "cluster must",
      "namespace must",
      "history must",
      "timeout must",
      "force must",
      "counts must",
      "at least one Gateway",
    ];
    try {
      kubernetes(options as never);
      expect.unreachable();
    } catch (error) {
      for (const part of wrong) expect((error as Error).message).toContain(part);
      expect(error).toMatchObject({ code: "DEFINITION_INVALID" });
    }
    expect(() => kubernetes({ cluster, name: "no name" })).toThrow("name must be");
  });

  it.each([
    [null, "cluster must be a way into a cluster"],
    [{ cluster: null }, "cluster must be a way into a cluster"],
    [{ cluster, namspace: "shop" }, /there is no option namspace: did you mean namespace\?$/],
    [{ cluster, traffic: null }, "traffic must be replicas() or gateway()"],
    [{ cluster, name: null, namespace: 5 }, "namespace must be a DNS label"],
    [
      { cluster, requires: "approval" },
      /^kubernetes target: requires must list the names of gates, not "approval"$/,
    ],
    [{ cluster, requires: [1] }, "requires must list the names of gates"],
  ])("refuses %o", (options, message) => {
    expect(() => kubernetes(options as never)).toThrow(message);
    expect(() => kubernetes(options as never)).toThrow(
      expect.objectContaining({ code: "DEFINITION_INVALID" }),
    );
  });

  it.each([
    [undefined, "gateway(): the options must be an object"],
    [{}, "parents must list the Gateways"],
    [{ parents: "public" }, "parents must list the Gateways"],
    [{ parents: [{ nam: "public" }] }, "there is no option parents[0].nam: did you mean parents[0].name?"],
    [{ parents: [null] }, "parents[0] must be the name of a Gateway"],
    [{ parents: [{ name: "x", sectionName: 1 }] }, "parents[0].sectionName must be a name"],
    [{ parents: ["public"], hostname: "x" }, "there is no option hostname: did you mean hostnames?"],
    [{ parents: ["public"], hostnames: "x" }, "hostnames must list host names"],
  ])("refuses gateway(%o)", (options, message) => {
    expect(() => gateway(options as never)).toThrow(message);
    expect(() => gateway(options as never)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
  });

  it("leaves what is no object to the cluster's own check", () => {
    expect(splitOptions(null as never)).toEqual({ target: {}, cluster: {} });
  });

  it("tells a target's options from its cluster's", () => {
    const given = { region: "eu", cluster: "prod", name: "n", requires: ["a"], timeout: "1m" } as const;
    expect(splitOptions<"a", { region: string; cluster: string }>(given)).toEqual({
      target: { name: "n", requires: ["a"], timeout: "1m" },
      cluster: { region: "eu", cluster: "prod" },
    });
  });
});
