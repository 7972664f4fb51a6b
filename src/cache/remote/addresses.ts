import { createHash } from "node:crypto";

export interface Team {
  readonly teamId: string | undefined;
  readonly slug: string | undefined;
}

/** The addresses of a cache, by the protocol's specification: https://turborepo.dev/docs/openapi. */
export class Addresses {
  readonly #base: string;
  readonly #query: string;

  constructor(base: URL, { teamId, slug }: Team) {
    this.#base = `${base.origin}${base.pathname.replace(/\/+$/, "")}`;
    const query = new URLSearchParams();
    if (teamId !== undefined) query.set("teamId", teamId);
    if (slug !== undefined) query.set("slug", slug);
    this.#query = query.size === 0 ? "" : `?${query.toString()}`;
  }

  /** For messages. */
  get location(): string {
    return this.#base;
  }

  blob(hash: string): URL {
    return this.#at(hash);
  }

  status(): URL {
    return this.#at("status");
  }

  events(): URL {
    return this.#at("events");
  }

  #at(what: string): URL {
    return new URL(`${this.#base}/v8/artifacts/${what}${this.#query}`);
  }
}

const HASH = /^(?:sha256:)?([0-9a-f]{16,64})$/;

/** A key as the protocol takes it: hexadecimal digits alone, since servers make file names of it. */
export function hashOf(key: string): string {
  return HASH.exec(key)?.[1] ?? createHash("sha256").update(`sluice:${key}`).digest("hex");
}
