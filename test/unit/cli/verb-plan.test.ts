import { Writable } from "node:stream";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import { rolling, service } from "../../../src/deploy/index.ts";
import type { Forecast } from "../../../src/host/forecast.ts";
import { env, onTag, pipeline, planOf, run, sh, when } from "../../../src/index.ts";
import type { Plan } from "../../../src/model/index.ts";
import type { Target } from "../../../src/ports/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const refuse = (): Promise<never> => Promise.reject(new Error("a plan must not"));

const web: Target = {
  kind: "test",
  name: "web",
  spec: {},
  requires: [],
  connect: refuse,
  status: refuse,
  rollback: refuse,
  preview: (spec) =>
    Promise.resolve({
      live: 3,
      current: false,
      changes: [
        {
          object: "Thing web",
          change: "update",
          fields: [{ path: "secrets", to: JSON.stringify((spec as { app: unknown }).app) }],
          conflicts: [],
        },
      ],
      irreversible: ["it drops a table"],
      notes: [],
    }),
};

class Text extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const pipe = pipeline({ name: "foreseen", secrets: { key: env("THE_KEY") } }, (p, { secrets }) => {
  const build = p.stage("build");
  const made = build.job("bundle", sh`cat in.txt`, { cache: { inputs: ["in.txt"] } });
  build.job("extra", () => 1, { when: when(made.stdout) });
  const app = service({ image: "web:1", secrets: { KEY: secrets.key } });
  p.stage("ship").deploy("web", { to: web, app, strategy: rolling() });
  p.stage("tagged", { when: onTag("v*") }).job("announce", () => 1);
});

async function forecast(
  cwd: string,
  ...words: readonly string[]
): Promise<Plan & { readonly forecast: Forecast }> {
  const [out, err] = [new Text(), new Text()];
  const environment = { PATH: process.env["PATH"], THE_KEY: "the-value-of-the-key" };
  const terminal = { program: "p", out, err, env: environment, onInterrupt: () => () => undefined };
  const command = ["plan", "--json", "--cwd", cwd, ...words];
  expect(await main(pipe, command, terminal as unknown as Terminal), err.text).toBe(0);
  expect(out.text).not.toContain("the-value-of-the-key");
  return JSON.parse(out.text) as Plan & { readonly forecast: Forecast };
}

describe("plan --json", () => {
  it("is the Plan, and beside it what would run, what the cache has, and what deploys would change", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "in.txt"), "1");
    const { forecast: foreseen, ...plan } = await forecast(cwd);
    expect(plan).toEqual(JSON.parse(JSON.stringify(planOf(pipe, { cwd }))));
    expect(foreseen.nodes).toMatchObject({
      "build/bundle": { state: "runs", why: "", cache: { state: "miss" } },
      "build/extra": { state: "open", why: "" },
      "ship/web": { state: "runs" },
      "tagged/announce": { state: "skipped", why: "the commit has no tag, asked for v*" },
    });
    expect(foreseen.nodes["ship/web"]).not.toHaveProperty("cache");
    expect(foreseen.targets).toMatchObject([
      { node: "ship/web", target: "web", preview: { live: 3, irreversible: ["it drops a table"] } },
    ]);
    expect(foreseen.offline).toBe(false);
  });

  it("says which input differs, and asks no target where it may not", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "in.txt"), "1");
    await run(pipe, { cwd, only: ["bundle"], env: { PATH: process.env["PATH"] } });
    const hit = (await forecast(cwd, "--offline")).forecast;
    expect(hit.nodes["build/bundle"]?.cache?.state).toBe("hit");
    expect(hit).toMatchObject({ offline: true, targets: [] });
    writeFileSync(join(cwd, "in.txt"), "2");
    const miss = (await forecast(cwd, "--offline")).forecast;
    expect(miss.nodes["build/bundle"]?.cache).toEqual({ state: "miss", text: "in.txt differs" });
  });
});
