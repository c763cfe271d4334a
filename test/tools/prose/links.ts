import { posix } from "node:path";
import { anchorOf } from "../../../src/manual/inline.ts";
import type { Tree, Violations } from "../tidy/tree.ts";

const FENCED = /^( *)```[\s\S]*?^\1```$/gm;
const LINK = /(?<!`)\[(?:[^\]`]|`[^`]*`)+\]\(([^()\s]+)\)/g;
const ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

/** Where the links of a document lead; what stands in code is none. */
export function linksIn(markdown: string): readonly string[] {
  return [...markdown.replace(FENCED, "").matchAll(LINK)].map(([, target = ""]) => target);
}

/** The anchors of a document: one for each heading, as code forges make them. */
export function anchorsIn(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.replace(FENCED, "").matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(headings.map(([, heading = ""]) => anchorOf(heading)));
}

/**
 * Links of these documents that lead nowhere, as `file links to what`. Nobody is asked over a network: of an address only the
 * form is looked at, and it must be https.
 */
export function checkLinks(documents: Tree, names: ReadonlySet<string>): Violations {
  const leads = (file: string, target: string): boolean => {
    if (ADDRESS.test(target)) return target.startsWith("https://") && URL.canParse(target);
    const [path = "", anchor] = target.split("#");
    const named = path === "" ? file : posix.join(posix.dirname(file), path);
    if (!names.has(named) && !names.has(`${named.replace(/\/$/, "")}/`)) return false;
    return anchor === undefined || anchorsIn(documents.get(named) ?? "").has(anchor);
  };
  return [...documents].flatMap(([file, text]) =>
    linksIn(text)
      .filter((target) => !leads(file, target))
      .map((target) => `${file} links to ${target}`),
  );
}
