import { homedir } from "node:os";
import { join } from "node:path";

const HOME = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice-lab");

/** For what was downloaded or built, and stays. */
export const BINARIES = HOME;
/** What runs now: one folder per part. */
export const RUNNING = join(HOME, "running");
