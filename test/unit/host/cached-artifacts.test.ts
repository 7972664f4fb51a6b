import { readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { rolling, service } from "../../../src/deploy/index.ts";
import { artifact, cleanRuns, pipeline, run, sh, stopTarget, type Pipeline } from "../../../src/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { local } from "../../../src/targets/local/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";
import { MemoryBlobs } from "../cache/support.ts";

const SERVER = `require("node:http").createServer((_, to) => to.end("ok")).listen(process.env.PORT, "127.0.0.1");`;

interface Shape {
  readonly blobs?: MemoryBlobs;
  readonly then: "nothing" | "deploy" | "check";
}

/** Builds with the cache, then does something with what was built. */
function shop({ blobs, then }: Shape): Pipeline {
  const cache = blobs === undefined ? {} : { cache: { kind: "memory", open: () => blobs } };
  return pipeline({ name: "shop", ...cache }, (p) => {
    const built = p.stage("build").job("app", sh`mkdir -p dist; cp server.txt dist/server.cjs`, {
      cache: { inputs: "server.txt" },
      artifacts: { dist: "dist/**" },
    });
    const from = artifact(built, "dist");
    if (then === "check") p.stage("check").job("ready", sh`test -e ready -a -e ${from.path}`);
    if (then === "deploy")
      p.stage("release").deploy("app", {
        to: local({ name: "here", grace: "1s" }),
        app: service({ artifact: from, command: ["node", "dist/server.cjs"], replicas: 1 }),
        strategy: rolling(),
      });
  });
}

function checkout(): string {
  const cwd = tempFolder();
  writeFileSync(join(cwd, "server.txt"), SERVER);
  return cwd;
}

async function deploys(cwd: string, pipe: Pipeline): Promise<void> {
  onTestFinished(() => stopTarget(pipe, "here", { cwd }));
  const { state, nodes, reason } = await run(pipe, { cwd });
  expect(nodes.get("build/app")).toMatchObject({ state: "succeeded", from: { kind: "cache" } });
  expect([state, reason]).toEqual(["passed", expect.any(String)]);
}

describe("what a job from the cache has left", () => {
  it("is deployed where it came from a remote cache", async () => {
    const blobs = new MemoryBlobs();
    await run(shop({ blobs, then: "nothing" }), { cwd: checkout() });
    await deploys(checkout(), shop({ blobs, then: "deploy" }));
  });

  it("is deployed after the run that made it was cleaned away", async () => {
    const cwd = checkout();
    const pipe = shop({ then: "nothing" });
    const made = (await run(pipe, { cwd })).nodes.get("build/app");
    const [file] = made?.state === "succeeded" ? made.artifacts.flatMap(({ files }) => files) : [];
    utimesSync(new FileRunStore(join(cwd, ".sluice")).artifacts.local(file?.digest ?? ""), 1, 1);
    expect(await cleanRuns(pipe, { cwd, keep: 0 })).toMatchObject({ artifacts: { files: 1 }, faults: [] });
    await deploys(cwd, shop({ then: "deploy" }));
  });

  it("is put in place again by a resume, also where the cache has forgotten it", async () => {
    const blobs = new MemoryBlobs();
    await run(shop({ blobs, then: "nothing" }), { cwd: checkout() });
    const cwd = checkout();
    const pipe = shop({ blobs, then: "check" });
    const failed = await run(pipe, { cwd, run: "r1" });
    expect(failed.nodes.get("check/ready")).toMatchObject({ state: "failed" });
    rmSync(join(cwd, "dist"), { recursive: true });
    rmSync(join(cwd, ".sluice/cache"), { recursive: true });
    writeFileSync(join(cwd, "ready"), "");
    expect(await run(pipe, { cwd, run: "r1", resume: {} })).toMatchObject({ state: "passed" });
    expect(readFileSync(join(cwd, "dist/server.cjs"), "utf8")).toBe(SERVER);
  });
});
