import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { eksWith } from "../../../../src/providers/eks/eks.ts";
import type { EksOptions } from "../../../../src/providers/eks/index.ts";
import type { ClusterContext } from "../../../../src/ports/index.ts";
import { clusterContext } from "../../../fixtures/clouds/context.ts";
import { PlayedAws } from "../../../fixtures/clouds/played-aws.ts";
import { CERTIFICATE, sdkError } from "../../../fixtures/clouds/played-cloud.ts";

const NOW = Date.UTC(2026, 4, 1, 12);
const MINUTE = 60_000;

function connect(aws: PlayedAws, options: Partial<EksOptions> = {}, context: Partial<ClusterContext> = {}) {
  const provider = eksWith(() => Promise.resolve(aws), { cluster: "prod", region: "eu-west-1", ...options });
  return provider.connect(clusterContext({ now: () => NOW, ...context }));
}

describe("eks", () => {
  it("gives the endpoint and the authority that AWS names", async () => {
    const aws = new PlayedAws();
    const connection = await connect(aws);
    expect(connection.server).toBe("https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com");
    expect(connection.ca).toBe(CERTIFICATE);
    expect(aws.closed).toBe(1);
  });

  it("takes the region from its options before the environment's, and the profile with it", async () => {
    const aws = new PlayedAws();
    const env = { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "us-west-1", AWS_PROFILE: "ci" };
    const provider = eksWith(() => Promise.resolve(aws), { cluster: "prod" });
    await provider.connect(clusterContext({ env }));
    await connect(aws, { profile: "deploy" }, { env });
    expect(aws.clients).toMatchObject([
      { region: "us-west-2", profile: "ci" },
      { region: "eu-west-1", profile: "deploy" },
    ]);
    expect(aws.choices.map((choice) => choice.profile)).toEqual(["ci", "deploy"]);
  });

  it("asks the addresses that AWS_ENDPOINT_URL and its kind name", async () => {
    const aws = new PlayedAws();
    await connect(aws, {}, { env: { AWS_ENDPOINT_URL: "http://all", AWS_ENDPOINT_URL_STS: "http://sts" } });
    expect(aws.clients[0]?.endpoint).toBe("http://all");
    expect(aws.choices[0]?.endpoint).toBe("http://sts");
  });

  it("uses keys of another environment than the process's own", async () => {
    const aws = new PlayedAws();
    const keys = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };
    await connect(aws, {}, { env: keys });
    await connect(aws, {}, { env: { ...keys, AWS_PROFILE: "ci" } });
    expect(aws.choices.map((choice) => choice.given)).toEqual([
      { accessKeyId: "AKID", secretAccessKey: "s", sessionToken: "t" },
      undefined,
    ]);
  });

  it("takes empty variables for ones that are not set", async () => {
    const aws = new PlayedAws();
    const provider = eksWith(() => Promise.resolve(aws), { cluster: "prod" });
    const env = {
      AWS_REGION: "",
      AWS_DEFAULT_REGION: "us-west-1",
      AWS_PROFILE: "",
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_ENDPOINT_URL_EKS: "",
      AWS_ENDPOINT_URL_STS: "",
      AWS_ENDPOINT_URL: "",
    };
    await provider.connect(clusterContext({ env }));
    await provider.connect(
      clusterContext({
        env: { ...env, AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "" },
      }),
    );
    expect(aws.clients[0]).toMatchObject({ region: "us-west-1", profile: undefined, endpoint: undefined });
    expect(aws.choices.map(({ given, profile, endpoint }) => [given, profile, endpoint])).toEqual([
      [undefined, undefined, undefined],
      [{ accessKeyId: "AKID", secretAccessKey: "s" }, undefined, undefined],
    ]);
  });

  it("leaves keys of the process's own environment to the SDK, also in a copy of it", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKID");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "s");
    vi.stubEnv("AWS_SESSION_TOKEN", undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const aws = new PlayedAws();
    const env = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "s" };
    await connect(aws, {}, { env });
    await connect(aws, {}, { env: { ...env, AWS_SESSION_TOKEN: "t" } });
    const other = { accessKeyId: "AKID", secretAccessKey: "s", sessionToken: "t" };
    expect(aws.choices.map(({ given }) => given)).toEqual([undefined, other]);
  });

  it("says so when the SDK knows no region", async () => {
    const aws = new PlayedAws();
    aws.client = () => {
      throw new Error("Region is missing");
    };
    await expect(connect(aws)).rejects.toMatchObject({
      code: "CLOUD_FAILED",
      message: 'no region is known for EKS cluster "prod" in eu-west-1',
    });
  });

  it("signs for the region's STS, whatever address STS is asked at", async () => {
    const aws = new PlayedAws(() => NOW);
    const connection = await connect(aws, {}, { env: { AWS_ENDPOINT_URL_STS: "http://sts" } });
    await connection.credentials?.();
    expect(aws.presigned).toMatchObject([
      {
        host: "sts.eu-west-1.amazonaws.com",
        headers: { host: "sts.eu-west-1.amazonaws.com", "x-k8s-aws-id": "prod" },
        query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
        region: "eu-west-1",
        expiresIn: 60,
        date: new Date(NOW),
      },
    ]);
  });

  it("signs for the STS of the region's partition, and names its registry", async () => {
    const aws = new PlayedAws();
    aws.cluster = { ...aws.cluster, arn: "arn:aws-cn:eks:cn-north-1:444455556666:cluster/prod" };
    const provider = eksWith(() => Promise.resolve(aws), { cluster: "prod", region: "cn-north-1" });
    const connection = await provider.connect(clusterContext());
    await connection.credentials?.();
    expect(aws.presigned[0]?.host).toBe("sts.cn-north-1.amazonaws.com.cn");
    expect(await provider.registry?.(clusterContext())).toEqual({
      prefix: "444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn",
    });
  });

  it("reports 14 minutes, or less where the keys end earlier", async () => {
    const aws = new PlayedAws(() => NOW);
    expect((await (await connect(aws)).credentials?.())?.expiresAt).toBe(NOW + 14 * MINUTE);
    aws.keysLive = 5 * MINUTE;
    expect((await (await connect(aws)).credentials?.())?.expiresAt).toBe(NOW + 5 * MINUTE);
  });

  it("does not begin a token with keys that are almost over", async () => {
    let now = NOW;
    const aws = new PlayedAws(() => now);
    aws.keysLive = 5 * MINUTE;
    const connection = await connect(aws, {}, { now: () => now });
    expect(aws.choices).toHaveLength(1);
    now += 4.5 * MINUTE;
    const credentials = await connection.credentials?.();
    expect(aws.choices).toHaveLength(2);
    expect(credentials?.expiresAt).toBe(now + 5 * MINUTE);
  });

  it("begins no token with the keys that it has when it is told that those are refused", async () => {
    const aws = new PlayedAws();
    const connection = await connect(aws);
    await connection.credentials?.({ fresh: true });
    expect(aws.choices).toHaveLength(2);
  });

  it("dates a token by AWS's clock where that differs, and reports its end by ours", async () => {
    const aws = new PlayedAws(() => NOW);
    aws.ahead = 20 * MINUTE;
    aws.keysLive = 30 * MINUTE;
    const credentials = await (await connect(aws)).credentials?.();
    expect(aws.presigned[0]?.date).toEqual(new Date(NOW + 20 * MINUTE));
    // The keys end at 30 minutes by AWS's clock, which are 10 by ours.
    expect(credentials?.expiresAt).toBe(NOW + 10 * MINUTE);
  });

  it("dates a token by our clock where no answer says another", async () => {
    const aws = new PlayedAws(() => NOW);
    aws.ahead = undefined;
    await (await connect(aws)).credentials?.();
    expect(aws.presigned[0]?.date).toEqual(new Date(NOW));
  });

  it("stops waiting for EKS when it is cancelled, and closes its client", async () => {
    const aws = new PlayedAws();
    const credentials = aws.credentials.bind(aws);
    aws.credentials = async (choice) => {
      const keys = await credentials(choice);
      aws.mood = "silent";
      return keys;
    };
    const controller = new AbortController();
    const reason = new Error("enough");
    const refused = connect(aws, {}, { signal: controller.signal });
    await vi.waitFor(() => expect(aws.requests).toBe(2));
    controller.abort(reason);
    await expect(refused).rejects.toBe(reason);
    expect(aws.closed).toBe(1);
  });

  it("speaks to a cluster that is being updated", async () => {
    const aws = new PlayedAws();
    aws.cluster = { ...aws.cluster, status: "UPDATING" };
    expect((await connect(aws)).server).toBe(aws.cluster.endpoint);
  });

  it.each([
    ["CREATING", "aws eks wait cluster-active"],
    ["DELETING", "AWS console"],
    ["FAILED", "AWS console"],
  ])("does not speak to a cluster that is %s", async (status, hint) => {
    const aws = new PlayedAws();
    aws.cluster = { ...aws.cluster, status };
    await expect(connect(aws)).rejects.toMatchObject({
      code: "CLOUD_FAILED",
      message: `EKS cluster "prod" in eu-west-1 is not active but ${status}`,
      hint: expect.stringContaining(hint) as string,
    });
    expect(aws.closed).toBe(1);
  });

  it("says that a cluster has no endpoint", async () => {
    const aws = new PlayedAws();
    aws.cluster = { arn: "arn:aws:eks:eu-west-1:111122223333:cluster/prod", status: "ACTIVE" };
    await expect(connect(aws)).rejects.toMatchObject({
      code: "CLOUD_FAILED",
      message: expect.stringContaining("has no endpoint") as string,
    });
  });

  it.each([
    ["CredentialsProviderError", {}, "no chain link has any", "CLUSTER_DENIED", "aws sso login"],
    ["ExpiredTokenException", { status: 403 }, "expired", "CLUSTER_DENIED", "get new ones"],
    ["UnrecognizedClientException", { status: 403 }, "invalid", "CLUSTER_DENIED", "get new ones"],
    [
      "AccessDeniedException",
      { status: 403 },
      "User: x is not authorized",
      "CLUSTER_DENIED",
      "eks:DescribeCluster",
    ],
    ["ResourceNotFoundException", { status: 404 }, "none", "CLOUD_FAILED", "aws eks list-clusters"],
    ["ThrottlingException", { status: 429 }, "slow", "CLOUD_FAILED", "Try again later"],
    ["Error", { code: "ENOTFOUND" }, "getaddrinfo", "CLOUD_FAILED", "Check the region's name"],
    ["TimeoutError", {}, "took too long", "CLOUD_FAILED", "Check the region's name"],
    ["ServerException", { status: 500 }, "oops", "CLOUD_FAILED", "Try again"],
  ])(
    "answers for %s of AWS",
    async (name, { status, code }: { status?: number; code?: string }, text, wanted, hint) => {
      const aws = new PlayedAws();
      aws.error = sdkError(name, text, { code, $metadata: { httpStatusCode: status } });
      await expect(connect(aws)).rejects.toMatchObject({
        code: wanted,
        message: expect.stringContaining('EKS cluster "prod" in eu-west-1') as string,
        hint: expect.stringContaining(hint) as string,
      });
    },
  );

  it("shows no more than the first line of what AWS says, where the request may stand", async () => {
    const aws = new PlayedAws();
    aws.error = sdkError("ServerException", "wrong\nx-amz-security-token:hunter2", {});
    const error: unknown = await connect(aws).catch((thrown: unknown) => thrown);
    expect(inspect(error, { showHidden: true, depth: null })).not.toContain("hunter2");
    expect(error).toMatchObject({ message: expect.stringContaining("wrong (ServerException)") as string });
  });

  it("says that no region is known", async () => {
    const aws = new PlayedAws();
    aws.regionError = new Error("Region is missing");
    const provider = eksWith(() => Promise.resolve(aws), { cluster: "prod" });
    await expect(provider.connect(clusterContext())).rejects.toMatchObject({
      code: "CLOUD_FAILED",
      message: 'no region is known for EKS cluster "prod"',
      hint: expect.stringContaining("AWS_REGION") as string,
    });
  });
});
