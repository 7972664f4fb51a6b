import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { CommandError, sh, type CommandEnd, type ShellStep } from "../../../../src/executors/shell/index.ts";
import { SluiceError } from "../../../../src/errors/index.ts";
import {
  planNode,
  resolvedSecret,
  stepContext,
  type RecordingContext,
} from "../../../fixtures/step-context.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "sluice-shell-")));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Runs a step whose spec needs no resolving. */
async function run<T>(
  step: ShellStep<T>,
  context: RecordingContext = stepContext({ root: folder }),
): Promise<T> {
  return step.execute(step.spec as never, context);
}

/** Runs a step with `value` in the place of the only value of its command. */
async function runWith(
  step: ShellStep<unknown>,
  value: unknown,
  context = stepContext({ root: folder }),
): Promise<unknown> {
  const command = step.spec.command.map((part) => (typeof part === "string" ? part : { ...part, value }));
  return step.execute({ ...step.spec, command } as never, context);
}

async function failure(result: Promise<unknown>): Promise<SluiceError & Partial<CommandEnd>> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SluiceError)) throw new Error(`expected a SluiceError, got ${String(error)}`);
  return error;
}

describe("the output", () => {
  it("is the end of standard output and the exit code", async () => {
    expect(await run(sh`echo a; echo b >&2`)).toEqual({ stdout: "a\n", exitCode: 0 });
  });

  it("keeps the last 64 KiB, from the beginning of a character on", async () => {
    const { stdout } = await run(sh`printf 'é%.0s' $(seq 50000); printf x`);
    expect(stdout).toBe(`${"é".repeat((65_536 - 2) / 2)}x`);
  });

  it("can be text, lines and JSON", async () => {
    expect(await run(sh`printf ' a b \n\n'`.text())).toBe("a b");
    expect(await run(sh`printf 'a\r\n\nb\n'`.lines())).toEqual(["a", "", "b"]);
    expect(await run(sh`true`.lines())).toEqual([]);
    expect(await run(sh`echo '{"a":[1]}'`.json())).toEqual({ a: [1] });
    const schema = z.object({ a: z.number().default(1) });
    const typed: { a: number } = await run(sh`echo '{}'`.json(schema));
    expect(typed).toEqual({ a: 1 });
  });

  it.each([
    ["no JSON", sh`echo hello`.json(), "`echo hello` did not print JSON"],
    ["nothing", sh`true`.json(), "`true` printed nothing"],
    [
      "what does not fit",
      sh`echo '{"a":{"b":"x"}}'`.json(z.object({ a: z.object({ b: z.number() }) })),
      "does not fit its schema: a.b: ",
    ],
    ["more than 1 MiB of text", sh`head -c 1048577 /dev/zero`.text(), "printed more than 1 MiB"],
    ["more than 1 MiB of lines", sh`seq 300000`.lines(), "printed more than 1 MiB"],
  ])("is refused where it is %s", async (_, step: ShellStep<unknown>, message) => {
    const error = await failure(run(step));
    expect(error.code).toBe("OUTPUT_INVALID");
    expect(error.message).toContain(message);
  });

  it("takes just 1 MiB", async () => {
    expect(await run(sh`head -c 1048576 /dev/zero`.text())).toHaveLength(1 << 20);
  });

  it("is written byte for byte, also where it is no UTF-8", async () => {
    const context = stepContext({ root: folder });
    const written: Uint8Array[] = [];
    await run(sh`printf '\377\303x\0\200'; printf e >&2`, {
      ...context,
      write: (stream, chunk) => {
        if (stream === "stdout") written.push(chunk as Uint8Array);
      },
    });
    expect([...Buffer.concat(written)]).toEqual([0xff, 0xc3, 0x78, 0x00, 0x80]);
  });
});

