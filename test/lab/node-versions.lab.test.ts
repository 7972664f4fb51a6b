// needs: registry
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { need } from "./lab.ts";
import { nodeBinary } from "./node-binaries.ts";
import { runCommand } from "./run-command.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The oldest release that package.json allows, and the newest of each line that is in use. */
const VERSIONS = ["20.19.0", "22", "24"];

const PIPELINE = `import { pipeline, sh } from "sluice";

const pipe = pipeline({ name: "x" }, (p) => {
  p.stage("a").job("b", sh\`node -p "'ran on ' + process.version"\`);
});

export default pipe;
pipe.main();
`;

/** What a repository's package.json says about modules, and the name of its folder. */
const REPOSITORIES = [
  { folder: "with type module", manifest: { type: "module" } },
  { folder: "ohne Typ – Größe 測試", manifest: {} },
];

describe.skipIf(!need("registry").available)("an installed package", () => {
  let base = "";
  let elsewhere = "";

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "sluice-lab-"));
    elsewhere = join(base, "somewhere else");
    await mkdir(elsewhere);
    await prepareRepositories(base);
  });

  afterAll(async () => {
    await rm(base, { recursive: true, force: true });
  });

  describe.each(VERSIONS)("on Node %s", (version) => {
    let env: NodeJS.ProcessEnv = {};
    let node = "";

    beforeAll(async () => {
      const bin = await nodeBinary(version);
      node = join(bin, process.platform === "win32" ? "node.exe" : "node");
      env = {
        ...process.env,
        PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
        CI: "true",
        NO_COLOR: "1",
      };
      delete env["NODE_OPTIONS"];
    });

    it("is tested on the version that it says", async () => {
      const { stdout } = await runCommand("node", ["--version"], { env });
      expect(stdout.trim()).toMatch(new RegExp(`^v${version.replaceAll(".", "\\.")}(\\.|$)`));
    });

    describe.each(REPOSITORIES)("in a repository $folder", ({ folder }) => {
      it("runs pipeline.ts by npx tsx, in its folder", async () => {
        const cwd = join(base, folder);
        const { stdout } = await runCommand("npx", ["tsx", "pipeline.ts"], { cwd, env });
        expect(stdout).toContain(`ran on v${version}`);
      });

      it("runs pipeline.ts by tsx, from another folder", async () => {
        const tsx = join(base, folder, "node_modules", "tsx", "dist", "cli.mjs");
        const { stdout } = await runCommand(node, [tsx, join(base, folder, "pipeline.ts")], {
          cwd: elsewhere,
          env,
        });
        expect(stdout).toContain(`ran on v${version}`);
      });

      it("runs built JavaScript by node, from another folder", async () => {
        const { stdout } = await runCommand(node, [join(base, folder, "pipeline.js")], {
          cwd: elsewhere,
          env,
        });
        expect(stdout).toContain(`ran on v${version}`);
      });

      it("runs built JavaScript by the installed command, from another folder", async () => {
        const command = join(base, folder, "node_modules", ".bin", "sluice");
        const { stdout } = await runCommand(command, ["-f", join(base, folder, "pipeline.js")], {
          cwd: elsewhere,
          env,
        });
        expect(stdout).toContain(`ran on v${version}`);
      });
    });
  });
});

/** Packs this package, installs it as a user does, once, and copies the result into each repository. */
async function prepareRepositories(base: string): Promise<void> {
  await build({ ifStale: true });
  const packed = await runCommand("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", base], {
    cwd: ROOT,
  });
  const [tarball] = JSON.parse(packed.stdout) as { filename: string }[];
  if (tarball === undefined) throw new Error(`npm packed nothing: ${packed.stdout}`);

  const installed = join(base, "installed");
  await mkdir(installed);
  await writeFile(join(installed, "package.json"), "{}");
  const packages = [join(base, tarball.filename), `tsx@${await installedVersion("tsx")}`];
  await runCommand("npm", ["install", "--no-audit", "--no-fund", ...packages], { cwd: installed });

  for (const { folder, manifest } of REPOSITORIES) {
    const target = join(base, folder);
    await cp(installed, target, { recursive: true, verbatimSymlinks: true });
    await writeFile(
      join(target, "package.json"),
      JSON.stringify({ name: "user", private: true, ...manifest }),
    );
    await writeFile(join(target, "pipeline.ts"), PIPELINE);
    await writeFile(join(target, "pipeline.js"), PIPELINE);
  }
}

async function installedVersion(name: string): Promise<string> {
  const manifest = await readFile(join(ROOT, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
