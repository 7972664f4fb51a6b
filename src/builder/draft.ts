import type { DefinitionIssue } from "../errors/index.ts";
import type { Condition, RefHandle } from "../model/index.ts";
import type { App, Check, SecretSource, Step, Strategy, Target } from "../ports/index.ts";
import type { Site } from "./site.ts";
import type { CacheOptions, NodeOptions } from "./types.ts";

/** What a definition has said so far, unchecked: the builder notes, the compiler judges. */
export interface Draft {
  readonly name: string;
  readonly stages: DraftStage[];
  readonly nodes: DraftNode[];
  readonly secrets: ReadonlyMap<string, SecretSource>;
  readonly passEnv: readonly string[];
  /** Mistakes that only the moment of writing shows, for example a secret put into a string. */
  readonly issues: PendingIssue[];
}

/** An issue whose place is formatted only if it is reported. */
export interface PendingIssue extends Omit<DefinitionIssue, "at"> {
  readonly site: Site;
}

export interface DraftStage {
  readonly name: string;
  readonly site: Site;
  readonly index: number;
  /** `undefined` is the stage declared before this one. */
  readonly after: readonly DraftStage[] | undefined;
  readonly when: Condition | undefined;
  readonly onFailure: "finish" | "cancel";
  readonly finally: boolean;
  readonly nodes: DraftNode[];
}

export interface DraftNode {
  readonly id: string;
  readonly name: string;
  readonly stage: DraftStage;
  readonly site: Site;
  readonly action: Action;
  readonly options: DraftOptions;
  readonly matrix: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** The options of any kind of node; which of them fit its kind is judged by the compiler. */
export interface DraftOptions extends NodeOptions {
  readonly cache?: CacheOptions | undefined;
  readonly effects?: boolean | undefined;
}

/** What a node does, with the values that do it. */
export type Action =
  | { readonly kind: "job"; readonly step: Step<unknown> }
  | {
      readonly kind: "gate";
      readonly gate: string;
      readonly subject: unknown;
      readonly handle: RefHandle | undefined;
      readonly check: Check<never>;
    }
  | {
      readonly kind: "deploy";
      readonly target: Target<string>;
      readonly app: App;
      readonly strategy: Strategy;
      readonly load: Step<unknown> | undefined;
    };
