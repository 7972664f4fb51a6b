import { type Figure, pairedFigure, rounds as measure } from "../lib/measure.ts";
import type { Workspace } from "../lib/workspace.ts";

const PIPELINE = `import { pipeline, sh } from "sluice";
pipeline({ name: "one" }, (p) => { p.stage("a").job("t", sh\`true\`); }).main();
`;

/** W1: one job \`true\`, against a program that does nothing; and what importing the package costs. */
export async function start(workspace: Workspace, rounds: number): Promise<Figure[]> {
  workspace.write("empty.js", "");
  workspace.write("empty.ts", "");
  workspace.write("import.js", 'import "sluice";\n');
  workspace.write("one.js", PIPELINE);
  workspace.write("one.ts", PIPELINE);
  const args = ["--reporter", "plain"];
  const [node = [], imported = [], built = [], empty = [], typed = [], emptyLoader = [], typedLoader = []] =
    await measure(
      [
        workspace.command("node", "empty.js"),
        workspace.command("node", "import.js"),
        workspace.command("node", "one.js", args),
        workspace.command("npx tsx", "empty.ts"),
        workspace.command("npx tsx", "one.ts", args),
        workspace.command("tsx", "empty.ts"),
        workspace.command("tsx", "one.ts", args),
      ],
      rounds,
    );
  return [
    pairedFigure("W1", "npx tsx, one job", "ms", typed, empty, 1.1),
    pairedFigure("W1", "node, built, one job", "ms", built, node, 1.5),
    pairedFigure("W1", 'import "sluice"', "ms", imported, node, 1.5),
    {
      ...pairedFigure("W1", "node --import tsx, one job", "ms", typedLoader, emptyLoader, 1.5),
      budget: "none set",
      ok: true,
    },
  ];
}
