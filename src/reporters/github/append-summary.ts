import { messageOf } from "../../errors/index.ts";
import { appendFile, stat } from "node:fs/promises";

/** What the host takes for one step's summary; a larger file is refused as a whole. Bytes. */
export const SUMMARY_LIMIT = 1024 * 1024;

/** Appends what `render` gives for the room that is left. A reason is returned where that cannot be done. */
export async function appendSummary(
  file: string,
  render: (limit: number) => string,
): Promise<string | undefined> {
  try {
    const used = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    const text = render(SUMMARY_LIMIT - used);
    if (text === "") return "no room is left in it";
    await appendFile(file, text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
