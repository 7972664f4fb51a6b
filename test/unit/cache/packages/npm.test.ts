import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Folders } from "../../../../src/cache/folders/folders.ts";
import { npmInstall, type InstallOutput, type NpmInstallOptions } from "../../../../src/entry-cache.ts";
import { isSluiceError } from "../../../../src/errors/index.ts";
import { run } from "../../../../src/host/run.ts";
import { pipeline } from "../../../../src/index.ts";
import { stepContext, type RecordingContext } from "../../../fixtures/step-context.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";
import { connect } from "../remote/client.ts";
import { ProtocolServer } from "../remote/server.ts";
import { turborepo } from "../../../../src/cache/remote/turborepo.ts";
import { startRegistry, writeProject, type Registry } from "./registry.ts";

/** A machine with a checkout, nothing downloaded, and a remote cache where `server` is given. */
class Machine {
  readonly root = tempFolder();
  readonly stateDir = join(this.root, ".sluice");
  readonly env = { PATH: process.env["PATH"] ?? "", HOME: tempFolder() };
  readonly #server: ProtocolServer | undefined;

  constructor(server?: ProtocolServer) {
    this.#server = server;
  }

  checkout(registry: Registry, packages: Readonly<Record<string, string>>, folder = "."): void {
    writeProject(join(this.root, folder), registry, packages);
  }

  async install(options?: NpmInstallOptions): Promise<{ output: InstallOutput; context: RecordingContext }> {
    const server = this.#server;
    const open =
      server === undefined
        ? undefined
        : async () => (await connect({ url: server.url }, undefined, this.stateDir)).cache;
    const folders = new Folders(this.stateDir, open);
    const context = stepContext({ root: this.root, stateDir: this.stateDir, folders, env: this.env });
    const step = npmInstall(options);
    return { output: await step.execute(step.spec as never, context), context };
  }

  installed(name: string): string | undefined {
    const file = join(this.root, "node_modules", name, "package.json");
    return existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version
      : undefined;
  }
}

