import type { Command } from "../lib/measure.ts";
import type { Work, WorkloadName } from "./work.ts";

/** A folder of its own in which a peer finds a project, with what was installed for it. */
export interface Site {
  readonly root: string;
  /** Where the peer was installed: a folder with `node_modules`, unless it is a program of the system. */
  readonly installed: string;
  write(path: string, text: string): void;
  /** Makes the folder a git repository with one commit of everything in it, for peers that demand one. */
  commit(): Promise<void>;
}

/** A program of the system. Where it is missing and there is apt, it is unpacked into the cache, not installed. */
export interface Program {
  readonly file: string;
  /** Prints the version. */
  readonly args: readonly string[];
  readonly version: RegExp;
  /** The Debian package that has it. */
  readonly debian: string;
}

/** A tool or a library that Sluice is set beside, or Sluice, or the least that Node can do. */
export interface Peer {
  readonly name: string;
  readonly kind: "bound" | "ours" | "peer";
  /** Exact. For a program of the system: the one that the figures in the docs were taken with. */
  readonly version: string;
  /** npm packages that it needs, with exact versions. They never become part of this repository's package.json. */
  readonly packages?: Readonly<Record<string, string>>;
  /** The program of the system that it is. */
  readonly program?: Program;
  /** Programs of the system that it cannot do without. */
  readonly needs?: readonly Program[];
  /** How it is used here, and what it does not do that Sluice does in the same time. */
  readonly note: string;
  /** Workloads that it is left out of, with the reason. */
  readonly without: Partial<Readonly<Record<WorkloadName, string>>>;
  /** Workloads in which it runs no jobs that could be checked. */
  readonly unchecked?: readonly WorkloadName[];
  /** Writes the project for a graph of commands and says how a run is started. */
  project?(site: Site, work: Work): Command | Promise<Command>;
  /** Text of a module that exports `run(graph, task, concurrency)`, for functions in the same process. */
  readonly functions?: string;
}
