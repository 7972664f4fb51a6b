import { describe, expect, it, onTestFinished, vi } from "vitest";
import { approval, type ApprovalOptions } from "../../../src/gates/index.ts";
import type { Answer, Question } from "../../../src/ports/index.ts";
import { stepContext } from "../../fixtures/step-context.ts";
import { errorOf, judge } from "./support.ts";

function asking(answer: Answer | undefined) {
  const asked: Question[] = [];
  const ask = (question: Question) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  return { asked, context: stepContext({ ask, node: { id: "release/approval" } }) };
}

describe("approval", () => {
  it("passes with who approved, and why", async () => {
    const { context, asked } = asking({ approved: true, by: "ada", reason: "looks fine" });
    expect(await judge(approval({ message: "Release?" }), context, { url: "http://127.0.0.1:1" })).toEqual({
      outcome: "passed",
      figures: [],
      summary: "approved by ada: looks fine",
    });
    expect(asked).toEqual([{ title: "Release?", detail: '{"url":"http://127.0.0.1:1"}' }]);
  });

  it("shows an artifact by its name and digest", async () => {
    const { context, asked } = asking({ approved: true, by: "ada" });
    await judge(approval(), context, { name: "service", digest: "sha256:12", files: [{ path: "a" }] });
    expect(asked[0]?.detail).toBe("service sha256:12");
  });

  it("fails with who rejected, and why", async () => {
    const { context } = asking({ approved: false, by: "grace", reason: "too\nlate" });
    expect(await judge(approval(), context)).toMatchObject({
      outcome: "failed",
      summary: "rejected by grace: too late",
    });
  });

  it("is suspended where nobody is there", async () => {
    const { context, asked } = asking(undefined);
    expect(await judge(approval(), context)).toEqual({
      outcome: "suspended",
      summary: "nobody is there to answer: Approve release/approval?",
    });
    expect(asked).toEqual([{ title: "Approve release/approval?" }]);
  });

  it("shows the detail given instead of the subject, and not more than a screen of it", async () => {
    const { context, asked } = asking({ approved: true, by: "" });
    const verdict = await judge(approval({ detail: "see staging" }), context, { a: 1 });
    expect(verdict).toMatchObject({ summary: "approved by someone unnamed" });
    await judge(approval(), context, "x".repeat(5_000));
    expect(asked.map((one) => one.detail?.length)).toEqual([11, 500]);
  });

  it("passes on that the node is to end", async () => {
    const context = stepContext({ ask: () => Promise.reject(new Error("interrupted")) });
    await expect(judge(approval(), context)).rejects.toThrow("interrupted");
  });

  it.each<[unknown, string]>([
    [{ message: "  " }, "message must be a text"],
    [{ mesage: "Release?" }, "there is no option mesage"],
    ["Release?", "must be an object"],
  ])("refuses %j at once", async (options, message) => {
    const error = await errorOf(() => approval(options as ApprovalOptions));
    expect(error).toMatchObject({ code: "DEFINITION_INVALID", message: expect.stringContaining(message) });
  });
});

describe("approval: by several, in time", () => {
  const by = (name: string, approved = true) => ({ approved, by: name, at: 1 });

  it("passes when enough different people have approved, in whatever process", async () => {
    const check = approval({ approvers: 2 });
    const passed = await judge(check, stepContext({ decisions: [by("ada"), by("bob")] }));
    expect(passed).toMatchObject({ outcome: "passed", summary: "approved by ada, bob" });
    const once = await judge(check, stepContext({ decisions: [by("ada"), by("ada")] }));
    expect(once).toMatchObject({
      outcome: "suspended",
      summary: expect.stringContaining("1 of 2") as string,
    });
  });

  it("counts an answer at the terminal, and asks nobody twice for the same person", async () => {
    const asked: Question[] = [];
    const ask = (question: Question) => {
      asked.push(question);
      return Promise.resolve({ approved: true, by: "ada" });
    };
    const verdict = await judge(approval({ approvers: 2 }), stepContext({ ask }));
    expect(verdict).toMatchObject({
      outcome: "suspended",
      summary: expect.stringMatching(
        /^nobody else is there to answer: .* \(1 of 2 have approved\)$/,
      ) as string,
    });
    expect(asked.map(({ approvedBy }) => approvedBy)).toEqual([undefined, ["ada"]]);
    expect(
      (await judge(approval({ approvers: 2 }), stepContext({ ask, decisions: [by("bob")] }))).outcome,
    ).toBe("passed");
  });

  it("takes names that differ only in how they are written for one person's", async () => {
    const check = approval({ approvers: 2 });
    for (const again of ["Ada", " ada ", "ＡＤＡ"]) {
      const verdict = await judge(check, stepContext({ decisions: [by("ada"), by(again)] }));
      expect(verdict).toMatchObject({
        outcome: "suspended",
        summary: expect.stringContaining("1 of 2") as string,
      });
    }
    expect((await judge(check, stepContext({ decisions: [by("ada"), by("ad a")] }))).outcome).toBe("passed");
  });

  it("does not count an answer at the terminal that came too late", async () => {
    const since = Date.now() - 3_599_000;
    vi.useFakeTimers({ now: since + 3_599_000, toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const ask = () => {
      vi.setSystemTime(since + 3_601_000);
      return Promise.resolve({ approved: true, by: "ada" });
    };
    const verdict = await judge(approval({ expires: "1h" }), stepContext({ ask, waitingSince: since }));
    expect(verdict).toMatchObject({
      outcome: "failed",
      summary: expect.stringContaining("within 1h 00m") as string,
    });
  });

  it("says until when it can be answered", async () => {
    const since = Date.now();
    const verdict = await judge(approval({ expires: "1h" }), stepContext({ waitingSince: since }));
    expect(verdict.summary).toContain(`, until ${new Date(since + 3_600_000).toISOString()}`);
  });

  it("fails where one of them rejected", async () => {
    const verdict = await judge(
      approval({ approvers: 2 }),
      stepContext({ decisions: [by("ada"), by("eve", false)] }),
    );
    expect(verdict).toMatchObject({ outcome: "failed", summary: "rejected by eve" });
  });

  it("fails when it has waited too long, and not before", async () => {
    const check = approval({ expires: "1h" });
    const since = Date.now() - 7_200_000;
    const late = await judge(
      check,
      stepContext({ waitingSince: since, decisions: [{ ...by("ada"), at: Date.now() }] }),
    );
    const readLate = stepContext({ waitingSince: since, decisions: [{ ...by("ada"), at: since + 60_000 }] });
    expect((await judge(check, readLate)).outcome).toBe("passed");
    expect(late).toMatchObject({
      outcome: "failed",
      summary: expect.stringContaining("within 1h 00m") as string,
    });
    const inTime = stepContext({ waitingSince: Date.now() - 60_000, decisions: [by("ada")] });
    expect((await judge(check, inTime)).outcome).toBe("passed");
  });

  it.each([{ approvers: 0 }, { approvers: 1.5 }, { expires: "soon" }, { expires: 0 }])(
    "refuses %j",
    (options) => {
      expect(() => approval(options as never)).toThrow(/approvers|expires/);
    },
  );
});
