import { isAbsolute, dirname, resolve } from "node:path";
import type { SourceLocation } from "../errors/index.ts";
import type { CacheSource, RunStoreSource, SecretSource } from "../ports/index.ts";
import { captureSite, type Site } from "./site.ts";
import type {
  DefinitionContext,
  ParamSchemas,
  ParamValues,
  PipelineBuilder,
  PipelineOptions,
} from "./types.ts";

/** The key under which a {@link Pipeline} keeps what the engine and the command line need of it. */
export const PIPELINE: unique symbol = Symbol.for("sluice.pipeline");

export type Define = (
  builder: PipelineBuilder,
  context: DefinitionContext<unknown, Record<string, unknown>>,
) => unknown;

/** What a pipeline is made of, before params are known. */
export interface PipelineSource {
  readonly name: string;
  readonly params: ParamSchemas;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly passEnv: readonly string[];
  readonly store: RunStoreSource | undefined;
  readonly cache: CacheSource | undefined;
  readonly site: Site;
  readonly define: Define;
  /** Absolute folder where relative paths start. */
  readonly root: string;
  /** The file that called `pipeline`, where it could be told. */
  readonly at: SourceLocation | undefined;
}

/** A pipeline: pass it to `run`, or let `main` give it a command line. */
export interface Pipeline<Schemas extends ParamSchemas = ParamSchemas> {
  readonly name: string;
  /**
   * The command line of this pipeline, when its file is what Node was started with; otherwise nothing happens. Sets
   * `process.exitCode` and never ends the process by force, except at a second Ctrl-C.
   */
  main(): void;
  readonly [PIPELINE]: PipelineSource;
  readonly schemas?: Schemas;
}

/** The command line, given by the entry file: the builder knows no verbs. */
export type Launcher = (pipeline: Pipeline) => void;

/** Makes `pipeline()` with a given command line. */
export function createPipelineFactory(launch: Launcher) {
  return function pipeline<
    Schemas extends ParamSchemas = Record<never, never>,
    Secrets extends Readonly<Record<string, SecretSource>> = Record<never, never>,
  >(
    options: PipelineOptions<Schemas, Secrets>,
    define: (builder: PipelineBuilder, context: DefinitionContext<ParamValues<Schemas>, Secrets>) => void,
  ): Pipeline<Schemas> {
    const site = captureSite();
    const source = new LazySource(options, define as Define, site);
    const made: Pipeline<Schemas> = {
      name: options.name,
      main: () => {
        launch(made);
      },
      [PIPELINE]: source,
    };
    return Object.freeze(made);
  };
}

class LazySource implements PipelineSource {
  readonly name: string;
  readonly params: ParamSchemas;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly passEnv: readonly string[];
  readonly store: RunStoreSource | undefined;
  readonly cache: CacheSource | undefined;
  readonly define: Define;
  readonly site: Site;
  // Not a private field of JavaScript: a source with one part replaced is an object that inherits from this one.
  private readonly givenRoot: string | undefined;

  constructor(
    options: PipelineOptions<ParamSchemas, Record<string, SecretSource>>,
    define: Define,
    site: Site,
  ) {
    this.name = options.name;
    this.params = options.params ?? {};
    this.secrets = options.secrets ?? {};
    this.passEnv = options.passEnv ?? [];
    this.store = options.store;
    this.cache = options.cache;
    this.givenRoot = options.root;
    this.define = define;
    this.site = site;
  }

  get at(): SourceLocation | undefined {
    return this.site.location;
  }

  get root(): string {
    const base = this.at === undefined || !isAbsolute(this.at.file) ? process.cwd() : dirname(this.at.file);
    return this.givenRoot === undefined ? base : resolve(base, this.givenRoot);
  }
}
