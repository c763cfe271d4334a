import type { RunPass } from "../../../src/simulation/monitor.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { Invariants } from "../invariants/invariants.ts";
import { happened, SECOND } from "../pool/stage.ts";
import {
  actingOf,
  BOUND_MS,
  cutOff,
  isHealed,
  type LostHost,
  poolOf,
  titleOf,
  victimOf,
} from "./lost-host.ts";
import { followCalls, type Moment } from "./moment.ts";
import type { Kill } from "./trace.ts";

/** What shows late: a second start, a fence of somebody else. */
const AFTERMATH_MS = 20 * SECOND;

/** Tells the story with one kill. Null: all is well; else what is wrong, and how to find the place. */
export async function strike(story: LostHost, kill: Kill, pass?: RunPass): Promise<string | null> {
  const pool = await poolOf(story, pass);
  const rules = new Invariants(pool.world, { disks: pool.disks });
  const agents = new AbortController();
  let struck: Moment | null = null;
  followCalls(pool, actingOf(story), agents.signal, (moment) => {
    if (struck !== null || moment.k !== kill.moment.k || moment.when !== kill.moment.when) return false;
    struck = moment;
    pool.kill(actingOf(story));
    if (kill.withAgents) agents.abort();
    return true;
  });
  cutOff(pool, story);
  await pool.until(() => struck !== null, BOUND_MS);
  const healed = await pool.until(() => isHealed(pool, story), BOUND_MS);
  await pool.run(AFTERMATH_MS);
  const wrong = [
    ...(isSame(struck, kill.moment) ? [] : [`the kill was another one: ${JSON.stringify(struck)}`]),
    ...(healed ? [] : ["not every VM runs once in time"]),
    ...(isHealed(pool, story) ? [] : ["it does not stay healed"]),
    ...faultsOf(pool, story),
    ...rules.forbidden().map((broken) => `${broken.rule}: ${broken.text}`),
  ];
  return wrong.length === 0 ? null : `${titleOf(story)}, ${describeKill(kill)}: ${wrong.join("; ")}`;
}

/** The same pool told the same story: a kill elsewhere than in the trace would leave one of its moments untried. */
function isSame(struck: Moment | null, wanted: Moment): boolean {
  return struck !== null && struck.call === wanted.call && struck.atMs === wanted.atMs;
}

function faultsOf(pool: SimPool, story: LostHost): readonly string[] {
  const { world } = pool;
  const victim = `fence-begun ${victimOf(story)}`;
  const promotions = happened(pool, "transition-to-master");
  const wanted = story.role === "master" ? 1 : 0;
  return [
    ...world.violations.map(({ what, vm, hosts }) => `${what}: ${vm} on ${hosts.join(" and ")}`),
    ...(promotions.length === wanted ? [] : [`promotions: ${promotions.join(", ") || "none"}`]),
    ...happened(pool, "fence-begun").filter((fence) => fence !== victim),
    ...world.log
      .filter(({ what }) => what === "pass-crashed")
      .map((entry) => `pass-crashed: ${String(entry["text"])}`),
  ];
}

function describeKill({ moment, withAgents }: Kill): string {
  const agents = moment.agents === 0 ? "" : withAgents ? ", its agents with it" : ", its agents go on";
  return `killed ${moment.when} call ${moment.k} (${moment.call}) at ${moment.atMs} ms${agents}`;
}
