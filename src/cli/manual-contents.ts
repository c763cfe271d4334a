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
  { name: "installing", title: "Installing", about: "three hosts line by line; removing; where things are" },
  {
    name: "configuring",
    title: "Configuring",
    about: "parameters, overrides, presets, which VMs, mail, backup, on and off",
  },
  { name: "parameters", title: "Parameters", about: "every one, with its default and what it takes" },
  {
    name: "modes",
    title: "Modes of operation",
    about: "single VMs or appliances, which VM is started, maintenance",
  },
  { name: "services", title: "Services", about: "start, stop, status; the watchdog" },
  {
    name: "cluster",
    title: "Cluster management",
    about: "who acts, what happens when a VM, a slave or the master dies, and how fast",
  },
  {
    name: "fencing",
    title: "Fencing",
    about: "the methods, setting them up, confirm-off, hosts that come back",
  },
  { name: "splits", title: "Split cases", about: "pictures of broken networks; tie-breakers for two hosts" },
  {
    name: "xencenter",
    title: "XenCenter and Xen Orchestra",
    about: "the switch and the flags there, step by step",
  },
  { name: "examples", title: "Examples", about: "auto-start, three hosts, two hosts, some VMs, faster" },
  {
    name: "security",
    title: "Ports and security",
    about: "which ports must be open, what is trusted, where passwords are",
  },
  { name: "limits", title: "Things to know", about: "what surprises people" },
  {
    name: "troubleshooting",
    title: "Troubleshooting and recovery",
    about: "by symptom: what to look at, what it means, what to type",
  },
  { name: "upgrading", title: "Upgrading", about: "from 1.x and 2.x; what is different; the old chapters" },
  { name: "commands", title: "Commands", about: "every action of ha-cfg with its options" },
] as const satisfies readonly Chapter[];

export type ChapterName = (typeof CHAPTERS)[number]["name"];

/** Stands for every chapter where one is named. */
export const ALL_CHAPTERS = "all";

/** The chapter of this name, in any case; undefined when there is none. */
export function findChapter(typed: string): (typeof CHAPTERS)[number] | undefined {
  return CHAPTERS.find(({ name }) => name === typed.toLowerCase());
}
