import stringWidth from "string-width";
import { beforeAll, describe, expect, it } from "vitest";
import { planText, type Prediction } from "../../../src/graph/plan-text.ts";
import {
  command,
  diamondPlan,
  fiftyPlan,
  fivePlan,
  hostilePlan,
  NO_RETRY,
  planOf,
  quoted,
  ref,
} from "../../fixtures/plans.ts";
import { expectGolden, GOLDEN_PLANS } from "./golden.ts";
import { knowWidths } from "../../fixtures/know-widths.ts";

beforeAll(knowWidths);

const plain = { color: false, columns: 80 } as const;

describe("planText", () => {
  it.each(GOLDEN_PLANS)("writes the plan %s", (name, plan) => {
    expectGolden(`${name}.txt`, planText(plan, plain));
  });

  it.each([40, 60, 80, 120])("keeps every line within %i cells", (columns) => {
    for (const plan of [fiftyPlan(), hostilePlan()]) {
      for (const line of planText(plan, { color: false, columns }).split("\n")) {
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it("says the same with colours as without", () => {
    const predictions = new Map([["verify/unit", { runs: false, why: "no reason" }]]);
    const coloured = planText(fivePlan(), { color: true, columns: 80, predictions });
    expect(coloured).toContain("\u001b[1m");

    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(planText(fivePlan(), { ...plain, predictions }));
  });

  it("lets nothing in a plan move the cursor or paint", () => {
    expect(planText(hostilePlan(), plain)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("shows what is known of each node's fate", () => {
    const plan = fivePlan();
    const predictions = new Map<string, Prediction>([
      ["verify/unit", { runs: true, why: "src/a.ts changed" }],
      ["verify/lint", { runs: false, why: "cached" }],
      ["release/approval", { runs: false, why: "no tag matches v*" }],
      ["release/web", { runs: false, why: "no tag matches v*" }],
    ]);
    const text = planText(plan, { ...plain, predictions });
    expect(text).toContain("expected  2 run, 3 skipped\n");
    expect(text).toMatch(/unit .*\$ npm test\n +runs: src\/a\.ts changed\n/);
    expect(text).toMatch(/lint .*\n +skipped: cached\n/);
    // Said once for a stage of which nothing runs.
    expect(text).toContain("release\n  when tag matches v*\n  skipped: no tag matches v*\n  gate");
    expect(text.match(/no tag matches v\*/g)).toHaveLength(1);
  });

  it("shows what is expected from the cache, and what decides about it", () => {
    const plan = fivePlan();
    const cache = { inputs: ["src/**"], env: ["MODE"], tools: [] };
    const [unit, lint, image, ...others] = plan.nodes;
    if (unit === undefined || lint === undefined || image === undefined) throw new Error("no nodes");
    const nodes = [{ ...unit, cache }, { ...lint, effects: true }, image, ...others];
    const caches = new Map([
      [unit.id, { state: "hit", text: "left by run r1 2h 03m ago, took 4.2s" }],
      [lint.id, { state: "miss", text: "src/a.ts differs" }],
      [image.id, { state: "open", text: "decided when verify/lint has run" }],
    ] as const);
    const text = planText({ ...plan, nodes }, { ...plain, predictions: new Map(), caches });
    expect(text).toContain("expected  1 run, 1 from the cache, 0 skipped, 3 decided during the run\n");
    expect(text).toMatch(/unit .*\n +from the cache: left by run r1 2h 03m ago, took 4\.2s\n/);
    expect(text).toContain("cached by src/**; env MODE; no tools");
    expect(text).toMatch(/lint .*\n +not in the cache: src\/a\.ts differs\n/);
    expect(text).toContain("acts outside the run");
    expect(text).toMatch(/cache: decided when verify\/lint has run\n/);
  });

  it("counts nodes whose condition waits for a value as not yet decided", () => {
    const plan = planOf({
      stages: [
        {
          name: "a",
          nodes: [
            { name: "x" },
            {
              name: "y",
              needs: ["a/x"],
              when: { kind: "value", value: ref("a/x", "exitCode"), test: { op: "truthy" } },
            },
          ],
        },
      ],
    });
    const text = planText(plan, { ...plain, predictions: new Map() });
    expect(text).toContain("expected  1 run, 0 skipped, 1 decided during the run\n");
    expect(text).toContain("when a/x.exitCode is truthy\n");
  });

  it("gives the verdict of a condition that the plan alone decides", () => {
    const when = (value: boolean, predictions = new Map<string, Prediction>()): string =>
      planText(
        planOf({
          stages: [
            { name: "a", nodes: [{ name: "x", when: { kind: "static", value, reason: "it is so" } }] },
          ],
        }),
        { ...plain, predictions },
      );
    expect(when(true)).toContain("when it is so: holds\n");
    expect(when(false)).toContain("when it is so: does not hold\n");
    expect(when(false, new Map([["a/x", { runs: false, why: "not so" }]]))).toContain(
      "when it is so\n                    skipped: not so\n",
    );
  });

  it("says where a stage stands only where that is not behind the one above", () => {
    const text = planText(diamondPlan(), plain);
    expect(text).toContain("backend\n  job");
    expect(text).toContain("frontend\n  after source\n");
    expect(text).toContain("release\n  after backend, frontend\n");
    const early = planText(
      planOf({
        stages: [
          { name: "a", nodes: [] },
          { name: "b", after: [], nodes: [] },
        ],
      }),
      plain,
    );
    expect(early).toContain("b\n  starts with the run\n");
  });

  it("shows commands with what is in them, and secrets by name only", () => {
    const text = planText(
      planOf({
        stages: [
          {
            name: "a",
            nodes: [
              {
                name: "x",
                secrets: ["token"],
                with: {
                  ...(command(
                    "curl ",
                    quoted(ref("s/api", "url")),
                    " -H ",
                    quoted({ $secret: "token" }),
                  ) as object),
                  env: { MODE: "fast lane", KEY: { $secret: "token" } },
                  cwd: "packages/a",
                  shell: "sh",
                  stdin: ref("s/api", "body"),
                },
              },
            ],
          },
        ],
      }),
      { color: false, columns: 200 },
    );
    expect(text).toContain("$ curl ${s/api.url} -H ${secret:token}\n");
    expect(text).toContain(
      'in packages/a · by sh · reads ${s/api.body} · env MODE "fast lane", KEY ${secret:token} · secret token\n',
    );
  });

  it("shows every line of a command", () => {
    const text = planText(
      planOf({ stages: [{ name: "a", nodes: [{ name: "x", with: command("set -e\nmake\nmake test") }] }] }),
      plain,
    );
    expect(text).toMatch(/\$ set -e\n {22}make\n {22}make test\n/);
  });

  it("shows limits, retries, locks and artifacts only where they are not as by default", () => {
    const usual = planText(planOf({ stages: [{ name: "a", nodes: [{ name: "x" }] }] }), plain);
    expect(usual).toBe("fixture: 1 stage, 1 job\n\na\n  job     x         $ npm run x\n");
    const text = planText(
      planOf({
        stages: [
          {
            name: "a",
            onFailure: "cancel",
            nodes: [
              {
                name: "x",
                retry: { ...NO_RETRY, attempts: 4, delay: 5_000, factor: 3, on: ["timeout", 137] },
                timeout: 5_400_000,
                grace: 30_000,
                weight: 3,
                locks: ["db", "gpu"],
                artifacts: { dist: ["dist/**", "!dist/*.map"] },
              },
            ],
          },
        ],
      }),
      { color: false, columns: 110 },
    );
    expect(text).toContain("a failure cancels what is running");
    expect(text).toContain("up to 4 attempts (5s apart, times 3 up to 1m, jitter 0.5) on timeout, exit 137");
    expect(text).toContain("at most 1h30m · 30s to end after SIGTERM · weight 3 · lock db, gpu");
    expect(text).toContain("keeps dist (dist/**, !dist/*.map)");
  });

  it("names required gates and leaves out the lock that every deploy holds on its target", () => {
    const text = planText(fivePlan(), plain);
    expect(text).toContain("requires gate release/approval");
    expect(text).not.toContain("target:local/production");
  });

  it("takes the cells of a matrix together among needs", () => {
    expect(planText(fiftyPlan(), plain)).toContain("needs unit[…] (9 cells)");
  });
});
