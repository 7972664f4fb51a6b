import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { GroupSync } from "../../../../src/stores/fs/group-sync.ts";

/** A disk that is told when each flush ends. */
class ScriptedDisk {
  readonly flushes: ((error: Error | null) => void)[] = [];
  begun = 0;

  readonly flush = (done: (error: Error | null) => void): void => {
    this.begun += 1;
    this.flushes.push(done);
  };

  end(error: Error | null = null): void {
    this.flushes.shift()?.(error);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("group commit", () => {
  it("has one flush under way and one for all who asked meanwhile, in that order", async () => {
    const disk = new ScriptedDisk();
    const sync = new GroupSync(disk.flush);
    const log: string[] = [];
    const ask = (name: string): void => {
      sync.wrote();
      void sync.ask()?.then(() => log.push(name));
    };
    ask("a");
    expect(disk.begun).toBe(1);
    ask("b");
    ask("c");
    expect(disk.begun).toBe(1);
    disk.end();
    // The next has begun before anyone can hear that the first has ended.
    expect(disk.begun).toBe(2);
    await turn();
    expect(log).toEqual(["a"]);
    disk.end();
    await turn();
    expect(log).toEqual(["a", "b", "c"]);
    expect(disk.begun).toBe(2);
    expect(sync.ask()).toBe(undefined);
  });

  it("shares what is under way with those who wrote nothing since it began", async () => {
    const disk = new ScriptedDisk();
    const sync = new GroupSync(disk.flush);
    sync.wrote();
    const first = sync.ask();
    expect(sync.ask()).toBe(first);
    disk.end();
    await first;
    expect(disk.begun).toBe(1);
  });

  it("never flushes twice at a time, also where those who waited ask again at once", async () => {
    const disk = new ScriptedDisk();
    const sync = new GroupSync(disk.flush);
    const again = (): void => {
      sync.wrote();
      void sync.ask();
    };
    sync.wrote();
    const first = sync.ask()?.then(again);
    sync.wrote();
    void sync.ask()?.then(again);
    disk.end();
    await first;
    await turn();
    expect(disk.flushes).toHaveLength(1);
    disk.end();
    await turn();
    expect(disk.flushes).toHaveLength(1);
  });

  it("tells everyone who waits of a fault, and everyone later, and nobody who does not ask", async () => {
    const disk = new ScriptedDisk();
    const sync = new GroupSync(disk.flush);
    const fault = new Error("the disk is gone");
    sync.wrote();
    const first = sync.ask();
    sync.wrote();
    const next = sync.ask();
    sync.wrote();
    void sync.ask();
    disk.end(fault);
    await expect(first).rejects.toBe(fault);
    await expect(next).rejects.toBe(fault);
    expect(() => sync.ask()).toThrow(fault);
    await sync.settled();
  });

  it("leaves no rejection unhandled where nobody waits", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.prependListener("unhandledRejection", note);
    onTestFinished(() => void process.off("unhandledRejection", note));
    const disk = new ScriptedDisk();
    const sync = new GroupSync(disk.flush);
    sync.wrote();
    void sync.ask();
    sync.wrote();
    void sync.ask();
    disk.end(new Error("the disk is gone"));
    await turn();
    await turn();
    expect(unhandled).toEqual([]);
  });

  it("settles when nothing is under way any more", async () => {
    const disk = new ScriptedDisk();
    const sync = new GroupSync(disk.flush);
    await sync.settled();
    sync.wrote();
    void sync.ask();
    sync.wrote();
    void sync.ask();
    let settled = false;
    const waiting = sync.settled().then(() => (settled = true));
    disk.end();
    await turn();
    expect(settled).toBe(false);
    disk.end(new Error("x"));
    await waiting;
  });

  it("resolves only when a flush that began after the write has ended, in whatever order all happens", async () => {
    const steps = fc.array(fc.constantFrom("write", "ask", "end", "turn"), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        let written = 0;
        let onDisk = 0;
        const pending: { covers: number; done: (error: Error | null) => void }[] = [];
        const sync = new GroupSync((done) => {
          pending.push({ covers: written, done });
        });
        const end = (): void => {
          const flush = pending.shift();
          onDisk = Math.max(onDisk, flush?.covers ?? 0);
          flush?.done(null);
        };
        const waiting: Promise<void>[] = [];
        for (const step of script) {
          if (step === "write") {
            written += 1;
            sync.wrote();
          } else if (step === "end") end();
          else if (step === "turn") await turn();
          else {
            const wanted = written;
            const promise = sync.ask();
            if (promise === undefined) expect(onDisk).toBe(wanted);
            else
              waiting.push(
                promise.then(() => {
                  expect(onDisk).toBeGreaterThanOrEqual(wanted);
                }),
              );
          }
          expect(pending.length).toBeLessThanOrEqual(1);
        }
        while (pending.length > 0) end();
        await Promise.all(waiting);
        await sync.settled();
      }),
      { numRuns: 500 },
    );
  });
});
