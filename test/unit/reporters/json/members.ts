import type { Artifact, Failure, Figure, SignalReport } from "../../../../src/model/index.ts";
import { JSON_EVENT_VERSION, type JsonEvent } from "../../../../src/reporters/json.ts";
import { unreachable } from "../../../../src/util/unreachable.ts";

type Kind = "required" | "optional";

/** Names every member of `T`, and whether it may be missing: leaving one out, or adding one, does not compile. */
export type MembersOf<T> = { readonly [K in keyof T]-?: undefined extends T[K] ? "optional" : "required" };

/** Makes one object type of an intersection, so that optional members are seen as such. */
type Of<Type extends JsonEvent["type"]> = MembersOf<Extract<JsonEvent, { type: Type }>>;

const EVENT = { v: "required", type: "required", at: "required" } as const;
const NODE = { ...EVENT, node: "required" } as const;

/** The members of each variant; a variant that is added to the union does not compile without its own here. */
export const MEMBERS: { readonly [Type in JsonEvent["type"]]: Of<Type> } = {
  "run.started": {
    ...EVENT,
    run: "required",
    pipeline: "required",
    fingerprint: "required",
    params: "required",
    nodes: "required",
    commit: "required",
    branch: "required",
    owner: "optional",
    resumed: "optional",
    partial: "optional",
    only: "optional",
    answers: "optional",
  },
  "run.finished": {
    ...EVENT,
    state: "required",
    duration: "required",
    reason: "required",
    partial: "optional",
    owner: "optional",
  },
  warning: { ...EVENT, message: "required", node: "optional" },
  "node.ready": NODE,
  "node.started": { ...NODE, attempt: "required" },
  "node.log": { ...NODE, stream: "required", text: "required" },
  "node.retrying": { ...NODE, attempt: "required", delay: "required", failure: "required" },
  "node.succeeded": {
    ...NODE,
    attempt: "required",
    duration: "required",
    output: "optional",
    artifacts: "optional",
    baseline: "optional",
    flaky: "required",
    from: "optional",
  },
  "node.failed": { ...NODE, attempt: "required", duration: "required", failure: "required" },
  "node.skipped": { ...NODE, reason: "required" },
  "node.cancelled": { ...NODE, duration: "required", reason: "required" },
  "node.suspended": { ...NODE, reason: "required" },
  "cache.checked": { ...NODE, hit: "required", key: "optional", reason: "required" },
  "tests.reported": { ...NODE, tests: "required" },
  "artifact.stored": { ...NODE, artifact: "required" },
  "gate.judged": { ...NODE, ok: "required", figures: "required", summary: "required" },
  "gate.waiting": { ...NODE, question: "required" },
  "gate.decided": { ...NODE, approved: "required", by: "required", reason: "optional" },
  "rollout.started": {
    ...NODE,
    target: "required",
    strategy: "required",
    revision: "required",
    from: "optional",
  },
  "rollout.weight": { ...NODE, target: "required", weight: "required", step: "required", steps: "required" },
  "rollout.analysis": { ...NODE, target: "required", outcome: "required", signals: "required" },
  "rollout.promoted": { ...NODE, target: "required", release: "required" },
  "rollout.aborting": { ...NODE, target: "required", reason: "required", refused: "optional" },
  "rollout.aborted": { ...NODE, target: "required", reason: "required", restored: "optional" },
  "rollout.held": { ...NODE, target: "required", weight: "required", reason: "required" },
};

/** The members of the parts that events are made of. */
export const PARTS = {
  Failure: {
    code: "required",
    message: "required",
    hint: "optional",
    class: "required",
    exitCode: "optional",
    signal: "optional",
    source: "optional",
  } satisfies MembersOf<Failure>,
  Artifact: {
    name: "required",
    digest: "required",
    path: "required",
    size: "required",
    files: "required",
  } satisfies MembersOf<Artifact>,
  Figure: {
    name: "required",
    value: "required",
    unit: "optional",
    max: "optional",
    min: "optional",
    previous: "optional",
    ok: "required",
  } satisfies MembersOf<Figure>,
  Signal: {
    name: "required",
    outcome: "required",
    text: "required",
    candidate: "optional",
    baseline: "optional",
    unit: "optional",
    samples: "optional",
  } satisfies MembersOf<SignalReport>,
};

/** What is wrong with a line of the `json` reporter; empty where nothing is. */
export function problemsOf(line: string): readonly string[] {
  const { v, type } = JSON.parse(line) as { readonly v: unknown; readonly type: string };
  const members = Object.entries(MEMBERS).find(([name]) => name === type)?.[1] as
    Readonly<Record<string, Kind>> | undefined;
  if (members === undefined) return [`unknown type ${type}`];
  const event = JSON.parse(line) as JsonEvent;
  const problems = v === JSON_EVENT_VERSION ? [] : [`v is ${String(v)}`];
  for (const [name, kind] of Object.entries(members)) {
    if (kind === "required" && !(name in event)) problems.push(`${event.type} lacks ${name}`);
  }
  for (const name of Object.keys(event))
    if (!(name in members)) problems.push(`${event.type} has an undocumented ${name}`);
  return [...problems, ...partProblems(event)];
}

/** The same for the parts that the event holds. */
function partProblems(event: JsonEvent): readonly string[] {
  switch (event.type) {
    case "node.retrying":
    case "node.failed":
      return part("Failure", event.failure);
    case "node.succeeded":
      return (event.artifacts ?? []).flatMap((artifact) => part("Artifact", artifact));
    case "artifact.stored":
      return part("Artifact", event.artifact);
    case "gate.judged":
      return event.figures.flatMap((figure) => part("Figure", figure));
    case "rollout.analysis":
      return event.signals.flatMap((signal) => part("Signal", signal));
    case "run.started":
    case "run.finished":
    case "warning":
    case "node.ready":
    case "node.started":
    case "node.log":
    case "node.skipped":
    case "node.cancelled":
    case "node.suspended":
    case "cache.checked":
    case "tests.reported":
    case "gate.waiting":
    case "gate.decided":
    case "rollout.started":
    case "rollout.weight":
    case "rollout.promoted":
    case "rollout.aborting":
    case "rollout.aborted":
    case "rollout.held":
      return [];
    default:
      return unreachable(event);
  }
}

function part(name: keyof typeof PARTS, value: object): readonly string[] {
  const members: Readonly<Record<string, Kind>> = PARTS[name];
  const missing = Object.keys(members).filter(
    (member) => members[member] === "required" && !(member in value),
  );
  const unknown = Object.keys(value).filter((member) => !(member in members));
  return [
    ...missing.map((member) => `${name} lacks ${member}`),
    ...unknown.map((member) => `${name} has an undocumented ${member}`),
  ];
}
