import { findChapter } from "../cli/manual-contents.ts";
import type { Manual } from "../ports/manual.ts";
import { parseBlocks } from "./blocks.ts";
import { renderText } from "./render-text.ts";
import { TEXTS } from "./texts.ts";

/** The manual of this program. Only who reads it loads it: the texts are longer than all other actions together. */
export function createManual(): Manual {
  const markdown = (name: string): string => {
    const chapter = findChapter(name);
    if (chapter === undefined) throw new Error(`Cannot print the manual: there is no chapter ${name}`);
    return TEXTS[chapter.name];
  };
  return {
    markdown,
    text: (name, columns, bold) => renderText(parseBlocks(markdown(name)), { columns, bold }),
  };
}
