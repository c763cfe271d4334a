import { hostName, hostRows } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import { whenDue } from "../pace/back-off.ts";
import { type JudgedRound, type Mastership, namedByGroup, saysItIsMaster } from "./mastership.ts";

/** Another host is master, or is followed: this one starts nothing and fences nobody. */
export function standDown(
  memory: Memory,
  { host, address }: Extract<Mastership, { kind: "rival" }>,
  round: JudgedRound,
): Step {
  return {
    memory,
    actions: followRival(memory, address, round),
    reasons: [{ kind: "rival-master", host: hostName(memory, host), address }],
  };
}

/**
 * A master that the group has not named becomes a slave of the one that it has, whether that can be reached from here or not: the
 * group replaces one that is dead. Not one that is replacing the named one, unless that says that it is master: the group is going to
 * name the new one. Where nobody is named, a host that was away, and finds members following another one that lives, becomes its slave:
 * that the other is master it must have said itself, as only a host of this pool can, for it costs this one the mastership.
 *
 * At once: when the other's xapi starts while this one still calls itself master, it would follow this one with its old database
 * (seen: running VMs were ended). One that was never away leaves it to the other, who remembers having replaced it.
 */
function followRival(memory: Memory, address: string, round: JudgedRound): readonly Action[] {
  const rows = hostRows(memory, round.view);
  const rival = [...rows.values()].find(
    (row) => address !== "" && row.record?.address === address && !row.isSelf,
  );
  const isFollowed = [...rows.values()].some(
    ({ uuid, probe }) =>
      uuid !== rival?.uuid && probe?.follows.kind === "slave-of" && probe.follows.address === address,
  );
  if (rival === undefined) return [];
  const isNamed = namedByGroup(round.view) === rival.uuid;
  const isMasters = isNamed && saysItIsMaster(rival.uuid, round.view);
  if (memory.promotion !== null && !isMasters) return [];
  const wasAway = !memory.sawPoolSinceBoot && memory.promotion === null && memory.promoted === null;
  const isBelieved = wasAway && isFollowed && rival.isAlive && saysItIsMaster(rival.uuid, round.view);
  if (!isNamed && !isBelieved) return [];
  return whenDue({ kind: "follow-master", address }, round);
}
