import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { isSluiceError, type ErrorCode, type SluiceError } from "../errors/index.ts";
import type { ClusterConnection, ClusterCredentials, ClusterProvider } from "../ports/index.ts";

const CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "CLUSTER_DENIED",
  "CLUSTER_UNREACHABLE",
  "CLOUD_FAILED",
  "DEPENDENCY_MISSING",
]);

/** What the Plan shows of a provider. */
export function checkShown(provider: ClusterProvider, secrets: readonly string[]): void {
  assert.match(provider.kind, /^[a-z][a-z0-9-]*$/, "kind is a word in lower case");
  assert.notEqual(provider.name, "", "it has a name");
  assert.deepEqual(JSON.parse(JSON.stringify(provider.spec)), provider.spec, "the spec is JSON");
  assert.match(provider.describe(), /^\S.*\S$/, "it describes itself in one line");
  for (const { kind, name, why } of provider.needs) {
    assert.match(kind, /^(package|program)$/, `${name} is a package or a program`);
    assert.notEqual(name.trim(), "", "what is needed has a name");
    assert.notEqual(why.trim(), "", `it says what ${name} is needed for`);
  }
  const shown = inspect([provider.spec, provider.name, provider.describe(), provider.needs], { depth: null });
  checkSilent(shown, secrets, "what the Plan shows");
}

export function checkConnection(connection: ClusterConnection): void {
  const { protocol, username, password, search, hash } = new URL(connection.server);
  assert.equal(protocol, "https:", "the server is spoken to by https");
  assert.deepEqual(
    [username, password, search, hash],
    ["", "", "", ""],
    "its address has nothing else in it",
  );
  assert.notEqual(connection.insecure, true, "its certificate is verified");
  if (connection.ca === undefined) return;
  const blocks = connection.ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  assert.notEqual(blocks.length, 0, "ca is PEM");
  for (const block of blocks) assert.doesNotThrow(() => new X509Certificate(block), "ca holds certificates");
}

/** What tells credentials from others: never shown in a message. */
export function essenceOf(credentials: ClusterCredentials | undefined): string {
  const { token, certificate } = credentials ?? {};
  if (token === undefined && certificate === undefined) return "";
  return `${token ?? ""}\n${certificate?.cert ?? ""}`;
}

/** That `work` is refused, with an error that says what to do and no secret. */
export async function checkRefused(
  work: Promise<unknown>,
  expected: { readonly code: ErrorCode; readonly secrets: readonly string[] },
): Promise<SluiceError> {
  const error = await rejectionOf(work);
  assert.ok(isSluiceError(error), `it is a SluiceError, not ${nameOf(error)}`);
  assert.ok(CODES.has(error.code), `${error.code} is a code that the port names`);
  assert.equal(error.code, expected.code);
  assert.notEqual((error.hint ?? "").trim(), "", "a hint says what to do");
  checkSilent(inspect(error, { depth: null, showHidden: true }), expected.secrets, "the error");
  return error;
}

export async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol("nothing");
  const error: unknown = await work.then(
    () => nothing,
    (thrown: unknown) => thrown,
  );
  if (error === nothing) assert.fail("it was not refused");
  return error;
}

function checkSilent(text: string, secrets: readonly string[], what: string): void {
  for (const [index, secret] of secrets.entries())
    assert.ok(secret === "" || !text.includes(secret), `${what} shows secret number ${index + 1} of the rig`);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
