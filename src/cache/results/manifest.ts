import type { Artifact, ArtifactFile, Json } from "../../model/index.ts";
import { sha256 } from "../../util/canonical-json.ts";
import { Reader } from "../../util/state/reader.ts";
import { CacheFault } from "../fault.ts";
import { keyOf, type Ingredients } from "../key/facts.ts";

/** The version of {@link Manifest}'s form. */
export const MANIFEST_VERSION = 1;

/** What a job left when it ran: everything but the contents, which are named by their digests. */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly key: string;
  /** What the key was made from; their digests make the key. */
  readonly ingredients: Ingredients;
  readonly node: string;
  /** The run that left it. */
  readonly run: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds that the job took. */
  readonly took: number;
  readonly output?: Json;
  readonly artifacts: readonly Artifact[];
  /** What it printed; absent where it printed nothing. */
  readonly log?: ContentRef;
}

/** A content by its digest. */
export interface ContentRef {
  /** `sha256:<hex>` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

const HEAD = "sluice-result ";
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const KEY = /^[0-9a-f]{64}$/;

/** A line with the digest of what follows, then JSON. */
export function encodeManifest(manifest: Manifest): string {
  const body = `${JSON.stringify(manifest)}\n`;
  return `${HEAD}${sha256(body)}\n${body}`;
}

/**
 * A manifest as it was encoded for `key`.
 *
 * @throws CacheFault where it is not whole, not of this form, or not the one for the key
 */
export function decodeManifest(text: string, key: string): Manifest {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (!text.startsWith(HEAD) || text.slice(HEAD.length, end) !== sha256(body)) throw damaged("is damaged");
  const manifest = readManifest(JSON.parse(body));
  if (manifest.key !== key) throw damaged("is that of another key");
  return manifest;
}

/**
 * That what the manifest says to have been made from gives its key. For one that comes from elsewhere.
 *
 * @throws CacheFault where it does not
 */
export function checkIngredients(manifest: Manifest): void {
  if (keyOf(manifest.ingredients) !== manifest.key) throw damaged("was made from something else");
}

/** Every content that the manifest names, each once. */
export function contentsOf({ artifacts, log }: Manifest): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { files } of artifacts) for (const { digest, size } of files) sizes.set(digest, size);
  if (log !== undefined) sizes.set(log.digest, log.size);
  return sizes;
}

function readManifest(value: unknown): Manifest {
  const read = new Reader((problem) => damaged(`makes no sense: ${problem}`));
  const record = read.object(value, "result");
  if (record["version"] !== MANIFEST_VERSION) throw damaged("was written by another version");
  const log = record["log"] === undefined ? undefined : readContent(read, record["log"], "log");
  return {
    version: MANIFEST_VERSION,
    key: matching(read.text(record["key"], "key"), KEY, "key"),
    ingredients: read.map(record["ingredients"], "ingredients", (one, at) => read.text(one, at)),
    node: read.text(record["node"], "node"),
    run: read.text(record["run"], "run"),
    at: read.number(record["at"], "at", 0, Number.MAX_SAFE_INTEGER),
    took: read.number(record["took"], "took", 0, Number.MAX_SAFE_INTEGER),
    artifacts: read.list(record["artifacts"], "artifacts", (one, at) => readArtifact(read, one, at)),
    ...(record["output"] === undefined ? {} : { output: record["output"] as Json }),
    ...(log === undefined ? {} : { log }),
  };
}

function readArtifact(read: Reader, value: unknown, at: string): Artifact {
  const artifact = read.object(value, at);
  return {
    name: read.text(artifact["name"], `${at}.name`),
    digest: matching(read.text(artifact["digest"], `${at}.digest`), DIGEST, `${at}.digest`),
    path: read.text(artifact["path"], `${at}.path`),
    size: read.integer(artifact["size"], `${at}.size`),
    files: read.list(artifact["files"], `${at}.files`, (one, place) => readFile(read, one, place)),
  };
}

function readFile(read: Reader, value: unknown, at: string): ArtifactFile {
  const file = read.object(value, at);
  return {
    path: read.text(file["path"], `${at}.path`),
    ...readContent(read, value, at),
    executable: read.boolean(file["executable"], `${at}.executable`),
  };
}

function readContent(read: Reader, value: unknown, at: string): ContentRef {
  const content = read.object(value, at);
  return {
    digest: matching(read.text(content["digest"], `${at}.digest`), DIGEST, `${at}.digest`),
    size: read.integer(content["size"], `${at}.size`),
  };
}

function matching(text: string, form: RegExp, at: string): string {
  if (form.test(text)) return text;
  throw damaged(`makes no sense: ${at} is ${JSON.stringify(text.slice(0, 80))}`);
}

function damaged(what: string): CacheFault {
  return new CacheFault(`the kept result ${what}`);
}
