import { describe, expect, it } from "vitest";
import { asFault } from "../../../../../src/targets/kubernetes/api/http/connection-fault.ts";
import { proxyTo } from "../../../../../src/targets/kubernetes/api/http/proxy.ts";
import { refusal, unreachable } from "../../../../../src/targets/kubernetes/api/refusal.ts";
import { warningsOf } from "../../../../../src/targets/kubernetes/api/request.ts";
import {
  backoff,
  mayRepeat,
  mayRepeatAfter,
  retryAfter,
} from "../../../../../src/targets/kubernetes/api/retry.ts";
import { statusOf } from "../../../../../src/targets/kubernetes/api/status.ts";

const asked = {
  cluster: "the cluster",
  server: "https://c:6443",
  what: "apply Deployment shop/api",
  writes: true,
};
const status = (code: number, message: string, causes: object[] = [], reason = ""): string =>
  JSON.stringify({ kind: "Status", reason, message, details: { causes }, code });
const refused = (code: number, body: string, writes = true) =>
  refusal(statusOf(code, body), { ...asked, writes });

describe("what the API server refuses", () => {
  it.each([
    [401, status(401, "Unauthorized"), "CLUSTER_DENIED", "does not take our credentials"],
    [
      403,
      status(
        403,
        'deployments.apps is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
      ),
      "CLUSTER_DENIED",
      "the cluster: jane may not patch deployments.apps in namespace shop (deployments.apps is forbidden",
    ],
    [
      403,
      status(
        403,
        'nodes is forbidden: User "j" cannot list resource "nodes" in API group "" at the cluster scope',
      ),
      "CLUSTER_DENIED",
      "j may not list nodes (",
    ],
    [
      403,
      status(403, "pods is forbidden: exceeded quota: q"),
      "CLUSTER_DENIED",
      "the cluster: pods is forbidden: exceeded quota: q",
    ],
    [
      409,
      status(409, "the object has been modified", [], "Conflict"),
      "CLUSTER_REFUSED",
      "cannot apply Deployment shop/api: the object has been modified",
    ],
    [
      422,
      status(422, "x is invalid", [{ field: "spec.a", message: "Required value" }]),
      "MANIFEST_INVALID",
      "x is invalid; spec.a: Required value",
    ],
    [400, status(400, "strict decoding error"), "MANIFEST_INVALID", "strict decoding error"],
    [
      500,
      status(500, "failed to create typed patch object (x): .spec.b: field not declared in schema"),
      "MANIFEST_INVALID",
      ".spec.b",
    ],
    [500, status(500, "failed calling webhook"), "CLUSTER_REFUSED", "failed calling webhook"],
    [413, status(413, "too large"), "CLUSTER_REFUSED", "too large"],
    [
      503,
      "<html><h1>Bad  Gateway</h1></html>",
      "CLUSTER_UNREACHABLE",
      "is not available (status 503): Bad Gateway",
    ],
    [302, "", "CLUSTER_REFUSED", "answers with a redirect"],
    [
      400,
      "<html>Bad Request</html>",
      "CLUSTER_REFUSED",
      "https://c:6443 answers with status 400: Bad Request",
    ],
  ])("is told of with what it was: %s %s", (code, body, expected, says) => {
    const fault = refused(code, body);
    expect(fault.code).toBe(expected);
    expect(fault.status).toBe(code);
    expect(fault.message).toContain(says);
  });

  it("is no wrong manifest where nothing was written", () => {
    expect(refused(400, status(400, "unable to parse the label selector"), false).code).toBe(
      "CLUSTER_REFUSED",
    );
  });

  it("names each field in conflict with its owner", () => {
    const cause = (field: string, owner: string): object => ({
      reason: "FieldManagerConflict",
      field,
      message: `conflict with "${owner}"`,
    });
    const fault = refused(
      409,
      status(409, "conflicts", [cause(".spec.replicas", "kubectl"), cause(".spec.paused", "helm")]),
    );
    expect(fault).toMatchObject({
      code: "FIELD_CONFLICT",
      causes: [{ field: ".spec.replicas" }, { field: ".spec.paused" }],
    });
    expect(fault.message).toBe(
      'cannot apply Deployment shop/api, because others own fields of it: spec.replicas (conflict with "kubectl"), spec.paused (conflict with "helm")',
    );
  });

  it.each([
    ["exceeded quota: q", "ResourceQuota"],
    ['pods "x" is forbidden: violates PodSecurity "restricted:latest"', "security context"],
    ['admission webhook "policy" denied the request', "admission rule"],
    ['x is forbidden: User "u" cannot get path "/metrics"', "doctor"],
  ])("says what helps against %s", (message, says) => {
    expect(refused(403, status(403, message)).hint).toContain(says);
  });

  it("knows a namespace that is being deleted", () => {
    const body = status(403, "forbidden", [
      { reason: "NamespaceTerminating", field: "metadata.namespace", message: "being terminated" },
    ]);
    expect(refused(403, body).hint).toContain("is being deleted");
  });
});

