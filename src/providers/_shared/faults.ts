/** Codes of Node's errors for a server that cannot be reached or does not answer. */
const NO_ANSWER = new Set<unknown>([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Whether an error with this code says that no answer came. SDKs have codes of their own for it as well. */
export function isNoAnswer(code: unknown, own: string): boolean {
  return code === own || NO_ANSWER.has(code);
}

/** A message's later lines may show the request, and with it a secret. */
export function firstLine(message: string): string {
  const line = message.split("\n", 1)[0]?.trim() ?? "";
  return line === "" ? "no reason given" : line;
}
