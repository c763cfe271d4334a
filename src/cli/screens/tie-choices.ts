/** The pool as the choices of a tie-breaker depend on it. */
export interface TiePool {
  /** Names of all hosts. */
  readonly hosts: readonly string[];
  readonly master: string;
  readonly heuristicIps: readonly string[];
  /** Where claims are, or would be; null: no place is chosen. */
  readonly place: string | null;
}

export type TieChoice = "none" | "ip" | "ssh" | "sr";
export const TIE_CHOICES: readonly TieChoice[] = ["none", "ip", "ssh", "sr"];

/** What happens in a cut of this pool, whatever is chosen; null: that depends on the choice. */
export function withoutChoice({ hosts }: TiePool): string | null {
  const count = hosts.length;
  if (count < 2) return "This pool has one host: there is nothing to decide.";
  if (count % 2 === 0) return null;
  const most = (count + 1) / 2;
  return `${count} hosts are an odd number: in a cut the side with ${most} or more of them goes on. A tie-breaker decides only while an even number counts, as when one host is known to be off or in maintenance.`;
}

/** What happens in this pool with that choice, when it is cut in two halves and when the master's half dies: for people. */
export function choiceText(choice: TieChoice, pool: TiePool): string {
  const { hosts, master } = pool;
  const others = hosts.filter((name) => name !== master);
  const words = hosts.length === 2 ? ofTwo(master, others[0] ?? "") : ofHalves(hosts.length, master);
  switch (choice) {
    case "none":
      return none(words);
    case "ip":
      return heuristicIps(words, pool.heuristicIps);
    case "ssh":
    case "sr":
      return claim(words, pool.place ?? (choice === "ssh" ? "the machine" : "the SR"));
  }
}

/** How the two sides are called; `firstOne` and `secondOne` at the beginning of a sentence. */
interface Sides {
  readonly cut: string;
  readonly first: string;
  readonly second: string;
  readonly firstOne: string;
  readonly secondOne: string;
  readonly each: string;
  readonly dies: string;
  /** A sentence of the second side says whom to confirm. */
  readonly confirm: string;
}

function ofTwo(master: string, other: string): Sides {
  return {
    cut: `When ${master} and ${other} do not hear each other`,
    first: master,
    second: other,
    firstOne: master,
    secondOne: other,
    each: "each host",
    dies: `When ${master} dies`,
    confirm: `ha-cfg confirm-off ${master}`,
  };
}

function ofHalves(count: number, master: string): Sides {
  const half = Math.floor(count / 2);
  const size =
    count % 2 === 0 ? `two halves of ${half} hosts` : "two equal halves, while one host does not count";
  return {
    cut: `When the network falls into ${size}`,
    first: `the half with the master ${master}`,
    second: "the other half",
    firstOne: `The half with the master ${master}`,
    secondOne: "The other half",
    each: "each half",
    dies: `When the half with ${master} dies`,
    confirm: "ha-cfg confirm-off for each dead host",
  };
}

function none({ cut, first, second, dies, confirm }: Sides): string {
  return `${cut}, ${first} goes on, and fences ${second}. ${dies}, ${second} does nothing until somebody runs there: ${confirm}.`;
}

function heuristicIps({ cut, first, second, secondOne, each, dies }: Sides, ips: readonly string[]): string {
  const asked = ips.length === 0 ? "the heuristic IPs, of which none are set" : ips.join(", ");
  return `${cut}, ${each} that reaches ${asked} may fence, and both may reach them: then each fences the other, and a host is lost that need not be. ${secondOne} waits for a while, so that ${first} is usually first. ${dies}, ${second} fences it and takes its place, if it reaches them.`;
}

function claim({ cut, first, second, firstOne, dies }: Sides, place: string): string {
  return `${cut}, only the side that claims ${place} first goes on, and fences the other one: never both. ${firstOne} claims at once, ${second} some seconds later, so that ${first} goes on unless it is cut off from ${place}. ${dies}, ${second} claims ${place}, fences the dead and takes over by itself. While ${place} does not answer, no half goes on alone. A side that has claimed and then dies, too, blocks the other one until it is back, or until somebody runs ha-cfg confirm-off.`;
}
