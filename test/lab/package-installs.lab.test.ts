// needs: python, registry
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Folders } from "../../src/cache/folders/folders.ts";
import { npmInstall, pipInstall, type InstallOutput } from "../../src/entry-cache.ts";
import type { Step } from "../../src/ports/index.ts";
import { stepContext } from "../fixtures/step-context.ts";
import { tempFolder } from "../fixtures/temp-folder.ts";
import { connect } from "../unit/cache/remote/client.ts";
import { ProtocolServer } from "../unit/cache/remote/server.ts";
import { need } from "./lab.ts";
import { runCommand } from "./run-command.ts";

/** Writes the wheel of a module that holds its version, as the format says (PyPA, binary distribution format). */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, version = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", f"version = '{version}'\\n")
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: lab\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

/** A package index (PEP 503) on the loopback interface. */
class Index {
  readonly asked: string[] = [];
  url = "";
  readonly #folder = tempFolder();
  readonly #server = createServer((request, response) => {
    const path = request.url ?? "";
    this.asked.push(path);
    const project = /^\/simple\/([\w-]+)\/$/.exec(path)?.[1];
    const wheels = readdirSync(this.#folder);
    if (project !== undefined) {
      const links = wheels
        .filter((name) => name.startsWith(`${project}-`))
        .map((name) => `<a href="/w/${name}">${name}</a>`);
      response.writeHead(200, { "content-type": "text/html" }).end(links.join("\n"));
    } else if (wheels.includes(basename(path)))
      response.end(readFileSync(join(this.#folder, basename(path))));
    else response.writeHead(404).end();
  });

  static async start(): Promise<Index> {
    const index = new Index();
    index.#server.listen(0, "127.0.0.1");
    await once(index.#server, "listening");
    index.url = `http://127.0.0.1:${String((index.#server.address() as AddressInfo).port)}/simple/`;
    onTestFinished(() => index.stop());
    return index;
  }

  async add(name: string, version: string): Promise<void> {
    await runCommand("python3", ["-c", MAKE_WHEEL, this.#folder, name, version]);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A machine with a checkout and nothing downloaded. */
class Machine {
  readonly root = tempFolder();
  readonly env: Record<string, string>;
  readonly #stateDir = join(this.root, ".sluice");
  readonly #server: ProtocolServer;

  constructor(server: ProtocolServer, variables: Record<string, string>) {
    this.#server = server;
    this.env = { PATH: process.env["PATH"] ?? "", HOME: tempFolder(), ...variables };
  }

  async run(step: Step<InstallOutput>): Promise<{ output: InstallOutput; printed: string }> {
    const open = async () => (await connect({ url: this.#server.url }, undefined, this.#stateDir)).cache;
    const folders = new Folders(this.#stateDir, open);
    const { root, env } = this;
    const context = stepContext({ root, stateDir: this.#stateDir, folders, env });
    const output = await step.execute(step.spec as never, context);
    return { output, printed: context.printed("stdout") };
  }

  async python(code: string): Promise<string> {
    const python = join(this.root, ".venv", "bin", "python");
    return (await runCommand(python, ["-c", code], { env: this.env })).stdout.trim();
  }
}

describe.skipIf(!need("python").available)("pip", () => {
  async function setUp() {
    const [server, index] = [await ProtocolServer.start(), await Index.start()];
    await index.add("alpha", "1.0");
    await index.add("alpha", "2.0");
    await index.add("beta", "1.0");
    const machine = (requirements: string): Machine => {
      const made = new Machine(server, { PIP_INDEX_URL: index.url, PIP_RETRIES: "0" });
      writeFileSync(join(made.root, "requirements.txt"), requirements);
      return made;
    };
    return { index, machine };
  }
  const step = pipInstall({ requirements: "requirements.txt" });

  it("installs on a new machine without any index what another one has downloaded", async () => {
    const { index, machine } = await setUp();
    const first = await machine("alpha==1.0\nbeta==1.0\n").run(step);
    expect(first.output.cache).toBe("miss");
    await index.stop();

    const second = machine("alpha==1.0\nbeta==1.0\n");
    const { output, printed } = await second.run(step);
    expect(output).toEqual({ key: first.output.key, cache: "hit" });
    console.log(printed.split("\n")[0]);
    expect(await second.python("import alpha, beta; print(alpha.version, beta.version)")).toBe("1.0 1.0");
  });

  it("asks the index for what has changed only", async () => {
    const { index, machine } = await setUp();
    await machine("alpha==1.0\nbeta==1.0\n").run(step);
    index.asked.length = 0;
    const second = machine("alpha==2.0\nbeta==1.0\n");
    expect((await second.run(step)).output.cache).toBe("partial");
    expect(index.asked.filter((path) => path.endsWith(".whl"))).toEqual(["/w/alpha-2.0-py3-none-any.whl"]);
    expect(await second.python("import alpha; print(alpha.version)")).toBe("2.0");
  });

  it("gets the newest where the requirements leave it open", async () => {
    const { index, machine } = await setUp();
    const second = machine("alpha\n");
    await second.run(step);
    expect(await second.python("import alpha; print(alpha.version)")).toBe("2.0");
    await index.add("alpha", "3.0");
    rmSync(join(second.root, ".venv"), { recursive: true });
    await second.run(step);
    expect(await second.python("import alpha; print(alpha.version)")).toBe("3.0");
  });
});

describe.skipIf(!need("registry").available)("npm", () => {
  it("installs a real package on a new machine without its registry", async () => {
    const server = await ProtocolServer.start();
    const first = new Machine(server, {});
    // As this machine's npm is set up to reach its registry.
    const userConfig = (await runCommand("npm", ["config", "get", "userconfig"])).stdout.trim();
    if (existsSync(userConfig)) cpSync(userConfig, join(first.env["HOME"]!, ".npmrc"));
    const registry = (await runCommand("npm", ["config", "get", "registry"])).stdout.trim();
    first.env["npm_config_registry"] = registry;
    writeFileSync(join(first.root, "package.json"), JSON.stringify({ dependencies: { picomatch: "4.0.2" } }));
    const lock = ["install", "--package-lock-only", "--no-audit", "--no-fund"];
    await runCommand("npm", lock, { cwd: first.root, env: first.env });
    expect((await first.run(npmInstall())).output.cache).toBe("miss");

    // The same registry, and a network that leads nowhere.
    const nowhere = "http://127.0.0.1:9/";
    const second = new Machine(server, {
      npm_config_registry: registry,
      npm_config_proxy: nowhere,
      npm_config_https_proxy: nowhere,
      npm_config_noproxy: "",
      npm_config_fetch_retries: "0",
    });
    for (const file of ["package.json", "package-lock.json"])
      cpSync(join(first.root, file), join(second.root, file));
    const { output, printed } = await second.run(npmInstall());
    console.log(printed.split("\n")[0]);
    expect(output.cache).toBe("hit");
    expect(existsSync(join(second.root, "node_modules/picomatch/package.json"))).toBe(true);
  });
});
