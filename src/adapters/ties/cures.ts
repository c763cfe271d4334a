/** What was being done when it failed. */
export type Step = "folder" | "write" | "link" | "flush" | "read" | "odd" | "remove";

const STEPS: Readonly<Record<Step, string>> = {
  folder: "the folder of the claims cannot be entered",
  write: "no file can be written",
  link: "no hard link can be made",
  flush: "what was written cannot be flushed to the disk",
  read: "a claim cannot be read",
  odd: "a claim holds something odd",
  remove: "a claim cannot be removed",
};

/** What file systems say, in words of the system or of a shell, and what helps; the first that fits. */
const CURES: readonly (readonly [RegExp, string])[] = [
  [/read-only/i, "it is mounted read-only: mount it for writing, or look why it became so"],
  [/no space|disk is full|quota/i, "the disk is full: make room there"],
  [/stale|input\/output|i\/o error|has an error/i, "its disk or its server is broken: look there"],
];

/** By step, where the words say nothing that is better known. */
const BY_STEP: Readonly<Partial<Record<Step, string>>> = {
  folder: "set the tie-breaker again, or look whether the disk that had it is mounted",
  write: "the user needs the right to write in that folder",
  link: "the file system there has none (vfat, exFAT, some network shares): choose a folder on another one, such as ext4, xfs, btrfs or NFS",
  odd: "look who has written it, and remove it",
};

/** Why a step failed, with what was said of it, and the cure. `where`: for people. */
export function explain(where: string, step: string, said: string): string {
  const known = isStep(step) ? step : null;
  const words = said.trim() === "" ? "" : ` (${said.trim()})`;
  const cure = CURES.find(([seen]) => seen.test(said))?.[1] ?? (known === null ? undefined : BY_STEP[known]);
  const what = known === null ? "it cannot be used" : STEPS[known];
  return `${where}: ${what}${words}${cure === undefined ? "" : `; ${cure}`}`;
}

function isStep(text: string): text is Step {
  return Object.hasOwn(STEPS, text);
}
