import type { Pipeline } from "../builder/index.ts";
import { isSluiceError, messageOf } from "../errors/index.ts";
import { targetNames, targetStatus, targetStatuses } from "../host/targets.ts";
import type { RevisionStatus, TargetStatus } from "../ports/index.ts";
import type { Command } from "./arguments.ts";
import { shown, targetOptions, titleOf } from "./target-options.ts";
import type { Terminal } from "./terminal.ts";

/** A target that could not be looked at; the others are shown all the same. */
interface Unseen {
  readonly target: string;
  readonly error: unknown;
}

export async function performStatus(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const options = targetOptions(command, terminal);
  const [only] = command.operands;
  const look = (name: string): Promise<readonly TargetStatus[]> => targetStatuses(pipe, name, options);
  const found =
    only === undefined
      ? await Promise.all(
          targetNames(pipe, options).map((target) =>
            look(target).catch((error: unknown): readonly Unseen[] => [{ target, error }]),
          ),
        )
      : [await look(only)];
  const all: readonly (TargetStatus | Unseen)[] = found.flat();
  const text =
    command.flags["json"] === true
      ? JSON.stringify(all.map(jsonOf), undefined, 2)
      : all.map(textOf).join("\n\n") || "The pipeline deploys nothing with these params.";
  terminal.out.write(`${text}\n`);
  return all.some((one) => "error" in one) ? 1 : 0;
}

function textOf(one: TargetStatus | Unseen): string {
  if (!("error" in one)) return statusText(one);
  const { target, error } = one;
  return `${target}  cannot be looked at: ${isSluiceError(error) ? error.describe() : messageOf(error)}`;
}

function jsonOf(one: TargetStatus | Unseen): object {
  if (!("error" in one)) return one;
  const { target, error } = one;
  const hint = isSluiceError(error) ? error.hint : undefined;
  return { target, failure: { message: messageOf(error), ...(hint === undefined ? {} : { hint }) } };
}

export async function performHistory(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const [name = ""] = command.operands;
  const { history } = await targetStatus(pipe, name, targetOptions(command, terminal));
  const lines = history.map((one) => `${one.state.padEnd(9)}  ${revisionText(one)}`);
  const text =
    command.flags["json"] === true
      ? JSON.stringify(history, undefined, 2)
      : lines.join("\n") || `Nothing was ever released to ${shown(name, command)}.`;
  terminal.out.write(`${text}\n`);
  return 0;
}

function statusText(status: TargetStatus): string {
  const lines = [`${titleOf(status.target, status.app)}${status.url === undefined ? "" : `  ${status.url}`}`];
  if (status.stable === undefined) lines.push("  nothing is live");
  else lines.push(`  live       ${revisionText(status.stable)}`);
  if (status.candidate !== undefined) {
    lines.push(`  candidate  ${revisionText(status.candidate)}, ${status.weight} % of the traffic`);
  }
  const older = status.history.filter((one) => one.state === "retired" || one.state === "aborted");
  for (const one of older.slice(0, 5)) lines.push(`  ${one.state.padEnd(9)}  ${revisionText(one)}`);
  return lines.join("\n");
}

function revisionText(one: RevisionStatus): string {
  const when = new Date(one.createdAt).toISOString().slice(0, 19).replace("T", " ");
  const ready = one.state === "live" || one.state === "candidate" ? `, ${one.ready} ready` : "";
  return `revision ${one.revision}  ${one.digest.slice(7, 19)}  ${when}  run ${one.run}${ready}`;
}
