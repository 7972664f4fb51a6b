/**
 * `node scripts/summary.mjs RESULT.json...` adds up what vitest's JSON reporter wrote and prints one line. Fails when
 * a test failed, when a file could not be run, when a result is missing, and when nothing was run at all.
 */
import { readFileSync } from "node:fs";

const files = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of files) {
  const { testResults } = read(file);
  for (const { assertionResults, status, name } of testResults) {
    for (const { status: outcome } of assertionResults) total[kindOf(outcome)] += 1;
    // A file that throws while it is loaded has no tests of its own to fail.
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) {
      console.error(`${name} could not be run`);
      total.failed += 1;
    }
  }
}
if (total.passed + total.failed === 0) console.error("no test was run");
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function kindOf(outcome) {
  return outcome === "passed" || outcome === "failed" ? outcome : "skipped";
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    console.error(`${file} is no result of a test run: ${error.message}`);
    total.failed += 1;
    return { testResults: [] };
  }
}
