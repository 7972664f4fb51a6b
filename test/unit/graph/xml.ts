import { XMLValidator } from "fast-xml-parser";

/** True, or what is wrong with the XML and where. */
export function wellFormed(text: string): unknown {
  // The package named as its successor is not one of ours; what this one checks is what these tests need.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return XMLValidator.validate(text);
}
