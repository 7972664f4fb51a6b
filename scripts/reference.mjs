/**
 * Writes the reference pages that come from tables in the code: the command line and the error codes.
 * With `--check` it writes nothing and fails where a committed page differs. Run by `node --import tsx`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import prettier from "prettier";
import { VERBS } from "../src/cli/verbs.ts";
import { ERROR_CODES } from "../src/errors/index.ts";
import { ROOT } from "./lib.mjs";

const NOTE = "<!-- Made by `npm run docs` from the code; edits here are lost. -->";
const check = process.argv.includes("--check");

const flagRow = (flag) => {
  const short = flag.short === undefined ? "" : `\`-${flag.short}\`, `;
  const value = flag.value === undefined ? "" : ` ${flag.value}`;
  const often = flag.list === true ? "; may be given several times" : "";
  return `| ${short}\`--${flag.name}${value}\` | ${flag.help}${often} |`;
};

const verbSection = (verb) => {
  const operands = verb.operands.map((one) => (one.optional ? `[${one.name}]` : one.name));
  return [
    `## ${verb.name}`,
    `${verb.help[0].toUpperCase()}${verb.help.slice(1)}.`,
    `\`\`\`sh\nnpx tsx pipeline.ts ${[verb.name, ...operands, "[flags]"].join(" ")}\n\`\`\``,
    `| flag | does |\n| --- | --- |\n${verb.flags.map(flagRow).join("\n")}`,
  ].join("\n\n");
};

const pages = {
  "docs/reference/cli.md": [
    "# Command line",
    NOTE,
    "What `main()` of a pipeline understands; `npx sluice -f pipeline.ts …` understands the same. The pipeline's params are flags too, for every verb but `logs` and `clean`: `replicas` is `--replicas N`, `dryRun` is `--dry-run`.",
    "Exit codes: 0 passed, 1 failed, 2 wrong definition or usage (nothing has been run), 75 suspended at an approval, 130 interrupted.",
    ...VERBS.map(verbSection),
  ].join("\n\n"),
  "docs/reference/errors.md": [
    "# Error codes",
    NOTE,
    "Every error of Sluice carries one of these as its `code`; a failed node carries it in its `failure`.",
    `| code | means |\n| --- | --- |\n${Object.entries(ERROR_CODES)
      .map(([code, text]) => `| \`${code}\` | ${text} |`)
      .join("\n")}`,
  ].join("\n\n"),
};

for (const [path, text] of Object.entries(pages)) {
  const file = join(ROOT, path);
  const wanted = await prettier.format(text, { parser: "markdown", printWidth: 110 });
  const found = await readFile(file, "utf8").catch(() => "");
  if (found === wanted) continue;
  if (check) {
    console.error(`${path} is not what the code says; run \`npm run docs\` and commit the result`);
    process.exitCode = 1;
  } else await writeFile(file, wanted);
}
