import { messageOf } from "../../errors/index.ts";
import type { Json } from "../../model/index.ts";
import { invalid } from "./report-error.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function records(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Parses a report in JSON. @throws SluiceError `REPORT_INVALID` */
export function parseJson(content: string, file: string, what: string): Json {
  try {
    return JSON.parse(content) as Json;
  } catch (cause) {
    const reason = messageOf(cause);
    throw invalid(
      file,
      `is not the JSON of a ${what}: ${reason}`,
      "It may have been cut off while it was written: run the tool that writes it again.",
      cause,
    );
  }
}
