import { userInfo } from "node:os";
import { ciActor } from "../facts/index.ts";
import type { Terminal } from "./terminal.ts";

/** Who has set off the CI job, or whose terminal it is; `undefined` where nobody is known. */
export function whoIsThere(env: Terminal["env"]): string | undefined {
  const actor = ciActor(env);
  if (actor !== undefined) return actor;
  try {
    return userInfo().username;
  } catch {
    // No entry in the user database, as in some containers.
    return [env["USER"], env["LOGNAME"]].find((name) => name !== undefined && name !== "");
  }
}
