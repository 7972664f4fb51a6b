import { refHandle } from "../model/index.ts";
import { Check, shown } from "./check/check.ts";

/** The name of a Service: it begins with a letter and leaves room for what is added to make other names of it. */
export const DNS_LABEL = /^[a-z](?:[a-z0-9-]{0,48}[a-z0-9])?$/;
export const DNS_LABEL_WORDS = "at most 50 small letters, digits and hyphens that begin with a letter";
export const IMAGE_WORDS = "the name of an image or a ref to one";

/** What is wrong with those options of `service()` that every kind of target reads. */
export class ServiceCheck extends Check {
  /** What the app is made of: files and how they are started, an image, or both. */
  content(artifact: unknown, command: unknown, image: unknown): void {
    if (artifact === undefined && image === undefined) {
      this.add("give it an artifact and a command (for a local target), an image (for a cluster), or both");
      return;
    }
    if (artifact !== undefined && refHandle(artifact) === undefined) {
      this.add(
        `artifact must be a ref to an artifact, such as artifact(build, "app") gives, not ${shown(artifact)}`,
      );
    }
    if (artifact !== undefined || command !== undefined) this.command("command", command);
    if (image !== undefined) this.image("image", image);
  }

  image(name: string, value: unknown): void {
    if (refHandle(value) === undefined) this.text(name, value, /^[^\s$]+$/, IMAGE_WORDS);
  }

  command(name: string, value: unknown): void {
    if (!Array.isArray(value) || value.length === 0)
      this.add(`${name} must list the program and its arguments, not ${shown(value)}`);
    else this.args(name, value);
  }

  args(name: string, value: unknown): void {
    for (const [index, part] of this.list(name, value).entries())
      this.input(`${name}[${index}]`, part, "env and secrets carry values to it");
  }

  path(name: string, value: unknown): void {
    if (typeof value === "string" && /^\/[\x21-\x7e]*$/.test(value)) return;
    this.add(`${name} must begin with "/" and hold no space, not be ${shown(value)}`);
  }
}
