import type { ReleaseRecord } from "../state/release-store.ts";

/** The variable that marks a process as one of ours. */
export const MARKER = "SLUICE_INSTANCE";

export interface EnvironmentInput {
  readonly release: ReleaseRecord;
  readonly index: number;
  readonly id: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The variables of a replica: the inherited ones, then the app's, its secrets', and what says who it is. */
export function environmentFor(
  input: EnvironmentInput,
): { readonly env: Readonly<Record<string, string>> } | { readonly missing: string } {
  const { release, secrets } = input;
  const revealed: Record<string, string> = {};
  for (const [variable, name] of Object.entries(release.secrets)) {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) return { missing: name };
    revealed[variable] = value;
  }
  const own = {
    PORT: String(input.port),
    SLUICE_TARGET: release.target,
    SLUICE_REVISION: String(release.revision),
    SLUICE_REPLICA: String(input.index),
    [MARKER]: input.id,
  };
  return { env: { ...input.env, ...release.env, ...revealed, ...own } };
}
