import { describe, expect, it } from "vitest";
import { manifests, service, type ServiceOptions } from "../../../../../src/deploy/index.ts";
import { kubeconfig } from "../../../../../src/entry-kubernetes.ts";
import type { ResolvedApp, TargetCheck } from "../../../../../src/ports/index.ts";
import { checkKubernetes } from "../../../../../src/targets/kubernetes/check/check.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import { targetContext } from "../../../../fixtures/target-context.ts";

const WORD = "sluice-unknown-1-x";

const context = targetContext();

/** What is found of the app, with a cluster that cannot be reached. */
async function check(app: Pick<ResolvedApp, "kind" | "spec">): Promise<TargetCheck | undefined> {
  const cluster = {
    ...kubeconfig({ context: "staging" }),
    needs: [],
    connect: () => Promise.reject(new Error("there is no network here")),
  };
  const found = await checkKubernetes(
    { provider: cluster, counts: undefined },
    {
      target: kubernetesSpec({ cluster }),
      app: { ...app, secrets: {}, unknown: { [WORD]: 'outputs["build/image"]' } },
    },
    context,
  );
  return found.find(({ what }) => what === "app");
}

const serviceOf = (config: ServiceOptions["config"]): Pick<ResolvedApp, "kind" | "spec"> => {
  const app = service({ image: "web:1", ...(config === undefined ? {} : { config }) });
  return { kind: "service", spec: JSON.parse(JSON.stringify(app.spec)) as never };
};

describe("what doctor finds of a service, without its cluster", () => {
  it("is the reason why it could not be made objects of", async () => {
    expect(await check(serviceOf({ files: { "/etc/app.conf": "to=$REGION\n" } }))).toEqual({
      what: "app",
      state: "failed",
      detail: "/etc/app.conf uses variables that are not set: REGION (line 1)",
      hint: "Give each a value; an empty one must be given as an empty text.",
    });
  });

  it("is that it can be rendered", async () => {
    const config = { files: { "/etc/app.conf": "to=$REGION\n" }, variables: { REGION: "eu" } };
    expect(await check(serviceOf(config))).toMatchObject({ state: "ok", detail: "shop can be rendered" });
    const unknownImage = service({ image: WORD, replicas: 2 }).spec;
    expect(
      await check({
        kind: "service",
        spec: JSON.parse(JSON.stringify({ ...(unknownImage as object), replicas: WORD })) as never,
      }),
    ).toMatchObject({ state: "ok" });
  });

  it("is left to the run where a job makes a file", async () => {
    expect(await check(serviceOf({ files: { "/etc/app.conf": WORD } }))).toEqual({
      what: "app",
      state: "skipped",
      detail: '/etc/app.conf will come from outputs["build/image"]',
    });
  });

  it("is nothing of manifests, which are looked at as files", async () => {
    const app = manifests("k8s/*.yaml");
    expect(
      await check({ kind: app.kind, spec: JSON.parse(JSON.stringify(app.spec)) as never }),
    ).toBeUndefined();
  });
});
