import { describe, expect, it } from "vitest";
import { clientConfig } from "../../../../src/stores/s3/client/config.ts";
import { resolveOptions } from "../../../../src/stores/s3/options.ts";
import { s3 } from "../../../../src/stores/s3/index.ts";

describe("options of s3()", () => {
  it.each([
    [undefined, ""],
    ["", ""],
    ["ci", "ci/"],
    ["/ci//web/", "ci/web/"],
  ])("make of the prefix %j what keys begin with", (prefix, wanted) => {
    const options = prefix === undefined ? { bucket: "b" } : { bucket: "b", prefix };
    expect(resolveOptions(options)).toEqual({ bucket: "b", prefix: wanted, lease: 30_000 });
  });

  it.each([
    { bucket: "" },
    { bucket: "a/b" },
    { bucket: undefined as unknown as string },
    { bucket: "b", prefix: "a/../b" },
    { bucket: "b", lease: "1s" },
    { bucket: "b", lease: "soon" },
  ])("that make no sense are refused when they are given: %j", (options) => {
    expect(() => s3(options)).toThrow(expect.objectContaining({ code: "USAGE" }) as Error);
  });
});

describe("what the client is made with", () => {
  const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

  it("leaves to the SDK what it finds in the process's own environment", () => {
    expect(clientConfig({ bucket: "b" }, process.env)["credentials"]).toBeUndefined();
  });

  it("takes from another environment what the SDK would not see", () => {
    const env = { ...keys, AWS_SESSION_TOKEN: "token", AWS_REGION: "eu-west-1" };
    expect(clientConfig({ bucket: "b" }, env)).toMatchObject({
      region: "eu-west-1",
      credentials: { accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token" },
    });
    expect(clientConfig({ bucket: "b" }, {})["credentials"]).toBeUndefined();
  });

  it("prefers what is given", () => {
    const credentials = { accessKeyId: "mine", secretAccessKey: "too" };
    const given = { bucket: "b", region: "x", endpoint: "http://here", forcePathStyle: true, credentials };
    const env = { ...keys, AWS_REGION: "y", AWS_ENDPOINT_URL_S3: "http://there" };
    expect(clientConfig(given, env)).toMatchObject({
      region: "x",
      endpoint: "http://here",
      forcePathStyle: true,
      credentials,
    });
  });

  it("has a region for servers that have none", () => {
    expect(clientConfig({ bucket: "b", endpoint: "http://here" }, {})["region"]).toBe("us-east-1");
    expect(clientConfig({ bucket: "b" }, {})).not.toHaveProperty("region");
  });
});
