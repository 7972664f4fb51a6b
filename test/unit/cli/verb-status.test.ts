import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { rolling, service } from "../../../src/deploy/index.ts";
import { SluiceError } from "../../../src/errors/index.ts";
import { pipeline } from "../../../src/index.ts";
import type { Target } from "../../../src/ports/index.ts";
import { KeptTerminal } from "./terminal.ts";

const refuse = (): Promise<never> => Promise.reject(new Error("not in this test"));
const gone = (): Promise<never> =>
  Promise.reject(
    new SluiceError("CLUSTER_UNREACHABLE", "nobody answers there", { hint: "Look at the way." }),
  );

function target(name: string, status: Target["status"]): Target {
  return { kind: "test", name, spec: {}, requires: [], connect: refuse, status, rollback: refuse };
}

const NOTHING = { url: undefined, stable: undefined, candidate: undefined, weight: 0, history: [] };
const pipe = pipeline({ name: "shop" }, (p) => {
  const stage = p.stage("release");
  const targets = [
    target("prod", gone),
    target("staging", () => Promise.resolve({ target: "staging", ...NOTHING })),
  ];
  for (const to of targets)
    stage.deploy(to.name, { to, app: service({ image: "web:1" }), strategy: rolling() });
});

async function status(...words: readonly string[]) {
  const terminal = new KeptTerminal();
  const code = await main(pipe, ["status", ...words], terminal);
  return { code, printed: terminal.printed.join(""), complaints: terminal.complaints.join("") };
}

describe("status of several targets", () => {
  it("shows those that answer, says of each other why it does not, and ends with 1", async () => {
    expect(await status()).toEqual({
      code: 1,
      printed:
        "prod  cannot be looked at: nobody answers there [CLUSTER_UNREACHABLE]\n  next:  Look at the way.\n\nstaging\n  nothing is live\n",
      complaints: "",
    });
  });

  it("has both in its JSON", async () => {
    const { code, printed } = await status("--json");
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toEqual([
      { target: "prod", failure: { message: "nobody answers there", hint: "Look at the way." } },
      { target: "staging", weight: 0, history: [] },
    ]);
  });

  it("of one that is named, it is what went wrong", async () => {
    expect(await status("prod")).toMatchObject({
      code: 1,
      printed: "",
      complaints: expect.stringContaining("error: nobody answers there [CLUSTER_UNREACHABLE]"),
    });
  });
});
