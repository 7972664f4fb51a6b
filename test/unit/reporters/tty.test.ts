import { spawn } from "node:child_process";
import { once } from "node:events";
import { userInfo } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunEvent } from "../../../src/model/index.ts";
import type { Reporter } from "../../../src/ports/index.ts";
import { plain } from "../../../src/reporters/plain.ts";
import { tty, type TtyOptions } from "../../../src/reporters/tty.ts";
import {
  failedRun,
  passedRun,
  type RunFixture,
  suspendedRun,
  wideRun,
  writeLogs,
} from "../../fixtures/events.ts";
import { Collected, golden, scratch, tell } from "./support.ts";
import { TerminalStream } from "./tty/terminal-stream.ts";

const ENV = { TERM: "xterm", LANG: "C.UTF-8" };

/** A reporter at a terminal, whose clock is that of the events. */
class Desk {
  readonly run: RunFixture;
  readonly out: TerminalStream;
  readonly reporter: Reporter;
  readonly seen: RunEvent[] = [];
  #now: number;

  constructor(run: RunFixture, columns: number, rows: number, options: TtyOptions = {}) {
    this.run = run;
    this.out = new TerminalStream(columns, rows);
    this.#now = run.result.startedAt;
    this.reporter = tty({ out: this.out, env: ENV, color: false, now: () => this.#now, ...options });
  }

  start(logs?: string): void {
    const { run, plan } = { run: this.run.result.run, plan: this.run.plan };
    this.reporter.start?.({ run, plan, root: "/work/app", ...(logs === undefined ? {} : { logs }) });
  }

  /** Tells events until one fits, and lets the time pass that they take. */
  until(isLast: (event: RunEvent) => boolean): void {
    for (const event of this.run.events.slice(this.seen.length)) {
      this.seen.push(event);
      this.pass(event.at - this.#now);
      void this.reporter.event(event);
      if (isLast(event)) break;
    }
    this.pass(200);
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 50) {
      this.#now += Math.min(50, left);
      vi.advanceTimersByTime(Math.min(50, left));
    }
  }

  get screen(): string {
    return this.out.terminal.screen.join("\n");
  }
}

/** Moments of the long run that are worth looking at. */
const MOMENTS: readonly (readonly [name: string, isIt: (event: RunEvent) => boolean])[] = [
  ["jobs run", (event) => event.type === "node.log" && event.stream === "stderr"],
  ["a retry is due", (event) => event.type === "node.retrying"],
  ["a gate is asked for", (event) => event.type === "gate.waiting"],
  ["a gate has judged", (event) => event.type === "gate.judged"],
  ["a rolling release moves", (event) => event.type === "rollout.weight" && event.weight === 50],
  ["two canaries begin", (event) => event.type === "rollout.weight" && event.target === "production-eu"],
  ["a canary moves", (event) => event.type === "rollout.weight" && event.weight === 25],
  ["one is held", (event) => event.type === "node.failed" && event.node === "production/eu"],
  ["one is taken back", (event) => event.type === "rollout.aborted"],
];

describe("with the time held", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    [20, 24],
    [40, 24],
    [80, 45],
    [80, 12],
    [200, 50],
  ])("a run at %s columns and %s rows", async (columns, rows) => {
    const desk = new Desk(failedRun(), columns, rows);
    await expectMoments(desk, `tty-${String(columns)}x${String(rows)}.txt`);
  });

  test("a run in ASCII", async () => {
    await expectMoments(new Desk(failedRun(), 80, 30, { unicode: false }), "tty-ascii.txt");
  });

