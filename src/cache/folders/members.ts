import { CacheFault } from "../fault.ts";

/** Members of an archive. */
const MOST_MEMBERS = 1_000_000;

export interface Member {
  readonly path: string;
  readonly type: string;
  readonly linkpath?: string | undefined;
  readonly size: number;
}

/**
 * Judges the members of an archive in their order, before any of them is written. A link leads from where it stands to
 * what is in the folder, and nothing is written through one. So wherever a path leads, it stays in the folder.
 */
export class MemberJudge {
  readonly #mostBytes: number;
  readonly #files = new Set<string>();
  readonly #links = new Set<string>();
  #count = 0;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** @throws CacheFault */
  see(member: Member): void {
    if (++this.#count > MOST_MEMBERS)
      throw new CacheFault(`a folder has more than ${String(MOST_MEMBERS)} files`);
    this.#bytes += member.size;
    if (this.#bytes > this.#mostBytes)
      throw new CacheFault(`a folder has more than the ${String(this.#mostBytes)} bytes that are taken`);
    const parts = segments(member.path);
    if (parts === undefined) throw strange(member, "leads out of it");
    const path = parts.join("/");
    for (let length = 1; length < parts.length; length++) {
      if (this.#links.has(parts.slice(0, length).join("/")))
        throw strange(member, "is written through a link");
    }
    switch (member.type) {
      case "Directory":
        if (this.#links.has(path) || this.#files.has(path)) throw strange(member, "is there twice");
        return;
      case "File":
      case "OldFile":
        this.#addOnce(member, path, this.#files);
        return;
      case "Link":
        if (!this.#files.has(segments(member.linkpath ?? "")?.join("/") ?? ""))
          throw strange(member, "is a second name of a file that is not there");
        this.#addOnce(member, path, this.#files);
        return;
      case "SymbolicLink":
        if (!linkStaysInside(path, member.linkpath ?? ""))
          throw strange(member, "is a link that leads out of it");
        this.#addOnce(member, path, this.#links);
        return;
      default:
        throw strange(member, `is a ${member.type}`);
    }
  }

  #addOnce(member: Member, path: string, set: Set<string>): void {
    if (path === "" || this.#files.has(path) || this.#links.has(path))
      throw strange(member, "is there twice");
    set.add(path);
  }
}

/** The names on a path, from the folder on; `undefined` where it could lead out of it. */
function segments(path: string): string[] | undefined {
  const parts = path
    .replace(/^(\.\/)+/, "")
    .replace(/\/+$/, "")
    .split("/");
  if (parts.length === 1 && (parts[0] === "" || parts[0] === "."))
    return path.startsWith("/") ? undefined : [];
  const isStrange = (part: string): boolean =>
    part === "" || part === "." || part === ".." || /[\0\\]/.test(part) || /^[A-Za-z]:/.test(part);
  return parts.some(isStrange) ? undefined : parts;
}

/**
 * Whether a link at `path` of a folder leads to what is in it. Steps up come first only: behind another name, `..` would lead up from wherever that name, if it is a link itself,
 * leads to.
 */
export function linkStaysInside(path: string, target: string): boolean {
  const link = path.split("/");
  if (target === "" || target.startsWith("/") || /[\0\\]/.test(target)) return false;
  const parts = target.replace(/\/+$/, "").split("/");
  const up = parts.findIndex((part) => part !== "..");
  const steps = up < 0 ? parts.length : up;
  if (steps > link.length - 1) return false;
  return parts.slice(steps).every((part) => part !== ".." && part !== "" && !/^[A-Za-z]:/.test(part));
}

function strange(member: Member, what: string): CacheFault {
  return new CacheFault(`a folder holds ${JSON.stringify(member.path)}, which ${what}`);
}
