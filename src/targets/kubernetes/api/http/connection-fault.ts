import { messageOf, networkReason } from "../../../../errors/index.ts";

export interface ConnectionFaultDetails {
  /**
   * `network`: asking again may help. `server`: the server's certificate is not taken. `client`: ours is not, or cannot be
   * used.
   */
  readonly kind: "network" | "server" | "client";
  /** Whether the server may have got the request. */
  readonly sent: boolean;
  /** There is no such host. */
  readonly missing: boolean;
  readonly cause?: unknown;
}

/** A request to which no answer came. The message goes on from "the API server at … cannot be reached:". */
export class ConnectionFault extends Error {
  override readonly name = "ConnectionFault";
  readonly kind: ConnectionFaultDetails["kind"];
  readonly sent: boolean;
  readonly missing: boolean;

  constructor(message: string, { kind, sent, missing, cause }: ConnectionFaultDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.sent = sent;
    this.missing = missing;
  }
}

/** Codes of OpenSSL's verification, as Node gives them. */
const SERVER: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (look at this machine's clock)",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by an unknown authority (by itself)",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is signed by an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by an unknown authority",
  CERT_SIGNATURE_FAILURE: "its certificate is not signed by the cluster's authority",
  CERT_REVOKED: "its certificate has been revoked",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS (is it http:// rather than https://?)",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS (is it http:// rather than https://?)",
};

/** Node 20 gives one code for all that OpenSSL says, and the rest in the message. */
function protocolFault(error: unknown): string {
  const [, reason = ""] = /(wrong version number|packet length too long)/i.exec(messageOf(error)) ?? [];
  return `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`;
}

/** What a failed request means. `sent`: whether the connection stood, so that the server may have got it. */
export function asFault(error: unknown, sent: boolean): ConnectionFault {
  if (error instanceof ConnectionFault) return error;
  const { code = "", reason = "" } = error as NodeJS.ErrnoException & { readonly reason?: string };
  const fault = (kind: ConnectionFaultDetails["kind"], text: string, missing = false): ConnectionFault =>
    new ConnectionFault(text, { kind, sent: kind === "network" && sent, missing, cause: error });
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return fault("server", `its certificate is for another name: ${reason}`);
  const server = SERVER[code === "EPROTO" ? protocolFault(error) : code];
  if (server !== undefined) return fault("server", server);
  if (/^ERR_SSL_.*ALERT/.test(code)) return fault("client", `it does not take our certificate (${code})`);
  if (/^ERR_OSSL/.test(code)) return fault("client", `our certificate or its key cannot be used (${code})`);
  if (code === "ERR_INVALID_CHAR")
    return fault("client", "our token holds characters that no header can carry");
  if (/^ERR_SSL/.test(code)) return fault("server", `the TLS connection failed (${code})`);
  return fault(
    "network",
    networkReason(code) ?? (code === "" ? messageOf(error) : code),
    code === "ENOTFOUND",
  );
}
