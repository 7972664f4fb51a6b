// Renders the pages of one language: node scripts/render.mjs en
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [language = "en"] = process.argv.slice(2);
const from = join("pages", language);
const to = join("build", language);
mkdirSync(to, { recursive: true });
for (const name of readdirSync(from).sort()) {
  const [title = "", ...rest] = readFileSync(join(from, name), "utf8").trim().split("\n");
  const body = rest.filter((line) => line !== "").map((line) => `<p>${line}</p>`);
  const page = `<h1>${title.replace(/^# /, "")}</h1>\n${body.join("\n")}\n`;
  writeFileSync(join(to, name.replace(/\.md$/, ".html")), page);
  console.log(`rendered ${join(from, name)}`);
}
