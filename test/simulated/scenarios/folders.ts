import { readdirSync } from "node:fs";

/** The names of the folders in a folder: the topics among the scenarios, the claims of a topic. */
export function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
