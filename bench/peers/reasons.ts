import type { WorkloadName } from "./work.ts";

type Reasons = Partial<Readonly<Record<WorkloadName, string>>>;

export const NO_PREFIX = "does not prefix lines with the job that they come from";
export const NO_CACHE = "keeps no results to skip a job by";

/** For tools: the sizes of W5. */
export const NO_FUNCTIONS: Reasons = everySize("runs commands, not functions");

/** For libraries that run functions: everything but W5. */
export const NO_COMMANDS: Reasons = everyCommand("runs functions; starting commands is left to its user");

function everySize(reason: string): Reasons {
  return { "W5-1k": reason, "W5-10k": reason, "W5-100k": reason };
}

function everyCommand(reason: string): Reasons {
  return { W1: reason, W2: reason, W3: reason, W4: reason, W6: reason, W7: reason };
}
