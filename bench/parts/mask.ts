/**
 * How fast bytes go through the masker: 100 MiB of lines of 80 bytes in chunks of 64 KiB against 20 secrets in all
 * their forms; once without any secret in the text, once with one in every hundredth line, and once where the shortest
 * secret has only 4 characters, which is the worst that can be.
 *
 * Run it with `npx tsx bench/parts/mask.ts [rounds]`.
 */
import { createHash } from "node:crypto";
import { createMasker } from "../../src/util/mask/index.ts";
import { needlesOf } from "../../src/util/mask/needles.ts";

const MIB = 1 << 20;
const TOTAL = 100 * MIB;
const SAMPLE = 8 * MIB;
const CHUNK = 64 << 10;
const TARGET = 1_024;

/** The same secrets in every run: tokens, passwords with special characters, and a key of several lines. */
function secrets(shortest: string): { name: string; value: string }[] {
  const random = (index: number): string => createHash("sha512").update(String(index)).digest("base64");
  return Array.from({ length: 20 }, (_, index) => {
    const text = random(index);
    const value =
      index === 0
        ? shortest
        : index === 1
          ? `-----BEGIN KEY-----\n${text}\n${random(100)}\n-----END KEY-----\n`
          : index < 6
            ? `p${text.slice(0, 10)} "é$/${text.slice(10, 12 + index)}`
            : text.replace(/\W/g, "").slice(0, 16 + index);
    return { name: `secret-${index}`, value };
  });
}

function sample(every: number, values: readonly string[]): Buffer {
  const lines: string[] = [];
  for (let index = 0, size = 0; size < SAMPLE; index++, size += 80) {
    const secret =
      every > 0 && index % every === 0 ? (values[(index / every) % values.length]?.split("\n")[0] ?? "") : "";
    const text = `2026-01-02T03:04:${String(index % 60).padStart(2, "0")}.${index % 1_000}Z info worker-${index % 97} request ${index * 7_919} took ${index % 500} ms ${secret}`;
    lines.push(`${text.padEnd(79, ".").slice(0, 79)}\n`);
  }
  return Buffer.from(lines.join(""));
}

function pass(stream: ReturnType<ReturnType<typeof createMasker>["stream"]>, text: Buffer): number {
  // Processor time, which a busy machine falsifies less than the clock.
  const begin = process.cpuUsage();
  for (let sent = 0; sent < TOTAL; sent += text.length) {
    for (let at = 0; at < text.length; at += CHUNK) stream.push(text.subarray(at, at + CHUNK));
  }
  stream.flush();
  const { user, system } = process.cpuUsage(begin);
  return TOTAL / MIB / ((user + system) / 1e6);
}

function measure(name: string, shortest: string, every: number, rounds: number): number {
  const all = secrets(shortest);
  const text = sample(
    every,
    all.slice(6).map(({ value }) => value),
  );
  const begin = performance.now();
  const masker = createMasker(all);
  const built = performance.now() - begin;
  pass(masker.stream(), text);
  const speeds = Array.from({ length: rounds }, () => pass(masker.stream(), text)).sort((a, b) => a - b);
  const median = speeds[rounds >> 1] ?? 0;
  const { needles } = needlesOf(all);
  const facts = `${needles.length} needles, made in ${built.toFixed(1)} ms, RSS ${Math.round(process.memoryUsage.rss() / MIB)} MiB`;
  console.log(`${name}: ${median.toFixed(0)} MiB/s (best ${speeds.at(-1)?.toFixed(0) ?? ""}; ${facts})`);
  return median;
}

const rounds = Number(process.argv[2] ?? 5);
const speed = measure("no secret in the text", "hunter22hunter", 0, rounds);
measure("a secret in every hundredth line", "hunter22hunter", 100, rounds);
measure("a secret of 4 characters among them", "h4x7", 0, rounds);
console.log(`target ${TARGET} MiB/s: ${speed >= TARGET ? "ok" : "missed"}`);
process.exitCode = speed >= TARGET ? 0 : 1;
