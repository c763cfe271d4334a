import type { Explanation, Next } from "../explain/explanation.ts";
import { spanText } from "./status-words.ts";
import { plainText, wrapText } from "./text.ts";

/** What a thing is, why, and what would happen, for people. */
export function renderExplanation(explanation: Explanation): string {
  const { kind, uuid, name, now, why, next, source, sourceAgeS, xapiFault } = explanation;
  const age = sourceAgeS === null ? "before its last boot" : `${spanText(sourceAgeS)} ago`;
  const old =
    source === "pool"
      ? ""
      : `${wrapText(`XAPI does not answer (${plainText(xapiFault ?? "no answer")}): this is what this host remembers of ${age}.`, "  ", "! ")}\n`;
  return [
    old,
    `${kind === "vm" ? "VM" : "Host"} ${plainText(name)}  ${uuid}\n\n`,
    part("Now ", [now]),
    part("Why ", why),
    part("Next", next.map(nextText)),
  ].join("");
}

function nextText({ text, inS }: Next): string {
  return inS === null ? text : `${text} (in ${spanText(inS)} at most)`;
}

const INDENT = " ".repeat(6);

function part(title: string, sentences: readonly string[]): string {
  const said = sentences.length === 0 ? ["nothing"] : sentences;
  return said
    .map((one, at) => wrapText(`${plainText(one)}.`, INDENT, at === 0 ? `${title}  ` : INDENT))
    .join("");
}
