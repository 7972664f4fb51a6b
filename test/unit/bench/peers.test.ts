import { describe, expect, test } from "vitest";
import { selected } from "../../../bench/peers/cli.ts";
import { gitlabJobs } from "../../../bench/peers/gitlab-ci-local.ts";
import { OWN, PEERS } from "../../../bench/peers/index.ts";
import { makefile } from "../../../bench/peers/make.ts";
import { moonProject } from "../../../bench/peers/moon.ts";
import { ninjaFile } from "../../../bench/peers/ninja.ts";
import { nxProject } from "../../../bench/peers/nx.ts";
import { workFile } from "../../../bench/peers/programs.ts";
import { turboPackage, turboTasks } from "../../../bench/peers/turbo.ts";
import { wireitPackage } from "../../../bench/peers/wireit.ts";
import { argvOf, type Work, WORKLOADS, workOf } from "../../../bench/peers/work.ts";

/** Commands and edges as a peer's project has them. */
type Project = Map<string, { needs: readonly string[]; command: string | undefined }>;

const entries = <T>(
  all: Record<string, T>,
  read: (one: T, id: string) => { needs: readonly string[]; command: string | undefined },
): Project =>
  new Map(
    Object.entries(all).flatMap(([id, one]) => (/^n\d+$/.test(id) ? [[id, read(one, id)] as const] : [])),
  );

const words = (text: string | undefined): string[] => (text ?? "").split(" ").filter(Boolean);

/** How the project of each peer reads. Libraries and Sluice all read `work.json`. */
const READERS: Record<string, (work: Work) => Project> = {
  make: (work) =>
    new Map(
      [...makefile(work).matchAll(/^(n\d+):(.*)\n\t(.*)$/gm)].map(([, id = "", needs, command]) => [
        id,
        { needs: words(needs), command },
      ]),
    ),
  ninja: (work) =>
    new Map(
      [...ninjaFile(work).matchAll(/^build (n\d+): run(.*)\n {2}cmd = (.*)$/gm)].map(
        ([, id = "", needs, command]) => [id, { needs: words(needs), command }],
      ),
    ),
  wireit: (work) =>
    entries(
      wireitPackage(work).wireit as Record<string, { dependencies?: string[]; command?: string }>,
      (one) => ({
        needs: one.dependencies ?? [],
        command: one.command,
      }),
    ),
  turbo: (work) => {
    const scripts = turboPackage(work).scripts as Record<string, string>;
    return entries(turboTasks(work).tasks as Record<string, { dependsOn?: string[] }>, (one, id) => ({
      needs: one.dependsOn ?? [],
      command: scripts[id],
    }));
  },
  nx: (work) =>
    entries(nxProject(work).targets as Record<string, { dependsOn?: string[]; command?: string }>, (one) => ({
      needs: one.dependsOn ?? [],
      command: one.command,
    })),
  moon: (work) =>
    entries(
      moonProject(work).tasks as Record<string, { deps: string[]; command?: string; script?: string }>,
      (one) => ({
        needs: one.deps.map((need) => need.replace("~:", "")),
        command: one.command ?? one.script,
      }),
    ),
  "gitlab-ci-local": (work) =>
    entries(
      gitlabJobs(work) as unknown as Record<string, { needs: string[]; script: string[] }>,
      ({ needs, script }) => ({ needs, command: script.join("\n") }),
    ),
  libraries: (work) => {
    const { jobs } = workFile(work);
    return new Map(
      jobs.map(({ id, needs, command }) => [
        id,
        { needs: needs.map((need) => jobs[need]?.id ?? "?"), command },
      ]),
    );
  },
};

describe.each(["W1", "W2", "W3", "W4"] as const)("%s", (workload) => {
  test.each(Object.keys(READERS))("%s gets the same jobs, commands and edges", (name) => {
    for (const work of [workOf(workload, "lines"), workOf(workload, "lines", "/tmp/trace")]) {
      const project = READERS[name]?.(work) ?? new Map<never, never>();
      expect(project.size).toBe(work.jobs.length);
      for (const { id, needs, command } of work.jobs) expect(project.get(id)).toEqual({ needs, command });
    }
  });
});

test("every tool among the peers has a reader here", () => {
  const tools = PEERS.filter((peer) => peer.project !== undefined && peer.functions === undefined);
  expect(tools.map(({ name }) => name).sort()).toEqual(
    Object.keys(READERS)
      .filter((n) => n !== "libraries")
      .sort(),
  );
});

test("versions are exact", () => {
  for (const peer of PEERS)
    for (const [name, version] of Object.entries(peer.packages ?? {}))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
});

test("each peer takes part in a workload or says why not", () => {
  for (const peer of [...OWN, ...PEERS])
    for (const workload of WORKLOADS) {
      const can = workload.startsWith("W5") ? peer.functions !== undefined : peer.project !== undefined;
      expect(can || peer.without[workload] !== undefined, `${peer.name} in ${workload}`).toBe(true);
    }
});

test("a single word needs no shell, anything more does", () => {
  expect(argvOf("true")).toEqual(["true"]);
  expect(argvOf("cat /tmp/lines.txt")).toEqual(["cat", "/tmp/lines.txt"]);
  expect(argvOf("echo a >> b; true")).toEqual(["sh", "-c", "echo a >> b; true"]);
});

describe("words of the command line", () => {
  test("none are all", () => {
    expect(selected([])).toEqual({ peers: [...OWN, ...PEERS], workloads: [...WORKLOADS] });
  });
  test("peers and workloads in any order; W5 is all its sizes; our own rows are always there", () => {
    const { peers, workloads } = selected(["W5", "make", "W1", "turbo"]);
    expect(peers.map(({ name }) => name)).toEqual([...OWN.map(({ name }) => name), "make", "turbo"]);
    expect(workloads).toEqual(["W1", "W5-1k", "W5-10k", "W5-100k"]);
  });
  test("another word is refused", () => {
    expect(() => selected(["mkae"])).toThrow(/neither a peer nor a workload: mkae\nPeers are make, ninja/);
    expect(() => selected(["W9"])).toThrow("W9");
  });
});
