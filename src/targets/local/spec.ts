import type { DeploySpec, TargetVerbSpec } from "../../ports/index.ts";

/** What `local()` makes of its options; it stands in the Plan. */
export interface LocalSpec {
  readonly name: string;
  /** The port of the stable URL; null has one assigned at the first deploy and kept. */
  readonly port: number | null;
  /** How many earlier releases keep their files. */
  readonly history: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
}

/** What `connect` of a local target is given. */
export type LocalDeploySpec = DeploySpec<LocalSpec>;

/** What `status`, `rollback` and `stop` of a local target are given. */
export type LocalVerbSpec = TargetVerbSpec<LocalSpec>;
