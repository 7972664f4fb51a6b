import fc from "fast-check";
import type { Condition, Json, Plan } from "../../../src/model/index.ts";
import { command, type NodeDraft, planOf, quoted, ref, type StageDraft } from "../../fixtures/plans.ts";

/** Text as hostile as it gets: any code points, control characters, lone surrogates, and syntax of every format. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        "\\",
        "\\N",
        "<b>",
        "&amp;",
        "]]>",
        "-->",
        "|",
        "[",
        "]",
        "{{",
        "}}",
        "%%",
        "#35;",
        "`",
        "\n",
        "\r",
        "\u0000",
        "\u001b[2J",
        "\ud800",
        "\udc00",
        "\u202e",
        "\ufffe",
        "ﬂ°",
        "¶ß",
        "end",
        "fa:fa-car",
        ";",
        ":::",
        "a",
        " ",
        "</style>",
        "<!--",
        "--",
        "?>",
        "$$",
        "1.",
        "- ",
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join("")),
);

interface Shape {
  readonly pipeline: string;
  readonly stages: readonly {
    readonly name: string;
    readonly after: readonly number[] | undefined;
    readonly when: Condition | null;
    readonly finally: boolean;
    readonly nodes: readonly NodeShape[];
  }[];
}

interface NodeShape {
  readonly name: string;
  readonly kind: "job" | "gate" | "deploy";
  readonly matrix: boolean;
  readonly text: string;
  readonly conditional: boolean;
  /** Which of the nodes before it it needs, counted back. */
  readonly needs: readonly number[];
}

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("branch" as const), patterns: fc.array(text, { maxLength: 2 }) }),
    fc.record({ kind: fc.constant("static" as const), value: fc.boolean(), reason: text }),
    fc.record({
      kind: fc.constant("change" as const),
      globs: fc.array(text, { maxLength: 2 }),
      base: fc.option(text),
    }),
    fc.record({ kind: fc.constant("not" as const), of: tie("condition") }),
    fc.record({ kind: fc.constant("all" as const), of: fc.array(tie("condition"), { maxLength: 2 }) }),
  ),
})).condition;

const node: fc.Arbitrary<NodeShape> = fc.record({
  name: text,
  kind: fc.constantFrom("job", "gate", "deploy"),
  matrix: fc.boolean(),
  text,
  conditional: fc.boolean(),
  needs: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
});

const shape: fc.Arbitrary<Shape> = fc.record({
  pipeline: text,
  stages: fc.array(
    fc.record({
      name: text,
      after: fc.option(fc.array(fc.nat(5), { maxLength: 3 }), { nil: undefined }),
      when: fc.option(condition),
      finally: fc.boolean(),
      nodes: fc.array(node, { maxLength: 14 }),
    }),
    { maxLength: 6 },
  ),
});

/** Valid Plans of any form, with names that no definition would let through. */
export const arbitraryPlan: fc.Arbitrary<Plan> = shape.map((drawn) => {
  const ids: string[] = [];
  const last = drawn.stages.length - 1;
  const name = (index: number): string => `${drawn.stages[index]?.name ?? ""} ${index}`;
  const stages = drawn.stages.map((stage, index): StageDraft => {
    const nodes = stage.nodes.map((one, at): NodeDraft => {
      const own = one.matrix ? `m${one.name}[cell=${at}]` : `${one.name} ${at}`;
      const needs = [...new Set(one.needs.flatMap((back) => ids.at(-back) ?? []))];
      ids.push(`${name(index)}/${own}`);
      return { name: own, kind: one.kind, needs, ...partsOf(one, at, needs) };
    });
    return {
      name: name(index),
      nodes,
      when: stage.when,
      finally: stage.finally && index === last,
      ...(stage.after === undefined
        ? {}
        : { after: [...new Set(stage.after.filter((one) => one < index).map(name))] }),
    };
  });
  return planOf({ pipeline: drawn.pipeline, stages });
});

function partsOf(one: NodeShape, at: number, needs: readonly string[]): Partial<NodeDraft> {
  const [first] = needs;
  const asked: Condition | null =
    first === undefined
      ? { kind: "tag", patterns: [one.text] }
      : { kind: "value", value: ref(first, one.text), test: { op: "equals", to: one.text } };
  const uses = { job: "shell", gate: `gate:${one.text}`, deploy: `deploy:${one.text}` }[one.kind];
  const spec: Json = { subject: one.text, check: { [one.text]: one.text }, target: { name: one.text } };
  return {
    uses,
    with: one.kind === "job" ? command(one.text, quoted(one.text)) : spec,
    when: one.conditional ? asked : null,
    matrix: one.matrix ? { cell: at } : null,
    evidence: one.kind === "deploy" && first !== undefined ? [{ gate: one.text, node: first }] : [],
  };
}
