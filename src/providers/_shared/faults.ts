import { networkReason } from "../../errors/index.ts";

/** Whether an error with this code says that no answer came. SDKs have codes of their own for it as well. */
export function isNoAnswer(code: unknown, own: string): boolean {
  return code === own || (typeof code === "string" && networkReason(code) !== undefined);
}

/** A message's later lines may show the request, and with it a secret. */
export function firstLine(message: string): string {
  const line = message.split("\n", 1)[0]?.trim() ?? "";
  return line === "" ? "no reason given" : line;
}
