// needs: gateway
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { build } from "../../../scripts/build.mjs";
import { Project } from "../../fixtures/project.ts";
import { available, GatewayKit, hostOf, labParent, lost, versionOf, versionsOf } from "./gateway-kit.ts";
import { binomialRange } from "./weights-in-force.ts";

const ALPHA = 1e-6;
const NAMESPACE = `gateway-killed-${process.pid}`;

const definition = (): string => `
pipeline({ name: "killed", params: { release: z.string() } }, (p, { params }) => {
  const traffic = gateway({ parents: [${JSON.stringify(labParent())}], hostnames: ["${hostOf(NAMESPACE)}"] });
  const to = kubernetes({ name: "lab", cluster: kubeconfig(), namespace: "${NAMESPACE}", createNamespace: true, traffic });
  const app = service({
    name: "web", image: "lab.local/web:1", args: ["web"], replicas: 3, env: { VERSION: params.release },
    health: { path: "/healthz", interval: "1s", startup: "30s" },
  });
  const fine = metric({ name: "fine", query: () => 0, max: 1 });
  const options = { window: "1s", warmup: 0, onInconclusive: "promote" } as const;
  const strategy = canary({ steps: [10, 40], every: "8s", analysis: [fine], ...options });
  p.stage("release").deploy("web", { to, app, strategy });
}).main();
`;
const IMPORTS = `
import { canary, metric, service } from "sluice/deploy";
import { gateway, kubeconfig, kubernetes } from "sluice/kubernetes";
`;

describe.skipIf(!available)("a pipeline that is killed behind a real Gateway", () => {
  let gateway: GatewayKit;
  const env = { KUBECONFIG: process.env["SLUICE_CLUSTER"] ?? "" };

  beforeAll(async () => {
    await build({ ifStale: true, types: false });
    gateway = await GatewayKit.open({ namespace: NAMESPACE });
  });

  afterEach(() => gateway.quiet());

  afterAll(async () => {
    await gateway.kit.remove();
  });

  const sluice = async (project: Project, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await project.run(args, { env });
    expect(code, stdout + stderr).toBe(0);
    return stdout + stderr;
  };

  it.each([
    { way: "resume", before: "v1", killed: "v2", then: ["resume"], after: "v2", revision: 1 },
    {
      way: "rollback",
      before: "v2",
      killed: "v3",
      then: ["rollback", "lab", "--release", "v3"],
      after: "v2",
      revision: 3,
    },
  ])(
    "is ended well by $way, and no request is lost",
    async ({ before, killed, then, after, revision }) => {
      const project = new Project(definition(), { imports: IMPORTS });
      await sluice(project, "--release", before);
      const { traffic, weights } = await gateway.ask();
      const { child, ended } = project.start(["--release", killed], { env });
      await weights.until(40);
      child.kill("SIGKILL");
      expect((await ended).signal).toBe("SIGKILL");
      const orphaned = await traffic.more(1_000);
      const output = await sluice(project, ...then);
      await expect
        .poll(async () => versionsOf(await traffic.more(200)), { timeout: 20_000, interval: 1 })
        .toEqual([after]);
      await expect.poll(() => gateway.pods(revision), { timeout: 60_000, interval: 100 }).toEqual([]);
      await traffic.more(100);
      await gateway.quiet();

      const hits = orphaned.filter((answer) => versionOf(answer) === killed).length;
      const [least, most] = binomialRange(orphaned.length, 0.4, ALPHA);
      console.log(
        `without its process 40 % were ${hits} of ${orphaned.length}, ${least} to ${most} allowed; ${output.trim().split("\n").at(-1) ?? ""}`,
      );
      expect(hits).toBeGreaterThanOrEqual(least);
      expect(hits).toBeLessThanOrEqual(most);
      expect(lost(traffic.answers)).toEqual([]);
      expect(traffic.answers.filter(({ status }) => status !== 200)).toEqual([]);
    },
    600_000,
  );
});
