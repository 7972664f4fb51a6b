import type { Plan } from "../model/index.ts";
import type { Answer, Question, Reporter } from "../ports/index.ts";
import { personOf } from "../gates/approval-standing.ts";
import type { Terminal } from "./terminal.ts";
import { whoIsThere } from "./who.ts";

/** Answers every approval as who runs the command, and as nobody else: where several must approve, as one of them. */
export function sayYes(env: Terminal["env"]): {
  readonly by: string;
  readonly approve: (question: Question) => Promise<Answer | undefined>;
} {
  const by = whoIsThere(env) ?? `user ${process.getuid?.() ?? "unknown"}`;
  return {
    by,
    approve: ({ approvedBy = [] }) =>
      Promise.resolve(
        approvedBy.some((one) => personOf(one) === personOf(by))
          ? undefined
          : { approved: true, by, reason: "--yes" },
      ),
  };
}

/** Says before anything runs where `--yes` will not be enough. */
export function warnOfOthers(by: string, terminal: Terminal): Reporter {
  return {
    start: ({ plan }) => {
      for (const { id, approvers } of shared(plan)) {
        terminal.err.write(
          `warning: ${id} needs ${approvers} different people, and --yes answers as ${by} alone: the run will wait there\n`,
        );
      }
    },
    event: () => undefined,
  };
}

/** The approvals that one person cannot give. */
function shared({ nodes }: Plan): readonly { readonly id: string; readonly approvers: number }[] {
  return nodes.flatMap((node) => {
    if (node.uses !== "gate:approval") return [];
    const { check } = node.with as { readonly check: { readonly approvers: number } };
    return check.approvers > 1 ? [{ id: node.id, approvers: check.approvers }] : [];
  });
}
