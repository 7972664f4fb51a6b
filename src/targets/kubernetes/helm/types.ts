import type { ProcessGuard } from "../../../ports/index.ts";

/** What running `helm` needs. */
export interface HelmContext {
  /** The pipeline's folder: charts are named relative to it. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly processes?: ProcessGuard;
  /** The path of a kubeconfig, see `childKubeconfig`. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** @defaultValue "helm" */
  readonly program?: string;
  /** Text with the values of secrets replaced. */
  readonly mask: (text: string) => string;
  /** Takes what Helm says meanwhile, masked. */
  readonly report?: (text: string) => void;
  /** How many revisions Helm shall keep. @defaultValue Helm's own, which is 10 */
  readonly keep?: number;
}

/** A chart with all that it is filled in with. */
export interface HelmChart {
  readonly release: string;
  readonly chart: string;
  readonly version: string | null;
  readonly repo: string | null;
  /** With the values of secrets. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly timeout: number;
}

/** A revision of a release as its Secret in the cluster says. */
export interface HelmRevision {
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `uninstalled`, `pending-install`, `pending-upgrade`, `pending-rollback`, … */
  readonly status: string;
  /** When that was written: milliseconds since 1970. */
  readonly since: number;
}
