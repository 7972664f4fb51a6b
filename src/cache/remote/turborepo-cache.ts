import type { BlobCache, BlobMeta } from "../../ports/index.ts";
import { CacheFault } from "../fault.ts";
import { hashOf, type Addresses } from "./addresses.ts";
import { download } from "./download.ts";
import type { Events } from "./events.ts";
import type { Answer } from "./http/exchange.ts";
import { discard, type Http } from "./http/http.ts";
import { refusalOf, stateOf, type Refusal } from "./refusal.ts";
import type { Signer } from "./signature.ts";
import type { Spool } from "./spool.ts";

export interface TurborepoSetup {
  readonly addresses: Addresses;
  readonly http: Http;
  readonly events: Events;
  readonly secrets: readonly string[];
  readonly signer: Signer | undefined;
  readonly spool: Spool;
  readonly readOnly: boolean;
}

/**
 * Blobs in a cache of the Turborepo protocol. What is wrong with one blob is a {@link CacheFault}; any other error says
 * that the cache as a whole is of no use.
 */
export class TurborepoCache implements BlobCache {
  readonly #setup: TurborepoSetup;
  #enabled: Promise<void> | undefined;
  #mayWrite: boolean;

  constructor(setup: TurborepoSetup) {
    this.#setup = setup;
    this.#mayWrite = !setup.readOnly;
  }

  get location(): string {
    return this.#setup.addresses.location;
  }

  get readOnly(): boolean {
    return !this.#mayWrite;
  }

  async get(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    await this.#ready();
    const hash = hashOf(key);
    const { events, signer, spool } = this.#setup;
    const answer = await this.#find(hash);
    if (answer === undefined) {
      events.tell({ event: "MISS", hash, duration: 0 });
      return undefined;
    }
    events.tell({ event: "HIT", hash, duration: Number(answer.headers["x-artifact-duration"] ?? 0) || 0 });
    const whole = download(answer, () => this.#find(hash));
    if (signer === undefined) return whole;
    const tag = answer.headers["x-artifact-tag"];
    if (typeof tag !== "string") {
      await discard(answer);
      throw new CacheFault(`a blob has no signature (${hash})`);
    }
    const blob = await spool.take(whole);
    if (await signer.fits(hash, blob.size, blob.read(), tag)) return blob.consume();
    await blob.remove();
    throw new CacheFault(`a blob has a signature that does not fit it (${hash})`);
  }

  async has(key: string): Promise<boolean> {
    await this.#ready();
    const answer = await this.#setup.http.ask({
      method: "HEAD",
      url: this.#setup.addresses.blob(hashOf(key)),
      headers: {},
    });
    if (answer.status !== 404 && !isSuccess(answer)) throw this.#fault(await this.#refusal(answer));
    await discard(answer);
    return answer.status !== 404;
  }

  async put(key: string, blob: Blob, { took }: BlobMeta): Promise<void> {
    if (!this.#mayWrite) return;
    await this.#ready();
    const hash = hashOf(key);
    const { addresses, http, signer } = this.#setup;
    const tag = await signer?.tag(hash, blob.size, blob.stream());
    const answer = await http.ask({
      method: "PUT",
      url: addresses.blob(hash),
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(blob.size),
        "x-artifact-duration": String(Math.max(0, Math.round(took))),
        ...(tag === undefined ? {} : { "x-artifact-tag": tag }),
      },
      body: blob,
    });
    // 409: a server that never replaces a blob has it already.
    if (isSuccess(answer) || answer.status === 409) await discard(answer);
    else throw this.#notTaken(await this.#refusal(answer), blob.size);
  }

  /** The answer that brings a blob, whose body is still to be read. */
  async #find(hash: string): Promise<Answer | undefined> {
    const { addresses, http } = this.#setup;
    const answer = await http.ask({ method: "GET", url: addresses.blob(hash), headers: {} });
    if (answer.status === 404) {
      await discard(answer);
      return undefined;
    }
    if (answer.status === 200) return answer;
    throw this.#fault(await this.#refusal(answer));
  }

  /** Asks once whether caching is enabled. A server that has no answer to this is taken as it is. */
  #ready(): Promise<void> {
    return (this.#enabled ??= this.#askState());
  }

  async #askState(): Promise<void> {
    const { addresses, http } = this.#setup;
    const answer = await http.ask({ method: "GET", url: addresses.status(), headers: {} });
    const text = await discard(answer);
    if (!isSuccess(answer)) return;
    const state = stateOf(/"status"\s*:\s*"(\w+)"/.exec(text)?.[1]);
    if (state !== undefined) throw new Error(`${this.location}: ${state}`);
  }

  #refusal(answer: Answer): Promise<Refusal> {
    return refusalOf(answer, this.#setup.secrets);
  }

  #fault({ text }: Refusal): Error {
    return new Error(`${this.location}: ${text}`);
  }

  #notTaken(refusal: Refusal, size: number): Error {
    const { status, code, text } = refusal;
    if (status === 413) return new CacheFault(`a blob of ${String(size)} bytes is not taken: ${text}`);
    if (status !== 403 || code?.startsWith("remote_caching_") === true) return this.#fault(refusal);
    // Reading may be allowed, and is tried on.
    this.#mayWrite = false;
    return new CacheFault(`${this.location} is only read from: ${text}`);
  }
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}
