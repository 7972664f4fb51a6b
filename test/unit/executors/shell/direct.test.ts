import { describe, expect, it } from "vitest";
import { directArguments } from "../../../../src/executors/shell/direct.ts";
import { sh, type ShellStep } from "../../../../src/executors/shell/index.ts";
import { resolvedSecret } from "../../../fixtures/step-context.ts";

function direct(step: ShellStep<unknown>): string[] | undefined {
  return directArguments(step.spec.command);
}

describe("a command without a shell", () => {
  it.each([
    [sh`npm test`, ["npm", "test"]],
    [sh`  npm   run	lint `, ["npm", "run", "lint"]],
    [sh`./x.sh --a=b c,d @e:f+g %h`, ["./x.sh", "--a=b", "c,d", "@e:f+g", "%h"]],
    [sh`curl ${"a b"}`, ["curl", "a b"]],
    [sh`curl --x=${"$y *"}/z${1}`, ["curl", "--x=$y */z1"]],
    [sh`git add ${["a b", "c"]} ${[]} -v`, ["git", "add", "a b", "c", "-v"]],
    [sh`npm ${""}`, ["npm", ""]],
    [sh`true`, ["true"]],
  ])("%#", (step, expected) => {
    expect(direct(step)).toEqual(expected);
  });

  it.each([
    sh`a | b`,
    sh`a; b`,
    sh`a && b`,
    sh`a & `,
    sh`a > b`,
    sh`a < b`,
    sh`a $b`,
    sh`a "b"`,
    sh`a 'b'`,
    sh`a \\b`,
    sh`a *`,
    sh`a ?`,
    sh`a [b]`,
    sh`a {b,c}`,
    sh`a ~`,
    sh`a # b`,
    sh`! a`,
    sh`a (b)`,
    sh`a
       b`,
    sh`A=b c`,
    sh`%1`,
    sh`cd x`,
    sh`echo x`,
    sh`. x`,
    sh`exit 1`,
    sh`if x`,
    sh`: x`,
    sh`${"npm"} test`,
    sh`np${"m"} test`,
    sh`a "${1}"`,
    sh`a ${resolvedSecret("k", "v") as never}`,
  ])("is not tried where a shell could have something to do: %#", (step) => {
    expect(direct(step)).toBeUndefined();
  });
});
