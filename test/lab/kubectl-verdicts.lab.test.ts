// needs: kubectl
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { judgeReadiness } from "../../src/targets/kubernetes/readiness/judge.ts";
import { readinessCases } from "../fixtures/kubernetes/readiness-cases.ts";
import { need } from "./lab.ts";

interface KubectlVerdict {
  readonly known: boolean;
  readonly done: boolean;
  readonly text: string;
  readonly error?: string;
}

/** What `kubectl rollout status` says of every case, by its own code. */
function askKubectl(): readonly KubectlVerdict[] {
  const input = readinessCases.map(({ object }) => `${JSON.stringify(object)}\n`).join("");
  const { stdout, stderr, status } = spawnSync(process.env["SLUICE_KUBECTL_VERDICTS"] ?? "", {
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as KubectlVerdict);
}

function wordFor({ known, done, error }: KubectlVerdict): "done" | "waits" | "error" | undefined {
  if (!known) return undefined;
  if (error !== undefined) return "error";
  return done ? "done" : "waits";
}

describe.skipIf(!need("kubectl").available)("readiness and kubectl", () => {
  const said = need("kubectl").available ? askKubectl() : [];

  it("the table says of each object what kubectl says", () => {
    const table = readinessCases.map((one, index) => ({
      name: `${one.object.kind}: ${one.name}`,
      kubectl: wordFor(said[index] as KubectlVerdict),
    }));
    expect(table).toEqual(
      readinessCases.map((one) => ({ name: `${one.object.kind}: ${one.name}`, kubectl: one.kubectl })),
    );
    expect(table.filter((one) => one.kubectl !== undefined)).toHaveLength(48);
  });

  it("we never call ready what kubectl waits for, and differ only where the table says why", () => {
    const ours = { ready: "done", waiting: "waits", failed: "error", superseded: "error" } as const;
    for (const [index, one] of readinessCases.entries()) {
      const theirs = wordFor(said[index] as KubectlVerdict);
      if (theirs === undefined) continue;
      const mine = ours[judgeReadiness(one.object, one.applied).state];
      const name = `${one.object.kind}: ${one.name}`;
      if (one.knows !== undefined) {
        expect([theirs, mine], `${name}: kubectl refuses to tell, and we do not`).toEqual([
          "error",
          expect.not.stringMatching("error"),
        ]);
        continue;
      }
      if (theirs !== "done") expect(mine, name).not.toBe("done");
      if (mine === theirs) expect(one.stricter, `${name} agrees, so nothing is stricter`).toBeUndefined();
      else expect(one.stricter, `${name}: ours ${mine}, kubectl ${theirs}`).toBeDefined();
    }
  });
});
