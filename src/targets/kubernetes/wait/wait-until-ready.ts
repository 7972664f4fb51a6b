import { SluiceError } from "../../../errors/index.ts";
import { formatDuration } from "../../../util/duration.ts";
import { abortable } from "../api/abortable.ts";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import type { Applied } from "../apply/types.ts";
import { judgeReadiness } from "../readiness/judge.ts";
import { Awaited, type Look } from "./awaited.ts";
import { Bell } from "./bell.ts";
import { evidenceOf } from "./evidence.ts";
import { podStory } from "./pod-story.ts";
import { openSights } from "./sights.ts";
import type { WaitOptions } from "./types.ts";
import { Watches } from "./watches.ts";

/** Of how many objects that were not ready in time the logs and events are shown. */
const SHOWN = 2;

/**
 * Waits until every applied object is ready, by {@link judgeReadiness}. What is ready as it was applied costs no request;
 * the rest is watched, one watch for each kind and namespace, with the pods of workloads, so that what will not become
 * ready by waiting is told at once, with the end of its log and its newest warnings. Nothing is polled. A Job is ready when
 * it has run to its end.
 *
 * Throws `RELEASE_UNHEALTHY` when one has failed or the time is over, and `TARGET_STATE` when somebody else has changed
 * or removed an object meanwhile. An autoscaler that sets the number of replicas is nobody else.
 */
export async function waitUntilReady(
  api: ClusterApi,
  applied: readonly Applied[],
  options: WaitOptions,
): Promise<void> {
  const rest = applied.filter(
    ({ object, ref, generation }) =>
      judgeReadiness({ ...object, ...kindOf(ref) }, generation).state !== "ready",
  );
  if (rest.length === 0) return;
  const bell = new Bell();
  const watches = new Watches(api, bell);
  try {
    await new Wait(api, watches, bell, options).run(rest);
  } finally {
    watches.close();
  }
}

function kindOf({ apiVersion, kind }: Applied["ref"]): Pick<Applied["ref"], "apiVersion" | "kind"> {
  return { apiVersion, kind };
}

class Wait {
  readonly #api: ClusterApi;
  readonly #watches: Watches;
  readonly #bell: Bell;
  readonly #options: WaitOptions;
  readonly #now: () => number;
  readonly #said = new Map<Awaited, string>();

  constructor(api: ClusterApi, watches: Watches, bell: Bell, options: WaitOptions) {
    this.#api = api;
    this.#watches = watches;
    this.#bell = bell;
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async run(applied: readonly Applied[]): Promise<void> {
    const { signal, timeout, report, patience = {} } = this.#options;
    const end = this.#now() + timeout;
    signal.throwIfAborted();
    const sights = await abortable(
      openSights(this.#watches, applied, (text) => report(text)),
      signal,
    );
    const all = applied.flatMap((one) => {
      const sight = sights.get(one);
      return sight === undefined ? [] : [new Awaited(this.#api, one, sight, patience)];
    });
    try {
      await this.#until(all, end);
    } finally {
      for (const one of all) one.close();
    }
  }

  async #until(all: readonly Awaited[], end: number): Promise<void> {
    let awaited = all;
    for (;;) {
      this.#watches.check();
      const looks = await Promise.all(
        awaited.map(async (one) => ({ one, look: await one.look(this.#now()) })),
      );
      for (const { one, look } of looks) this.#say(one, look);
      for (const { one, look } of looks) if (look.state === "failed") throw await this.#failure(one, look);
      const waiting = looks.filter(({ look }) => look.state === "waiting");
      if (waiting.length === 0) return;
      const left = end - this.#now();
      if (left <= 0) throw await this.#late(waiting);
      awaited = waiting.map(({ one }) => one);
      const again = waiting.map(({ look }) => (look.state === "waiting" ? look.again : Infinity));
      await this.#bell.next(Math.min(left, ...again), this.#options.signal);
    }
  }

  #say(one: Awaited, { text }: Look): void {
    if (this.#said.get(one) === text) return;
    this.#said.set(one, text);
    const { report, mask = same } = this.#options;
    report(mask(`${one.name}: ${text}`));
  }

  async #failure(one: Awaited, look: Look & { readonly state: "failed" }): Promise<SluiceError> {
    const { mask = same } = this.#options;
    const evidence = await this.#evidence(one, look.trouble);
    return new SluiceError(
      "RELEASE_UNHEALTHY",
      `${mask(`${one.name} did not become ready: ${look.text}`)}${evidence}`,
      {
        hint: look.hint ?? "Correct what the log and the warnings tell, and deploy again.",
      },
    );
  }

  async #late(waiting: readonly { readonly one: Awaited; readonly look: Look }[]): Promise<SluiceError> {
    const { mask = same, timeout } = this.#options;
    const parts = await Promise.all(
      waiting.map(async ({ one, look }, index) => {
        const evidence = index < SHOWN ? await this.#evidence(one, undefined) : "";
        return `\n- ${mask(`${one.name}: ${look.text}`)}${evidence}`;
      }),
    );
    return new SluiceError(
      "RELEASE_UNHEALTHY",
      `not ready after ${formatDuration(timeout)}:${parts.join("")}`,
      {
        hint: "Correct what the logs and the warnings tell, or give it more time.",
      },
    );
  }

  #evidence(one: Awaited, trouble: (Look & { readonly state: "failed" })["trouble"]): Promise<string> {
    // Of a Job's pods the last one tells what ended it.
    const pods = [...one.pods].sort((a, b) => madeAt(b).localeCompare(madeAt(a)));
    const pod =
      trouble === undefined
        ? (pods.find((candidate) => podStory(candidate) !== undefined) ?? pods[0])
        : pods.find(({ metadata }) => metadata.name === trouble.pod);
    const related = pod === undefined ? one.family : [...one.family, pod];
    return evidenceOf(this.#api, { related, pod, trouble }, this.#options.mask ?? same);
  }
}

function madeAt({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? "";
}

function same(text: string): string {
  return text;
}
