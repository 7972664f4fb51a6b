export type Env = Readonly<Record<string, string | undefined>>;

/** A stream that may be a terminal. */
export type Out = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Whether a CI's or tool's variable is set and not switched off. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value.toLowerCase() !== "false";
}

/** Whether to colour: the option, then FORCE_COLOR, NO_COLOR, TERM, then whether `out` is a terminal. */
export function resolveColor(option: boolean | undefined, env: Env, out: Out): boolean {
  if (option !== undefined) return option;
  const force = env["FORCE_COLOR"];
  // set but empty means yes, as Node itself takes it
  if (force !== undefined) return force === "" || isOn(force);
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return out.isTTY === true && env["TERM"] !== "dumb";
}

/** Whether the terminal shows more than ASCII: not where a locale is set and is not UTF-8, nor on the bare console. */
export function resolveUnicode(option: boolean | undefined, env: Env): boolean {
  if (option !== undefined) return option;
  if (env["TERM"] === "linux" || env["TERM"] === "dumb") return false;
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(
    (value) => value !== undefined && value !== "",
  );
  return locale === undefined || /utf-?8/i.test(locale);
}

/** Whether a live view can be drawn: a terminal that moves its cursor. */
export function isLive(env: Env, out: Out): boolean {
  return out.isTTY === true && env["TERM"] !== "dumb";
}
