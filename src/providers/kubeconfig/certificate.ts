import { X509Certificate } from "node:crypto";
import { SluiceError } from "../../errors/index.ts";

/** @throws SluiceError `CLUSTER_DENIED` for what is no certificate */
export function endOfCertificate(pem: string, user: string): number {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    throw new SluiceError(
      "CLUSTER_DENIED",
      `the client certificate of the user "${user}" is not a PEM certificate`,
      {
        hint: "It has to be PEM; as client-certificate-data, base64 of that.",
      },
    );
  }
}
