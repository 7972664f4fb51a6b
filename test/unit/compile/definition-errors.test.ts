import { describe, expect, it } from "vitest";
import type { PipelineBuilder } from "../../../src/builder/index.ts";
import { artifact, when } from "../../../src/builder/index.ts";
import { DefinitionError, isSluiceError, type DefinitionIssue } from "../../../src/errors/index.ts";
import { sh } from "../../../src/executors/shell/index.ts";
import type { App, Strategy, Target } from "../../../src/ports/index.ts";
import type { AnyRef, Secret } from "../../../src/model/index.ts";
import { compiled } from "../../fixtures/engine-run.ts";

// What JavaScript lets through: the builder as a caller without types sees it.
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return */
type Loose = any;

function issuesOf(
  definition: (p: Loose, secrets: Loose) => unknown,
  secrets: Record<string, string> = {},
): readonly DefinitionIssue[] {
  try {
    compiled((p: PipelineBuilder, context: { readonly secrets: Readonly<Record<string, Secret>> }) => {
      return definition(p, context.secrets);
    }, secrets);
  } catch (error) {
    if (error instanceof DefinitionError) return error.issues;
    throw error;
  }
  return [];
}

const rules = (issues: readonly DefinitionIssue[]): string[] => issues.map((issue) => issue.rule);

const target = (requires: readonly string[]): Target<string> => ({
  kind: "test",
  name: "production",
  spec: {},
  requires,
  connect: () => Promise.reject(new Error("unused")),
  status: () => Promise.reject(new Error("unused")),
  rollback: () => Promise.reject(new Error("unused")),
});
const strategy: Strategy = { kind: "test", spec: {}, release: () => Promise.reject(new Error("unused")) };
const app = (subject: AnyRef): App => ({
  kind: "test",
  spec: { subject },
  subject: subject,
});

describe("mistakes that TypeScript sees and JavaScript does not", () => {
  it("reports them all at once, each with the user's line and a hint", () => {
    const issues = issuesOf(
      (p, secrets) => {
        const stage = p.stage("verify");
        const unit = stage.job("unit", sh`npm test`);
        stage.job("unit", sh`echo ${unit.stdot}`);
        stage.job("leak", sh`curl ${`Bearer ${secrets.token}`}`);
        p.stage("release").deploy("api", { to: target(["answers"]), app: app(unit), strategy });
      },
      { token: "a-secret-value" },
    );
    expect(rules(issues)).toEqual(["unknown-field", "duplicate-name", "secret-as-text", "evidence"]);
    const lines = issues.map((issue) => issue.at?.line ?? 0);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(new Set(lines).size).toBe(3);
    for (const issue of issues) {
      expect(issue.at?.file).toMatch(/definition-errors\.test\.ts$/);
      expect(issue.hint).not.toBe(undefined);
    }
    expect(issues[0]?.hint).toBe("It has: stdout, exitCode.");
    expect(issues[3]?.message).toContain('requires gate "answers"');
    expect(JSON.stringify(issues)).not.toContain("a-secret-value");
  });

  it("names what the value has passed when a gate is missing", () => {
    const issues = issuesOf((p) => {
      const a = p.stage("a");
      const vetted = a.gate(
        "answers",
        a.job("build", () => 1),
        () => true,
      );
      a.deploy("api", { to: target(["answers", "approval"]), app: app(vetted), strategy });
    });
    expect(issues).toHaveLength(1);
    expect(issues[0]?.message).toContain('gate "approval"');
    expect(issues[0]?.message).toContain('passed: "answers"');
  });

  it("refuses what is no step, check, target, app or strategy", () => {
    const issues = issuesOf((p) => {
      const a = p.stage("a");
      const job = a.job("j", () => 1);
      a.job("string", "npm test");
      a.job("nothing");
      a.gate("g", job, { min: 3 });
      a.gate("no subject", { value: 1 }, () => true);
      a.deploy("d", { to: {}, app: {}, strategy: {} });
    });
    expect(rules(issues)).toEqual(["shape", "shape", "shape", "gate-subject", "shape", "shape", "shape"]);
  });
});

