/** How long what may mend itself has to stand before it counts, where nothing else was said: milliseconds. */
export const TRANSIENT = 10_000;

/** How an applied object stands. */
export type Verdict =
  | { readonly state: "ready"; readonly text: string }
  | { readonly state: "waiting"; readonly text: string }
  /** It will not become ready by waiting. */
  | {
      readonly state: "failed";
      readonly text: string;
      readonly hint?: string;
      /**
       * It may mend itself after all: a quota that old pods still fill, an account that is about to be made, endpoints that
       * a Gateway has not seen yet.
       */
      readonly transient?: true;
    }
  /** Somebody else has changed it since it was applied: its being ready would prove nothing. */
  | { readonly state: "superseded"; readonly text: string };

export const ready = (text: string): Verdict => ({ state: "ready", text });
export const waiting = (text: string): Verdict => ({ state: "waiting", text });
export const superseded = (text: string): Verdict => ({ state: "superseded", text });
export const failed = (text: string, hint?: string): Verdict =>
  hint === undefined ? { state: "failed", text } : { state: "failed", text, hint };
export const failedForNow = (text: string): Verdict => ({ state: "failed", text, transient: true });
