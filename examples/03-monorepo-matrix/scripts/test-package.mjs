// Runs the tests of one package in one locale, and leaves a JUnit report:
//   node scripts/test-package.mjs shared|api|web en|de
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { LOCALES } from "../packages/shared/src/locale.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main([name = "", locale = ""]) {
  const packages = (await readdir(`${ROOT}packages`)).sort();
  if (!packages.includes(name) || !LOCALES.some((known) => known === locale)) {
    process.stderr.write(`usage: test-package.mjs ${packages.join("|")} ${LOCALES.join("|")}\n`);
    return 2;
  }
  const folder = `packages/${name}/test`;
  const files = (await readdir(`${ROOT}${folder}`)).filter((file) => file.endsWith(".test.mjs")).sort();
  await mkdir(`${ROOT}packages/${name}/reports`, { recursive: true });
  const reporters = [
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=junit",
    `--test-reporter-destination=packages/${name}/reports/${locale}.xml`,
  ];
  const child = spawn(
    process.execPath,
    ["--test", ...reporters, ...files.map((file) => `${folder}/${file}`)],
    { cwd: ROOT, env: { ...process.env, APP_LOCALE: locale }, stdio: "inherit" },
  );
  const [code] = await once(child, "exit");
  return code ?? 1;
}
