import type { ShellSpec } from "./spec.ts";
import { kindOf } from "./values.ts";

/** Text of which every character stands for itself in a shell, wherever in a command it stands. */
const PLAIN = /^[A-Za-z0-9_\-./:@%+=, \t]*$/;
/** A command's name that is neither an assignment nor a job number. */
const NAME = /^[A-Za-z0-9_./+-]+$/;

/**
 * Words that mean something to bash or a POSIX shell where a command's name stands. `true` and `false` are left out:
 * the programs of these names do the same.
 */
const SHELL_WORDS: ReadonlySet<string> = new Set(
  (
    ". [ alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs " +
    "disown do done echo elif else enable esac eval exec exit export fc fg fi for function getopts hash help history " +
    "if in jobs kill let local logout mapfile newgrp popd printf pushd pwd read readarray readonly return select set " +
    "shift shopt source suspend test then time times trap type typeset ulimit umask unalias unset until wait while"
  ).split(" "),
);

/**
 * The program and its arguments, for a command in which a shell would find nothing to do but to split it at blanks;
 * `undefined` for any other. Such a command is started without a shell, which saves starting one.
 */
export function directArguments(command: ShellSpec["command"]): [string, ...string[]] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  const end = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (const [index, part] of command.entries()) {
    if (typeof part === "string") {
      if (!PLAIN.test(part)) return undefined;
      for (const [place, piece] of part.split(/[ \t]/).entries()) {
        if (place > 0) end();
        if (piece !== "") word = (word ?? "") + piece;
      }
      continue;
    }
    // A command whose name is not written out may name a builtin.
    if (index === 0 || (words.length === 0 && word !== undefined)) return undefined;
    const known = kindOf(part.value);
    if (part.quote !== "bare") return undefined;
    if (known.kind === "text") word = (word ?? "") + known.text;
    else if (known.kind === "list") words.push(...known.items.map(String));
    else return undefined;
  }
  end();
  const [name, ...rest] = words;
  if (name === undefined || !NAME.test(name) || SHELL_WORDS.has(name)) return undefined;
  return [name, ...rest];
}
