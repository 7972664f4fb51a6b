import { SluiceError } from "../../../errors/index.ts";
import type { TargetContext } from "../../../ports/index.ts";
import { Session } from "../driver/session.ts";
import { makeRouter, SYSTEM_CLOCK } from "../open-session.ts";
import type { OpenCluster } from "../place.ts";
import type { KubernetesSpec } from "../spec.ts";

/** A session that holds no lease: it looks and asks, and what would change anything is refused before it is sent. */
export function lookOnly(
  open: OpenCluster,
  spec: KubernetesSpec,
  app: string,
  context: TargetContext,
): Session {
  const { api, namespace } = open;
  const { run, pipeline, signal } = context;
  const place = { app, namespace, target: spec.name, pipeline, run };
  const say = (): void => undefined;
  const { router, endpoints } = makeRouter(open, spec, place, { guard: refuse });
  const { timeout, scheduling, history, force } = spec;
  return new Session({
    api,
    lease: {
      fence: 0,
      lost: new AbortController().signal,
      assertHeld: refuse,
      release: () => Promise.resolve(),
    },
    take: () => refuse(),
    place,
    router,
    endpoints,
    clock: SYSTEM_CLOCK,
    signal,
    timeout,
    scheduling,
    history,
    force,
    mask: (text) => context.mask(text),
    say,
  });
}

function refuse(): Promise<never> {
  return Promise.reject(
    new SluiceError("INTERNAL", "looking at what a deploy would change was about to change it"),
  );
}
