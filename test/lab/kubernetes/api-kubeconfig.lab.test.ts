// needs: kwok, openssl, lab-users
import { execa } from "execa";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http, { type Server } from "node:http";
import https from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inClusterAt } from "../../../src/providers/in-cluster/in-cluster.ts";
import { kubeconfig } from "../../../src/providers/kubeconfig/index.ts";
import type { ClusterProvider } from "../../../src/ports/index.ts";
import { openClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import { labApiServer } from "../../fixtures/kubernetes/api-faults.ts";
import { need } from "../lab.ts";

interface UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const REVIEW = {
  apiVersion: "authentication.k8s.io/v1",
  kind: "SelfSubjectReview",
};

describe.skipIf(!need("kwok").available || !need("openssl").available)(
  "kubeconfig() and inCluster() with a real API server",
  () => {
    let folder: string;
    const servers: Server[] = [];
    const file = (name: string): string => join(folder, name);
    const base64 = (text: string): string => Buffer.from(text).toString("base64");

    async function listen(server: Server): Promise<number> {
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return (server.address() as AddressInfo).port;
    }

    /** A certificate by the test's authority. */
    async function certify(name: string, subject: string, extension: string, days = "2"): Promise<void> {
      const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
      await writeFile(file(`${name}.ext`), `${extension}\n`);
      await execa("openssl", [
        "req",
        ...key,
        "-subj",
        subject,
        "-keyout",
        file(`${name}.key`),
        "-out",
        file(`${name}.csr`),
      ]);
      const authority = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"];
      await execa("openssl", [
        ...["x509", "-req", "-in", file(`${name}.csr`), ...authority, "-days", days],
        ...["-extfile", file(`${name}.ext`), "-out", file(`${name}.pem`)],
      ]);
    }

    /** Stands before the API server, lets in by client certificate, and says to it who that is. */
    async function front(certificate: string): Promise<string> {
      const { server, ca, token } = labApiServer();
      const options = {
        key: await readFile(file(`${certificate}.key`)),
        cert: await readFile(file(`${certificate}.pem`)),
        ca: await readFile(file("ca.pem")),
        requestCert: true,
      };
      const port = await listen(
        https.createServer(options, (asked, answer) => {
          if (!(asked.socket instanceof TLSSocket)) throw new Error("not by TLS");
          const { CN } = asked.socket.getPeerCertificate().subject;
          const headers = {
            ...asked.headers,
            host: new URL(server).host,
            authorization: `Bearer ${token}`,
            "impersonate-user": CN,
          };
          const passed = https.request(
            `${server}${asked.url ?? "/"}`,
            { method: asked.method, headers, ca },
            (got) => {
              answer.writeHead(got.statusCode ?? 502, got.headers);
              got.pipe(answer);
            },
          );
          asked.pipe(passed);
        }),
      );
      return `https://127.0.0.1:${port}`;
    }

    async function write(name: string, cluster: object, user: object, context: object = {}): Promise<string> {
      await writeFile(
        file(name),
        JSON.stringify({
          apiVersion: "v1",
          kind: "Config",
          clusters: [{ name: "lab", cluster }],
          users: [{ name: "me", user }],
          contexts: [{ name: "here", context: { cluster: "lab", user: "me", ...context } }],
          "current-context": "here",
        }),
      );
      return file(name);
    }

    function lab(): { server: string; "certificate-authority-data": string } {
      const { server, ca } = labApiServer();
      return { server, "certificate-authority-data": base64(ca) };
    }

    async function whoAmI(
      provider: ClusterProvider,
      env: Record<string, string | undefined> = process.env,
    ): Promise<UserInfo> {
      const { signal } = new AbortController();
      const connection = await provider.connect({ env, root: folder, signal, now: Date.now });
      const api = openClusterApi(connection, { cluster: provider.describe(), env: {}, deadline: 500 });
      try {
        const answer = (await api.request(
          "POST",
          "/apis/authentication.k8s.io/v1/selfsubjectreviews",
          REVIEW,
        )) as {
          status: { userInfo: UserInfo };
        };
        return answer.status.userInfo;
      } finally {
        api.close();
      }
    }

    const failure = async (work: Promise<unknown>): Promise<unknown> => {
      try {
        await work;
        return undefined;
      } catch (error) {
        return error;
      }
    };

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-kubeconfig-"));
      await execa("openssl", [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
        ],
        ...["-subj", "/CN=test authority", "-keyout", file("ca.key"), "-out", file("ca.pem")],
      ]);
      await certify("server", "/CN=front", "subjectAltName=IP:127.0.0.1,DNS:front.test");
      await certify("named", "/CN=front", "subjectAltName=DNS:front.test");
      await certify("old", "/CN=front", "subjectAltName=IP:127.0.0.1", "-1");
      await certify("client", "/CN=jane", "extendedKeyUsage=clientAuth");
    });

    afterAll(async () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await rm(folder, { recursive: true, force: true });
    });

    it("is let in by the lab's own kubeconfig, found by KUBECONFIG", async () => {
      expect((await whoAmI(kubeconfig())).username).toBe("lab-admin");
    });

    it("is let in by a client certificate, in files beside the kubeconfig or within it", async () => {
      const server = await front("server");
      const beside = { "client-certificate": "client.pem", "client-key": "client.key" };
      const path = await write("files", { server, "certificate-authority": "ca.pem" }, beside);
      expect((await whoAmI(kubeconfig({ path }))).username).toBe("jane");
      const within = {
        "client-certificate-data": base64(readFileSync(file("client.pem"), "utf8")),
        "client-key-data": base64(readFileSync(file("client.key"), "utf8")),
      };
      const data = { server, "certificate-authority-data": base64(readFileSync(file("ca.pem"), "utf8")) };
      expect((await whoAmI(kubeconfig({ path: await write("data", data, within) }))).username).toBe("jane");
    });

    it("says what is wrong with the server's certificate, and heeds its other name", async () => {
      const user = { "client-certificate": "client.pem", "client-key": "client.key" };
      const authority = { "certificate-authority": "ca.pem" };
      const named = await front("named");
      const wrongName = await failure(
        whoAmI(kubeconfig({ path: await write("name", { server: named, ...authority }, user) })),
      );
      expect(wrongName).toMatchObject({ code: "CLUSTER_UNREACHABLE" });
      expect((wrongName as Error).message).toContain("its certificate is for another name");
      const known = { server: named, ...authority, "tls-server-name": "front.test" };
      expect((await whoAmI(kubeconfig({ path: await write("known", known, user) }))).username).toBe("jane");
      const old = await failure(
        whoAmI(
          kubeconfig({ path: await write("old-one", { server: await front("old"), ...authority }, user) }),
        ),
      );
      expect((old as Error).message).toContain("its certificate has expired");
      const stranger = { ...lab(), server: await front("server") };
      const unknown = await failure(whoAmI(kubeconfig({ path: await write("stranger", stranger, user) })));
      expect((unknown as Error).message).toContain("its certificate is signed by an unknown authority");
      const trusting = { server: await front("server"), "insecure-skip-tls-verify": true };
      expect((await whoAmI(kubeconfig({ path: await write("trusting", trusting, user) }))).username).toBe(
        "jane",
      );
      const barred = await failure(
        whoAmI(
          kubeconfig({ path: await write("barred", { server: await front("server"), ...authority }, {}) }),
        ),
      );
      expect(barred).toMatchObject({ code: "CLUSTER_DENIED" });
      expect((barred as Error).message).toContain("it does not take our certificate");
      const plain = labApiServer().server.replace("https:", "http:");
      const other = await failure(whoAmI(kubeconfig({ path: await write("plain", { server: plain }, {}) })));
      expect(other).toMatchObject({ code: "CLUSTER_REFUSED" });
    });

    it("runs a credential plugin again by force after a 401, and when what it gave has ended", async () => {
      const { token, server } = labApiServer();
      await writeFile(file("tokens"), JSON.stringify({ runs: [], token }));
      await writeFile(
        file("plugin"),
        `#!${process.execPath}
const { readFileSync, writeFileSync } = require("node:fs");
const file = ${JSON.stringify(file("tokens"))};
const { runs, token } = JSON.parse(readFileSync(file, "utf8"));
runs.push({ args: process.argv.slice(2), extra: process.env.EXTRA, info: JSON.parse(process.env.KUBERNETES_EXEC_INFO) });
writeFileSync(file, JSON.stringify({ runs, token }));
const status = runs.length === 1
  ? { token: "revoked" }
  : { token, expirationTimestamp: new Date(Date.now() + 1000).toISOString() };
console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status }));
`,
        { mode: 0o755 },
      );
      const exec = {
        apiVersion: "client.authentication.k8s.io/v1",
        command: "./plugin",
        args: ["get", "token"],
        env: [{ name: "EXTRA", value: "more" }],
        provideClusterInfo: true,
        interactiveMode: "Never",
      };
      const path = await write("exec", lab(), { exec });
      const { signal } = new AbortController();
      const provider = kubeconfig({ path });
      const connection = await provider.connect({ env: process.env, root: folder, signal, now: Date.now });
      const api = openClusterApi(connection, { cluster: "the lab" });
      const runs = async (): Promise<
        { args: string[]; extra: string; info: { spec: { cluster: { server: string } } } }[]
      > => (JSON.parse(await readFile(file("tokens"), "utf8")) as { runs: never }).runs;
      try {
        const name = { apiVersion: "v1", kind: "Namespace", name: "default" };
        expect((await api.get(name))?.metadata.name).toBe("default");
        expect(await runs()).toHaveLength(2);
        await api.get(name);
        expect(await runs()).toHaveLength(2);
        await expect.poll(async () => (await api.get(name), await runs()).length, { timeout: 5_000 }).toBe(3);
        const [first] = await runs();
        expect(first).toMatchObject({ args: ["get", "token"], extra: "more" });
        expect(first?.info).toMatchObject({
          kind: "ExecCredential",
          spec: { interactive: false, cluster: { server } },
        });
      } finally {
        api.close();
      }
    });

    it("acts for another user, with groups and more", async () => {
      const { token } = labApiServer();
      const user = {
        token,
        as: "jane",
        "as-groups": ["developers", "testers"],
        "as-user-extra": { "acme.dev/team": ["web"] },
      };
      const me = await whoAmI(kubeconfig({ path: await write("as", lab(), user) }));
      expect(me.username).toBe("jane");
      expect(me.groups).toEqual(expect.arrayContaining(["developers", "testers"]));
      expect(me.extra).toEqual({ "acme.dev/team": ["web"] });
    });

    it("goes through the proxy that the kubeconfig names", async () => {
      const { token } = labApiServer();
      const asked: { readonly target: string; readonly authorization: string | undefined }[] = [];
      const proxy = http.createServer();
      proxy.on("connect", (request, socket, head) => {
        asked.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
        const [host, port] = (request.url ?? "").split(":");
        const upstream = connect(Number(port), host ?? "", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          upstream.write(head);
          upstream.pipe(socket).pipe(upstream);
        });
        for (const one of [socket, upstream]) one.on("error", () => upstream.destroy());
      });
      const port = await listen(proxy);
      const cluster = { ...lab(), "proxy-url": `http://user:secret@127.0.0.1:${port}` };
      const path = await write("proxied", cluster, { token });
      expect((await whoAmI(kubeconfig({ path }))).username).toBe("lab-admin");
      const target = new URL(labApiServer().server).host;
      expect(asked).toEqual([{ target, authorization: `Basic ${base64("user:secret")}` }]);
      proxy.removeAllListeners("connect");
      proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
      const shut = await failure(whoAmI(kubeconfig({ path })));
      expect(shut).toMatchObject({ code: "CLUSTER_UNREACHABLE" });
      expect((shut as Error).message).toContain("opens no way to it (status 403)");
      expect((shut as Error).message).not.toContain("secret");
    });

    it("is let in as a pod's account, and reads the token again when it is refused", async () => {
      const { server, ca, token } = labApiServer();
      const admin = openClusterApi(
        { server, ca, credentials: () => Promise.resolve({ token }) },
        { cluster: "the lab" },
      );
      const asked = (await admin.request("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 600 },
      })) as { status: { token: string; expirationTimestamp: string } };
      admin.close();
      await writeFile(file("ca.crt"), ca);
      await writeFile(file("namespace"), "shop");
      await writeFile(file("token"), "an old one\n".replaceAll(" ", "-"));
      const { hostname, port } = new URL(server);
      const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const { signal } = new AbortController();
      const connection = await inClusterAt(folder).connect({ env, root: folder, signal, now: Date.now });
      expect(connection.namespace).toBe("shop");
      const api = openClusterApi(connection, { cluster: "here" });
      try {
        await writeFile(file("token"), asked.status.token);
        const me = (await api.request(
          "POST",
          "/apis/authentication.k8s.io/v1/selfsubjectreviews",
          REVIEW,
        )) as {
          status: { userInfo: UserInfo };
        };
        expect(me.status.userInfo.username).toBe("system:serviceaccount:default:default");
        expect((await connection.credentials?.())?.expiresAt).toBe(
          Date.parse(asked.status.expirationTimestamp),
        );
      } finally {
        api.close();
      }
    });
  },
);
