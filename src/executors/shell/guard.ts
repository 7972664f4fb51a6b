import { spawn, type ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";
import type { ProcessGuard } from "../../ports/index.ts";
import { COOKIE_VARIABLE } from "./sweep.ts";

/**
 * Keeps a list of process groups, a line for each change: `+` or `-` and the group's number. Its input ends when the
 * pipeline's process does, however that happens; it then ends the groups that are left, with two seconds between
 * SIGTERM and SIGKILL. Where no `q` came before, that was sudden, and a job may have been started that is on no list yet:
 * on Linux it is found by its environment, which names its parent. A process shows that only once it runs its program,
 * so it is looked for a few times. Written for any POSIX shell.
 */
const SCRIPT = `
set -f
trap '' HUP INT TERM
groups=' '
sudden=yes
parent=$1
strays() {
  [ $sudden = yes ] || return
  set +f
  for file in $(grep -ls "${COOKIE_VARIABLE}=[A-Za-z0-9._/-]*/$parent[.]" /proc/[0-9]*/environ); do
    id=\${file#/proc/}
    echo "\${id%/environ}"
  done
  set -f
}
while read -r line; do
  id=\${line#?}
  case $line in
  +*) groups="$groups$id " ;;
  -*) case $groups in *" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;; esac ;;
  q) sudden=no ;;
  esac
done
for id in $groups; do kill -TERM -"$id"; kill -CONT -"$id"; done
for id in $(strays); do kill -TERM "$id"; kill -CONT "$id"; done
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  left=' '
  for id in $groups; do kill -0 -"$id" && left="$left$id "; done
  groups=$left
  if [ "$groups" = ' ' ] && [ -z "$(strays)" ]; then
    [ $sudden = no ] && exit 0
    [ $round -gt 10 ] && exit 0
  fi
  sleep 0.1
done
for id in $groups; do kill -KILL -"$id"; done
for id in $(strays); do kill -KILL "$id"; done
`;

/** Milliseconds that a removal may wait, so that where jobs follow each other the keeper wakes once for each of them. */
const PATIENCE = 100;

/**
 * Makes a guard that ends process groups even when this process is killed with SIGKILL. It is one small `sh` process
 * in a session of its own, started before the first group, which costs this process nothing while it waits. Where there
 * is no `sh`, groups are not guarded.
 *
 * @example
 * ```ts
 * const guard = createProcessGuard();
 * guard.add(child.pid); // child was spawned with `detached: true`
 * guard.remove(child.pid);
 * guard.close();
 * ```
 */
export function createProcessGuard(): ProcessGuard & { close(): void } {
  const groups = new Set<number>();
  let keeper: ChildProcess | undefined;
  let useless = false;
  /** Lines that can wait for the next one: it is only what is added that must be known at once. */
  let pending = "";
  let timer: NodeJS.Timeout | undefined;

  const tell = (text: string): void => {
    const lines = pending + text;
    pending = "";
    if (lines !== "") keeper?.stdin?.write(lines);
  };
  const start = (): void => {
    // Its own idea of its parent is wrong where that dies before it has come to ask.
    const child = spawn("sh", ["-c", SCRIPT, "sluice", String(process.pid)], {
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const lost = (): void => {
      if (keeper === child) keeper = undefined;
    };
    child.on("exit", lost).on("error", () => {
      // There is no sh here, and there will be none for the next group.
      useless = true;
      lost();
    });
    child.stdin.on("error", lost);
    // Neither the process nor the pipe to it may keep this process running.
    child.unref();
    (child.stdin as Writable & { unref(): void }).unref();
    keeper = child;
    // The whole list: after a keeper that somebody killed, the next one knows what it knew.
    pending = "";
    tell(Array.from(groups, (group) => `+${group}\n`).join(""));
  };

  return {
    prepare() {
      if (!useless && keeper === undefined) start();
    },
    add(group) {
      groups.add(group);
      if (useless) return;
      if (keeper === undefined) start();
      else tell(`+${group}\n`);
    },
    remove(group) {
      if (!groups.delete(group) || keeper === undefined) return;
      pending += `-${group}\n`;
      timer ??= setTimeout(() => {
        timer = undefined;
        tell("");
      }, PATIENCE).unref();
    },
    /** Ends the groups that are still on the list. */
    close() {
      useless = true;
      clearTimeout(timer);
      tell("");
      keeper?.stdin?.end("q\n");
      keeper = undefined;
    },
  };
}
