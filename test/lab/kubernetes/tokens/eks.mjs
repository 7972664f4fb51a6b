import { signatureOf } from "./sigv4.mjs";

const PREFIX = "k8s-aws-v1.";
const LONGEST = 4_096;
const LIFETIME = 15 * 60_000;
const PARAMETERS = new Set([
  "action",
  "version",
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
]);

/**
 * Who holds a token of EKS. The rules are those of aws-iam-authenticator's verifier: a presigned GetCallerIdentity of a
 * known STS host and nothing else, the cluster's name among the signed headers, 15 minutes from its date. Then STS itself
 * is asked. Where the secret of the key is known (`keys`), the signature is computed anew too: moto's STS looks at none.
 */
export async function verifyEksToken(token, { cluster, hosts, sts, users, keys = {} }, now) {
  const url = presignedUrl(token, { hosts, now });
  const parameters = lowerCase(url.searchParams);
  const [accessKey] = parameters.get("x-amz-credential").split("/");
  const secret = keys[accessKey];
  if (secret !== undefined) {
    const signature = signatureOf(url, { "x-k8s-aws-id": cluster }, secret);
    if (signature !== parameters.get("x-amz-signature")) throw new Error("the signature is not right");
  }
  const arn = canonicalArn(await callerOf(url, { cluster, sts }));
  const user = users.find((one) => one.arn === arn);
  if (user === undefined) throw new Error(`${arn} is no user of the cluster`);
  return { username: user.username, uid: `aws-iam-authenticator:${arn}`, groups: user.groups };
}

/** The request that a token is, once all that can be told without STS has been looked at. */
export function presignedUrl(token, { hosts, now }) {
  if (token.length > LONGEST) throw new Error("the token is too large");
  if (!token.startsWith(PREFIX)) throw new Error(`the token does not begin with ${PREFIX}`);
  const encoded = token.slice(PREFIX.length);
  if (!/^[\w-]+$/.test(encoded)) throw new Error("the token is no base64url without padding");
  const url = new URL(Buffer.from(encoded, "base64url").toString("utf8"));
  if (url.protocol !== "https:") throw new Error(`unexpected scheme ${url.protocol}`);
  if (!hosts.includes(url.host)) throw new Error(`unexpected host ${url.host}`);
  if (url.pathname !== "/") throw new Error(`unexpected path ${url.pathname}`);
  const parameters = lowerCase(url.searchParams);
  for (const name of parameters.keys())
    if (!PARAMETERS.has(name)) throw new Error(`unexpected query parameter ${name}`);
  if (parameters.get("action") !== "GetCallerIdentity") throw new Error("unexpected action");
  if (!(parameters.get("x-amz-signedheaders") ?? "").split(";").includes("x-k8s-aws-id"))
    throw new Error("x-k8s-aws-id is not signed");
  const expires = Number(parameters.get("x-amz-expires") ?? "NaN");
  if (!Number.isInteger(expires) || expires < 0 || expires > 900) throw new Error("invalid X-Amz-Expires");
  const date = dateOf(parameters.get("x-amz-date"));
  if (now > date + LIFETIME) throw new Error("X-Amz-Date is older than 15 minutes");
  return url;
}

function lowerCase(searchParams) {
  const parameters = new Map();
  for (const [name, value] of searchParams) {
    if (parameters.has(name.toLowerCase())) throw new Error(`query parameter ${name} stands twice`);
    parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}

function dateOf(text) {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "") ?? [];
  if (y === undefined) throw new Error("X-Amz-Date is missing or no date");
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}

/**
 * Asks STS by the token's own key and signature. moto knows no presigned requests, so what stands in the query goes into
 * the form and the header of a signed one.
 */
async function callerOf(url, { cluster, sts }) {
  const parameters = lowerCase(url.searchParams);
  const signed = ["Credential", "SignedHeaders", "Signature"].map(
    (name) => `${name}=${parameters.get(`x-amz-${name.toLowerCase()}`)}`,
  );
  const session = parameters.get("x-amz-security-token");
  const response = await fetch(`${sts}/`, {
    method: "POST",
    headers: {
      Authorization: `AWS4-HMAC-SHA256 ${signed.join(", ")}`,
      "X-Amz-Date": parameters.get("x-amz-date"),
      "x-k8s-aws-id": cluster,
      ...(session === undefined ? {} : { "X-Amz-Security-Token": session }),
    },
    body: new URLSearchParams({ Action: "GetCallerIdentity", Version: parameters.get("version") }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`STS answers ${response.status}`);
  const [, arn] = /<Arn>([^<]+)<\/Arn>/.exec(text) ?? [];
  if (arn === undefined) throw new Error("STS names nobody");
  return arn;
}

/** The session's role for `arn:aws:sts::1:assumed-role/ROLE/SESSION`. */
function canonicalArn(arn) {
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`;
}
