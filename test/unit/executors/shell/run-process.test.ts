import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sh, sweep, type ShellStep } from "../../../../src/executors/shell/index.ts";
import type { StepContext } from "../../../../src/ports/index.ts";
import { planNode, stepContext, type ContextOverrides } from "../../../fixtures/step-context.ts";

const linux = process.platform === "linux";

/** Whether a process runs; one that has ended and that nobody has waited for does not. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !linux || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** A job that is on its way: what it printed, and a promise for its next line. */
function start(step: ShellStep<unknown>, overrides: ContextOverrides = {}) {
  const abort = new AbortController();
  const waiting: ((line: string) => void)[] = [];
  const lines: string[] = [];
  let rest = "";
  const context = stepContext({
    signal: abort.signal,
    ...overrides,
    write: (stream, chunk) => {
      if (stream === "stderr") return;
      const pieces = (rest + Buffer.from(chunk as Uint8Array).toString()).split("\n");
      rest = pieces.pop() ?? "";
      for (const line of pieces) {
        const next = waiting.shift();
        if (next) next(line);
        else lines.push(line);
      }
    },
  });
  const ended = Promise.resolve(step.execute(step.spec as never, context));
  // Awaited later by the test; until then a rejection is nobody's mistake.
  ended.catch(() => undefined);
  const line = async (): Promise<string> => lines.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return { abort, context, ended, line };
}

const shortGrace = { node: planNode({ grace: 50 }) };

describe("cancelling", () => {
  it("ends the whole group and rejects with the signal's reason", async () => {
    const job = start(sh`sleep 300 & echo $!; env -i sleep 300 & echo $!; echo $$; wait`);
    const pids = [await job.line(), await job.line(), await job.line()].map(Number);
    expect(pids.every(lives)).toBe(true);
    expect([...job.context.groups]).toEqual([pids[2]]);
    const reason = new Error("time is up");
    job.abort.abort(reason);
    await expect(job.ended).rejects.toBe(reason);
    expect(pids.some(lives)).toBe(false);
    expect(job.context.groups.size).toBe(0);
  });

  it("lets a command clean up after SIGTERM, and shows what it prints then", async () => {
    const job = start(sh`trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.01; done`);
    await job.line();
    job.abort.abort(new Error("stop"));
    expect(await job.line()).toBe("cleaned");
    await expect(job.ended).rejects.toThrow("stop");
  });

  it("kills what ignores SIGTERM after the grace period", async () => {
    const job = start(sh`trap '' TERM; echo $$; while :; do sleep 0.01; done`, shortGrace);
    const pid = Number(await job.line());
    job.abort.abort(new Error("stop"));
    await expect(job.ended).rejects.toThrow("stop");
    expect(lives(pid)).toBe(false);
  });

  it("ends a process that is stopped", async () => {
    const job = start(sh`echo $$; kill -STOP $$`);
    const pid = Number(await job.line());
    job.abort.abort(new Error("stop"));
    await expect(job.ended).rejects.toThrow("stop");
    expect(lives(pid)).toBe(false);
  });

  it.runIf(linux)("ends a daemon that has left the group", async () => {
    const job = start(
      sh`d=$(mktemp -d); mkfifo "$d/p"; setsid sh -c 'echo $$ > "$0/p"; exec sleep 300' "$d" > /dev/null 2>&1 & cat "$d/p"; rm -r "$d"; wait`,
      shortGrace,
    );
    const pid = Number(await job.line());
    job.abort.abort(new Error("stop"));
    await expect(job.ended).rejects.toThrow("stop");
    expect(lives(pid)).toBe(false);
  });

  it("starts nothing when the signal has fired before", async () => {
    const reason = new Error("too late");
    const job = start(sh`echo never`, { signal: AbortSignal.abort(reason) });
    await expect(job.ended).rejects.toBe(reason);
    expect(job.context.groups.size).toBe(0);
  });

  it("does not wait for output that cannot be written", async () => {
    const abort = new AbortController();
    const context: StepContext = {
      ...stepContext({ signal: abort.signal, ...shortGrace }),
      write: () => {
        abort.abort(new Error("stop"));
        return new Promise<void>(() => undefined);
      },
    };
    const step = sh`yes`;
    await expect(step.execute(step.spec as never, context)).rejects.toThrow("stop");
  });
});

