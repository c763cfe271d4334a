/** What a colour means; where there are none, the words have to say it. */
export type Tone = "good" | "warning" | "bad" | "title" | "quiet" | "plain";

const CODES: Readonly<Record<Tone, string>> = {
  good: "32",
  warning: "33",
  bad: "31",
  title: "1",
  quiet: "2",
  plain: "0",
};

/** A text in the colour of a tone; without colours the text as it is. */
export type Paint = (tone: Tone, text: string) => string;

/** The paint for an output with colours, or without. */
export function paintFor(colours: boolean): Paint {
  return (tone, text) =>
    colours && tone !== "plain" && text !== "" ? `\x1b[${CODES[tone]}m${text}\x1b[0m` : text;
}
