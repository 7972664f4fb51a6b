import type { ServiceApp } from "../app.ts";
import type { Session } from "../session.ts";
import { createRelease } from "../state/release-store.ts";
import { awaitReady } from "./await-replicas.ts";

/** What a new release is made of. */
export interface NewRelease {
  readonly app: ServiceApp;
  readonly digest: string;
  /** The revision whose content it has, where it is a rollback. */
  readonly restores: number | null;
  /** Writes the files. */
  readonly fill: (folder: string) => Promise<void>;
}

/**
 * Brings up a candidate of at least `replicas`, without changing where requests go, and waits until it is healthy. Goes on
 * with the candidate that is there, whose failed replicas are tried again. Throws `RELEASE_UNHEALTHY`.
 */
export async function startCandidate(
  session: Session,
  release: NewRelease,
  replicas: number,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const existing = session.state.routing.candidate;
  const revision = existing?.revision ?? (await newCandidate(session, release, replicas));
  const count = Math.max(existing?.replicas ?? 0, replicas);
  await session.change(
    (state) => withCandidate(state, { revision, replicas: count, proven: existing?.proven ?? false }),
    revision,
  );
  await awaitReady(session, revision, count, signal);
  await session.change((state) => withCandidate(state, { revision, replicas: count, proven: true }));
  session.say(`revision ${revision}: ${count} ready`);
}

/** Makes the release's folder, then records it; the one thing that a killed session can leave is an unused folder. */
async function newCandidate(session: Session, release: NewRelease, replicas: number): Promise<number> {
  const { layout, spec, context } = session;
  const { app, digest, restores, fill } = release;
  const revision = session.state.lastRevision + 1;
  const createdAt = Date.now();
  const facts = { revision, digest, createdAt, run: context.run };
  await createRelease(layout, { ...app, ...facts, target: spec.name }, fill);
  const entry = { ...facts, replicas: app.replicas, state: "candidate", restores, reason: null } as const;
  await session.change((state) => ({
    ...withCandidate(state, { revision, replicas, proven: false }),
    lastRevision: revision,
    history: [...state.history, entry],
  }));
  return revision;
}

function withCandidate(
  state: Session["state"],
  candidate: Session["state"]["routing"]["candidate"],
): Session["state"] {
  return { ...state, routing: { ...state.routing, candidate } };
}
