import { describe, expect, it } from "vitest";
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