describe("children that a job leaves behind", () => {
  it("end with it", async () => {
    const job = start(sh`env -i sleep 300 > /dev/null 2>&1 & echo $!`);
    const pid = Number(await job.line());
    expect(await job.ended).toMatchObject({ exitCode: 0 });
    expect(lives(pid)).toBe(false);
    expect(job.context.groups.size).toBe(0);
  });

  it("are killed when they ignore SIGTERM", async () => {
    const job = start(
      sh`d=$(mktemp -d); mkfifo "$d/p"; (trap '' TERM; echo > "$d/p"; exec sleep 300) & read -r < "$d/p"; rm -r "$d"; echo $!`,
      shortGrace,
    );
    const pid = Number(await job.line());
    expect(await job.ended).toMatchObject({ exitCode: 0 });
    expect(lives(pid)).toBe(false);
  });

  it.runIf(linux)("cannot keep it waiting by a pipe, also as daemons", async () => {
    const job = start(
      sh`mkfifo_dir=$(mktemp -d); mkfifo "$mkfifo_dir/p"; setsid sh -c 'echo $$; echo > "$0/p"; exec sleep 300' "$mkfifo_dir" & read -r < "$mkfifo_dir/p"; rm -r "$mkfifo_dir"; echo done`,
    );
    const pid = Number(await job.line());
    expect(await job.ended).toMatchObject({ exitCode: 0 });
    expect(lives(pid)).toBe(false);
  });
});

describe("sweep", () => {
  it.runIf(linux)("ends the daemons of a run and of no other", async () => {
    // Daemons without a pipe outlive a job that ends well: only the sweep at the end of the run finds them.
    const daemon = (run: string) => {
      const job = start(
        sh`d=$(mktemp -d); mkfifo "$d/p"; setsid sh -c 'echo $$ > "$0/p"; exec sleep 300' "$d" > /dev/null 2>&1 & read -r pid < "$d/p"; rm -r "$d"; echo $pid`,
        { run },
      );
      return job.line().then(async (line) => {
        await job.ended;
        return Number(line);
      });
    };
    const id = `sweep-${process.pid}`;
    const [one, other] = await Promise.all([daemon(`${id}-a`), daemon(`${id}-b`)]);
    expect([one, other].map(lives)).toEqual([true, true]);
    expect(await sweep(`${id}-a`)).toBe(1);
    expect([one, other].map(lives)).toEqual([false, true]);
    expect(await sweep(`${id}-b`, { grace: 0 })).toBe(1);
    expect(lives(other)).toBe(false);
    expect(await sweep(id)).toBe(0);
  });
});

describe("output", () => {
  it("waits for whoever takes it", async () => {
    const total = 4 << 20;
    let taken = 0;
    let open: (() => void) | undefined;
    let atOnce = 0;
    let most = 0;
    const context: StepContext = {
      ...stepContext(),
      write: (_, chunk) => {
        taken += chunk.length;
        most = Math.max(most, ++atOnce);
        return new Promise((resolve) => {
          open = () => {
            atOnce--;
            resolve();
          };
          setImmediate(open);
        });
      },
    };
    const step = sh`head -c ${total} /dev/zero`;
    await step.execute(step.spec as never, context);
    expect(taken).toBe(total);
    expect(most).toBe(1);
    expect(open).toBeDefined();
  });

  it("stops the command while it is not taken", async () => {
    let release: (() => void) | undefined;
    let bytes = 0;
    const first = new Promise<void>((seen) => {
      release = seen;
    });
    let open: (() => void) | undefined;
    const context: StepContext = {
      ...stepContext(),
      write: (stream, chunk) => {
        if (stream === "stderr") return;
        bytes += chunk.length;
        release?.();
        return new Promise((resolve) => (open = resolve));
      },
    };
    const step = sh`head -c 2000000 /dev/zero; echo written >&2`;
    const ended = Promise.resolve(step.execute(step.spec as never, context));
    await first;
    // Every turn of the loop could bring more; none may.
    const held = bytes;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(bytes).toBe(held);
    expect(held).toBeLessThanOrEqual(1 << 16);
    const turning = setInterval(() => open?.(), 0);
    await ended.finally(() => {
      clearInterval(turning);
    });
    expect(bytes).toBe(2_000_000);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk full"))],
  ])("that cannot be taken ends the job: write %s", async (_, write) => {
    let pid = 0;
    const context: StepContext = {
      ...stepContext(shortGrace),
      processes: { add: (group) => (pid = group), remove: () => undefined },
      write,
    };
    const step = sh`yes`;
    await expect(step.execute(step.spec as never, context)).rejects.toThrow("disk full");
    expect(lives(pid)).toBe(false);
  });
});
