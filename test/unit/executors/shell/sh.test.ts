import { describe, expect, it } from "vitest";
import { sh, type ShellStep } from "../../../../src/executors/shell/index.ts";
import { SECRET, type Secret } from "../../../../src/model/index.ts";

const secret = { [SECRET]: { name: "token", owner: {} } } as Secret;

function rules(step: ShellStep<unknown>): string[] {
  return step.problems.map((problem) => problem.rule);
}

describe("sh", () => {
  it("keeps text and values apart, with the quotes around each value", () => {
    const step = sh`curl ${"a b"} "x${1}" '${true}'`;
    expect(step.kind).toBe("shell");
    expect(step.fields).toEqual(["stdout", "exitCode"]);
    expect(step.problems).toEqual([]);
    expect(step.spec).toEqual({
      command: [
        "curl ",
        { value: "a b", quote: "bare" },
        ' "x',
        { value: 1, quote: "double" },
        `" '`,
        { value: true, quote: "single" },
        "'",
      ],
      env: {},
      cwd: null,
      stdin: null,
      shell: "bash",
      capture: "tail",
    });
  });

  it("gives the shell what stands there, but for the escapes that the template needs", () => {
    expect(sh`grep "\.ts$" \`pwd\` \${HOME} \\n \$x`.spec.command).toEqual([
      'grep "\\.ts$" `pwd` ${HOME} \\\\n \\$x',
    ]);
    expect(sh`echo \\${1}`.spec.command).toEqual(["echo \\\\", { value: 1, quote: "bare" }]);
  });

  it("drops the blanks around the command", () => {
    expect(
      sh`
      npm ci
      npm test
    `.spec.command,
    ).toEqual(["npm ci\n      npm test"]);
    expect(sh`echo a\ `.spec.command).toEqual(["echo a\\ "]);
  });

  it("takes options", () => {
    const step = sh({ env: { A: "1", B: secret }, cwd: "app", stdin: "in", shell: "sh" })`cat`;
    expect(step.spec).toMatchObject({ env: { A: "1", B: secret }, cwd: "app", stdin: "in", shell: "sh" });
    expect(step.problems).toEqual([]);
  });

  it("makes new frozen steps for other outputs", () => {
    const step = sh`x`;
    const others = [step.text(), step.json(), step.lines()];
    expect(others.map((other) => other.spec.capture)).toEqual(["text", "json", "lines"]);
    expect(step.spec.capture).toBe("tail");
    for (const one of [step, ...others]) {
      expect(Object.isFrozen(one)).toBe(true);
      expect(Object.isFrozen(one.spec)).toBe(true);
      expect(one.problems).toBe(step.problems);
    }
  });

  it("does not see what happens to an array afterwards", () => {
    const items = ["a"];
    const step = sh`x ${items}`;
    items.push("b");
    expect(step.spec.command[1]).toEqual({ value: ["a"], quote: "bare" });
  });
});

describe("problems of a command", () => {
  it.each([
    ["shell-here-document", sh`cat <<X\n${1}\nX`],
    ["shell-backticks", sh`echo \`${1}\``],
    ["shell-comment", sh`true # ${1}`],
    ["shell-dollar-quote", sh`echo $'${1}'`],
    ["shell-expansion", sh`echo \${x:-${1}}`],
    ["shell-arithmetic", sh`echo $((${1}))`],
    ["shell-dollar", sh`echo $${1}`],
    ["shell-array", sh`echo "${["a"]}"`],
    ["shell-array", sh`echo '${["a"]}'`],
    ["shell-array", sh`echo --x=${["a"]}`],
    ["shell-array", sh`echo ${["a"]}${1}`],
    ["shell-null-byte", sh`echo ${"a\0b"}`],
    ["shell-null-byte", sh`echo ${["a\0b"]}`],
    ["shell-empty", sh`  `],
    ["shell-value", sh`echo ${Number.NaN}`],
    ["shell-value", sh`echo ${undefined as never}`],
    ["shell-value", sh`echo ${null as never}`],
    ["shell-value", sh`echo ${{} as never}`],
    ["shell-value", sh`echo ${Promise.resolve(1) as never}`],
    ["shell-value", sh`echo ${(() => 1) as never}`],
    ["shell-value", sh`echo ${sh`x` as never}`],
    ["shell-value", sh`echo ${[secret] as never}`],
    ["shell-value", sh`echo ${[["a"]] as never}`],
    ["shell-env-name", sh({ env: { "a-b": "1" } })`x`],
    ["shell-env-name", sh({ env: { SLUICE_RUN: "1" } })`x`],
    ["shell-value", sh({ env: { A: ["1"] as never } })`x`],
    ["shell-null-byte", sh({ env: { A: "\0" } })`x`],
    ["shell-value", sh({ cwd: secret as never })`x`],
    ["shell-value", sh({ stdin: {} as never })`x`],
    ["shell-option", sh({ shell: "zsh" as never })`x`],
    ["shell-option", sh({ dir: "." } as object)`x`],
  ] as const)("%s", (rule, step) => {
    expect(rules(step)).toEqual([rule]);
    expect(step.problems[0]?.hint).not.toBe("");
  });

  it("names the value, and lists all of them", () => {
    const step = sh`echo ${1} $${2} # ${3}`;
    expect(step.problems.map((problem) => problem.message.slice(0, 22))).toEqual([
      "value 2 of the command",
      "value 3 of the command",
    ]);
  });

  it("lets arrays stand wherever they make words of their own", () => {
    expect(rules(sh`${["a"]}`)).toEqual([]);
    expect(rules(sh`x ${["a"]};x $(x ${["a"]})|${["a"]}>y`)).toEqual([]);
  });
});
