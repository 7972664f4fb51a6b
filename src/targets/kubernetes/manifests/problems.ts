import { SluiceError } from "../../../errors/index.ts";

/** Collects what is wrong with manifests, so that all of it is told at once. */
export class ManifestProblems {
  readonly #problems: string[] = [];

  add(where: string, problem: string): void {
    this.#problems.push(`${where}: ${problem}`);
  }

  /** Throws `MANIFEST_INVALID`. */
  throwIfAny(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    const several = this.#problems.length > 1;
    const text = several
      ? `${this.#problems.length} problems in the manifests\n  ${this.#problems.join("\n  ")}`
      : first;
    throw new SluiceError("MANIFEST_INVALID", text, { hint: "Correct the files named." });
  }
}
