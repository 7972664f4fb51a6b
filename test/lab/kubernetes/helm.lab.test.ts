// needs: kwok helm3 helm4
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ClusterConnection } from "../../../src/ports/index.ts";
import { openClusterApi, type ClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import {
  childKubeconfig,
  type ChildKubeconfig,
} from "../../../src/targets/kubernetes/helm/child-kubeconfig.ts";
import { repairRelease } from "../../../src/targets/kubernetes/helm/repair.ts";
import { helmStatus } from "../../../src/targets/kubernetes/helm/revisions.ts";
import { helmRollback } from "../../../src/targets/kubernetes/helm/rollback.ts";
import { helmTemplate } from "../../../src/targets/kubernetes/helm/template.ts";
import type { HelmChart, HelmContext } from "../../../src/targets/kubernetes/helm/types.ts";
import { helmUpgrade } from "../../../src/targets/kubernetes/helm/upgrade.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { need } from "../lab.ts";
import { writeChart } from "./helm-chart.ts";

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

const PASSWORD = "hunter2-and-more";

describe.each(["helm3", "helm4"])("%s on a real control plane", (part) => {
  const available = need("kwok").available && need(part).available;
  const namespace = `app-${part}`;
  const program = process.env[`SLUICE_${part.toUpperCase()}`] ?? "";
  const asked: boolean[] = [];
  let root: string;
  let connection: ClusterConnection;
  let api: ClusterApi;
  let child: ChildKubeconfig;
  let context: HelmContext;

  beforeAll(async () => {
    if (!available) return;
    root = await mkdtemp(join(tmpdir(), "sluice-helm-"));
    await writeChart(join(root, "chart"));
    const config = JSON.parse(await readFile(process.env["KUBECONFIG"] ?? "", "utf8")) as Kubeconfig;
    const { cluster } = config.clusters[0];
    connection = {
      server: cluster.server,
      ca: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
      // Tokens that end while Helm is at work.
      credentials: ({ fresh = false } = {}) => {
        asked.push(fresh);
        return Promise.resolve({ token: config.users[0].user.token, expiresAt: Date.now() + 1_500 });
      },
    };
    const own = { ...connection, credentials: () => Promise.resolve({ token: config.users[0].user.token }) };
    api = openClusterApi(own, { cluster: "the lab" });
    await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    child = await childKubeconfig(connection, namespace);
    context = {
      root,
      env: { PATH: process.env["PATH"], HOME: root },
      signal: new AbortController().signal,
      kubeconfig: child.path,
      namespace,
      program,
      mask: (text) => text.replaceAll(PASSWORD, "***"),
    };
  });

  afterAll(async () => {
    if (!available) return;
    await child.dispose();
    await api.remove({ apiVersion: "v1", kind: "Namespace", name: namespace });
    api.close();
    await rm(root, { recursive: true, force: true });
  });

  const chart = (release: string, values: HelmChart["values"] = {}, timeout = 20_000): HelmChart => ({
    release,
    chart: "./chart",
    version: null,
    repo: null,
    values,
    timeout,
  });
  const imageOf = async (release: string): Promise<unknown> => {
    const found = await api.get({ apiVersion: "apps/v1", kind: "Deployment", name: release, namespace });
    return at(found, "spec", "template", "spec", "containers", 0, "image");
  };
  const statuses = async (release: string): Promise<readonly string[]> =>
    (await helmStatus(api, namespace, release)).map(({ revision, status }) => `${revision} ${status}`);

  /** Starts Helm by hand and kills it as soon as the cluster says that it is at work. */
  async function killHelm(args: readonly string[], release: string, status: string): Promise<void> {
    const helm = spawn(program, [...args, "--kubeconfig", child.path, "--namespace", namespace], {
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: root },
      stdio: "ignore",
    });
    const ended = once(helm, "exit");
    await vi.waitFor(
      async () => {
        expect((await statuses(release))[0]).toContain(status);
        expect(
          await api.get({ apiVersion: "apps/v1", kind: "Deployment", name: release, namespace }),
        ).toBeDefined();
      },
      { timeout: 30_000, interval: 20 },
    );
    helm.kill("SIGKILL");
    await ended;
  }

  it.skipIf(!available)(
    "installs, upgrades, says where it stands and goes back, by credentials that it asks us for",
    async () => {
      const before = await readdir(tmpdir());
      const first = await helmUpgrade(context, chart("shop", { password: PASSWORD }));
      expect(first).toEqual({ revision: 1, status: "deployed" });
      expect(await readFile(child.path, "utf8")).not.toContain("token");
      const secret = await api.get({ apiVersion: "v1", kind: "Secret", name: "shop", namespace });
      expect(Buffer.from(String(at(secret, "data", "password")), "base64").toString()).toBe(PASSWORD);

      expect(await helmUpgrade(context, chart("shop", { image: "web:2", replicas: 2 }))).toEqual({
        revision: 2,
        status: "deployed",
      });
      expect(await imageOf("shop")).toBe("web:2");
      await helmRollback(context, "shop", 1, 20_000);
      expect(await imageOf("shop")).toBe("web:1");
      expect(await statuses("shop")).toEqual(["3 deployed", "2 superseded", "1 superseded"]);
      // The files with values are gone.
      expect(
        (await readdir(tmpdir())).filter((name) => name.startsWith("sluice-") && !before.includes(name)),
      ).toEqual([]);
    },
  );

  it.skipIf(!available)("shows what a chart would make, and changes nothing", async () => {
    const made = await helmTemplate(context, chart("drawn", { password: PASSWORD }), "salt");
    expect(made.objects.map(({ kind }) => kind)).toEqual(["Secret", "Deployment"]);
    expect(await statuses("drawn")).toEqual([]);
    const { digest } = await helmTemplate(context, chart("drawn", { password: PASSWORD }), "salt");
    expect(digest).toBe(made.digest);
    expect((await helmTemplate(context, chart("drawn", { password: "x" }), "salt")).digest).not.toBe(digest);
    expect((await helmTemplate(context, chart("drawn", { password: PASSWORD }), "pepper")).digest).not.toBe(
      digest,
    );
  });

  it.skipIf(!available)("takes an upgrade that never gets ready back by itself", async () => {
    await helmUpgrade(context, chart("failing"));
    asked.length = 0;
    const bad = chart("failing", { pod: "unready", image: "web:bad", password: PASSWORD }, 4_000);
    const error: unknown = await helmUpgrade(context, bad).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "HELM_FAILED" });
    expect(String(error)).not.toContain(PASSWORD);
    expect(await imageOf("failing")).toBe("web:1");
    expect((await statuses("failing"))[0]).toBe("3 deployed");
    // One Helm, which has asked again when its token had ended, and has never been refused.
    expect(asked.length).toBeGreaterThan(1);
    expect(asked).not.toContain(true);
  });

  it.skipIf(!available)("says what is wrong with a chart, without values of secrets", async () => {
    const broken = { ...chart("broken"), values: { replicas: `${PASSWORD} [`, password: PASSWORD } };
    const error: unknown = await helmUpgrade(context, broken).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "HELM_FAILED" });
    expect(String(error)).not.toContain(PASSWORD);
    await expect(helmUpgrade(context, { ...chart("broken"), chart: "./nowhere" })).rejects.toMatchObject({
      code: "HELM_FAILED",
    });
  });

  it.skipIf(!available)("repairs an upgrade whose Helm was killed", async () => {
    await helmUpgrade(context, chart("stuck"));
    const args = ["upgrade", "stuck", "./chart", "--wait", "--set", "pod=unready,image=web:2"];
    await killHelm(args, "stuck", "pending-upgrade");
    // This is why it must be repaired.
    await expect(helmUpgrade(context, chart("stuck"))).rejects.toThrow("another operation");
    const options = { now: () => Date.now(), timeout: 20_000 };
    await expect(repairRelease(api, context, "stuck", options)).rejects.toMatchObject({
      code: "TARGET_BUSY",
    });
    expect(await repairRelease(api, context, "stuck", { ...options, stuckAfter: 0 })).toBe(
      "revision 2, left pending-upgrade, is taken back to revision 1",
    );
    expect(await imageOf("stuck")).toBe("web:1");
    expect(await helmUpgrade(context, chart("stuck", { image: "web:3" }))).toMatchObject({
      status: "deployed",
    });
    expect(await imageOf("stuck")).toBe("web:3");
    expect(await repairRelease(api, context, "stuck", { ...options, stuckAfter: 0 })).toBeUndefined();
  });

  it.skipIf(!available)(
    "repairs a first installation whose Helm was killed, and takes its objects over",
    async () => {
      await killHelm(
        ["install", "newborn", "./chart", "--wait", "--set", "pod=unready"],
        "newborn",
        "pending-install",
      );
      await expect(helmUpgrade(context, chart("newborn"))).rejects.toMatchObject({ code: "HELM_FAILED" });
      const options = { now: () => Date.now(), timeout: 20_000, stuckAfter: 0 };
      expect(await repairRelease(api, context, "newborn", options)).toContain("never finished is removed");
      expect(await helmUpgrade(context, chart("newborn"))).toEqual({ revision: 1, status: "deployed" });
    },
  );
});
