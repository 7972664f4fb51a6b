import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { Answer } from "../ports/index.ts";
import { historyOf } from "./history.ts";
import { openStore, type StateOptions } from "./store.ts";

/** Records that somebody approves or rejects at a gate of a suspended run. */
export async function decideGate(
  pipe: Pipeline,
  run: string,
  gate: string,
  answer: Answer,
  options: StateOptions,
): Promise<{ readonly node: string }> {
  if (answer.by.trim() === "") {
    throw new SluiceError("USAGE", "a decision needs a name", { hint: "Say who decides: --by NAME." });
  }
  const store = await openStore(pipe, options);
  const history = historyOf(await store.read(run));
  const waiting = [...history.nodes].flatMap(([id, end]) => (end.type === "node.suspended" ? [id] : []));
  const node = waiting.find((id) => id === gate) ?? waiting.find((id) => id.split("/").at(-1) === gate);
  if (history.state !== "suspended" || node === undefined) {
    const hint =
      waiting.length === 0 ? "Nothing of it waits for an answer." : `It waits at: ${waiting.join(", ")}.`;
    throw new SluiceError(
      "RUN_OVER",
      `run ${run} (${history.state}) does not wait for an answer at "${gate}"`,
      { hint },
    );
  }
  const recorder = await store.append(run);
  try {
    const { approved, by, reason } = answer;
    recorder.append({
      type: "gate.decided",
      at: Date.now(),
      node,
      approved,
      by,
      ...(reason === undefined ? {} : { reason }),
    });
    await recorder.sync();
  } finally {
    await recorder.close();
  }
  return { node };
}
