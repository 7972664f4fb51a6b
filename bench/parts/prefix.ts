/**
 * 100 MiB of 80-byte lines, prefixed, to a pipe: the `plain` reporter beside a chunk-level bound (newlines searched and
 * lines copied in a Buffer) and a plain copy. Rounds are interleaved; medians and the ratio to the bound are printed.
 *
 *     npx tsx bench/parts/prefix.ts [--json] [--rounds 5]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";
import type { NodeLog } from "../../src/model/index.ts";
import { plain } from "../../src/reporters/plain.ts";

const MIB = 1024 * 1024;
const SIZE = 100 * MIB;
const CHUNK = 64 * 1024;
const NODE = "verify/unit";
const MODES = ["copy", "bound", "plain"] as const;
type Mode = (typeof MODES)[number];

interface Measurement {
  readonly mode: Mode;
  readonly ms: number;
  readonly rss: number;
}

type Write = (chunk: Buffer) => void | Promise<void>;

function writerFor(mode: Mode): Write {
  if (mode === "copy") return toStdout;
  if (mode === "bound") return (chunk) => toStdout(prefixed(chunk));
  const reporter = plain({ color: false });
  return (chunk) =>
    reporter.event({ type: "node.log", at: 0, node: NODE, stream: "stdout", chunk } satisfies NodeLog);
}

function toStdout(chunk: Uint8Array): void | Promise<void> {
  if (process.stdout.write(chunk)) return undefined;
  return once(process.stdout, "drain").then(() => undefined);
}

const PREFIX = Buffer.from(`${NODE} | `);

/** The chunk begins and ends with a line here, which makes the bound a little cheaper than it can be in earnest. */
function prefixed(chunk: Buffer): Buffer {
  const out = Buffer.allocUnsafe(chunk.length * 2);
  let length = 0;
  let from = 0;
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
    out.set(PREFIX, length);
    length += PREFIX.length;
    out.set(chunk.subarray(from, end + 1), length);
    length += end + 1 - from;
    from = end + 1;
  }
  return out.subarray(0, length);
}

async function measure(mode: Mode): Promise<void> {
  const line = `${"x".repeat(79)}\n`;
  const source = Buffer.from(line.repeat(Math.floor(MIB / line.length)));
  const chunks: Buffer[] = [];
  for (let from = 0; from < source.length; from += CHUNK) chunks.push(source.subarray(from, from + CHUNK));
  const write = writerFor(mode);
  const began = performance.now();
  for (let done = 0; done < SIZE;) {
    for (const chunk of chunks) {
      await write(chunk);
      done += chunk.length;
    }
  }
  await new Promise((resolve) => process.stdout.write("", resolve));
  const ms = performance.now() - began;
  process.stderr.write(
    JSON.stringify({ mode, ms, rss: process.memoryUsage().rss / MIB } satisfies Measurement),
  );
}

async function round(mode: Mode): Promise<Measurement> {
  const script = fileURLToPath(import.meta.url);
  const reader = spawn("cat", [], { stdio: ["pipe", "ignore", "inherit"] });
  const child = spawn(process.execPath, ["--import", "tsx", script, "--mode", mode], {
    stdio: ["ignore", reader.stdin, "pipe"],
  });
  reader.stdin.destroy();
  const measured = text(child.stderr);
  await once(child, "exit");
  return JSON.parse(await measured) as Measurement;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const mode = MODES.find((name) => name === args[args.indexOf("--mode") + 1]);
  if (args.includes("--mode") && mode !== undefined) return measure(mode);
  const rounds = args.includes("--rounds") ? Number(args[args.indexOf("--rounds") + 1]) : 5;
  const all: Measurement[] = [];
  for (let index = 0; index < rounds; index++) for (const name of MODES) all.push(await round(name));
  const rows = MODES.map((name) => {
    const of = all.filter((measurement) => measurement.mode === name);
    const ms = median(of.map((measurement) => measurement.ms));
    return {
      mode: name,
      ms: Math.round(ms),
      mibPerSecond: Math.round(100_000 / ms),
      rssMiB: Math.round(median(of.map(({ rss }) => rss))),
    };
  });
  const bound = rows.find((row) => row.mode === "bound")?.ms ?? NaN;
  const ratio = Number((bound / (rows.find((row) => row.mode === "plain")?.ms ?? NaN)).toFixed(2));
  if (args.includes("--json")) console.log(JSON.stringify({ workload: "prefix", rows, plainToBound: ratio }));
  else {
    console.table(rows);
    console.log(`plain runs at ${String(ratio)}x the speed of the bound`);
  }
}

await main();
