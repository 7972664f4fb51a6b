import { createPublicKey, verify } from "node:crypto";

/** The AKS server's application, for which a token must be made. */
const AUDIENCE = "6dae42f8-4368-4678-94ff-3960e28e3630";

/**
 * Who holds an access token of Microsoft Entra ID: signed by one of the tenant's keys, for the AKS server, not over. AKS
 * knows a user by `upn`, an application by `oid`.
 */
export function verifyEntraToken(token, { keys, users }, now) {
  const [header, payload, signature] = token.split(".");
  if (signature === undefined) throw new Error("the token is no JWT");
  const { alg, kid } = decode(header);
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== "RS256" || jwk === undefined) throw new Error("the token is signed by nobody known");
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url")))
    throw new Error("the signature is not right");
  const claims = decode(payload);
  if (claims.aud !== AUDIENCE) throw new Error(`the token is for ${claims.aud}`);
  if (now >= claims.exp * 1_000) throw new Error("the token is over");
  const name = claims.upn ?? claims.oid;
  const user = users.find((one) => one.name === name);
  if (user === undefined) throw new Error(`${name} is no user of the cluster`);
  return { username: name, groups: user.groups };
}

function decode(part) {
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
}
