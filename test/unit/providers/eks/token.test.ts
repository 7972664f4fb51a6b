import { describe, expect, it } from "vitest";
import { loadAwsSdk } from "../../../../src/providers/eks/load.ts";
import { eksToken, type TokenRequest } from "../../../../src/providers/eks/token.ts";
import { presignedUrl } from "../../../lab/kubernetes/tokens/eks.mjs";
import { signatureOf } from "../../../lab/kubernetes/tokens/sigv4.mjs";

const NOW = Date.UTC(2026, 4, 1, 12);
const HOSTS = ["sts.eu-west-1.amazonaws.com"];
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const REQUEST: TokenRequest = {
  cluster: "prod",
  region: "eu-west-1",
  dnsSuffix: "amazonaws.com",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET },
  now: NOW,
  skew: 0,
};

async function token(request: Partial<TokenRequest> = {}): Promise<string> {
  const { token: text = "" } = await eksToken(await loadAwsSdk(), { ...REQUEST, ...request });
  return text;
}

describe("a token of EKS", () => {
  it("is what the server's verifier takes, and no other query parameter stands in it", async () => {
    const url = presignedUrl(await token(), { hosts: HOSTS, now: NOW });
    expect(url.origin + url.pathname).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect([...url.searchParams.keys()].sort()).toEqual([
      "Action",
      "Version",
      "X-Amz-Algorithm",
      "X-Amz-Credential",
      "X-Amz-Date",
      "X-Amz-Expires",
      "X-Amz-Signature",
      "X-Amz-SignedHeaders",
    ]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      "X-Amz-Credential": "AKIDEXAMPLE/20260501/eu-west-1/sts/aws4_request",
      "X-Amz-Date": "20260501T120000Z",
      "X-Amz-Expires": "60",
      "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    });
  });

  it("is signed with the cluster's name", async () => {
    const url = presignedUrl(await token(), { hosts: HOSTS, now: NOW });
    const signature = url.searchParams.get("X-Amz-Signature");
    expect(signatureOf(url, { "x-k8s-aws-id": "prod" }, SECRET)).toBe(signature);
    expect(signatureOf(url, { "x-k8s-aws-id": "test" }, SECRET)).not.toBe(signature);
    expect(signatureOf(url, { "x-k8s-aws-id": "prod" }, "another")).not.toBe(signature);
  });

  it("carries a session's token exactly, whatever characters it has", async () => {
    const sessionToken = "IQoJ/b3Jp+Z2luX2Vj==!'()*~ä";
    const text = await token({ credentials: { ...REQUEST.credentials, sessionToken } });
    const url = presignedUrl(text, { hosts: HOSTS, now: NOW });
    const [, encoded = ""] = text.split("k8s-aws-v1.");
    expect(Buffer.from(encoded, "base64url").toString("utf8")).toMatch(/\?[A-Za-z0-9%=&._~-]+$/);
    expect(url.searchParams.get("X-Amz-Security-Token")).toBe(sessionToken);
    expect(signatureOf(url, { "x-k8s-aws-id": "prod" }, SECRET)).toBe(
      url.searchParams.get("X-Amz-Signature"),
    );
  });

  it("is unpadded base64url with the server's prefix, and short enough", async () => {
    const text = await token({ credentials: { ...REQUEST.credentials, sessionToken: "t".repeat(1_500) } });
    expect(text).toMatch(/^k8s-aws-v1\.[\w-]+$/);
    expect(text.length).toBeLessThan(4_096);
  });

  it("is refused 15 minutes after its date, and not before", async () => {
    const text = await token();
    expect(() => presignedUrl(text, { hosts: HOSTS, now: NOW + 15 * 60_000 })).not.toThrow();
    expect(() => presignedUrl(text, { hosts: HOSTS, now: NOW + 15 * 60_000 + 1 })).toThrow("older than 15");
  });

  it("is refused by the cluster of another region", async () => {
    const text = await token({ region: "us-east-1" });
    expect(() => presignedUrl(text, { hosts: HOSTS, now: NOW })).toThrow("unexpected host");
  });
});

describe("the AWS SDK", () => {
  it.each([
    ["eu-west-1", "amazonaws.com"],
    ["cn-north-1", "amazonaws.com.cn"],
    ["us-gov-west-1", "amazonaws.com"],
    ["us-isob-east-1", "sc2s.sgov.gov"],
    ["eusc-de-east-1", "amazonaws.eu"],
  ])("says that hosts of %s end with %s", async (region, suffix) => {
    const sdk = await loadAwsSdk();
    const client = sdk.client({
      region,
      profile: undefined,
      endpoint: "http://127.0.0.1:1",
      credentials: REQUEST.credentials,
      env: {},
    });
    expect(client.dnsSuffix(region)).toBe(suffix);
    client.close();
  });

  it("says that a proxy is none that can be used, without what its address holds", async () => {
    const sdk = await loadAwsSdk();
    const make = (): unknown =>
      sdk.client({
        region: "eu-west-1",
        profile: undefined,
        endpoint: undefined,
        credentials: REQUEST.credentials,
        env: { HTTPS_PROXY: "socks5://user:hunter2@proxy" },
      });
    expect(make).toThrow("HTTPS_PROXY names no http or https proxy, and no other kind can be used");
  });
});
