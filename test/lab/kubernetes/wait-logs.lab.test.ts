// needs: cluster
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SluiceError } from "../../../src/errors/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { applyObjects } from "../../../src/targets/kubernetes/apply/apply-objects.ts";
import { waitUntilReady } from "../../../src/targets/kubernetes/wait/wait-until-ready.ts";
import type { WaitOptions } from "../../../src/targets/kubernetes/wait/types.ts";
import { need } from "../lab.ts";
import {
  deployment,
  forever,
  labApi,
  makeNamespace,
  podTemplate,
  removeNamespace,
  scopeIn,
} from "./lab-api.ts";

const NAMESPACE = "apply-logs";
const CLUSTER = process.env["SLUICE_CLUSTER"];
/** The lab's program ends, and says why, when its start-up time is no duration. */
const SECRET = "hunter2hunter2";
const broken = { args: ["web"], env: [{ name: "START", value: SECRET }] };

describe.skipIf(!need("cluster").available)("what a failed release tells of pods that really ran", () => {
  let api: ClusterApi;

  beforeAll(async () => {
    api = labApi(CLUSTER);
    await makeNamespace(NAMESPACE, CLUSTER);
  });
  afterAll(async () => {
    await removeNamespace(NAMESPACE, CLUSTER);
    api.close();
  });

  async function failureOf(object: KubeObject, options: Partial<WaitOptions> = {}): Promise<SluiceError> {
    const common = { signal: forever(), report: (): void => undefined, mask };
    const scope = scopeIn(NAMESPACE, { set: `set-of-${object.metadata.name}` });
    const applied = await applyObjects(api, [object], scope, common);
    return await waitUntilReady(api, applied, { ...common, timeout: 120_000, ...options }).then(
      () => expect.unreachable("it became ready"),
      (error: unknown) => error as SluiceError,
    );
  }
  const mask = (text: string): string => text.replaceAll(SECRET, "***");

  it("is the log of the run that crashed, without secrets", async () => {
    const error = await failureOf(deployment("crashing", { container: broken }));
    expect(error.code).toBe("RELEASE_UNHEALTHY");
    expect(error.message).toMatch(
      /pod crashing-\S+, container web: it has crashed \d+ times, last: \w+ with exit code 1/,
    );
    expect(error.message).toMatch(/container web of pod crashing-\S+ printed last:\n {2}\| .*\*\*\*/);
    expect(error.message).toContain("BackOff");
    expect(error.message).not.toContain(SECRET);
  });

  it("is the log of a Job's last pod", async () => {
    const template = podTemplate("migrate", { container: broken, pod: { restartPolicy: "Never" } });
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "migrate" },
      spec: { backoffLimit: 0, template },
    };
    const error = await failureOf(job);
    expect(error.message).toContain("BackoffLimitExceeded");
    expect(error.message).toMatch(/container web of pod migrate-\S+ printed last:\n {2}\| .*\*\*\*/);
  });

  it("is the log of a pod that runs and never answers, with the probe's warning", async () => {
    const probe = { httpGet: { path: "/nowhere", port: 9 }, periodSeconds: 1 };
    const container = { args: ["web"], readinessProbe: probe };
    const error = await failureOf(deployment("mute", { replicas: 1, container }), { timeout: 8_000 });
    expect(error.message).toMatch(
      /not ready after 8\.0s:\n- Deployment apply-logs\/mute: .*runs and is not ready yet/,
    );
    expect(error.message).toMatch(/container web of pod mute-\S+ printed/);
    expect(error.message).toContain("Unhealthy");
  });
});
