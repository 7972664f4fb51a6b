import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: IncomingMessage;
  readonly body: string;
}

export type Play = (asked: Asked, answer: ServerResponse) => void;

/** A server on the loopback that answers as a test has it. It goes with the test. */
export async function playApi(play: Play): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server: Server = createServer((raw, answer) => {
    const chunks: Buffer[] = [];
    raw.on("data", (chunk: Buffer) => chunks.push(chunk));
    raw.on("end", () => {
      const { pathname, searchParams } = new URL(raw.url ?? "/", "http://played");
      const one = {
        method: raw.method ?? "",
        path: pathname,
        query: searchParams,
        raw,
        body: Buffer.concat(chunks).toString(),
      };
      asked.push(one);
      play(one, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export function say(
  answer: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  answer.writeHead(status, { "Content-Type": "application/json", ...headers });
  answer.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** What the API says of the core's config maps, in the old way. */
export const CORE = {
  kind: "APIResourceList",
  resources: [
    { name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["get"] },
    { name: "configmaps/status", kind: "ConfigMap", namespaced: true, verbs: ["get"] },
    { name: "namespaces", kind: "Namespace", namespaced: false, verbs: ["get"] },
  ],
};

/** Answers questions of discovery; true where it was one. */
export function discover({ path }: Asked, answer: ServerResponse): boolean {
  if (path === "/api") say(answer, { kind: "APIVersions", versions: ["v1"] });
  else if (path === "/api/v1") say(answer, CORE);
  else return false;
  return true;
}
