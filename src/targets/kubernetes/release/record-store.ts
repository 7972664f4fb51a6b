import { SluiceError } from "../../../errors/index.ts";
import { ApiFault } from "../api/api-fault.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import type { DeployLease } from "../lease/types.ts";
import { LABELS } from "../render/types.ts";
import {
  headerData,
  packPayload,
  payloadData,
  readHeader,
  readParts,
  readPiece,
  unpackPayload,
} from "./record-codec.ts";
import {
  MANAGER,
  type ReleaseHeader,
  type ReleasePayload,
  type ReleaseState,
  type StoredRelease,
} from "./types.ts";

/** On a record's first Secret: its state; so that those that matter can be asked for alone. */
export const STATE_LABEL = "sluice.dev/state";
const TYPE = "sluice.dev/release";
const SECRET = { apiVersion: "v1", kind: "Secret" } as const;

/** Whose releases. */
export interface RecordOwner {
  readonly app: string;
  readonly namespace: string;
  readonly target: string;
}

/** What a new record is made of; its number, state and fence are given by the store. */
export type NewRelease = Omit<ReleaseHeader, "revision" | "state" | "fence">;

/** The releases of one app, as Secrets beside it. Every write needs the lease. */
export class RecordStore {
  readonly #api: ClusterApi;
  readonly #owner: RecordOwner;
  readonly #lease: Pick<DeployLease, "fence" | "assertHeld">;

  constructor(api: ClusterApi, owner: RecordOwner, lease: Pick<DeployLease, "fence" | "assertHeld">) {
    this.#api = api;
    this.#owner = owner;
    this.#lease = lease;
  }

