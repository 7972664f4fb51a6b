import { createServer, type IncomingMessage, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { isSluiceError, type SluiceError } from "../../../src/errors/index.ts";
import type { Figure, Json } from "../../../src/model/index.ts";
import type { Check, StepContext, Verdict } from "../../../src/ports/index.ts";
import { stepContext, type RecordingContext } from "../../fixtures/step-context.ts";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A service on loopback that answers as `reply` says, and ends with the test. */
export async function service(
  reply: (request: Request) => Reply | Promise<Reply>,
): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      void Promise.resolve(reply(request)).then(({ status = 200, headers: extra = {}, body = {} }) => {
        outgoing.writeHead(status, extra).end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closed(server));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A folder with a dataset `questions.jsonl` of these lines. */
export async function dataset(lines: readonly (string | object)[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "sluice-ai-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(
    join(root, "questions.jsonl"),
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
  return root;
}

export function aiContext(
  root: string,
  previous?: Json,
  overrides: Partial<StepContext> = {},
): RecordingContext {
  const proposed: Json[] = [];
  const baseline = {
    previous: () => Promise.resolve(previous),
    propose: (value: Json) => void proposed.push(value),
  };
  return { ...stepContext({ root, baseline, ...overrides }), proposed };
}

export async function judge<Subject>(
  check: Check<Subject>,
  context: StepContext,
  subject?: Subject,
): Promise<Verdict> {
  return check.judge(subject as Subject, check.spec as never, context);
}

export function baselineOf(context: RecordingContext): Json {
  const [value] = context.proposed;
  if (value === undefined) throw new Error("nothing was proposed");
  return JSON.parse(JSON.stringify(value)) as Json;
}

export function figure(verdict: Verdict, name: string): Figure {
  if (verdict.outcome === "suspended") throw new Error("the verdict is suspended");
  const found = verdict.figures.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`no figure ${name} among ${verdict.figures.map((one) => one.name).join(", ")}`);
  return found;
}

export async function errorOf(run: () => unknown): Promise<SluiceError> {
  try {
    await run();
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
