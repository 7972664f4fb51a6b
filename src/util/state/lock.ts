import { randomBytes } from "node:crypto";
import { link, readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { codeOf } from "../../errors/index.ts";
import { machineName } from "../process/machine.ts";
import { isAlive, thisProcess, type ProcessIdentity } from "../process/identity.ts";
import { Reader } from "./reader.ts";
import { corrupt, makeFolder, readJson, unwritable, writeDurably } from "./atomic-file.ts";

/** Who holds a lock, or held it last. */
export interface LockRecord {
  readonly owner: ProcessIdentity;
  /** See {@link machineName}. */
  readonly machine: string;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What the owner says about itself: its run, its socket. */
  readonly note: Readonly<Record<string, string>>;
  readonly released: boolean;
}

export interface Lock {
  release(): Promise<void>;
}

export type LockAttempt =
  | { readonly taken: true; readonly lock: Lock }
  | { readonly taken: false; readonly holder: LockRecord; readonly file: string };

export interface LockOptions {
  /** Take it from an owner on another machine, where it cannot be looked at. @defaultValue false */
  readonly takeOver?: boolean;
}

/**
 * Takes the lock `name` in `folder`, or says who has it. The lock of an owner that is provably dead is taken over.
 *
 * A lock is a file `<name>.<n>`; the highest `n` counts. Taking it is the exclusive creation of the next number, so of
 * two that find the same dead owner only one can follow it, and nobody ever removes a file that another relies on.
 */
export async function takeLock(
  folder: string,
  name: string,
  note: Readonly<Record<string, string>>,
  { takeOver = false }: LockOptions = {},
): Promise<LockAttempt> {
  await makeFolder(folder);
  const owner = thisProcess();
  const record: LockRecord = {
    owner,
    machine: machineName(),
    host: hostname(),
    since: Date.now(),
    note,
    released: false,
  };
  for (;;) {
    const top = (await generations(folder, name)).at(-1) ?? 0;
    const holder = top === 0 ? undefined : await readRecord(join(folder, `${name}.${top}`));
    if (top > 0 && holder === undefined) continue; // removed in between, so something else counts now
    if (holder !== undefined && isHeld(holder) && !(takeOver && isElsewhere(holder)))
      return { taken: false, holder, file: join(folder, `${name}.${top}`) };
    const mine = top + 1;
    if (!(await create(folder, `${name}.${mine}`, record))) continue;
    const now = await generations(folder, name);
    if (now.some((generation) => generation > mine)) {
      await rm(join(folder, `${name}.${mine}`), { force: true });
      continue;
    }
    for (const generation of now) {
      if (generation < mine) await rm(join(folder, `${name}.${generation}`), { force: true });
    }
    return {
      taken: true,
      lock: { release: () => replace(folder, `${name}.${mine}`, { ...record, released: true }) },
    };
  }
}

/** The live holder of a lock and its file, without taking it. */
export async function lockHolder(
  folder: string,
  name: string,
): Promise<{ readonly holder: LockRecord; readonly file: string } | undefined> {
  const top = (await generations(folder, name)).at(-1);
  const file = join(folder, `${name}.${top ?? 0}`);
  const holder = top === undefined ? undefined : await readRecord(file);
  return holder !== undefined && isHeld(holder) ? { holder, file } : undefined;
}

/** Whether the holder is on another machine, where it cannot be looked at. */
export function isElsewhere(record: LockRecord): boolean {
  return record.machine !== machineName();
}

/** An owner that cannot be looked at may live, so its lock counts as held. */
function isHeld(record: LockRecord): boolean {
  return !record.released && (isElsewhere(record) || isAlive(record.owner));
}

async function generations(folder: string, name: string): Promise<readonly number[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw unwritable(folder, cause);
  }
  const numbers = names.flatMap((file) => {
    const number = file.startsWith(`${name}.`) ? Number(file.slice(name.length + 1)) : Number.NaN;
    return Number.isSafeInteger(number) ? [number] : [];
  });
  return numbers.sort((a, b) => a - b);
}

/** Creates the file with its content in one step, or says false where it exists. */
async function create(folder: string, name: string, record: LockRecord): Promise<boolean> {
  const draft = join(folder, `draft-${randomBytes(8).toString("hex")}`);
  try {
    await writeDurably(draft, JSON.stringify(record));
    await link(draft, join(folder, name));
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw unwritable(join(folder, name), cause);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function replace(folder: string, name: string, record: LockRecord): Promise<void> {
  const draft = join(folder, `draft-${randomBytes(8).toString("hex")}`);
  try {
    await writeDurably(draft, JSON.stringify(record));
    await rename(draft, join(folder, name));
  } catch {
    // A full disk takes no new file, but lets one go.
    await rm(draft, { force: true }).catch(() => undefined);
    await rm(join(folder, name), { force: true }).catch((cause: unknown) => {
      throw unwritable(join(folder, name), cause);
    });
  }
}

async function readRecord(file: string): Promise<LockRecord | undefined> {
  const value = await readJson(file);
  if (value === undefined) return undefined;
  const read = new Reader((problem) => corrupt(file, `makes no sense: ${problem}`));
  const record = read.object(value, "lock");
  const owner = read.object(record["owner"], "owner");
  return {
    owner: {
      pid: read.integer(owner["pid"], "owner.pid", 1),
      start: read.text(owner["start"], "owner.start"),
    },
    machine: read.text(record["machine"], "machine"),
    host: read.text(record["host"], "host"),
    since: read.integer(record["since"], "since"),
    note: read.map(record["note"], "note", (value, at) => read.text(value, at)),
    released: read.boolean(record["released"], "released"),
  };
}
