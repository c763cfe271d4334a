import { CHAPTERS, type ChapterName } from "../../cli/manual-contents.ts";
import { markdownTable } from "../fill.ts";

/** The chapters and sections of the manual of HA-Lizard 1.6.41, in its order, and where each of ours says the same. */
export const OLD_CHAPTERS: readonly (readonly [string, readonly ChapterName[]])[] = [
  ["1 Purpose", ["purpose"]],
  ["2 Installing", ["installing"]],
  ["2 Removing", ["installing"]],
  ["2 Other Dom0s", ["installing"]],
  ["3 The command ha-cfg", ["configuring", "commands"]],
  ["3 Global settings and overrides", ["configuring", "parameters"]],
  ["3 Monitor", ["services", "parameters"]],
  ["3 Modes and VMs", ["modes"]],
  ["3 Timeouts", ["cluster", "parameters"]],
  ["3 Mail", ["configuring"]],
  ["3 Fencing settings", ["fencing", "parameters"]],
  ["3 Local log and mail switches", ["parameters"]],
  ["4 Modes of operation", ["modes"]],
  ["5 Services", ["services"]],
  ["Cluster management: roles, a slave fails, the master fails", ["cluster"]],
  ["Cluster management: two hosts, splits, heuristic addresses", ["splits"]],
  ["Fencing: ILO, POOL, XVM, agents of your own", ["fencing"]],
  ["Hosts that return, maintenance", ["fencing", "modes"]],
  ["6 XenCenter", ["xencenter"]],
  ["7 Examples", ["examples"]],
  ["8 Dependencies", ["installing"]],
  ["8 Ports", ["security"]],
  ["8 Warnings and limits", ["limits"]],
  ["8 Support", ["troubleshooting"]],
];

/** Both as a table with links. */
export function oldChaptersTable(): string {
  const link = (name: ChapterName): string =>
    `[${CHAPTERS.find((chapter) => chapter.name === name)?.title}](${name}.md)`;
  return markdownTable(
    ["1.6 manual", "here"],
    OLD_CHAPTERS.map(([old, ours]) => [old, ours.map(link).join(", ")]),
  );
}
