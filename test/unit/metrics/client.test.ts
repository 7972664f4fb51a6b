import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { prometheus, type PrometheusOptions } from "../../../src/metrics/index.ts";
import { env, file } from "../../../src/secrets/index.ts";
import { type Answering, fakePrometheus, success } from "./fake-prometheus.ts";

const to = 1_795_406_430_000;
const window = { target: "t", from: to - 30_000, to, stable: undefined, candidate: undefined };
const one = success("scalar", [to / 1_000, "1"]);

async function ask(answering: Answering, options: Partial<PrometheusOptions> = {}) {
  const { url } = await fakePrometheus(answering);
  return prometheus({ url, ...options }).query("up")({ ...window, signal: new AbortController().signal });
}

function variable(name: string, value: string): void {
  vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

/** Speaks just enough to be a proxy for plain addresses and for tunnels. */
async function startProxy(): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(
      `${request.method ?? ""} ${request.url ?? ""} ${request.headers["proxy-authorization"] ?? ""}`.trim(),
    );
    response.end(JSON.stringify(one.body));
  });
  server.on("connect", (request, socket) => {
    seen.push(`CONNECT ${request.url ?? ""}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
}

describe("asking Prometheus", () => {
  it.each<[string, Answering, RegExp]>([
    [
      "a refusal",
      () => ({ status: 422, body: { status: "error", errorType: "execution", error: "too many samples" } }),
      /: status 422: execution: too many samples; the query: up/,
    ],
    [
      "a failure",
      () => ({ status: 502, body: "<h1>Bad\n gateway</h1>" }),
      /: status 502: <h1>Bad gateway<\/h1>; the/,
    ],
    ["an empty failure", () => ({ status: 503, body: "" }), /: status 503; the query: up/],
    [
      "an error with status 200",
      () => ({ body: { status: "error", errorType: "timeout", error: "query timed out" } }),
      /: timeout: query timed out; the query/,
    ],
    [
      "a redirection",
      () => ({ status: 302, headers: { location: "https://login/?state=1" }, body: "" }),
      /: status 302: it sends us on to https:\/\/login\/; the query/,
    ],
  ])("tells %s in its words", async (_, answering, message) => {
    await expect(ask(answering)).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringMatching(message) as string,
    });
  });

  it("gives up in time, and says so", async () => {
    await expect(ask(() => undefined, { timeout: "50ms" })).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringMatching(/no answer within 50ms/) as string,
    });
  });

  it("ends where nobody wants the answer any more", async () => {
    const over = new AbortController();
    const { url } = await fakePrometheus(() => {
      over.abort(new Error("decided"));
      return undefined;
    });
    await expect(
      prometheus({ url, timeout: "1h" }).query("up")({ ...window, signal: over.signal }),
    ).rejects.toThrow("decided");
  });

  it("says who asks, and repeats no secret", async () => {
    variable("PROM_UNIT_TOKEN", "s3cr3t-token");
    const options = { token: env("PROM_UNIT_TOKEN"), headers: { "X-Scope-OrgID": "shop" } };
    const echo: Answering = ({ headers }) => ({ status: 500, body: JSON.stringify(headers) });
    const failure: unknown = await ask(echo, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringContaining('"authorization":"Bearer ***"') as string,
    });
    expect(String(failure)).toContain('"x-scope-orgid":"shop"');
    expect(JSON.stringify(failure) + String(failure)).not.toContain("s3cr3t-token");
  });

  it("looks a secret up again after a 401, once, and asks again only with another one", async () => {
    variable("PROM_UNIT_TOKEN", "old");
    const seen: unknown[] = [];
    const picky: Answering = ({ headers }) => {
      seen.push(headers["authorization"]);
      vi.stubEnv("PROM_UNIT_TOKEN", "new");
      return headers["authorization"] === "Bearer new" ? one : { status: 401, body: "" };
    };
    expect(await ask(picky, { token: env("PROM_UNIT_TOKEN") })).toBe(1);
    expect(seen).toEqual(["Bearer old", "Bearer new"]);
    const never = vi.fn<Answering>(() => ({ status: 401, body: "" }));
    await expect(ask(never, { token: env("PROM_UNIT_TOKEN") })).rejects.toThrow("it does not let us in");
    expect(never).toHaveBeenCalledTimes(1);
  });

  it("says which secret is missing", async () => {
    await expect(ask(() => one, { token: env("PROM_UNIT_NOT_SET") })).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining("the environment variable PROM_UNIT_NOT_SET is not set") as string,
      hint: "Set PROM_UNIT_NOT_SET in the environment that the pipeline is started from.",
    });
    await expect(ask(() => one, { headers: { cookie: file("/nowhere/cookie") } })).rejects.toThrow(
      /does not exist/,
    );
  });

  it("goes through the proxy that the environment names, or past it", async () => {
    const proxy = await startProxy();
    variable("http_proxy", "");
    variable("HTTP_PROXY", `http://us:pa%20ss@${proxy.url}`);
    variable("HTTPS_PROXY", `http://${proxy.url}`);
    variable("no_proxy", "127.0.0.1");
    expect(await ask(() => one)).toBe(1);
    expect(proxy.seen).toEqual([]);
    const signal = new AbortController().signal;
    expect(await prometheus({ url: "http://prometheus.test/p" }).query("up")({ ...window, signal })).toBe(1);
    const authorization = Buffer.from("us:pa ss").toString("base64");
    expect(proxy.seen).toEqual([`POST http://prometheus.test/p/api/v1/query Basic ${authorization}`]);
    await expect(
      prometheus({ url: "https://prometheus.test" }).query("up")({ ...window, signal }),
    ).rejects.toThrow(/the proxy 127.0.0.1:\d+ opens no way to it \(status 403\)/);
    expect(proxy.seen.at(-1)).toBe("CONNECT prometheus.test:443");
  });

  it("asks again where a kept connection was closed meanwhile", async () => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      // The second request finds the connection that the first one has left.
      if (requests === 2) request.socket.resetAndDestroy();
      else request.resume().on("end", () => response.end(JSON.stringify(one.body)));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const query = prometheus({ url }).query("up");
    const signal = new AbortController().signal;
    expect(await query({ ...window, signal })).toBe(1);
    expect(await query({ ...window, signal })).toBe(1);
    expect(requests).toBe(3);
  });
});

describe("the options of prometheus()", () => {
  it("are checked all at once, and nothing that may be secret is repeated", () => {
    const options = {
      url: "https://me:hunter2@prometheus/?x",
      token: "hunter2",
      headers: { authorization: "Basic hunter2", "bad name": "x", "x-line": "a\nb" },
      timeout: "soon",
      tls: true,
    };
    const failure = (() => {
      try {
        prometheus(options as never);
      } catch (error) {
        return error as Error & { code: string };
      }
      return undefined;
    })();
    expect(failure?.code).toBe("DEFINITION_INVALID");
    for (const problem of [
      'no option "tls"',
      "url holds a name or a password",
      "url holds a ? or a #",
      "authorization holds a secret in clear text",
      'called "bad name"',
      "x-line holds a character",
      "token and the header authorization are both given",
      "token is not the place of a secret",
      'timeout: "soon" is not a duration',
    ]) {
      expect(failure?.message).toContain(problem);
    }
    expect(failure?.message).not.toContain("hunter2");
    expect(() => prometheus({ url: "prometheus:9090" })).toThrow("url is no http or https address");
  });
});
