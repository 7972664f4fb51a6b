import { SluiceError } from "../../errors/index.ts";
import type { EksClient } from "./sdk.ts";

/** An EKS cluster that can be spoken to. */
export interface FoundCluster {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly region: string;
  readonly account: string;
  readonly dnsSuffix: string;
  /** What AWS's clock is ahead of ours, in milliseconds. */
  readonly skew: number;
}

/** While it is updated, a cluster's API server goes on answering. */
const USABLE = new Set(["ACTIVE", "UPDATING"]);

/** Looks a cluster up. @throws SluiceError `CLOUD_FAILED`, or what the client throws */
export async function findCluster(
  client: EksClient,
  name: string,
  { signal, now }: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<FoundCluster> {
  const region = await client.region();
  const cluster = await client.describeCluster(name, signal);
  const skew = client.serverDate === undefined ? 0 : client.serverDate - now();
  const what = `EKS cluster "${name}" in ${region}`;
  const { arn, status = "unknown", endpoint, certificateAuthority } = cluster ?? {};
  if (!USABLE.has(status)) throw notActive(what, status);
  if (endpoint === undefined || certificateAuthority?.data === undefined || arn === undefined) {
    throw new SluiceError("CLOUD_FAILED", `${what} has no endpoint, no certificate authority or no ARN`, {
      hint: "Look at the cluster in the AWS console: it may still be coming up.",
    });
  }
  const ca = Buffer.from(certificateAuthority.data, "base64").toString("utf8");
  return { server: endpoint, ca, region, skew, account: accountOf(arn), dnsSuffix: client.dnsSuffix(region) };
}

function notActive(what: string, status: string): SluiceError {
  return new SluiceError("CLOUD_FAILED", `${what} is not active but ${status}`, {
    hint:
      status === "CREATING" || status === "PENDING"
        ? "Wait until it is: aws eks wait cluster-active --name CLUSTER."
        : "Look at it in the AWS console; a release needs a cluster that is ACTIVE.",
  });
}

/** Of `arn:aws:eks:eu-west-1:111122223333:cluster/prod`. */
function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