  async function expectMoments(desk: Desk, name: string): Promise<void> {
    desk.start();
    expect(desk.out.terminal.cursorVisible).toBe(false);
    const screens: string[] = [];
    for (const [moment, isIt] of MOMENTS) {
      desk.until(isIt);
      // widths of full-width characters come from a library that is loaded when the first one is seen
      await vi.dynamicImportSettled();
      desk.pass(200);
      expect(desk.out.terminal.cursor.column).toBe(0);
      expect(desk.out.terminal.cursor.row).toBeLessThan(desk.out.rows);
      screens.push(`==== ${moment}\n${desk.screen}\n`);
    }
    desk.until(() => false);
    const before = desk.out.terminal.lines.length;
    await desk.reporter.finish?.(desk.run.result);
    expect(desk.out.terminal.cursorVisible).toBe(true);
    expect(before).toBeLessThan(desk.out.terminal.lines.length);
    screens.push(`==== at the end, with all that has scrolled away\n${desk.out.terminal.lines.join("\n")}\n`);
    await expect(screens.join("\n")).toMatchFileSnapshot(golden(name));
  }

  test("nothing is drawn while nothing changes but the time, and that once a second", () => {
    const desk = new Desk(failedRun(), 80, 40);
    desk.start();
    desk.until((event) => event.type === "node.started");
    desk.pass(1000);
    const { writes } = desk.out;
    desk.pass(900);
    expect(desk.out.writes - writes).toBeLessThanOrEqual(1);
    desk.pass(10_000);
    expect(desk.out.writes - writes).toBeGreaterThanOrEqual(10);
    expect(desk.out.writes - writes).toBeLessThanOrEqual(12);
  });

  test("a thousand jobs are drawn ten times a second at most", () => {
    const run = wideRun(1000);
    const desk = new Desk(run, 80, 24);
    desk.start();
    desk.until(() => false);
    const seconds = ((run.events.at(-1)?.at ?? 0) - run.result.startedAt) / 1000;
    expect(desk.seen.length).toBeGreaterThan(4000);
    expect(desk.out.writes).toBeLessThanOrEqual(seconds * 10 + 5);
    expect(desk.out.writes).toBeGreaterThanOrEqual(seconds * 5);
  });

  test("a window that changes its size is drawn on anew", () => {
    const desk = new Desk(failedRun(), 100, 40);
    desk.start();
    desk.until((event) => event.type === "rollout.weight" && event.weight === 50);
    for (const [columns, rows] of [
      [50, 40],
      [120, 12],
      [90, 45],
    ] as const) {
      desk.out.resize(columns, rows);
      desk.pass(200);
      const headers = desk.out.terminal.screen.filter((line) => line.startsWith("ai-query-service"));
      expect(headers).toHaveLength(1);
      expect(desk.screen).toContain("staging");
    }
  });

  test("warnings stay above the live lines", () => {
    const desk = new Desk(failedRun(), 120, 40);
    desk.start();
    desk.until((event) => event.type === "warning");
    desk.until((event) => event.type === "rollout.promoted");
    const { lines } = desk.out.terminal;
    expect(lines[0]).toMatch(/^! evaluate\/coverage: no baseline yet/);
    expect(lines[1]).toMatch(/^ai-query-service/);
  });

  test("a terminal that is slow gets fewer frames, and the run does not wait", () => {
    const desk = new Desk(failedRun(), 80, 40);
    let frames = 0;
    desk.out.write = () => {
      frames++;
      return false;
    };
    desk.start();
    desk.until(() => false);
    // the cursor, and one frame that waits to be taken
    expect(frames).toBeLessThanOrEqual(2);
    delete (desk.out as Partial<TerminalStream>).write;
    desk.out.emit("drain");
  });

