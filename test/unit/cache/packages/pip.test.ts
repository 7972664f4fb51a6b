import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Folders } from "../../../../src/cache/folders/folders.ts";
import { pipInstall, type InstallOutput, type PipInstallOptions } from "../../../../src/entry-cache.ts";
import { stepContext } from "../../../fixtures/step-context.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

/**
 * Stands for Python: writes down what it is called with, and fails where its script says so. What pip itself makes of the
 * commands, the lab asks pip: test/lab/package-installs.lab.test.ts.
 */
class Python {
  readonly root = tempFolder();
  readonly #log = join(this.root, "calls");
  readonly #fail = join(this.root, "fail");

  constructor() {
    this.write("bin/python3", this.#script());
    this.write("fail", "");
    this.write("calls", "");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
    if (path.startsWith("bin/")) chmodSync(join(this.root, path), 0o755);
  }

  /** Calls whose arguments match fail from now on. */
  failAt(pattern: string): void {
    writeFileSync(this.#fail, pattern);
  }

  async install(
    options: PipInstallOptions,
  ): Promise<{ output: InstallOutput; calls: string[]; printed: string }> {
    writeFileSync(this.#log, "");
    const env = { PATH: `${join(this.root, "bin")}:${process.env["PATH"] ?? ""}` };
    const stateDir = join(this.root, ".sluice");
    const context = stepContext({ root: this.root, stateDir, folders: new Folders(stateDir), env });
    const step = pipInstall(options);
    const output = await step.execute(step.spec as never, context);
    return { output, calls: this.calls(), printed: context.printed("stdout") + context.printed("stderr") };
  }

  calls(): string[] {
    const folder = join(this.root, ".sluice", "cache", "folders", "pip");
    const text = readFileSync(this.#log, "utf8").trim();
    return text.replaceAll(folder, "FOLDER").replaceAll(`${this.root}/`, "").split("\n");
  }

  /** As much of pip and venv as leaves files where they do. */
  #script(): string {
    return `#!/bin/sh
printf '%s %s\\n' "$(basename "$0")" "$*" >> '${this.#log}'
fail=$(cat '${this.#fail}')
if [ -n "$fail" ] && printf '%s' "$*" | grep -q -e "$fail"; then echo "no such wheel" >&2; exit 1; fi
case "$*" in
  "-m pip --version") echo "pip 25.1.1 from /x/pip (python 3.12)";;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  "-m pip wheel "*|"-m pip install --cache-dir "*) mkdir -p "$5" && touch "$5/downloaded";;
esac
`;
  }
}

const REQUIREMENTS = { requirements: "requirements.txt" };
const ONLINE =
  "python -m pip wheel --cache-dir FOLDER/downloads --wheel-dir FOLDER/wheels --find-links FOLDER/wheels -r requirements.txt";
const OFFLINE = "python -m pip install --no-index --find-links FOLDER/wheels -r requirements.txt";
const PLAIN = "python -m pip install --cache-dir FOLDER/downloads -r requirements.txt";
const VERSION = "python -m pip --version";

describe.skipIf(process.platform === "win32")("pipInstall", () => {
  it("makes an environment and wheels, and installs from the wheels alone afterwards", async () => {
    const python = new Python();
    python.write("requirements.txt", "a==1\n");
    const first = await python.install(REQUIREMENTS);
    expect(first.output.cache).toBe("miss");
    expect(first.output.key).toMatch(
      new RegExp(`^pip-${process.platform}-${process.arch}-pip25_py3\\.12-[0-9a-f]{32}$`),
    );
    expect(first.calls).toEqual(["python3 -m venv .venv", VERSION, ONLINE, OFFLINE]);

    const second = await python.install(REQUIREMENTS);
    expect(second.output).toEqual({ key: first.output.key, cache: "hit" });
    expect(second.calls).toEqual([VERSION, OFFLINE]);
    expect(second.printed).not.toContain("pip 25");
  });

  it("asks the index where a better version could be there by now", async () => {
    const python = new Python();
    python.write("requirements.txt", "a>=1\n");
    expect((await python.install(REQUIREMENTS)).calls.slice(1)).toEqual([VERSION, PLAIN]);
    expect((await python.install(REQUIREMENTS)).calls).toEqual([VERSION, PLAIN]);
  });

  it("asks the index where wheels cannot do what is wanted", async () => {
    const python = new Python();
    python.write("requirements.txt", "a==1\n");
    const { calls } = await python.install({ ...REQUIREMENTS, args: ["--upgrade"] });
    expect(calls.slice(1)).toEqual([VERSION, `${PLAIN} --upgrade`]);
    const shared = await python.install({
      ...REQUIREMENTS,
      args: ["--index-url", "https://x.example", "--timeout=9"],
    });
    expect(shared.calls).toEqual([VERSION, `${OFFLINE} --index-url https://x.example --timeout=9`]);
  });

  it("falls back to the index where the wheels do not do, and says so", async () => {
    const python = new Python();
    python.write("requirements.txt", "a==1\n");
    await python.install(REQUIREMENTS);
    python.failAt("--no-index");
    const { calls, printed } = await python.install(REQUIREMENTS);
    expect(calls).toEqual([VERSION, OFFLINE, ONLINE, OFFLINE, PLAIN]);
    expect(printed).toContain("pip: not everything can be installed from wheels");
    python.failAt("-m pip [wi]");
    await expect(python.install(REQUIREMENTS)).rejects.toMatchObject({ code: "COMMAND_FAILED" });
  });

  it("has other downloads for other requirements, also in a file that is only named", async () => {
    const python = new Python();
    python.write("app/requirements.txt", "-r more.txt\n");
    python.write("app/more.txt", "a==1\n");
    const options = { ...REQUIREMENTS, cwd: "app", venv: false, python: "python3" } as const;
    const first = await python.install(options);
    python.write("app/more.txt", "a==2\n");
    const second = await python.install(options);
    expect(second.output.cache).toBe("partial");
    expect(second.output.key).not.toBe(first.output.key);
    expect(second.calls[1]).toBe(ONLINE.replace("python", "python3"));
  });

  it("refuses to install what no file names", async () => {
    const python = new Python();
    await expect(python.install(REQUIREMENTS)).rejects.toMatchObject({ code: "LOCKFILE_MISSING" });
    expect(python.calls()).toEqual([""]);
  });

  it("stands in a Plan as data that a CI host's own cache can be made of", () => {
    const { kind, spec, problems } = pipInstall({ requirements: ["a.txt", "dev/b.txt"], cwd: "api" });
    expect({ kind, problems }).toEqual({ kind: "pip-install", problems: [] });
    expect(JSON.parse(JSON.stringify(spec))).toEqual({
      requirements: ["a.txt", "dev/b.txt"],
      args: [],
      cwd: "api",
      venv: ".venv",
      python: null,
      env: {},
      cache: {
        folder: "pip",
        key: "pip-{os}-{arch}-{tool}-{files}",
        restore: ["pip-{os}-{arch}-{tool}-"],
        files: ["api/a.txt", "api/dev/b.txt"],
      },
    });
  });

  it.each([
    [{ requirements: [] }, /names no file/],
    [{}, /names no file/],
    [{ requirements: "../x.txt" }, /names no file/],
    [{ requirements: "a.txt", venv: "../x" }, /venv is no path/],
    [{ requirements: "a.txt", python: "" }, /python is empty/],
  ])("tells of mistakes where the job is defined: %j", (options, message) => {
    expect(pipInstall(options as PipInstallOptions).problems!.map((problem) => problem.message)).toEqual([
      expect.stringMatching(message) as string,
    ]);
  });
});
