import { describe, expect, it } from "vitest";
import { artifact, onBranch, onChange, when } from "../../../src/builder/index.ts";
import { sh } from "../../../src/executors/shell/index.ts";
import { compiled, planOf } from "../../fixtures/engine-run.ts";

describe("the plan", () => {
  it("is plain JSON, frozen, and the same byte for byte for the same definition", () => {
    const make = () =>
      planOf((p) => {
        const a = p.stage("a", { when: onBranch("main") });
        const one = a.job("one", sh`echo ${1}`, {
          artifacts: { out: "out/**" },
          retry: 2,
          timeout: "1m",
          locks: ["db"],
        });
        a.job("two", sh`cat ${artifact(one, "out").path} ${one.stdout}`, {
          when: onChange("src/**").since("main"),
        });
        a.matrix("m", { n: [1, 2] }, ({ n }) => sh`echo ${n}`);
      });
    const plan = make();
    expect(JSON.stringify(make())).toBe(JSON.stringify(plan));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(plan)).toBe(true);
  });

  it("holds refs, artifacts and secrets as data, and never a secret's value", () => {
    const { plan } = compiled(
      (p, { secrets }) => {
        const a = p.stage("a");
        const one = a.job("one", sh`echo hi`, { artifacts: { out: "out/**" } });
        const { token } = secrets;
        if (token === undefined) throw new Error("no handle");
        a.job("two", sh({ env: { TOKEN: token } })`cat ${artifact(one, "out").path} ${one.stdout}`);
      },
      { token: "hunter2-hunter2" },
    );
    const two = plan.nodes.find((node) => node.id === "a/two");
    expect(two).toMatchObject({ needs: ["a/one"], skipWith: ["a/one"], secrets: ["token"], uses: "shell" });
    const text = JSON.stringify(two?.with);
    expect(text).toContain('{"$artifact":"a/one","name":"out","path":["path"]}');
    expect(text).toContain('{"$ref":"a/one","path":["stdout"]}');
    expect(text).toContain('{"$secret":"token"}');
    expect(JSON.stringify(plan)).not.toContain("hunter2");
    expect(plan.secrets).toEqual([{ name: "token", source: "test", with: null }]);
  });

  it("keeps its fingerprint when lines move, and changes it when anything else does", () => {
    const of = (text: string) =>
      planOf((p) => {
        p.stage("a").job("x", sh`echo ${text}`);
      });
    const moved = planOf((p) => {
      p.stage("a").job("x", sh`echo ${"one"}`);
    });
    expect(moved.fingerprint).toBe(of("one").fingerprint);
    expect(moved.nodes[0]?.source?.line).not.toBe(of("one").nodes[0]?.source?.line);
    expect(of("two").fingerprint).not.toBe(of("one").fingerprint);
  });

  it("puts every node after what it needs, ties by declaration", () => {
    const plan = planOf((p) => {
      const late = p.stage("late", { after: [] });
      const side = p.stage("side", { after: [] });
      const value = side.job("v", () => 1);
      late.job("uses side", { needs: { value }, run: () => 1 });
      late.job("free", () => 1);
      p.finally("end", () => 1);
    });
    expect(plan.nodes.map((node) => node.id)).toEqual([
      "side/v",
      "late/uses side",
      "late/free",
      "finally/end",
    ]);
    expect(plan.stages.find((stage) => stage.finally)?.after).toEqual(["late", "side"]);
  });

  it("makes a condition's value an edge that does not skip with it", () => {
    const plan = planOf((p) => {
      const a = p.stage("a");
      const flag = a.job("flag", () => true);
      a.job("x", sh`ls`, { when: when(flag) });
    });
    expect(plan.nodes[1]).toMatchObject({ needs: ["a/flag"], skipWith: [] });
  });

  it("takes a chain of 20,000 nodes without recursion", () => {
    const plan = planOf((p) => {
      const a = p.stage("a");
      let before = a.job("0", () => 1);
      for (let index = 1; index < 20_000; index++) {
        before = a.job(String(index), { needs: { before }, run: (needs) => needs.before });
      }
    });
    expect(plan.nodes.at(-1)?.id).toBe("a/19999");
  });
});
