// needs: kwok
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import { rolling, service } from "../../../src/deploy/index.ts";
import {
  checkTargets,
  pipeline,
  rollbackTarget,
  run,
  targetStatus,
  targetStatuses,
} from "../../../src/index.ts";
import { kubernetes } from "../../../src/entry-kubernetes.ts";
import { need } from "../lab.ts";
import { z } from "zod";
import { labProvider, RolloutKit } from "./rollout-kit.ts";

const namespace = `several-${process.pid}`;

describe.skipIf(!need("kwok").available)("one target with two apps, on a real control plane", () => {
  let kit: RolloutKit;
  let stateDir: string;
  let pipe: ReturnType<typeof shop>;

  function shop() {
    const cluster = labProvider(process.env["KUBECONFIG"] ?? "");
    const params = { version: z.string().default("1") };
    return pipeline({ name: "shop", params }, (p, { params: { version } }) => {
      const production = kubernetes({ cluster, name: "production", namespace, createNamespace: true });
      const stage = p.stage("release");
      for (const name of ["web", "api"]) {
        const app = service({ name, image: `lab.local/web:${version}`, replicas: 1 });
        stage.deploy(name, { to: production, app, strategy: rolling() });
      }
    });
  }

  beforeAll(async () => {
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", { namespace });
    stateDir = await mkdtemp(join(tmpdir(), "sluice-several-"));
    pipe = shop();
    for (const version of ["1", "2"]) {
      const { state } = await run(pipe, { params: { version }, stateDir });
      expect(state).toBe("passed");
    }
  });
  afterAll(async () => {
    await kit.remove();
    await rm(stateDir, { recursive: true, force: true });
  });

  async function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const texts = { out: "", err: "" };
    const stream = (name: "out" | "err") =>
      ({ write: (text: string) => ((texts[name] += text), true) }) as unknown as NodeJS.WriteStream;
    const terminal: Terminal = {
      out: stream("out"),
      err: stream("err"),
      env: process.env,
      program: "sluice",
      onInterrupt: () => () => undefined,
    };
    const code = await main(pipe, [...args, "--state-dir", stateDir], terminal);
    return { code, ...texts };
  }

  it("shows both", async () => {
    const { code, out } = await cli("status", "production");
    expect(code).toBe(0);
    expect(out).toMatch(/^production \(api\) {2}http:\/\/api\..*\n {2}live {7}revision 2 /m);
    expect(out).toMatch(/^production \(web\) {2}http:\/\/web\..*\n {2}live {7}revision 2 /m);
    const statuses = await targetStatuses(pipe, "production", { stateDir });
    expect(statuses.map(({ app, target, stable }) => [app, target, stable?.revision])).toEqual([
      ["api", "production", 2],
      ["web", "production", 2],
    ]);
  });

  it("asks which one is meant, and knows no other", async () => {
    for (const verb of ["history", "rollback", "stop"]) {
      const { code, err } = await cli(verb, "production");
      expect(code).toBe(1);
      expect(err).toContain('target "production" holds several apps: api, web');
      expect(err).toContain("--app api");
      const wrong = await cli(verb, "production", "--app", "wep");
      expect(wrong.code).toBe(2);
      expect(wrong.err).toContain('no app "wep" was ever deployed to target "production"');
    }
    await expect(targetStatus(pipe, "production", { stateDir })).rejects.toMatchObject({
      code: "TARGET_STATE",
    });
  });

  it("looks at one, takes it back and ends it, and leaves the other as it is", async () => {
    const history = await cli("history", "production", "--app", "web");
    expect(history.out).toMatch(/live {7}revision 2[^]*retired {4}revision 1/);
    const back = await rollbackTarget(pipe, "production", { stateDir, app: "web" });
    expect(back).toMatchObject({ name: "web", revision: 1 });
    const stopped = await cli("stop", "production", "--app", "web");
    expect(stopped.out).toBe("production (web): nothing runs there any more\n");
    expect(await targetStatus(pipe, "production", { stateDir, app: "web" })).toMatchObject({
      app: "web",
      stable: undefined,
    });
    expect(await targetStatus(pipe, "production", { stateDir, app: "api" })).toMatchObject({
      app: "api",
      stable: { revision: 2, ready: 1 },
    });
  });

  it("looks for each whether a deploy could work", async () => {
    const reports = await checkTargets(pipe, { stateDir });
    expect(reports.map(({ about, node }) => [about, node])).toEqual([
      ["production", "release/web"],
      ["production", "release/api"],
    ]);
    const { out } = await cli("doctor", "production");
    expect(out).toMatch(/^production \(kubernetes\), for release\/web$/m);
  });
});
