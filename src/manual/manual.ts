import { CHAPTERS, type ChapterName, findChapter } from "../cli/manual-contents.ts";
import type { DescribedAction, Manual } from "../ports/manual.ts";
import { parseBlocks } from "./blocks.ts";
import { fillTables, type MakeTable } from "./fill.ts";
import { renderHtml } from "./render-html.ts";
import { renderText } from "./render-text.ts";
import { commandsList } from "./tables/commands.ts";
import { filesTable } from "./tables/files.ts";
import { functionsList } from "./tables/functions.ts";
import { oldChaptersTable } from "./tables/old-chapters.ts";
import { parametersOf } from "./tables/parameters.ts";
import { portsTable } from "./tables/ports.ts";
import { presetsTable } from "./tables/presets.ts";
import { timesTable } from "./tables/times.ts";
import { TEXTS } from "./texts.ts";

/**
 * The manual of this program, with these actions of ha-cfg. Only who reads it loads it: the texts are longer than all other
 * actions together.
 */
export function createManual(actions: readonly DescribedAction[]): Manual {
  const tables: Readonly<Record<string, MakeTable>> = {
    commands: () => commandsList(actions),
    files: filesTable,
    functions: functionsList,
    oldchapters: oldChaptersTable,
    parameters: parametersOf,
    ports: portsTable,
    presets: presetsTable,
    times: timesTable,
  };
  const markdown = (chapter: ChapterName): string => fillTables(TEXTS[chapter], tables);
  return {
    markdown: (chapter) => markdown(nameOf(chapter)),
    text: (chapter, columns, bold) => renderText(parseBlocks(markdown(nameOf(chapter))), { columns, bold }),
    html: (version) => {
      const chapters = CHAPTERS.map(({ name, title }) => ({
        name,
        title,
        blocks: parseBlocks(markdown(name)),
      }));
      return renderHtml(chapters, version);
    },
  };
}

function nameOf(chapter: string): ChapterName {
  const found = findChapter(chapter);
  if (found === undefined) throw new Error(`Cannot print the manual: there is no chapter ${chapter}`);
  return found.name;
}
