import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteVariable, renderCommand, secretVariables, sh } from "../../../../src/executors/shell/index.ts";
import { SECRET, type Secret } from "../../../../src/model/index.ts";
import { resolvedSecret } from "../../../fixtures/step-context.ts";

const secret = (name: string): Secret => ({ [SECRET]: { name, owner: {} } });
const show = (value: unknown): string => `<${JSON.stringify(value)}>`;

describe("renderCommand", () => {
  it("quotes values for their places", () => {
    const step = sh`a ${"it's"} x${"b c"} "${'"$x`\\'}" '${"it's"}' ${["d", "e f"]} ${3} ${[]}`;
    expect(renderCommand(step.spec, show)).toBe(
      `a 'it'\\''s' x'b c' "\\"\\$x\\\`\\\\" 'it'\\''s' 'd' 'e f' '3' `,
    );
  });

  it("expands secrets from their variables, in a definition, a plan and a run alike", () => {
    const text = `a "$SLUICE_SECRET_my_key" "x\${SLUICE_SECRET_my_key}y" 'x'"$SLUICE_SECRET_my_key"'y'`;
    for (const value of [secret("my-key"), { $secret: "my-key" }, resolvedSecret("my-key", "value")]) {
      const step = sh`a ${value as Secret} "x${value as Secret}y" 'x${value as Secret}y'`;
      expect(renderCommand({ command: step.spec.command }, show)).toBe(text);
    }
  });

  it("gives secrets with similar names variables of their own", () => {
    const spec = sh`${secret("a-b")} ${secret("a.b")} ${secret("a-b")}`.spec;
    expect([...secretVariables(spec)]).toEqual([
      ["a-b", "SLUICE_SECRET_a_b"],
      ["a.b", "SLUICE_SECRET_a_b_"],
    ]);
  });

  it("asks what to show for a value that is not known yet, and where it stands", () => {
    const seen: unknown[] = [];
    const ref = { $ref: "a/b", path: ["c"] };
    const text = renderCommand(
      { command: ["x ", { value: ref, quote: "bare" }, ' "', { value: [ref, 1], quote: "double" }, '"'] },
      (value, quote) => {
        seen.push([value, quote]);
        return quoteVariable("V", quote);
      },
    );
    expect(text).toBe('x "$V" "${V} 1"');
    expect(seen).toEqual([
      [ref, "bare"],
      [ref, "double"],
    ]);
  });

  it.each(["bash", "sh"])("makes %s read just the values, whatever they hold", (shell) => {
    const value = fc
      .oneof(
        fc.string({ unit: "grapheme" }),
        fc
          .array(
            fc.constantFrom(
              "'",
              '"',
              "\\",
              "$",
              "`",
              "$(x)",
              "\n",
              " ",
              "*",
              "!",
              "~",
              "#",
              "-",
              "é",
              "{a,b}",
            ),
          )
          .map((parts) => parts.join("")),
      )
      .filter((text) => !text.includes("\0") && !/\p{Surrogate}/u.test(text));
    fc.assert(
      fc.property(value, value, fc.array(value, { maxLength: 3 }), (a, b, list) => {
        const step = sh`printf '%s\0' ${a} x${b}y "${a}${b}" '${b}' "$(printf '%s.' "<${a}>" ${b} '${a}')" ${list} end`;
        expect(step.problems).toEqual([]);
        const output = execFileSync(shell, ["-c", renderCommand(step.spec, show)], { encoding: "utf8" });
        expect(output.split("\0").slice(0, -1)).toEqual([
          a,
          `x${b}y`,
          a + b,
          b,
          `<${a}>.${b}.${a}.`,
          ...list,
          "end",
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(["bash", "sh"])("makes %s read just the secret, whatever it holds", (shell) => {
    const value = `it's "$x" \`y\` *\n  \\ end`;
    const step = sh`printf '%s\0' ${secret("k")} x${secret("k")}y "${secret("k")}z" '${secret("k")}z'`;
    const output = execFileSync(shell, ["-c", renderCommand(step.spec, show)], {
      encoding: "utf8",
      env: { ...process.env, SLUICE_SECRET_k: value },
    });
    expect(output.split("\0").slice(0, -1)).toEqual([value, `x${value}y`, `${value}z`, `${value}z`]);
  });
});
