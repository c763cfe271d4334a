import type { ChapterName } from "../cli/manual-contents.ts";
import purpose from "./chapters/purpose.md" with { type: "text" };

/** The text of each chapter; the build puts them into the executable. */
export const TEXTS: Readonly<Record<ChapterName, string>> = {
  purpose,
};
