/** A chapter of the manual as its list shows it. */
export interface Chapter {
  /** As it is typed: `ha-cfg manual <name>`; the text is the file of this name in `manual/chapters`. */
  readonly name: string;
  readonly title: string;
  /** One line: what is in it. */
  readonly about: string;
}

/** The chapters in their order. Their texts are loaded only when somebody reads them. */
export const CHAPTERS = [
  {
    name: "purpose",
    title: "What HA-Lizard does",
    about: "what is protected, against what, and what is never done",
  },
] as const satisfies readonly Chapter[];

export type ChapterName = (typeof CHAPTERS)[number]["name"];

/** Stands for every chapter where one is named. */
export const ALL_CHAPTERS = "all";

/** The chapter of this name, in any case; undefined when there is none. */
export function findChapter(typed: string): (typeof CHAPTERS)[number] | undefined {
  return CHAPTERS.find(({ name }) => name === typed.toLowerCase());
}