  test("after its end it leaves no listener and no timer", async () => {
    const signals = ["exit", "SIGINT", "SIGTERM", "SIGHUP", "SIGTSTP", "SIGCONT"] as const;
    const counts = (): readonly number[] => signals.map((signal) => process.listenerCount(signal));
    const before = counts();
    const desk = new Desk(passedRun(), 80, 24);
    desk.start();
    desk.until(() => false);
    expect(counts()).not.toEqual(before);
    await desk.reporter.finish?.(desk.run.result);
    expect(counts()).toEqual(before);
    expect(desk.out.eventNames()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("the log of what failed is shown in full, from its file, harmless to the terminal", async () => {
  await using folder = await scratch();
  const run = failedRun();
  await writeLogs(run, folder.path);
  const desk = new Desk(run, 80, 24);
  desk.start(folder.path);
  for (const event of run.events) await desk.reporter.event(event);
  await desk.reporter.finish?.(run.result);
  const lines = desk.out.terminal.lines;
  const from = lines.findIndex((line) => line.startsWith("── log of smoke/http"));
  const to = lines.findIndex((line) => line.startsWith("── end of smoke/http"));
  expect(lines.slice(from + 1, to)).toEqual([
    "GET /healthz 200",
    "GET /query 503",
    "body: \ufffd\ufffd\ufffd",
    "::error file=a.ts::not ours",
    "::stop-commands::guess",
    "progress ::endgroup::",
    "##[endgroup]",
    "back <b> & ]]>",
    "curl: (22) The requested URL returned error: 503",
  ]);
  expect(lines.join("\n")).toContain(`log: ${path.join(folder.path, "smoke~http.log")}`);
});

test("a suspended run says how to answer", async () => {
  const out = new TerminalStream(120, 24);
  await tell(tty({ out, env: ENV, color: false, command: "npx tsx pipeline.ts" }), suspendedRun(), {
    files: false,
  });
  expect(out.terminal.lines.slice(-2)).toEqual([
    "next: npx tsx pipeline.ts approve 20260115-0932-77c1 release/approval  (or reject)",
    "next: npx tsx pipeline.ts resume 20260115-0932-77c1  (goes on after the answer)",
  ]);
});

test("where the cursor cannot be moved it writes what plain writes", async () => {
  const [dumb, piped, expected] = [new Collected(), new Collected(), new Collected()];
  dumb.isTTY = true;
  await tell(tty({ out: dumb, env: { TERM: "dumb" } }), failedRun(), { files: false });
  await tell(tty({ out: piped, env: ENV }), failedRun(), { files: false });
  await tell(plain({ out: expected, color: false }), failedRun(), { files: false });
  expect(dumb.text()).toBe(expected.text());
  expect(piped.text()).toBe(expected.text());
});

describe("asking", () => {
  const question = { title: "Release to production?", detail: "revision 4\nreplaces 3" };
  const never = new AbortController().signal;

  function asking(options: TtyOptions = {}): {
    readonly desk: Desk;
    readonly input: PassThrough;
    readonly ask: NonNullable<Reporter["ask"]>;
  } {
    const input = new PassThrough();
    const desk = new Desk(failedRun(), 80, 30, { input, ...options });
    desk.start();
    const { ask } = desk.reporter;
    if (ask === undefined) throw new Error("it does not ask");
    return { desk, input, ask };
  }

  async function shows(desk: Desk, wanted: string): Promise<void> {
    while (!desk.screen.includes(wanted)) await new Promise(setImmediate);
  }

  async function close(desk: Desk): Promise<void> {
    await desk.reporter.finish?.(desk.run.result);
  }

  test("a yes approves, with a reason and a name", async () => {
    const { desk, input, ask } = asking();
    await shows(desk, "waiting");
    const answer = ask(question, never);
    await shows(desk, "Approve? [y/N]");
    expect(desk.out.terminal.lines).toEqual([
      "? Release to production?",
      "  revision 4",
      "  replaces 3",
      "  Approve? [y/N]",
    ]);
    expect(desk.out.terminal.cursorVisible).toBe(true);
    input.write("y\n");
    await shows(desk, "Reason");
    input.write("looks \u001b[31mgood\n");
    expect(await answer).toEqual({ approved: true, by: userInfo().username, reason: "looks good" });
    expect(desk.out.terminal.cursorVisible).toBe(false);
    await shows(desk, "waiting");
    await close(desk);
  });

  test.each([
    ["n\n\n", false],
    ["\n\n", false],
    ["maybe\nYES\n\n", true],
  ])("%j gives %s, without a reason", async (typed, approved) => {
    const { desk, input, ask } = asking();
    input.write(typed);
    expect(await ask(question, never)).toEqual({ approved, by: userInfo().username });
    await close(desk);
  });

  test("an input that ends gives no answer", async () => {
    const { desk, input, ask } = asking();
    input.end();
    expect(await ask(question, never)).toBeUndefined();
    expect(await ask(question, never)).toBeUndefined();
    await close(desk);
  });

  test("a signal takes the question back, also while the reason is asked for", async () => {
    const { desk, input, ask } = asking();
    const first = new AbortController();
    const answer = ask(question, first.signal);
    await shows(desk, "Approve?");
    first.abort();
    expect(await answer).toBeUndefined();

    const second = new AbortController();
    input.write("y\n");
    const other = ask(question, second.signal);
    await shows(desk, "Reason");
    second.abort();
    expect(await other).toBeUndefined();
    expect(await ask(question, AbortSignal.abort())).toBeUndefined();
    expect(desk.out.terminal.cursorVisible).toBe(false);
    await close(desk);
  });

  test("two questions are put one after the other", async () => {
    const { desk, input, ask } = asking();
    const answers = [ask({ title: "First?" }, never), ask({ title: "Second?" }, never)];
    await shows(desk, "First?");
    expect(desk.screen).not.toContain("Second?");
    input.write("y\n\n");
    await shows(desk, "Second?");
    input.write("n\n\n");
    expect((await Promise.all(answers)).map((answer) => answer?.approved)).toEqual([true, false]);
    await close(desk);
  });

  test("what was typed before the question is no answer at a terminal", async () => {
    const { desk, input, ask } = asking({ input: Object.assign(new PassThrough(), { isTTY: true }) });
    input.end();
    const typed = Object.assign(new PassThrough(), { isTTY: true });
    const reporter = tty({ out: desk.out, env: ENV, color: false, input: typed });
    typed.write("y\n\n");
    const answer = reporter.ask?.(question, never);
    await shows(desk, "Approve?");
    typed.write("n\n\n");
    expect(await answer).toMatchObject({ approved: false });
    void ask;
    await close(desk);
  });

  test("events that come meanwhile are shown afterwards, none in between", async () => {
    const { desk, input, ask } = asking();
    const answer = ask(question, never);
    await shows(desk, "Approve?");
    for (const event of desk.run.events.slice(0, 40)) void desk.reporter.event(event);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(desk.out.terminal.lines.at(-1)).toBe("  Approve? [y/N]");
    input.write("y\n\n");
    await answer;
    await shows(desk, "verify");
    await close(desk);
  });

  test("where nobody looks nobody is asked", () => {
    expect(tty({ out: new Collected(), env: ENV }).ask).toBeUndefined();
  });
});

describe("the cursor", () => {
  const script = (ending: string): string => `
    import { tty } from ${JSON.stringify(new URL("../../../src/reporters/tty.ts", import.meta.url).href)};
    import { passedRun } from ${JSON.stringify(new URL("../../fixtures/events.ts", import.meta.url).href)};
    process.stdout.isTTY = true;
    const { plan } = passedRun();
    tty({ env: { TERM: "xterm" } }).start({ run: "r", plan, root: "/" });
    setTimeout(() => undefined, 60_000);
    ${ending}`;

  function start(ending: string) {
    return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script(ending)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "comes back when %s ends the process",
    async (signal) => {
      const child = start("");
      const output = text(child.stdout);
      await once(child.stdout, "data");
      child.kill(signal);
      expect(await once(child, "close")).toEqual([null, signal]);
      expect(await output).toMatch(/^\u001b\[\?25l[^]*\u001b\[\?25h$/);
    },
  );

  test("comes back when the process exits", async () => {
    const child = start("process.exit(3);");
    const output = text(child.stdout);
    expect(await once(child, "close")).toEqual([3, null]);
    expect((await output).endsWith("\u001b[?25h")).toBe(true);
  });

  test("stays hidden while somebody else handles the signal", async () => {
    const child = start(
      `process.once("SIGINT", () => { process.stdout.write("handled"); setTimeout(() => process.exit(0), 20); });`,
    );
    const output = text(child.stdout);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    await once(child, "close");
    expect(await output).toMatch(/handled[^]*\u001b\[\?25h$/);
    expect((await output).match(/\u001b\[\?25h/g)).toHaveLength(1);
  });
});