describe("npmInstall", () => {
  it("downloads once, and does without the network from then on", async () => {
    const registry = await startRegistry();
    const machine = new Machine();
    machine.checkout(registry, { tiny: "1.0.0" });

    const first = await machine.install();
    expect(first.output.cache).toBe("miss");
    expect(first.output.key).toMatch(
      new RegExp(`^npm-${process.platform}-${process.arch}-npm\\d+-[0-9a-f]{32}$`),
    );
    expect(machine.installed("tiny")).toBe("1.0.0");
    expect(registry.asked).toEqual(["/tiny/-/tiny-1.0.0.tgz"]);

    await registry.stop();
    rmSync(join(machine.root, "node_modules"), { recursive: true });
    const second = await machine.install();

    expect(second.output).toEqual({ key: first.output.key, cache: "hit" });
    expect(second.context.printed("stdout")).toMatch(
      /^cache npm-.*: hit, [\d.]+ k?B in \d+ files from an earlier run/,
    );
    expect(machine.installed("tiny")).toBe("1.0.0");
  });

  it("takes what another machine has downloaded, whole or in part", async () => {
    const server = await ProtocolServer.start();
    const registry = await startRegistry();
    const [a, b, c] = [new Machine(server), new Machine(server), new Machine(server)];
    a.checkout(registry, { tiny: "1.0.0" });
    const sent = (await a.install()).context.printed("stdout");
    expect(sent).toMatch(new RegExp(`: miss, nothing at ${server.url}$`, "m"));
    expect(sent).toMatch(/: sent, [\d.]+ k?B in \d+ files, [\d.]+ k?B packed, to /);

    b.checkout(registry, { tiny: "1.0.0", other: "2.0.0" });
    const part = await b.install();
    expect(part.output.cache).toBe("partial");
    expect(part.context.printed("stdout")).toMatch(
      /: partial hit of npm-[^ ]+, [\d.]+ k?B in \d+ files from http/,
    );
    expect(registry.asked).toEqual(["/tiny/-/tiny-1.0.0.tgz", "/other/-/other-2.0.0.tgz"]);

    await registry.stop();
    c.checkout(registry, { tiny: "1.0.0", other: "2.0.0" });
    expect((await c.install()).output).toEqual({ key: part.output.key, cache: "hit" });
    expect([c.installed("tiny"), c.installed("other")]).toEqual(["1.0.0", "2.0.0"]);
  });

  it("installs although the remote cache is gone, and says so", async () => {
    const server = await ProtocolServer.start();
    server.state = "disabled";
    const registry = await startRegistry();
    const machine = new Machine(server);
    machine.checkout(registry, { tiny: "1.0.0" });
    const { output, context } = await machine.install();
    expect(output.cache).toBe("miss");
    expect(context.events).toEqual([
      { type: "warning", message: expect.stringContaining("could not be fetched") as string },
      { type: "warning", message: expect.stringContaining("could not be sent") as string },
    ]);
    expect(machine.installed("tiny")).toBe("1.0.0");
  });

  it("refuses to install what no lock file names", async () => {
    const machine = new Machine();
    writeFileSync(join(machine.root, "package.json"), "{}");
    const error = await machine.install({ command: "install" }).catch((reason: unknown) => reason);
    expect(isSluiceError(error) && error.code).toBe("LOCKFILE_MISSING");
    expect((error as Error).message).toContain(`no package-lock.json in ${machine.root}`);
  });

  it("does not keep what a failed install has left", async () => {
    const registry = await startRegistry();
    const machine = new Machine();
    machine.checkout(registry, { tiny: "1.0.0" });
    await registry.stop();
    const error = await machine.install().catch((reason: unknown) => reason);
    expect(isSluiceError(error) && error.code).toBe("COMMAND_FAILED");
    expect(existsSync(join(machine.stateDir, "cache", "folders", ".keys"))).toBe(false);
  });

  it("stands in a Plan as data that a CI host's own cache can be made of", () => {
    const { kind, spec, problems } = npmInstall({ cwd: "apps/web", args: ["--omit", "dev"], folder: "web" });
    expect({ kind, problems }).toEqual({ kind: "npm-install", problems: [] });
    expect(JSON.parse(JSON.stringify(spec))).toEqual({
      command: "ci",
      args: ["--omit", "dev"],
      cwd: "apps/web",
      env: {},
      cache: {
        folder: "web",
        key: "npm-{os}-{arch}-{tool}-{files}",
        restore: ["npm-{os}-{arch}-{tool}-", "npm-{os}-{arch}-"],
        files: ["apps/web/npm-shrinkwrap.json", "apps/web/package-lock.json"],
      },
    });
  });

  it.each([
    [{ cwd: "../up" }, /no path below the root/],
    [{ cwd: "/etc" }, /no path below the root/],
    [{ command: "update" }, /neither "ci" nor "install"/],
    [{ args: "--omit dev" }, /no list of texts/],
    [{ folder: "../x" }, /no name for a folder/],
    [{ lockfile: "x" }, /no option "lockfile"/],
  ])("tells of mistakes where the job is defined: %j", (options, message) => {
    expect(npmInstall(options as object).problems!.map((problem) => problem.message)).toEqual([
      expect.stringMatching(message) as string,
    ]);
  });
});

it("is wired into a run: the pipeline's remote cache fills a new machine", async () => {
  const server = await ProtocolServer.start();
  const registry = await startRegistry();
  const env = { PATH: process.env["PATH"], HOME: tempFolder(), TURBO_TOKEN: "the-token" };
  const cache = turborepo({ url: server.url, teamId: "team_a" });
  const pipe = pipeline({ name: "packages", cache }, (p) => {
    p.stage("prepare").job("npm", npmInstall());
  });
  const outputs: unknown[] = [];
  for (let machine = 0; machine < 2; machine++) {
    const cwd = tempFolder();
    writeProject(cwd, registry, { tiny: "1.0.0" });
    const result = await run(pipe, { cwd, env, reporters: [] });
    expect(result.state).toBe("passed");
    const node = result.nodes.get("prepare/npm")!;
    outputs.push(node.state === "succeeded" ? node.output : node);
    await registry.stop();
  }
  expect(outputs).toMatchObject([{ cache: "miss" }, { cache: "hit" }]);
});
