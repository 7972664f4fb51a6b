// Runs one kind of tests and leaves a JUnit report:  node scripts/test.mjs unit|integration
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { run } from "./lib/cli.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

await run(async () => {
  const kind = process.argv[2] ?? "";
  const kinds = await readdir(`${ROOT}tests`);
  if (!kinds.includes(kind)) throw new Error(`give one of ${kinds.join(", ")}`);
  const files = (await readdir(`${ROOT}tests/${kind}`)).filter((name) => name.endsWith(".test.mjs"));
  await mkdir(`${ROOT}reports`, { recursive: true });
  const reporters = [
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=junit",
    `--test-reporter-destination=reports/${kind}.xml`,
  ];
  const paths = files.sort().map((name) => `tests/${kind}/${name}`);
  const child = spawn(
    process.execPath,
    ["--test", "--test-concurrency=2", "--test-timeout=60000", ...reporters, ...paths],
    {
      cwd: ROOT,
      stdio: "inherit",
    },
  );
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
});