describe("names", () => {
  it.each([
    ["an empty pipeline", () => undefined, ["empty-pipeline"]],
    ["an empty stage", (p: Loose) => (p.stage("a").job("x", () => 1), p.stage("b")), ["empty-stage"]],
    [
      "a stage twice",
      (p: Loose) => [1, 2].forEach(() => p.stage("a").job("x", () => 1)),
      ["duplicate-name", "duplicate-name"],
    ],
    ["a slash", (p: Loose) => p.stage("a/b").job("x", () => 1), ["name"]],
    ["an empty name", (p: Loose) => p.stage("a").job("", () => 1), ["name"]],
    [
      "an empty matrix",
      (p: Loose) => (
        p.stage("a").job("x", () => 1),
        p.stage("b").job("y", () => 1),
        p.stage("c").matrix("m", { n: [] }, () => sh`ls`)
      ),
      ["empty-matrix", "empty-stage"],
    ],
  ])("%s", (_name, definition, expected) => {
    const found = rules(issuesOf(definition as (p: Loose) => void));
    expect([...new Set(found)].sort()).toEqual([...new Set(expected)].sort());
  });
});

describe("options", () => {
  it.each([
    [{ retry: -1 }],
    [{ retry: 1.5 }],
    [{ retry: { attempts: 0 } }],
    [{ retry: { attempts: 2, delay: "soon" } }],
    [{ retry: { attempts: 2, factor: 0.5 } }],
    [{ retry: { attempts: 2, jitter: 2 } }],
    [{ retry: { attempts: 2, on: ["sometimes"] } }],
    [{ retry: { attempts: 2, on: [0] } }],
    [{ retry: { attempts: 2, of: ["exit"] } }],
    [{ timeout: 0 }],
    [{ timeout: "5 minutes" }],
    [{ timeout: Number.NaN }],
    [{ grace: -1 }],
    [{ weight: 0 }],
    [{ locks: "db" }],
    [{ locks: [""] }],
    [{ artifacts: { out: [] } }],
    [{ artifacts: { out: "../secret" } }],
    [{ artifacts: { out: "/etc/passwd" } }],
    [{ typo: true }],
  ])("refuses %j", (options) => {
    expect(rules(issuesOf((p) => p.stage("a").job("x", () => 1, options)))).toEqual(["option"]);
  });
});

describe("values", () => {
  it("refuses a value of another pipeline, an artifact that is not declared, and data that a plan cannot hold", () => {
    let foreign: Loose;
    let foreignSecret: Loose;
    compiled(
      (p, { secrets }) => {
        foreign = p.stage("a").job("x", sh`ls`);
        foreignSecret = secrets["key"];
      },
      { key: "value" },
    );
    const issues = issuesOf((p) => {
      const a = p.stage("a");
      const job = a.job("plain", sh`ls`);
      a.job("1", sh`echo ${foreign.stdout}`);
      a.job("2", { needs: { key: foreignSecret }, run: () => 1 });
      a.job("3", { needs: { x: artifact(job, "gone") }, run: () => 1 });
      a.job("4", { kind: "own", spec: { when: 1n, at: new Map() }, execute: () => 1 });
      a.job("5", { kind: "own", spec: { $ref: "a/plain" }, execute: () => 1 });
    });
    expect(rules(issues)).toEqual([
      "foreign-ref",
      "foreign-secret",
      "unknown-artifact",
      "not-data",
      "not-data",
      "not-data",
    ]);
    expect(issues[3]?.message).toContain("when: a bigint");
  });

  it("finds a job that waits for a later stage", () => {
    const issues = issuesOf((p) => {
      const early = p.stage("early");
      const late = p.stage("late").job("x", sh`ls`);
      early.job("y", sh`echo ${late.stdout}`);
    });
    expect(rules(issues)).toEqual(["cycle"]);
    expect(issues[0]?.path).toBe('stage "early" > job "y"');
  });

  it("refuses an asynchronous definition", () => {
    const issues = issuesOf(async (p): Promise<unknown> => {
      p.stage("a").job("x", () => 1);
      return Promise.resolve();
    });
    expect(rules(issues)).toEqual(["async-definition"]);
  });

  it("says where a definition threw, and keeps what was found before", () => {
    try {
      compiled((p) => {
        p.stage("a");
        throw new TypeError("undefined is not a function");
      });
      expect.unreachable();
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      expect(error.code).toBe("DEFINITION_THREW");
      expect(error.at?.file).toMatch(/definition-errors\.test\.ts$/);
      expect(error.describe()).not.toContain("    at ");
    }
    const issues = issuesOf((p) => {
      const unit = p.stage("a").job("x", sh`ls`);
      void unit.stdot;
      (when as Loose)("yes");
    });
    expect(rules(issues)).toEqual(["unknown-field", "option"]);
  });
});
