interface Palette {
  readonly page: string;
  readonly stage: string;
  readonly stageLine: string;
  readonly apart: string;
  readonly card: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly order: string;
  readonly job: string;
  readonly gate: string;
  readonly gateFill: string;
  readonly deploy: string;
  readonly deployFill: string;
}

const LIGHT: Palette = {
  page: "#ffffff",
  stage: "#f4f6f9",
  stageLine: "#d5dbe3",
  apart: "#fbfaf5",
  card: "#ffffff",
  text: "#1c2430",
  muted: "#5a6675",
  line: "#8592a3",
  order: "#c6cfda",
  job: "#2f6fd0",
  gate: "#a86a00",
  gateFill: "#fff8e8",
  deploy: "#7a3fc4",
  deployFill: "#f7f1ff",
};

const DARK: Palette = {
  page: "#0e131a",
  stage: "#161d27",
  stageLine: "#354253",
  apart: "#1a1c1d",
  card: "#1e2733",
  text: "#e4eaf2",
  muted: "#9aa8b8",
  line: "#8090a4",
  order: "#4b5a6c",
  job: "#6aa5ff",
  gate: "#e0a63a",
  gateFill: "#2a2415",
  deploy: "#b98cff",
  deployFill: "#251c36",
};

export const SANS = `ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`;
export const MONO = `ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace`;

/** The style sheet: light, and dark where the reader's system asks for it. Every rule is below `.sluice`. */
export function styleSheet(): string {
  return `${fixed()}${colours(LIGHT)}@media (prefers-color-scheme:dark){${colours(DARK)}}`;
}

function fixed(): string {
  return scoped([
    ["text", `font-family:${SANS}`],
    [".h", "font-size:18px;font-weight:600"],
    [".t", "font-size:13px;font-weight:600"],
    [".s", "font-size:11px"],
    [".m", `font-family:${MONO};font-size:10.5px`],
    [".i", "font-size:11px;font-style:italic"],
    [".n", "font-size:10px"],
    [".x", "stroke-width:1.25"],
    [".w", "stroke-dasharray:4 3"],
    [".a", "stroke-dasharray:6 4"],
    [".e", "fill:none;stroke-width:1.6"],
    [".es", "stroke-width:2.6"],
    [".ed", "stroke-width:4.4"],
    [".eh", "fill:none;stroke-width:5"],
    [".ei", "fill:none;stroke-width:1.8"],
    [".g", "fill:none;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round"],
  ]);
}

function colours(c: Palette): string {
  return scoped([
    [".p", `fill:${c.page}`],
    [".z", `fill:${c.stage};stroke:${c.stageLine}`],
    [".a", `fill:${c.apart};stroke:${c.line}`],
    [".b", `fill:${c.card};stroke:${c.stageLine}`],
    [".h,.t", `fill:${c.text}`],
    [".s,.m,.i,.n", `fill:${c.muted}`],
    [".kj", `fill:${c.card};stroke:${c.job}`],
    [".kg", `fill:${c.gateFill};stroke:${c.gate}`],
    [".kd", `fill:${c.deployFill};stroke:${c.deploy}`],
    [".eh,.ei", `stroke:${c.page}`],
    [".gj", `stroke:${c.job}`],
    [".gg", `stroke:${c.gate}`],
    [".gd", `stroke:${c.deploy}`],
    [".gs", `stroke:${c.line}`],
    [".cj", `stroke:${c.line}`],
    [".cg", `stroke:${c.gate}`],
    [".cd", `stroke:${c.deploy}`],
    [".cs", `stroke:${c.order}`],
    [".fj", `fill:${c.line}`],
    [".fg", `fill:${c.gate}`],
    [".fd", `fill:${c.deploy}`],
    [".fs", `fill:${c.order}`],
  ]);
}

function scoped(rules: readonly (readonly [selector: string, body: string])[]): string {
  return rules
    .map(
      ([selector, body]) =>
        `${selector
          .split(",")
          .map((one) => `.sluice ${one}`)
          .join(",")}{${body}}`,
    )
    .join("");
}
