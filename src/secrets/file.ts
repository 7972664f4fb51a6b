import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { SluiceError } from "../errors/index.ts";
import type { SecretSource } from "../ports/index.ts";

/** Bytes. No secret that travels by environment can be larger. */
const LARGEST = 1 << 20;

/**
 * A secret from a file of UTF-8 text, for example one that the CI host or a mounted volume provides. One line end at
 * the end of the file is dropped.
 *
 * @param path absolute, or relative to the pipeline's root
 * @throws DEFINITION_INVALID where `path` is empty
 * @throws SECRET_MISSING when the run starts, where the file is missing, unreadable, empty, not text or above 1 MiB
 *
 * @example
 * ```ts
 * import { file, pipeline, sh } from "sluice";
 *
 * export default pipeline({ name: "api", secrets: { key: file("/run/secrets/signing-key") } }, (p, { secrets }) => {
 *   p.stage("sign").job("sign", sh({ stdin: secrets.key })`./sign --key-from-stdin`);
 * });
 * ```
 */
export function file(path: string): SecretSource {
  if (path === "" || path.includes("\0")) {
    throw new SluiceError("DEFINITION_INVALID", `file(${JSON.stringify(path)}): this cannot be a path`, {
      hint: 'Give the path of the file that holds the secret, for example file("/run/secrets/token").',
    });
  }
  return Object.freeze<SecretSource>({
    kind: "secret-source",
    source: "file",
    with: path,
    resolve: async (context) => {
      context.signal.throwIfAborted();
      return text(path, await read(path, resolve(context.root, path), context.signal));
    },
  });
}

async function read(path: string, absolute: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const { size } = await stat(absolute);
    if (size > LARGEST) throw missing(path, "is larger than 1 MiB", "Point it at the secret alone.");
    return await readFile(absolute, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SluiceError) throw error;
    throw unreadable(path, absolute, error);
  }
}

function text(path: string, bytes: Buffer): string {
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw missing(
      path,
      "is not UTF-8 text",
      "Store binary secrets as base64 and decode them in the job.",
      cause,
    );
  }
  const value = content.replace(/\r?\n$/, "");
  if (value === "") throw missing(path, "is empty", "Write the secret into it.");
  return value;
}

function unreadable(path: string, absolute: string, cause: unknown): SluiceError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return missing(path, "does not exist", `Create it; it was looked for at ${absolute}.`, cause);
    case "EACCES":
    case "EPERM":
      return missing(
        path,
        "may not be read",
        `Give the user that runs the pipeline read access to ${absolute}.`,
        cause,
      );
    case "EISDIR":
      return missing(path, "is a folder", "Name the file in it.", cause);
    default:
      return missing(path, `cannot be read (${String(code ?? cause)})`, `Check ${absolute}.`, cause);
  }
}

function missing(path: string, problem: string, hint: string, cause?: unknown): SluiceError {
  return new SluiceError("SECRET_MISSING", `the secret's file "${path}" ${problem}`, { hint, cause });
}
