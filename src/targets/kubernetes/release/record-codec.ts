import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { SluiceError } from "../../../errors/index.ts";
import { Reader } from "../../../util/state/reader.ts";
import type { KubeObject } from "../api/types.ts";
import { at, text } from "../readiness/object.ts";
import { RELEASE_STATES, type ReleaseHeader, type ReleasePayload } from "./types.ts";

/** Bytes that one Secret of a record holds; the API server takes a little over a million. */
export const PART_SIZE = 900_000;
const HEADER = "header";
const PAYLOAD = "payload";
const VERSION = 1;

/** A payload as bytes, in pieces that fit into Secrets, and how they are told from those of another. */
export function packPayload(payload: ReleasePayload): {
  readonly pieces: readonly Buffer[];
  readonly hash: string;
} {
  const bytes = gzipSync(JSON.stringify(payload));
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += PART_SIZE)
    pieces.push(bytes.subarray(from, from + PART_SIZE));
  return { pieces, hash: createHash("sha256").update(bytes).digest("hex").slice(0, 10) };
}

export function unpackPayload(pieces: readonly Buffer[]): ReleasePayload {
  return JSON.parse(gunzipSync(Buffer.concat(pieces)).toString("utf8")) as ReleasePayload;
}

/** What a Secret of a record carries. */
export function payloadData(piece: Buffer): Readonly<Record<string, string>> {
  return { [PAYLOAD]: piece.toString("base64") };
}

export function headerData(
  header: ReleaseHeader,
  parts: readonly string[],
): Readonly<Record<string, string>> {
  return { [HEADER]: Buffer.from(JSON.stringify({ version: VERSION, parts, ...header })).toString("base64") };
}

export function readPiece(secret: KubeObject): Buffer {
  return Buffer.from(text(secret, "data", PAYLOAD), "base64");
}

/** The names of the other Secrets that a record's payload goes on in. */
export function readParts(secret: KubeObject): readonly string[] {
  const { read, value } = open(secret);
  return read.list(value["parts"], "parts", (part, place) => read.text(part, place));
}

/** Throws `STATE_CORRUPT` for what is no record of ours. */
export function readHeader(secret: KubeObject): ReleaseHeader {
  const { read, value } = open(secret);
  const count = (key: string, min = 0): number => read.integer(value[key], key, min);
  const nullable = (key: string): number | null =>
    read.nullable(value[key], (part) => read.integer(part, key));
  return {
    revision: count("revision", 1),
    digest: read.text(value["digest"], "digest"),
    run: read.text(value["run"], "run"),
    pipeline: read.text(value["pipeline"], "pipeline"),
    createdAt: count("createdAt"),
    state: read.oneOf(value["state"], "state", RELEASE_STATES),
    replicas: count("replicas"),
    fence: count("fence"),
    from: nullable("from"),
    fromReplicas: count("fromReplicas"),
    promotedAt: nullable("promotedAt"),
    keepOld: count("keepOld"),
    returning: read.boolean(value["returning"], "returning"),
    ...(value["restores"] === undefined ? {} : { restores: count("restores", 1) }),
    forwardOnly: read.list(value["forwardOnly"], "forwardOnly", (part, place) => read.text(part, place)),
    done: read.list(value["done"] ?? [], "done", (part, place) => read.text(part, place)),
    reason: read.nullable(value["reason"], (part) => read.text(part, "reason")),
    configuration: read.list(value["configuration"], "configuration", (part, place) => {
      const ref = read.object(part, place);
      const named = {
        apiVersion: read.text(ref["apiVersion"], `${place}.apiVersion`),
        kind: read.text(ref["kind"], `${place}.kind`),
        name: read.text(ref["name"], `${place}.name`),
      };
      const { namespace } = ref;
      return namespace === undefined
        ? named
        : { ...named, namespace: read.text(namespace, `${place}.namespace`) };
    }),
  };
}

function open(secret: KubeObject): {
  readonly read: Reader;
  readonly value: Readonly<Record<string, unknown>>;
} {
  const { name, namespace = "" } = secret.metadata;
  const corrupt = (problem: string): SluiceError =>
    new SluiceError(
      "STATE_CORRUPT",
      `the record ${name} in namespace ${namespace} makes no sense: ${problem}`,
      {
        hint: "It was changed by something else. Remove that Secret to forget the release.",
      },
    );
  const read = new Reader(corrupt);
  let value: unknown;
  try {
    value = JSON.parse(
      Buffer.from(read.text(at(secret, "data", HEADER), `data.${HEADER}`), "base64").toString("utf8"),
    );
  } catch (cause) {
    throw cause instanceof SyntaxError ? corrupt("it is not JSON") : cause;
  }
  const object = read.object(value, HEADER);
  if (object["version"] !== VERSION) {
    throw corrupt(
      `it is of version ${String(object["version"])}, and this version of Sluice reads version ${VERSION}`,
    );
  }
  return { read, value: object };
}