describe("what could not be reached", () => {
  const of = (code: string, sent = false, more: object = {}) =>
    unreachable(asFault(Object.assign(new Error("raw"), { code, ...more }), sent), asked);

  it.each([
    ["ECONNREFUSED", "CLUSTER_UNREACHABLE", "the connection was refused"],
    ["ENOTFOUND", "CLUSTER_UNREACHABLE", "there is no such host"],
    ["CERT_HAS_EXPIRED", "CLUSTER_UNREACHABLE", "its certificate has expired"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "CLUSTER_UNREACHABLE", "signed by an unknown authority"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "CLUSTER_UNREACHABLE", "it does not speak TLS"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "CLUSTER_DENIED", "it does not take our certificate"],
    ["ERR_OSSL_X509_KEY_VALUES_MISMATCH", "CLUSTER_DENIED", "our certificate or its key cannot be used"],
    ["ESOMETHING", "CLUSTER_UNREACHABLE", "ESOMETHING"],
  ])("is told of in words: %s", (code, expected, says) => {
    const fault = of(code);
    expect(fault).toMatchObject({ code: expected, status: 0 });
    expect(fault.message).toContain(says);
    expect(fault.message).toContain("https://c:6443");
    expect(fault.hint).toMatch(/\S/);
  });

  it("names the name that the certificate is for", () => {
    const reason = "Host: c. is not in the cert's altnames: DNS:d";
    expect(of("ERR_TLS_CERT_ALTNAME_INVALID", false, { reason }).message).toContain(
      `for another name: ${reason}`,
    );
  });

  it("says that a request may have been done only where it was sent", () => {
    expect(of("ECONNRESET", true).message).toContain(
      "whether it could apply Deployment shop/api is not known",
    );
    expect(of("ECONNRESET", false).message).not.toContain("not known");
  });
});

describe("when a request is sent again", () => {
  const after = (
    code: number,
    again: "always" | "unsent" | "never",
    message = "",
    wait?: number,
    reason = "",
  ) => mayRepeatAfter(statusOf(code, status(code, message, [], reason), wait), again);

  it("is after any 429, and after a 503 with Retry-After", () => {
    for (const again of ["always", "unsent"] as const) {
      expect(after(429, again)).toBe(true);
      expect(after(503, again, "", 1)).toBe(true);
    }
    expect(after(503, "unsent")).toBe(false);
    expect(after(429, "never")).toBe(false);
  });

  it("is after what passes, where it does no harm", () => {
    for (const code of [408, 502, 503, 504]) {
      expect(after(code, "always")).toBe(true);
      expect(after(code, "unsent")).toBe(false);
    }
    for (const message of [
      "etcdserver: leader changed",
      "etcdserver: request timed out",
      "dial tcp: connection refused",
    ])
      expect(after(500, "always", message)).toBe(true);
    expect(after(500, "always", "", undefined, "ServerTimeout")).toBe(true);
    expect(after(500, "always", "a defect")).toBe(false);
    for (const code of [400, 403, 404, 409, 422, 501]) expect(after(code, "always")).toBe(false);
  });

  it("is after a lost connection where it was not sent or does no harm", () => {
    const fault = (code: string, sent: boolean) => asFault(Object.assign(new Error(), { code }), sent);
    expect(mayRepeat(fault("ECONNRESET", true), "always", false)).toBe(true);
    expect(mayRepeat(fault("ECONNRESET", true), "unsent", true)).toBe(false);
    expect(mayRepeat(fault("ECONNREFUSED", false), "unsent", false)).toBe(true);
    expect(mayRepeat(fault("ECONNREFUSED", false), "never", false)).toBe(false);
    expect(mayRepeat(fault("CERT_HAS_EXPIRED", false), "always", true)).toBe(false);
    expect(mayRepeat(fault("ENOTFOUND", false), "always", false)).toBe(false);
    expect(mayRepeat(fault("ENOTFOUND", false), "always", true)).toBe(true);
  });

  it("waits as the server says, by the server's clock where it names a date", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(retryAfter({ "retry-after": "7" }, now)).toBe(7_000);
    const date = "Thu, 01 Jan 2026 00:00:30 GMT";
    expect(retryAfter({ "retry-after": date }, now)).toBe(30_000);
    expect(retryAfter({ "retry-after": date, date: "Thu, 01 Jan 2026 00:00:25 GMT" }, now)).toBe(5_000);
    expect(retryAfter({ "retry-after": date }, now + 60_000)).toBe(0);
    expect(retryAfter({}, now)).toBeUndefined();
    expect(retryAfter({ "retry-after": "soon" }, now)).toBeUndefined();
    const timeout = JSON.stringify({ kind: "Status", message: "x", details: { retryAfterSeconds: 3 } });
    expect(statusOf(504, timeout).retryAfter).toBe(3_000);
    expect(statusOf(504, timeout, 0).retryAfter).toBe(0);
  });

  it("else waits longer each time, up to two seconds, and never in step", () => {
    expect([2, 3, 4, 9].map((next) => backoff(next, 1))).toEqual([100, 200, 400, 2_000]);
    expect(backoff(2, 0)).toBe(50);
  });
});

