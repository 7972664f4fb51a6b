import type { JsonObject } from "../../model/index.ts";
import { unknownOptions } from "../../util/unknown-options.ts";
import { fits, not, refuseOptions } from "../_shared/index.ts";

/** As whom Azure is asked. */
export type AzureCredentialChoice =
  | "default"
  | "environment"
  | "cli"
  | "managed-identity"
  | "workload-identity"
  | { readonly managedIdentityClientId: string };

/**
 * Which AKS cluster, and as whom it is reached.
 *
 * @example
 * ```ts
 * aks({
 *   subscription: "11111111-2222-3333-4444-555555555555",
 *   resourceGroup: "web",
 *   cluster: "prod",
 *   credential: "workload-identity",
 *   namespace: "shop",
 * });
 * ```
 */
export interface AksOptions {
  /** The id of the subscription. */
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly cluster: string;
  /**
   * `"default"` tries all that follow; `"environment"` is a service principal of `AZURE_CLIENT_ID` and the like, `"cli"`
   * who is logged in with `az login`, `"managed-identity"` the machine's own identity (one with its client id among
   * several), `"workload-identity"` a federated token (`AZURE_FEDERATED_TOKEN_FILE`), as in a pod.
   * @defaultValue `"default"`
   */
  readonly credential?: AzureCredentialChoice;
  /** The tenant that the identity belongs to. @defaultValue `AZURE_TENANT_ID`, or the identity's own */
  readonly tenant?: string;
  /** Which of the cluster's names is used, where it has both. @defaultValue `"auto"`: what Azure gives */
  readonly endpoint?: "auto" | "public" | "private";
  /** @defaultValue `"public"` */
  readonly cloud?: "public" | "china" | "us-government";
  /** Address of Azure Resource Manager where it is another than the cloud's, as with Azure Stack. @defaultValue the cloud's */
  readonly resourceManager?: string;
  /** The registry that the cluster draws from, for example `acme.azurecr.io`. AKS itself does not say. */
  readonly registry?: string;
}

const OPTIONS = [
  "subscription",
  "resourceGroup",
  "cluster",
  "credential",
  "tenant",
  "endpoint",
  "cloud",
  "resourceManager",
  "registry",
] as const satisfies readonly (keyof AksOptions)[];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TENANT = /^[0-9a-z][0-9a-z.-]*$/i;
const GROUP = /^[\w().-]{0,89}[\w()-]$/;
const CLUSTER = /^[0-9a-z]([\w-]{0,61}[0-9a-z])?$/i;
const REGISTRY = /^[0-9a-z][0-9a-z.-]*\.[a-z]+(\/[\w./-]*\w)?$/;
const CREDENTIALS = new Set<unknown>([
  "default",
  "environment",
  "cli",
  "managed-identity",
  "workload-identity",
]);
const ENDPOINTS = new Set<unknown>(["auto", "public", "private"]);
const CLOUDS = new Set<unknown>(["public", "china", "us-government"]);

const HINT = 'Write it like aks({ subscription: "…", resourceGroup: "web", cluster: "prod" }).';

/**
 * What stands in the Plan.
 *
 * @param beside names of options that are given beside these, and read by somebody else
 * @throws SluiceError `DEFINITION_INVALID`, with all that is wrong
 */
export function aksSpec(options: AksOptions, beside: readonly string[] = []): JsonObject {
  refuseOptions("aks", [...problemsOf(options, beside)], HINT);
  const { credential = "default", ...places } = options;
  const shown =
    typeof credential === "string" ? credential : `managed-identity ${credential.managedIdentityClientId}`;
  return { ...places, credential: shown };
}

function* problemsOf(options: AksOptions, beside: readonly string[]): Iterable<string> {
  if (typeof options !== "object" || (options as unknown) === null) {
    yield "the options must be an object";
    return;
  }
  yield* unknownOptions(options, [...OPTIONS, ...beside]);
  const { subscription, resourceGroup, cluster, credential, tenant, registry } = options;
  const { endpoint = "auto", cloud = "public" } = options;
  if (!fits(subscription, UUID))
    yield `subscription must be the subscription's id, a UUID${not(subscription)}`;
  if (!fits(resourceGroup, GROUP))
    yield `resourceGroup must be 1 to 90 letters, digits or _().-${not(resourceGroup)}`;
  if (!fits(cluster, CLUSTER)) yield `cluster must be 1 to 63 letters, digits, _ or -${not(cluster)}`;
  if (credential !== undefined && !isCredential(credential))
    yield `credential must be one of ${[...CREDENTIALS].join(", ")}, or { managedIdentityClientId } with a UUID`;
  if (tenant !== undefined && !fits(tenant, TENANT)) yield `tenant must be an id or a domain${not(tenant)}`;
  if (tenant !== undefined && (credential === "managed-identity" || typeof credential === "object"))
    yield "a managed identity has its tenant already: leave tenant out";
  if (!ENDPOINTS.has(endpoint)) yield `endpoint must be one of ${[...ENDPOINTS].join(", ")}${not(endpoint)}`;
  if (!CLOUDS.has(cloud)) yield `cloud must be one of ${[...CLOUDS].join(", ")}${not(cloud)}`;
  if (options.resourceManager !== undefined && !isAddress(options.resourceManager))
    yield `resourceManager must be an https address without a name, a password or a query${not(options.resourceManager)}`;
  if (registry !== undefined && !fits(registry, REGISTRY))
    yield `registry must be like acme.azurecr.io${not(registry)}`;
}

function isCredential(given: unknown): boolean {
  if (CREDENTIALS.has(given)) return true;
  if (typeof given !== "object" || given === null) return false;
  const { managedIdentityClientId: id, ...others } = given as Record<string, unknown>;
  return fits(id, UUID) && Object.keys(others).length === 0;
}

function isAddress(given: unknown): boolean {
  if (typeof given !== "string" || !URL.canParse(given)) return false;
  const { protocol, username, password, search, hash } = new URL(given);
  return protocol === "https:" && [username, password, search, hash].every((part) => part === "");
}
