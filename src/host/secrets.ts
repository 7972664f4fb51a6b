import { once } from "node:events";
import { messageOf, SluiceError } from "../errors/index.ts";
import type { Plan } from "../model/index.ts";
import type { SecretContext, SecretSource } from "../ports/index.ts";

/**
 * The values of the secrets that the selected nodes name. All are asked for side by side; all that are missing are
 * reported at once.
 *
 * @throws SluiceError `SECRET_MISSING`
 */
export async function resolveSecrets(
  plan: Plan,
  sources: ReadonlyMap<string, SecretSource>,
  selection: ReadonlySet<string> | undefined,
  context: SecretContext,
): Promise<ReadonlyMap<string, string>> {
  const names = new Set<string>();
  for (const node of plan.nodes) {
    if (selection !== undefined && !selection.has(node.id)) continue;
    for (const name of node.secrets) names.add(name);
  }
  return await resolveNamed(names, sources, context);
}

/**
 * The values of the secrets that only the nodes outside the selection name, for masking: what these left may hold them.
 * One that cannot be had is left out.
 */
export async function resolveOthers(
  plan: Plan,
  sources: ReadonlyMap<string, SecretSource>,
  known: ReadonlyMap<string, string>,
  context: SecretContext,
): Promise<ReadonlyMap<string, string>> {
  const names = new Set(plan.nodes.flatMap(({ secrets }) => secrets).filter((name) => !known.has(name)));
  const found = await Promise.all(
    [...names].map((name) => resolveNamed([name], sources, context).catch(() => new Map<string, never>())),
  );
  return new Map(found.flatMap((values) => [...values]));
}

/** As {@link resolveSecrets}, for given names. */
export async function resolveNamed(
  names: Iterable<string>,
  sources: ReadonlyMap<string, SecretSource>,
  context: SecretContext,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const problems: string[] = [];
  await Promise.all(
    [...names].map(async (name) => {
      try {
        const value = await sources.get(name)?.resolve(context);
        if (value === undefined || value === "") problems.push(`${name}: the source gave nothing`);
        else values.set(name, value);
      } catch (error) {
        const hint = (error as { hint?: string }).hint;
        const text = messageOf(error);
        problems.push(`${name}: ${text}${hint === undefined ? "" : ` (${hint})`}`);
      }
    }),
  );
  if (problems.length > 0) {
    const count = problems.length === 1 ? "a secret" : `${problems.length} secrets`;
    throw new SluiceError("SECRET_MISSING", `${count} could not be had\n  ${problems.sort().join("\n  ")}`, {
      hint: "Nothing has been run. Provide them and run again.",
    });
  }
  return values;
}

/** Milliseconds. */
const AT_HAND = 2_000;

/**
 * Those that can be had in a moment, so that they are masked where somebody prints them. `late` is told of each that its
 * source takes longer for; of one that is not there nothing is said.
 */
export async function secretsAtHand(
  names: Iterable<string>,
  sources: ReadonlyMap<string, SecretSource>,
  context: SecretContext,
  late: (name: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const ending = new AbortController();
  const over = once(ending.signal, "abort");
  const timer = setTimeout(() => {
    ending.abort();
  }, AT_HAND);
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const values = new Map<string, string>();
  const open = new Set(names);
  const all = [...open].map(async (name) => {
    const found = await resolveNamed([name], sources, { ...context, signal }).catch(
      () => new Map<string, string>(),
    );
    // A source that heeds the signal fails because of it: it was slow all the same.
    if (ending.signal.aborted) return;
    open.delete(name);
    for (const [key, value] of found) values.set(key, value);
  });
  await Promise.race([Promise.all(all), over]);
  clearTimeout(timer);
  for (const name of open) late(name);
  return values;
}