describe("the proxy on the way", () => {
  const to = (server: string, env: Record<string, string>, named?: string) =>
    proxyTo(new URL(server), named, env)?.href;

  it("is the one that the connection names, else the environment's", () => {
    const env = { HTTPS_PROXY: "http://env:3128", HTTP_PROXY: "http://plain:3128" };
    expect(to("https://c", env)).toBe("http://env:3128/");
    expect(to("http://c", env)).toBe("http://plain:3128/");
    expect(to("https://c", { ...env, https_proxy: "small:1" })).toBe("http://small:1/");
    expect(to("https://c", { ...env, NO_PROXY: "*" }, "https://named")).toBe("https://named/");
    expect(to("https://c", {})).toBeUndefined();
  });

  it.each([
    ["https://c.acme.dev", "acme.dev", true],
    ["https://c.acme.dev", ".acme.dev", true],
    ["https://notacme.dev", "acme.dev", false],
    ["https://c:6443", "c:6443", true],
    ["https://c:6443", "c:443", false],
    ["https://10.1.2.3", "192.168.0.0/16, 10.0.0.0/8", true],
    ["https://11.1.2.3", "10.0.0.0/8", false],
    ["https://[fd00::5]", "fd00::/8", true],
    ["https://[fd00::5]", "fd00::5", true],
    ["https://10.1.2.3", "10.1.2.3", true],
    ["https://10.1.2.3", "10.0.0.0/99", false],
    ["https://c", "*", true],
  ])("is passed by for %s by NO_PROXY %s: %s", (server, list, exempt) => {
    expect(to(server, { https_proxy: "http://p", NO_PROXY: list }) === undefined).toBe(exempt);
  });

  it("is never taken from the environment for this machine itself", () => {
    for (const server of ["https://127.0.0.1:6443", "https://localhost", "https://[::1]"])
      expect(to(server, { https_proxy: "http://p" })).toBeUndefined();
  });

  it("of another kind is refused without a word of its password", () => {
    for (const [env, named] of [
      [{ https_proxy: "socks5://u:secret@p" }],
      [{}, "socks5://u:secret@p"],
    ] as const) {
      const open = (): unknown => to("https://c", env, named);
      expect(open).toThrow(expect.objectContaining({ code: "CLUSTER_UNREACHABLE" }));
      expect(open).not.toThrow("secret");
    }
  });
});

describe("the server's warnings", () => {
  it("are read out of their header", () => {
    expect(warningsOf('299 - "v1beta1 is \\"old\\"", 299 - "another"')).toEqual([
      'v1beta1 is "old"',
      "another",
    ]);
    expect(warningsOf(undefined)).toEqual([]);
  });
});
