const ERASE = "\u001b[0K";

/** The collapsible sections of a GitLab job log. A name is used once, because the host joins equal ones. */
export class Sections {
  readonly #used = new Map<string, number>();

  /** A name that the host accepts and that no section had before. */
  name(wanted: string): string {
    const base = wanted.replace(/[^a-zA-Z0-9_.-]/g, "_");
    const times = (this.#used.get(base) ?? 0) + 1;
    this.#used.set(base, times);
    // a dot does not come out of a replaced character, so `a.2` can only be meant by one wish; it is counted as well
    return times === 1 ? base : this.name(`${base}.${String(times)}`);
  }

  start(name: string, at: number, header: string, collapsed = false): string {
    const options = collapsed ? "[collapsed=true]" : "";
    return `${ERASE}section_start:${seconds(at)}:${name}${options}\r${ERASE}${header}\n`;
  }

  end(name: string, at: number): string {
    return `${ERASE}section_end:${seconds(at)}:${name}\r${ERASE}\n`;
  }
}

/** Makes markers in a job's output plain text. */
export function disarmSections(text: string): string {
  return text.replace(/section_(start|end):/g, "section-$1:");
}

function seconds(at: number): string {
  return String(Math.floor(at / 1000));
}
