import { messageOf, SluiceError } from "../errors/index.ts";
import type { SkipReason } from "../model/index.ts";
import { attempt } from "./attempt.ts";
import type { Course } from "./course.ts";
import { attemptEnded } from "./ending.ts";
import { NodeRun, type NodeHost } from "./node-run.ts";
import { skip, skipReason } from "./skipping.ts";
import { halt } from "./stopping.ts";
import type { EngineInput } from "./types.ts";

/** Everything that a node waits for has ended: decides whether it runs. */
export function consider(course: Course, index: number): void {
  const { input, standing, results } = course;
  // What a stop left unstarted is skipped, with its reason, when the run winds down.
  if (standing.halted !== undefined && !course.inFinally(index)) return;
  const node = course.node(index);
  let reason: SkipReason | undefined;
  try {
    reason = skipReason(node, course.stage(index), results.of, input.leaf, results);
  } catch (error) {
    // A condition that cannot be judged must not look like one that does not hold.
    const why = `the condition of ${node.id} could not be judged: ${messageOf(error)}`;
    standing.failed(why);
    halt(course, why);
    reason = { kind: "stopped", text: why };
  }
  if (reason !== undefined) skip(course, index, reason);
  else {
    course.records.add({ type: "node.ready", at: course.now(), node: node.id });
    course.resources.enqueue(index);
  }
}

/** Starts all nodes for which there is room, after one commit of their records. False where there is none. */
export function launchNext(course: Course, host: NodeHost): boolean {
  const { resources, input } = course;
  const { nodes } = input.plan;
  const batch: NodeRun[] = [];
  for (let index = resources.take(nodes); index !== -1; index = resources.take(nodes))
    batch.push(begin(course, host, index));
  if (batch.length === 0) return false;
  const committed = keepStarts(course, batch);
  if (committed === undefined) attemptAll(course, batch);
  else {
    void committed.then(() => {
      attemptAll(course, batch);
      course.pump();
    });
  }
  return true;
}

function begin(course: Course, host: NodeHost, index: number): NodeRun {
  const node = course.node(index);
  const before = course.results.at(index);
  const number = before?.state === "failed" ? before.attempts + 1 : 1;
  const run = new NodeRun(host, node, index, number, course.now());
  course.busy++;
  course.running.set(index, run);
  course.records.add({ type: "node.started", at: run.began, node: node.id, attempt: number });
  return run;
}

function attemptAll(course: Course, batch: readonly NodeRun[]): void {
  const { input, results } = course;
  for (const run of batch) {
    const stopped = run.abortReason ?? course.records.fault;
    if (stopped !== undefined) {
      attemptEnded(course, run, { kind: "failed", error: stopped });
      continue;
    }
    const compiled = input.nodes[run.index];
    if (compiled === undefined)
      throw new SluiceError("INTERNAL", `node ${run.node.id} has nothing that runs it`);
    attempt(compiled, run, results, input, (result) => {
      attemptEnded(course, run, result);
      course.pump();
    });
  }
}

/**
 * Has the starts, and all ends before them, kept as well as what is started asks for. Only what acts on the world waits
 * for the disk: where a command runs again that had ended just before a power cut, nothing but time is lost. It is not
 * waited for, and so costs a chain of short commands nothing, but it is asked for at once.
 */
function keepStarts({ records, input }: Course, batch: readonly NodeRun[]): Promise<void> | undefined {
  if (batch.some(({ node }) => node.effects)) return records.sync();
  if (batch.some((run) => isCommand(run, input))) void records.sync();
  return records.commit();
}

function isCommand({ node }: NodeRun, { cache }: EngineInput): boolean {
  // A job that is looked up first does nothing until it is known that it must run; see `throughCache`.
  if (node.cache !== null && cache !== undefined) return false;
  return node.kind === "job" && node.uses !== "function";
}
