import type { World } from "./explorer.ts";
import { LEASE_SEARCHES } from "./lease-searches.ts";
import { monitorsRules } from "./monitors.ts";
import { rollsRules } from "./rolls.ts";
import { tiedRollsRules } from "./tied-rolls.ts";
import { votesRules } from "./votes.ts";
import { worldOf } from "./world.ts";

export interface Search {
  readonly name: string;
  readonly world: () => World;
  /** It takes seconds and belongs to every run of the tests; the others are for `npm run explore`. */
  readonly isQuick: boolean;
}

const TWO = ["a", "b"];
const THREE = ["a", "b", "c"];
const ROLLS = {
  names: THREE,
  inFlight: 1,
  terms: 2,
  versions: 1,
  masters: false,
  brings: true,
  handsOver: true,
  losses: 0,
};

/**
 * Each one looks at everything that can happen within its bounds. `terms` and `versions` are how far a history goes,
 * `kills`, `losses` and `accidents` how often something breaks that is not the network.
 */
export const SEARCHES: readonly Search[] = [
  {
    name: "two hosts vote",
    world: () => worldOf(votesRules({ names: TWO, inFlight: 2, terms: 3, kills: 1 })),
    isQuick: true,
  },
  {
    name: "three hosts vote",
    world: () => worldOf(votesRules({ names: THREE, inFlight: 1, terms: 2, kills: 1 })),
    isQuick: true,
  },
  {
    name: "two hosts vote, one is switched off and boots",
    world: () => worldOf(votesRules({ names: TWO, inFlight: 2, terms: 3, kills: 1, offs: true })),
    isQuick: true,
  },
  {
    name: "two hosts change their roll",
    world: () => worldOf(rollsRules({ ...ROLLS, names: TWO, versions: 3, masters: true })),
    isQuick: true,
  },
  {
    name: "two hosts change their roll and its tie",
    world: () =>
      worldOf(tiedRollsRules({ ...ROLLS, names: TWO, versions: 2, brings: false, handsOver: false })),
    isQuick: true,
  },
  {
    name: "three hosts change their roll",
    world: () => worldOf(rollsRules({ ...ROLLS, versions: 2, brings: false, handsOver: false })),
    isQuick: true,
  },
  {
    name: "three hosts tell each other the newest roll",
    world: () => worldOf(rollsRules(ROLLS)),
    isQuick: true,
  },
  {
    name: "three hosts, one loses what it has stored",
    world: () => worldOf(rollsRules({ ...ROLLS, brings: false, losses: 1 })),
    isQuick: true,
  },
  {
    name: "two monitors do everything",
    world: () => worldOf(monitorsRules({ names: TWO, inFlight: 1, terms: 2, versions: 2, accidents: 1 })),
    isQuick: true,
  },
  {
    name: "three hosts vote, two datagrams under way",
    world: () => worldOf(votesRules({ names: THREE, inFlight: 2, terms: 2, kills: 1 })),
    isQuick: false,
  },
  {
    name: "two hosts vote, both are switched off and boot",
    world: () => worldOf(votesRules({ names: TWO, inFlight: 2, terms: 3, kills: 2, offs: true })),
    isQuick: false,
  },
  {
    name: "three hosts vote, one is switched off and boots",
    world: () => worldOf(votesRules({ names: THREE, inFlight: 1, terms: 3, kills: 1, offs: true })),
    isQuick: false,
  },
  {
    name: "three hosts vote three times",
    world: () => worldOf(votesRules({ names: THREE, inFlight: 1, terms: 3, kills: 2 })),
    isQuick: false,
  },
  {
    name: "three hosts change their roll and hand over",
    world: () => worldOf(rollsRules({ ...ROLLS, versions: 2, brings: false })),
    isQuick: false,
  },
  {
    name: "two hosts change their roll, its tie and its master",
    world: () => worldOf(tiedRollsRules({ ...ROLLS, names: TWO, versions: 3, masters: true })),
    isQuick: false,
  },
  {
    name: "three hosts change their roll and its tie",
    world: () => worldOf(tiedRollsRules({ ...ROLLS, versions: 2, brings: false, handsOver: false })),
    isQuick: false,
  },
  {
    name: "three hosts change their roll and its master",
    world: () => worldOf(rollsRules({ ...ROLLS, versions: 2, masters: true })),
    isQuick: false,
  },
  {
    name: "three hosts change their roll, one loses what it has stored",
    world: () => worldOf(rollsRules({ ...ROLLS, versions: 2, losses: 1 })),
    isQuick: false,
  },
  {
    name: "two monitors do everything, two datagrams under way",
    world: () => worldOf(monitorsRules({ names: TWO, inFlight: 2, terms: 2, versions: 1, accidents: 1 })),
    isQuick: false,
  },
  {
    name: "two monitors, two accidents",
    world: () => worldOf(monitorsRules({ names: TWO, inFlight: 1, terms: 2, versions: 2, accidents: 2 })),
    isQuick: false,
  },
  ...LEASE_SEARCHES,
];
