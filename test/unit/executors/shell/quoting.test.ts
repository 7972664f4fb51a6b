import { describe, expect, it } from "vitest";
import { QuotingReader } from "../../../../src/executors/shell/quoting.ts";

/** Where the values of a command stand; `@` marks each. */
function places(command: string): string[] {
  const reader = new QuotingReader();
  const found: string[] = [];
  for (const [index, text] of command.split("@").entries()) {
    if (index > 0) found.push(reader.value());
    reader.read(text);
  }
  return found;
}

describe("how a place is quoted", () => {
  it.each([
    ["echo @", ["bare"]],
    ["echo a@b", ["bare"]],
    ['echo "@"', ["double"]],
    ["echo '@'", ["single"]],
    [`echo "it's @"`, ["double"]],
    [`echo 'say "@"'`, ["single"]],
    [`echo "a" @ 'b' @ "c@" '@'`, ["bare", "bare", "double", "single"]],
    ['echo \\"@', ["bare"]],
    ['echo "\\"@"', ["double"]],
    ["echo 'a\\' @", ["bare"]],
    ["echo '$(' @", ["bare"]],
    ["echo \\\n@", ["bare"]],
    ['echo $"@"', ["double"]],
  ])("%s", (command, expected) => {
    expect(places(command)).toEqual(expected);
  });

  it.each([
    ["x=$(echo @)", ["bare"]],
    ['x="$(echo @)"', ["bare"]],
    ['x="$(echo "@" @) @" @', ["double", "bare", "double", "bare"]],
    ['x="$(echo ")@")@"', ["double", "double"]],
    ['x="$( (echo @) )@"', ["bare", "double"]],
    ['x="$(case @ in a) echo "@";; (b) echo @;; esac)@"', ["bare", "double", "bare", "double"]],
    ['x="$( ( case a in a) echo @ ;; esac ) )@"', ["bare", "double"]],
    ['x="$(echo case in @)@"', ["bare", "double"]],
    ['x="$(if true; then case a in a) echo @;; esac; fi)@"', ["bare", "double"]],
    ["diff <(sort @) <(sort '@') @", ["bare", "single", "bare"]],
    ["f() { echo @; }; (cd @ && ls) | tee @", ["bare", "bare", "bare"]],
    ["echo ${x:-'@'} @", ["single", "bare"]],
    ['echo "${x:-"a"}" @', ["bare"]],
    [`echo "\${x:-it's}" @`, ["bare"]],
    ["echo ${x:-$(echo @)} $x @", ["bare", "bare"]],
  ])("follows nesting: %s", (command, expected) => {
    expect(places(command)).toEqual(expected);
  });

  it.each([
    ["cat <<EOF\n@\nEOF\necho @", ["here-document", "bare"]],
    ["cat <<'EOF' @\n@\nEOF\necho '@'", ["bare", "here-document", "single"]],
    ['cat <<-"END OF" | tee x\n\t@\n\tEND OF\n@', ["here-document", "bare"]],
    ["cat <<A <<B\n@\nA\n@\nB\n@", ["here-document", "here-document", "bare"]],
    ["cat <<@\n", ["here-document"]],
    ["cat <<E@\n", ["here-document"]],
    ["cat <<EOF\nEOF \n@\nEOF\n@", ["here-document", "bare"]],
    ["cat <<<@ && cat <<< '@'", ["bare", "single"]],
    ["cat <@ >@", ["bare", "bare"]],
  ])("knows here-documents: %j", (command, expected) => {
    expect(places(command)).toEqual(expected);
  });

  it.each([
    ["echo `echo @` @", ["backticks", "bare"]],
    ['echo "`echo \\`@`@"', ["backticks", "double"]],
    ["echo # @\necho @", ["comment", "bare"]],
    ["#@", ["comment"]],
    ["echo;# @", ["comment"]],
    ["echo a#@ '#'@ $# @ ${#x} @", ["bare", "bare", "bare", "bare"]],
    ["echo @#@", ["bare", "bare"]],
    ["echo $'a\\'@' @", ["dollar-quote", "bare"]],
    ["echo ${x:-@} @", ["expansion", "bare"]],
    ['echo "${x:-@}@"', ["expansion", "double"]],
    [`echo "\${x:-'@'}@"`, ["expansion", "double"]],
    ["echo $((1 + (2 * @))) @", ["arithmetic", "bare"]],
    ["(( x << @ )); echo @", ["arithmetic", "bare"]],
    ["for ((i = 0; i < @; i++)); do echo @; done", ["arithmetic", "bare"]],
    ["echo $@", ["dollar"]],
    ['echo "$@"', ["dollar"]],
    ["echo '$@'", ["single"]],
    ["echo \\@ @", ["backslash", "bare"]],
    ["echo \\\\@", ["bare"]],
  ])("refuses what no quoting can save: %s", (command, expected) => {
    expect(places(command)).toEqual(expected);
  });
});
