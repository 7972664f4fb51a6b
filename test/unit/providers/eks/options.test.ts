import { describe, expect, it } from "vitest";
import { eks, type EksOptions } from "../../../../src/providers/eks/index.ts";

const ROLE = "arn:aws:iam::111122223333:role/ci/deployer";

describe("the options of eks()", () => {
  it("stand in the Plan without anything secret", () => {
    const provider = eks({
      cluster: "prod",
      region: "eu-west-1",
      assumeRole: { arn: ROLE, externalId: "the-external-id", sessionName: "ci" },
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "the-secret" },
    });
    expect(provider.spec).toEqual({ cluster: "prod", region: "eu-west-1", role: ROLE });
    expect(provider.describe()).toBe('EKS cluster "prod" in eu-west-1');
    expect(provider.needs.map((need) => need.name)).toEqual([
      "@aws-sdk/client-eks",
      "@aws-sdk/credential-providers",
      "@smithy/signature-v4",
    ]);
  });

  it("may leave out all but the cluster", () => {
    const provider = eks({ cluster: "prod" });
    expect(provider.spec).toEqual({ cluster: "prod" });
    expect(provider.describe()).toBe('EKS cluster "prod"');
  });

  it("are all looked at before any is complained of", () => {
    const wrong = {
      cluster: "-",
      region: "Ireland",
      profile: " ",
      assumeRole: { arn: "deployer", externalId: "x", sessionName: "a b", name: 1 },
      credentials: {},
      endpoint: "private",
    } as unknown as EksOptions;
    expect(() => eks(wrong)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: [
          "eks(): there is no option endpoint, only cluster, region, profile, assumeRole, credentials",
          'cluster must be 1 to 100 letters, digits, _ or -, not "-"',
          'region must be one such as eu-west-1, not "Ireland"',
          'profile must be a name, not " "',
          "there is no option assumeRole.name, only arn, externalId, sessionName",
          'assumeRole.arn must be like arn:aws:iam::111122223333:role/deployer, not "deployer"',
          "assumeRole.externalId must be 2 to 1224 letters, digits or +=,.@:/-_",
          'assumeRole.sessionName must be 2 to 64 letters, digits or +=,.@-_, not "a b"',
          "profile and credentials exclude each other",
          "credentials must have accessKeyId and secretAccessKey, or be a function that gets them",
        ].join("; "),
      }),
    );
  });

  it.each([undefined, null, "prod"])("must be an object, not %s", (options) => {
    expect(() => eks(options as unknown as EksOptions)).toThrow("eks(): the options must be an object");
  });

  it("may not name the cluster by its ARN", () => {
    expect(() => eks({ cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/prod" })).toThrow("not the ARN");
  });

  it.each(["eu-west-1", "us-gov-west-1", "cn-north-1", "us-isob-east-1", "ap-southeast-7", "eusc-de-east-1"])(
    "take the region %s",
    (region) => {
      expect(eks({ cluster: "prod", region }).spec).toEqual({ cluster: "prod", region });
    },
  );

  it.each([null, {}, { accessKeyId: "AKID" }])("refuse the credentials %j", (credentials) => {
    expect(() => eks({ cluster: "prod", credentials } as unknown as EksOptions)).toThrow("accessKeyId");
  });
});
