import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import { pipeline, run, type RunEvent } from "../../../src/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

/** A pipeline with runs, and what breaks one. */
class Runs {
  readonly cwd = tempFolder();
  failing = false;
  readonly pipe = pipeline({ name: "runs" }, (p) => {
    const made = p.stage("a").job("make", () => 1);
    p.stage("b").job("use", {
      needs: { made },
      run: ({ made: value }) => {
        if (this.failing) throw new Error("not today");
        return value;
      },
    });
  });

  /** Runs, the older one first. */
  async make(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await run(this.pipe, { cwd: this.cwd, run: id });
  }

  in(id: string, ...path: readonly string[]): string {
    return join(this.cwd, ".sluice/runs", id, ...path);
  }

  damage(id: string): void {
    writeFileSync(this.in(id, "journal-zzzzzzzz.aa.jsonl"), "no record\n");
  }

  /** Makes a journal that cannot be opened, by whoever it is. */
  lock(id: string): void {
    mkdirSync(this.in(id, "journal-zzzzzzzz.aa.jsonl"));
  }

  async type(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err] = [new Text(), new Text()];
    const terminal = { program: "p", out, err, env: {}, onInterrupt: () => () => undefined };
    const code = await main(this.pipe, [...words, "--cwd", this.cwd], terminal as unknown as Terminal);
    return { code, out: out.text, err: err.text };
  }
}

class Text extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const OLD = "20260101-000000-0000aa";
const NEW = "20260102-000000-0000aa";

describe("a run that cannot be read", () => {
  it.each(["damage", "lock"] as const)(
    "is passed over by resume with a warning, unless it is named (%s)",
    async (how) => {
      const runs = new Runs();
      runs.failing = true;
      await runs.make(OLD, NEW);
      runs[how](NEW);
      runs.failing = false;
      const warnings: string[] = [];
      const event = (one: RunEvent): void => void (one.type === "warning" && warnings.push(one.message));
      const result = await run(runs.pipe, { cwd: runs.cwd, resume: {}, reporters: [{ event }] });
      expect(result).toMatchObject({ run: OLD, state: "passed" });
      expect(warnings).toEqual([
        expect.stringContaining(`run ${NEW} is passed over, since it cannot be read: `),
      ]);
      const named = run(runs.pipe, { cwd: runs.cwd, resume: {}, run: NEW });
      await expect(named).rejects.toMatchObject({
        code: how === "damage" ? "STATE_CORRUPT" : "STATE_UNREADABLE",
      });
      await expect(run(runs.pipe, { cwd: runs.cwd, resume: {} })).rejects.toSatisfy(
        (error: Error & { hint?: string }) => error.hint?.includes(`run ${NEW} is passed over`) === true,
      );
    },
  );

  it("is passed over where inputs are looked for", async () => {
    const runs = new Runs();
    await runs.make(OLD, NEW);
    runs.damage(NEW);
    expect(await run(runs.pipe, { cwd: runs.cwd, only: ["use"] })).toMatchObject({ state: "passed" });
  });

  it("is passed over by rerun", async () => {
    const runs = new Runs();
    await runs.make(OLD, NEW);
    runs.lock(NEW);
    const { code, err } = await runs.type("rerun", "--reporter", "json");
    expect(err).toContain(`warning: run ${NEW} is passed over`);
    expect(code).toBe(0);
  });

  it("hides no other in the list, and is no defect", async () => {
    const runs = new Runs();
    await runs.make("blocked", OLD, NEW);
    runs.lock(NEW);
    rmSync(runs.in("blocked", "plan.json"));
    symlinkSync("plan.json", runs.in("blocked", "plan.json"));
    const { code, out } = await runs.type("runs");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`${NEW} +unreadable +cannot read `));
    expect(out).toContain("blocked");
    expect(out).toMatch(new RegExp(`${OLD} +passed`));
    const shown = await runs.type("show", NEW);
    expect(shown.err).toContain("[STATE_UNREADABLE]");
  });
});
