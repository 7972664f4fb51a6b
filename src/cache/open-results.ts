import type { BlobCache, StoreContext } from "../ports/index.ts";
import type { Plan } from "../model/index.ts";
import { InputFiles } from "./files/input-files.ts";
import type { KeySource } from "./key/gather.ts";
import { RemoteResults } from "./remote-results.ts";
import { LastKeys } from "./results/last-keys.ts";
import { LocalResults } from "./results/local-results.ts";
import { Tools } from "./tools.ts";

/** What results are looked up with, in a run and in a plan alike. */
export interface ResultParts {
  readonly root: string;
  readonly files: InputFiles;
  readonly keys: KeySource;
  readonly local: LocalResults;
  readonly last: LastKeys;
  readonly remote: RemoteResults | undefined;
}

export interface ResultSetup {
  readonly context: StoreContext;
  readonly plan: Plan;
  /** The variables that jobs inherit. */
  readonly jobEnv: Readonly<Record<string, string>>;
  readonly mask: (text: string) => string;
  /** Opens the remote cache, where there is one. */
  readonly remote: (() => Promise<BlobCache>) | undefined;
}

/** Reads what earlier runs have left. Asks nobody and writes nothing. */
export async function openResults({
  context,
  plan,
  jobEnv,
  mask,
  remote,
}: ResultSetup): Promise<ResultParts> {
  const { root, stateDir, env } = context;
  const local = new LocalResults(stateDir);
  const [files, last] = await Promise.all([
    InputFiles.open({ root, stateDir, env: jobEnv }, plan),
    LastKeys.open(local.folder, plan.pipeline),
  ]);
  return {
    root,
    files,
    keys: { files, tools: new Tools(root, jobEnv), jobEnv, env, mask },
    local,
    last,
    remote: remote === undefined ? undefined : new RemoteResults(remote, local.folder),
  };
}
