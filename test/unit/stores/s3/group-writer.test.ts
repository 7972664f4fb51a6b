import { describe, expect, it } from "vitest";
import { GroupWriter } from "../../../../src/stores/s3/journal/group-writer.ts";

/** A writer whose writes end when the test says so. */
function stepped(limit = 1_000): {
  writer: GroupWriter<string>;
  batches: string[];
  /** Resolves when a write is under way. */
  underway: () => Promise<void>;
  /** Ends the write under way. */
  end: (fault?: Error) => void;
} {
  const batches: string[] = [];
  let arrived: () => void = () => undefined;
  let finish: ((fault?: Error) => void) | undefined;
  const write = (items: readonly string[]): Promise<void> => {
    batches.push(items.join(""));
    return new Promise((resolve, reject) => {
      finish = (fault) => {
        finish = undefined;
        if (fault === undefined) resolve();
        else reject(fault);
      };
      arrived();
    });
  };
  const underway = (): Promise<void> =>
    finish === undefined ? new Promise((resolve) => (arrived = resolve)) : Promise.resolve();
  return { writer: new GroupWriter(write, limit), batches, underway, end: (fault) => finish?.(fault) };
}

describe("a group writer", () => {
  it("writes what comes in one turn at once, and what comes during a write in the next", async () => {
    const { writer, batches, underway, end } = stepped();
    writer.add("a", 1);
    const first = writer.flush();
    writer.add("b", 1);
    const same = writer.flush();
    await underway();
    writer.add("c", 1);
    writer.add("d", 1);
    const second = writer.flush();
    expect(batches).toEqual(["ab"]);
    end();
    await Promise.all([first, same]);
    await underway();
    expect(batches).toEqual(["ab", "cd"]);
    end();
    await second;
    expect(writer.flush()).toBeUndefined();
  });

  it("waits for the write under way where nothing was added since", async () => {
    const { writer, underway, end } = stepped();
    writer.add("a", 1);
    void writer.flush();
    await underway();
    const again = writer.flush();
    expect(again).toBeInstanceOf(Promise);
    end();
    await again;
  });

  it("begins another batch at its limit, and writes a full one without being asked", async () => {
    const { writer, batches, underway, end } = stepped(10);
    const long = "d".repeat(50);
    for (const text of ["aaaa", "bbbb", "cccc", long, "e"]) writer.add(text, text.length);
    for (let batch = 0; batch < 4; batch++) {
      await underway();
      end();
      await writer.settled();
    }
    expect(batches).toEqual(["aaaabbbb", "cccc", long, "e"]);
  });

  it("stops at the first fault, and gives it to all who wait or ask later", async () => {
    const { writer, batches, underway, end } = stepped();
    writer.add("a", 1);
    const first = writer.flush();
    await underway();
    writer.add("b", 1);
    const second = writer.flush();
    end(new Error("the server is gone"));
    await expect(first).rejects.toThrow("the server is gone");
    await expect(second).rejects.toThrow("the server is gone");
    writer.add("c", 1);
    await expect(writer.flush()).rejects.toThrow("the server is gone");
    expect(batches).toEqual(["a"]);
  });
});