describe("the shell", () => {
  it("stops at the first failure, also within a pipe", async () => {
    const context = stepContext({ root: folder });
    expect((await failure(run(sh`false | cat; echo on`, context))).exitCode).toBe(1);
    expect((await failure(run(sh({ shell: "sh" })`cd nowhere; echo on`, context))).exitCode).not.toBe(0);
    expect(context.printed("stdout")).toBe("");
  });

  it("is bash or the system's sh", async () => {
    expect(await run(sh`echo $BASH_VERSINFO`.text())).toMatch(/^\d+$/);
    expect(await run(sh({ shell: "sh" })`echo $0`.text())).toBe("sh");
  });

  it("is not started for a plain command", async () => {
    await mkdir(join(folder, "bin"), { recursive: true });
    await writeFile(join(folder, "bin/tool"), '#!/bin/sh\necho "$# $1 $2"\n', { mode: 0o755 });
    const context = stepContext({ root: folder, env: { PATH: join(folder, "bin") } });
    expect(await run(sh`tool ${"a  b"} c`.text(), context)).toBe("2 a  b c");
    const error = await failure(run(sh`tool | tool`, context));
    expect(error).toMatchObject({
      code: "COMMAND_NOT_FOUND",
      exitCode: 127,
      message: "bash was not found on the PATH",
    });
    expect(error.hint).toContain('sh({ shell: "sh" })');
  });

  it("reads a script without an interpreter line, also for a plain command", async () => {
    await writeFile(join(folder, "plain.sh"), "echo plain\n", { mode: 0o755 });
    expect(await run(sh`./plain.sh`.text())).toBe("plain");
  });

  it("reads BASH_ENV where the job sets it, also for a plain command", async () => {
    await writeFile(join(folder, "env.sh"), "true() { echo replaced; }\n");
    expect(await run(sh({ env: { BASH_ENV: "./env.sh" } })`true`.text())).toBe("replaced");
  });

  it("starts where cwd says", async () => {
    await mkdir(join(folder, "sub"), { recursive: true });
    expect(await run(sh`pwd`.text())).toBe(folder);
    expect(await run(sh({ cwd: "sub" })`pwd`.text())).toBe(join(folder, "sub"));
    expect(await run(sh({ cwd: tmpdir() })`pwd -P`.text())).toBe(await realpath(tmpdir()));
  });

  it("reads standard input that is given, and else an end of file", async () => {
    expect(await run(sh`cat`.text())).toBe("");
    expect(await run(sh({ stdin: "a\nb" })`cat`.text())).toBe("a\nb");
    expect(await run(sh({ stdin: resolvedSecret("k", "value") as never })`cat`.text())).toBe("value");
    expect(await run(sh({ stdin: "x".repeat(1 << 20) })`true`.text())).toBe("");
  });
});

describe("the environment", () => {
  it("is what the context gives, the job's own, and where it runs; nothing else", async () => {
    process.env["SLUICE_TEST_LEAK"] = "1";
    try {
      const node = planNode({ id: "build/api", stage: "build" });
      const context = stepContext({
        root: folder,
        env: { PATH: process.env["PATH"] ?? "", A: "1", B: "2" },
        node,
        attempt: 3,
      });
      const lines = await run(sh({ env: { B: "3", C: 4, D: true } })`env`.lines(), context);
      const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s)));
      expect(env["SLUICE_JOB"]).toMatch(/^run-1\/[0-9a-f]{8}\/\d+\.\d+\.$/);
      delete env["SLUICE_JOB"];
      expect(env).toEqual({
        PATH: process.env["PATH"],
        A: "1",
        B: "3",
        C: "4",
        D: "true",
        SLUICE_RUN: "run-1",
        SLUICE_NODE: "build/api",
        SLUICE_STAGE: "build",
        SLUICE_ATTEMPT: "3",
      });
    } finally {
      delete process.env["SLUICE_TEST_LEAK"];
    }
  });

  it("carries the secrets of the command, which never stand in its text", async () => {
    const secret = resolvedSecret("api-key", "s3cr3t 'x' $y");
    const step = sh({
      env: { TOKEN: secret as never },
    })`printf '%s|' ${secret as never} "<${secret as never}>" "$TOKEN"; tr '\0' ' ' < /proc/$$/cmdline`;
    const printed = await run(step.text());
    expect(printed.startsWith("s3cr3t 'x' $y|<s3cr3t 'x' $y>|s3cr3t 'x' $y|bash")).toBe(true);
    expect(printed.slice(printed.indexOf("|bash"))).not.toContain("s3cr3t");
    expect(await run(sh`env`.text())).not.toContain("SLUICE_SECRET");
  });
});

