import stringWidth from "string-width";
import { beforeAll, describe, expect, it } from "vitest";
import { type NodePreview, previewText } from "../../../src/graph/preview-text.ts";
import type { PreviewChange, TargetPreview } from "../../../src/ports/index.ts";
import { knowWidths } from "../../fixtures/know-widths.ts";

beforeAll(knowWidths);

const plain = { color: false, columns: 80 } as const;
const change = (one: Partial<PreviewChange> & Pick<PreviewChange, "object" | "change">): PreviewChange => ({
  fields: [],
  conflicts: [],
  ...one,
});
const node = (preview: Partial<TargetPreview>): NodePreview => ({
  node: "release/web",
  target: "prod",
  preview: { live: 6, current: false, changes: [], irreversible: [], notes: [], ...preview },
});

const CHANGES: readonly PreviewChange[] = [
  change({ object: "ConfigMap shop/web-config-1", change: "create" }),
  change({
    object: "Deployment shop/web-r7 (in place of web-r6)",
    change: "update",
    fields: [
      { path: "spec.replicas", from: "2", to: "3" },
      {
        path: "spec.template.spec.containers[app].image",
        from: '"registry.example/web:1"',
        to: "<build/image>",
      },
      { path: "metadata.labels.old", from: '"x"' },
      { path: "metadata.labels.new", to: '"y"' },
      { path: "data.password", from: "(changed)", to: "(changed)" },
    ],
  }),
  change({ object: "Service shop/web", change: "unchanged" }),
  change({ object: "ConfigMap shop/old", change: "remove" }),
];

describe("previewText", () => {
  it("shows object by object and field by field what would change, and counts what stays", () => {
    expect(previewText([node({ changes: CHANGES, notes: ["revision 1 goes"] })], plain)).toBe(
      `release/web → prod: revision 6 is live, 1 to create, 1 to change, 1 to remove, 1
unchanged
  + ConfigMap shop/web-config-1
  ~ Deployment shop/web-r7 (in place of web-r6)
      spec.replicas 2 → 3
      spec.template.spec.containers[app].image
        - "registry.example/web:1"
        + <build/image>
      metadata.labels.old "x" → removed
      metadata.labels.new "y"
      data.password changed
  - ConfigMap shop/old
  a release that fails can be taken back as a whole
  note: revision 1 goes
`,
    );
  });

  it("says why a release could not be taken back", () => {
    const text = previewText([node({ live: undefined, irreversible: ["the migration a runs", "b"] })], plain);
    expect(text).toBe(
      "release/web → prod: nothing is live there\n" +
        "  a release that fails cannot be taken back as a whole:\n" +
        "    - the migration a runs\n    - b\n",
    );
  });

  it("shows who else has set a field, and that the release would be refused", () => {
    const conflicts = [{ path: "spec.replicas", owner: "kubectl" }];
    const refused = change({ object: "Deployment shop/web", change: "refused", conflicts, problem: "no" });
    const text = previewText([node({ changes: [refused] })], plain);
    expect(text).toContain(
      "  ! Deployment shop/web\n      spec.replicas is set by kubectl\n      refused: no\n",
    );
    expect(text).toContain("  the release would be refused, before it changes anything\n");
    expect(text).not.toContain("taken back");
  });

  it("says nothing of ways back where there is nothing to do", () => {
    expect(previewText([node({ current: true })], plain)).toBe(
      "release/web → prod: revision 6 is live already: nothing to do\n",
    );
  });

  it("says why a target could not be asked, and what to do, and goes on with the next", () => {
    const failure = { message: "the cluster does not answer", hint: "Check the VPN." };
    const text = previewText([{ node: "a/b", target: "c", failure }, node({ current: true })], plain);
    expect(text).toMatch(
      /^a\/b → c: what it would change cannot be told: the cluster does not answer\. Check\nthe VPN\.\n\nrelease/,
    );
  });

  it("says the same with colours as without, within the columns, and moves no cursor", () => {
    const hostile = change({
      object: "ConfigMap shop/\u001b[2Jbad\nname",
      change: "update",
      fields: [{ path: "data.x", from: `"${"長い".repeat(60)}"`, to: '"\u0007"' }],
    });
    const all = [node({ changes: [...CHANGES, hostile], irreversible: ["long ".repeat(40)] })];
    for (const columns of [40, 80, 100]) {
      const text = previewText(all, { color: false, columns });
      for (const line of text.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      const coloured = previewText(all, { color: true, columns });
      expect(coloured).toContain("\u001b[32m");
      expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(text);
    }
  });

  it("writes nothing where nothing was asked", () => {
    expect(previewText([], plain)).toBe("");
  });
});
