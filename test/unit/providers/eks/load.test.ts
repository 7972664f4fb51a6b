import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { loadAwsSdk } from "../../../../src/providers/eks/load.ts";
import type { CredentialChoice } from "../../../../src/providers/eks/sdk.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const CHOICE: CredentialChoice = {
  profile: undefined,
  given: undefined,
  assumeRole: undefined,
  region: "eu-west-1",
  endpoint: undefined,
  env: {},
};

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy that lets nobody through, and the hosts that it was asked for. */
async function recordingProxy(): Promise<{ readonly url: string; readonly hosts: Set<string> }> {
  const hosts = new Set<string>();
  const server = createServer().on("connect", ({ url = "" }, socket) => {
    hosts.add(url);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  return { url: await listen(server), hosts };
}

/** A home where somebody is logged in, by a session of IAM Identity Center in `us-east-1`. */
async function loggedIn(): Promise<void> {
  const home = tempFolder();
  const cache = join(home, ".aws", "sso", "cache");
  await mkdir(cache, { recursive: true });
  const session =
    "[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\n";
  const profile =
    "[profile ci]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = deployer\nregion = eu-west-1\n";
  await writeFile(join(home, ".aws", "config"), `${session}${profile}`);
  const name = createHash("sha1").update("acme").digest("hex");
  const token = { accessToken: "sso-access-token", expiresAt: "2126-01-01T00:00:00Z" };
  await writeFile(join(cache, `${name}.json`), JSON.stringify(token));
  vi.stubEnv("HOME", home);
  vi.stubEnv("USERPROFILE", home);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe("the AWS SDK", () => {
  it("asks IAM Identity Center in the region of the session, and never at the address of STS", async () => {
    await loggedIn();
    const { url, hosts } = await recordingProxy();
    const sdk = await loadAwsSdk();
    const choice = {
      ...CHOICE,
      profile: "ci",
      endpoint: "https://sts.acme.example",
      env: { HTTPS_PROXY: url },
    };
    await expect(sdk.credentials(choice)).rejects.toThrow();
    expect([...hosts]).toEqual(["portal.sso.us-east-1.amazonaws.com:443"]);
  });

  it("takes a role on in the region of the cluster, or at the address that is named for STS", async () => {
    const { url, hosts } = await recordingProxy();
    const asked: string[] = [];
    const sts = await listen(
      createServer((request, response) => {
        asked.push(request.headers.authorization ?? "");
        response.writeHead(403).end();
      }),
    );
    const sdk = await loadAwsSdk();
    const assumeRole = { arn: "arn:aws:iam::111122223333:role/deployer" };
    const choice = { ...CHOICE, given: KEYS, assumeRole, env: { HTTPS_PROXY: url } };
    await expect(sdk.credentials(choice)).rejects.toThrow();
    expect([...hosts]).toEqual(["sts.eu-west-1.amazonaws.com:443"]);
    await expect(sdk.credentials({ ...choice, endpoint: sts })).rejects.toThrow();
    expect(asked).toEqual([expect.stringContaining("/eu-west-1/sts/")]);
  });
});
