import type { Answer, Decision } from "../ports/index.ts";

/** What an approval asks for. */
export interface ApprovalRules {
  /** How many different people must approve. */
  readonly approvers: number;
  /** Milliseconds in which an answer counts; null is without limit. */
  readonly expires: number | null;
}

/** What the decisions at an approval come to so far. */
export interface ApprovalStanding {
  /** The first who rejected in time. */
  readonly rejection: Answer | undefined;
  /** One for each person who approved in time, in order. */
  readonly approvals: readonly Answer[];
  /** How many more people must approve. */
  readonly missing: number;
  /** Until when an answer counts: milliseconds since 1970, `Infinity` for ever. */
  readonly deadline: number;
}

/** `since` is when it was first asked: milliseconds since 1970. */
export function approvalStanding(
  { approvers, expires }: ApprovalRules,
  decisions: readonly Decision[],
  since: number,
): ApprovalStanding {
  const deadline = since + (expires ?? Infinity);
  // What was said too late does not count, what was said in time does, however late it is read.
  const inTime = decisions.filter((one) => one.at <= deadline);
  const people = new Map<string, Answer>();
  for (const one of inTime)
    if (one.approved && !people.has(personOf(one.by))) people.set(personOf(one.by), one);
  const rejection = inTime.find((one) => !one.approved);
  return {
    rejection,
    approvals: [...people.values()],
    missing: Math.max(0, approvers - people.size),
    deadline,
  };
}

/** Names that differ only in capitals or spaces are one person's: counted twice they would let one decide for two. */
export function personOf(by: string): string {
  return by.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}
