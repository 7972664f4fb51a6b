// needs: turborepo-server, turbo
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "../fixtures/temp-folder.ts";
import { sumOf } from "../unit/cache/remote/client.ts";
import { need } from "./lab.ts";
import { runCommand } from "./run-command.ts";
import { CacheServer, SIGNATURE_KEY, TOKEN } from "./turborepo/server.ts";

const SIGNING = { TURBO_REMOTE_CACHE_SIGNATURE_KEY: SIGNATURE_KEY };

/** A repository in which `turbo run build` writes one file, and a machine that has nothing cached. */
class Repository {
  readonly root = tempFolder();
  readonly #server: CacheServer;

  constructor(server: CacheServer) {
    this.#server = server;
    const member = { name: "a", version: "1.0.0", scripts: { build: "node build.mjs" } };
    this.#write("package.json", {
      name: "m",
      private: true,
      packageManager: "npm@10.0.0",
      workspaces: ["a"],
    });
    this.#write("turbo.json", {
      remoteCache: { signature: true },
      tasks: { build: { outputs: ["dist/**"] } },
    });
    this.#write("a/package.json", member);
    writeFileSync(
      join(this.root, "a/build.mjs"),
      'import { mkdirSync, writeFileSync } from "node:fs"; mkdirSync("dist"); writeFileSync("dist/out", "built");',
    );
    this.#write("package-lock.json", {
      name: "m",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "m", workspaces: ["a"] },
        "node_modules/a": { resolved: "a", link: true },
        a: { name: "a", version: "1.0.0" },
      },
    });
  }

  /** Runs turbo on a machine where nothing was built before, and gives what it printed. */
  async build(team: Readonly<Record<string, string>>, key = SIGNATURE_KEY): Promise<string> {
    for (const name of [".turbo", "node_modules", "a/dist", "a/.turbo"])
      rmSync(join(this.root, name), { recursive: true, force: true });
    const turbo = process.env["SLUICE_TURBO"] ?? "";
    const { stdout } = await runCommand(process.execPath, [turbo, "run", "build"], {
      cwd: this.root,
      env: {
        PATH: process.env["PATH"],
        HOME: this.root,
        TURBO_TELEMETRY_DISABLED: "1",
        TURBO_API: this.#server.url,
        TURBO_TOKEN: TOKEN,
        TURBO_REMOTE_CACHE_SIGNATURE_KEY: key,
        ...team,
      },
    });
    return stdout;
  }

  built(): string | undefined {
    const file = join(this.root, "a/dist/out");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  #write(path: string, content: object): void {
    mkdirSync(join(this.root, path, ".."), { recursive: true });
    writeFileSync(join(this.root, path), JSON.stringify(content));
  }
}

const both = need("turborepo-server").available && need("turbo").available;
describe.skipIf(!both)("Turborepo itself", () => {
  it.each([
    ["a team's id", { TURBO_TEAMID: "team_lab" }, { teamId: "team_lab" }, "team_lab"],
    ["a team's name", { TURBO_TEAM: "web" }, { slug: "web" }, "web"],
  ])("signs as we check, and checks as we sign, with %s", async (_name, team, options, folder) => {
    const server = await CacheServer.start({ signed: true });
    const repository = new Repository(server);
    expect(await repository.build(team)).toContain("cache miss, executing");
    const hash = readdirSync(join(server.store, folder)).find((name) => !name.endsWith(".tag"))!;
    const written = readFileSync(server.file(hash, folder));
    const tag = readFileSync(server.file(`${hash}.tag`, folder), "utf8");

    const cache = await server.connect(options, SIGNING);
    expect(await sumOf(await cache.get(hash))).toBe(await sumOf([written]));

    rmSync(join(server.store, folder), { recursive: true });
    mkdirSync(join(server.store, folder));
    await cache.put(hash, new Blob([written]), { took: 5 });
    expect(readFileSync(server.file(`${hash}.tag`, folder), "utf8")).toBe(tag);
    expect(await repository.build(team)).toContain(`cache hit, replaying logs ${hash}`);
    expect(repository.built()).toBe("built");
  });

  it("takes nothing that another key has signed, and neither do we", async () => {
    const server = await CacheServer.start({ signed: true });
    const repository = new Repository(server);
    const team = { TURBO_TEAMID: "team_lab" };
    await repository.build(team);
    const hash = readdirSync(join(server.store, "team_lab")).find((name) => !name.endsWith(".tag"))!;
    const other = "f".repeat(32);
    const stranger = await server.connect({}, { TURBO_REMOTE_CACHE_SIGNATURE_KEY: other });
    await expect(stranger.get(hash)).rejects.toThrow("does not fit");

    await stranger.put(hash, new Blob([readFileSync(server.file(hash))]), { took: 0 });
    expect(await repository.build(team)).toContain("cache miss, executing");
  });
});