  /** The newest first. */
  list(states?: readonly ReleaseState[]): Promise<readonly StoredRelease[]> {
    return listReleases(this.#api, this.#owner, states);
  }

  payload(release: StoredRelease): Promise<ReleasePayload> {
    return readPayload(this.#api, release);
  }

  /**
   * Writes down a new release under the next number. Two that do so at once cannot get the same one: a record is
   * created, never replaced.
   */
  async create(
    release: NewRelease,
    make: (revision: number) => Promise<ReleasePayload>,
  ): Promise<{ readonly stored: StoredRelease; readonly payload: ReleasePayload }> {
    const [newest] = await this.list();
    let revision = (newest?.header.revision ?? 0) + 1;
    for (;;) {
      const payload = await make(revision);
      const header: ReleaseHeader = { ...release, revision, state: "pending", fence: this.#lease.fence };
      const stored = await this.#create(header, payload);
      if (stored !== undefined) return { stored, payload };
      revision += 1;
    }
  }

  /** Undefined where the number is taken. */
  async #create(header: ReleaseHeader, payload: ReleasePayload): Promise<StoredRelease | undefined> {
    const { first, parts } = await this.#writeParts(header.revision, payload);
    await this.#lease.assertHeld();
    try {
      const data = { ...headerData(header, parts), ...payloadData(first) };
      const secret = this.#secret(recordName(this.#owner.app, header.revision), header, data);
      return { header, secret: await this.#api.create(secret, { manager: MANAGER }) };
    } catch (error) {
      if (!(error instanceof ApiFault) || error.status !== 409) throw error;
      // A request that was repeated finds what it has made itself.
      const there = await this.#api.get(this.#ref(recordName(this.#owner.app, header.revision)));
      if (there !== undefined && sameRelease(readHeader(there), header)) return { header, secret: there };
      return undefined;
    }
  }

  /** Changes a release's header, and its payload where one is given, unless anybody has changed it since it was read. Throws `TARGET_BUSY` then. */
  async update(
    release: StoredRelease,
    edit: Partial<ReleaseHeader>,
    payload?: ReleasePayload,
  ): Promise<StoredRelease> {
    const header = { ...release.header, ...edit, fence: this.#lease.fence };
    const { secret } = release;
    const labels = { ...secret.metadata.labels, [STATE_LABEL]: header.state };
    const { managedFields: _ours, ...metadata } = secret.metadata;
    const written = payload && (await this.#writeParts(header.revision, payload));
    const kept = written === undefined ? (secret["data"] as object) : payloadData(written.first);
    const data = { ...kept, ...headerData(header, written?.parts ?? readParts(secret)) };
    await this.#lease.assertHeld();
    const next: KubeObject = { ...secret, ...SECRET, metadata: { ...metadata, labels }, data };
    try {
      return { header, secret: await this.#api.replace(next, { manager: MANAGER }) };
    } catch (error) {
      if (!(error instanceof ApiFault) || error.status !== 409) throw error;
      const there = await this.#api.get(this.#ref(secret.metadata.name));
      // The answer to the first attempt was lost: it is as we want it, under our own fence.
      if (there?.["data"] !== undefined && sameText(there, next)) return { header, secret: there };
      throw this.#overtaken(header.revision, error);
    }
  }

  /** Forgets a release. */
  async remove(release: StoredRelease): Promise<void> {
    await this.#lease.assertHeld();
    for (const part of readParts(release.secret)) await this.#api.remove(this.#ref(part));
    await this.#api.remove(this.#ref(release.secret.metadata.name));
  }

  /** Larger payloads go on in Secrets of their own, which are there before the record that names them. */
  async #writeParts(
    revision: number,
    payload: ReleasePayload,
  ): Promise<{ readonly first: Buffer; readonly parts: readonly string[] }> {
    const { pieces, hash } = packPayload(payload);
    const [first = Buffer.alloc(0), ...more] = pieces;
    const parts: string[] = [];
    for (const [index, piece] of more.entries()) {
      const name = `${recordName(this.#owner.app, revision)}.${hash}.${index + 2}`;
      await this.#lease.assertHeld();
      await this.#api.apply(this.#secret(name, undefined, payloadData(piece)), {
        manager: MANAGER,
        force: true,
      });
      parts.push(name);
    }
    return { first, parts };
  }

  #secret(
    name: string,
    header: ReleaseHeader | undefined,
    data: Readonly<Record<string, string>>,
  ): KubeObject {
    const { app, namespace, target } = this.#owner;
    const labels = {
      [LABELS.app]: app,
      [LABELS.target]: target,
      [LABELS.managedBy]: MANAGER,
      ...(header === undefined
        ? {}
        : { [LABELS.revision]: String(header.revision), [STATE_LABEL]: header.state }),
    };
    return { ...SECRET, metadata: { name, namespace, labels }, type: TYPE, data };
  }

  #ref(name: string): ObjectRef {
    return { ...SECRET, name, namespace: this.#owner.namespace };
  }

  #overtaken(revision: number, cause: unknown): SluiceError {
    const { app, target } = this.#owner;
    return new SluiceError(
      "TARGET_BUSY",
      `somebody else has changed the record of revision ${revision} of "${app}" on target "${target}"`,
      { hint: "Look at the target's status: another run, or a person, is at it.", cause },
    );
  }
}

/** The releases of an app, the newest first. */
export async function listReleases(
  api: ClusterApi,
  { app, namespace, target }: RecordOwner,
  states?: readonly ReleaseState[],
): Promise<readonly StoredRelease[]> {
  const which = states === undefined ? STATE_LABEL : `${STATE_LABEL} in (${states.join(",")})`;
  const labels = `${LABELS.app}=${app},${LABELS.target}=${target},${which}`;
  const found = await api.list(SECRET, { namespace, labels });
  return found
    .map((secret) => ({ header: readHeader(secret), secret }))
    .sort((a, b) => b.header.revision - a.header.revision);
}

/** Throws `TARGET_STATE` where a part is missing. */
export async function readPayload(
  api: ClusterApi,
  { secret, header }: StoredRelease,
): Promise<ReleasePayload> {
  const { namespace = "", name } = secret.metadata;
  const pieces = [readPiece(secret)];
  for (const part of readParts(secret)) {
    const more = await api.get({ ...SECRET, name: part, namespace });
    if (more === undefined) {
      throw new SluiceError(
        "TARGET_STATE",
        `the record of revision ${header.revision} lacks its part ${part}`,
        {
          hint: `Somebody has removed it. Without it the release cannot be taken back; remove the Secret ${name} to forget it.`,
        },
      );
    }
    pieces.push(readPiece(more));
  }
  return unpackPayload(pieces);
}

/** The Secret of a release. */
export function recordName(app: string, revision: number): string {
  return `sluice.${app}.v${revision}`;
}

function sameRelease(a: ReleaseHeader, b: ReleaseHeader): boolean {
  return a.run === b.run && a.digest === b.digest && a.fence === b.fence && a.createdAt === b.createdAt;
}

function sameText(a: KubeObject, b: KubeObject): boolean {
  const header = (of: KubeObject): unknown => (of["data"] as Readonly<Record<string, unknown>>)["header"];
  return header(a) === header(b);
}
