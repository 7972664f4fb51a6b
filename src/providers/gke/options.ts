import type { JsonObject } from "../../model/index.ts";
import { unknownOptions } from "../../util/unknown-options.ts";
import { fits, not, refuseOptions } from "../_shared/index.ts";

/**
 * Which GKE cluster, and as whom it is reached.
 *
 * @example
 * ```ts
 * gke({
 *   project: "acme-web",
 *   location: "europe-west1",
 *   cluster: "prod",
 *   impersonate: "deployer@acme-web.iam.gserviceaccount.com",
 *   namespace: "shop",
 * });
 * ```
 */
export interface GkeOptions {
  /** The id of the project, not its number. */
  readonly project: string;
  /** A region such as `europe-west1`, or a zone such as `europe-west1-b`. */
  readonly location: string;
  readonly cluster: string;
  /**
   * Which of the cluster's endpoints is used. `"dns"` needs the permission `container.clusters.connect`, and neither an
   * authorized network nor a VPN.
   * @defaultValue `"auto"`: the IP endpoint that GKE names, the DNS endpoint where IP endpoints are turned off
   */
  readonly endpoint?: "auto" | "public" | "private" | "dns";
  /**
   * A file of credentials, from the pipeline's folder: a service account's key, or a configuration of workload identity
   * federation. @defaultValue application default credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's, the machine's
   */
  readonly keyFile?: string;
  /** The service account to act as, for example `deployer@acme.iam.gserviceaccount.com`. */
  readonly impersonate?: string;
  /** What image names begin with. @defaultValue `REGION-docker.pkg.dev/PROJECT`, Artifact Registry beside the cluster */
  readonly registry?: string;
}

const OPTIONS = [
  "project",
  "location",
  "cluster",
  "endpoint",
  "keyFile",
  "impersonate",
  "registry",
] as const satisfies readonly (keyof GkeOptions)[];

const PROJECT = /^([a-z0-9.-]+\.[a-z]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const LOCATION = /^[a-z]+(-[a-z]+)+\d+(-[a-z])?$/;
const CLUSTER = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;
const ACCOUNT = /^[^@\s/]+@[a-z0-9.-]+$/i;
const REGISTRY = /^[0-9a-z][0-9a-z.-]*\.[a-z]+(\/[\w./-]*\w)?$/;
const ENDPOINTS = new Set<unknown>(["auto", "public", "private", "dns"]);

const HINT = 'Write it like gke({ project: "acme-web", location: "europe-west1", cluster: "prod" }).';

/**
 * What stands in the Plan.
 *
 * @param beside names of options that are given beside these, and read by somebody else
 * @throws SluiceError `DEFINITION_INVALID`, with all that is wrong
 */
export function gkeSpec(options: GkeOptions, beside: readonly string[] = []): JsonObject {
  refuseOptions("gke", [...problemsOf(options, beside)], HINT);
  return { ...options };
}

function* problemsOf(options: GkeOptions, beside: readonly string[]): Iterable<string> {
  if (typeof options !== "object" || (options as unknown) === null) {
    yield "the options must be an object";
    return;
  }
  yield* unknownOptions(options, [...OPTIONS, ...beside]);
  const { project, location, cluster, endpoint = "auto", keyFile, impersonate, registry } = options;
  if (!fits(project, PROJECT))
    yield `project must be the project's id, 6 to 30 letters, digits or -${not(project)}`;
  if (!fits(location, LOCATION))
    yield `location must be a region or a zone, such as europe-west1${not(location)}`;
  if (!fits(cluster, CLUSTER)) yield `cluster must be 1 to 40 lower-case letters, digits or -${not(cluster)}`;
  if (!ENDPOINTS.has(endpoint)) yield `endpoint must be one of ${[...ENDPOINTS].join(", ")}${not(endpoint)}`;
  if (keyFile !== undefined && !fits(keyFile, /^[^{\n\0]+$/)) yield "keyFile must be the path of a file";
  if (impersonate !== undefined && !fits(impersonate, ACCOUNT))
    yield `impersonate must be a service account's address${not(impersonate)}`;
  if (registry !== undefined && !fits(registry, REGISTRY))
    yield `registry must be like europe-west1-docker.pkg.dev/acme-web${not(registry)}`;
}
