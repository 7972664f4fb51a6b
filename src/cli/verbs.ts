/** A flag of a verb. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly list?: boolean;
  readonly help: string;
}

export interface Verb {
  readonly name: string;
  readonly help: string;
  readonly operands: readonly { readonly name: string; readonly optional: boolean }[];
  readonly flags: readonly Flag[];
  /** Set where it has no use for the pipeline's params: they are no flags of it, and may be called what its flags are. */
  readonly paramless?: true;
}

const COMMON: readonly Flag[] = [
  {
    name: "state-dir",
    value: "DIR",
    help: "where runs, artifacts and local targets are kept (default .sluice)",
  },
  { name: "cwd", value: "DIR", help: "where the pipeline's relative paths start (default: its own folder)" },
  { name: "color", help: "colours even where the output is no terminal; --no-color for none" },
  { name: "help", short: "h", help: "this text" },
];

const RUN_LOOK: readonly Flag[] = [
  {
    name: "reporter",
    value: "NAME",
    list: true,
    help: "tty, plain, json, github or gitlab (default: what fits)",
  },
  { name: "junit", value: "FILE", help: "write the result as JUnit XML too" },
  { name: "concurrency", value: "N", help: "how much runs at once (default: the number of processors)" },
  { name: "yes", short: "y", help: "approve every approval, as one person: who runs it" },
  {
    name: "cache",
    value: "MODE",
    help: "what becomes of results of jobs with a cache: use, refresh or off (default use)",
  },
];
const DECISION: readonly Flag[] = [
  { name: "by", value: "NAME", help: "who decides (default: who set off the CI job, or the user)" },
  { name: "reason", value: "TEXT", help: "why; recorded and shown" },
];
const RUN = { name: "RUN", optional: false };
const BASE: Flag = { name: "base", value: "REF", help: "count changed files from REF" };
const OFFLINE: Flag = {
  name: "offline",
  help: "ask no target what a deploy would change there, and no remote cache",
};
const APP: Flag = { name: "app", value: "NAME", help: "which app, where the target holds several" };
const TARGET = [{ name: "TARGET", optional: false }];

/** The verbs, the default one first. The reference page is made from this table. */
export const VERBS: readonly Verb[] = [
  {
    name: "run",
    help: "compile the pipeline and run it (the default)",
    operands: [],
    flags: [
      {
        name: "only",
        value: "NODE",
        list: true,
        help: "run only this node or stage; its inputs come from an earlier run",
      },
      { name: "from", value: "NODE", help: "run this node and everything after it, in the same way" },
      {
        name: "run",
        value: "ID",
        help: "the id of the run; with --only and --from, the run to run a part of (default: a run of its own)",
      },
      ...RUN_LOOK,
      BASE,
      ...COMMON,
    ],
  },
  {
    name: "resume",
    help: "go on with a run that failed, was cut off or waited: what succeeded is not run again",
    operands: [{ name: "RUN", optional: true }],
    flags: [
      {
        name: "accept",
        help: "go on although the definition was changed, where all of the change is harmless, or another commit is checked out",
      },
      {
        name: "take-over",
        help: "take it from a process on another machine, which cannot be looked at: where that is gone for good",
      },
      ...RUN_LOOK,
      BASE,
      ...COMMON,
    ],
  },
  {
    name: "rerun",
    help: "a new run with the params of an earlier one",
    operands: [{ name: "RUN", optional: true }],
    flags: [
      { name: "failed", help: "run only what has not succeeded there; take the rest over" },
      {
        name: "accept",
        help: "go on although the definition was changed, where all of the change is harmless",
      },
      ...RUN_LOOK,
      BASE,
      ...COMMON,
    ],
  },
  {
    name: "runs",
    help: "the runs recorded, the newest first",
    operands: [],
    flags: [{ name: "json", help: "as JSON" }, ...COMMON],
  },
  {
    name: "show",
    help: "one run: how each node ended, and why",
    operands: [RUN],
    flags: [{ name: "json", help: "the run's events, one in a line" }, ...COMMON],
  },
  {
    name: "logs",
    help: "what the nodes of a run printed",
    operands: [RUN, { name: "NODE", optional: true }],
    paramless: true,
    flags: [
      { name: "follow", short: "f", help: "go on with what they print, until the run has ended" },
      ...COMMON,
    ],
  },
  {
    name: "clean",
    help: "forget old runs; those that are needed stay",
    operands: [],
    paramless: true,
    flags: [
      {
        name: "older-than",
        value: "AGE",
        help: "those that ended longer ago, for example 30d (default 30d, where no other limit is given)",
      },
      {
        name: "keep",
        value: "N",
        help: "but never the newest N (default 50, where no other limit is given)",
      },
      {
        name: "max-size",
        value: "SIZE",
        help: "and the oldest until the rest takes no more, for example 5GB",
      },
      { name: "dry-run", help: "say what would go, and change nothing" },
      { name: "json", help: "as JSON" },
      ...COMMON,
    ],
  },
  {
    name: "approve",
    help: "approve at a gate that a suspended run waits at; resume then goes on",
    operands: [RUN, { name: "GATE", optional: false }],
    flags: [...DECISION, ...COMMON],
  },
  {
    name: "reject",
    help: "reject at a gate that a suspended run waits at",
    operands: [RUN, { name: "GATE", optional: false }],
    flags: [...DECISION, ...COMMON],
  },
  {
    name: "flaky",
    help: "jobs and tests that passed and failed on the same commit, or passed only when they were tried again",
    operands: [],
    flags: [
      { name: "since", value: "AGE", help: "how old a run may be, for example 90d (default 30d)" },
      { name: "min-runs", value: "N", help: "leave out what was seen in fewer runs (default 1)" },
      { name: "json", help: "as JSON" },
      ...COMMON,
    ],
  },
  {
    name: "plan",
    help: "what would run, in order, and why; runs nothing",
    operands: [],
    flags: [
      {
        name: "json",
        help: "the Plan as JSON, with a forecast: what would run or come from the cache, and what deploys would change",
      },
      OFFLINE,
      BASE,
      ...COMMON,
    ],
  },
  {
    name: "graph",
    help: "draw the graph",
    operands: [],
    flags: [
      { name: "format", value: "FORMAT", help: "mermaid, dot, svg or json (default mermaid)" },
      { name: "out", short: "o", value: "FILE", help: "write to FILE instead of the terminal" },
      ...COMMON,
    ],
  },
  {
    name: "doctor",
    help: "whether a deploy could work: programs, secrets, credentials, the way to each target, permissions",
    operands: [{ name: "TARGET", optional: true }],
    flags: [{ name: "json", help: "as JSON" }, ...COMMON],
  },
  {
    name: "status",
    help: "what is live on the pipeline's targets",
    operands: [{ name: "TARGET", optional: true }],
    flags: [{ name: "json", help: "as JSON" }, ...COMMON],
  },
  {
    name: "history",
    help: "every revision that a target remembers, the newest first",
    operands: TARGET,
    flags: [APP, { name: "json", help: "as JSON" }, ...COMMON],
  },
  {
    name: "rollback",
    help: "take a target back to an earlier revision",
    operands: TARGET,
    flags: [
      { name: "to", value: "REVISION", help: "the revision (default: the one before the live one)" },
      APP,
      ...COMMON,
    ],
  },
  { name: "stop", help: "end everything that runs on a target", operands: TARGET, flags: [APP, ...COMMON] },
];
