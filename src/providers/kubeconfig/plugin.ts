import { SluiceError } from "../../errors/index.ts";
import type { ClusterCredentials } from "../../ports/index.ts";
import { endOfCertificate } from "./certificate.ts";
import type { CredentialsSetup } from "./setup.ts";
import type { ExecEntry } from "./types.ts";

/** Milliseconds that a plugin may take. */
const PATIENCE = 60_000;

/** Milliseconds after which it is said what is waited for: somebody may have to confirm a login elsewhere. */
const SLOW = 5_000;

const VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/**
 * Runs a credential plugin once. Source: Kubernetes, client-go credential plugins. Ours rather than the library's, which
 * tells the plugin nothing of the cluster, keeps to itself when credentials end, and cannot be stopped.
 *
 * @throws SluiceError `TOOL_MISSING`, `CLUSTER_DENIED`
 */
export async function runPlugin(
  exec: ExecEntry,
  user: string,
  { cluster, ca, context }: CredentialsSetup,
): Promise<ClusterCredentials> {
  const { command, args, apiVersion } = exec;
  const { env, signal, log } = context;
  signal.throwIfAborted();
  check(exec, user);
  const info = {
    apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo
        ? {
            cluster: {
              server: cluster.server,
              "tls-server-name": cluster.serverName,
              "insecure-skip-tls-verify": cluster.insecure ? true : undefined,
              "certificate-authority-data": ca === undefined ? undefined : Buffer.from(ca).toString("base64"),
              "proxy-url": cluster.proxy,
              config: cluster.pluginConfig,
            },
          }
        : {}),
    },
  };
  // Not before it is needed: who loads ES modules by require cannot load it.
  const { execa } = await import("execa");
  const slow = setTimeout(() => log?.(`waits for the credential plugin ${command}`), SLOW);
  const result = await execa(command, args, {
    env: { ...env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: PATIENCE,
    cancelSignal: signal,
  }).finally(() => clearTimeout(slow));
  signal.throwIfAborted();
  if (result.code === "ENOENT" || result.code === "EACCES") throw missing(exec, user, result.code);
  if (result.failed) {
    const how = result.timedOut ? `did not end within ${PATIENCE / 1_000} s` : `failed (${howEnded(result)})`;
    throw denied(
      `the credential plugin ${command} ${how}: ${tail(result.stderr)}`,
      "Run it by hand, or log in with the tool that it belongs to.",
    );
  }
  return credentialsIn(result.stdout, exec, user);
}

function check({ apiVersion, command, interactiveMode }: ExecEntry, user: string): void {
  if (command === "") throw denied(`the credential plugin of the user "${user}" has no command`, CORRECT);
  if (!VERSIONS.includes(apiVersion))
    throw denied(
      `the credential plugin ${command} speaks ${apiVersion === "" ? "no version" : apiVersion}`,
      `It has to be ${VERSIONS.join(" or ")}: have the kubeconfig written anew by a newer version of the tool.`,
    );
  if (interactiveMode === "Always")
    throw denied(
      `the credential plugin ${command} wants to ask questions, and a pipeline cannot answer`,
      "Use credentials that need nobody: a service account, or a login that is kept.",
    );
}

const CORRECT = "Correct the kubeconfig: kubectl config view shows it.";

function credentialsIn(stdout: string, { command, apiVersion }: ExecEntry, user: string): ClusterCredentials {
  const { kind, apiVersion: version, status = {} } = parsed(stdout, command);
  if (kind !== "ExecCredential" || version !== apiVersion)
    throw denied(`the credential plugin ${command} gives no ExecCredential of ${apiVersion}`, CORRECT);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  const hasToken = typeof token === "string" && token !== "";
  const hasCertificate = typeof cert === "string" && typeof key === "string";
  if (!hasToken && !hasCertificate)
    throw denied(
      `the credential plugin ${command} gives neither a token nor a certificate with its key`,
      "Run it by hand, or log in with the tool that it belongs to.",
    );
  const said = typeof expirationTimestamp === "string" ? Date.parse(expirationTimestamp) : Number.NaN;
  const end = Math.min(
    Number.isNaN(said) ? Infinity : said,
    hasCertificate ? endOfCertificate(cert, user) : Infinity,
  );
  return {
    ...(hasToken ? { token } : {}),
    ...(hasCertificate ? { certificate: { cert, key } } : {}),
    ...(end === Infinity ? {} : { expiresAt: end }),
  };
}

interface ExecCredential {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly status?: {
    readonly token?: unknown;
    readonly clientCertificateData?: unknown;
    readonly clientKeyData?: unknown;
    readonly expirationTimestamp?: unknown;
  };
}

function parsed(stdout: string, command: string): ExecCredential {
  try {
    return JSON.parse(stdout) as ExecCredential;
  } catch {
    // A parser's message would show the text, and with it a token.
    throw denied(
      `the credential plugin ${command} writes something that is not JSON`,
      "Run it by hand and look at what it writes.",
    );
  }
}

function missing({ command, installHint }: ExecEntry, user: string, code: string): SluiceError {
  const what = code === "ENOENT" ? "is not on the PATH" : "cannot be started (no permission)";
  return new SluiceError(
    "TOOL_MISSING",
    `${command}, which gets credentials for the user "${user}" of the kubeconfig, ${what}`,
    {
      hint: installHint?.trim() ?? `Install ${command}, or correct users[].user.exec in the kubeconfig.`,
    },
  );
}

function howEnded({ exitCode, signal }: { readonly exitCode?: number; readonly signal?: string }): string {
  return exitCode === undefined ? (signal ?? "no exit code") : `exit code ${exitCode}`;
}

/** The end of what it said, without what looks like a token. */
function tail(stderr: string): string {
  const said = stderr.trim().split("\n").slice(-3).join(" ").slice(-400);
  return said === "" ? "it says nothing" : said.replace(/[\w+/=.-]{32,}/g, "***");
}

function denied(message: string, hint: string): SluiceError {
  return new SluiceError("CLUSTER_DENIED", message, { hint });
}
