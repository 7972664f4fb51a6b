// Sends questions at a steady rate until SIGTERM or SIGINT:
//   TARGET_URL=http://127.0.0.1:8080 node scripts/traffic.mjs --rps 20
import { parseArgs } from "node:util";
import { isEntry, run } from "./lib/cli.mjs";
import { AnswerError, ask } from "./lib/client.mjs";
import { readDataset } from "./lib/dataset.mjs";
import { createTally } from "./lib/tally.mjs";

/**
 * Sends until the signal fires, then waits for the answers that are under way.
 *
 * @param {object} options
 * @param {string} options.url on this machine only
 * @param {number} options.rps requests a second
 * @param {number} options.concurrency requests under way at most; one more is dropped
 * @param {readonly string[]} options.questions
 * @param {AbortSignal} options.signal
 * @param {(line: string) => void} options.report called once a second, and once at the end
 */
export async function sendTraffic({ url, rps, concurrency, questions, signal, report }) {
  requireLoopback(url);
  const next = shuffled(questions);
  const all = createTally();
  let second = createTally();
  /** @type {Set<Promise<void>>} */
  const underWay = new Set();

  const send = async () => {
    const started = performance.now();
    const outcome = await ask(url, next()).then(
      () => "ok",
      (error) => (error instanceof AnswerError ? String(error.status) : "no answer"),
    );
    for (const tally of [all, second]) tally.add(outcome, performance.now() - started);
  };
  const due = () => {
    if (underWay.size >= concurrency) {
      for (const tally of [all, second]) tally.drop();
      return;
    }
    const sent = send().finally(() => underWay.delete(sent));
    underWay.add(sent);
  };

  const started = performance.now();
  let sent = 0;
  // A timer fires late under load; counting from the start keeps the rate all the same.
  const pace = setInterval(
    () => {
      const owed = Math.floor(((performance.now() - started) / 1000) * rps) - sent;
      for (let i = 0; i < owed; i += 1) due();
      sent += owed;
    },
    Math.min(1000 / rps, 50),
  );
  const tick = setInterval(() => {
    report(second.line("1 s"));
    second = createTally();
  }, 1000);

  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", resolve, { once: true });
  });
  clearInterval(pace);
  clearInterval(tick);
  await Promise.all(underWay);
  report(all.line(`${Math.round((performance.now() - started) / 1000)} s in all`));
}

/** @param {string} url */
function requireLoopback(url) {
  const { hostname } = new URL(url);
  if (!/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)) {
    throw new Error(`traffic is sent to this machine only, not to ${hostname}`);
  }
}

/**
 * Gives every question once in a random order, then again in another. A fixed order could keep step with a
 * weighted proxy, and each side would always be asked the same ones.
 *
 * @param {readonly string[]} questions
 * @returns {() => string}
 */
function shuffled(questions) {
  /** @type {string[]} */
  let left = [];
  return () => {
    if (left.length === 0) left = [...questions];
    return left.splice(Math.floor(Math.random() * left.length), 1)[0] ?? "";
  };
}

if (isEntry(import.meta.url)) {
  await run(async () => {
    const { values } = parseArgs({
      options: {
        url: { type: "string" },
        rps: { type: "string", default: "20" },
        concurrency: { type: "string", default: "32" },
      },
    });
    const url = values.url ?? process.env.TARGET_URL;
    if (url === undefined) throw new Error("set TARGET_URL, or give --url");
    const [rps, concurrency] = [Number(values.rps), Number(values.concurrency)];
    if (!(rps > 0 && rps <= 1000)) throw new Error("--rps must be above 0 and at most 1000");
    if (!Number.isInteger(concurrency) || concurrency < 1)
      throw new Error("--concurrency must be at least 1");
    const stop = new AbortController();
    for (const name of ["SIGTERM", "SIGINT"]) process.once(name, () => stop.abort());
    const questions = (await readDataset()).map(({ question }) => question);
    const report = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);
    await sendTraffic({ url, rps, concurrency, questions, signal: stop.signal, report });
  });
}
