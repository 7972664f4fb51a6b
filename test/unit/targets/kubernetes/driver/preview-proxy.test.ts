import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cachedCredentials } from "../../../../../src/providers/_shared/index.ts";
import { forwardOver } from "../../../../../src/targets/kubernetes/driver/forward.ts";
import { PreviewProxy } from "../../../../../src/targets/kubernetes/driver/preview-proxy.ts";

describe("PreviewProxy", () => {
  let server: Server;
  let proxy: PreviewProxy;
  const seen: {
    method?: string | undefined;
    url?: string | undefined;
    authorization?: string | undefined;
    body: string;
  }[] = [];

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((asked, answer) => {
      let body = "";
      asked.on("data", (chunk) => (body += String(chunk)));
      asked.on("end", () => {
        seen.push({ method: asked.method, url: asked.url, authorization: asked.headers.authorization, body });
        answer.writeHead(418, { "x-app": "yes" }).end("a teapot");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const credentials = () => Promise.resolve({ token: "t0ken" });
    const forwarder = forwardOver({ server: `http://127.0.0.1:${port}/base`, credentials }, {});
    proxy = new PreviewProxy({ namespace: "shop", name: "web-preview", port: "http" }, forwarder);
  });

  afterEach(async () => {
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("forwards to the one Service through the API server, with its credentials", async () => {
    const answer = await fetch(`${await proxy.url()}/orders?id=1`, {
      method: "POST",
      body: "hello",
      headers: { authorization: "Bearer mine" },
    });
    expect([answer.status, answer.headers.get("x-app"), await answer.text()]).toEqual([
      418,
      "yes",
      "a teapot",
    ]);
    expect(seen).toEqual([
      {
        method: "POST",
        url: "/base/api/v1/namespaces/shop/services/web-preview:http/proxy/orders?id=1",
        authorization: "Bearer t0ken",
        body: "hello",
      },
    ]);
  });

  it.each(["/..%2f..%2fsecrets", "/a/%2e%2e/%2e%2e/../../../secrets", "/a%5c..%5c..%5csecrets", "/%zz"])(
    "reaches nothing else by %s",
    async (path) => {
      const { port } = new URL(await proxy.url());
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        request({ host: "127.0.0.1", port, path, agent: false }, resolve).on("error", reject).end();
      });
      answer.resume();
      for (const { url } of seen) {
        expect(url).toMatch(/^\/base\/api\/v1\/namespaces\/shop\/services\/web-preview:http\/proxy\/[a-z]*$/);
      }
      if (seen.length === 0) expect(answer.statusCode).toBe(400);
    },
  );

  it("says that the preview cannot be reached", async () => {
    const url = await proxy.url();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect((await fetch(url)).status).toBe(502);
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
});

const REFUSAL = JSON.stringify({ kind: "Status", apiVersion: "v1", reason: "Unauthorized", code: 401 });

/** As an API server says it. */
function forbidden(verb: string): string {
  const message = `services "web-preview:http" is forbidden: User "ci" cannot ${verb} resource "services/proxy" in API group "" in the namespace "shop"`;
  return JSON.stringify({ kind: "Status", apiVersion: "v1", message, reason: "Forbidden", code: 403 });
}

describe("a preview while credentials end", () => {
  let server: Server;
  let proxy: PreviewProxy;
  let good = "t-1";
  let issued = 0;
  let appSays: { readonly status: number; readonly body: string };
  const seen: string[] = [];

  beforeEach(async () => {
    [good, issued] = ["t-1", 0];
    appSays = { status: 200, body: "fine" };
    seen.length = 0;
    server = createServer((asked, answer) => {
      let body = "";
      asked.on("data", (chunk) => (body += String(chunk)));
      asked.on("end", () => {
        const { authorization = "" } = asked.headers;
        seen.push(`${authorization} ${body}`.trim());
        if (authorization === `Bearer ${good}`) answer.writeHead(appSays.status).end(appSays.body);
        else answer.writeHead(401, { "content-type": "application/json" }).end(REFUSAL);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const issue = (): Promise<{ token: string }> => Promise.resolve({ token: `t-${++issued}` });
    const credentials = cachedCredentials(issue, { now: Date.now });
    const forwarder = forwardOver({ server: `http://127.0.0.1:${port}`, credentials }, {});
    proxy = new PreviewProxy({ namespace: "shop", name: "web-preview", port: "http" }, forwarder);
  });

  afterEach(async () => {
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("renews what the API server refuses, and sends the request again with its body", async () => {
    good = "t-2";
    const answer = await fetch(await proxy.url(), { method: "POST", body: "hello" });
    expect([answer.status, await answer.text()]).toEqual([200, "fine"]);
    expect(seen).toEqual(["Bearer t-1 hello", "Bearer t-2 hello"]);
  });

  it("renews once for all who are refused at once", async () => {
    good = "t-2";
    const url = await proxy.url();
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetch(url)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(issued).toBe(2);
  });

  it.each(["who are you?", "", JSON.stringify({ reason: "Unauthorized" }), "x".repeat(300_000)])(
    "passes on a 401 of the app, whatever it says (%#)",
    async (body) => {
      appSays = { status: 401, body };
      const answer = await fetch(await proxy.url());
      expect([answer.status, await answer.text()]).toEqual([401, body]);
      expect(seen).toHaveLength(1);
      expect(issued).toBe(1);
    },
  );

  it.each([
    ["POST", "create"],
    ["PATCH", "patch"],
  ])("does not take a %s that we may not send for an answer of the app", async (method, verb) => {
    appSays = { status: 403, body: forbidden(verb) };
    const answer = await fetch(await proxy.url(), { method, body: "hello" });
    expect(answer.status).toBe(502);
    expect(await answer.text()).toBe(
      `the preview cannot be reached: we may not ${verb} services/proxy in namespace shop, which a ${method} through the API server needs\n`,
    );
    expect(seen).toHaveLength(1);
  });

  it.each(["no entry", JSON.stringify({ kind: "Status", reason: "Forbidden", message: "not your order" })])(
    "passes on a 403 of the app (%#)",
    async (body) => {
      appSays = { status: 403, body };
      const answer = await fetch(await proxy.url(), { method: "POST" });
      expect([answer.status, await answer.text()]).toEqual([403, body]);
    },
  );

  it("does not take a refusal of new credentials for an answer of the app", async () => {
    good = "nobody's";
    const answer = await fetch(await proxy.url());
    expect([answer.status, await answer.text()]).toEqual([
      502,
      "the preview cannot be reached: the API server refuses our credentials\n",
    ]);
    expect(seen).toHaveLength(2);
  });
});
