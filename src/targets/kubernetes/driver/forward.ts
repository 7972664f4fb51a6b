import type { IncomingMessage } from "node:http";
import { SluiceError } from "../../../errors/index.ts";
import type { ClusterConnection, ClusterCredentials } from "../../../ports/index.ts";
import { Connections } from "../api/http/connections.ts";
import type { Forward } from "./preview-proxy.ts";

/** Forwards requests of others over a cluster's connection, as whoever we are. */
export interface Forwarder {
  readonly forward: Forward;
  close(): void;
}

/**
 * Credentials that the API server refuses are renewed and the request is sent again, once. A 401 of the app is the app's.
 *
 * @param env - for the proxy on the way, where the connection names none
 */
export function forwardOver(
  connection: ClusterConnection,
  env: Readonly<Record<string, string | undefined>>,
): Forwarder {
  const connections = new Connections(connection, env);

  function send(
    { method, path, headers }: Parameters<Forward>[0],
    body: Buffer,
    credentials: ClusterCredentials | undefined,
  ): Promise<IncomingMessage> {
    const { token, certificate } = credentials ?? {};
    const authorized = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const all = { ...headers, ...connection.headers, ...authorized };
    return new Promise((resolve, reject) => {
      const asked = connections.request(path, { method, headers: all, long: true, certificate });
      asked.on("response", resolve);
      asked.on("error", reject);
      asked.end(body);
    });
  }

  const forward: Forward = async (request) => {
    // Kept, because it may have to be sent twice.
    const body = await wholeOf(request.body);
    const credentials = await connection.credentials?.();
    const answer = await send(request, body, credentials);
    if (!(await isRefusal(answer)) || credentials === undefined) return await allowed(answer, request.method);
    answer.resume();
    const second = await send(request, body, await renewed(connection, credentials));
    if (!(await isRefusal(second))) return await allowed(second, request.method);
    second.resume();
    throw new SluiceError("CLUSTER_DENIED", "the API server refuses our credentials", {
      hint: "It refuses new ones as well: see who we are by sluice doctor.",
    });
  };
  return { forward, close: () => connections.close() };
}

/** Somebody else may have renewed them already. */
async function renewed(
  connection: ClusterConnection,
  refused: ClusterCredentials,
): Promise<ClusterCredentials | undefined> {
  const held = await connection.credentials?.();
  const same = held?.token === refused.token && held?.certificate?.cert === refused.certificate?.cert;
  return same ? await connection.credentials?.({ fresh: true }) : held;
}

const STATUS = /"kind":\s*"Status"/;

/** Whether the API server itself says 401, by a Status object, and not the app behind it. */
async function isRefusal(answer: IncomingMessage): Promise<boolean> {
  if (answer.statusCode !== 401) return false;
  const start = await startOf(answer);
  return STATUS.test(start) && /"reason":\s*"Unauthorized"/.test(start);
}

const DENIED = /cannot (\w+) resource \\?"services\/proxy\b(?:.* in the namespace \\?"([\w-]+))?/;

/** An answer of the app. Throws `CLUSTER_DENIED` where the API server itself says that we may not ask it. */
async function allowed(answer: IncomingMessage, method: string): Promise<IncomingMessage> {
  if (answer.statusCode !== 403) return answer;
  const start = await startOf(answer);
  const denied = STATUS.test(start) ? DENIED.exec(start) : null;
  const [, verb, namespace] = denied ?? [];
  if (verb === undefined) return answer;
  answer.resume();
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  throw new SluiceError(
    "CLUSTER_DENIED",
    `we may not ${verb} services/proxy${where}, which a ${method} through the API server needs`,
    { hint: `Have a Role that allows to ${verb} services/proxy bound to who deploys.` },
  );
}

/** The first that comes of the body, which is put back. */
async function startOf(answer: IncomingMessage): Promise<string> {
  await new Promise<void>((resolve) => {
    const come = (): void => resolve();
    answer.once("readable", come).once("end", come).once("error", come).once("close", come);
  });
  const chunk = answer.read() as Buffer | null;
  if (chunk === null) return "";
  answer.unshift(chunk);
  return chunk.toString("utf8");
}

async function wholeOf(body: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
