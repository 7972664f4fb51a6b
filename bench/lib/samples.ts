import { closeSync, openSync, writeSync } from "node:fs";

export const LOG_MIB = 100;
const LINE = "2026-01-01T00:00:00.000Z INFO request served path=/query status=200 took=12ms ok";
/** Of a line with its newline. */
const LENGTH = 80;
const BLOCK = 16_384;

/** So many are 100 MiB exactly. */
export const LOG_LINES = (LOG_MIB * 2 ** 20) / LENGTH;

/** Writes 100 MiB of lines of 80 bytes. */
export function writeLog(path: string): void {
  const fd = openSync(path, "w");
  const block = Buffer.from(`${LINE.padEnd(LENGTH - 1).slice(0, LENGTH - 1)}\n`.repeat(BLOCK));
  for (let lines = 0; lines < LOG_LINES; lines += BLOCK) writeSync(fd, block);
  closeSync(fd);
}

export const SECRETS = 20;

/** What the secrets of a measured pipeline are read from: `S0` to `S19`. None is in the log. */
export function secretVariables(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: SECRETS }, (_, index) => [`S${index}`, `secret-${index}-${"x7Qp".repeat(6)}`]),
  );
}

/** A pipeline of one job that prints the log, with all secrets in its reach. */
export const logPipeline = (path: string): string => `import { env, pipeline, sh } from "sluice";
const names = Array.from({ length: ${SECRETS} }, (_, i) => "S" + i);
pipeline({ name: "logs", secrets: Object.fromEntries(names.map((name) => [name, env(name)])) }, (p, { secrets }) => {
  p.stage("a").job("cat", sh({ env: secrets })\`cat \${${JSON.stringify(path)}}\`);
}).main();
`;
