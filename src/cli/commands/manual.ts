import { nearestWord } from "../../config/nearest.ts";
import type { Manual } from "../../ports/manual.ts";
import { type Action, defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { ALL_CHAPTERS, CHAPTERS, type Chapter, findChapter } from "../manual-contents.ts";
import { describeAction } from "../screens/help.ts";
import { paintFor } from "../screens/paint.ts";
import { plainText, wrapText } from "../screens/text.ts";
import { mayWrite, write } from "../written-file.ts";

/** Longer lines are hard to read, shorter ones hard to set. */
const WIDEST = 100;
const NARROWEST = 40;

/** `manual`: the manual that is in the program, by chapters. `actions` are all of ha-cfg's, this one too. */
export function manualAction(actions: () => readonly Action[]): Action {
  return defineAction({
    name: "manual",
    description: "Shows the manual: its chapters, one of them, or all.",
    args: {
      chapter: {
        type: "positional",
        required: false,
        description: "the chapter; all for every one; nothing for the list of them",
      },
      html: {
        type: "string",
        valueHint: "file",
        description: "writes all chapters as one page; - for standard output",
      },
      yes: { type: "boolean", description: "with --html: replaces a file that is there without asking" },
      json: { type: "boolean", description: "for programs; the texts are Markdown" },
    },
    async run(args, ports) {
      const chosen = choose(args.chapter);
      const { html } = args;
      if (html !== undefined) {
        if (chosen !== null || args.json === true)
          throw new UsageError("Cannot write the page: --html has every chapter and stands alone");
        return writePage(html, args.yes === true, actions(), ports);
      }
      const manual = await ports.openManual(actions().map(describeAction));
      if (args.json === true) return showJson(chosen ?? CHAPTERS, manual, ports);
      if (chosen === null) return showList(ports);
      const columns = Math.max(NARROWEST, Math.min(WIDEST, ports.screen.columns));
      const paint = paintFor(ports.colours);
      const texts = chosen.map(({ name }) => manual.text(name, columns, (text) => paint("title", text)));
      ports.stdout(texts.join("\n\n"));
      return EXIT.done;
    },
  });
}

/** The chapters that are wanted; null: the list. Throws UsageError when there is no such chapter. */
function choose(typed: string | undefined): readonly Chapter[] | null {
  if (typed === undefined || typed === "") return null;
  if (typed.toLowerCase() === ALL_CHAPTERS) return CHAPTERS;
  const found = findChapter(typed);
  if (found !== undefined) return [found];
  const near = nearestWord(typed.toLowerCase(), [...CHAPTERS.map(({ name }) => name), ALL_CHAPTERS]);
  const hint = near === undefined ? "ha-cfg manual lists them" : `did you mean ${near}?`;
  throw new UsageError(`Cannot show chapter ${typed}: there is no such chapter; ${hint}`);
}

async function writePage(
  file: string,
  yes: boolean,
  actions: readonly Action[],
  ports: CliPorts,
): Promise<ExitCode> {
  const manual = await ports.openManual(actions.map(describeAction));
  const page = manual.html(ports.version);
  if (file === "-") {
    ports.stdout(page);
    return EXIT.done;
  }
  const target = { file, what: "the page", action: "manual", yes };
  if (!(await mayWrite(target, ports)) || !(await write(target, page, ports))) return EXIT.failed;
  ports.stdout(`The manual is written to ${plainText(file)}.\n`);
  return EXIT.done;
}

function showList({ stdout, version }: CliPorts): ExitCode {
  const width = Math.max(...CHAPTERS.map(({ name }) => name.length)) + 4;
  const rows = CHAPTERS.map(({ name, title, about }) =>
    wrapText(`${title}: ${about}`, " ".repeat(width), `  ${name}`.padEnd(width)),
  );
  stdout(
    [
      `The manual of ha-lizard ${version}\n\n`,
      ...rows,
      "\nha-cfg manual CHAPTER shows one of them, ha-cfg manual all every one.\n",
    ].join(""),
  );
  return EXIT.done;
}

function showJson(chapters: readonly Chapter[], manual: Manual, { stdout }: CliPorts): ExitCode {
  const shown = chapters.map(({ name, title, about }) => ({
    name,
    title,
    about,
    text: manual.markdown(name),
  }));
  stdout(`${JSON.stringify(shown, null, 2)}\n`);
  return EXIT.done;
}
