import { createHash, createHmac } from "node:crypto";

/**
 * The signature that a presigned GET must have. Source: "Create a signed AWS API request" in the AWS IAM user guide,
 * for query parameters. `headers` are the signed ones besides `host`.
 */
export function signatureOf(url, headers, secret) {
  const parameters = [...url.searchParams].filter(([name]) => name !== "X-Amz-Signature");
  const [, date, region, service] = url.searchParams.get("X-Amz-Credential").split("/");
  const all = { host: url.host, ...headers };
  const names = url.searchParams.get("X-Amz-SignedHeaders").split(";");
  const canonical = [
    "GET",
    url.pathname,
    parameters
      .map(([name, value]) => `${strict(name)}=${strict(value)}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${all[name] ?? ""}`),
    "",
    names.join(";"),
    sha256(""),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", url.searchParams.get("X-Amz-Date"), scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce(hmac, `AWS4${secret}`);
  return hmac(key, text).toString("hex");
}

/** RFC 3986: all but letters, digits and `-._~`. */
function strict(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}
