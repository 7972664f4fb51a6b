import { describe, expect, it } from "vitest";
import { loadGoogleSdk } from "../../../../src/providers/gke/load.ts";
import { readCluster } from "../../../../src/providers/gke/read-cluster.ts";
import type { GkeCluster } from "../../../../src/providers/gke/endpoint.ts";

const NAME = "projects/example.com:web/locations/europe-west1/clusters/prod";

interface Asked {
  readonly url: string;
  readonly headers: Headers;
}

/** What Google's own client makes of an answer, and what it asked for it. */
async function getCluster(
  answer: () => Promise<unknown>,
  endpoint?: string,
): Promise<{ cluster: GkeCluster; asked: readonly Asked[] }> {
  const { clusters } = await loadGoogleSdk();
  const asked: Asked[] = [];
  const identity = {
    token: () => Promise.reject(new Error("not asked for here")),
    get: (url: string, headers: Headers) => {
      asked.push({ url, headers });
      return answer();
    },
  };
  const manager = clusters(identity, { endpoint, signal: new AbortController().signal });
  try {
    const [message] = await manager.getCluster({ name: NAME });
    return { cluster: readCluster(message), asked };
  } finally {
    await manager.close();
  }
}

describe("Google's client of clusters", () => {
  it("asks by REST, at Google's own address", async () => {
    const { cluster, asked } = await getCluster(() =>
      Promise.resolve({ status: 2, endpoint: "203.0.113.7" }),
    );
    expect(asked.map(({ url }) => url)).toEqual([
      `https://container.googleapis.com/v1/${NAME.replace(":", "%3A")}?$alt=json%3Benum-encoding=int`,
    ]);
    expect(asked[0]?.headers.get("x-goog-request-params")).toContain(encodeURIComponent(NAME));
    expect(cluster).toMatchObject({ status: "RUNNING", endpoint: "203.0.113.7" });
  });

  it("asks the address that it is told, with its path", async () => {
    const { asked } = await getCluster(() => Promise.resolve({}), "http://127.0.0.1:9/gke");
    expect(asked[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:9\/gke\/v1\/projects\//);
  });

  it("leaves out what the API has not said, and keeps what it has turned off", async () => {
    const ip = { privateEndpoint: "10.0.0.2", enablePublicEndpoint: false };
    const answer = {
      status: "PROVISIONING",
      masterAuth: { clusterCaCertificate: "Q0E=" },
      controlPlaneEndpointsConfig: { ipEndpointsConfig: ip, dnsEndpointConfig: { endpoint: "a.gke.goog" } },
      fieldOfNextYear: { any: true },
    };
    const { cluster } = await getCluster(() => Promise.resolve(answer));
    expect(cluster).toEqual({
      status: "PROVISIONING",
      masterAuth: { clusterCaCertificate: "Q0E=" },
      privateClusterConfig: {},
      controlPlaneEndpointsConfig: {
        ipEndpointsConfig: ip,
        dnsEndpointConfig: { endpoint: "a.gke.goog" },
      },
    });
  });

  it("knows when IP endpoints are turned off", async () => {
    const answer = { controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } } };
    const { cluster } = await getCluster(() => Promise.resolve(answer));
    expect(cluster.controlPlaneEndpointsConfig?.ipEndpointsConfig).toEqual({ enabled: false });
  });

  it("shows a status that it does not know yet", async () => {
    const { cluster } = await getCluster(() => Promise.resolve({ status: 99 }));
    expect(cluster.status).toBe("99");
  });

  it("lets errors of the way through as they are, and asks once", async () => {
    let times = 0;
    const error = Object.assign(new Error("Quota exceeded."), { status: 429 });
    const refused = getCluster(() => {
      times += 1;
      return Promise.reject(error);
    });
    await expect(refused).rejects.toBe(error);
    expect(times).toBe(1);
  });
});
