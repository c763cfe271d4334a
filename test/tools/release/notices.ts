import { join } from "node:path";
import {
  bunDocument,
  bundledPackages,
  bunParts,
  licenceTexts,
  RUNTIME,
  type Tree,
  textOf,
} from "./bundled.ts";

const LINE = "=".repeat(78);
const TEXTS = join(import.meta.dir, "licences");

/**
 * The notices of everything that is compiled into the executable: packages of npm with the texts that they carry, then Bun
 * and the parts that its own document names, then the text of each licence of these once. Fails when one is missing.
 */
export function renderNotices(tree: Tree): string {
  const packages = bundledPackages(tree).filter(({ name }) => name !== RUNTIME);
  const parts = bunParts(tree);
  const licences = [...new Set(parts.flatMap((part) => part.licences))].sort();
  return [
    HEADER,
    ...packages.map((each) =>
      section(`${each.name} ${each.version}`, [each.licence, ...licenceTexts(tree, each)]),
    ),
    section("Bun", [bunDocument(tree)]),
    ...parts.map(({ name, licences, copyright, source }) =>
      section(name, [
        `Licence: ${licences.join(", ") || "public domain"}${source === "" ? "" : `\nSource: ${source}`}`,
        copyright.map((holder) => `Copyright: ${holder}`).join("\n"),
      ]),
    ),
    ...licences.map((name) => section(`The licence ${name}`, [textOf(TEXTS, `${name}.txt`).trim()])),
    "",
  ].join("\n");
}

const HEADER = `HA-Lizard (re-implementation)
Copyright (C) 2026 the HA-Lizard re-implementation authors
Licence: GPL-3.0-or-later; the text is in LICENSE.

Its executable contains what is named below, each under its own licence. This file is made when a release is
made, from package-lock.json, the packages, and the document in which Bun names its parts.
This software is based in part on the work of the Independent JPEG Group.
`;

const section = (title: string, paragraphs: readonly string[]): string =>
  [LINE, title, LINE, "", paragraphs.join("\n\n"), ""].join("\n");
