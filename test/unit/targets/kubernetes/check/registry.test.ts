import { describe, expect, it } from "vitest";
import { service } from "../../../../../src/deploy/index.ts";
import { SluiceError } from "../../../../../src/errors/index.ts";
import type { ClusterProvider, TargetCheck } from "../../../../../src/ports/index.ts";
import { checkKubernetes } from "../../../../../src/targets/kubernetes/check/check.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import { FakeCluster } from "../driver/fake-cluster.ts";
import { targetContext } from "../../../../fixtures/target-context.ts";

const connect: ClusterProvider["connect"] = () => Promise.resolve({ server: "https://127.0.0.1:1" });

/** Says nothing of itself, but answers. */
const request = (): Promise<unknown> => Promise.resolve({});

async function checked(given: Partial<ClusterProvider>): Promise<readonly TargetCheck[]> {
  const provider: ClusterProvider = {
    ...{ kind: "test", name: "prod", spec: {}, needs: [], describe: () => "the cluster in memory" },
    connect,
    ...given,
  };
  const target = kubernetesSpec({ cluster: provider });
  const { spec } = service({ image: "web:1" });
  return await checkKubernetes(
    { provider, counts: undefined, open: () => Object.assign(new FakeCluster().api(), { request }) },
    { target, app: { kind: "service", spec: JSON.parse(JSON.stringify(spec)), secrets: {} } },
    targetContext(),
  );
}

describe("the registry, as doctor shows it", () => {
  it("stands last, as the way in names it", async () => {
    const found = await checked({ registry: () => Promise.resolve({ prefix: "registry.example.com/acme" }) });
    expect(found.at(-1)).toEqual({
      what: "registry",
      state: "ok",
      detail: "images of this cloud begin with registry.example.com/acme/",
    });
  });

  it.each<[string, Partial<ClusterProvider>]>([
    ["knows of none", {}],
    ["was told none", { registry: () => Promise.resolve(undefined) }],
  ])("is skipped where the way in %s", async (_, given) => {
    expect((await checked(given)).at(-1)).toEqual({
      what: "registry",
      state: "skipped",
      detail: "nobody says which one belongs to the cluster in memory",
    });
  });

  it("is skipped where it cannot be found: a deploy does not ask for it", async () => {
    const refused = new SluiceError("CLOUD_FAILED", "the cloud is away", { hint: "Try again." });
    expect((await checked({ registry: () => Promise.reject(refused) })).at(-1)).toEqual({
      what: "registry",
      state: "skipped",
      detail: "cannot be found: the cloud is away",
      hint: "Try again.",
    });
  });

  it("is not asked for where the way in has failed already", async () => {
    let asked = 0;
    const found = await checked({
      connect: () => Promise.reject(new SluiceError("CLUSTER_DENIED", "not you")),
      registry: () => Promise.resolve({ prefix: `asked-${++asked}` }),
    });
    expect(found.at(-1)).toEqual({ what: "registry", state: "skipped", detail: "credentials failed" });
    expect(asked).toBe(0);
  });
});
