/** What Node's error codes for a connection say, in words that go on from "cannot reach …:". */
const NETWORK: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "the connection was refused"],
  ["ECONNRESET", "the connection was closed"],
  ["EPIPE", "the connection was closed"],
  ["ENOTFOUND", "there is no such host"],
  ["EAI_AGAIN", "its name could not be looked up"],
  ["ETIMEDOUT", "the connection timed out"],
  ["EHOSTUNREACH", "the host cannot be reached"],
  ["ENETUNREACH", "the network cannot be reached"],
]);

/** The same for a file system's, in words that go on from "cannot write …:". */
const DISK: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the file system is read-only"],
  ["EACCES", "permission is denied"],
  ["EPERM", "permission is denied"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EMFILE", "too many files are open"],
]);

/** The system's code of an error, for example `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Why no answer came over a connection, where the code says so. */
export function networkReason(code: string | undefined): string | undefined {
  return NETWORK.get(code ?? "");
}

/** Why a file system refuses, where the code says so. */
export function diskReason(code: string | undefined): string | undefined {
  return DISK.get(code ?? "");
}
