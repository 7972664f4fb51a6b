import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { codeOf } from "../../../errors/index.ts";
import { bootId } from "../../../util/process/identity.ts";
import { pidNamespace } from "../../../util/process/machine.ts";

/**
 * What is the same for two processes only if one can look up the other by its id. A machine's name is not enough for
 * that: containers and images that were made from one another share it. On Linux it is the boot and the namespace of
 * process ids, elsewhere the host's name and a number kept in `folder`, which stays on this machine. Null where it cannot
 * be told, and then nobody is ever found dead before the lease is over.
 */
export function placeOf(folder: string): string | null {
  try {
    if (process.platform === "linux") {
      const namespace = pidNamespace();
      return namespace === undefined ? null : `${bootId()} ${namespace}`;
    }
    return `${hostname()} ${numberIn(folder)}`;
  } catch {
    return null;
  }
}

function numberIn(folder: string): string {
  const file = join(folder, "place");
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, randomBytes(16).toString("hex"), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8");
}
