import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * What tells machines apart that may share a state folder. On Linux the machine's id, or the host name where it has none,
 * as in a container. Elsewhere always the same, because a laptop's host name changes with the network that it is in.
 */
export function machineName(): string {
  if (process.platform !== "linux") return "";
  try {
    return readFileSync("/etc/machine-id", "utf8").trim() || hostname();
  } catch {
    return hostname();
  }
}
