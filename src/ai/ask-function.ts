import { messageOf } from "../errors/index.ts";
import { refHandle, secretHandle, type Input, type JsonObject, type Secret } from "../model/index.ts";
import type { ResolvedSecret } from "../ports/index.ts";
import type { DatasetItem } from "./dataset.ts";
import { show, type Problems } from "./problems.ts";
import { AskError, isTransient } from "./retry.ts";

/** What a function that answers is given besides the question. */
export interface AskContext<Subject> {
  /** Fires when the question's timeout has passed or the gate is to end. */
  readonly signal: AbortSignal;
  /** The value that the gate judges. */
  readonly subject: Subject;
  /** The line of the dataset, with fields of your own. */
  readonly fields: JsonObject;
  /** What `env` named, with refs and secrets as their values. */
  readonly env: Readonly<Record<string, string>>;
}

/** Answers a question in this process. What it returns is scored like the JSON of a service. */
export type AskFunction<Subject> = (question: string, context: AskContext<Subject>) => unknown;

export type AskEnv = Readonly<Record<string, Input<string> | Secret>>;

export function checkEnv(env: unknown, problems: Problems): void {
  if (env === undefined) return;
  if (typeof env !== "object" || env === null) {
    problems.add(`env must be an object, got ${show(env)}`, "Give names and values.");
    return;
  }
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === "string" || refHandle(value) !== undefined || secretHandle(value) !== undefined)
      continue;
    problems.add(
      `env.${name} must be a text, a ref or a secret, got ${show(value)}`,
      "Correct it or leave it out.",
    );
  }
}

export function revealEnv(
  env: Readonly<Record<string, string | ResolvedSecret>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, typeof value === "string" ? value : value.reveal()]),
  );
}

/**
 * Calls the function. An error with a `status` that says "try later", as the clients of model services throw it, is
 * tried again; any other is not. Rejects with {@link AskError}.
 */
export async function callFunction<Subject>(
  ask: AskFunction<Subject>,
  item: DatasetItem,
  context: AskContext<Subject>,
): Promise<unknown> {
  try {
    return await ask(item.question, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    const status =
      typeof cause === "object" && cause !== null && "status" in cause ? cause.status : undefined;
    const message = messageOf(cause);
    throw new AskError(message, { retryable: typeof status === "number" && isTransient(status), cause });
  }
}
