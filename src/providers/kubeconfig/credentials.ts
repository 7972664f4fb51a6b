import { readFile } from "node:fs/promises";
import { codeOf, messageOf, SluiceError } from "../../errors/index.ts";
import type { ClusterConnection, ClusterCredentials } from "../../ports/index.ts";
import { cachedCredentials, endOfToken, tokenFile } from "../_shared/index.ts";
import { endOfCertificate } from "./certificate.ts";
import type { CredentialsSetup } from "./setup.ts";
import { runPlugin } from "./plugin.ts";
import type { UserEntry } from "./types.ts";

/** Milliseconds that a token counts for whose end is not known, from users of the time before plugins. */
const LEGACY_LIFE = 60_000;

/** Legacy users that the library knows. */
const LEGACY = ["azure", "gcp", "oidc"];

/**
 * How a user of a kubeconfig is let in; `undefined` for one without credentials. A plugin comes before all else, as with
 * kubectl; a certificate and a token may both be there.
 */
export function credentialsOf(user: UserEntry, setup: CredentialsSetup): ClusterConnection["credentials"] {
  const { context } = setup;
  const { now } = context;
  if (user.exec !== undefined) {
    const { exec } = user;
    return cachedCredentials(() => runPlugin(exec, user.name, setup), { now });
  }
  if (user.authProvider !== undefined) {
    const { name, entry } = user.authProvider;
    return cachedCredentials(legacy(user.name, name, entry, setup), { now });
  }
  const certified = user.certData !== undefined || user.certFile !== undefined;
  const fromFile =
    user.tokenFile === undefined
      ? undefined
      : tokenFile(user.tokenFile, {
          now,
          hint: `Correct tokenFile of the user "${user.name}" in the kubeconfig.`,
        });
  if (!certified && fromFile === undefined && user.token === undefined) {
    if (user.username === undefined) return undefined;
    throw new SluiceError(
      "CLUSTER_DENIED",
      `the user "${user.name}" of the kubeconfig has a name and a password`,
      {
        hint: "Kubernetes has taken none since 1.19: use a token, a certificate or a credential plugin.",
      },
    );
  }
  const certificate = certified
    ? cachedCredentials(() => certificateOf(user), { now })
    : (): Promise<ClusterCredentials> => Promise.resolve({});
  const token =
    fromFile ??
    ((): Promise<ClusterCredentials> =>
      Promise.resolve(user.token === undefined ? {} : { token: user.token }));
  return async (options) => bothOf(await certificate(options), await token(options));
}

/** They end as soon as one of them does. */
function bothOf(one: ClusterCredentials, other: ClusterCredentials): ClusterCredentials {
  const expiresAt = Math.min(one.expiresAt ?? Infinity, other.expiresAt ?? Infinity);
  return { ...one, ...other, ...(expiresAt === Infinity ? {} : { expiresAt }) };
}

async function certificateOf(user: UserEntry): Promise<ClusterCredentials> {
  const cert = await content(user.certData, user.certFile, user.name, "client-certificate");
  const key = await content(user.keyData, user.keyFile, user.name, "client-key");
  return { certificate: { cert, key }, expiresAt: endOfCertificate(cert, user.name) };
}

const CORRECT = "Correct the kubeconfig, or get a new one from the cluster.";

async function content(
  data: string | undefined,
  file: string | undefined,
  user: string,
  field: string,
): Promise<string> {
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  if (file === undefined)
    throw new SluiceError("CLUSTER_DENIED", `no ${field} is given for the user "${user}" of the kubeconfig`, {
      hint: CORRECT,
    });
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = codeOf(error) ?? messageOf(error);
    throw new SluiceError(
      "CLUSTER_DENIED",
      `${field} of the user "${user}" of the kubeconfig cannot be read (${file}: ${code})`,
      { hint: CORRECT },
    );
  }
}

function legacy(
  user: string,
  provider: string,
  entry: unknown,
  { load, context }: CredentialsSetup,
): () => Promise<ClusterCredentials> {
  if (!LEGACY.includes(provider))
    throw new SluiceError(
      "CLUSTER_DENIED",
      `the user "${user}" of the kubeconfig has the auth-provider "${provider}"`,
      {
        hint: `Of these, ${LEGACY.join(", ")} can be used; others have become credential plugins (exec).`,
      },
    );
  let ask: (() => Promise<string | undefined>) | undefined;
  return async () => {
    ask ??= (await load()).legacyToken(user, entry);
    const token = await ask().catch((error: unknown) => {
      throw new SluiceError(
        "CLUSTER_DENIED",
        `the auth-provider "${provider}" of the user "${user}" gives no token: ${briefly(error)}`,
        {
          hint: LEGACY_HINT,
        },
      );
    });
    if (token === undefined || token === "")
      throw new SluiceError(
        "CLUSTER_DENIED",
        `the auth-provider "${provider}" of the user "${user}" gives no token`,
        {
          hint: LEGACY_HINT,
        },
      );
    return { token, expiresAt: endOfToken(token) ?? context.now() + LEGACY_LIFE };
  };
}

const LEGACY_HINT =
  "Log in anew, or have the kubeconfig written by a version of the tool that uses a credential plugin.";

/** A message's later lines may show what a program said, and with it a token. */
function briefly(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}