describe("values at run time", () => {
  const node = planNode({
    with: { command: ["echo ", { value: { $ref: "build/image", path: ["tag"] }, quote: "bare" }] },
  });
  const context = (): RecordingContext => stepContext({ root: folder, node });

  it.each([
    [undefined, "INPUT_MISSING", "value 1 of the command (build/image.tag) has no value"],
    [null, "OUTPUT_INVALID", "value 1 of the command (build/image.tag) is null, which no command can take"],
    [
      { a: 1 },
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is an object, which no command can take",
    ],
    [
      { $secret: "a" },
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is an object, which no command can take",
    ],
    [
      { $ref: "a" },
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is an object, which no command can take",
    ],
    [
      { name: "a", reveal: "b" },
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is an object, which no command can take",
    ],
    [
      ["a", null],
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is null, which no command can take",
    ],
    [
      [["a"]],
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is an array, which no command can take",
    ],
    [
      "a\0b",
      "OUTPUT_INVALID",
      "value 1 of the command (build/image.tag) is text with a NUL character, which no command can take",
    ],
  ])("%j is refused and named", async (value, code, message) => {
    expect(await failure(runWith(sh`echo ${"?"}`, value, context()))).toMatchObject({ code, message });
  });

  it("an array that a ref gave is refused within quotes and glued to text", async () => {
    for (const step of [sh`echo "${"?"}"`, sh`echo '${"?"}'`, sh`echo x${"?"}`, sh`echo ${"?"}x`]) {
      expect((await failure(runWith(step, ["a"]))).message).toContain("an array within quotes or glued");
    }
    expect(await runWith(sh`printf '%s.' ${"?"}`.text(), ["a b", 1])).toBe("a b.1.");
  });

  it("names a variable, cwd and stdin", async () => {
    for (const [part, label] of [
      [{ env: { A: undefined } }, "the variable A"],
      [{ cwd: undefined }, "cwd"],
      [{ stdin: undefined }, "stdin"],
    ] as const) {
      const step = sh`true`;
      const error = await failure(
        Promise.resolve(step.execute({ ...step.spec, ...part } as never, context())),
      );
      expect(error).toMatchObject({ code: "INPUT_MISSING", message: `${label} has no value` });
    }
  });
});

describe("a failure", () => {
  it.each([
    [sh`exit 3`, { exitCode: 3, signal: undefined, message: "`exit 3` failed with exit code 3" }],
    [
      sh`kill -USR1 $$`,
      { exitCode: undefined, signal: "SIGUSR1", message: "`kill -USR1 $$` was ended by SIGUSR1" },
    ],
    [sh`(exit 137)`, { exitCode: 137, message: expect.stringContaining("memory") as string }],
    [sh`no-such-tool; true`, { exitCode: 127, message: expect.stringContaining("not found") as string }],
    [sh`./; true`, { exitCode: 126, message: expect.stringContaining("cannot be executed") as string }],
    [sh`exit 1 # ${"x"}${"y".repeat(200)}`, { message: expect.stringMatching(/^`.{80}` failed/) as string }],
  ])("says how the command ended: %#", async (step, expected) => {
    const error = await failure(run(step));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ code: "COMMAND_FAILED", ...expected });
  });

  it("tells a missing program from a missing folder and from one that cannot be executed", async () => {
    await writeFile(join(folder, "data.txt"), "");
    await chmod(join(folder, "data.txt"), 0o644);
    await writeFile(join(folder, "lost.sh"), "#!/no/such/interpreter\n", { mode: 0o755 });
    const code = "COMMAND_NOT_FOUND";
    expect(await failure(run(sh`no-such-tool x`))).toMatchObject({
      code,
      exitCode: 127,
      message: "no-such-tool was not found on the PATH",
    });
    expect(await failure(run(sh`./no-such-file`))).toMatchObject({
      code,
      message: "./no-such-file does not exist",
    });
    expect(await failure(run(sh`./lost.sh`))).toMatchObject({
      code,
      message: expect.stringContaining("interpreter") as string,
    });
    expect(await failure(run(sh`./data.txt`))).toMatchObject({ code, exitCode: 126 });
    expect(await failure(run(sh({ cwd: "gone" })`true`))).toMatchObject({
      code,
      message: `\`true\` cannot start: there is no folder ${join(folder, "gone")}`,
    });
    expect(await failure(run(sh({ cwd: "data.txt" })`true`))).toMatchObject({
      code,
      message: expect.stringContaining("there is no folder") as string,
    });
    expect(await failure(runWith(sh`true ${"?"}`, "x".repeat(1 << 20)))).toMatchObject({
      message: expect.stringContaining("too long") as string,
    });
  });
});
