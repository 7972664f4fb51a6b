import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import { unwritable } from "../../util/state/atomic-file.ts";

/** The longest path that a unix socket may have on macOS, which allows the least; Linux allows four more. */
const LONGEST_SOCKET = 103;

/** Where everything of one target lies, below `<stateDir>/targets/<name>`. */
export interface Layout {
  readonly folder: string;
  /** What shall be: written by whoever holds the target's lock. */
  readonly state: string;
  /** What runs: written by the proxy only. */
  readonly runtime: string;
  /** Request totals, so that they survive the proxy: written by the proxy only. */
  readonly counts: string;
  readonly locks: string;
  readonly releases: string;
  readonly proxyLog: string;
}

export function layoutOf(folder: string): Layout {
  return {
    folder,
    state: join(folder, "state.json"),
    runtime: join(folder, "runtime.json"),
    counts: join(folder, "counts.json"),
    locks: join(folder, "locks"),
    releases: join(folder, "releases"),
    proxyLog: join(folder, "proxy.log"),
  };
}

export function targetFolder(stateDir: string, name: string): string {
  return join(stateDir, "targets", name);
}

/** One release: `release.json`, its `files`, which are the working folder of its processes, and their `logs`. */
export interface ReleaseLayout {
  readonly folder: string;
  readonly record: string;
  readonly files: string;
  readonly logs: string;
}

export function releaseLayout(layout: Layout, revision: number): ReleaseLayout {
  return releaseLayoutIn(join(layout.releases, String(revision)));
}

export function releaseLayoutIn(folder: string): ReleaseLayout {
  return {
    folder,
    record: join(folder, "release.json"),
    files: join(folder, "files"),
    logs: join(folder, "logs"),
  };
}

export function replicaLog(release: ReleaseLayout, replica: number): string {
  return join(release.logs, `${replica}.log`);
}

/** The control socket: in the target's folder, or under the system's temporary folder where that path would be too long. */
export function socketPath(folder: string): string {
  const direct = join(folder, "control.sock");
  if (Buffer.byteLength(direct) <= LONGEST_SOCKET) return direct;
  const key = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const short = join(`sluice-${userId()}`, `${key}.sock`);
  const usual = join(tmpdir(), short);
  return Buffer.byteLength(usual) <= LONGEST_SOCKET ? usual : join("/tmp", short);
}

/** Makes the socket's folder and refuses one that others may enter: whoever reaches the socket steers the target. */
export async function makeSocketFolder(socket: string): Promise<void> {
  const folder = dirname(socket);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== userId() || (found.mode & 0o022) !== 0) {
    throw new SluiceError("STATE_UNWRITABLE", `${folder} is not a folder that only you may write to`, {
      path: folder,
      hint: `Remove it, or make it yours: chown and chmod 700 ${folder}.`,
    });
  }
}

/** Not `os.userInfo()`, which throws where the user has no entry, as in many containers. */
function userId(): number {
  return process.getuid?.() ?? 0;
}
