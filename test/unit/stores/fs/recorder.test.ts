import { fstatSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../../src/model/index.ts";
import { decodeJournal } from "../../../../src/stores/_shared/record.ts";
import { FileRecorder } from "../../../../src/stores/fs/recorder.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const warning = (message: string): RunEvent => ({ type: "warning", at: 1, message });

/** A recorder on a real file, whose flushes end when they are told to; `sizes` is what each of them covers. */
function recorder() {
  const folder = tempFolder();
  const file = join(folder, "j");
  const sizes: number[] = [];
  const ends: ((error: Error | null) => void)[] = [];
  const datasync = (fd: number, done: (error: Error | null) => void): void => {
    sizes.push(fstatSync(fd).size);
    ends.push(done);
  };
  const made = new FileRecorder({ folder, name: "j", datasync });
  const read = (): readonly RunEvent[] => decodeJournal(readFileSync(file), file).events;
  return { made, file, sizes, ends, read };
}

describe("a recorder", () => {
  it("has handed everything to the system before it flushes, and flushes once more for what came meanwhile", async () => {
    const { made, file, sizes, ends } = recorder();
    made.append(warning("one"));
    const first = made.sync();
    expect(sizes).toEqual([statSync(file).size]);
    made.append(warning("two"));
    const second = made.sync();
    made.append(warning("three"));
    const third = made.sync();
    expect(third).toBe(second);
    expect(sizes).toHaveLength(1);
    ends.shift()?.(null);
    await first;
    expect(sizes[1]).toBe(statSync(file).size);
    ends.shift()?.(null);
    await second;
    expect(made.sync()).toBe(undefined);
    await made.close();
  });

  it("closes after what is under way, with everything appended in the file, once", async () => {
    const { made, ends, read } = recorder();
    made.append(warning("one"));
    void made.sync();
    made.append(warning("two"));
    let closed = false;
    const closing = made.close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    ends.shift()?.(null);
    await closing;
    expect(made.close()).toBe(made.close());
    expect(read()).toEqual([warning("one"), warning("two")]);
    made.append(warning("late"));
    expect(() => made.commit()).toThrow(/is closed/);
  });

  it("says in words that the disk failed, to all who wait and to all who come, and closes without a word", async () => {
    const { made, ends } = recorder();
    made.append(warning("one"));
    const first = made.sync();
    made.append(warning("two"));
    const second = made.sync();
    ends.shift()?.(Object.assign(new Error("ENOSPC"), { code: "ENOSPC" }));
    for (const waiting of [first, second]) {
      await expect(waiting).rejects.toMatchObject({ code: "STATE_UNWRITABLE", message: /the disk is full/ });
    }
    expect(() => made.sync()).toThrow(/the disk is full/);
    await made.close();
  });

  it.runIf(process.platform === "linux")("writes nothing after what could not be written", async () => {
    const made = new FileRecorder({ folder: "/dev", name: "full" });
    made.append(warning("one"));
    expect(() => made.commit()).toThrow(/the disk is full/);
    made.append(warning("two"));
    expect(() => made.commit()).toThrow(/the disk is full/);
    expect(() => made.sync()).toThrow(/the disk is full/);
    await made.close();
  });
});
